-- One small GET after the other, over either transport.
local k = require "katydid"
local users = {}

for _, base in ipairs { "HttpUser", "FastHttpUser" } do
  local Getter = k[base]:extend("Bench" .. base)
  Getter.get = k.task(function(self)
    self.client:get("/")
  end)
  users[#users + 1] = Getter
end

return users
