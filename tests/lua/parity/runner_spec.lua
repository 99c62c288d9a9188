-- Parity with Locust: runner, environment and statistics, as scripts see them (reference, parts 9 and 4).

local k = require "katydid"
local spec = require "spec"

local listening

local function listen(name, fn)
  k.events[name]:add_listener(fn)
  listening[#listening + 1] = { name, fn }
end

local function fire(name, ms, exception)
  k.events.request:fire {
    request_type = "RPC", name = name, response_time = ms, response_length = 10, exception = exception,
  }
end

-- A class whose users wait for a second between two runs of `work`.
local function class(name, work)
  local A = k.User:extend(name, { wait_time = k.constant(1) })
  A.work = k.task(work or function() end)
  return A
end

-- Runs fn(environment, user) once, in a task.
local function with_environment(fn, scenario)
  scenario = scenario or {}
  scenario.seconds = 10 -- where fn throws
  scenario.classes = class("A", function(self)
    fn(self.environment, self)
    self:stop()
  end)
  local result = spec.run(scenario)
  for _, row in ipairs(result.exceptions) do error(row.message, 0) end
  return result
end

describe("the runner", function()
  before_each(function() listening = {} end)
  after_each(function()
    for _, pair in ipairs(listening) do k.events[pair[1]]:remove_listener(pair[2]) end
  end)

  it("goes through ready, spawning, running, cleanup and stopped", function()
    local states = {}
    local function note(e) states[#states + 1] = e.environment.runner.state end
    for _, name in ipairs { "init", "test_start", "spawning_complete", "test_stopping", "test_stop" } do
      listen(name, note)
    end
    local A = class("A", function(self) note { environment = self.environment } end)
    function A:on_stop() note { environment = self.environment } end
    spec.run { classes = A, seconds = 0.5 }
    check.same(states, { "ready", "ready", "spawning", "running", "running", "cleanup", "stopped" })
  end)

  it("knows how many users there are and are wanted, of all and of each class", function()
    local A, B = class("A"), class("B")
    A.weight = 3
    local seen
    listen("test_stopping", function(e)
      local runner = e.environment.runner
      seen = {
        runner.user_count, runner.target_user_count, runner.user_classes_count,
        runner.target_user_classes_count,
      }
    end)
    spec.run { classes = { A, B }, users = 8, spawn_rate = 1, seconds = 3.5 }
    check.same(seen, { 4, 8, { A = 3, B = 1 }, { A = 3, B = 1 } })
  end)

  it("start in the middle of a test leads it to another number of users, without a new test", function()
    local A = class("A", function(self)
      local runner = self.environment.runner
      if runner.user_count == 2 then runner:start(5, 1) end
    end)
    local starts = 0
    listen("test_start", function() starts = starts + 1 end)
    local result = spec.run { classes = A, users = 2, seconds = 6.5 }
    check.equal(starts, 1)
    check.same(result.users, { 3, 4, 5, 5, 5, 5 })
    listen("spawning_complete", function(e)
      if e.user_count == 1 then e.environment.runner:start(4) end -- one a second, where nothing is said
    end)
    check.same(spec.run({ classes = class "A", users = 1, seconds = 5.5 }).users, { 2, 3, 4, 4, 4 })
    check.contains(result.log, "Ramping to 5 users at a rate of 1.00 per second")
  end)

  it("start in a listener of init or test_start is what the test begins with", function()
    for _, name in ipairs { "init", "test_start" } do
      listen(name, function(e) e.environment.runner:start(4, 2) end)
      local result = spec.run { classes = class("A"), users = 1, seconds = 2.5 }
      check.same(result.users, { 2, 4 })
      k.events[name]:remove_listener(listening[#listening][2])
    end
  end)

  it("start when a test ends begins another one, with empty statistics and the same time limit", function()
    local starts, stops = {}, 0
    listen("test_start", function(e)
      starts[#starts + 1] = e.environment.stats.total.num_requests
    end)
    listen("test_stop", function(e)
      stops = stops + 1
      if stops == 1 then e.environment.runner:start(3, 100) end
    end)
    local A = class("A", function(self)
      fire("a", 1)
      if #starts == 1 then
        k.sleep(1)
        self.environment.runner:stop("first phase is over")
      end
    end)
    local result = spec.run { classes = A, users = 1, seconds = 4.5 }
    check.same(starts, { 0, 0 })
    check.equal(stops, 2)
    check.near(result.seconds, 4.5, 1e-6)
    check.equal(result.why, "run_time")
    check.equal(result.entries["RPC a"].requests, 12)
    check.contains(result.log, "The script ended the test: first phase is over")
  end)

  it("start when a test ends forgets failures and exceptions too", function()
    local before, stops = {}, 0
    listen("test_stop", function(e)
      stops = stops + 1
      local runner = e.environment.runner
      before[stops] = { runner.errors[1].occurrences, runner.exceptions[1].count, #runner.errors }
      if stops < 3 then runner:start(1) end
    end)
    local A = class("A", function(self)
      fire("a", 1, "down")
      k.spawn(function() self.environment.runner:stop() end)
      error "boom"
    end)
    spec.run { classes = A }
    check.same(before, { { 1, 1, 1 }, { 1, 1, 1 }, { 1, 1, 1 } })
  end)

  it("start writes environment.host onto the classes again", function()
    local asked, stops = {}, 0
    spec.answer(function(request) asked[#asked + 1] = request.url end)
    listen("test_stop", function(e)
      stops = stops + 1
      if stops > 3 then return end
      e.environment.host = stops == 2 and "http://two" or nil
      e.environment.runner:start(1)
    end)
    local A = k.HttpUser:extend("A", { host = "http://zero" })
    A.work = k.task(function(self)
      self.client:get("/")
      self.environment.runner:stop()
    end)
    spec.run { classes = A, host = "http://one" }
    -- Where there is none, classes keep what was written onto them last.
    check.same(asked, { "http://one/", "http://one/", "http://two/", "http://two/" })
  end)

  it("stop ends the test; called by a user, it does not return", function()
    local after
    local A = class("A", function(self)
      k.sleep(1)
      self.environment.runner:stop()
      after = true
    end)
    local result = spec.run { classes = A, users = 3, seconds = 100 }
    check.equal(result.why, "script")
    check.equal(after, nil)
    check.equal(#result.ended, 3)
  end)

  it("stop in a listener returns, and users are ended from the loop", function()
    local count
    listen("spawning_complete", function(e)
      e.environment.runner:stop()
      count = e.environment.runner.user_count
    end)
    local result = spec.run { classes = class("A"), users = 3, seconds = 100 }
    check.equal(count, 3)
    check.equal(result.why, "script")
  end)

  it("quit ends the run, also where another test is wanted", function()
    local refused
    local starts = 0
    listen("test_start", function() starts = starts + 1 end)
    listen("test_stop", function(e)
      if starts > 1 then return end
      local ok, why = pcall(function() e.environment.runner:start(3) end)
      refused = not ok and why
    end)
    local A = class("A", function(self) self.environment.runner:quit("enough") end)
    local result = spec.run { classes = A, seconds = 100 }
    check.equal(result.why, "script")
    check.equal(starts, 1)
    check.match(refused, "runner_spec%.lua:%d+: runner:start: the run ends: no other test begins$")
    check.contains(result.log, "The script ended the test: enough")
  end)

  it("start is refused when the run is over", function()
    local refused
    listen("quitting", function(e)
      local ok, why = pcall(function() e.environment.runner:start(3) end)
      refused = not ok and why
    end)
    spec.run { classes = class("A"), seconds = 0.5 }
    check.match(refused, "runner:start: the run ends: no other test begins$")
  end)

  it("spawn_users makes users at once; they leave when the number is changed next", function()
    local A, B = class("A"), class("B")
    local step = 0
    A.work = k.task(function(self)
      step = step + 1
      if step == 2 then
        self.environment.runner:spawn_users { [B] = 3, A = 1 }
        check.same(self.environment.runner.user_classes_count, { A = 2, B = 3 })
        check.same(self.environment.runner.target_user_classes_count, { A = 1, B = 0 })
      elseif step == 4 then
        self.environment.runner:start(1, 1)
      end
    end)
    B.fixed_count, B.weight, A.fixed_count = 0, 1e-9, 0
    local result = spec.run { classes = { A, B }, users = 1, seconds = 4.5 }
    check.same(result.exceptions, {})
    check.same(result.users, { 1, 5, 1, 1 })
  end)

  it("spawn_users fills the places of users that have gone", function()
    local gone
    local A = class("A", function(self)
      if self.id == 1 then
        gone = true
        self:stop()
      end
      if gone and self.id == 2 then
        gone = nil
        self.environment.runner:spawn_users { A = 1 }
      end
      if self.id == 3 and self.environment.runner.user_count == 2 then
        self.environment.runner:start(2, 1)
      end
    end)
    local result = spec.run { classes = A, users = 2, seconds = 5.5 }
    check.same(result.exceptions, {})
    check.equal(result.users[5], 2)
    check.equal(#result.ended, 3) -- who went, and two at the end: nobody else
  end)

  it("has what failed and what was thrown", function()
    listen("test_stopping", function(e)
      local runner = e.environment.runner
      check.equal(runner.errors[1].error, "down")
      check.equal(runner.errors[1].occurrences, 2)
      check.match(runner.exceptions[1].msg, "boom$")
      check.equal(runner.exceptions[1].count, 2)
      check.equal(runner.exceptions[1].nodes, "local")
      check.equal(runner.stats, e.environment.stats)
      check.equal(runner.environment, e.environment)
      check.equal(runner.worker_index, 0)
      check.equal(runner.worker_count, 1)
      e.environment.checked = true
      runner.environment.process_exit_code = 9
    end)
    local A = class("A", function()
      fire("a", 1, "down")
      error("boom")
    end)
    check.equal(spec.run({ classes = A, seconds = 1.5 }).exit_code, 9)
  end)

  it("says what is wrong with what it is told", function()
    with_environment(function(environment)
      local runner = environment.runner
      check.error(function() runner:start(-1) end,
        "runner:start: expected a whole number of users from 0, got %-1")
      check.error(function() runner:start(1, 0) end, "runner:start: expected a spawn rate above 0, got 0")
      check.error(function() runner:stop(5) end, "runner:stop: expected a reason as a string, got 5")
      check.error(function() runner:spawn_users { Aa = 1 } end,
        "unknown user class 'Aa' of runner:spawn_users %(did you mean 'A'%?%)")
      check.error(function() runner:spawn_users { A = 0.5 } end,
        "A: expected a whole number of users from 0, got 0.5")
      check.error(function() return runner.usercount end,
        "unknown field 'usercount' of the runner %(did you mean 'user_count'%?%)")
      check.error(function() runner.state = "running" end, "runner%.state can't be assigned")
    end)
  end)

  it("has a shape say how many users there are, and nobody else", function()
    local Shape = k.LoadTestShape:extend("Shape")
    function Shape:tick() return self:get_run_time() < 2 and 1 or nil, 1 end
    local A = class("A", function(self)
      check(self.environment.shape_class:is(Shape))
      check.error(function() self.environment.runner:start(5) end,
        "runner:start: the load shape of this run says how many users there are")
    end)
    check.same(spec.run({ classes = { A, Shape } }).exceptions, {})
  end)
end)

describe("messages", function()
  it("arrive at once at the process's own listener, as from the node 'local'", function()
    with_environment(function(environment)
      local got
      environment.runner:register_message("users", function(e, msg)
        check.equal(e, environment)
        got = msg
      end)
      local data = { ids = { 1, 2 }, name = "x", on = true }
      environment.runner:send_message("users", data)
      check.same(got, { type = "users", data = data, node_id = "local" })
      check(got.data ~= data, "it is a copy: what is changed there isn't changed here")
      environment.runner:send_message("users", nil, "worker_1")
      check.equal(got.data, nil)
    end)
  end)

  it("that nobody listens for are a warning", function()
    local result = with_environment(function(environment) environment.runner:send_message("nobody", 1) end)
    check.contains(result.log, "WARNING katydid.runners: Unknown message type received: 'nobody'")
  end)

  it("have one listener for each type", function()
    with_environment(function(environment)
      environment.runner:register_message("twice", function() end, true)
      check.error(function() environment.runner:register_message("twice", function() end) end,
        "runner:register_message: there is a listener for 'twice' already")
    end)
  end)

  it("whose listener throws are logged, and the sender goes on", function()
    local after
    local result = with_environment(function(environment)
      environment.runner:register_message("bad", function() error("illegible") end)
      environment.runner:send_message("bad")
      after = true
    end)
    check(after)
    check.contains(result.log,
      "ERROR katydid.runners: the listener of the message 'bad': tests/lua/parity/runner_spec.lua:")
  end)

  it("hold what can travel, and nothing else", function()
    with_environment(function(environment)
      local round = {}
      round.round = round
      for _, pair in ipairs {
        { print, "expected data: strings, numbers, booleans and tables of them, got a function" },
        { { [{}] = 1 }, "expected keys that are strings or numbers, got a table" },
        { round, "the data is nested deeper than 32" },
      } do
        check.error(function() environment.runner:send_message("x", pair[1]) end,
          "runner:send_message: " .. pair[2])
      end
    end)
  end)
end)

describe("the environment", function()
  it("knows the classes that run, the tags, the events", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.work = k.tag("a", k.task(function(self)
      local environment = self.environment
      check.equal(#environment.user_classes, 1)
      check(self:is(environment.user_classes[1]))
      check.same(environment.tags, { "a" })
      check.equal(environment.exclude_tags, nil)
      check.equal(environment.shape_class, nil)
      check.equal(environment.events, k.events)
      self:stop()
    end))
    check.same(spec.run({ classes = A, tags = { "a" }, seconds = 10 }).exceptions, {})
  end)

  it("gives no other runner, statistics or events", function()
    with_environment(function(environment)
      for _, name in ipairs { "runner", "stats", "events", "user_classes", "shape_class" } do
        check.error(function() environment[name] = {} end, "environment%." .. name .. " can't be assigned")
      end
    end)
  end)
end)

describe("environment.stats", function()
  it("has each entry with Locust's fields, as they are when they are looked at", function()
    with_environment(function(environment)
      local entry = environment.stats:get("a", "RPC")
      check.equal(entry.num_requests, 0)
      check.equal(entry.min_response_time, nil)
      check.equal(entry.avg_response_time, 0)
      check.equal(entry.last_request_timestamp, nil)
      for _, ms in ipairs { 45, 135, 44, 375, 601, 35, 79 } do fire("a", ms) end
      fire("a", nil)
      fire("a", nil, "down")
      check.equal(entry.method, "RPC")
      check.equal(entry.name, "a")
      check.equal(entry.num_requests, 9)
      check.equal(entry.num_none_requests, 2)
      check.equal(entry.num_failures, 1)
      check.near(entry.avg_response_time, 187.714285, 1e-5)
      check.near(entry.median_response_time, 79, 0.1)
      check.equal(entry.min_response_time, 35)
      check.equal(entry.max_response_time, 601)
      check.equal(entry.total_response_time, 1314)
      check.equal(entry.total_content_length, 90)
      check.equal(entry.avg_content_length, 10)
      check.near(entry.fail_ratio, 1 / 9, 1e-9)
      check.near(entry:get_response_time_percentile(0.95), 601, 1)
      check.near(entry:get_response_time_percentile(0.5), 79, 0.1)
      check.near(entry.start_time, 1700000000, 1e6)
      check.near(entry.last_request_timestamp, entry.start_time, 1)
    end)
  end)

  it("has rates over the test and of the last ten seconds", function()
    local A = class("A", function(self)
      fire("a", 1, self.environment.runner.user_count == 1 and "down" or nil)
      local total = self.environment.stats.total
      if total.num_requests == 20 then
        check.near(total.total_rps, 20 / 19, 1e-6)
        check.near(total.total_fail_per_sec, 20 / 19, 1e-6)
        check.near(total.current_rps, 1, 1e-9)
        check.near(total.current_fail_per_sec, 1, 1e-9)
        check.near(total:get_current_response_time_percentile(0.5), 1, 0.01)
        check.equal(self.environment.stats:get("a", "RPC"):get_current_response_time_percentile(0.5), nil)
        self:stop()
      end
    end)
    check.same(spec.run({ classes = A, seconds = 60 }).exceptions, {})
  end)

  it("lists the entries by name, the total and what failed", function()
    with_environment(function(environment)
      local stats = environment.stats
      fire("b", 2, "down")
      fire("a", 1)
      local names = {}
      for _, entry in ipairs(stats.entries) do names[#names + 1] = entry.method .. " " .. entry.name end
      check.same(names, { "RPC a", "RPC b" })
      check.equal(stats.total.num_requests, 2)
      check.equal(stats.total.name, "Aggregated")
      check.equal(stats.num_requests, 2)
      check.equal(stats.num_failures, 1)
      check.equal(#stats.errors, 1)
      check.equal(stats.errors[1].name, "b")
      check.equal(stats.errors[1].error, "down")
      check.near(stats.errors[1].first_seen, stats.start_time, 1)
    end)
  end)

  it("log_request counts and tells nobody; log_error counts a failure without a request", function()
    local told
    local listener = k.events.request:add_listener(function() told = true end)
    with_environment(function(environment)
      environment.stats:log_request("RPC", "a", 12, 5)
      environment.stats:log_error("RPC", "a", "down")
      environment.stats:log_error("RPC", "a", "down")
      local entry = environment.stats:get("a", "RPC")
      check.equal(entry.num_requests, 1)
      check.equal(entry.num_failures, 2)
      check.equal(environment.stats.errors[1].occurrences, 2)
      check.equal(environment.stats:get("b", "RPC").fail_ratio, 0)
    end)
    k.events.request:remove_listener(listener)
    check.equal(told, nil)
  end)

  it("reset_all leaves the entries with zeros, clear_all and clear leave none", function()
    with_environment(function(environment)
      local stats = environment.stats
      fire("a", 1, "down")
      stats:reset_all()
      check.equal(#stats.entries, 1)
      check.equal(stats.total.num_requests, 0)
      check.equal(#stats.errors, 0)
      fire("a", 1)
      stats:clear_all()
      check.equal(#stats.entries, 0)
      fire("a", 1)
      check.equal(stats.total.num_requests, 1)
      stats:clear()
      check.equal(#stats.entries, 0)
    end)
  end)

  it("forgets requests of the client in the middle of a test, and counts those that follow", function()
    for _, Class in ipairs { k.HttpUser, k.FastHttpUser } do
      local A = Class:extend("A", { host = "http://127.0.0.1:1", wait_time = k.constant(1) })
      A.work = k.task(function(self)
        local stats = self.environment.stats
        for _ = 1, 3 do self.client:get("/a") end
        stats:clear()
        self.client:get("/a")
        self.client:get("/b")
        check.equal(stats:get("/a", "GET").num_requests, 1)
        check.equal(stats.total.num_requests, 2)
        self:stop()
      end)
      check.same(spec.run({ classes = A, seconds = 10 }).exceptions, {})
    end
  end)

  it("says what is wrong with what it is asked", function()
    with_environment(function(environment)
      local stats = environment.stats
      check.error(function() return stats.totl end,
        "unknown field 'totl' of the statistics %(did you mean 'total'%?%)")
      check.error(function() return stats.total.avg end, "unknown field 'avg' of an entry of the statistics")
      check.error(function() stats:get("a") end, "stats:get: expected a method, as 'GET', with it, got nil")
      check.error(function() stats.total:get_response_time_percentile(95) end,
        "get_response_time_percentile: expected a share from 0 to 1, as 0.95, got 95")
      check.error(function() stats.total.num_requests = 0 end, "the statistics are read")
      check.error(function() stats:log_error("RPC", "a") end, "expected why it failed, as a string, got nil")
      check.error(function() stats:log_request("RPC", "a", "1") end,
        "expected a response time in ms or nil, got '1'")
    end)
  end)
end)
