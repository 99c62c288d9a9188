-- Task sets: entering, leaving, nesting, and the order of their hooks.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local trace, began
local function note(what)
  trace[#trace + 1] = what
end
local function at()
  return ("%g"):format(spec.now() - began)
end
local function run(scenario)
  trace, began = {}, spec.now()
  local result = spec.run(scenario)
  return table.concat(trace, " "), result
end

local function hooks(Class, name)
  function Class.on_start() note(name .. "+") end
  function Class.on_stop() note(name .. "-") end
  return Class
end

it("looks at its own tasks and wait_time alone, whoever else got some", function()
  local ran = {}
  local A = k.User:extend("A", { wait_time = k.constant(1), fixed_count = 1 })
  local B = k.User:extend("B", { wait_time = k.constant(1), fixed_count = 1 })
  local function first() ran.first = (ran.first or 0) + 1 end
  local function second() ran.second = true end
  A.tasks, B.tasks = { first }, { first }
  local own = { first }
  function A:on_start() self.tasks = own end
  B.turn = k.task(function(self)
    own[2] = second -- in place: A has made its list
    self.tasks = { first }
    self.wait_time = k.constant(2)
  end)
  spec.run { classes = { A, B }, users = 2, seconds = 200 }
  check.equal(ran.second, nil)
  check.equal(ran.first > 200, true)
end)

it("sees a wait_time that follows on false", function()
  local times, start = {}, nil
  local A = k.User:extend("A", { wait_time = k.constant(1) })
  A.work = k.task(function(self)
    start = start or spec.now()
    times[#times + 1] = spec.now() - start
    if #times == 2 then self.wait_time = false end
    if #times == 3 then self.wait_time = k.constant(3) end
    if #times == 4 then self:stop() end
  end)
  spec.run { classes = A, seconds = 20 }
  check.near(times[4] - times[3], 3, 1e-6)
end)

describe("a visit", function()
  it("runs on_start, tasks with waits, and on_stop when it is left", function()
    local Set = hooks(k.TaskSet:extend("Set", { wait_time = k.constant(1) }), "set")
    Set.work = k.task(function(self)
      self.n = (self.n or 0) + 1
      note("work" .. self.n .. "@" .. at())
      if self.n == 3 then self:interrupt() end
    end)
    local A = hooks(k.User:extend("A", { tasks = { Set }, wait_time = k.constant(10) }), "user")
    check.equal(run { classes = A, seconds = 2.5 },
      "user+ set+ work1@0 work2@1 work3@2 set- set+ work1@2 set- user-")
  end)

  it("has an instance of its own; the user stays", function()
    local seen = {}
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      seen[#seen + 1] = self
      check.equal(self.marked, nil)
      self.marked = true
      check.equal(self.parent, self.user)
      check.equal(self.client, self.user.client)
      if #seen == 3 then self:stop() end
      self:interrupt()
    end)
    run { classes = k.User:extend("A", { tasks = { Set } }) }
    check(seen[1] ~= seen[2] and seen[2] ~= seen[3])
    check(seen[1].user == seen[3].user)
  end)

  it("waits as the user does where the set has no wait_time", function()
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function() note(at()) end)
    local A = k.User:extend("A", { tasks = { Set } })
    function A:wait_time()
      check.equal(self.user, self)
      return 3
    end
    check.equal(run { classes = A, seconds = 7 }, "0 3 6")
  end)

  it("gives wait_time of the set the set", function()
    local Set = k.TaskSet:extend("Set")
    function Set:wait_time()
      check(self.parent)
      return 2
    end
    Set.work = k.task(function() note(at()) end)
    check.equal(run { classes = k.User:extend("A", { tasks = { Set } }), seconds = 5 }, "0 2 4")
  end)

  it("calls plain functions of `tasks` with the set", function()
    local Set = k.TaskSet:extend("Set")
    local function plain(self)
      note(tostring(self))
      self:interrupt(false)
    end
    Set.tasks = { plain }
    local A = k.User:extend("A", { tasks = { Set }, wait_time = k.constant(9) })
    check.equal(run { classes = A, seconds = 1 }, "Set")
  end)
end)

describe("interrupt", function()
  local function visitor(reschedule)
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      note("set@" .. at())
      self:interrupt(reschedule)
      note "never"
    end)
    return k.User:extend("A", { tasks = { Set }, wait_time = k.constant(2) })
  end

  it("goes on at once in the set around", function()
    local A = visitor(nil)
    A.init = function(self) self.left = 3 end
    local text = run { classes = A, iterations = 3 }
    check.equal(text, "set@0 set@0 set@0")
  end)

  it("with false goes on after the wait of the set around", function()
    check.equal(run { classes = visitor(false), seconds = 5 }, "set@0 set@2 set@4")
  end)

  it("passes a script's pcall", function()
    local Set = hooks(k.TaskSet:extend("Set"), "set")
    Set.work = k.task(function(self)
      pcall(function() self:interrupt(false) end)
      note "never"
    end)
    local A = k.User:extend("A", { tasks = { Set }, wait_time = k.constant(5) })
    check.equal(run { classes = A, seconds = 1 }, "set+ set-")
  end)

  it("in on_start leaves without on_stop", function()
    local Set = hooks(k.TaskSet:extend("Set"), "set")
    function Set:on_start()
      note "start"
      self:interrupt(false)
    end
    Set.work = k.task(function() note "never" end)
    local A = k.User:extend("A", { tasks = { Set }, wait_time = k.constant(2) })
    check.equal(run { classes = A, seconds = 3 }, "start start")
  end)

  it("in a set within a set leaves the inner one", function()
    local Inner = hooks(k.TaskSet:extend("Inner"), "inner")
    Inner.work = k.task(function(self)
      note "in"
      self:interrupt(false)
    end)
    local Outer = hooks(k.TaskSet:extend("Outer", { wait_time = k.constant(1) }), "outer")
    Outer.inner = k.task(Inner)
    local A = k.User:extend("A", { tasks = { Outer } })
    check.equal(run { classes = A, seconds = 1.5 }, "outer+ inner+ in inner- inner+ in inner- outer-")
  end)

  it("wants true or false", function()
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self) self:interrupt("now") end)
    local A = k.User:extend("A", { tasks = { Set }, wait_time = k.constant(5) })
    local _, result = run { classes = A, seconds = 1 }
    check.match(result.exceptions[1].message, "interrupt: expected true or false, got 'now'")
  end)
end)

describe("nesting", function()
  local function nested()
    local Inner = hooks(k.TaskSet:extend("Inner", { wait_time = k.constant(1) }), "inner")
    Inner.work = k.task(function(self)
      note(("%s/%s/%s"):format(tostring(self.parent.parent), tostring(self.parent), tostring(self)))
    end)
    local Outer = hooks(k.TaskSet:extend("Outer"), "outer")
    Outer.inner = k.task(Inner)
    return hooks(k.User:extend("A", { tasks = { Outer } }), "user"), Inner, Outer
  end

  it("goes by parents up to the user; a stop runs on_stop from the innermost outwards", function()
    check.equal(run { classes = nested(), seconds = 0.5 },
      "user+ outer+ inner+ A 1/Outer/Inner inner- outer- user-")
  end)

  it("and self:stop() does so too", function()
    local A, Inner = nested()
    Inner.work = k.task(function(self) self:stop() end)
    local text, result = run { classes = A }
    check.equal(text, "user+ outer+ inner+ inner- outer- user-")
    check.equal(result.ended[1].why, "finished")
  end)

  it("lets on_stop of each level send and wait", function()
    local A, Inner, Outer = nested()
    function Inner.on_stop() k.sleep(1) note("inner-@" .. at()) end
    function Outer.on_stop() k.sleep(1) note("outer-@" .. at()) end
    check.equal(run { classes = A, seconds = 0.5 },
      "user+ outer+ inner+ A 1/Outer/Inner inner-@1.5 outer-@2.5 user-")
  end)
end)

describe("an error", function()
  it("in a task of a set is told with the set, and the set goes on after its wait", function()
    local told = {}
    local listener = k.events.user_error:add_listener(function(e) told[#told + 1] = e end)
    local Set = hooks(k.TaskSet:extend("Set", { wait_time = k.constant(1) }), "set")
    Set.work = k.task(function() note "work" error("boom") end)
    local text = run { classes = k.User:extend("A", { tasks = { Set } }), seconds = 1.5 }
    k.events.user_error:remove_listener(listener)
    check.equal(text, "set+ work work set-")
    check.equal(#told, 2)
    check.equal(tostring(told[1].user_instance), "Set")
    check.match(told[1].exception, "boom$")
    check.match(told[1].tb, "taskset_spec")
  end)

  it("in on_start is one of the task of the set around, and there is no on_stop", function()
    local Set = hooks(k.TaskSet:extend("Set"), "set")
    function Set.on_start() error("closed") end
    Set.work = k.task(function() note "never" end)
    local A = k.User:extend("A", { tasks = { Set }, wait_time = k.constant(2) })
    local text, result = run { classes = A, seconds = 3 }
    check.equal(text, "")
    check.equal(result.exceptions[1].count, 2)
    check.match(result.exceptions[1].message, "closed$")
  end)

  it("in on_stop is logged, and the user goes on", function()
    local Set = k.TaskSet:extend("Set")
    function Set.on_stop() error("stuck") end
    Set.work = k.task(function(self) note "work" self:interrupt(false) end)
    local A = k.User:extend("A", { tasks = { Set }, wait_time = k.constant(1) })
    local text, result = run { classes = A, seconds = 1.5 }
    check.equal(text, "work work")
    check.equal(#result.exceptions, 0)
    check.contains(result.log, "Set:on_stop: ")
  end)
end)

it("self:wait waits as between tasks, for sets and users", function()
  local Set = k.TaskSet:extend("Set", { wait_time = k.constant(2) })
  Set.work = k.task(function(self)
    self:wait()
    note(at())
    self.user:wait()
    note(at())
    self:stop()
  end)
  check.equal(run { classes = k.User:extend("A", { tasks = { Set }, wait_time = k.constant(3) }) }, "2 5")
end)
