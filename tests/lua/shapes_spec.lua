-- The ready shapes of katydid.shapes: each over its whole profile, to the millisecond; what they may be told;
-- and their pictures in lua/README.md.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local picture = require "spec.picture"
local shapes = require "katydid.shapes"
local spec = require "spec"

-- A class of users who only wait; `changes` gets the time at which each came and went.
local function idler(name, changes)
  local class = k.User:extend(name or "A", { wait_time = k.constant(1e6) })
  class.work = k.task(function() end)
  local began
  k.events.test_start:add_listener(function() began = spec.now() end)
  function class.on_start() changes[#changes + 1] = { at = spec.now() - began, by = 1, class = name } end
  function class.on_stop() changes[#changes + 1] = { at = spec.now() - began, by = -1, class = name } end
  return class
end

-- Runs a shape to its end, or for so many seconds.
local function profile(shape, seconds)
  local changes = {}
  local result = spec.run { classes = { idler("A", changes), shape }, seconds = seconds }
  result.changes = changes
  check.equal(result.why, seconds and "run_time" or "shape")
  return result
end

-- How many users were there at `seconds`, those included who came or went just then.
local function users_at(result, seconds)
  local n = 0
  for _, change in ipairs(result.changes) do
    if change.at <= seconds + 1e-6 then n = n + change.by end
  end
  return n
end

-- Users number `first` on came at these times.
local function check_times(result, first, last, time_of)
  for i = first, last do
    check.near(result.changes[i].at, time_of(i), 2e-6)
  end
end

describe("stages", function()
  it("go by their durations, each at its own rate", function()
    local result = profile(shapes.stages {
      { duration = 10, users = 5, spawn_rate = 1 },
      { duration = 20, users = 25, spawn_rate = 4 },
      { duration = 10, users = 10, spawn_rate = 10 },
    })
    check.near(result.seconds, 40, 1e-6)
    check_times(result, 1, 5, function(i) return i - 1 end)
    check_times(result, 6, 25, function(i) return 10 + (i - 6) / 4 end)
    check_times(result, 26, 40, function(i) return 30 + (i - 26) / 10 end)
    check.equal(users_at(result, 39.9), 10)
  end)

  it("may say when they end instead", function()
    local result = profile(shapes.stages {
      { till = 10, users = 2, spawn_rate = 100 },
      { till = 15, users = 7, spawn_rate = 100 },
      { duration = 5, users = 1, spawn_rate = 100 },
    })
    check.near(result.seconds, 20, 1e-6)
    check.equal(users_at(result, 9.9), 2)
    check.equal(users_at(result, 14.9), 7)
    check.equal(users_at(result, 19.9), 1)
  end)

  it("may choose the classes that are added, which holds until another stage does", function()
    local changes = {}
    local A, B = idler("A", changes), idler("B", changes)
    spec.run {
      classes = {
        A, B,
        shapes.stages {
          { duration = 5, users = 2, spawn_rate = 100, user_classes = { A } },
          { duration = 5, users = 4, spawn_rate = 100, user_classes = { B, "A" } },
          { duration = 5, users = 6, spawn_rate = 100 },
        },
      },
    }
    local came = {}
    for i = 1, 6 do came[i] = changes[i].class end
    check.equal(table.concat(came), "AAABAB")
  end)

  it("end at the next whole second", function()
    local result = profile(shapes.stages {
      { duration = 2.5, users = 1, spawn_rate = 1 },
      { duration = 2, users = 3, spawn_rate = 2 },
    })
    check_times(result, 2, 3, function(i) return 3 + (i - 2) / 2 end)
    check.near(result.seconds, 5, 1e-6)
  end)
end)

describe("steps", function()
  it("come at their intervals, until the end", function()
    local result = profile(shapes.steps { step_time = 30, step_load = 10, spawn_rate = 5, time_limit = 120 })
    check.near(result.seconds, 120, 1e-6)
    check_times(result, 1, 40, function(i)
      local step = math.floor((i - 1) / 10)
      return 30 * step + (i - 1 - 10 * step) / 5
    end)
  end)

  it("are spread over a second where there is no rate, and end at their most", function()
    local result = profile(shapes.steps { step_time = 5, step_load = 4, max_users = 10 }, 60)
    check_times(result, 1, 8, function(i)
      local step = math.floor((i - 1) / 4)
      return 5 * step + (i - 1 - 4 * step) / 4
    end)
    check.equal(users_at(result, 59), 10)
    check.near(result.seconds, 60, 1e-6)
  end)
end)

describe("a ramp", function()
  it("goes up, stays, and goes down, user by user", function()
    local result = profile(shapes.ramp { users = 60, up = 120, hold = 30, down = 15 })
    check.near(result.seconds, 165, 1e-6)
    check_times(result, 1, 60, function(i) return (i - 1) * 2 end)
    check_times(result, 61, 120, function(i) return 150 + (i - 61) / 4 end)
  end)

  it("of 1,000 users over an hour has each come at its time", function()
    local result = profile(shapes.ramp { users = 1000, up = 3600 })
    check.near(result.seconds, 3600, 1e-6)
    check_times(result, 1, 1000, function(i) return (i - 1) * 3.6 end)
  end)

  it("may have more users than seconds", function()
    local result = profile(shapes.ramp { users = 500, up = 10, hold = 5 })
    check_times(result, 1, 500, function(i) return (i - 1) / 50 end)
    check.near(result.seconds, 15, 1e-6)
  end)
end)

describe("a spike", function()
  it("comes and goes within a second", function()
    local result = profile(shapes.spike {
      users = 10, spike_users = 50, before = 20, during = 10, after = 30,
    })
    check.near(result.seconds, 60, 1e-6)
    check_times(result, 1, 10, function(i) return (i - 1) / 50 end)
    check_times(result, 11, 50, function(i) return 20 + (i - 11) / 50 end)
    check_times(result, 51, 90, function(i) return 30 + (i - 51) / 50 end)
    check.equal(users_at(result, 59.9), 10)
  end)

  it("may have a rate, and come from nothing", function()
    local result = profile(shapes.spike {
      users = 0, spike_users = 8, before = 0, during = 10, after = 5, spawn_rate = 2,
    })
    check_times(result, 1, 8, function(i) return (i - 1) / 2 end)
    check_times(result, 9, 16, function(i) return 10 + (i - 9) / 2 end)
    check.near(result.seconds, 15, 1e-6)
  end)
end)

local function round(x) return math.floor(x + 0.5) end

describe("a wave", function()
  it("is a sine at each second", function()
    local result = profile(shapes.wave { min_users = 10, max_users = 50, period = 60, time_limit = 150 })
    check.near(result.seconds, 150, 1e-6)
    for t = 1, 149 do
      check.equal(users_at(result, t - 1e-3), round(30 - 20 * math.cos(2 * math.pi * t / 60)))
    end
    check.equal(users_at(result, 30 - 1e-3), 50)
    check.equal(users_at(result, 60 - 1e-3), 10)
    check.equal(users_at(result, 15 - 1e-3), 30)
  end)

  it("goes on without end where there is none", function()
    local result = profile(shapes.wave { min_users = 0, max_users = 4, period = 10 }, 95)
    check.equal(users_at(result, 85 - 1e-3), 4)
    check.equal(users_at(result, 90 - 1e-3), 0)
  end)
end)

describe("a double wave", function()
  it("has its peaks at a third and at two thirds of its time", function()
    local result = profile(shapes.double_wave {
      min_users = 20, peak_one_users = 60, peak_two_users = 40, time_limit = 600,
    })
    check.near(result.seconds, 600, 1e-6)
    for t = 1, 599 do
      local at = t / 40
      local expected = 20 + 40 * math.exp(-(at - 5) ^ 2) + 20 * math.exp(-(at - 10) ^ 2)
      check.equal(users_at(result, t - 1e-3), round(expected))
    end
    check.equal(users_at(result, 200 - 1e-3), 60)
    check.equal(users_at(result, 400 - 1e-3), 40)
    check.equal(users_at(result, 300 - 1e-3), 20)
  end)
end)

describe("a ready shape", function()
  it("may be extended", function()
    local Steps = shapes.steps { step_time = 10, step_load = 1, time_limit = 30 }
    local result = profile(Steps:extend("Mine", { step_load = 3 }))
    check.equal(users_at(result, 25), 9)
  end)

  it("names what it is told wrongly, with the line", function()
    local function bad(pattern, name, given)
      check.error(function() shapes[name](given) end, "shapes_spec%.lua:%d+: " .. pattern)
    end
    bad("shapes%.ramp: expected a table of parameters, got nil", "ramp", nil)
    bad("unknown parameter 'user' of shapes%.ramp %(did you mean 'users'%?%)", "ramp", { user = 1, up = 1 })
    bad("shapes%.ramp: expected up to be seconds above 0, got nil", "ramp", { users = 1 })
    bad("shapes%.ramp: expected users to be a whole number from 1, got 0", "ramp", { users = 0, up = 1 })
    bad("shapes%.ramp: expected down to be seconds from 0, got %-1", "ramp", { users = 1, up = 1, down = -1 })
    bad("shapes%.ramp: expected up to be seconds above 0, got '5m'", "ramp", { users = 1, up = "5m" })
    bad("shapes%.ramp: expected up to be seconds above 0, got nan", "ramp", { users = 1, up = 0 / 0 })
    bad("shapes%.steps: expected step_load to be a whole number from 1, got 1%.5", "steps",
      { step_time = 1, step_load = 1.5 })
    bad("shapes%.steps: expected max_users to be at least step_load, 5, got 4", "steps",
      { step_time = 1, step_load = 5, max_users = 4 })
    bad("shapes%.steps: expected spawn_rate to be users a second, above 0, got 0", "steps",
      { step_time = 1, step_load = 5, spawn_rate = 0 })
    bad("shapes%.spike: expected spike_users to be more than users, 9, got 9", "spike",
      { users = 9, spike_users = 9, before = 1, during = 1, after = 1 })
    bad("shapes%.wave: expected max_users to be more than min_users, 9, got 3", "wave",
      { min_users = 9, max_users = 3, period = 1 })
    bad("shapes%.double_wave: expected peak_two_users to be at least min_users, 9, got 3", "double_wave",
      { min_users = 9, peak_one_users = 10, peak_two_users = 3, time_limit = 60 })
  end)

  it("of stages names the stage", function()
    local function bad(pattern, stages)
      check.error(function() shapes.stages(stages) end, "shapes_spec%.lua:%d+: shapes%.stages: " .. pattern)
    end
    local fine = { duration = 1, users = 1, spawn_rate = 1 }
    bad("expected a list of stages, got a table", {})
    bad("expected a list of stages, got a table", fine)
    bad("expected a list of stages, but 'loop' is set in it", { fine, loop = true })
    bad("stage 2: expected users to be a whole number from 0, got nil",
      { fine, { duration = 1, spawn_rate = 1 } })
    bad("stage 2: expected a table of parameters, got nil", { fine, nil, fine })
    bad("stage 1: expected its duration, or till", { { users = 1, spawn_rate = 1 } })
    bad("stage 1: expected its duration, or till",
      { { duration = 1, till = 1, users = 1, spawn_rate = 1 } })
    bad("stage 2: it ends %(till = 1%) before it begins, at 1",
      { fine, { till = 1, users = 1, spawn_rate = 1 } })
    bad("stage 1: expected user_classes to be a list of user classes, got 'A'",
      { { till = 1, users = 1, spawn_rate = 1, user_classes = "A" } })
  end)

  it("that isn't there is named with the nearest", function()
    check.error(function() return shapes.stage end,
      "unknown name 'stage' of katydid%.shapes %(did you mean 'stages'%?%)")
    check.error(function() shapes.mine = 1 end, "a script doesn't add names to katydid%.shapes")
  end)
end)

-- The examples of lua/README.md, each with its picture, which is drawn of the run itself.
describe("the picture in lua/README.md", function()
  local examples = {
    stages = shapes.stages {
      { duration = 60, users = 10, spawn_rate = 10 },
      { duration = 120, users = 50, spawn_rate = 1 },
      { duration = 60, users = 20, spawn_rate = 5 },
    },
    steps = shapes.steps { step_time = 30, step_load = 10, spawn_rate = 10, time_limit = 240 },
    ramp = shapes.ramp { users = 50, up = 120, hold = 60, down = 60 },
    spike = shapes.spike { users = 10, spike_users = 50, before = 90, during = 30, after = 120 },
    wave = shapes.wave { min_users = 5, max_users = 50, period = 120, time_limit = 240 },
    double_wave = shapes.double_wave {
      min_users = 20, peak_one_users = 60, peak_two_users = 40, time_limit = 240,
    },
  }
  local file = assert(io.open("lua/README.md"))
  local readme = file:read "*a"
  file:close()

  for _, name in ipairs { "stages", "steps", "ramp", "spike", "wave", "double_wave" } do
    it("of " .. name .. " is how it goes", function()
      local result = profile(examples[name])
      local drawn = picture.draw(result.users, 60, 5)
      if not readme:find(drawn, 1, true) then
        error("lua/README.md doesn't hold this picture of shapes." .. name .. ":\n" .. drawn, 0)
      end
    end)
  end
end)
