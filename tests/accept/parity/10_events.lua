local k = require "katydid"

local function count(name)
  k.events.request:fire { request_type = "EVENT", name = name, response_time = 1, response_length = 0 }
end

k.events.spawning_complete:add_listener(function(e)
  print("said: spawning_complete " .. e.user_count)
end)

k.events.request:add_listener(function(e)
  if e.request_type == "EVENT" then return end
  count(("%s %d %s"):format(e.name, e.response.status_code, e.exception and "failed" or "passed"))
end)

k.events.user_error:add_listener(function(e)
  count("user_error " .. e.exception)
end)

k.events.test_stopping:add_listener(function()
  count("test_stopping")
end)

k.events.test_stop:add_listener(function()
  count("test_stop")
end)

k.events.quitting:add_listener(function()
  print("said: quitting")
end)

local Busy = k.HttpUser:extend("Busy", { wait_time = k.constant(0.5) })

function Busy.on_start()
  count("on_start")
end

function Busy.on_stop()
  count("on_stop")
end

Busy.work = k.task(function(self)
  self.client:get("/json", { name = "work" })
  self.client:get("/status/500", { name = "fail" })
  error("thrown", 0)
end)

return Busy
