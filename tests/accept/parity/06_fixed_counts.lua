local k = require "katydid"

local Reader = k.FastHttpUser:extend("Reader", { weight = 3, wait_time = k.constant(0.5) })

Reader.read = k.task(function(self)
  self.client:get("/json", { name = "read" })
end)

local Writer = k.FastHttpUser:extend("Writer", { fixed_count = 2, wait_time = k.constant(0.5) })

Writer.write = k.task(function(self)
  self.client:post("/echo", { name = "write" })
end)

local Watcher = k.FastHttpUser:extend("Watcher", { fixed_count = 1, wait_time = k.constant(0.5) })

Watcher.watch = k.task(function(self)
  self.client:get("/json", { name = "watch" })
end)

return { Reader, Writer, Watcher }
