local k = require "katydid"

local Thread = k.TaskSet:extend("Thread")

function Thread:on_start()
  self.client:get("/json", { name = "thread" })
end

Thread.post = k.task(4, function(self)
  self.client:get("/json", { name = "post" })
end)

Thread.leave = k.task(function(self)
  self.client:get("/json", { name = "leave thread" })
  self:interrupt()
end)

local Forum = k.TaskSet:extend("Forum")

function Forum:on_start()
  self.client:get("/json", { name = "forum" })
end

Forum.read = k.task(3, function(self)
  self.client:get("/json", { name = "read" })
end)

Forum.thread = k.task(2, Thread)

Forum.leave = k.task(function(self)
  self.client:get("/json", { name = "leave forum" })
  self:interrupt()
end)

local Visitor = k.FastHttpUser:extend("Visitor", { tasks = { [Forum] = 1 } })

Visitor.browse = k.task(2, function(self)
  self.client:get("/json", { name = "browse" })
end)

return Visitor
