-- profile_growing -- ten more users every thirty seconds, without end: how many are too many?
--
--   katydid scenarios/profile_growing.lua --headless -t 10m
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local profiles = require "profiles"

local Growing = k.LoadTestShape:extend("Growing", {
  step_seconds = 30,
  step_users = 10,
  spawn_rate = 10,
})

-- Asked once a second. It never returns nil, so -t or Ctrl-C ends the test.
function Growing:tick()
  local step = math.floor(self:get_run_time() / self.step_seconds) + 1
  return step * self.step_users, self.spawn_rate
end

return { profiles.BasicUser, profiles.ApiUser, Growing }
