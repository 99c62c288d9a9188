-- A user that has sent nothing yet, of either transport: HttpUserIdles, FastHttpUserIdles.
local k = require "katydid"
local users = {}

for _, base in ipairs { "HttpUser", "FastHttpUser" } do
  local Idle = k[base]:extend(base .. "Idles", { wait_time = k.constant(100000) })
  function Idle.on_start(_self)
    k.sleep(100000)
  end
  Idle.get = k.task(function(self)
    self.client:get("/")
  end)
  users[#users + 1] = Idle
end

return users
