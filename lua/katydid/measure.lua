-- measure -- times a function, and reports it as a request.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local events = require "katydid.events"
local problem = require "katydid.problem"

local measure = {}

local now, wall = core.time.now, core.time.wall

---The request that is measured; what `fn` writes into it is reported.
---@class katydid.Measured
---@field request_type string
---@field name string
---@field response_length integer 0
---@field context table
---@field response any
---@field exception any why it failed; nil: it didn't
---@field start_time number seconds since 1970

local function report(request, began)
  request.response_time = (now() - began) * 1000
  events.request:fire(request)
end

local function finish(request, began, ok, ...)
  if ok then
    report(request, began)
    return ...
  end
  local what = problem.of((...))
  if what == core.sched.STOP then error(what, 0) end -- it is cut off: neither a success nor a failure
  if not co.is_signal(what) then request.exception = what.message end
  report(request, began)
  if co.is_signal(what) then error(what, 0) end
end

---Runs fn(request), and counts how long it took as a request of this type and name. What it throws is the
---failure of that request, and goes no further. Returns what it returned.
---@param request_type string "RPC"
---@param name string
---@param fn fun(request: katydid.Measured): ...
---@return any ...
function measure.measure(request_type, name, fn)
  if type(request_type) ~= "string" then
    blame.expected("k.measure", "a request type, as 'RPC'", request_type)
  end
  if type(name) ~= "string" then blame.expected("k.measure", "a name as a string", name) end
  if type(fn) ~= "function" then blame.expected("k.measure", "a function", fn) end
  local request = {
    request_type = request_type, name = name, response_length = 0, context = {}, start_time = wall(),
  }
  return finish(request, now(), co.xpcall(fn, problem.describe, request))
end

return measure
