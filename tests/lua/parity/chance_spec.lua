-- Chance: the same seed gives the same run, event for event. (Not Locust's: it has no seed.)
--
-- Each run is in a state of its own, with a clock that begins at the same moment. The scripts print all that
-- happens, with its time.
-- SPDX-License-Identifier: MIT

local spec = require "spec"

-- All that a run with this seed printed and logged (without the machine's wall clock), line for line.
local function events(name, seed)
  local before = #spec.printed()
  local result = spec.run {
    scripts = { "tests/fixtures/chance/" .. name .. ".lua" }, seed = seed,
    users = 15, spawn_rate = 3, seconds = 40, stop_timeout = 2,
  }
  local all, lines = spec.printed(), {}
  for i = before + 1, #all do lines[#lines + 1] = all[i] end
  return lines, result
end

-- The first line in which two runs differ, or nil.
local function difference(one, two)
  for i = 1, math.max(#one, #two) do
    if one[i] ~= two[i] then
      return ("line %d: %s\n  and: %s"):format(i, tostring(one[i]), tostring(two[i]))
    end
  end
end

for what, script in pairs { ["by --users"] = "chance", ["by a shape"] = "chance_shape" } do
  describe("a run " .. what, function()
    it("is the same with the same seed, event for event", function()
      local one, result_one = events(script, 7)
      local two, result_two = events(script, 7)
      check(#one > 500, "there was something to compare: " .. #one .. " lines")
      local at = difference(one, two)
      check(not at, at)
      result_one.log, result_two.log = nil, nil
      check.same(result_one, result_two)
    end)

    it("is another one with another seed", function()
      check(difference(events(script, 7), events(script, 8)))
    end)
  end)
end

it("each kind of event is among them", function()
  local kinds = {}
  for _, line in ipairs(events("chance", 7)) do kinds[line:match "^%S+ (%S+)" or "?"] = true end
  for _, kind in ipairs {
    "init", "test_start", "spawning_complete", "request", "error", "start", "stop", "test_stop",
  } do
    check(kinds[kind], kind)
  end
end)
