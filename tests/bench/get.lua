-- One small GET after the other.
local k = require "katydid"

local Getter = k.HttpUser:extend("Getter")

Getter.get = k.task(function(self)
  self.client:get("/")
end)

return Getter
