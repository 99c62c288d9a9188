-- Waits as Locust has them (reference, part 3): whose they are, and when tasks begin.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

-- When the tasks of a user begin, in seconds from its making; each takes as long as `duration(n)` says.
local function starts(attributes, seconds, duration)
  local times, made = {}, nil
  local A = k.User:extend("A", attributes)
  function A.init() made = spec.now() end
  A.work = k.task(function()
    times[#times + 1] = spec.now() - made
    if duration then k.sleep(duration(#times)) end
  end)
  spec.run { classes = A, seconds = seconds, stop_timeout = 1000 }
  return times
end

describe("constant_pacing", function()
  it("is exact over 10,000 rounds", function()
    local times = starts({ wait_time = k.constant_pacing(2.5) }, 9999 * 2.5 + 1, function(n)
      return (n * 7919 % 2500) / 1000
    end)
    check.equal(#times, 10000)
    local off = 0
    for n, time in ipairs(times) do
      off = math.max(off, math.abs(time - (n - 1) * 2.5))
    end
    check(off < 1e-6, off)
  end)

  it("begins anew after each task that took longer: wait 0, nothing made up for", function()
    local times, expected = starts({ wait_time = k.constant_pacing(1) }, 1225 + 7.5, function(n)
      return n % 10 == 0 and 3.25 or 0.5
    end), 0
    check.equal(#times, 1008)
    for n, time in ipairs(times) do
      check.near(time, expected, 1e-6)
      expected = expected + (n % 10 == 0 and 3.25 or 1)
    end
  end)

  it("with a task of half its time waits the other half, with a longer one not at all", function()
    local waits = {}
    local pace = k.constant_pacing(0.1)
    local A = k.User:extend("A")
    function A:wait_time()
      waits[#waits + 1] = pace(self)
      return waits[#waits]
    end
    A.work = k.task(function(self)
      if #waits == 2 then self:stop() end
      k.sleep(#waits == 0 and 0.05 or 0.3)
    end)
    spec.run { classes = A }
    check.near(waits[1], 0.05, 1e-9)
    check.equal(waits[2], 0)
  end)

  it("makes up in the next round for a wait that took longer, or less long, than it said", function()
    local pace = k.constant_pacing(2)
    for _, row in ipairs { { 0.5, { 0, 2.5, 4.5, 6.5, 8.5 } }, { -0.5, { 0, 1.5, 3.5, 5.5, 7.5 } } } do
      local off, expected = unpack(row)
      local A, times, made = k.User:extend("A"), {}, nil
      function A.init() made = spec.now() end
      function A:wait_time() return pace(self) + off end
      A.work = k.task(function() times[#times + 1] = spec.now() - made end)
      spec.run { classes = A, seconds = 9 }
      check.equal(#times, 5)
      for i, time in ipairs(expected) do check.near(times[i], time, 1e-6) end
    end
  end)

  it("of a set has the set's own clock, while the user's goes on", function()
    local trace, began = {}, nil
    local Set = k.TaskSet:extend("Set", { wait_time = k.constant_pacing(3) })
    Set.work = k.task(function(self)
      trace[#trace + 1] = ("set@%g"):format(spec.now() - began)
      if #trace % 3 == 0 then self:interrupt(false) end
    end)
    local A = k.User:extend("A", { wait_time = k.constant_pacing(10), tasks = { Set } })
    function A.init() began = spec.now() end
    spec.run { classes = A, seconds = 17 }
    check.equal(table.concat(trace, " "), "set@0 set@3 set@6 set@10 set@13 set@16")
  end)

  it("of the user is used by a set that has none, with the user's clock", function()
    local seen, began = {}, nil
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      seen[#seen + 1] = spec.now() - began
      if #seen == 2 then self:interrupt() end
    end)
    local A = k.User:extend("A", { wait_time = k.constant_pacing(4), tasks = { Set } })
    function A.init() began = spec.now() end
    function A.on_start() k.sleep(1) end
    spec.run { classes = A, seconds = 10 }
    check.equal(#seen, 4)
    for n, time in ipairs { 1, 4, 4, 8 } do
      check.near(seen[n], time, 1e-6)
    end
  end)
end)

it("constant_throughput(10) has tasks begin 0.1 s apart, whatever each sends", function()
  local times = starts({ wait_time = k.constant_throughput(10) }, 100.05, function(n)
    return n % 2 * 0.04
  end)
  check.equal(#times, 1001)
  for n, time in ipairs(times) do
    check.near(time, (n - 1) / 10, 1e-6)
  end
end)

describe("wait_time", function()
  it("may be a method that is given what waits, drawn for each wait", function()
    local A, waits = k.User:extend("A"), {}
    function A:wait_time()
      waits[#waits + 1] = self.id
      return #waits
    end
    local times, made = {}, nil
    function A.init() made = spec.now() end
    A.work = k.task(function() times[#times + 1] = spec.now() - made end)
    spec.run { classes = A, seconds = 6.5 }
    check.same(waits, { 1, 1, 1, 1 })
    for n, time in ipairs { 0, 1, 3, 6 } do
      check.near(times[n], time, 1e-6)
    end
  end)

  it("is inherited, overridden, and may be an instance's own", function()
    local Base = k.User:extend("Base", { abstract = true, wait_time = k.constant(5) })
    local seen, began = {}, nil
    local function class(name, attributes)
      local A = Base:extend(name, attributes)
      function A:init()
        began = spec.now()
        if name == "C" then self.wait_time = k.constant(1) end
      end
      A.work = k.task(function(self)
        if spec.now() > began then seen[name] = spec.now() - began end
        if seen[name] then self:stop() end
      end)
      return A
    end
    spec.run { classes = class "A" }
    spec.run { classes = class("B", { wait_time = k.constant(2) }) }
    spec.run { classes = class "C" }
    check.near(seen.A, 5, 1e-6)
    check.near(seen.B, 2, 1e-6)
    check.near(seen.C, 1, 1e-6)
  end)

  it("may be changed while users run: an instance's own, or the class's; of sets too", function()
    local function changing(Class)
      local times, made = {}, nil
      function Class.on_start() made = spec.now() end
      Class.work = k.task(function(self)
        times[#times + 1] = spec.now() - made
        if #times == 2 then self.wait_time = k.constant(2) end
        if #times == 3 then self.wait_time = nil end
        if #times == 4 then Class.wait_time = k.constant(3) end
      end)
      return times
    end
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    local Set = k.TaskSet:extend("Set", { wait_time = k.constant(1) })
    local B = k.User:extend("B", { tasks = { Set } })
    for Class, times in pairs { [A] = changing(A), [B] = changing(Set) } do
      spec.run { classes = Class, seconds = 8 }
      check.equal(#times, 5)
      for n, time in ipairs { 0, 1, 3, 4, 7 } do
        check.near(times[n], time, 1e-6)
      end
    end
  end)

  it("of a set is not that of the set around it, but the user's", function()
    local times, began = {}, nil
    local Inner = k.TaskSet:extend("Inner")
    Inner.work = k.task(function() times[#times + 1] = spec.now() - began end)
    local Outer = k.TaskSet:extend("Outer", { tasks = { Inner }, wait_time = k.constant(1) })
    local A = k.User:extend("A", { tasks = { Outer }, wait_time = k.constant(3) })
    function A.init() began = spec.now() end
    spec.run { classes = A, seconds = 7 }
    check.equal(#times, 3)
    check.near(times[3], 6, 1e-6)
  end)

  it("is none where there is none: others have their turn, no time passes", function()
    local A, turns, began = k.User:extend("A"), {}, spec.now()
    function A.on_start() k.sleep(began + 5 - spec.now()) end -- all at once
    A.work = k.task(function(self)
      turns[#turns + 1] = self.id
      if #turns >= 40 then self:stop() end
    end)
    local result = spec.run { classes = A, users = 2 }
    local longest, same = 1, 1
    for i = 2, #turns do
      same = turns[i] == turns[i - 1] and same + 1 or 1
      longest = math.max(longest, same)
    end
    check(longest <= 2, longest)
    check.near(result.seconds, 5, 0.01)
  end)
end)

describe("waits by chance", function()
  -- Mean and deviation of 20,000 waits, and the share of those below a length.
  local function sample(wait, below)
    local n, sum, squares, less, least = 20000, 0, 0, 0, math.huge
    spec.as_user(function(user)
      for _ = 1, n do
        local x = wait(user)
        sum, squares, least = sum + x, squares + x * x, math.min(least, x)
        if x < below then less = less + 1 end
      end
    end)
    local mean = sum / n
    return mean, math.sqrt(squares / n - mean * mean), less / n, least
  end

  it("between: each length is as likely as any other", function()
    local mean, deviation, less, least = sample(k.between(2, 6), 3)
    check.near(mean, 4, 0.05)
    check.near(deviation, 4 / math.sqrt(12), 0.03)
    check.near(less, 1 / 4, 0.02)
    check(least >= 2)
  end)

  it("poisson(rate): exponential, with the mean 1 / rate", function()
    local mean, deviation, less, least = sample(k.poisson(0.5), 1)
    check.near(mean, 2, 0.1)
    check.near(deviation, 2, 0.15)
    check.near(less, 1 - math.exp(-0.5), 0.02)
    check(least >= 0)
  end)

  it("normal(mean, deviation): a bell, cut off at 0", function()
    local mean, deviation, less, least = sample(k.normal(10, 2), 8)
    check.near(mean, 10, 0.1)
    check.near(deviation, 2, 0.1)
    check.near(less, 0.1587, 0.015)
    check(least > 0)
    local cut_off
    mean, cut_off, less, least = sample(k.normal(0, 1), 1e-9)
    check.near(cut_off, 0.5838, 0.03)
    check.equal(least, 0)
    check.near(less, 1 / 2, 0.02)
    check.near(mean, 0.3989, 0.03)
    check.equal(select(2, sample(k.normal(3, 0), 0)), 0)
  end)

  it("refuse nonsense where it is written", function()
    check.error(function() k.poisson(0) end, "k%.poisson: expected a rate .*, a number above 0, got 0")
    check.error(function() k.poisson("2") end, "k%.poisson: expected .*got '2'")
    check.error(function() k.normal(-1, 1) end, "k%.normal: expected the mean .* seconds from 0, got %-1")
    check.error(function() k.normal(1) end, "k%.normal: expected the deviation .*got nil")
  end)
end)
