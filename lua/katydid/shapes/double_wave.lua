-- double_wave -- a day with two peaks, as at noon and in the evening: the one of Locust's examples.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local parameters = require "katydid.shapes.parameters"
local Curve = require "katydid.shapes.curve"

---@class katydid.shapes.double_wave
---@field min_users integer
---@field peak_one_users integer
---@field peak_two_users integer
---@field time_limit number
local PARAMETERS = {
  min_users = { kind = "users" },
  peak_one_users = { kind = "some_users" },
  peak_two_users = { kind = "some_users" },
  time_limit = { kind = "seconds" },
}

local DoubleWave = Curve:extend("DoubleWave")

---Two bell curves, at a third and at two thirds of the time.
---@param seconds number
---@return number
function DoubleWave:users_at(seconds)
  local at = seconds / (self.time_limit / 15)
  return self.min_users + (self.peak_one_users - self.min_users) * math.exp(-(at - 5) ^ 2)
         + (self.peak_two_users - self.min_users) * math.exp(-(at - 10) ^ 2)
end

---From `min_users` to `peak_one_users` at a third of `time_limit` seconds, to `peak_two_users` at two thirds
---of them, and down to `min_users` before and after each.
---```lua
---shapes.double_wave { min_users = 20, peak_one_users = 60, peak_two_users = 40, time_limit = 240 }
---```
---@param given katydid.shapes.double_wave
---@return katydid.LoadTestShape class
return function(given)
  local values = parameters.read("shapes.double_wave", given, PARAMETERS)
  for _, name in ipairs { "peak_one_users", "peak_two_users" } do
    if values[name] < values.min_users then
      blame.expected("shapes.double_wave", ("%s to be at least min_users, %d"):format(name, values.min_users),
                     values[name])
    end
  end
  return DoubleWave:extend("DoubleWave", values)
end
