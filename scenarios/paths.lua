-- paths -- people who go through a shop by the habits that its logs show: a chain of pages, and a checkout
-- whose steps always come in the same order.
--
-- In a MarkovTaskSet each state says by which weights the next follows; a SequentialTaskSet goes from its
-- first task to its last. `--show-task-ratio` shows how often each page comes in the long run.
--
--   katydid scenarios/paths.lua --headless -u 20 -r 5 -t 30s
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local browse = require "flows.browse"
local login = require "flows.login"

-- A state may be a task set; whoever leaves it goes on in the chain.
local Checkout = k.SequentialTaskSet:extend("Checkout", { wait_time = k.normal(1, 0.2) })

Checkout.fill_cart = k.task(2, function(self)
  self.client:post("/cart", { json = { item = math.random(1000), quantity = 1 } })
end)

Checkout.look_at_cart = k.task(function(self)
  self.client:get("/cart")
end)

Checkout.order = k.task(function(self)
  self.client:post("/orders")
  self:interrupt(false)
end)

-- Each visit begins with the first state.
local Visit = k.MarkovTaskSet:extend("Visit")

Visit.list = k.transitions({ list = 2, item = 6, search = 2 }, browse.list)

Visit.search = k.transitions({ item = 7, search = 2, list = 1 }, browse.search)

Visit.item = k.transitions({ item = 3, list = 4, search = 2, checkout = 1 }, browse.item)

Visit.checkout = k.transitions({ "list" }, Checkout)

local Customer = k.HttpUser:extend("Customer", {
  host = "http://127.0.0.1:8080",
  wait_time = k.poisson(0.5), -- 2 s on average, as people's pauses scatter
  on_start = login.sign_in,
  tasks = { Visit },
})

return Customer
