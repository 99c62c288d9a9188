-- Load shapes: reference part 8.1, and what 8.6, 9.1 and 9.2 say of their ramps.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local began -- when the test began, by the run's clock
local came  -- "A0 B0.5 -A3": who came and went, and when

k.events.test_start:add_listener(function() began = spec.now() end)

-- A class whose users only wait.
local function idler(name, attributes)
  local class = k.User:extend(name or "A", attributes or { wait_time = k.constant(1e6) })
  class.work = k.task(function() end)
  local function note(sign)
    local at = math.floor((spec.now() - began) * 1e5 + 0.5) / 1e5
    came[#came + 1] = ("%s%s%g"):format(sign, name or "A", at)
  end
  function class.on_start() note "" end
  function class.on_stop() note "-" end
  return class
end

local function shape(tick, attributes)
  local Shape = k.LoadTestShape:extend("Shape", attributes)
  Shape.tick = tick
  return Shape
end

-- Runs idlers of these names under a shape.
local function run(names, tick, extra)
  local classes = {}
  for name in names:gmatch "%a" do classes[#classes + 1] = idler(name) end
  classes[#classes + 1] = shape(tick)
  local scenario = extra or {}
  scenario.classes = classes
  return spec.run(scenario)
end

-- A tick that answers from a plan: { [second] = { users, rate, classes } }, the last one that has begun.
local function planned(plan, seconds)
  return function(self)
    local now = math.floor(self:get_run_time() + 0.5)
    if now >= seconds then return nil end
    local last
    for second = 0, now do last = plan[second] or last end
    return last[1], last[2], last[3]
  end
end

local function text() return table.concat(came, " ") end

local function count(lines, pattern)
  local n = 0
  for _, line in ipairs(lines) do n = n + (line:find(pattern) and 1 or 0) end
  return n
end

describe("a shape", function()
  before_each(function() came = {} end)

  it("is asked at once, and then each second", function()
    local times, moments = {}, {}
    run("A", function(self)
      times[#times + 1] = self:get_run_time()
      moments[#times] = spec.now() - began
      if #times == 5 then return nil end
      return 1, 1
    end)
    check.same(times, { 0, 1, 2, 3, 4 })
    for i, moment in ipairs(moments) do check.near(moment, i - 1, 1e-6) end
  end)

  it("that says the same again changes nothing", function()
    local result = run("A", planned({ [0] = { 3, 1 } }, 10))
    check.equal(count(result.log, "Ramping to 3 users at a rate of 1%.00 per second$"), 1)
    check.equal(count(result.log, "All users spawned"), 1)
  end)

  it("tells what it wants, with two digits of the rate", function()
    local result = run("A", planned({ [0] = { 3, 2.4 }, [4] = { 1, 0.5 } }, 8))
    check.contains(result.log, "INFO katydid.runners: Shape test updating to 3 users at 2.40 spawn rate")
    check.contains(result.log, "INFO katydid.runners: Ramping to 3 users at a rate of 2.40 per second")
    check.contains(result.log, 'INFO katydid.runners: All users spawned: {"A": 3} (3 total users)')
    check.contains(result.log, "INFO katydid.runners: Shape test updating to 1 users at 0.50 spawn rate")
    check.contains(result.log, 'INFO katydid.runners: All users spawned: {"A": 1} (1 total users)')
  end)

  it("ends the test by nil, and is asked no more", function()
    local asked = 0
    local result = run("A", function()
      asked = asked + 1
      if asked == 3 then return nil end
      return 2, 100
    end, { stop_timeout = 5 })
    check.equal(result.why, "shape")
    check.equal(asked, 3)
    check.near(result.seconds, 2, 1e-6)
    check.contains(result.log, "INFO katydid.runners: Shape test stopping")
    check.equal(text(), "A0 A0.01 -A2 -A2")
  end)

  it("is ended by --run-time, and by a user", function()
    check.equal(run("A", planned({ [0] = { 1, 1 } }, 1000), { seconds = 5 }).why, "run_time")
    local A = idler "A"
    A.stop_it = k.task(1000000, function() k.stop_test() end)
    local result = spec.run { classes = { A, shape(function() return 1, 1 end) } }
    check.equal(result.why, "script")
    check.near(result.seconds, 0, 1e-6)
  end)

  it("leaves a ramp that isn't complete for the next, from where it stands", function()
    run("A", planned({ [0] = { 100, 2 }, [2] = { 5, 1 } }, 5))
    check.equal(text(), "A0 A0.5 A1 A1.5 A2 -A5 -A5 -A5 -A5 -A5")
  end)

  it("turns round in the middle of a ramp, down and up again", function()
    run("A", planned({ [0] = { 100, 4 }, [1] = { 1, 2 }, [2] = { 4, 1 } }, 5))
    -- 4 have come; 2 of them go; 2 come again.
    check.equal(text(), "A0 A0.25 A0.5 A0.75 -A1 -A1.5 A2 A3 -A5 -A5 -A5 -A5")
  end)

  it("may change the rate alone", function()
    run("A", planned({ [0] = { 6, 1 }, [2] = { 6, 4 } }, 4))
    check.equal(text(), "A0 A1 A2 A2.25 A2.5 A2.75 -A4 -A4 -A4 -A4 -A4 -A4")
  end)

  it("may want nobody for a while", function()
    local result = run("A", planned({ [0] = { 1, 1 }, [2] = { 0, 1 }, [6] = { 1, 1 } }, 8))
    check.equal(text(), "A0 -A2 A6 -A8")
    check.equal(result.why, "shape")
  end)

  it("doesn't replace users that have ended, until it says something else", function()
    local A = idler("A", { wait_time = k.constant(1e6) })
    A.on_stop = nil
    local first = true
    A.work = k.task(function(self)
      if first then
        first = false
        self:stop()
      end
    end)
    local result = spec.run { classes = { A, shape(planned({ [0] = { 2, 2 }, [5] = { 2, 1 } }, 8)) } }
    check.equal(result.users[4], 1)
    check.equal(result.users[7], 2)
    check.equal(text(), "A0 A0.5 A5")
  end)

  it("sees the users who run", function()
    local seen = {}
    local A = idler "A"
    A.work = k.task(function(self) if self.id % 2 == 0 then self:stop() end end)
    spec.run {
      classes = { A, shape(function(self)
        seen[#seen + 1] = self:get_current_user_count()
        if #seen == 3 then return nil end
        return 4, 100
      end) },
    }
    check.same(seen, { 0, 2, 2 })
  end)

  it("has a run time that begins anew with reset, and with Locust's reset_time", function()
    for _, name in ipairs { "reset", "reset_time" } do
      local times = {}
      run("A", function(self)
        times[#times + 1] = self:get_run_time()
        if #times == 3 then self[name](self) end
        if #times == 5 then return nil end
        return 1, 1
      end)
      check.same(times, { 0, 1, 2, 1, 2 })
    end
  end)

  it("begins its time when the test begins, however long that is after it was made", function()
    local times = {}
    local Shape = shape(function(self)
      times[#times + 1] = self:get_run_time()
      return nil
    end)
    local function pass() spec.turn(3) end
    k.events.init:add_listener(pass)
    spec.run { classes = { idler "A", Shape } }
    k.events.init:remove_listener(pass)
    check.same(times, { 0 })
  end)

  it("is one new test: its ramps clear no statistics", function()
    local starts = 0
    local function note() starts = starts + 1 end
    k.events.test_start:add_listener(note)
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    function A.on_start() k.sleep(0.5) end
    A.work = k.task(function()
      k.events.request:fire { request_type = "X", name = "x", response_time = 1, response_length = 0 }
    end)
    local plan = { [0] = { 1, 1 }, [5] = { 2, 1 }, [7] = { 1, 1 } }
    local result = spec.run { classes = { A, shape(planned(plan, 10)) } }
    k.events.test_start:remove_listener(note)
    check.equal(starts, 1)
    check.equal(result.total.requests, 10 + 2)
  end)

  it("has its runner, and its environment", function()
    local environment, host
    local A = idler "A"
    A.init = function(_, e) environment = e end
    spec.run {
      host = "http://a",
      classes = { A, shape(function(self)
        if self:get_run_time() > 0 then
          check.equal(self.environment, environment)
          check.equal(self.runner, environment.runner)
          check.equal(self.runner.user_count, 1)
          host = self.runner.environment.host
          return nil
        end
        return 1, 1
      end) },
    }
    check.equal(host, "http://a")
  end)

  it("sees each spawning_complete of its ramps", function()
    local counts = {}
    local function note(e) counts[#counts + 1] = e.user_count end
    k.events.spawning_complete:add_listener(note)
    run("A", planned({ [0] = { 2, 1 }, [4] = { 5, 100 }, [6] = { 1, 2 } }, 12))
    k.events.spawning_complete:remove_listener(note)
    check.same(counts, { 2, 5, 1 })
  end)

  it("keeps attributes and methods of its own", function()
    local Shape = k.LoadTestShape:extend("Shape", { most = 3 })
    function Shape:wanted() return self.most end
    function Shape:tick()
      if self:get_run_time() > 1 then return nil end
      return self:wanted(), 100
    end
    local result = spec.run { classes = { idler "A", Shape } }
    check.equal(#result.ended, 3)
  end)
end)

describe("user_classes", function()
  before_each(function() came = {} end)

  it("are those that are added, by class or by name; the others stay", function()
    local A, B, C = idler "A", idler "B", idler "C"
    spec.run {
      classes = { A, B, C, shape(planned({
        [0] = { 3, 100 }, [1] = { 4, 1, { A } }, [2] = { 5, 1, { "B" } }, [3] = { 6, 1, { C } },
        [4] = { 9, 100, { A, B, C } },
      }, 5)) },
    }
    check.equal(text():gsub(" %-.*", ""), "A0 B0.01 C0.02 A1 B2 C3 A4 B4.01 C4.02")
  end)

  it("hold until others come", function()
    local A, B = idler "A", idler "B"
    spec.run { classes = { A, B, shape(planned({ [0] = { 2, 100, { B } }, [1] = { 4, 100 } }, 2)) } }
    check.equal(text():gsub(" %-.*", ""), "B0 B0.01 B1 B1.01")
  end)

  it("that are others, or none, are something new to say, whatever the numbers", function()
    local A, B = idler "A", idler "B"
    local result = spec.run {
      classes = { A, B, shape(planned({
        [0] = { 2, 100, { A } }, [2] = { 2, 100, { "A" } }, [3] = { 2, 100, { B } },
        [4] = { 2, 100, { B, A } }, [5] = { 2, 100, { B, A } }, [6] = { 2, 100 },
      }, 8)) },
    }
    check.equal(count(result.log, "Shape test updating to 2 users at 100%.00 spawn rate"), 4)
  end)

  it("say nothing of who leaves: the newest, of any class", function()
    local A, B, C = idler "A", idler "B", idler "C"
    spec.run { classes = { A, B, C, shape(planned({ [0] = { 6, 100 }, [1] = { 2, 1, { A } } }, 6)) } }
    check.equal(text():match "%-.*%-A6", "-C1 -B2 -A3 -C4 -A6")
  end)

  it("begin the order of classes anew", function()
    local A, B, C = idler("A", { weight = 5, wait_time = k.constant(1e6) }), idler "B", idler "C"
    spec.run {
      classes = { A, B, C, shape(planned({
        [0] = { 2, 100 }, [1] = { 5, 100, { B, C } }, [2] = { 8, 100, { A, B } },
      }, 3)) },
    }
    check.equal(text():gsub(" %-.*", ""):gsub("[%d.]+", ""), "A A B C B A A B")
  end)

  it("leave out fixed classes that they don't name", function()
    local A, B = idler("A", { fixed_count = 2, wait_time = k.constant(1e6) }), idler "B"
    spec.run { classes = { A, B, shape(planned({ [0] = { 2, 100, { B } } }, 2)) } }
    check.equal(text(), "B0 B0.01 -B2 -B2")
  end)
end)

describe("a shape class", function()
  it("that is abstract isn't run; abstract isn't inherited", function()
    local Base = k.LoadTestShape:extend("Base", { abstract = true })
    function Base:tick()
      if self:get_run_time() > 2 then return nil end
      return self.users, 100
    end
    local Small = Base:extend("Small", { users = 2 })
    came = {}
    local result = spec.run { classes = { idler "A", Base, Small } }
    check.equal(result.users[1], 2)
    check.equal(Small.abstract, false)
  end)

  it("is one in a run: of several that which is named, and an error where none is, or two are", function()
    local asked = {}
    local function scenario(...)
      local A, B = idler "A", idler "B"
      local classes = { A, B }
      for i, name in ipairs { "One", "Two", "Three" } do
        classes[i + 2] = k.LoadTestShape:extend(name, {
          tick = function(self)
            asked[#asked + 1] = name
            if self:get_run_time() < 1 then return 2, 100 end
          end,
        })
      end
      came, asked = {}, {}
      return { classes = classes, chosen = { ... } }
    end
    local result = spec.run(scenario "Two")
    check.same(asked, { "Two", "Two" })
    check.equal(text(), "A0 B0.01 -A1 -B1")
    check.equal(result.why, "shape")
    spec.run(scenario("B", "Three"))
    check.same(asked, { "Three", "Three" })
    check.equal(text(), "B0 B0.01 -B1 -B1")
    check.error(function() spec.run(scenario()) end, "^there are 3 shapes, One, Two and Three; a run has "
      .. "one: name it behind the scripts, as in `katydid shop%.lua One`$")
    check.error(function() spec.run(scenario "A") end, "^there are 3 shapes, ")
    check.error(function() spec.run(scenario("Two", "One")) end,
      "^there are two shapes named, One and Two; a run has one$")
    check.error(function() spec.run(scenario "Thre") end,
      "^unknown user class 'Thre' %(did you mean 'Three'%?%)$")
  end)

  it("that is alone is run whatever user classes are named", function()
    came = {}
    local A, B = idler "A", idler "B"
    spec.run { classes = { A, B, shape(planned({ [0] = { 1, 1 } }, 2)) }, chosen = { "B" } }
    check.equal(text(), "B0 -B2")
  end)

  it("may stand with an abstract one, and be named twice", function()
    local S = shape(function() end)
    spec.load { classes = { idler "A", k.LoadTestShape:extend("B", { abstract = true }), S, S } }
  end)
end)
