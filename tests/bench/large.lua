-- One GET of 10 KiB after the other, whose body is read in Lua, over either transport.
local k = require "katydid"
local users = {}

for _, base in ipairs { "HttpUser", "FastHttpUser" } do
  local Reader = k[base]:extend("Bench" .. base)
  Reader.read = k.task(function(self)
    local response = self.client:get("/10k")
    if #response.text ~= 10240 then error("not the whole body") end
  end)
  users[#users + 1] = Reader
end

return users
