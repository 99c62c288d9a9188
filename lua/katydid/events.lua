-- events -- hooks, and listeners that are told. A listener that throws is logged and disturbs nobody.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local problem = require "katydid.problem"

local xpcall, describe = co.xpcall, problem.describe

---@class katydid.Event
---@field private _name string
---@field private _listeners function[] never changed, only replaced: whoever walks it may add and remove
local Event = {}
Event.__index = Event

---@param name string
---@return katydid.Event
local function new_event(name)
  return setmetatable({ _name = name, _listeners = {} }, Event)
end

---Has `listener` called with one table whenever this happens, after those that were added before it.
---@param listener fun(e: table)
---@return fun(e: table) listener
function Event:add_listener(listener)
  if type(listener) ~= "function" then
    blame.expected(("events.%s:add_listener"):format(self._name), "a function", listener)
  end
  local listeners = { unpack(self._listeners) }
  listeners[#listeners + 1] = listener
  self._listeners = listeners
  return listener
end

---@param listener fun(e: table)
---@return boolean was_there
function Event:remove_listener(listener)
  local listeners, was_there = {}, false
  for _, other in ipairs(self._listeners) do
    if other == listener and not was_there then
      was_there = true
    else
      listeners[#listeners + 1] = other
    end
  end
  self._listeners = listeners
  return was_there
end

---@return boolean
function Event:has_listeners()
  return self._listeners[1] ~= nil
end

---Tells every listener. Where one of them stops the user or the test, that happens once all were told.
---@param e table
---@param backwards boolean? the last one added first
function Event:tell(e, backwards)
  local listeners, signal = self._listeners, nil
  local first, last, step = 1, #listeners, 1
  if backwards then
    first, last, step = last, 1, -1
  end
  for i = first, last, step do
    local ok, what = xpcall(listeners[i], describe, e)
    if not ok then
      if co.is_signal(what) and not co.is_runaway(what) then
        signal = signal or what
      else
        problem.log(what, "katydid.event", "a listener of " .. self._name)
      end
    end
  end
  if signal then error(signal, 0) end
end

---Tells every listener, up to the first that throws: what it throws is the caller's.
---@param e table
function Event:tell_strictly(e)
  for _, listener in ipairs(self._listeners) do
    listener(e)
  end
end

---Makes it happen by hand.
---@param e table? what listeners get
function Event:fire(e)
  if e ~= nil and type(e) ~= "table" then
    blame.expected(("events.%s:fire"):format(self._name), "a table", e)
  end
  self:tell(e or {})
end

-- A request that a script made by other means: counted, then told.
local function fire_request(self, e)
  local function expect(field, kind, may_be_nil)
    local value = type(e) == "table" and e[field]
    if type(value) ~= kind and not (may_be_nil and value == nil) then
      blame.expected("events.request:fire", ("%s to be a %s"):format(field, kind), value or nil)
    end
  end
  expect("request_type", "string")
  expect("name", "string")
  expect("response_time", "number", true)
  expect("response_length", "number", true)
  local failure = e.exception and problem.text_of(e.exception) or nil
  core.run.request(e.request_type, e.name, e.response_time, e.response_length or 0, failure)
  self:tell(e)
end

local NAMES = {
  "init", "init_command_line_parser", "quit", "quitting", "request", "reset_stats", "spawning_complete",
  "test_start", "test_stop", "test_stopping", "user_error",
}

---Each with `environment` besides what is named here.
---@class katydid.events
---@field init_command_line_parser katydid.Event the scripts are loaded, options aren't read yet: parser
---@field init katydid.Event everything is loaded, nothing runs
---@field test_start katydid.Event a test begins
---@field spawning_complete katydid.Event as many users run as were wanted: user_count
---@field request katydid.Event a request was counted: request_type, name, response_time, response_length,
--- response, context, exception (why it failed, as text), start_time, url
---@field user_error katydid.Event a task threw: user_instance, exception, tb
---@field test_stopping katydid.Event users are about to be stopped
---@field test_stop katydid.Event users have stopped
---@field reset_stats katydid.Event the statistics begin anew
---@field quitting katydid.Event the process is about to end; the last listener is called first
---@field quit katydid.Event the reports are out: exit_code
local events = {}
for _, name in ipairs(NAMES) do
  events[name] = new_event(name)
end
events.request.fire = fire_request

return setmetatable({}, {
  __index = function(_, name)
    return events[name] or blame.unknown("event", name, NAMES)
  end,
  __newindex = function(_, name)
    blame.raise("events.%s: events are listened to (events.%s:add_listener), not assigned", tostring(name),
                tostring(name))
  end,
})
