-- A user that has sent nothing yet.
local k = require "katydid"

local Idle = k.HttpUser:extend("Idle", { wait_time = k.constant(100000) })

function Idle.on_start(_self)
  k.sleep(100000)
end

Idle.get = k.task(function(self)
  self.client:get("/")
end)

return Idle
