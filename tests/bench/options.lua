-- A new path, a name, a header and a handler that looks at the status in each call, over either transport.
local k = require "katydid"
local users = {}

for _, base in ipairs { "HttpUser", "FastHttpUser" } do
  local Looker = k[base]:extend("Bench" .. base)
  local number = 0
  Looker.look = k.task(function(self)
    number = number + 1
    self.client:get("/items/" .. number, {
      name = "/items/[number]",
      headers = { ["X-Item"] = tostring(number) },
    }, function(response)
      if response.status_code ~= 200 then response:failure("not there") end
    end)
  end)
  users[#users + 1] = Looker
end

return users
