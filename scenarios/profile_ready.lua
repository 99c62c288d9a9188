-- profile_ready -- the ready shapes of katydid.shapes, four minutes each; the variable SHAPE picks one.
--
--   katydid scenarios/profile_ready.lua --headless
--   SHAPE=spike katydid scenarios/profile_ready.lua --headless
-- SPDX-License-Identifier: MIT

local env = require "katydid.env"
local profiles = require "profiles"
local shapes = require "katydid.shapes"

local ready = {
  -- So many users for so long, one stage behind the other; in the second only ApiUsers are added.
  stages = shapes.stages {
    { duration = 60, users = 10, spawn_rate = 10 },
    { duration = 120, users = 50, spawn_rate = 1, user_classes = { profiles.ApiUser } },
    { duration = 60, users = 20, spawn_rate = 5 },
  },
  -- Ten more every thirty seconds: at which step does it become slow?
  steps = shapes.steps { step_time = 30, step_load = 10, spawn_rate = 10, time_limit = 240 },
  -- Slowly up, level, and down again.
  ramp = shapes.ramp { users = 50, up = 120, hold = 60, down = 60 },
  -- Five times as many for half a minute: does it recover?
  spike = shapes.spike { users = 10, spike_users = 50, before = 90, during = 30, after = 120 },
  -- Day and night, twice.
  wave = shapes.wave { min_users = 5, max_users = 50, period = 120, time_limit = 240 },
  -- A day with two peaks.
  double_wave = shapes.double_wave {
    min_users = 20, peak_one_users = 60, peak_two_users = 40, time_limit = 240,
  },
}

local name = env.get("SHAPE", "wave")
if not ready[name] then
  error("SHAPE is '" .. name .. "'; expected stages, steps, ramp, spike, wave or double_wave")
end

return { profiles.BasicUser, profiles.ApiUser, ready[name] }
