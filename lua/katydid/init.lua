-- init -- the names of `require "katydid"`, gathered.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local check = require "katydid.check"
local co = require "katydid.co"
local event = require "katydid.event"
local events = require "katydid.events"
local http_user = require "katydid.http_user"
local measure = require "katydid.measure"
local markov = require "katydid.markov"
local sequential = require "katydid.sequential"
local shape = require "katydid.shape"
local spawn = require "katydid.spawn"
local task = require "katydid.task"
local taskset = require "katydid.taskset"
local thresholds = require "katydid.thresholds"
local transaction = require "katydid.transaction"
local user = require "katydid.user"
local wait_time = require "katydid.wait_time"

local VERSION = "0.1.0"

if core.version ~= VERSION then
  error(("the Lua half of katydid is of version %s, the program of %s: install both from one build"):format(
    VERSION, core.version), 0)
end

---What a scenario requires.
---@class katydid
local katydid = {
  User = user.User,
  HttpUser = http_user.HttpUser,
  FastHttpUser = http_user.FastHttpUser,
  TaskSet = taskset.TaskSet,
  SequentialTaskSet = sequential.SequentialTaskSet,
  MarkovTaskSet = markov.MarkovTaskSet,
  LoadTestShape = shape.LoadTestShape,
  task = task.task,
  tag = task.tag,
  transitions = markov.transitions,
  between = wait_time.between,
  constant = wait_time.constant,
  constant_pacing = wait_time.constant_pacing,
  constant_throughput = wait_time.constant_throughput,
  poisson = wait_time.poisson,
  normal = wait_time.normal,
  event = event.own,
  events = events,
  measure = measure.measure,
  check = check.check,
  thresholds = thresholds.thresholds,
  transaction = transaction.transaction,
  spawn = spawn.spawn,
}

---Sleeps, while other users go on.
---@param seconds number
function katydid.sleep(seconds)
  co.sleep(seconds, false, "k.sleep", 2)
end

---Seconds of a clock that never jumps; for differences.
---@return number
function katydid.now()
  return core.time.now()
end

---Ends the test, with all reports. Called by a user, it does not return.
---@param reason string? for the log
function katydid.stop_test(reason)
  if reason ~= nil and type(reason) ~= "string" then
    blame.expected("k.stop_test", "a reason as a string", reason)
  end
  core.run.stop_test(reason)
  if core.sched.user() then error(core.sched.STOP, 0) end
end

local NAMES = blame.names(katydid)

return setmetatable(katydid, {
  __index = function(_, name)
    blame.unknown("name", name, NAMES, "katydid")
  end,
  __newindex = function(_, name)
    blame.raise("katydid.%s: a script doesn't add names to katydid", tostring(name))
  end,
})
