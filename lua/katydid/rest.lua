-- rest -- calls that send and expect JSON.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local co = require "katydid.co"

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

---Decodes the body.
---@param response katydid.Response
---@param keep fun(response: katydid.Response, value: any) is given what it holds; nil: nothing
---@return string? failure the body isn't JSON
function rest.read(response, keep)
  if response.status_code == 0 or response.length == 0 then
    keep(response, nil)
    return nil
  end
  local ok, value = co.pcall(core.json.decode, response.text)
  keep(response, ok and value or nil)
  if ok then return nil end
  return ("Could not parse response as JSON (status %d): %s"):format(response.status_code, tostring(value))
end

return rest
