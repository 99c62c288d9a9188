local k = require "katydid"

local Inner = k.TaskSet:extend("Inner")

function Inner:on_start()
  self.client:get("/json", { name = "inner" })
end

Inner.stay = k.task(2, function(self)
  self.client:get("/json", { name = "stay" })
end)

Inner.slow = k.tag("slow", k.task(9, function(self)
  self.client:get("/json", { name = "slow" })
end))

Inner.leave = k.task(function(self)
  self.client:get("/json", { name = "leave" })
  self:interrupt()
end)

local Empty = k.TaskSet:extend("Empty")

Empty.never = k.tag("slow", k.task(function(self)
  self.client:get("/json", { name = "never" })
end))

local Visitor = k.FastHttpUser:extend("Visitor")

Visitor.wanted = k.tag("wanted", k.task(3, function(self)
  self.client:get("/json", { name = "wanted" })
end))

Visitor.both = k.tag("wanted", "slow", k.task(3, function(self)
  self.client:get("/json", { name = "both" })
end))

Visitor.untagged = k.task(3, function(self)
  self.client:get("/json", { name = "untagged" })
end)

Visitor.inner = k.task(2, k.tag("also", Inner))
Visitor.empty = k.task(5, Empty)

return Visitor
