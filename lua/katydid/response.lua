-- response -- what a response can do besides what C gives it, and the verdict of handlers.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local problem = require "katydid.problem"
local rest = require "katydid.rest"

local http = core.http
local xpcall, describe = co.xpcall, problem.describe
local open_verdict, settle = http.open_verdict, http.settle

local response = {}

-- What client:rest decoded.
local NOTHING = {}
local decoded = setmetatable({}, { __mode = "k" })

local methods = {}

function methods:json()
  local ok, value = co.pcall(core.json.decode, self.text)
  if not ok then blame.raise(tostring(value)) end
  return value
end

function methods:raise_for_status()
  local verdict, why = http.verdict(self)
  if verdict == "success" then return end
  if verdict == "failure" then blame.raise(why) end
  local _, failure = http.outcome(self)
  if failure then blame.raise(failure) end
end

local function decide(self, failure, what)
  if not http.decide(self, failure) then
    blame.raise("response:%s: this request is counted already; a handler decides before that: "
                .. "client:get(path, function(response) … end)", what)
  end
end

function methods:success()
  decide(self, nil, "success")
end

function methods:failure(message)
  if message == nil then blame.raise("response:failure: expected a message, got nil") end
  decide(self, problem.text_of(message), "failure")
end

local getters = {}

function getters:js()
  local value = decoded[self]
  if value == nil then
    blame.raise("response.js is what client:rest decodes; any other response has response:json()")
  end
  if value == NOTHING then return nil end
  return value
end

http.set_response_methods(methods, getters)

---Keeps what a body holds, for `js`.
---@param self katydid.Response
---@param value any
function response.set_js(self, value)
  if value == nil then value = NOTHING end
  decoded[self] = value
end

-- What a handler that threw leaves to be counted. A signal is thrown again once that is done.
local function settle_thrown(self, what)
  if co.is_signal(what) then return settle(self), what end
  if http.verdict(self) == "open" and self.status_code ~= 0 then
    return settle(self, problem.of(what).message)
  end
  problem.log(what, "katydid.user.task", "a handler")
  return settle(self)
end

---Has a handler judge a response that decide may be called for, and counts it. The handler's errors are
---failures, unless there is a better reason; signals pass, later.
---@param self katydid.Response
---@param handler fun(response: katydid.Response)
---@return string? shown why it failed, as listeners see it
---@return any signal to be thrown once listeners were told
function response.ask(self, handler)
  local ok, what = xpcall(handler, describe, self)
  if ok then return settle(self) end
  return settle_thrown(self, what)
end

---Judges a request and counts it: as its handler says, else by its status.
---@param self katydid.Response
---@param handler fun(response: katydid.Response)?
---@param read_json boolean? its body must be JSON: `js`
---@return string? shown why it failed, as listeners see it
---@return any signal to be thrown once listeners were told
function response.judge(self, handler, read_json)
  open_verdict(self)
  if read_json then
    local failure = rest.read(self, response.set_js)
    if failure then http.decide(self, failure) end
  end
  if not handler then return settle(self) end
  return response.ask(self, handler)
end

return response
