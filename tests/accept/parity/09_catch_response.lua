local k = require "katydid"

local Judge = k.HttpUser:extend("Judge", { wait_time = k.constant(0.5) })

Judge.judge = k.task(function(self)
  self.client:get("/status/404", { name = "plain" })
  self.client:get("/status/404", { name = "forgiven" }, function(response)
    if response.status_code == 404 then response:success() end
  end)
  self.client:get("/json", { name = "condemned" }, function(response)
    response:failure("not what was asked for")
  end)
  self.client:get("/status/503", { name = "left alone" }, function() end)
  self.client:get("/json", { name = "reconsidered" }, function(response)
    response:failure("no")
    response:success()
  end)
  self.client:get("/drop", { name = "dropped" }, function(response)
    if response.status_code == 0 then response:failure("no answer") end
  end)
end)

return Judge
