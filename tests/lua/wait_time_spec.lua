-- How long users wait between tasks.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

-- When tasks begin, in seconds from the start; each takes as long as `durations` says, in turn.
local function starts(wait_time, seconds, durations)
  local times, began = {}, nil
  local A = k.User:extend("A", { wait_time = wait_time })
  function A.on_start() began = spec.now() end
  A.work = k.task(function()
    times[#times + 1] = spec.now() - began
    if durations then k.sleep(durations[(#times - 1) % #durations + 1]) end
  end)
  spec.run { classes = A, seconds = seconds, stop_timeout = 100 }
  return times
end

local function check_times(actual, expected)
  check.equal(#actual, #expected)
  for i, time in ipairs(expected) do
    check.near(actual[i], time, 1e-6)
  end
end

it("constant waits after each task", function()
  check_times(starts(k.constant(2), 7, { 0.5 }), { 0, 2.5, 5 })
end)

it("between draws a new wait each time, within its bounds", function()
  local times = starts(k.between(1, 3), 2000)
  local low, high, sum = math.huge, 0, 0
  for i = 2, #times do
    local wait = times[i] - times[i - 1]
    low, high, sum = math.min(low, wait), math.max(high, wait), sum + wait
  end
  check(low >= 1 and low < 1.02, low)
  check(high < 3 + 1e-6 and high > 2.98, high)
  check.near(sum / (#times - 1), 2, 0.1)
end)

describe("constant_pacing", function()
  it("lets tasks begin at a fixed distance, whatever they take", function()
    check_times(starts(k.constant_pacing(10), 45, { 1, 4, 0, 9 }), { 0, 10, 20, 30, 40 })
  end)

  it("doesn't wait after a task that took longer, and makes nothing up for it", function()
    check_times(starts(k.constant_pacing(2), 11.5, { 0.5, 5, 0.5 }), { 0, 2, 7, 9, 11 })
  end)

  it("counts from when the user was made: on_start is part of the first round", function()
    local times, made = {}, nil
    local A = k.User:extend("A", { wait_time = k.constant_pacing(4) })
    function A.init() made = spec.now() end
    function A.on_start() k.sleep(1) end
    A.work = k.task(function() times[#times + 1] = spec.now() - made end)
    spec.run { classes = A, seconds = 9 }
    check_times(times, { 1, 4, 8 })
  end)

  it("of a task set has the set's own clock", function()
    local times, began = {}, nil
    local Set = k.TaskSet:extend("Set", { wait_time = k.constant_pacing(3) })
    Set.work = k.task(function()
      times[#times + 1] = spec.now() - began
      k.sleep(1)
    end)
    local A = k.User:extend("A", { tasks = { Set }, wait_time = k.constant_pacing(100) })
    function A.on_start()
      k.sleep(2)
      began = spec.now()
    end
    spec.run { classes = A, seconds = 9, stop_timeout = 9 }
    check_times(times, { 0, 3, 6 })
  end)

  it("keeps each user's own time", function()
    local times, began = {}, spec.now()
    local A = k.User:extend("A", { wait_time = k.constant_pacing(5) })
    A.work = k.task(function(self)
      times[self.id] = times[self.id] or {}
      table.insert(times[self.id], spec.now() - began)
    end)
    spec.run { classes = A, users = 2, spawn_rate = 1, seconds = 12 }
    for _, own in ipairs(times) do
      check.near(own[2] - own[1], 5, 1e-6)
      check.near(own[3] - own[2], 5, 1e-6)
    end
    check.near(times[2][1] - times[1][1], 1, 0.01)
  end)
end)

it("constant_throughput is pacing by rate", function()
  check_times(starts(k.constant_throughput(0.5), 7, { 0.5 }), { 0, 2, 4, 6 })
end)

it("a function of one's own gets the user", function()
  local A, times, began = k.User:extend("A"), {}, spec.now()
  function A:wait_time()
    self.wait_seconds = (self.wait_seconds or 0.5) * 2
    return self.wait_seconds
  end
  A.work = k.task(function() times[#times + 1] = spec.now() - began end)
  spec.run { classes = A, seconds = 8 }
  check_times(times, { 0, 1, 3, 7 })
end)

it("a negative wait is none", function()
  local n = 0
  local A = k.User:extend("A", { wait_time = function() return -5 end })
  A.work = k.task(function(self)
    n = n + 1
    if n == 3 then self:stop() end
  end)
  check.near(spec.run({ classes = A }).seconds, 0, 0.001)
end)

it("nonsense is refused when it is written", function()
  check.error(function() k.between(1) end, "k%.between: expected the longest wait to be a number .*got nil")
  check.error(function() k.between(3, 1) end, "the longest wait to be a number of seconds from 3, got 1")
  check.error(function() k.between(-1, 1) end, "the shortest wait to be a number of seconds from 0, got %-1")
  check.error(function() k.constant("2") end, "k%.constant: expected the wait .*got '2'")
  check.error(function() k.constant(0 / 0) end, "k%.constant: expected")
  check.error(function() k.constant_pacing(math.huge) end, "k%.constant_pacing: expected")
  check.error(function() k.constant_throughput(0) end, "tasks per second, a number above 0, got 0")
end)
