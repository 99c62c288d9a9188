-- rest -- calls that send and expect JSON.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local co = require "katydid.co"
local response = require "katydid.response"

local rest = {}

---Asks for JSON, and says that JSON is sent, unless the call's own headers say otherwise.
---@param spec katydid.core.spec
function rest.prepare(spec)
  local headers = spec.headers or {}
  local has_accept = false
  for i = 1, #headers, 2 do
    has_accept = has_accept or headers[i]:lower() == "accept"
  end
  if not has_accept then
    headers[#headers + 1], headers[#headers + 2] = "Accept", "application/json"
  end
  spec.headers = headers
  if not spec.source then spec.content_type = "application/json" end
end

---Decodes the body into `js`.
---@param self katydid.Response
---@param status integer
---@param length integer of the body
---@return string? failure the body isn't JSON
function rest.read(self, status, length)
  if status == 0 or length == 0 then
    response.set_js(self, nil)
    return nil
  end
  local ok, value = co.pcall(core.json.decode, self.text)
  if ok then
    response.set_js(self, value)
    return nil
  end
  response.set_js(self, nil)
  return ("Could not parse response as JSON (status %d): %s"):format(status, tostring(value))
end

return rest
