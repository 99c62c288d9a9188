-- profiles -- two kinds of user for the load profiles beside this file: profile_growing.lua and
-- profile_steps.lua.
--
-- A scenario is also a library: those require this one, and return its classes together with a shape of their
-- own. By itself it runs with as many users as -u says:
--
--   katydid scenarios/profiles.lua --headless -u 30 -r 3 -t 1m
--   katydid scenarios/profiles.lua BasicUser --headless -u 10 -t 1m         (one kind alone)
-- SPDX-License-Identifier: MIT

local k = require "katydid"

local BasicUser = k.HttpUser:extend("BasicUser", {
  host = "http://127.0.0.1:8080",
  wait_time = k.between(0.5, 1),
  weight = 2,
})

BasicUser.front_page = k.task(2, function(self)
  self.client:get("/")
end)

BasicUser.items = k.task(function(self)
  self.client:get("/items")
end)

-- The same waits, other tasks, half as many: what a subclass doesn't set it inherits, tasks too; so this one
-- extends HttpUser itself.
local ApiUser = k.HttpUser:extend("ApiUser", {
  host = BasicUser.host,
  wait_time = BasicUser.wait_time,
  weight = 1,
})

ApiUser.status = k.task(function(self)
  self.client:rest("GET", "/api/status", function(response)
    if response.js.status ~= "ok" then response:failure("the API says that it isn't well") end
  end)
end)

return { BasicUser = BasicUser, ApiUser = ApiUser }
