-- profile_steps -- a load that changes at set times: each step lasts until the next one begins.
--
--   katydid scenarios/profile_steps.lua --headless -t 4m
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local profiles = require "profiles"

local Steps = k.LoadTestShape:extend("Steps", {
  steps = {
    { start_time = 0, users = 10, spawn_rate = 2 },
    { start_time = 60, users = 50, spawn_rate = 5 },
    { start_time = 120, users = 100, spawn_rate = 10 },
    { start_time = 180, users = 20, spawn_rate = 20 },
  },
})

function Steps:tick()
  local now = self:get_run_time()
  local current = self.steps[1]
  for _, step in ipairs(self.steps) do
    if now >= step.start_time then current = step end
  end
  return current.users, current.spawn_rate
end

return { profiles.BasicUser, profiles.ApiUser, Steps }
