-- Hooks and their listeners.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local heard
-- Listens to an event for the case alone.
local listening = {}
local function listen(name, fn)
  k.events[name]:add_listener(fn)
  listening[#listening + 1] = { name, fn }
end

describe("events", function()
  before_each(function() heard = {} end)
  after_each(function()
    for _, pair in ipairs(listening) do k.events[pair[1]]:remove_listener(pair[2]) end
    listening = {}
  end)

  local function user()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.work = k.task(function() heard[#heard + 1] = "work" end)
    return A
  end

  it("of a run come in their order, each with the environment", function()
    local environment
    local names = {
      "init", "test_start", "spawning_complete", "test_stopping", "test_stop", "quitting", "quit",
    }
    for _, name in ipairs(names) do
      listen(name, function(e)
        environment = environment or e.environment
        check.equal(e.environment, environment)
        local count = e.user_count and "=" .. e.user_count or ""
        heard[#heard + 1] = name .. count .. (e.exit_code and "!" or "")
      end)
    end
    spec.run { classes = user(), seconds = 0.5, init = true }
    check.equal(table.concat(heard, " "),
      "init test_start spawning_complete=1 work test_stopping test_stop quitting quit!")
  end)

  it("tell listeners in the order of their addition; quitting the other way round", function()
    for _, name in ipairs { "test_start", "quitting" } do
      for i = 1, 3 do
        listen(name, function() heard[#heard + 1] = i end)
      end
    end
    local A = k.User:extend("A")
    A.work = k.task(function(self) self:stop() end)
    spec.run { classes = A, init = true }
    check.same(heard, { 1, 2, 3, 3, 2, 1 })
  end)

  it("go on after a listener that throws, which is logged", function()
    listen("test_start", function() error("deaf") end)
    listen("test_start", function() heard[#heard + 1] = "second" end)
    local result = spec.run { classes = user(), seconds = 0.5 }
    check.same(heard, { "second", "work" })
    check.equal(#result.exceptions, 0)
    check.contains(result.log, "ERROR katydid.event: a listener of test_start: tests/lua/events_spec.lua")
  end)

  it("no longer tell who was removed; who comes or goes meanwhile counts from the next time on", function()
    local hook = k.events.reset_stats
    local function third() heard[#heard + 1] = "third" end
    local function second() heard[#heard + 1] = "second" end
    local function first()
      heard[#heard + 1] = "first"
      hook:remove_listener(second)
      hook:add_listener(third)
    end
    hook:add_listener(first)
    hook:add_listener(second)
    hook:fire()
    check.same(heard, { "first", "second" })
    check.equal(hook:remove_listener(second), false)
    hook:remove_listener(first)
    hook:fire()
    hook:remove_listener(third)
    check.same(heard, { "first", "second", "third" })
    check(not hook:has_listeners())
  end)

  it("user_error tells who, what and where", function()
    local told
    listen("user_error", function(e) told = e end)
    local A = k.User:extend("A")
    A.work = k.task(function(self)
      if told then self:stop() end
      error("boom")
    end)
    spec.run { classes = A }
    check(told.user_instance:is(A))
    check.match(told.exception, "events_spec%.lua:%d+: boom$")
    check.match(told.tb, "^stack traceback:")
  end)

  it("a listener may stop the user or the test; everybody is told before", function()
    listen("user_error", function(e) e.user_instance:stop() end)
    listen("user_error", function() heard[#heard + 1] = "told" end)
    local A = k.User:extend("A")
    A.work = k.task(function() error("boom") end)
    local result = spec.run { classes = A }
    check.same(heard, { "told" })
    check.equal(result.exceptions[1].count, 1)
    check.same(result.ended, { { class = "A", why = "finished" } })

    listen("test_start", function() k.stop_test("not today") end)
    check.equal(spec.run({ classes = user() }).why, "script")
  end)

  it("are a closed set, listened to and not assigned", function()
    check.error(function() return k.events.test_stat end,
      "unknown event 'test_stat' %(did you mean 'test_start'%?%)")
    check.error(function() k.events.request = nil; k.events.on_request = function() end end,
      "events are listened to")
    check.error(function() k.events.init:add_listener("x") end,
      "events%.init:add_listener: expected a function")
    check.error(function() k.events.init:fire("x") end, "events%.init:fire: expected a table, got 'x'")
  end)
end)

describe("events.request fired by hand", function()
  it("is counted, then told", function()
    local told
    local listener = k.events.request:add_listener(function(e) told = e end)
    k.events.request:fire { request_type = "RPC", name = "add", response_time = 12.5, response_length = 100 }
    k.events.request:fire { request_type = "RPC", name = "add", response_time = 7.5, exception = "down" }
    k.events.request:fire { request_type = "RPC", name = "note" }
    k.events.request:remove_listener(listener)
    local entry = spec.stats().entries["RPC add"]
    check.equal(entry.requests, 2)
    check.equal(entry.failures, 1)
    check.near(entry.average, 10, 1e-9)
    check.equal(entry.length, 100)
    check.equal(spec.stats().entries["RPC note"].untimed, 1)
    check.equal(spec.stats().failures[1].text, "down")
    check.equal(told.name, "note")
  end)

  it("says what is missing", function()
    check.error(function() k.events.request:fire { name = "add" } end,
      "events%.request:fire: expected request_type to be a string, got nil")
    local untimely = { request_type = "RPC", name = "add", response_time = "1" }
    check.error(function() k.events.request:fire(untimely) end,
      "expected response_time to be a number, got '1'")
    check.error(function() k.events.request:fire() end, "expected request_type to be a string, got nil")
  end)
end)
