-- A user that has sent nothing yet, over either transport.
local k = require "katydid"
local users = {}

for _, base in ipairs { "HttpUser", "FastHttpUser" } do
  local Idle = k[base]:extend("Bench" .. base, { wait_time = k.constant(100000) })
  function Idle.on_start(_self)
    k.sleep(100000)
  end
  Idle.get = k.task(function(self)
    self.client:get("/")
  end)
  users[#users + 1] = Idle
end

return users
