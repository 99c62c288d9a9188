-- event -- a hook, and listeners that are told. A listener that throws is logged and disturbs nobody.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local problem = require "katydid.problem"

local xpcall, describe = co.xpcall, problem.describe

local event = {}

---@class katydid.Event
---@field private _name string
---@field private _label string for messages: "events.request"
---@field private _listeners function[] never changed, only replaced: whoever walks it may add and remove
---@field private _follower fun(has_listeners: boolean)?
local Event = {}
Event.__index = Event

---@param name string
---@param label string
---@return katydid.Event
function event.new(name, label)
  return setmetatable({ _name = name, _label = label, _listeners = {} }, Event)
end

---A script's own.
---@param name string? for messages
---@return katydid.Event
function event.own(name)
  if name ~= nil and type(name) ~= "string" then blame.expected("k.event", "a name as a string", name) end
  name = name or "k.event()"
  return event.new(name, name)
end

local function set_listeners(self, listeners)
  self._listeners = listeners
  if self._follower then self._follower(listeners[1] ~= nil) end
end

---Tells `fn` now, and after each change, whether there are listeners: for who would else look each time.
---@param fn fun(has_listeners: boolean)
function Event:follow(fn)
  self._follower = fn
  fn(self._listeners[1] ~= nil)
end

---Has `listener` called with one table whenever this happens, after those that were added before it.
---@param listener fun(e: table)
---@return fun(e: table) listener
function Event:add_listener(listener)
  if type(listener) ~= "function" then
    blame.expected(self._label .. ":add_listener", "a function", listener)
  end
  local listeners = { unpack(self._listeners) }
  listeners[#listeners + 1] = listener
  set_listeners(self, listeners)
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
  set_listeners(self, listeners)
  return was_there
end

---Takes them all off.
function Event:forget_listeners()
  set_listeners(self, {})
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
        core.run.listener_failed()
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
---@param reverse boolean? true: the last listener that was added is told first
function Event:fire(e, reverse)
  if e ~= nil and type(e) ~= "table" then
    blame.expected(self._label .. ":fire", "a table", e)
  end
  if reverse ~= nil and type(reverse) ~= "boolean" then
    blame.expected(self._label .. ":fire", "true or false for reverse", reverse)
  end
  self:tell(e or {}, reverse)
end

return event
