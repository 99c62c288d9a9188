-- films -- a film database: tasks as plain functions with weights, and a listener that shows what failed.
--
--   katydid scenarios/films.lua --headless -u 1000 -r 10 -t 5m
-- SPDX-License-Identifier: MIT

local k = require "katydid"

local TITLES = { "The General", "Metropolis", "Safety Last", "The Gold Rush", "Nosferatu" }

local function status(self)
  self.client:get("/api/status")
end

local function by_id(self)
  self.client:get("/api/films/" .. math.random(500), { name = "/api/films/[id]" })
end

local function by_title(self)
  -- A blank in a path is sent as %20.
  self.client:get("/api/films/title/" .. TITLES[math.random(#TITLES)], { name = "/api/films/title/[title]" })
end

local Films = k.TaskSet:extend("Films", {
  tasks = { [status] = 100, [by_id] = 100, [by_title] = 100 },
})

local FilmFan = k.HttpUser:extend("FilmFan", {
  host = "http://127.0.0.1:8080",
  wait_time = k.between(5, 9),
  tasks = { Films },
})

-- Called for each request that was counted, of all users.
k.events.request:add_listener(function(e)
  if not e.exception then return end
  local sent = e.response.request
  print(("%s %s: %s"):format(e.request_type, e.url, e.exception))
  for name, value in pairs(sent.headers) do
    print(("  %s: %s"):format(name, value))
  end
  if sent.body then print("  " .. sent.body) end
end)

return FilmFan
