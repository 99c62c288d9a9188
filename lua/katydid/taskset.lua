-- taskset -- which task is next, and the loop around it: for task sets, and for users, whose tasks are their
-- root set.
--
-- Locust's order: a task, then a wait. Three things leave the loop: STOP (the user is to end), an interrupt
-- (back to the set around), and an error outside of a task, which is one of the task of the set around.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local events = require "katydid.events"
local object = require "katydid.object"
local problem = require "katydid.problem"
local task = require "katydid.task"

local STOP, is_stopping, turn = core.sched.STOP, core.sched.is_stopping, core.sched.turn
local run = core.run
local take_iteration, iteration_done = run.take_iteration, run.iteration_done
local random, now = core.rand.random, core.time.now
local is_signal, xpcall, sleep = co.is_signal, co.xpcall, co.sleep
local describe = problem.describe
local error, rawget = error, rawget
local user_error = events.user_error

local changes -- of classes
object.follow(function(n)
  changes = n
end)
-- How often an instance, whichever, got tasks or a wait_time of its own. Each then looks whether it was he.
local n_owned = 0
local function note_own()
  n_owned = n_owned + 1
end
object.notice("tasks", note_own)
object.notice("wait_time", note_own)

local taskset = {}

-- What interrupt() throws: the set around goes on at once, or after its wait.
local AT_ONCE, AFTER_WAIT = co.make_signal {}, co.make_signal {}
-- What reschedule() throws, of the set or user whose task runs.
local NEXT_AT_ONCE, NEXT_AFTER_WAIT = co.make_signal {}, co.make_signal {}

local function is_interrupt(value)
  return value == AT_ONCE or value == AFTER_WAIT
end

---@param value any
---@return boolean
function taskset.is_reschedule(value)
  return value == NEXT_AT_ONCE or value == NEXT_AFTER_WAIT
end
local is_reschedule = taskset.is_reschedule

-- Whose wait_time holds for a set, and that: the set's own or else the user's.
local function waiter(set)
  local wait_time = set.wait_time
  if wait_time then return set, wait_time end
  return set.user, set.user.wait_time
end

local function seconds_of(owner, wait_time)
  local seconds = wait_time(owner)
  if type(seconds) ~= "number" or seconds ~= seconds then
    error(("wait_time of %s: expected a number of seconds, got %s"):format(object.info_of(owner).name,
                                                                        blame.show(seconds)), 0)
  end
  return seconds
end

-- `ask` is seconds_of, or what calls it.
local function sleep_as(owner, wait_time, ask)
  if not turn.is_calm and is_stopping() then error(STOP, 0) end
  sleep(wait_time and ask(owner, wait_time) or 0, true, "wait", 2)
end

-- Who waits for nothing gives the others their turn, unless a request did.
local function wait_as(owner, wait_time)
  if not wait_time and turn.has_waited and turn.is_calm then
    turn.has_waited = false
  else
    sleep_as(owner, wait_time, seconds_of)
  end
end

---Waits as `wait_time` says: that of the task set, or else the user's.
---@param set table a task set or a user
function taskset.wait(set)
  return wait_as(waiter(set))
end

---Counts and tells an error of a task.
---@param set table whose task it was
---@param what any what xpcall gave
function taskset.report(set, what)
  what = problem.of(what)
  core.run.user_error(what.message, what.traceback)
  if user_error:has_listeners() then
    user_error:tell { user_instance = set, exception = what.message, tb = what.traceback }
  end
end
local report = taskset.report

---Runs on_stop. What it throws is logged.
---@param set table
---@return boolean was_stopped it was ended by STOP
function taskset.run_on_stop(set)
  local ok, what = xpcall(set.on_stop, describe, set)
  if ok or is_interrupt(what) or is_reschedule(what) then return false end
  if what == STOP then return true end
  problem.log(what, "katydid.user.task", object.info_of(set).name .. ":on_stop")
  return false
end

local enter -- below: a set may hold sets

---Why there is no next task, in a set that has none at all.
---@param set table
---@return string
function taskset.no_tasks(set)
  return ("no tasks are defined on %s: mark a function with k.task, or set `tasks`"):format(
    object.info_of(set).name)
end

-- Who has neither a task nor a wait_time says so once a second.
local function a_second()
  return 1
end

-- The instance's own tasks; else what tags have left where it was entered; else its class's.
local function list_of(set, own, placed)
  if own ~= nil then return task.own_list(object.info_of(set), own) end
  return placed or task.list(object.info_of(set))
end

-- The next task, or nil and perhaps why there is none. What was scheduled by hand, in a task set, comes
-- before any pick, which is a class's own way to choose one.
local function choose(set, list, pick, is_user)
  local queue = not is_user and rawget(set, "_queue")
  if queue and queue[1] then return table.remove(queue, 1) end
  if pick then return pick(set, list) end
  local n = #list
  return n > 1 and list[random(n)] or list[1]
end

local FIRST = {} -- in the place of a task before the first

-- A traceback calls a function what its caller does. By a key that isn't written out here it is none of our
-- names, but its file and line.
local RUN = "run"

-- The only task of a user, or false where one has to be chosen.
local function only_of(set, list)
  return set == set.user and not set._pick and #list == 1 and list[1]
end

-- What was thrown between two tasks: nobody's.
local function unwrap(ok, ...)
  if ok then return ... end
  error(co.make_signal { between_tasks = (...) }, 0)
end

-- Calls what a script may have written, between two tasks.
local function call_between(fn, ...)
  return unwrap(xpcall(fn, describe, ...))
end

local function seconds_between(owner, wait_time)
  return call_between(seconds_of, owner, wait_time)
end

-- The loop, until something is thrown. Nothing between it and a task catches errors, so that traces of the
-- compiler reach from one wait to the next; and a task that can't be compiled returns to where a trace
-- begins. It writes to nothing of the user's: each table that was written to is one more that the collector
-- has to look at in one piece, while all users stand still.
local function go_round(set, placed)
  local user, pick, is_counted = set.user, set._pick, run.counts_iterations()
  local is_user = set == user
  local own = rawget(set, "tasks")
  local list = call_between(list_of, set, own, placed)
  local only, is_stale = only_of(set, list), false
  local seen, own_wait, user_wait = changes, rawget(set, "wait_time"), rawget(user, "wait_time")
  local seen_tasks, seen_waits = n_owned, n_owned
  local owner, wait_time = waiter(set)
  -- Whether a task may run (true), or its wait is due after the one that ran (false, AT_ONCE). The first turn
  -- is as any other where that will do, so that traces are made of what is usual.
  local is_ready, entry, why_none = wait_time ~= nil or not turn.is_calm, FIRST, nil
  turn.has_waited = true
  while true do
    if not is_ready then
      if changes ~= seen or n_owned ~= seen_waits or own_wait ~= nil and rawget(set, "wait_time") ~= own_wait
         or user_wait ~= nil and rawget(user, "wait_time") ~= user_wait then
        is_stale = is_stale or changes ~= seen
        seen, own_wait, user_wait = changes, rawget(set, "wait_time"), rawget(user, "wait_time")
        seen_waits = n_owned
        owner, wait_time = waiter(set)
      end
      if not wait_time and entry and turn.has_waited and turn.is_calm then
        turn.has_waited, is_ready = false, true
      end
    end
    if is_ready == true then
      if is_stale or (own ~= nil or n_owned ~= seen_tasks) and rawget(set, "tasks") ~= own then
        own = rawget(set, "tasks")
        list = call_between(list_of, set, own, placed)
        only, is_stale = only_of(set, list), false
      end
      seen_tasks = n_owned
      is_ready, entry = false, only
      if not only then
        if pick then
          entry, why_none = call_between(choose, set, list, pick, is_user)
        else
          entry = choose(set, list, nil, is_user)
        end
      end
      if not entry then
        report(set, problem.new(why_none or taskset.no_tasks(set)))
      elseif entry.run then
        if is_counted then
          if not take_iteration() then error(STOP, 0) end
          set._is_counted = true
        end
        entry[RUN](set)
        if is_counted then
          set._is_counted = false
          iteration_done()
        end
      else
        is_ready = enter(entry, set) == AT_ONCE and AT_ONCE
      end
    else
      if is_ready == AT_ONCE then
        sleep(0, true) -- or a set that is left again and again would keep all others from their turn
      else
        sleep_as(owner, wait_time or not entry and a_second or nil, seconds_between)
      end
      is_ready, is_stale = true, is_stale or changes ~= seen
    end
  end
end

local HERE = debug.getinfo(1, "S").short_src .. ":"

-- What a task threw, and how it goes on.
local function settle(set, what)
  if is_reschedule(what) then return what == NEXT_AT_ONCE and AT_ONCE or AFTER_WAIT end
  if is_signal(what) then error(what, 0) end
  what = problem.of(what)
  -- `error` was asked for a place above the task: nobody's.
  if what.message:sub(1, #HERE) == HERE then what.message = what.message:gsub("^.-:%d+: ", "", 1) end
  report(set, what)
  return AFTER_WAIT
end

---The loop. Never returns: what ends it is thrown.
---@param set table
---@param placed katydid.Task[]? what tags have left of its class's tasks where it was entered; nil: all
function taskset.cycle(set, placed)
  if is_stopping() then error(STOP, 0) end
  while true do
    local _, what = xpcall(go_round, describe, set, placed)
    if type(what) == "table" and what.between_tasks then error(what.between_tasks, 0) end
    if rawget(set, "_is_counted") then
      set._is_counted = false
      iteration_done()
    end
    if settle(set, what) == AT_ONCE then
      sleep(0, true) -- a set that is left again and again would keep all others from their turn
    else
      wait_as(waiter(set))
    end
  end
end
local cycle = taskset.cycle

---One visit of a nested set, from on_start to its interrupt.
---@param entry katydid.Task
---@param parent table
---@return any how AT_ONCE or AFTER_WAIT
function enter(entry, parent)
  local set = object.new(entry.set)
  local user = parent.user
  set.user, set.parent, set.client, set._made_at = user, parent, user.client, now()
  local ok, why = xpcall(set.on_start, describe, set)
  if not ok then
    if is_interrupt(why) then return why end
    error(why, 0)
  end
  ok, why = xpcall(cycle, describe, set, entry.list)
  if taskset.run_on_stop(set) then why = STOP end
  if not ok and not is_interrupt(why) then error(why, 0) end
  return why
end

local methods = {}

---Before the first task of a visit.
function methods.on_start(_self) end

---When it is left, or the user ends.
function methods.on_stop(_self) end

---Leaves this task set. Does not return.
---@param reschedule boolean? true or not given: the set around goes on at once; false: after its wait
function methods.interrupt(_self, reschedule)
  if reschedule ~= nil and type(reschedule) ~= "boolean" then
    blame.expected("interrupt", "true or false", reschedule)
  end
  error(reschedule == false and AFTER_WAIT or AT_ONCE, 0)
end

---Ends the task that runs, as if it had returned. Does not return.
---@param at_once boolean? true: the next task follows without a wait
function taskset.reschedule(_self, at_once)
  if at_once ~= nil and type(at_once) ~= "boolean" then
    blame.expected("reschedule", "true or false", at_once)
  end
  error(at_once and NEXT_AT_ONCE or NEXT_AFTER_WAIT, 0)
end
methods.reschedule = taskset.reschedule

---Has this task set run something before it picks a task of its own: after what was scheduled before, or
---ahead of it. A wait follows it, as any task.
---@param what function|table called with this task set; or a task set, entered
---@param first boolean? ahead of what was scheduled before
function methods:schedule_task(what, first)
  if first ~= nil and type(first) ~= "boolean" then
    blame.expected("schedule_task", "true or false as `first`", first)
  end
  local entry = task.entry(what, "schedule_task")
  local queue = rawget(self, "_queue")
  if not queue then
    queue = {}
    self._queue = queue
  end
  table.insert(queue, first and 1 or #queue + 1, entry)
end

---Waits as between two tasks.
function methods:wait()
  taskset.wait(self)
end

---Ends this user. Does not return.
function methods:stop()
  self.user:stop()
end

---Sends and expects JSON; see client:rest.
function methods:rest(...)
  return self.client:rest(...)
end

local function is_function(value)
  return type(value) == "function"
end

---Attributes that users have too.
taskset.attributes = {
  tasks = {
    expected = "a list of tasks or a table task -> weight",
    fits = function(value)
      return type(value) == "table" and not object.info(value)
    end,
  },
  wait_time = {
    expected = "a function that gives seconds, as k.constant(1) does",
    fits = is_function,
  },
  on_start = { expected = "a function", fits = is_function },
  on_stop = { expected = "a function", fits = is_function },
  abstract = {
    expected = "true or false",
    fits = function(value)
      return type(value) == "boolean"
    end,
  },
}

---A kind of task sets.
---@param own table what it has besides: collect, is_chain
---@return katydid.kind
function taskset.kind(own)
  own.name, own.is_task_set = "task set", true
  own.attributes, own.own_methods = taskset.attributes, methods
  own.adopt, own.rank = task.adopt, task.rank
  return own
end

---A part of a user's behaviour with tasks of its own.
---@class katydid.TaskSet
---@field tasks table
---@field wait_time (fun(self: table): number)? nil: as the user waits
---@field user katydid.User
---@field parent table the task set around, or the user
---@field client katydid.Client? the user's
---@field extend fun(self: table, name: string, attributes: table?): table
---@field is fun(self: table, class: table): boolean
taskset.TaskSet = object.base("TaskSet", taskset.kind {}, methods)

return taskset
