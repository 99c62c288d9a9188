-- steps -- so many users more at set intervals.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local parameters = require "katydid.shapes.parameters"
local LoadTestShape = require("katydid.shape").LoadTestShape

---@class katydid.shapes.steps
---@field step_time number
---@field step_load integer
---@field spawn_rate number?
---@field max_users integer?
---@field time_limit number?
local PARAMETERS = {
  step_time = { kind = "seconds" },
  step_load = { kind = "some_users" },
  spawn_rate = { kind = "rate", optional = true },
  max_users = { kind = "some_users", optional = true },
  time_limit = { kind = "seconds", optional = true },
}

local Steps = LoadTestShape:extend("Steps")

---@return integer? users
---@return number? spawn_rate
function Steps:tick()
  local now = parameters.second(self)
  if self.time_limit and now >= self.time_limit then return nil end
  local users = (math.floor(now / self.step_time) + 1) * self.step_load
  return math.min(users, self.max_users or users), self.spawn_rate
end

---`step_load` users more each `step_time` seconds, the first of them at once; each step's come at
---`spawn_rate`, or else within a second. No more than `max_users`; for `time_limit` seconds, or without end.
---```lua
---shapes.steps { step_time = 30, step_load = 10, spawn_rate = 10, time_limit = 240 }
---```
---@param given katydid.shapes.steps
---@return katydid.LoadTestShape class
return function(given)
  local values = parameters.read("shapes.steps", given, PARAMETERS)
  if values.max_users and values.max_users < values.step_load then
    blame.expected("shapes.steps", ("max_users to be at least step_load, %d"):format(values.step_load),
                   values.max_users)
  end
  values.spawn_rate = values.spawn_rate or values.step_load
  return Steps:extend("Steps", values)
end
