-- curve -- a shape whose users follow a function of time: what wave and double_wave extend.
-- SPDX-License-Identifier: MIT

local parameters = require "katydid.shapes.parameters"
local LoadTestShape = require("katydid.shape").LoadTestShape

---Extended with a method `users_at(seconds)`; `time_limit` is when it ends, nil: never.
---@class katydid.shapes.Curve: katydid.LoadTestShape
---@field users_at fun(self: katydid.shapes.Curve, seconds: integer): number
---@field time_limit number?
local Curve = LoadTestShape:extend("Curve")

---Each tick asks for what the curve says a second later, at the rate that takes a second: so at each second
---there are just as many users as the curve says.
---@return integer? users
---@return number? spawn_rate
function Curve:tick()
  local now = parameters.second(self)
  if self.time_limit and now >= self.time_limit then return nil end
  local users = math.floor(self:users_at(now + 1) + 0.5)
  local change = math.abs(users - (self._users or 0))
  if change > 0 then self._rate = change end
  self._users = users
  return users, self._rate or 1
end

return Curve
