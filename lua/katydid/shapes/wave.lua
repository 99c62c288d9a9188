-- wave -- up and down like day and night.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local parameters = require "katydid.shapes.parameters"
local Curve = require "katydid.shapes.curve"

---@class katydid.shapes.wave
---@field min_users integer
---@field max_users integer
---@field period number
---@field time_limit number?
local PARAMETERS = {
  min_users = { kind = "users" },
  max_users = { kind = "some_users" },
  period = { kind = "seconds" },
  time_limit = { kind = "seconds", optional = true },
}

local Wave = Curve:extend("Wave")

---@param seconds number
---@return number
function Wave:users_at(seconds)
  local height = (1 - math.cos(2 * math.pi * seconds / self.period)) / 2
  return self.min_users + (self.max_users - self.min_users) * height
end

---A sine from `min_users` up to `max_users` and back in `period` seconds, again and again; for `time_limit`
---seconds, or without end.
---```lua
---shapes.wave { min_users = 5, max_users = 50, period = 120, time_limit = 240 }
---```
---@param given katydid.shapes.wave
---@return katydid.LoadTestShape class
return function(given)
  local values = parameters.read("shapes.wave", given, PARAMETERS)
  if values.max_users <= values.min_users then
    blame.expected("shapes.wave", ("max_users to be more than min_users, %d"):format(values.min_users),
                   values.max_users)
  end
  return Wave:extend("Wave", values)
end
