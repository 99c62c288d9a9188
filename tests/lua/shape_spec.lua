-- Load shapes: what tick may return, and what comes of it.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local function user(name)
  local A = k.User:extend(name or "A", { wait_time = k.constant(1) })
  A.work = k.task(function() end)
  return A
end

local function run(tick, extra)
  local classes = { user "A", user "B" }
  classes[3] = k.LoadTestShape:extend("S", { tick = tick })
  local scenario = extra or {}
  scenario.classes = classes
  return spec.run(scenario)
end

describe("a shape", function()
  it("says how many users there are, second by second, until it returns nil", function()
    local result = run(function(self)
      local t = self:get_run_time()
      if t >= 9 then return nil end
      return t < 3 and 4 or t < 6 and 10 or 2, 100
    end)
    check.equal(result.why, "shape")
    check.near(result.seconds, 9, 1.01)
    check.equal(result.users[2], 4)
    check.equal(result.users[5], 10)
    check.equal(result.users[8], 2)
  end)

  it("is ended by the run time", function()
    local result = run(function() return 3, 10 end, { seconds = 5 })
    check.equal(result.why, "run_time")
    check.near(result.seconds, 5, 0.01)
  end)

  it("knows how many users run, and begins anew by reset", function()
    local counts, times = {}, {}
    run(function(self)
      counts[#counts + 1] = self:get_current_user_count()
      times[#times + 1] = math.floor(self:get_run_time() + 0.5)
      if #times == 3 then self:reset() end
      if #times == 5 then return nil end
      return 2, 100
    end)
    check.equal(counts[1], 0)
    check.equal(counts[3], 2)
    check.same(times, { 0, 1, 2, 1, 2 })
  end)

  it("may choose classes, themselves or their names", function()
    local result = run(function(self)
      if self:get_run_time() > 2 then return nil end
      return 4, 100, { "B" }
    end)
    check.equal(#result.ended, 4)
    for _, ended in ipairs(result.ended) do check.equal(ended.class, "B") end
  end)

  it("keeps its own attributes, and has a flag for common options", function()
    local S = k.LoadTestShape:extend("S", { steps = { 1, 2 }, use_common_options = true })
    check.same(S.steps, { 1, 2 })
    check.equal(k.LoadTestShape.use_common_options, false)
    check.error(function() k.LoadTestShape:extend("S", { use_common_options = 1 }) end,
      "S%.use_common_options: expected true or false, got 1")
  end)
end)

describe("what tick returns", function()
  local function bad(tick, pattern)
    local result = run(tick, { seconds = 5 })
    check.equal(result.why, "shape_error")
    for _, line in ipairs(result.log) do
      if line:find(pattern) then return end
    end
    check(false, "no line like " .. pattern .. " in " .. table.concat(result.log, "\n"))
  end

  it("is checked", function()
    bad(function() return "10", 1 end, "S:tick: expected users to be a whole number from 0, got '10'")
    bad(function() return 1.5, 1 end, "expected users .*, got 1%.5")
    bad(function() return -1, 1 end, "expected users .*, got %-1")
    bad(function() return 10 end, "S:tick: expected spawn_rate to be a number above 0, got nil")
    bad(function() return 10, 0 end, "expected spawn_rate .*, got 0")
    bad(function() return 10, 1, "A" end, "expected user_classes to be a list of classes, got 'A'")
    bad(function() return 10, 1, {} end, "expected user_classes to be a list of classes, got a table")
    bad(function() return 10, 1, { "C" } end, "S:tick: unknown user class 'C'")
    bad(function() return 10, 1, { 3 } end, "expected each user class to be a class or its name, got 3")
  end)

  it("may be an error", function()
    bad(function() error("no idea") end, "shape_spec%.lua:%d+: no idea")
  end)

  it("can't come of a wait", function()
    bad(function() k.sleep(1) end, "k%.sleep may only be called by a running user")
  end)
end)
