local k = require "katydid"

local Visitor = k.FastHttpUser:extend("Visitor", { wait_time = k.constant(1) })

Visitor.visit = k.task(function(self)
  self.client:get("/json", { name = "visit" })
end)

local Guest = k.FastHttpUser:extend("Guest", { wait_time = k.constant(1) })

Guest.call = k.task(function(self)
  self.client:get("/json", { name = "call" })
end)

local Steps = k.LoadTestShape:extend("Steps")

function Steps:tick()
  local run_time = self:get_run_time()
  if run_time < 3 then return 4, 10 end
  if run_time < 6 then return 10, 10, { Guest } end
  if run_time < 8 then return 2, 10 end
end

return { Visitor, Guest, Steps }
