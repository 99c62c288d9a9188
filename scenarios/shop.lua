-- shop -- two kinds of people in a shop: those who only look, and customers who sign in and buy.
--
-- Shows weights, tags, shared flows, and checks by handlers. `make run` runs it against the practice server:
--
--   katydid scenarios/shop.lua --headless -u 50 -r 10 -t 15s --csv results/shop
--   katydid scenarios/shop.lua --headless -u 5 -t 10s --tags checkout
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local browse = require "flows.browse"
local login = require "flows.login"

local HOST = "http://127.0.0.1:8080"

-- One in four only looks.
local Visitor = k.HttpUser:extend("Visitor", {
  host = HOST,
  weight = 1,
  wait_time = k.between(0.5, 2),
})

Visitor.look = k.task(3, browse.list)
Visitor.search = k.task(browse.search)

-- Three in four are customers. What a customer does most often has the largest weight.
local Customer = k.HttpUser:extend("Customer", {
  host = HOST,
  weight = 3,
  wait_time = k.between(0.5, 2),
  on_start = login.sign_in,
})

Customer.list = k.task(2, browse.list)
Customer.item = k.task(5, browse.item)
Customer.search = k.task(2, browse.search)

-- Put something into the cart, look at the cart, order. A tag lets --tags and --exclude-tags pick tasks.
Customer.buy = k.tag("checkout", k.task(function(self)
  local id = browse.item(self)
  self.client:post("/cart", { json = { item = id, quantity = 1 } })

  self.client:get("/cart", function(response)
    if response.ok and response:json().count < 1 then
      response:failure("the cart is empty after something was put into it")
    end
  end)

  self.client:post("/orders", function(response)
    if response.ok and response.status_code ~= 201 then
      response:failure("order not created: " .. response.status_code)
    end
  end)
end))

return { Visitor, Customer }
