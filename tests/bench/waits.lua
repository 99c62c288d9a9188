-- One GET, then a wait without end, over either transport: a user with its connection.
local k = require "katydid"
local users = {}

for _, base in ipairs { "HttpUser", "FastHttpUser" } do
  local Waiter = k[base]:extend("Bench" .. base, { wait_time = k.constant(100000) })
  Waiter.get = k.task(function(self)
    self.client:get("/")
  end)
  users[#users + 1] = Waiter
end

return users
