local k = require "katydid"

local Visitor = k.FastHttpUser:extend("Visitor")

Visitor.one = k.task(function(self)
  self.client:get("/json", { name = "one" })
end)

Visitor.two = k.task(2, function(self)
  self.client:get("/json", { name = "two" })
end)

Visitor.five = k.task(5, function(self)
  self.client:get("/json", { name = "five" })
end)

Visitor.ten = k.task(10, function(self)
  self.client:get("/json", { name = "ten" })
end)

return Visitor
