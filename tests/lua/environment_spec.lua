-- The run as scripts see it.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

-- Runs fn(environment, user) in a task.
local function with_environment(fn, scenario)
  local A = k.User:extend("A")
  A.work = k.task(function(self)
    fn(self.environment, self)
    self:stop()
  end)
  scenario = scenario or {}
  scenario.classes = A
  local result = spec.run(scenario)
  for _, row in ipairs(result.exceptions) do error(row.message, 0) end
  return result
end

describe("the environment", function()
  it("has the host that was given, or none", function()
    with_environment(function(environment) check.equal(environment.host, "http://example.org") end,
      { host = "http://example.org" })
    with_environment(function(environment) check.equal(environment.host, nil) end)
  end)

  it("has the options", function()
    with_environment(function(environment) check.equal(type(environment.parsed_options), "table") end)
  end)

  it("carries the exit code", function()
    local result = with_environment(function(environment)
      check.equal(environment.process_exit_code, nil)
      environment.process_exit_code = 42
      check.equal(environment.process_exit_code, 42)
    end)
    check.equal(result.exit_code, 42)
    with_environment(function(environment)
      for _, value in ipairs { "3", 256, -1, 1.5 } do
        check.error(function() environment.process_exit_code = value end,
          "environment%.process_exit_code: expected a whole number from 0 to 255")
      end
      environment.process_exit_code = nil
      check.equal(environment.process_exit_code, nil)
    end)
  end)

  it("is one for all users, and takes what they share", function()
    local A = k.User:extend("A")
    A.work = k.task(function(self)
      local environment = self.environment
      environment.visits = (environment.visits or 0) + 1
      if environment.visits == 3 then k.stop_test() end
      self:stop()
    end)
    check.equal(spec.run({ classes = A, users = 3 }).why, "script")
  end)
end)
