-- user -- a simulated person: what one may set on the class, and the life of an instance.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local object = require "katydid.object"
local problem = require "katydid.problem"
local spawn = require "katydid.spawn"
local task = require "katydid.task"
local taskset = require "katydid.taskset"

local STOP = core.sched.STOP
local xpcall, describe = co.xpcall, problem.describe

local user = {}

local methods = {}

---Before the first task. An error here is counted, and ends the user.
function methods.on_start(_self) end

---When the user ends.
function methods.on_stop(_self) end

---When the instance is made; there is nothing to wait for yet.
function methods.init(_self, _environment) end

---Waits as between two tasks.
function methods:wait()
  taskset.wait(self)
end

methods.reschedule = taskset.reschedule

---Ends this user. Does not return.
function methods:stop()
  if core.sched.user() ~= self then
    blame.raise("stop ends the user that calls it: %s isn't the one that runs", tostring(self))
  end
  core.spawn.stop_user()
  core.sched.ending()
  error(STOP, 0)
end

local function is_number_from_0(value)
  return type(value) == "number" and value >= 0 and value < math.huge
end

local attributes = {
  host = {
    expected = "a URL, as in \"http://127.0.0.1:8080\"",
    fits = function(value)
      return type(value) == "string"
    end,
  },
  weight = { expected = "a number from 0", fits = is_number_from_0 },
  fixed_count = {
    expected = "a whole number from 0",
    fits = function(value)
      return is_number_from_0(value) and value == math.floor(value) and value < 2 ^ 31
    end,
  },
  init = taskset.attributes.on_start,
}
for name, attribute in next, taskset.attributes do
  attributes[name] = attribute
end

local fields = { weight = 1, fixed_count = 0 }
local own_methods = { rest = true } -- of those with a client
for name, method in next, methods do
  fields[name], own_methods[name] = method, true
end

---A simulated person. Not run itself: extend it.
---@class katydid.User
---@field host string?
---@field wait_time (fun(self: table): number)? nil: no wait
---@field weight number
---@field fixed_count integer
---@field abstract boolean
---@field tasks table
---@field environment katydid.Environment
---@field client katydid.Client? with k.HttpUser and k.FastHttpUser
---@field user katydid.User itself
---@field id integer from 1
---@field extend fun(self: table, name: string, attributes: table?): table
---@field is fun(self: table, class: table): boolean
user.User = object.base("User", {
  name = "user class",
  is_user = true,
  attributes = attributes,
  own_methods = own_methods,
  adopt = task.adopt,
  rank = task.rank,
}, fields)

---@param class table
---@param environment katydid.Environment
---@param id integer
---@return katydid.User
function user.new(class, environment, id)
  local self = object.new(class, { environment = environment, id = id, _made_at = core.time.now() })
  self.user = self
  if self._prepare then self:_prepare() end
  self:init(environment)
  return self
end

local function live(self)
  local ok, why = xpcall(self.on_start, describe, self)
  if not ok and not co.is_signal(why) then
    taskset.report(self, why)
    spawn.finish(true)
    return "failed"
  end
  if ok then
    ok, why = xpcall(taskset.cycle, describe, self)
  end
  local has_failed = not ok and why ~= STOP
  if has_failed then
    if co.is_signal(why) and not co.is_runaway(why) then
      why = problem.new(taskset.is_reschedule(why) and "reschedule: there is no task to end"
                          or "interrupt: there is no task set to leave")
    end
    taskset.report(self, why)
  end
  spawn.finish(not core.sched.is_stopping()) -- a stop in good order lets what was spawned finish
  core.sched.ending()
  taskset.run_on_stop(self)
  spawn.finish(true)
  return has_failed and "failed" or "finished"
end

---The whole life, in the user's own coroutine.
---@param self katydid.User
---@return "finished"|"failed"
function user.live(self)
  local how = live(self)
  if self._release then self:_release() end
  return how
end

return user
