-- Users as Locust has them (reference, part 1): what a class says, and the life of one user.
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

local function hooked(name, attributes)
  local A = k.User:extend(name or "A", attributes)
  function A.on_start() note "start" end
  function A.on_stop() note "stop" end
  return A
end

-- How many users of each class there were.
local function counts(result)
  local by_class = {}
  for _, user in ipairs(result.ended) do
    by_class[user.class] = (by_class[user.class] or 0) + 1
  end
  return by_class
end

-- What a shape says, by whole seconds since the start.
local function shape(steps)
  local Shape = k.LoadTestShape:extend("Shape")
  function Shape:tick()
    local time = self:get_run_time()
    for _, step in ipairs(steps) do
      if time < step[1] then return step[2], step[3] or 100 end
    end
  end
  return Shape
end

describe("weight", function()
  it("may be a fraction: 0.8 to 1 are 8 and 10 of 18", function()
    local A = k.User:extend("A", { weight = 0.8, wait_time = k.constant(1), tasks = { function() end } })
    local B = k.User:extend("B", { wait_time = k.constant(1), tasks = { function() end } })
    local _, result = run { classes = { A, B }, users = 18, seconds = 2 }
    check.same(counts(result), { A = 8, B = 10 })
  end)

  it("means nothing beside a fixed_count, and a class with neither isn't run", function()
    local attributes = { wait_time = k.constant(1), tasks = { function() end } }
    local Fixed = k.User:extend("Fixed", attributes)
    Fixed.fixed_count, Fixed.weight = 2, 100
    local Weighted = k.User:extend("Weighted", attributes)
    local None = k.User:extend("None", attributes)
    None.weight = 0
    local _, result = run { classes = { Fixed, Weighted, None }, users = 10, seconds = 2 }
    check.same(counts(result), { Fixed = 2, Weighted = 8 })
    check.error(function() spec.load { classes = None } end,
                "no user class to run: weight and fixed_count of None are 0")
  end)
end)

describe("construction", function()
  it("is done by who spawns: it can't wait, and knows the environment", function()
    local A = hooked "A"
    function A:init(environment)
      check.equal(environment, self.environment)
      local _, why = pcall(k.sleep, 1)
      note(why:match("may only be called by a running user") or why)
    end
    A.work = k.task(function(self) self:stop() end)
    check.equal(run { classes = A }, "may only be called by a running user start stop")
  end)

  it("that fails ends the spawning", function()
    local A = hooked("A", { wait_time = k.constant(1) })
    function A:init()
      if self.id == 2 then error "no more" end
    end
    A.work = k.task(function() end)
    local text, result = run { classes = A, users = 5, spawn_rate = 5, seconds = 5 }
    check.equal(result.why, "spawn_error")
    check.equal(text, "start stop")
    check.contains(result.log, "no more")
  end)

  it("may stop the test", function()
    local A = hooked "A"
    function A.init() k.stop_test "not today" end
    A.work = k.task(function() note "never" end)
    local text, result = run { classes = A, users = 3 }
    check.equal(result.why, "script")
    check.equal(text, "")
    check.contains(result.log, "not today")
  end)
end)

describe("on_start", function()
  it("runs in the user itself: spawning goes on meanwhile, and the first task follows at once", function()
    local A = k.User:extend("A", { wait_time = k.constant(100) })
    function A:on_start()
      note("start" .. self.id .. at())
      k.sleep(10)
    end
    A.work = k.task(function(self) note("work" .. self.id .. at()) end)
    check.equal(run { classes = A, users = 3, spawn_rate = 1, seconds = 20 },
                "start1@0 start2@1 start3@2 work1@10 work2@11 work3@12")
  end)

  it("that throws ends the user, without on_stop; others go on", function()
    local A = hooked("A", { wait_time = k.constant(1) })
    function A:on_start()
      if self.id == 1 then error "no key" end
    end
    A.work = k.task(function(self) note(self.id) end)
    local text, result = run { classes = A, users = 2, spawn_rate = 2, seconds = 2.75 }
    check.equal(text, "2 2 2 stop")
    check.contains(result.log, "no key")
    check.same(result.ended, { { class = "A", why = "failed" }, { class = "A", why = "stopped" } })
  end)

  it("that stops the user is followed by on_stop", function()
    local A = hooked "A"
    function A:on_start()
      note "start"
      self:stop()
    end
    A.work = k.task(function() note "never" end)
    check.equal(run { classes = A }, "start stop")
  end)

  it("that is cut off by the end of the run is followed by on_stop", function()
    local A = hooked "A"
    function A.on_start() k.sleep(1000) end
    A.work = k.task(function() note "never" end)
    check.equal(run { classes = A, users = 2, seconds = 3 }, "stop stop")
  end)

  it("that stops the test stops all users, each with its on_stop", function()
    local A = hooked("A", { wait_time = k.constant(1) })
    function A:on_start()
      if self.id == 3 then k.stop_test() end
    end
    A.work = k.task(function() end)
    local text, result = run { classes = A, users = 3, spawn_rate = 3 }
    check.equal(text, "stop stop stop")
    check.equal(result.why, "script")
  end)
end)

describe("on_stop", function()
  it("runs once, however the user ends", function()
    for _, way in ipairs { "run", "stop", "stop_test", "wait_time", "os.exit" } do
      local A = hooked("A", { wait_time = k.constant(1) })
      if way == "wait_time" then A.wait_time = function() error "no" end end
      A.work = k.task(function(self)
        if way == "stop" then self:stop() end
        if way == "stop_test" then k.stop_test() end
        if way == "os.exit" then os.exit(0) end
      end)
      local text, result = run { classes = A, seconds = 5 }
      check.equal(text, "start stop")
      check.equal(result.ended[1].why == "failed", way == "wait_time")
    end
  end)

  it("may send and wait without a limit, while the run waits for it", function()
    local A = hooked("A", { wait_time = k.constant(1) })
    function A.on_stop()
      k.sleep(500)
      note("stop" .. at())
    end
    A.work = k.task(function() end)
    check.equal(run { classes = A, seconds = 5, stop_timeout = 2 }, "start stop@505")
  end)

  it("that throws is logged, and is no exception of the report", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    function A.on_stop() error "too late" end
    A.work = k.task(function() end)
    local _, result = run { classes = A, seconds = 1 }
    check.same(result.exceptions, {})
    check.contains(result.log, "too late")
  end)

  it("that stops the user, or the test, is just over", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    function A:on_stop()
      note "stop"
      if self.id == 1 then self:stop() end
      k.stop_test()
    end
    A.work = k.task(function(self) self:stop() end)
    local text, result = run { classes = A, users = 2 }
    check.equal(text, "stop stop")
    check.same(result.exceptions, {})
    for _, user in ipairs(result.ended) do check.equal(user.why, "finished") end
  end)
end)

describe("a user that has ended", function()
  it("no longer counts, and isn't replaced by itself", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.work = k.task(function(self)
      if self.id == 1 then self:stop() end
    end)
    local _, result = run { classes = A, users = 3, spawn_rate = 3, seconds = 10 }
    for second = 2, 9 do
      check.equal(result.users[second], 2)
    end
    check.equal(#result.ended, 3)
  end)

  it("is made up for at the next step of a ramp", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.work = k.task(function(self)
      if self.id <= 2 and k.now() - began > 2.5 then self:stop() end
    end)
    local steps = shape { { 10, 4 }, { 20, 5 } }
    local _, result = run { classes = { A, steps } }
    check.equal(result.users[3], 4)
    check.equal(result.users[8], 2)
    check.equal(result.users[15], 5)
    check.equal(#result.ended, 7)
  end)

  it("leaves nobody to run for: the run is over", function()
    local A = hooked "A"
    A.work = k.task(function(self) self:stop() end)
    local text, result = run { classes = A, users = 2, spawn_rate = 2 }
    check.equal(text, "start stop start stop")
    check.equal(result.why, "users_gone")
  end)
end)

describe("context()", function()
  local function contexts(attributes)
    local seen = {}
    local A = k.HttpUser:extend("A", { host = "http://a", wait_time = k.constant(1) })
    for name, value in pairs(attributes) do A[name] = value end
    A.work = k.task(function(self)
      self.client:get("/a")
      self.client:get("/b", { context = { step = 2, shared = "request" } })
      k.spawn(function() self.client:get("/c") end):join()
      self:stop()
    end)
    local listener = k.events.request:add_listener(function(e) seen[e.name] = e.context end)
    local _, result = run { classes = A, seconds = 10 }
    k.events.request:remove_listener(listener)
    return seen, result
  end

  it("is part of each request's context; what the request says wins", function()
    check.same(contexts {
      context = function(self) return { user = self.id, shared = "user" } end,
    }, {
      ["/a"] = { user = 1, shared = "user" },
      ["/b"] = { user = 1, shared = "request", step = 2 },
      ["/c"] = { user = 1, shared = "user" },
    })
  end)

  it("is nothing where there is none, or a value of the script's own", function()
    local expected = { ["/a"] = {}, ["/b"] = { step = 2, shared = "request" }, ["/c"] = {} }
    check.same(contexts {}, expected)
    check.same(contexts { context = { mine = true } }, expected)
  end)

  it("has to give a table", function()
    local _, result = contexts {
      context = function() return "Bath" end,
      wait_time = function(self) self:stop() end,
    }
    check.match(result.exceptions[1].message, "users_spec.*: context of A 1: expected a table, got 'Bath'$")
    check.equal(result.total.requests, 1)
  end)
end)
