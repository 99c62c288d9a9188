-- POST of a table as JSON, and a handler that reads 200 bytes of JSON, over either transport.
local k = require "katydid"
local users = {}

for _, base in ipairs { "HttpUser", "FastHttpUser" } do
  local Poster = k[base]:extend("Bench" .. base)
  Poster.post = k.task(function(self)
    self.client:post("/json", {
      json = { item = 4711, count = 2, note = "to the door", gift = false, tags = { "light", "desk" } },
    }, function(response)
      if response:json().id ~= 4711 then response:failure("another item") end
    end)
  end)
  users[#users + 1] = Poster
end

return users
