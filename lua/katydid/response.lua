-- response -- what a response can do besides what C gives it, and the verdict of handlers.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local problem = require "katydid.problem"

local http, python_repr = core.http, core.text.python_repr

local response = {}

-- Responses whose handler runs, with what it decided: nothing yet, success, or a failure's text.
local UNDECIDED, SUCCESS = {}, {}
local verdicts = setmetatable({}, { __mode = "k" })

-- Their names in the statistics.
local names = setmetatable({}, { __mode = "k" })

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
  local verdict = verdicts[self]
  if verdict == SUCCESS then return end
  if verdict and verdict ~= UNDECIDED then blame.raise(verdict) end
  if self.status_code == 0 then blame.raise(self.error) end
  if self.status_code >= 400 then
    blame.raise(http.status_failure(self.status_code, self.reason, names[self] or self.request.target))
  end
end

local function decide(self, verdict, what)
  if verdicts[self] == nil then
    blame.raise("response:%s: this request is counted already; a handler decides before that: "
                .. "client:get(path, function(response) … end)", what)
  end
  verdicts[self] = verdict
end

function methods:success()
  decide(self, SUCCESS, "success")
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

---Lets a handler judge. Errors of its own are failures, unless there is a better reason; signals pass, later.
---@param self katydid.Response
---@param name string in the statistics
---@param handler fun(response: katydid.Response)?
---@param default string? the failure without a handler
---@param has_answer boolean a response came
---@param decided string? a failure that is settled unless the handler says otherwise
---@return string? failure
---@return string? shown as listeners see it
---@return any signal to be thrown once the request is counted
function response.judge(self, name, handler, default, has_answer, decided)
  local ok, what = true, nil
  local verdict = decided or UNDECIDED
  if handler then
    verdicts[self], names[self] = verdict, name
    ok, what = co.xpcall(handler, problem.describe, self)
    verdict = verdicts[self]
    verdicts[self], names[self] = nil, nil
  end
  local signal = not ok and co.is_signal(what) and what or nil
  local failure, shown = default, default
  if verdict == SUCCESS then
    failure, shown = nil, nil
  elseif verdict ~= UNDECIDED then
    failure, shown = ("CatchResponseError(%s)"):format(python_repr(verdict)), verdict
  end
  if not ok and not signal then
    if verdict == UNDECIDED and has_answer then
      failure = problem.of(what).message
      shown = failure
    else
      problem.log(what, "katydid.user.task", "a handler")
    end
  end
  return failure, shown, signal
end

return response
