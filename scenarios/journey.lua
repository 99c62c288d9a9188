-- journey -- people who go through a shop in rooms: task sets within a user, and within each other.
--
-- A task set has tasks and waits of its own. Whoever enters stays until it calls `interrupt`, and then goes
-- on where it came from.
--
--   katydid scenarios/journey.lua --headless -u 20 -r 5 -t 30s
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local browse = require "flows.browse"
local login = require "flows.login"

local Wanderer = k.HttpUser:extend("Wanderer", {
  host = "http://127.0.0.1:8080",
  wait_time = k.between(1, 3),
  on_start = login.sign_in,
})

Wanderer.front_page = k.task(function(self)
  self.client:get("/")
end)

-- The shelves: after a look or two most people leave again.
local Shelves = k.TaskSet:extend("Shelves", { wait_time = k.between(0.5, 1) })

Shelves.look = k.task(5, function(self)
  -- The user outlives the task set, which is made anew at each visit.
  self.user.last_item = browse.item(self)
end)

Shelves.leave = k.task(2, function(self)
  self:interrupt()
end)

-- The checkout is reached from the shelves. It is one pass: everything in on_start, then back.
local Checkout = k.TaskSet:extend("Checkout")

function Checkout:on_start()
  self.has_paid = false
end

Checkout.pay = k.task(function(self)
  local item = self.user.last_item
  if item and not self.has_paid then
    self.client:post("/cart", { json = { item = item, quantity = 1 } })
    self.client:post("/orders")
    self.has_paid = true
  end
  -- false: the shelves wait before their next task, as after any other.
  self:interrupt(false)
end)

Shelves.checkout = k.task(1, Checkout)
Wanderer.shelves = k.task(4, Shelves)

return Wanderer
