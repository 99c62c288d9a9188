-- Parity with Locust: events (reference, part 7).

local k = require "katydid"
local spec = require "spec"

local heard
local listening
local problem -- the first check that failed in a listener, whose error disturbs nobody

local function listen(name, fn)
  local listener = k.events[name]:add_listener(function(e)
    local ok, why = pcall(fn, e)
    if not ok then problem = problem or why end
  end)
  listening[#listening + 1] = { name, listener }
end

local function note(...)
  local names = { ... }
  for _, name in ipairs(names) do
    listen(name, function() heard[#heard + 1] = name end)
  end
end

local function said()
  return table.concat(heard, " ")
end

-- A user that does `work` once a second.
local function user(work)
  local A = k.User:extend("A", { wait_time = k.constant(1) })
  A.work = k.task(work or function() end)
  return A
end

local function fire_request(name, exception)
  k.events.request:fire { request_type = "RPC", name = name, response_time = 1, exception = exception }
end

describe("events", function()
  before_each(function() heard, listening, problem = {}, {}, nil end)
  after_each(function()
    for _, pair in ipairs(listening) do k.events[pair[1]]:remove_listener(pair[2]) end
    if problem then error(problem, 0) end
  end)

  it("of a local run come in Locust's order", function()
    note("init", "test_start", "spawning_complete", "request", "test_stopping",
      "test_stop", "quitting", "quit")
    local A = user(function() fire_request("a") end)
    function A.on_stop() heard[#heard + 1] = "on_stop" end
    spec.run { classes = A, users = 2, spawn_rate = 1, seconds = 1.5 }
    check.equal(said(), "init test_start request spawning_complete request request test_stopping on_stop "
      .. "on_stop test_stop quitting quit")
  end)

  it("init has the environment and its runner, and comes once", function()
    local told
    listen("init", function(e)
      check.equal(told, nil)
      told = e
    end)
    spec.run { classes = user(), seconds = 0.5 }
    check.equal(told.runner, told.environment.runner)
    check.equal(told.web_ui, nil)
  end)

  it("test_start comes when nothing is counted and nobody there, and not for changes of the number",
    function()
      local starts = 0
      fire_request("before")
      listen("test_start", function(e)
        starts = starts + 1
        check.equal(e.environment.stats.total.num_requests, 0)
        check.equal(e.environment.runner.user_count, 0)
        check.equal(e.environment.runner.state, "ready")
      end)
      local A = user(function(self) self.environment.runner:start(3, 100) end)
      local result = spec.run { classes = A, seconds = 3 }
      check.equal(starts, 1)
      check.equal(result.users[3], 3)
      check.equal(#result.log > 0, true)
      for _, line in ipairs(result.log) do check(not line:find("ERROR"), line) end
    end)

  it("spawning_complete comes at the end of every ramp, upwards and downwards, with the users of all of it",
    function()
      local counts = {}
      listen("spawning_complete", function(e)
        counts[#counts + 1] = e.user_count
        check.equal(e.environment.runner.state, "spawning")
      end)
      local step = 0
      local A = user(function(self)
        step = step + 1
        if self.id == 1 and step == 2 then self.environment.runner:start(4, 100) end
        if self.id == 1 and self.environment.runner.user_count == 4 then
          self.environment.runner:start(1, 100)
        end
      end)
      spec.run { classes = A, seconds = 6 }
      check.same(counts, { 1, 4, 1 })
    end)

  it("test_stopping comes while all users are there, test_stop when they have ended", function()
    local counts = {}
    for _, name in ipairs { "test_stopping", "test_stop" } do
      listen(name, function(e)
        local runner = e.environment.runner
        counts[#counts + 1] = ("%s %d %s"):format(name, runner.user_count, runner.state)
      end)
    end
    spec.run { classes = user(), users = 3, seconds = 1.5 }
    check.same(counts, { "test_stopping 3 running", "test_stop 0 stopped" })
  end)

  it("request has all of Locust's fields, of a request that failed too", function()
    local told = {}
    listen("request", function(e) told[#told + 1] = e end)
    spec.answer(function(request)
      if request.url:find("broken") then return { failure = "connection reset" } end
      return { body = "four", delay = 0.25 }
    end)
    local A = k.HttpUser:extend("A", { host = "http://127.0.0.1:1" })
    A.work = k.task(function(self)
      self.client:get("/a?b=1", { name = "a", context = { tier = "gold" } })
      self.client:post("/broken")
      self:stop()
    end)
    spec.run { classes = A }
    local good, bad = told[1], told[2]
    check.equal(good.request_type, "GET")
    check.equal(good.name, "a")
    check.near(good.response_time, 250, 1e-6)
    check.equal(good.response_length, 4)
    check.equal(good.response.status_code, 200)
    check.same(good.context, { tier = "gold" })
    check.equal(good.exception, nil)
    check.near(good.start_time, 1700000000, 1e6)
    check.equal(good.url, "http://127.0.0.1:1/a?b=1")
    check.equal(bad.request_type, "POST")
    check.equal(bad.name, "/broken")
    check.equal(bad.response_length, 0)
    check.equal(bad.response.status_code, 0)
    check.same(bad.context, {})
    check.match(bad.exception, "connection reset")
  end)

  it("a listener of request finds the request counted, and can end the user without undoing that", function()
    local counted
    listen("request", function(e)
      counted = spec.stats().total.requests
      e.context.user:stop()
    end)
    local A = k.HttpUser:extend("A", { host = "http://127.0.0.1:1", wait_time = k.constant(1) })
    A.work = k.task(function(self)
      self.client:get("/", { context = { user = self } })
      heard[#heard + 1] = "after"
    end)
    local result = spec.run { classes = A, seconds = 10 }
    check.equal(counted, 1)
    check.equal(result.total.requests, 1)
    check.equal(said(), "")
    check.same(result.ended, { { class = "A", why = "finished" } })
  end)

  it("a request that is fired by hand is counted before its listeners are told", function()
    local counted
    listen("request", function() counted = spec.stats().total.requests end)
    fire_request("a")
    check.equal(counted, 1)
  end)

  it("user_error comes once for each error of a task, with the task set that it happened in", function()
    local told = {}
    listen("user_error", function(e) told[#told + 1] = e end)
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function() error("boom") end)
    A.set = k.task(Set)
    local result = spec.run { classes = A, seconds = 1.5 }
    check.equal(#told, 2)
    check(told[1].user_instance:is(Set))
    check.match(told[1].exception, "boom$")
    check.match(told[1].tb, "^stack traceback:")
    check.equal(result.exceptions[1].count, 2)
  end)

  it("usage_monitor comes every ten seconds with what the process uses", function()
    listen("usage_monitor", function(e)
      heard[#heard + 1] = ("%g %d"):format(e.cpu_usage, e.memory_usage)
      check.near(e.environment.runner.current_cpu_usage, 40, 1e-6)
      check.equal(e.environment.runner.current_memory_usage, 4096)
    end)
    local seen
    listen("spawning_complete", function(e) seen = e.environment.runner.current_cpu_usage end)
    note("cpu_warning")
    local result = spec.run { classes = user(), seconds = 35, cpu_usage = 40, memory_usage = 4096 }
    check.equal(said(), "40 4096 40 4096 40 4096")
    check.equal(seen, 0)
    for _, line in ipairs(result.log) do check(not line:find("CPU usage", 1, true), line) end
  end)

  it("cpu_warning comes each time that over nine tenths of a core were used; the log says so once", function()
    listen("cpu_warning", function(e) heard[#heard + 1] = ("%g"):format(e.cpu_usage) end)
    local result = spec.run { classes = user(), seconds = 25, cpu_usage = 95 }
    check.equal(said(), "95 95")
    local warnings = 0
    for _, line in ipairs(result.log) do
      if line:find("WARNING katydid.runners: CPU usage is 95%", 1, true) then warnings = warnings + 1 end
    end
    check.equal(warnings, 1)
    check.contains(result.log,
      "WARNING katydid.runners: CPU usage was too high at some point during the test")
  end)

  it("reset_stats comes neither with --reset-stats nor with a new test", function()
    note("reset_stats")
    spec.run { classes = user(), seconds = 1.5, reset_stats = true }
    check.equal(said(), "")
  end)

  it("quitting is told the other way round, and may still set the exit code", function()
    for i = 1, 3 do
      listen("quitting", function(e)
        heard[#heard + 1] = i
        e.environment.process_exit_code = 7
      end)
    end
    local code
    listen("quit", function(e) code = e.exit_code end)
    local result = spec.run { classes = user(), seconds = 0.5 }
    check.equal(said(), "3 2 1")
    check.equal(result.exit_code, 7)
    check.equal(code, 7)
  end)

  it("a listener of init that sets environment.host gives the users theirs", function()
    local asked
    spec.answer(function(request) asked = request.url end)
    listen("init", function(e) e.environment.host = "http://elsewhere" end)
    local A = k.HttpUser:extend("A")
    A.work = k.task(function(self)
      self.client:get("/x")
      self:stop()
    end)
    spec.run { classes = A }
    check.equal(asked, "http://elsewhere/x")
    k.events.init:remove_listener(listening[1][2])
    check.error(function() spec.run { classes = k.HttpUser:extend("B", { tasks = { function() end } }) } end,
      "B has no host")
  end)
end)

describe("an event of one's own", function()
  before_each(function() heard = {} end)

  it("tells its listeners in the order of their addition, or backwards", function()
    local bell = k.event("bell")
    for i = 1, 3 do bell:add_listener(function(e) heard[#heard + 1] = e.tone .. i end) end
    bell:fire { tone = "c" }
    bell:fire({ tone = "d" }, true)
    check.equal(said(), "c1 c2 c3 d3 d2 d1")
  end)

  it("gives a table to its listeners, also where it is fired with none", function()
    local bell = k.event()
    local told
    bell:add_listener(function(e) told = e end)
    bell:fire()
    check.same(told, {})
  end)

  it("is no other's: it has listeners of its own", function()
    local one, two = k.event(), k.event()
    one:add_listener(function() heard[#heard + 1] = "one" end)
    two:fire()
    check.equal(said(), "")
    check(one:has_listeners())
    check(not two:has_listeners())
  end)

  it("goes on after a listener that throws, which is logged; a signal passes when all were told",
    function()
      local bell = k.event("bell")
      bell:add_listener(function() error("deaf") end)
      bell:add_listener(function(e) e.user:stop() end)
      bell:add_listener(function() heard[#heard + 1] = "told" end)
      local A = user(function(self)
        bell:fire { user = self }
        heard[#heard + 1] = "after"
      end)
      local result = spec.run { classes = A, seconds = 10 }
      check.equal(said(), "told")
      check.contains(result.log, "ERROR katydid.event: a listener of bell: tests/lua/parity/events_spec.lua:")
      check.same(result.ended, { { class = "A", why = "finished" } })
    end)

  it("says what is wrong with what it is given", function()
    local bell = k.event("bell")
    check.error(function() bell:add_listener(1) end, "bell:add_listener: expected a function, got 1")
    check.error(function() bell:fire(1) end, "bell:fire: expected a table, got 1")
    check.error(function() bell:fire({}, 1) end, "bell:fire: expected true or false for reverse, got 1")
    check.error(function() k.event(1) end, "k%.event: expected a name as a string, got 1")
  end)
end)

describe("k.measure", function()
  -- Runs fn(user) in a task, once.
  local function in_task(fn)
    local A = k.User:extend("A")
    A.work = k.task(function(self)
      fn(self)
      self:stop()
    end)
    local result = spec.run { classes = A }
    for _, row in ipairs(result.exceptions) do error(row.message, 0) end
    return result
  end

  it("counts how long the function took, and gives back what it returned", function()
    local result = in_task(function()
      local a, b = k.measure("RPC", "add", function(request)
        k.sleep(0.2)
        request.response_length = 12
        return 3, 4
      end)
      check.equal(a, 3)
      check.equal(b, 4)
    end)
    local entry = result.entries["RPC add"]
    check.equal(entry.requests, 1)
    check.equal(entry.failures, 0)
    check.near(entry.average, 200, 1e-6)
    check.equal(entry.length, 12)
  end)

  it("makes what the function throws the failure of the request, and swallows it", function()
    local result = in_task(function()
      check.equal(k.measure("RPC", "add", function() error("no carry") end), nil)
    end)
    check.equal(result.entries["RPC add"].failures, 1)
    check.match(result.failures[1].text, "events_spec%.lua:%d+: no carry$")
    check.equal(#result.exceptions, 0)
  end)

  it("takes what the function writes into the request, and tells the listeners of request", function()
    local told
    local listener = k.events.request:add_listener(function(e) told = e end)
    in_task(function()
      k.measure("RPC", "add", function(request)
        request.name, request.exception = "add/[n]", "overflow"
        request.context.n = 5
      end)
    end)
    k.events.request:remove_listener(listener)
    check.equal(told.name, "add/[n]")
    check.equal(told.exception, "overflow")
    check.same(told.context, { n = 5 })
    check.near(told.start_time, 1700000000, 1e6)
    check.equal(told.response_time, 0)
  end)

  it("counts an interrupt of the task set on its way out, and nothing that a stop cuts off", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      k.measure("RPC", "left", function() self:interrupt(false) end)
    end)
    local visits = 0
    function Set.on_stop() visits = visits + 1 end
    A.set = k.task(Set)
    A.on_start = function(self)
      k.spawn(function() k.measure("RPC", "cut", function() k.sleep(100) end) end)
      check(self.id == 1)
    end
    local result = spec.run { classes = A, seconds = 1.5 }
    check.equal(visits, 2)
    check.equal(result.entries["RPC left"].requests, 2)
    check.equal(result.entries["RPC left"].failures, 0)
    check.equal(result.entries["RPC cut"], nil)
  end)

  it("says what is wrong with its arguments", function()
    check.error(function() k.measure(1, "a", print) end,
      "k%.measure: expected a request type, as 'RPC', got 1")
    check.error(function() k.measure("RPC", nil, print) end,
      "k%.measure: expected a name as a string, got nil")
    check.error(function() k.measure("RPC", "a", 1) end, "k%.measure: expected a function, got 1")
  end)
end)
