-- The scenarios that we ship load, and give what their heads say.
-- SPDX-License-Identifier: MIT

local spec = require "spec"

local function classes(name)
  local names = {}
  for i, row in ipairs(spec.load { scripts = { "scenarios/" .. name .. ".lua" } }) do
    names[i] = row.name
  end
  return table.concat(names, " ")
end

describe("a scenario loads:", function()
  for name, expected in pairs {
    hello = "Visitor",
    shop = "Visitor Customer",
    journey = "Wanderer",
    paths = "Customer",
    model_api = "Client",
    films = "FilmFan",
    profiles = "BasicUser ApiUser",
    profile_growing = "BasicUser ApiUser",
    profile_steps = "BasicUser ApiUser",
    profile_ready = "BasicUser ApiUser",
  } do
    it(name, function() check.equal(classes(name), expected) end)
  end

  it("spam, with its token", function()
    if os.getenv "SPAM_TOKEN" or require("katydid.core").file.kind "scenarios/.env" then
      check.equal(classes "spam", "Sender")
    else
      check.error(function() classes "spam" end, "scenarios/spam%.lua:%d+: SPAM_TOKEN is not set")
    end
  end)
end)

it("the shapes follow their plan", function()
  local shape
  local function load_shape(name)
    for _, value in ipairs(dofile("scenarios/" .. name .. ".lua")) do
      if value:is(require("katydid").LoadTestShape) then shape = value end
    end
  end
  local function at(t)
    return shape.tick(setmetatable({ get_run_time = function() return t end }, { __index = shape }))
  end
  load_shape "profile_growing"
  check.equal(at(0), 10)
  check.equal(at(29.9), 10)
  check.equal(at(30), 20)
  check.equal(at(300), 110)
  load_shape "profile_steps"
  check.equal(at(0), 10)
  check.equal(at(60), 50)
  check.equal(at(150), 100)
  check.equal(at(1000), 20)
end)
