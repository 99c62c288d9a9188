-- ramp -- up in a straight line, level for a while, and down again.
-- SPDX-License-Identifier: MIT

local parameters = require "katydid.shapes.parameters"
local LoadTestShape = require("katydid.shape").LoadTestShape

---@class katydid.shapes.ramp
---@field users integer
---@field up number
---@field hold number?
---@field down number?
local PARAMETERS = {
  users = { kind = "some_users" },
  up = { kind = "seconds" },
  hold = { kind = "pause", default = 0 },
  down = { kind = "pause", default = 0 },
}

local Ramp = LoadTestShape:extend("Ramp")

---@return integer? users
---@return number? spawn_rate
function Ramp:tick()
  local now = parameters.second(self)
  -- Each leg is one ramp of the dispatcher: so its users come evenly spread, not in bunches by the second.
  if now < self.up + self.hold then return self.users, self.users / self.up end
  if now < self.up + self.hold + self.down then return 0, self.users / self.down end
  return nil
end

---From nobody to `users` within `up` seconds, as many for `hold` seconds, back to nobody within `down`
---seconds. Without `down` the test ends when the hold is over.
---```lua
---shapes.ramp { users = 50, up = 120, hold = 60, down = 60 }
---```
---@param given katydid.shapes.ramp
---@return katydid.LoadTestShape class
return function(given)
  return Ramp:extend("Ramp", parameters.read("shapes.ramp", given, PARAMETERS))
end
