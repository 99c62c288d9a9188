-- Stopping as Locust has it (reference, 1.4, 9.3): who is ended at once, who may finish, in which order.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local trace, began
local function note(what)
  trace[#trace + 1] = what
end
local function at()
  return ("@%g"):format(math.floor((spec.now() - began) * 1000 + 0.5) / 1000)
end
local function run(scenario)
  trace, began = {}, spec.now()
  local result = spec.run(scenario)
  return table.concat(trace, " "), result
end

-- A user whose task is `work`; its end is noted with the time.
local function user(work, attributes)
  local A = k.User:extend("A", attributes)
  function A.on_stop() note("stop" .. at()) end
  A.work = k.task(work)
  return A
end

describe("without a stop timeout", function()
  it("all are ended at once, in their waits, tasks, on_start", function()
    local A = user(function(self)
      note("begin" .. self.id)
      if self.id > 1 then k.sleep(100) end
      note("end" .. self.id)
    end, { wait_time = k.constant(100) })
    function A:on_start()
      if self.id == 3 then k.sleep(100) end
    end
    check.equal(run { classes = A, users = 3, spawn_rate = 3, seconds = 5 },
                "begin1 end1 begin2 stop@5 stop@5 stop@5")
  end)

  it("their on_stop run side by side", function()
    local A = user(function() k.sleep(100) end)
    function A:on_stop()
      k.sleep(self.id)
      note("stop" .. self.id .. at())
    end
    check.equal(run { classes = A, users = 3, seconds = 5 }, "stop1@6 stop2@7 stop3@8")
  end)
end)

describe("with a stop timeout", function()
  it("who waits is ended at once, also in self:wait() within a task", function()
    check.equal(run {
      classes = user(function() note "work" end, { wait_time = k.constant(100) }),
      seconds = 5, stop_timeout = 50,
    }, "work stop@5")
    check.equal(run {
      classes = user(function(self)
        self:wait()
        note "never"
      end, { wait_time = k.constant(100) }),
      seconds = 5, stop_timeout = 50,
    }, "stop@5")
  end)

  it("who would begin a task in the moment of the stop doesn't", function()
    for _, begin in ipairs { 0, 1e-9, -1e-9 } do
      local A = user(function() note("work" .. at()) end, { wait_time = k.constant(5) })
      function A.on_start() if begin > 0 then k.sleep(begin) end end
      function A.wait_time() return 5 + math.min(begin, 0) end
      local text = run { classes = A, seconds = 5, stop_timeout = 50 }
      check.equal(text, begin < 0 and "work@0 work@5 stop@5" or "work@0 stop@5")
    end
  end)

  it("who sleeps in a task doesn't wait: it finishes, and ends before its wait", function()
    local A = user(function()
      k.sleep(8)
      note("end" .. at())
    end)
    function A.wait_time()
      note "never"
      return 1
    end
    check.equal(run { classes = A, seconds = 5, stop_timeout = 50 }, "end@8 stop@8")
  end)

  it("a self:wait() that begins after the stop ends the user", function()
    check.equal(run {
      classes = user(function(self)
        k.sleep(8)
        note("slept" .. at())
        self:wait()
        note "never"
      end, { wait_time = k.constant(3) }),
      seconds = 5, stop_timeout = 50,
    }, "slept@8 stop@8")
  end)

  it("on_start finishes, and no task follows", function()
    local A = user(function() note "never" end)
    function A.on_start()
      k.sleep(8)
      note("started" .. at())
    end
    check.equal(run { classes = A, seconds = 5, stop_timeout = 50 }, "started@8 stop@8")
  end)

  it("no further task is begun in any set, whatever is scheduled or interrupted", function()
    local Set = k.TaskSet:extend("Set")
    function Set.on_stop() note("left" .. at()) end
    Set.work = k.task(function(self)
      k.sleep(8)
      self:schedule_task(function() note "never" end)
      note("end" .. at())
      if self.user.leaves then self:interrupt() end
    end)
    for _, leaves in ipairs { true, false } do
      local A = user(function() end)
      A.work, A.tasks, A.leaves = nil, { Set }, leaves
      check.equal(run { classes = A, seconds = 5, stop_timeout = 50 }, "end@8 left@8 stop@8")
    end
  end)

  it("who takes longer is ended then, and a line says so", function()
    local text, result = run {
      classes = user(function() k.sleep(100) end), users = 2, seconds = 5, stop_timeout = 10,
    }
    check.equal(text, "stop@15 stop@15")
    check.contains(result.log, "Not all users finished their tasks & terminated in 10.0 seconds.")
  end)

  it("on_stop has no limit", function()
    local A = user(function() k.sleep(100) end)
    function A.on_stop()
      k.sleep(1000)
      note("stop" .. at())
    end
    check.equal(run { classes = A, seconds = 5, stop_timeout = 10 }, "stop@1015")
  end)
end)

describe("the hooks of the sets that a user is in", function()
  local function nested(stop)
    local Class = k.User:extend("A", { wait_time = k.constant(1) })
    local function hooks(Set, name)
      function Set.on_start() note(name .. "+") end
      function Set.on_stop() note(name .. "-") end
      return Set
    end
    local Inner = hooks(k.SequentialTaskSet:extend("Inner"), "inner")
    Inner.work = k.task(stop)
    local Chain = hooks(k.MarkovTaskSet:extend("Chain"), "chain")
    Chain.inner = k.transitions({ "inner" }, Inner)
    local Outer = hooks(k.TaskSet:extend("Outer", { tasks = { Chain } }), "outer")
    Class.tasks = { Outer }
    return hooks(Class, "user")
  end
  local ALL = "user+ outer+ chain+ inner+ inner- chain- outer- user-"

  it("run from the innermost outwards, the user's last, whoever stops it", function()
    check.equal(run { classes = nested(function() k.sleep(100) end), seconds = 1 }, ALL)
    check.equal(run { classes = nested(function() end), seconds = 0.5, stop_timeout = 5 }, ALL)
    check.equal(run { classes = nested(function(set) set:stop() end) }, ALL)
    check.equal(run { classes = nested(function(set) set.user:stop() end) }, ALL)
    check.equal(run { classes = nested(function() k.stop_test() end) }, ALL)
    check.equal(run { classes = nested(function() os.exit(0) end) }, ALL)
    check.equal(run { classes = nested(function(set) set.user.environment.runner:quit() end) }, ALL)
    check.equal(run { classes = nested(function(set) set.user.environment.runner:stop() end) }, ALL)
  end)

  it("run after a script's pcall, xpcall and coroutines, which don't hold up the stop", function()
    for _, stop in ipairs {
      function(set) set:stop() end, function() k.stop_test() end, function() k.sleep(100) end,
      function(set) set.user.environment.runner:quit() end,
    } do
      check.equal(run {
        classes = nested(function(set)
          local ok = pcall(function()
            xpcall(function()
              coroutine.wrap(function()
                coroutine.resume(coroutine.create(function() pcall(stop, set) end))
                note "never"
              end)()
            end, function() note "never" end)
          end)
          note("never " .. tostring(ok))
        end),
        seconds = 5,
      }, ALL)
    end
  end)

  it("run also where one of them throws, or the stop comes in the wait after an error", function()
    local A = nested(function() error "no" end)
    local text, result = run { classes = A, seconds = 1.5 }
    check.equal(text, ALL)
    check.equal(result.exceptions[1].count, 2)
    local Outer = A.tasks[1]
    function Outer.on_stop() error "stuck" end
    text, result = run { classes = A, seconds = 1.5 }
    check.equal(text, (ALL:gsub("outer%- ", "")))
    check.contains(result.log, "Outer:on_stop: tests/lua/parity/stopping_spec.lua")
  end)
end)

describe("the events around it", function()
  it("are test_stopping, then every on_stop, then test_stop", function()
    local listeners = {}
    for _, name in ipairs { "test_stopping", "test_stop" } do
      listeners[name] = k.events[name]:add_listener(function() note(name .. at()) end)
    end
    local A = user(function() end, { wait_time = k.constant(100) })
    function A.on_stop()
      k.sleep(2)
      note("stop" .. at())
    end
    local text = run { classes = A, users = 2, seconds = 5 }
    for name, listener in pairs(listeners) do k.events[name]:remove_listener(listener) end
    check.equal(text, "test_stopping@5 stop@7 stop@7 test_stop@7")
  end)
end)

describe("a ramp down", function()
  it("ends users as the end of a run does, and waits for those that finish", function()
    local Shape = k.LoadTestShape:extend("Shape")
    function Shape:tick()
      local time = self:get_run_time()
      if time < 5 then return 2, 100 end
      if time < 30 then return 0, 100 end
    end
    local A = user(function()
      k.sleep(8)
      note("end" .. at())
    end)
    check.equal(run { classes = { A, Shape }, stop_timeout = 60 }, "end@8 stop@8 end@8.01 stop@8.01")
    check.equal(run { classes = { A, Shape } }, "stop@5 stop@5.01")
  end)
end)

describe("a request", function()
  local function sender(judge, url)
    local A = k.HttpUser:extend("A", { host = "http://a", wait_time = k.constant(100) })
    A.work = k.task(function(self) self.client:get(url or "/slow", judge) end)
    spec.answer(function() return { delay = 10 } end)
    return A
  end

  it("that is in flight when its user is ended is told as such, and is no failure", function()
    for _, url in ipairs { "/slow", "http://b/slow" } do
      local _, result = run { classes = sender(nil, url), users = 3, spawn_rate = 3, seconds = 5 }
      check.equal(result.in_flight_at_end, 3)
      check.equal(result.total.requests, 0)
      check.equal(result.total.failures, 0)
    end
  end)

  it("that is answered within the stop timeout is counted", function()
    local _, result = run { classes = sender(), users = 3, spawn_rate = 3, seconds = 5, stop_timeout = 60 }
    check.equal(result.in_flight_at_end, 0)
    check.equal(result.total.requests, 3)
  end)

  it("whose handler stops the user or the test is counted", function()
    for _, stop in ipairs { function() k.stop_test() end, function() error(k.stop_test()) end } do
      local _, result = run { classes = sender(function() stop() end) }
      check.equal(result.total.requests, 1)
      check.equal(result.total.failures, 0)
      check.equal(result.why, "script")
    end
  end)

  it("in on_stop is sent and counted", function()
    local A = k.HttpUser:extend("A", { host = "http://a", wait_time = k.constant(100) })
    A.work = k.task(function() end)
    function A:on_stop() self.client:post("/logout") end
    spec.answer(function() return { delay = 10 } end)
    local _, result = run { classes = A, users = 2, seconds = 5 }
    check.equal(result.entries["POST /logout"].requests, 2)
    check.equal(result.in_flight_at_end, 0)
  end)
end)

describe("k.stop_test", function()
  it("stops the test from a task, and gives its reason to the log", function()
    local A = user(function(self)
      if self.id == 2 then
        k.sleep(3)
        k.stop_test("the server gave up")
        note "never"
      end
    end, { wait_time = k.constant(1) })
    local text, result = run { classes = A, users = 2, spawn_rate = 100 }
    check.equal(result.why, "script")
    check.contains(result.log, "the server gave up")
    check.equal(text, "stop@3.01 stop@3.01")
  end)

  it("lets others finish within the stop timeout", function()
    local A = user(function(self)
      if self.id == 2 then k.stop_test() end
      k.sleep(7)
      note("end" .. at())
    end)
    check.equal(run { classes = A, users = 2, spawn_rate = 1, stop_timeout = 60 }, "stop@1 end@7 stop@7")
  end)

  it("stops it from a listener, a shape and what was spawned too", function()
    local listener
    listener = k.events.spawning_complete:add_listener(function() k.stop_test("from a listener") end)
    local A = user(function() k.sleep(1) end)
    local text, result = run { classes = A, users = 1 }
    k.events.spawning_complete:remove_listener(listener)
    check.equal(result.why, "script")
    check.equal(text, "stop@0")
    text, result = run { classes = user(function()
      k.spawn(function() k.stop_test("from a spawned one") end)
      k.sleep(1)
      note "never"
    end) }
    check.equal(result.why, "script")
    check.equal(text, "stop@0")
    check.contains(result.log, "from a spawned one")
  end)
end)
