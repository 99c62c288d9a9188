-- driver_spec -- the C side of users: making and ending them, the shape, the hooks.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local k = require "katydid"
local spec = require "spec"

-- A class whose one task sleeps, and whose waits are of a second.
local function sleeper(name, seconds, attributes)
  local class = k.User:extend(name, attributes or { wait_time = k.constant(1) })
  class.nap = k.task(function()
    k.sleep(seconds)
  end)
  return class
end

local function whys(result)
  local list = {}
  for i, ended in ipairs(result.ended) do list[i] = ended.class .. " " .. ended.why end
  return list
end

describe("users", function()
  it("have ids from 1 on, and one goes up from run to run", function()
    local ids = {}
    local A = sleeper("A", 1)
    function A:on_start() ids[#ids + 1] = self.id end
    spec.run { classes = A, users = 3, seconds = 2 }
    check.same(ids, { 1, 2, 3 })
  end)

  it("end by themselves, by an error, and by the runner", function()
    local A = sleeper("A", 1)
    function A:on_start()
      if self.id == 1 then self:stop() end
      if self.id == 2 then error("no bread") end
    end
    local result = spec.run { classes = A, users = 3, seconds = 3 }
    check.same(whys(result), { "A finished", "A failed", "A stopped" })
    check.equal(result.exceptions[1].message:match("no bread"), "no bread")
  end)

  it("draw from their own stream from their init on", function()
    local function draws(others)
      local list = {}
      local A = k.User:extend("A")
      function A:init() self.first = math.random(1e9) end
      A.one = k.task(function(self)
        list[self.id] = list[self.id] or { self.first, math.random(1e9) }
        self:stop()
      end)
      for _ = 1, others do math.random() end
      spec.run { classes = A, users = 2 }
      return list
    end
    local first = draws(0)
    check.same(draws(5), first)
    check(first[1][1] ~= first[2][1])
  end)

  it("may end the run while they are made", function()
    local A = sleeper("A", 1)
    function A.init() os.exit(8) end
    local result = spec.run { classes = A, users = 3 }
    check.equal(result.why, "script")
    check.equal(result.exit_code, 8)
    check.equal(#result.ended, 0)
    for _, line in ipairs(result.log) do check(not line:find("^[EC]R"), line) end
  end)

  it("that can't be made end the run with a reason", function()
    local A = sleeper("A", 1)
    function A.init() error("no bread") end
    local result = spec.run { classes = A, users = 2, seconds = 5 }
    check.equal(result.why, "spawn_error")
    check.contains(result.log, "no bread")
  end)
end)

describe("a stop", function()
  it("without a timeout ends tasks in the middle, and lets on_stop wait", function()
    local stopped = {}
    local A = sleeper("A", 1000)
    function A:on_stop()
      k.sleep(7)
      stopped[#stopped + 1] = self.id
    end
    local result = spec.run { classes = A, users = 2, seconds = 10 }
    check.equal(#stopped, 2)
    check.same(whys(result), { "A stopped", "A stopped" })
    check.near(result.seconds, 17, 0.5)
  end)

  it("with a timeout lets tasks end, but not waits", function()
    local done = {}
    local A = k.User:extend("A", { wait_time = k.constant(1000) })
    A.nap = k.task(function(self)
      k.sleep(self.id == 1 and 1 or 13)
      done[#done + 1] = self.id
    end)
    local result = spec.run { classes = A, users = 2, seconds = 10, stop_timeout = 60 }
    check.same(done, { 1, 2 })
    check.near(result.seconds, 13, 0.5)
  end)

  it("with a timeout ends what is longer, and says so", function()
    local A = sleeper("A", 1000)
    local result = spec.run { classes = A, users = 2, seconds = 10, stop_timeout = 5 }
    check.near(result.seconds, 15, 0.5)
    check.contains(result.log, "INFO katydid.runners: Not all users finished their tasks & terminated in 5.0 "
      .. "seconds. Stopping them...")
  end)

  it("with a timeout doesn't count who is in his on_stop", function()
    local A = sleeper("A", 4)
    local stopped
    function A.on_stop()
      k.sleep(30)
      stopped = true
    end
    local result = spec.run { classes = A, users = 1, seconds = 2, stop_timeout = 5 }
    check(stopped)
    for _, line in ipairs(result.log) do check(not line:find("Not all users"), line) end
  end)

  it("passes a task's pcall", function()
    local A = k.User:extend("A")
    local swallowed = 0
    A.nap = k.task(function()
      pcall(k.sleep, 1000)
      swallowed = swallowed + 1
    end)
    spec.run { classes = A, users = 2, seconds = 3 }
    check.equal(swallowed, 0)
  end)

  it("that comes with an answer doesn't reach on_stop's waits", function()
    local on_stop
    local A = k.User:extend("A", { wait_time = k.constant(5) })
    -- The task's sleep is over in the same turn as the run.
    A.nap = k.task(function() k.sleep(10) end)
    function A.on_stop()
      k.sleep(1)
      on_stop = true
    end
    spec.run { classes = A, users = 1, seconds = 10 }
    check(on_stop)
  end)

  it("asked for by a user ends the run, with its reason in the log", function()
    local after = false
    local A = sleeper("A", 1)
    A.ask = k.task(function()
      k.sleep(1)
      k.stop_test("enough bread")
      after = true
    end)
    local on_stop = 0
    function A.on_stop()
      k.sleep(1)
      on_stop = on_stop + 1
    end
    local result = spec.run { classes = A, users = 3 }
    check.equal(result.why, "script")
    check(not after)
    check.equal(on_stop, 3)
    check.contains(result.log, "enough bread")
  end)

  it("by os.exit sets the exit code", function()
    local A = k.User:extend("A")
    A.ask = k.task(function() os.exit(9) end)
    local result = spec.run { classes = A, users = 2 }
    check.equal(result.why, "script")
    check.equal(result.exit_code, 9)
  end)
end)

describe("a shape", function()
  local function shape(tick)
    local Shape = k.LoadTestShape:extend("Shape")
    Shape.tick = tick
    return Shape
  end

  it("says how many users of which classes", function()
    local A, B = sleeper("A", 1), sleeper("B", 1)
    local result = spec.run {
      classes = {
        A, B,
        shape(function(self)
          local time = self:get_run_time()
          if time < 5 then return 4, 100, { B } end
          if time < 10 then return 2, 100 end
          return nil
        end),
      },
    }
    check.equal(result.why, "shape")
    check.near(result.seconds, 10, 1.5)
    check.equal(result.users[3], 4)
    check.equal(result.users[8], 2)
    check.same(whys(result), { "B stopped", "B stopped", "B stopped", "B stopped" })
  end)

  it("that throws ends the run", function()
    local result = spec.run { classes = { sleeper("A", 1), shape(function() error("no bread") end) } }
    check.equal(result.why, "shape_error")
    check.contains(result.log, "no bread")
  end)

  it("may end the run by itself", function()
    local function leave() os.exit(5) end
    local function stop() k.stop_test("enough bread") return nil end
    for _, tick in ipairs { leave, stop } do
      local result = spec.run { classes = { sleeper("A", 1), shape(tick) } }
      check.equal(result.why, "script")
      check.equal(result.exit_code, tick == leave and 5 or nil)
      for _, line in ipairs(result.log) do check(not line:find("^ERROR"), line) end
      core.run.set_exit_code(nil)
    end
  end)

  it("can't wait in its tick", function()
    local result = spec.run { classes = { sleeper("A", 1), shape(function() k.sleep(1) end) } }
    check.equal(result.why, "shape_error")
    check.contains(result.log, "k.sleep may only be called by a running user, not in a shape's tick")
  end)
end)

describe("events", function()
  it("are told in order, and know the users", function()
    local told = {}
    local names = {
      "init", "test_start", "spawning_complete", "test_stopping", "test_stop", "quitting", "quit",
    }
    for _, name in ipairs(names) do
      k.events[name]:add_listener(function(e)
        told[#told + 1] = name .. (e.user_count and " " .. e.user_count or "")
      end)
    end
    spec.run { classes = sleeper("A", 1), users = 2, seconds = 2 }
    check.same(told, {
      "init", "test_start", "spawning_complete 2", "test_stopping", "test_stop", "quitting", "quit",
    })
  end)

  it("can't wait", function()
    local why
    k.events.test_start:add_listener(function()
      local _, message = pcall(k.sleep, 1)
      why = message
    end)
    spec.run { classes = sleeper("A", 1), users = 1, seconds = 1 }
    check.match(why, "k.sleep may only be called by a running user, not in a listener of test_start$")
  end)

  it("may end the run by themselves", function()
    local A = sleeper("A", 1)
    k.events.spawning_complete:add_listener(function()
      if A then os.exit(6) end
    end)
    local result = spec.run { classes = A, users = 1 }
    A = nil
    check.equal(result.why, "script")
    check.equal(result.exit_code, 6)
    for _, line in ipairs(result.log) do check(not line:find("^ERROR"), line) end
  end)

  it("set off by a user are not part of it", function()
    local user = "none"
    k.events.test_stopping:add_listener(function() user = core.sched.user() end)
    local A = k.User:extend("A")
    A.ask = k.task(function() k.stop_test() end)
    spec.run { classes = A, users = 1 }
    check.equal(user, nil)
  end)
end)

describe("loading", function()
  it("gives the classes with weights", function()
    local A, B = sleeper("A", 1, { weight = 3 }), sleeper("B", 1, { fixed_count = 2 })
    check.same(spec.load { classes = { A, B } }, {
      { name = "A", weight = 3, fixed_count = 0 }, { name = "B", weight = 1, fixed_count = 2 },
    })
  end)

  it("that meets os.exit ends there", function()
    check.error(function() spec.load { script = "os.exit(4) error 'unreachable'" } end,
      "^the script ended the run while it was loaded$")
    check.equal(core.run.get_exit_code(), 4)
  end)

  it("knows the folder of the first script", function()
    spec.load { classes = sleeper("A", 1) }
    check.match(core.run.script_folder, "^/.*/tests/lua/spec$")
  end)
end)
