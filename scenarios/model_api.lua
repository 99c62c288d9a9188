-- model_api -- a model behind an API: right input, random input, and input that has to be refused.
--
--   katydid scenarios/model_api.lua --headless -u 50 -r 5 -t 2m --csv data/example
-- SPDX-License-Identifier: MIT

local k = require "katydid"

local CONTRACTS = { "month", "year", "two-year" }
local FIELDS = { "age", "income", "tenure_months", "monthly_charges", "contract" }

local TYPICAL = { age = 42, income = 51000, tenure_months = 18, monthly_charges = 64.5, contract = "month" }

local function random_payload()
  return {
    age = math.random(18, 90),
    income = math.random(12, 200) * 1000,
    tenure_months = math.random(0, 72),
    monthly_charges = math.random(1500, 12000) / 100,
    contract = CONTRACTS[math.random(#CONTRACTS)],
  }
end

local Client = k.HttpUser:extend("Client", {
  host = "http://127.0.0.1:8080",
  wait_time = k.between(1, 5),
})

function Client:on_start()
  -- Each user has a generator of its own: a coroutine that yields one payload after the other.
  self.next_payload = coroutine.wrap(function()
    while true do
      coroutine.yield(random_payload())
    end
  end)
end

Client.health = k.task(function(self)
  self.client:get("/health")
end)

-- Four valid calls for one that isn't.
Client.predict_typical = k.task(2, function(self)
  self.client:post("/predict", { json = TYPICAL, name = "/predict (typical)" })
end)

Client.predict_random = k.task(2, function(self)
  local options = { json = self.next_payload(), name = "/predict (random)" }
  self.client:rest("POST", "/predict", options, function(response)
    local probability = response.js.probability
    if probability < 0 or probability > 1 then
      response:failure("a probability outside of 0 to 1")
    end
  end)
end)

-- Here 400 is the right answer, and anything else a failure.
Client.predict_malformed = k.task(function(self)
  local payload = self.next_payload()
  payload[FIELDS[math.random(#FIELDS)]] = nil
  self.client:post("/predict", { json = payload, name = "/predict (malformed)" }, function(response)
    if response.status_code == 400 then
      response:success()
    else
      response:failure("expected 400, got " .. response.status_code)
    end
  end)
end)

return Client
