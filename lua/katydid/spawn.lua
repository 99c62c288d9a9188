-- spawn -- functions that run beside the one that spawned them, as the same user.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local problem = require "katydid.problem"
local taskset = require "katydid.taskset"

local sched = core.sched
local start, rest = core.spawn.start, core.spawn.rest
local STOP = sched.STOP
local pcall, wait = co.pcall, co.wait

local spawn = {}

local methods = {}

---A function that was spawned. Known to the user alone that spawned it.
---@class katydid.Spawned
---@field join fun(self: katydid.Spawned): ...
---@field kill fun(self: katydid.Spawned)
local Spawned = {
  __index = function(_, name)
    return methods[name] or blame.unknown("name", name, { "join", "kill" }, "a spawned function")
  end,
  __metatable = "a spawned function",
}

local function check(self, what)
  if debug.getmetatable(self) ~= Spawned then
    blame.raise("%s: called on %s; expected what k.spawn gave, as in spawned:%s()", what, blame.show(self),
                what:match("%a+$"))
  end
  local user = sched.user()
  if not user then sched.check(what, 3) end
  if user ~= self._user then
    blame.raise("%s: another user has spawned this function: %s", what, tostring(self._user))
  end
end

---Waits for the end of the function, and returns what it returned. What it threw is thrown here, to each who
---joins it.
---@return ... nil and "killed" where it was killed
function methods:join()
  check(self, "spawned:join")
  if not self._is_over then
    sched.check("spawned:join", 2)
    local ok, waits = pcall(core.spawn.join, self._task)
    if not ok then blame.raise("spawned:join: %s", tostring(waits)) end
    if waits then wait() end
  end
  if not self._is_over then return nil, "killed" end
  local threw = self._threw
  if threw then
    self._is_joined = true
    if co.is_signal(threw) then error(threw, 0) end
    problem.raise_again(threw)
  end
  return unpack(self._results, 1, self._n)
end

---Ends the function where it waits. Nothing happens where it is over.
function methods:kill()
  check(self, "spawned:kill")
  core.spawn.kill(self._task)
end

local function call(self)
  return self._fn(unpack(self, 1, self._n))
end

local function keep(self, ok, ...)
  if not ok and ... == STOP then return end
  self._is_over = true
  self._results, self._n = { ... }, select("#", ...)
  self._threw = not ok and problem.of((...))
end

-- The whole life, in the function's own coroutine. Somebody may be about to join one that fails: its error is
-- nobody's once the user waits between tasks.
local function run(self)
  keep(self, co.xpcall(call, problem.describe, self))
  local threw = self._threw
  if not threw then return end
  local how = core.spawn.linger()
  if how == "joined" then return end
  if how == "waits" then pcall(wait) end
  if self._is_joined then return end
  if co.is_signal(threw) and not co.is_runaway(threw) then
    threw = problem.new("interrupt: a spawned function leaves the task set of who joins it, and nobody does")
  end
  taskset.report(self._user, threw)
end

---Runs fn(...) beside the caller, from the next turn on, as the same user.
---@param fn function
---@param ... any
---@return katydid.Spawned
function spawn.spawn(fn, ...)
  if type(fn) ~= "function" then blame.expected("k.spawn", "a function", fn) end
  local user = sched.user()
  if not user then sched.check("k.spawn", 2) end
  local self = setmetatable({
    _user = user,
    _task = false,
    _fn = fn,
    _n = select("#", ...),
    _is_over = false,
    _is_joined = false, -- what it threw was thrown to somebody
    _threw = false,
    _results = false,
    ...
  }, Spawned)
  self._task = start(run, self)
  return self
end

---The running user ends: waits for the end of all that it spawned.
---@param kill boolean false: they are let finish
function spawn.finish(kill)
  while rest(kill) do
    pcall(wait) -- STOP is theirs too
  end
end

return spawn
