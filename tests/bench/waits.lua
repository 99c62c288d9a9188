-- One GET, then a wait without end: a user with its connection.
local k = require "katydid"

local Waiter = k.HttpUser:extend("Waiter", { wait_time = k.constant(100000) })

Waiter.get = k.task(function(self)
  self.client:get("/")
end)

return Waiter
