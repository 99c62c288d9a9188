local k = require "katydid"

local Paced = k.FastHttpUser:extend("Paced", { fixed_count = 2, wait_time = k.constant_pacing(0.5) })

Paced.paced = k.task(function(self)
  self.client:get("/delay/100", { name = "paced" })
end)

local Throughput = k.FastHttpUser:extend("Throughput", {
  fixed_count = 2,
  wait_time = k.constant_throughput(4),
})

Throughput.throughput = k.task(function(self)
  self.client:get("/delay/20", { name = "throughput" })
end)

local Late = k.FastHttpUser:extend("Late", { fixed_count = 2, wait_time = k.constant_pacing(0.1) })

Late.late = k.task(function(self)
  self.client:get("/delay/400", { name = "late" })
end)

return { Paced, Throughput, Late }
