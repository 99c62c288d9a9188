-- The life of a user, from init to on_stop, and what ends it.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local function traced(name, attributes)
  local trace = {}
  local A = k.User:extend(name or "A", attributes)
  local function note(what)
    trace[#trace + 1] = what
  end
  function A.on_start() note "start" end
  function A.on_stop() note "stop" end
  return A, trace, note
end

local function joined(trace)
  return table.concat(trace, " ")
end

describe("a life", function()
  it("is init, on_start, a task at once, waits between tasks, on_stop", function()
    local A, trace, note = traced("A", { wait_time = k.constant(2) })
    function A:init(environment)
      check.equal(self.environment, environment)
      note "init"
    end
    A.work = k.task(function() note(("work@%g"):format(k.now() - spec.began)) end)
    spec.began = spec.now()
    local result = spec.run { classes = A, seconds = 5 }
    check.equal(joined(trace), "init start work@0 work@2 work@4 stop")
    check.same(result.ended, { { class = "A", why = "stopped" } })
  end)

  it("has an id from 1, an environment, and itself as its user", function()
    local A, ids = k.User:extend("A"), {}
    A.work = k.task(function(self)
      ids[#ids + 1] = self.id
      check.equal(self.user, self)
      check.equal(self.client, nil)
      self:stop()
    end)
    spec.run { classes = A, users = 3 }
    table.sort(ids)
    check.same(ids, { 1, 2, 3 })
  end)

  it("makes its client when it is first asked for, and then never again", function()
    for _, base in ipairs { k.HttpUser, k.FastHttpUser } do
      local A, seen = base:extend("A", { host = "http://a", colour = "red" }), 0
      local Inner = k.TaskSet:extend("Inner")
      local function check_inherited(self)
        check.equal(self.colour .. tostring(self), "redA " .. self.id)
        check(self:is(base) and self.wait_time == nil)
      end
      function A:init()
        check.equal(rawget(self, "client"), nil)
        check_inherited(self)
      end
      function A:on_start()
        check.equal(rawget(self, "client"), nil)
        self.own = self.client
        check(self.own ~= A.client)
        check.equal(self.client, self.own)
        check_inherited(self)
      end
      A.within = k.task(Inner)
      Inner.work = k.task(function(self)
        seen = seen + 1
        check.equal(self.client, self.user.own)
        self:stop()
      end)
      local result = spec.run { classes = A, users = 2 }
      check.same(result.exceptions, {})
      check.equal(seen, 2)
    end
  end)

  it("lets others have their turn where there is no wait", function()
    local A, counts = k.User:extend("A"), { 0, 0 }
    A.work = k.task(function(self)
      counts[self.id] = counts[self.id] + 1
      if counts[self.id] == 100 then self:stop() end
    end)
    spec.run { classes = A, users = 2 }
    check.same(counts, { 100, 100 })
  end)

  it("of users whose on_start takes long doesn't hold up others", function()
    local A, began = k.User:extend("A", { wait_time = k.constant(100) }), {}
    function A.on_start() k.sleep(5) end
    A.work = k.task(function() began[#began + 1] = spec.now() end)
    spec.run { classes = A, users = 3, spawn_rate = 3, seconds = 20 }
    check.equal(#began, 3)
    check.near(began[3] - began[1], 0, 1.01)
  end)
end)

describe("an error", function()
  it("in a task is counted with its traceback, and the user goes on after its wait", function()
    local A, trace, note = traced("A", { wait_time = k.constant(1) })
    A.work = k.task(function()
      note "work"
      error("boom " .. #trace)
    end)
    local result = spec.run { classes = A, seconds = 2.5 }
    check.equal(joined(trace), "start work work work stop")
    -- One row: it is the same place, whatever the message.
    check.equal(#result.exceptions, 1)
    check.equal(result.exceptions[1].count, 3)
    check.match(result.exceptions[1].message, "user_spec%.lua:%d+: boom 2$")
    check.match(result.exceptions[1].traceback, "^stack traceback:\n.*user_spec%.lua:%d+: in function <")
    check(not result.exceptions[1].traceback:find("katydid/taskset"), "our own frames are cut off")
    check.contains(result.log, "ERROR katydid.user.task: ")
  end)

  it("that is blamed on whoever called the task has no place", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.work = k.task(function() error("nobody's", 2) end)
    local result = spec.run { classes = A, seconds = 0.5 }
    check.equal(result.exceptions[1].message, "nobody's")
  end)

  it("has a traceback of the script's frames alone", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    local function inner() k.sleep("long") end
    A.work = k.task(function() inner() end)
    local result = spec.run { classes = A, seconds = 0.5 }
    check.match(result.exceptions[1].traceback,
      "^stack traceback:\n\ttests/lua/user_spec%.lua:%d+: in function 'inner'\n\ttests/lua/user_spec[^\n]*$")
  end)

  it("may be any value", function()
    local A = k.User:extend("A")
    local values = { { code = 3 }, setmetatable({}, { __tostring = function() return "in words" end }), 42 }
    A.work = k.task(function(self)
      local value = table.remove(values)
      if not value then self:stop() end
      error(value)
    end)
    local result = spec.run { classes = A }
    check.match(result.exceptions[1].message, "user_spec%.lua:%d+: 42$")
    check.equal(result.exceptions[1].count, 3)
    check.contains(result.log, '{"code": 3}') -- never an address, which is another each time
    check.contains(result.log, "in words")
  end)

  it("in on_start is counted, and ends the user without on_stop", function()
    local A, trace = traced()
    function A.on_start() error("no key") end
    A.work = k.task(function() end)
    local result = spec.run { classes = A, users = 2 }
    check.equal(joined(trace), "")
    check.equal(result.exceptions[1].count, 2)
    check.same(result.ended, { { class = "A", why = "failed" }, { class = "A", why = "failed" } })
    check.equal(result.why, "users_gone")
  end)

  it("in on_stop is logged", function()
    local A = k.User:extend("A")
    function A.on_stop() error("too late") end
    A.work = k.task(function(self) self:stop() end)
    local result = spec.run { classes = A }
    check.equal(#result.exceptions, 0)
    check.contains(result.log, "A:on_stop: tests/lua/user_spec.lua")
    check.contains(result.log, "too late")
  end)

  it("in wait_time is counted, and ends the user with on_stop", function()
    local A, trace, note = traced("A", { wait_time = function() return "soon" end })
    A.work = k.task(function() note "work" end)
    local result = spec.run { classes = A }
    check.equal(joined(trace), "start work stop")
    check.equal(result.exceptions[1].message, "wait_time of A: expected a number of seconds, got 'soon'")
    check.same(result.ended, { { class = "A", why = "failed" } })
  end)

  it("in wait_time may be a forgotten return, or no number", function()
    for shown, seconds in pairs { ["nil"] = false, ["nan"] = 0 / 0 } do
      if not seconds then seconds = nil end
      local A = k.User:extend("A", { wait_time = function() return seconds end })
      A.work = k.task(function() end)
      local result = spec.run { classes = A, seconds = 1.5 }
      check.equal(result.exceptions[1].message, "wait_time of A: expected a number of seconds, got " .. shown)
    end
  end)

  it("may be a stack that overflows, wherever", function()
    local function endless() return 1 + endless() end
    local A, trace, note = traced("A", { wait_time = k.constant(1) })
    A.work = k.task(function()
      note "work"
      endless()
    end)
    A.on_stop = endless
    local result = spec.run { classes = A, seconds = 1.5 }
    check.equal(joined(trace), "start work work")
    for _, exception in ipairs(result.exceptions) do -- by its line where there was room to say it
      check.contains(exception.message, "stack overflow")
    end
    check.match(result.log[#result.log], "A:on_stop: .*stack overflow")
    check.error(function() spec.load { script = "local function f() return 1 + f() end f()" } end,
                "stack overflow")
  end)

  it("of which no line is the script's is told apart by its message", function()
    local result = spec.run { classes = { k.User:extend("A"), k.User:extend("B") }, users = 2, seconds = 0.5 }
    check.equal(#result.exceptions, 2)
    check.equal(result.exceptions[1].traceback, "")
  end)

  it("for want of tasks is counted, and said when loading", function()
    local A, trace = traced()
    local result = spec.run { classes = A, seconds = 0.5 }
    check.equal(joined(trace), "start stop")
    check.match(result.exceptions[1].message, "^no tasks are defined on A: mark a function with k%.task")
    check.contains(result.log, "WARNING katydid.main: A has no tasks")
  end)

  it("is passed by a script's own pcall as ever", function()
    local A = k.User:extend("A")
    local caught
    A.work = k.task(function(self)
      caught = { pcall(error, "mine") }
      self:stop()
    end)
    spec.run { classes = A }
    check.same(caught, { false, "mine" })
  end)
end)

describe("self:stop", function()
  it("ends this user alone, and doesn't return", function()
    local A, trace, note = traced("A", { wait_time = k.constant(1) })
    A.work = k.task(function(self)
      note("work" .. self.id)
      if self.id == 1 then
        self:stop()
        note "never"
      end
    end)
    local result = spec.run { classes = A, users = 2, spawn_rate = 2, seconds = 2.5 }
    check.equal(result.ended[1].why, "finished")
    check(not joined(trace):find("never"))
    local twos = select(2, joined(trace):gsub("work2", ""))
    check(twos >= 2, "the other one goes on")
  end)

  it("passes pcall, coroutines and on_start", function()
    local A, trace, note = traced()
    function A:on_start()
      note "start"
      local co = coroutine.wrap(function() pcall(function() self:stop() end) end)
      co()
      note "never"
    end
    A.work = k.task(function() note "never" end)
    local result = spec.run { classes = A }
    check.equal(joined(trace), "start stop")
    check.same(result.ended, { { class = "A", why = "finished" } })
  end)

  it("is for the user that runs", function()
    local A, text = k.User:extend("A"), nil
    local users = {}
    A.work = k.task(function(self)
      users[self.id] = self
      if self.id == 2 then
        local _, why = pcall(users[1].stop, users[1])
        text = why
        k.stop_test()
      end
      self:wait()
    end)
    A.wait_time = k.constant(1)
    spec.run { classes = A, users = 2 }
    check.match(text, "stop ends the user that calls it: A 1 isn't the one that runs")
  end)
end)

describe("k.stop_test", function()
  it("ends the test from within a task, with every on_stop", function()
    local A, trace, note = traced("A", { wait_time = k.constant(1) })
    A.work = k.task(function(self)
      if self.id == 2 then
        k.stop_test("enough")
        note "never"
      end
    end)
    local result = spec.run { classes = A, users = 2, spawn_rate = 2 }
    check.equal(result.why, "script")
    check.equal(joined(trace), "start start stop stop")
  end)

  it("ends it from on_start too", function()
    local A = k.User:extend("A")
    function A.on_start() k.stop_test() end
    A.work = k.task(function() end)
    check.equal(spec.run({ classes = A }).why, "script")
  end)

  it("wants a text", function()
    check.error(function() k.stop_test(3) end, "k%.stop_test: expected a reason as a string, got 3")
  end)
end)

describe("the end of a run", function()
  it("cuts a wait short, and runs on_stop, which may take its time", function()
    local A, trace, note = traced("A", { wait_time = k.constant(1000) })
    function A.on_stop()
      k.sleep(1)
      note "stop"
    end
    A.work = k.task(function() note "work" end)
    local result = spec.run { classes = A, seconds = 3 }
    check.equal(joined(trace), "start work stop")
    check.near(result.seconds, 4, 0.01)
  end)

  it("cuts a task short without a stop timeout, lets it end with one", function()
    local function run(stop_timeout)
      local A, trace, note = traced("A", { wait_time = k.constant(1) })
      A.work = k.task(function()
        note "begin"
        pcall(k.sleep, 5)
        note "end"
      end)
      spec.run { classes = A, seconds = 2, stop_timeout = stop_timeout }
      return joined(trace)
    end
    check.equal(run(0), "start begin stop")
    check.equal(run(10), "start begin end stop")
    check.equal(run(1), "start begin stop")
  end)
end)

describe("--iterations", function()
  it("are task runs of all users together", function()
    local A, n = k.User:extend("A", { wait_time = k.constant(1) }), 0
    A.work = k.task(function()
      n = n + 1
      if n == 3 then error("counts as well") end
    end)
    local result = spec.run { classes = A, users = 3, spawn_rate = 3, iterations = 10 }
    check.equal(n, 10)
    check.equal(result.why, "iterations")
  end)

  it("don't count entering a task set", function()
    local Set, n = k.TaskSet:extend("Set"), 0
    Set.leaf = k.task(function(self)
      n = n + 1
      self:interrupt()
    end)
    local A = k.User:extend("A", { tasks = { Set } })
    spec.run { classes = A, iterations = 5 }
    check.equal(n, 5)
  end)
end)

describe("k.sleep", function()
  it("suspends this user alone, for so long", function()
    local slept
    spec.as_user(function()
      local began = k.now()
      k.sleep(2.5)
      slept = k.now() - began
    end)
    check.near(slept, 2.5, 1e-6)
  end)

  it("is for running users, and takes a number", function()
    check.error(function() k.sleep(1) end,
      "user_spec%.lua:%d+: k%.sleep may only be called by a running user")
    check.error(function() k.sleep("1") end,
      "user_spec%.lua:%d+: k%.sleep: expected a number of seconds, got string")
  end)
end)
