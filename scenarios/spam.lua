-- spam -- a spam classifier: each user sends texts, with a token that doesn't stand in the script.
--
--   cp scenarios/.env.example scenarios/.env          (or: export SPAM_TOKEN=…)
--   katydid scenarios/spam.lua --headless -u 480 -r 2 -t 4m
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local env = require "katydid.env"
local fake = require "katydid.fake"

env.load() -- .env beside this file; what is set in the environment itself wins
local TOKEN = env.require "SPAM_TOKEN"

-- Made once, and shared by all users.
local messages = {}
for i = 1, 1000 do
  messages[i] = fake.text(10)
end

local Sender = k.HttpUser:extend("Sender", {
  host = "http://127.0.0.1:8080",
  wait_time = k.between(1, 5),
})

Sender.classify = k.task(function(self)
  self.client:post("/spam_detection_path", {
    headers = { Authorization = "Bearer " .. TOKEN },
    json = { message = messages[math.random(#messages)] },
  })
end)

return Sender
