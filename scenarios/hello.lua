-- hello -- the smallest scenario: one kind of user, who asks for one page again and again.
--
--   katydid target --port 8080 &
--   katydid scenarios/hello.lua --headless -u 1 -t 10s
-- SPDX-License-Identifier: MIT

local k = require "katydid"

local Visitor = k.HttpUser:extend("Visitor", {
  host = "http://127.0.0.1:8080", -- the practice server; --host sends them elsewhere
  wait_time = k.constant(1), -- seconds between two tasks
})

Visitor.hello = k.task(function(self)
  self.client:get("/")
end)

return Visitor
