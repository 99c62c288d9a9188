local k = require "katydid"

local Confirm = k.SequentialTaskSet:extend("Confirm")

Confirm.mail = k.task(function(self)
  self.client:get("/json", { name = "mail" })
end)

Confirm.back = k.task(function(self)
  self.client:get("/json", { name = "back" })
  self:interrupt()
end)

local Checkout = k.SequentialTaskSet:extend("Checkout")

Checkout.cart = k.task(function(self)
  self.client:get("/json", { name = "cart" })
end)

Checkout.pay = k.task(2, function(self)
  self.client:get("/json", { name = "pay" })
end)

Checkout.confirm = k.task(Confirm)

Checkout.thanks = k.task(function(self)
  self.client:get("/json", { name = "thanks" })
end)

return k.FastHttpUser:extend("Buyer", {
  wait_time = k.constant(0.2),
  tasks = { Checkout },
})
