-- spike -- as ever, suddenly many more, and as ever again: does it recover?
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local parameters = require "katydid.shapes.parameters"
local LoadTestShape = require("katydid.shape").LoadTestShape

---@class katydid.shapes.spike
---@field users integer
---@field spike_users integer
---@field before number
---@field during number
---@field after number
---@field spawn_rate number?
local PARAMETERS = {
  users = { kind = "users" },
  spike_users = { kind = "some_users" },
  before = { kind = "pause" },
  during = { kind = "seconds" },
  after = { kind = "pause" },
  spawn_rate = { kind = "rate", optional = true },
}

local Spike = LoadTestShape:extend("Spike")

---@return integer? users
---@return number? spawn_rate
function Spike:tick()
  local now = parameters.second(self)
  if now < self.before then return self.users, self.spawn_rate end
  if now < self.before + self.during then return self.spike_users, self.spawn_rate end
  if now < self.before + self.during + self.after then return self.users, self.spawn_rate end
  return nil
end

---`users` for `before` seconds, `spike_users` for `during` seconds, `users` for `after` seconds. They come
---and go at `spawn_rate`, or else within a second.
---```lua
---shapes.spike { users = 10, spike_users = 50, before = 90, during = 30, after = 120 }
---```
---@param given katydid.shapes.spike
---@return katydid.LoadTestShape class
return function(given)
  local values = parameters.read("shapes.spike", given, PARAMETERS)
  if values.spike_users <= values.users then
    blame.expected("shapes.spike", ("spike_users to be more than users, %d"):format(values.users),
                   values.spike_users)
  end
  values.spawn_rate = values.spawn_rate or values.spike_users
  return Spike:extend("Spike", values)
end
