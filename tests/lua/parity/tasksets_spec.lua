-- Task sets as Locust has them (reference, part 2): what is collected, what is next, how sets are left.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local trace, began
local function note(what)
  trace[#trace + 1] = tostring(what)
end
local function at()
  return ("%g"):format(spec.now() - began)
end
local function run(scenario)
  trace, began = {}, spec.now()
  local result = spec.run(scenario)
  return table.concat(trace, " "), result
end

-- A user that does nothing but visit `Set`, one second between tasks.
local function visitor(Set)
  return k.User:extend("Visitor", { tasks = { Set }, wait_time = k.constant(1) })
end

local function noting(what)
  return function() note(what) end
end

describe("schedule_task", function()
  it("comes before any pick, in the order of the calls, each with its wait", function()
    local Set = k.TaskSet:extend("Set")
    function Set:on_start()
      self:schedule_task(noting "one@")
      self:schedule_task(function() note("two@" .. at()) end)
    end
    Set.own = k.task(function() note("own@" .. at()) end)
    check.equal(run { classes = visitor(Set), seconds = 3.5 }, "one@ two@1 own@2 own@3")
  end)

  it("with first comes before what was scheduled already", function()
    local Set = k.TaskSet:extend("Set")
    function Set:on_start()
      self:schedule_task(noting "b")
      self:schedule_task(noting "c", false)
      self:schedule_task(noting "a", true)
    end
    Set.own = k.task(noting "own")
    check.equal(run { classes = visitor(Set), seconds = 3.5 }, "a b c own")
  end)

  it("takes methods of the set, tagged functions and task sets", function()
    local Inner = k.TaskSet:extend("Inner")
    Inner.work = k.task(function(self)
      note("inner of " .. tostring(self.parent))
      self:interrupt()
    end)
    local Set = k.TaskSet:extend("Set")
    function Set:greet()
      note("greet " .. tostring(self))
    end
    Set.own = k.task(function(self)
      note "own"
      self:schedule_task(self.greet)
      self:schedule_task(Inner)
      self:schedule_task(k.tag("t", noting "tagged"))
    end)
    check.equal(run { classes = visitor(Set), seconds = 3.5 }, "own greet Set inner of Set tagged own")
  end)

  it("works in a sequence and in a chain without moving them on", function()
    local Steps = k.SequentialTaskSet:extend("Steps")
    Steps.one = k.task(function(self)
      note "1"
      self:schedule_task(noting "between")
    end)
    Steps.two = k.task(noting "2")
    check.equal(run { classes = visitor(Steps), seconds = 3.5 }, "1 between 2 1")
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.one = k.transitions({ "two" }, Steps.one)
    Chain.two = k.transitions({ "one" }, noting "2")
    check.equal(run { classes = visitor(Chain), seconds = 3.5 }, "1 between 2 1")
  end)

  it("serves a set that has no tasks", function()
    local Set = k.TaskSet:extend("Set")
    function Set:on_start()
      self:schedule_task(noting "only")
    end
    local text, result = run { classes = visitor(Set), seconds = 2.5 }
    check.equal(text, "only")
    check.equal(result.exceptions[1].count, 2)
  end)

  it("wants a function or a task set", function()
    local Set = k.TaskSet:extend("Set")
    Set.own = k.task(function(self)
      note(select(2, pcall(self.schedule_task, self, "own")))
      note(select(2, pcall(self.schedule_task, self, noting "x", 1)))
      self:stop()
    end)
    local text = run { classes = visitor(Set) }
    check.match(text, "schedule_task: expected a function or a task set, got 'own'")
    check.match(text, "schedule_task: expected true or false as `first`, got 1")
  end)
end)

describe("a set or a user without tasks", function()
  it("is an error at each turn, with waits, and stays", function()
    local Set = k.TaskSet:extend("Set")
    function Set.on_start() note "in" end
    function Set.on_stop() note "out" end
    local text, result = run { classes = visitor(Set), seconds = 3.5 }
    check.equal(text, "in out")
    check.equal(#result.exceptions, 1)
    check.equal(result.exceptions[1].count, 4)
    check.match(result.exceptions[1].message, "^no tasks are defined on Set: mark a function with k%.task")
    local A = k.User:extend("A", { wait_time = k.constant(2) })
    A.on_stop = Set.on_stop
    text, result = run { classes = A, seconds = 5 }
    check.equal(text, "out")
    check.equal(result.exceptions[1].count, 3)
    check.same(result.ended, { { class = "A", why = "stopped" } })
  end)

  it("is one each second where nothing says how long to wait", function()
    local _, result = run { classes = k.User:extend("A"), seconds = 10.5 }
    check.equal(result.exceptions[1].count, 11)
  end)
end)

describe("SequentialTaskSet", function()
  local function order(Steps, seconds)
    return (run { classes = visitor(Steps), seconds = seconds })
  end

  it("goes through its tasks in order, for ever", function()
    local Steps = k.SequentialTaskSet:extend("Steps")
    Steps.c = k.task(noting "1")
    Steps.a = k.task(noting "2")
    Steps.b = k.task(noting "3")
    check.equal(order(Steps, 6.5), "1 2 3 1 2 3 1")
    check(Steps:is(k.TaskSet) and Steps:is(k.SequentialTaskSet))
  end)

  it("takes `tasks` where it is set among the methods", function()
    local Steps = k.SequentialTaskSet:extend("Steps")
    Steps.t1 = k.task(noting "1")
    Steps.t2 = k.task(noting "2")
    Steps.tasks = { noting "101", noting "102" }
    Steps.t3 = k.task(noting "3")
    check.equal(order(Steps, 4.5), "1 2 101 102 3")
    Steps.t2 = k.task(noting "two") -- in its old place
    check.equal(order(Steps, 4.5), "1 two 101 102 3")
    Steps.t1 = nil
    check.equal(order(Steps, 3.5), "two 101 102 3")
  end)

  it("runs what it inherits first", function()
    local A = k.SequentialTaskSet:extend("A")
    A.t1 = k.task(noting "1")
    A.tasks = { noting "30" }
    local B = A:extend("B", { tasks = { noting "20" } })
    B.t2 = k.task(noting "2")
    local C = B:extend("C")
    C.t3 = k.task(function(self)
      note "3"
      self:interrupt(false)
    end)
    check.equal(order(C, 4.5), "1 30 20 2 3")
  end)

  it("begins with the first task at each visit", function()
    local Steps = k.SequentialTaskSet:extend("Steps")
    Steps.t1 = k.task(noting "1")
    Steps.t2 = k.task(function(self)
      note "2"
      self:interrupt()
    end)
    Steps.t3 = k.task(noting "never")
    check.equal(order(Steps, 2.5), "1 2 1 2 1")
  end)

  it("is left by interrupt alone", function()
    local Steps = k.SequentialTaskSet:extend("Steps")
    local rounds = 0
    function Steps.on_start() note "in" end
    function Steps.on_stop() note "out" end
    Steps.t1 = k.task(noting "1")
    Steps.t2 = k.task(noting "2")
    Steps.t3 = k.task(function(self)
      note "3"
      rounds = rounds + 1
      if rounds == 3 then self:interrupt(false) end
    end)
    check.equal(order(Steps, 8.5), "in 1 2 3 1 2 3 1 2 3 out")
  end)

  it("repeats by weight, also in `tasks` keyed by functions", function()
    local Steps = k.SequentialTaskSet:extend("Steps")
    Steps.t1 = k.task(2, noting "1")
    Steps.t2 = k.task(noting "2")
    check.equal(order(Steps, 3.5), "1 1 2 1")
    local t1 = noting "1"
    local function t2() note "2" end
    local function t3() note "3" end
    check.equal(order(k.SequentialTaskSet:extend("Steps", { tasks = { [t2] = 2, [t3] = 1, [t1] = 3 } }), 6.5),
                "1 1 1 2 2 3 1")
    check.equal(order(k.SequentialTaskSet:extend("Steps", { tasks = { { t2, 2 }, t3 } }), 3.5), "2 2 3 2")
  end)

  it("goes on with the next step after an error", function()
    local Steps = k.SequentialTaskSet:extend("Steps")
    Steps.t1 = k.task(noting "1")
    Steps.t2 = k.task(function() error("no") end)
    Steps.t3 = k.task(noting "3")
    check.equal(order(Steps, 3.5), "1 3 1")
  end)

  it("says when it has no tasks", function()
    local _, result = run { classes = visitor(k.SequentialTaskSet:extend("Steps")), seconds = 0.5 }
    check.match(result.exceptions[1].message, "^no tasks are defined on Steps")
  end)
end)

describe("the tasks of a class", function()
  local function count(class, seconds)
    local counts = {}
    spec.counts = counts
    spec.run { classes = class, seconds = seconds or 8000 }
    return counts
  end
  local function counting(name)
    return function() spec.counts[name] = (spec.counts[name] or 0) + 1 end
  end

  it("add up: the parent's, those of `tasks`, the marked ones, a function met twice twice", function()
    local a, b, c, d = counting "a", counting "b", counting "c", counting "d"
    local Base = k.User:extend("Base", { abstract = true, wait_time = k.constant(1), tasks = { a } })
    Base.b = k.task(2, b)
    local A = Base:extend("A", { tasks = { { a, 2 }, c } })
    A.d = k.task(2, d)
    A.c = k.task(c)
    local counts = count(A) -- a 3, b 2, c 2, d 2 of 9
    for name, share in pairs { a = 3, b = 2, c = 2, d = 2 } do
      check.near(counts[name] / 8001, share / 9, 0.03)
    end
  end)

  it("are drawn anew each time, without memory", function()
    local last, again, n = nil, 0, 0
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    for _, name in ipairs { "a", "b" } do
      A[name] = k.task(function()
        n = n + 1
        if last == name then again = again + 1 end
        last = name
      end)
    end
    spec.run { classes = A, seconds = 8000 }
    check.near(again / n, 1 / 2, 0.03)
  end)

  it("have whole weights; one of 0 never comes", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.tasks = { { counting "never", 0 }, counting "a" }
    A.never = k.task(0, counting "never")
    check.same(count(A, 99.5), { a = 100 })
    check.error(function() k.task(1.5, counting "x") end, "k%.task: expected a weight, a whole .*got 1%.5")
    A.tasks = { { counting "x", 0.5 } }
    check.error(function() spec.load { classes = A } end, "A%.tasks%[1%]: expected a weight.*got 0%.5")
  end)

  it("may be task sets of its own, made in place, or made before", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.Forum = k.task(k.TaskSet:extend("Forum"))
    A.Forum.read = k.task(function(self)
      note(("%s of %s of %s"):format("read", tostring(self), tostring(self.parent)))
      self:interrupt(false)
    end)
    check.equal(run { classes = A, seconds = 0.5 }, "read of Forum of A 1")
    A.Forum.Thread = k.task(k.SequentialTaskSet:extend("Thread", {
      open = k.task(function(self) note(tostring(self.parent) .. "/open") end),
      close = k.task(function(self)
        note "close"
        self:stop()
      end),
    }))
    A.Forum.read = nil
    check.equal(run { classes = A }, "Forum/open close")
  end)
end)

describe("tasks that change", function()
  it("are those of the instance from then on, in all forms", function()
    local a, b = noting "a", noting "b"
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    function A:on_start() self.tasks = { a } end
    A.first = k.task(noting "never")
    check.equal(run { classes = A, seconds = 1.5 }, "a a")
    A.on_start = nil
    A.first = k.task(function(self)
      note "first"
      self.tasks = { [b] = 2 }
    end)
    check.equal(run { classes = A, seconds = 2.5 }, "first b b")
    function A:on_start() self.tasks = { { a, 0 }, { b, 1 } } end
    check.equal(run { classes = A, seconds = 1.5 }, "b b")
    -- Taken off, they are the class's again; a set around may be changed from within.
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      note "set"
      self.user.tasks = nil
      self:interrupt()
    end)
    function A:on_start() self.tasks = { Set } end
    check.equal(run { classes = A, seconds = 1.5 }, "set first b")
  end)

  it("are those of the class for all who run it", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.first = k.task(function(self)
      note(self.id)
      A.tasks, A.first = { noting "new" }, nil
    end)
    check.equal(run { classes = A, users = 2, spawn_rate = 2, seconds = 1.75 }, "1 new new new")
  end)

  it("have to be tasks", function()
    local A = k.User:extend("A")
    function A:on_start() self.tasks = { "a" } end
    local _, result = run { classes = A }
    check.match(result.exceptions[1].message, "A%.tasks%[1%]: expected a function or a task set, got 'a'")
    function A:on_start() self.tasks = 7 end
    _, result = run { classes = A }
    check.match(result.exceptions[1].message, "A%.tasks: expected a list of tasks or a table .*, got 7")
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.a = k.transitions({ "a" }, function(self) self.tasks = { noting "b" } end)
    _, result = run { classes = visitor(Chain), seconds = 0.5 }
    check.match(result.exceptions[1] and result.exceptions[1].message or "", "^$")
    _, result = run { classes = visitor(Chain), seconds = 1.5 }
    check.match(result.exceptions[1].message, "Chain%.tasks: a MarkovTaskSet has no list of tasks")
  end)
end)

describe("interrupt", function()
  -- Sets in each other, `levels` deep; the innermost calls leave(self) and notes when.
  local function tower(levels, leave)
    local Set = k.TaskSet:extend("Set" .. levels, { wait_time = k.constant(levels) })
    Set.work = k.task(function(self)
      note(levels .. "@" .. at())
      leave(self)
    end)
    for level = levels - 1, 1, -1 do
      Set = k.TaskSet:extend("Set" .. level, { tasks = { Set }, wait_time = k.constant(level) })
      function Set.on_stop() note("out" .. level .. "@" .. at()) end
    end
    return k.User:extend("A", { tasks = { Set }, wait_time = k.constant(100) })
  end

  it("leaves one level; the set around goes on at once, or after its own wait", function()
    check.equal(run { classes = tower(3, function(self) self:interrupt() end), iterations = 3 },
                "3@0 3@0 3@0 out2@0 out1@0")
    check.equal(run { classes = tower(3, function(self) self:interrupt(true) end), iterations = 3 },
                "3@0 3@0 3@0 out2@0 out1@0")
    check.equal(run { classes = tower(3, function(self) self:interrupt(false) end), seconds = 5 },
                "3@0 3@2 3@4 out2@5 out1@5")
  end)

  it("and every hook work at any depth", function()
    local levels, depth, stopped = 200, nil, 0
    local Set = k.TaskSet:extend("Innermost")
    Set.work = k.task(function(self)
      local level = self
      depth = 0
      repeat
        depth, level = depth + 1, level.parent
      until level == self.user
      self:interrupt(false)
    end)
    for _ = 2, levels do
      Set = k.TaskSet:extend("Set", { tasks = { Set } })
      function Set.on_start() k.sleep(0.01) end
      function Set.on_stop()
        stopped = stopped + 1
        k.sleep(0.01)
      end
    end
    local _, result = run { classes = visitor(Set), seconds = 5 }
    check.equal(depth, levels)
    check.equal(stopped, levels - 1)
    check.same(result.exceptions, {})
  end)

  it("in what was scheduled by hand, in the sets around in turn, leaves all", function()
    local A = tower(3, function(self)
      local set = self.parent
      repeat
        set:schedule_task(function(around) around:interrupt(false) end)
        set = set.parent
      until set == self.user
      self:interrupt()
    end)
    check.equal(run { classes = A, seconds = 150 },
                "3@0 out2@0 out1@1 3@101 out2@101 out1@102")
  end)

  it("of the set around, called in an inner one, leaves the inner one: it says nothing of whose", function()
    check.equal(run {
      classes = tower(2, function(self) self.parent:interrupt(false) end), seconds = 1.5,
    }, "2@0 2@1 out1@1.5")
  end)

  it("runs on_stop of the set; what that throws is logged, a stop in it ends the user", function()
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self) self:interrupt(false) end)
    function Set.on_stop() error "stuck" end
    local _, result = run { classes = visitor(Set), seconds = 0.5 }
    check.contains(result.log, "stuck")
    check.same(result.exceptions, {})
    function Set:on_stop() self:stop() end
    local A = visitor(Set)
    function A.on_stop() note "user out" end
    check.equal(run { classes = A, seconds = 5 }, "user out")
  end)

  it("in a user's own task, where there is no set to leave, ends the user with on_stop", function()
    local Set = k.TaskSet:extend("Set")
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.work = k.task(function() Set.interrupt({}) end)
    function A.on_stop() note "out" end
    local text, result = run { classes = A, seconds = 5 }
    check.equal(text, "out")
    check.equal(result.exceptions[1].message, "interrupt: there is no task set to leave")
  end)
end)

describe("reschedule", function()
  -- A set whose task leaves itself early by reschedule(at_once), out of a function and the script's pcall.
  local function visit(at_once)
    local Set = k.TaskSet:extend("Set", { wait_time = k.constant(2) })
    function Set.on_stop() note "out" end
    Set.work = k.task(function(self)
      note("in@" .. at())
      k.sleep(1)
      pcall(function() self:reschedule(at_once) end)
      note "never"
    end)
    return Set
  end

  it("ends the task as a return does, and the wait follows", function()
    for _, at_once in ipairs { false, nil } do
      local text, result = run { classes = visitor(visit(at_once)), seconds = 6.5, stop_timeout = 9 }
      check.equal(text, "in@0 in@3 in@6 out")
      check.same(result.exceptions, {})
    end
  end)

  it("with true goes on at once", function()
    check.equal(run { classes = visitor(visit(true)), seconds = 2.5, stop_timeout = 9 },
                "in@0 in@1 in@2 out")
  end)

  it("is for users' own tasks too", function()
    for at_once, expected in pairs { [true] = "@0 @1 @2", [false] = "@0 @4 @8" } do
      local A = k.User:extend("A", { wait_time = k.constant(3) })
      A.work = k.task(function(self)
        note("@" .. at())
        k.sleep(1)
        self:reschedule(at_once)
      end)
      check.equal(run { classes = A, iterations = 3 }, expected)
    end
  end)

  it("in a set is that set's alone; in its on_start it is the set around's, without on_stop", function()
    local Inner = visit(true)
    local Outer = k.TaskSet:extend("Outer", { tasks = { Inner }, wait_time = k.constant(5) })
    check.equal(run { classes = visitor(Outer), seconds = 1.5 }, "in@0 in@1 out")
    function Inner:on_start()
      note("on_start@" .. at())
      self:reschedule(#trace == 1)
    end
    check.equal(run { classes = visitor(Outer), seconds = 6 }, "on_start@0 on_start@0 on_start@5")
  end)

  it("gives others their turn, and a stop its way", function()
    local A = k.User:extend("A")
    A.work = k.task(function(self)
      if #trace < 100 then note(self.id) end
      self:reschedule(true)
    end)
    function A.on_start() k.sleep(began + 5 - spec.now()) end -- all at once
    function A.on_stop() note "out" end
    local text = run { classes = A, users = 2, iterations = 200 }
    check.match(text, "1 2 1 2 1 2")
    check.match(text, "out out$")
  end)

  it("outside of a task ends the user, with an error", function()
    for _, where in ipairs { "on_start", "wait_time" } do
      local A = k.User:extend("A")
      A.work = k.task(function() end)
      A[where] = function(self) self:reschedule() end
      function A.on_stop() note "out" end
      local text, result = run { classes = A }
      check.equal(text, "out")
      check.equal(result.exceptions[1].message, "reschedule: there is no task to end")
    end
  end)

  it("in on_stop just ends that", function()
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self) self:interrupt(false) end)
    function Set:on_stop() self:reschedule() end
    local _, result = run { classes = visitor(Set), seconds = 0.5 }
    check.same(result.exceptions, {})
    for _, line in ipairs(result.log) do check(not line:find "ERROR", line) end
  end)

  it("wants true or false", function()
    local A = k.User:extend("A")
    A.work = k.task(function(self)
      note(select(2, pcall(self.reschedule, self, 1)))
      self:stop()
    end)
    check.match(run { classes = A, iterations = 2 }, "reschedule: expected true or false, got 1$")
  end)
end)

describe("an exception", function()
  it("is one row by its traceback: the first message stays, the counter goes on", function()
    local n = 0
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.work = k.task(function()
      n = n + 1
      error("for the " .. n .. ". time", 0)
    end)
    local _, result = run { classes = A, seconds = 3.5 }
    check.equal(#result.exceptions, 1)
    check.equal(result.exceptions[1].count, 4)
    check.equal(result.exceptions[1].message, "for the 1. time")
  end)

  it("is told with the set whose task it was; its user is the user", function()
    local told = {}
    local listener = k.events.user_error:add_listener(function(e)
      local whose = e.user_instance
      told[#told + 1] = ("%s of %s: %s"):format(tostring(whose), tostring(whose.user), e.exception)
    end)
    local Inner = k.TaskSet:extend("Inner")
    function Inner.on_start() error("closed", 0) end
    local Set = k.TaskSet:extend("Set", { tasks = { Inner } })
    run { classes = visitor(Set), seconds = 0.5 }
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.work = k.task(function() error("mine", 0) end)
    run { classes = A, seconds = 0.5 }
    k.events.user_error:remove_listener(listener)
    check.same(told, { "Set of Visitor 1: closed", "A 1 of A 1: mine" })
  end)
end)
