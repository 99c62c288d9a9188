-- co -- waits, and the coroutine, pcall and xpcall that scripts see.
--
-- A user is a coroutine that the scheduler resumes. A wait is: start something in C, then `co.wait()`. It
-- yields a signal, and a script's own coroutines pass that outwards, so that a generator may wait too. STOP,
-- and whatever `co.make_signal` marked, pass a script's pcall and xpcall: a script can't swallow its own end.
-- Our own modules use `co.pcall` and the like, which are Lua's own and catch everything.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"

local sched, sleep = core.sched, core.time.sleep
local WAIT, STOP, turn = sched.WAIT, sched.STOP, sched.turn
local create, raw_resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local raw_status, raw_running = coroutine.status, coroutine.running
local is_yieldable = coroutine.isyieldable
local pcall, xpcall = pcall, xpcall

local co = {
  pcall = pcall,
  xpcall = xpcall,
  create = create,
  resume = raw_resume,
  yield = yield,
  status = raw_status,
}

local Signal = {
  __metatable = "a signal",
  __tostring = function(self)
    return self.message or "a signal"
  end,
}

---Marks a table of ours as a signal: thrown, it passes the script's pcall and xpcall.
---@param signal table without a metatable
---@return table signal
function co.make_signal(signal)
  return setmetatable(signal, Signal)
end

---Whether this error value isn't an error, but STOP or a signal of ours on its way outwards.
---@param value any
---@return boolean
local function is_signal(value)
  return value == STOP or (type(value) == "table" and debug.getmetatable(value) == Signal)
end
co.is_signal = is_signal

---Whether it is the signal that ended code which ran on without a wait: an error for whoever counts those.
---@param value any
---@return boolean
function co.is_runaway(value)
  return type(value) == "table" and debug.getmetatable(value) == Signal and value.message ~= nil
end

---Waits for what the running user has just started in C. Throws STOP when the user is to end.
local function wait()
  local signal = yield(WAIT)
  if signal ~= nil then error(signal, 0) end
  turn.has_waited = true
end
co.wait = wait

---Sleeps; 0 still lets others run.
---@param seconds number
---@param between_tasks boolean? the user counts as waiting: a stop ends it at once, and throws STOP
---@param what string? for the message where no user runs; "k.sleep" if not given
---@param level integer? of the caller to blame, as error's; 1 if not given: the caller of co.sleep
function co.sleep(seconds, between_tasks, what, level)
  what, level = what or "k.sleep", (level or 1) + 1
  if type(seconds) ~= "number" then
    error(("%s: expected a number of seconds, got %s"):format(what, type(seconds)), level)
  end
  local signal, is_over = sleep(seconds, between_tasks, what, level)
  if signal ~= nil then error(signal, 0) end
  if is_over then error(STOP, 0) end
  turn.has_waited = true
end

-- Coroutines inside of which the user waits at the moment: nobody else may resume them.
local waiting = setmetatable({}, { __mode = "k" })
-- Users' main coroutines that coroutine.running gave to a script.
local mains = setmetatable({}, { __mode = "k" })

local relay

-- Hands what a wait came to inwards.
local function hand_in(thread, ...)
  waiting[thread] = nil
  return relay(thread, raw_resume(thread, ...))
end

-- Hands on what a coroutine yielded or returned, after passing its waits outwards.
function relay(thread, ok, first, ...)
  if first == WAIT and ok then
    if not is_yieldable() then
      return relay(thread, raw_resume(thread, sched.abandon("a coroutine that is resumed here")))
    end
    waiting[thread] = true
    return hand_in(thread, yield(WAIT))
  end
  if not ok and is_signal(first) then error(first, 0) end
  return ok, first, ...
end

local function is_set_aside(thread)
  return thread ~= nil and (waiting[thread] or mains[thread]) and raw_status(thread) == "suspended"
end

local function resume(thread, ...)
  if is_set_aside(thread) then return false, "cannot resume a coroutine that waits" end
  return relay(thread, raw_resume(thread, ...))
end

local function unwrap(ok, ...)
  if ok then return ... end
  error((...), 2)
end

local function wrap(fn)
  local thread = create(fn)
  return function(...)
    return unwrap(resume(thread, ...))
  end
end

local function status(thread)
  if is_set_aside(thread) then return "normal" end
  return raw_status(thread)
end

local function running()
  local thread = raw_running()
  if thread and sched.is_main() then mains[thread] = true end
  return thread
end

local function script_yield(...)
  if sched.is_main() then
    error("coroutine.yield: only a coroutine that the script made can yield, not the user itself", 2)
  end
  return yield(...)
end

local function script_is_yieldable()
  return is_yieldable() and not sched.is_main()
end

local function pass_signals(ok, first, ...)
  if not ok and is_signal(first) then error(first, 0) end
  return ok, first, ...
end

local function script_pcall(...)
  return pass_signals(pcall(...))
end

local function script_xpcall(fn, handler, ...)
  return pass_signals(xpcall(fn, function(problem)
    if is_signal(problem) then return problem end
    return handler(problem)
  end, ...))
end

---Puts the functions above in the place of Lua's, before any other module is loaded.
function co.install()
  rawset(coroutine, "resume", resume)
  rawset(coroutine, "wrap", wrap)
  rawset(coroutine, "status", status)
  rawset(coroutine, "running", running)
  rawset(coroutine, "yield", script_yield)
  rawset(coroutine, "isyieldable", script_is_yieldable)
  rawset(_G, "pcall", script_pcall)
  rawset(_G, "xpcall", script_xpcall)
end

return co
