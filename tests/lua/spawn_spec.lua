-- spawn_spec -- functions beside the one that spawned them: what they share, how they end, who hears of it.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

-- A user class that does this once, with its trace.
local function once(fn, attributes)
  local A, trace = k.User:extend("A", attributes), {}
  local function note(what)
    trace[#trace + 1] = what
  end
  A.work = k.task(function(self)
    fn(self, note)
    self:stop()
  end)
  return A, trace, note
end

local function run_once(fn, scenario)
  scenario = scenario or {}
  local trace
  scenario.classes, trace = once(fn)
  local result = spec.run(scenario)
  return table.concat(trace, " "), result
end

describe("k.spawn", function()
  it("runs functions at the same time, and join gives what they return", function()
    local began = spec.now()
    local results = spec.as_user(function()
      local function slow(...)
        k.sleep((...))
        return ...
      end
      local a, b = k.spawn(slow, 3, nil, "a"), k.spawn(slow, 2)
      return { select("#", a:join()), select(3, a:join()), b:join() }
    end)
    check.same(results, { 3, "a", 2 })
    check.near(spec.now() - began, 3, 1e-6)
  end)

  it("begins in the next turn, in the order of the calls", function()
    local order = {}
    spec.as_user(function()
      local handles = {}
      for i = 1, 3 do
        handles[i] = k.spawn(function() order[#order + 1] = i end)
      end
      order[#order + 1] = "caller"
      for _, handle in ipairs(handles) do handle:join() end
    end)
    check.same(order, { "caller", 1, 2, 3 })
  end)

  it("is of the same user: its instance, its client, its random numbers", function()
    local function draws(beside)
      return spec.as_user(function()
        if not beside then return { math.random(), math.random(), math.random() } end
        local list = { math.random() }
        local handle = k.spawn(function()
          list[2] = math.random()
          return require("katydid.core").sched.user()
        end)
        list.user = handle:join()
        list[3] = math.random()
        return list
      end, { name = "ada" })
    end
    local alone, together = draws(false), draws(true)
    check.equal(together.user.name, "ada")
    together.user = nil
    check.same(together, alone)
    spec.answer(function(request) return { body = request.headers.Cookie or "none" } end)
    local A = k.HttpUser:extend("A", { host = "http://host" })
    A.work = k.task(function(self)
      self.client.cookies.theme = "dark"
      check.equal(k.spawn(function() return self.client:get("/").text end):join(), "theme=dark")
      self:stop()
    end)
    check.same(spec.run({ classes = A }).exceptions, {})
  end)

  it("may be called by what was spawned, and outlives that", function()
    check.equal(spec.as_user(function()
      local inner
      k.spawn(function()
        inner = k.spawn(function()
          k.sleep(2)
          return "inner"
        end)
      end):join()
      return inner:join()
    end), "inner")
  end)

  it("may be called where a user can't wait", function()
    check.equal(spec.as_user(function()
      local handle
      table.sort({ 2, 1 }, function(a, b)
        handle = handle or k.spawn(function() return "sorted" end)
        return a < b
      end)
      return handle:join()
    end), "sorted")
  end)

  it("lets its function wait in coroutines of its own", function()
    check.equal(spec.as_user(function()
      return k.spawn(function()
        local sum = 0
        for i in coroutine.wrap(function()
          for i = 1, 3 do
            k.sleep(1)
            coroutine.yield(i)
          end
        end) do
          sum = sum + i
        end
        return sum
      end):join()
    end), 6)
  end)

  it("says what is wrong with its arguments, and where it can't be called", function()
    check.error(function() spec.as_user(function() k.spawn("fetch") end) end,
      "^tests/lua/spawn_spec%.lua:%d+: k%.spawn: expected a function, got 'fetch'")
    check.error(function() k.spawn(print) end,
      "^tests/lua/spawn_spec%.lua:%d+: k%.spawn may only be called by a running user")
    check.error(function() spec.load { script = "require('katydid').spawn(print)" } end,
      "k%.spawn may only be called by a running user, not while the script is loaded")
  end)
end)

describe("join", function()
  it("throws what the function threw, as it was", function()
    spec.as_user(function()
      local thrown = { code = 7 }
      local a = k.spawn(function() error("no bread") end)
      local b = k.spawn(error, thrown)
      local ok, why = pcall(a.join, a)
      check.equal(ok, false)
      check.match(why, "^tests/lua/spawn_spec%.lua:%d+: no bread$")
      check.equal(select(2, pcall(a.join, a)), why)
      check.equal(select(2, pcall(b.join, b)), thrown)
    end)
    check.same(spec.log(), {})
  end)

  it("makes it an error of the task, with the traceback of where it was thrown", function()
    local A = k.User:extend("A", { wait_time = k.constant(10) })
    local function fall() error("mind the step") end
    local function climb()
      k.sleep(1)
      fall()
    end
    A.work = k.task(function() k.spawn(climb):join() end)
    local result = spec.run { classes = A, seconds = 5 }
    check.equal(#result.exceptions, 1)
    check.equal(result.exceptions[1].count, 1)
    check.match(result.exceptions[1].message, "spawn_spec%.lua:%d+: mind the step$")
    check.match(result.exceptions[1].traceback,
      "in function 'fall'\n.*in function <[^\n]*spawn_spec%.lua:%d+>$")
    -- One that the script throws again itself is thrown there.
    local B = k.User:extend("B", { wait_time = k.constant(10) })
    B.work = k.task(function()
      local _, why = pcall(function() k.spawn(climb):join() end)
      error(why, 0)
    end)
    result = spec.run { classes = B, seconds = 5 }
    check(not result.exceptions[1].traceback:find("fall"))
  end)

  it("waits for one that waits for others, but not in a circle", function()
    spec.as_user(function()
      local handles = {}
      handles[1] = k.spawn(function() return handles[2]:join() end)
      handles[2] = k.spawn(function() return handles[3]:join() end)
      handles[3] = k.spawn(function()
        k.sleep(1)
        return select(2, pcall(handles[1].join, handles[1]))
      end)
      check.match(handles[1]:join(),
        "^tests/lua/spawn_spec%.lua:%d+: spawned:join: it waits for this one in its turn: neither would e")
      local own
      own = k.spawn(function() own:join() end)
      local _, why = pcall(own.join, own)
      check.match(why, "spawned:join: a function can't wait for its own end$")
    end)
  end)

  it("may be called by several at once", function()
    check.same(spec.as_user(function()
      local one = k.spawn(function()
        k.sleep(1)
        return 1
      end)
      local a, b = k.spawn(one.join, one), k.spawn(one.join, one)
      return { a:join(), b:join(), one:join() }
    end), { 1, 1, 1 })
  end)

  it("is refused to other users, and outside of users", function()
    local handle
    spec.together(function()
      handle = k.spawn(function() k.sleep(2) end)
      k.sleep(2)
    end, function()
      k.sleep(1)
      check.error(function() handle:join() end, "spawned:join: another user has spawned this function: table")
      check.error(function() handle:kill() end, "spawned:kill: another user has spawned this function")
    end)
    check.error(function() handle:join() end, "spawned:join may only be called by a running user")
  end)

  it("wants what k.spawn gave", function()
    spec.as_user(function()
      local handle = k.spawn(function() end)
      check.error(function() handle.join() end,
        "^tests/lua/spawn_spec%.lua:%d+: spawned:join: called on nil; expected what k%.spawn gave, as in sp")
      check.error(function() handle.kill({}) end, "spawned:kill: called on a table")
      check.error(function() handle:jion() end,
        "unknown name 'jion' of a spawned function %(did you mean 'join'%?%)")
      handle:join()
    end)
  end)
end)

describe("kill", function()
  it("ends the function at its wait; join says so", function()
    local began = spec.now()
    spec.as_user(function()
      local passed = false
      local handle = k.spawn(function()
        pcall(k.sleep, 100)
        passed = true
      end)
      k.sleep(1)
      check.equal(handle:kill(), nil)
      check.same({ handle:join() }, { nil, "killed" })
      check.equal(passed, false)
      handle:kill()
      check.equal(select(2, handle:join()), "killed")
    end)
    check.near(spec.now() - began, 1, 1e-6)
  end)

  it("ends one that hasn't begun, and one that waits to join", function()
    spec.as_user(function()
      local begun = false
      local never = k.spawn(function() begun = true end)
      never:kill()
      local long = k.spawn(k.sleep, 5)
      local joiner = k.spawn(long.join, long)
      k.sleep(1)
      joiner:kill()
      check.equal(select(2, joiner:join()), "killed")
      check.equal(select(2, never:join()), "killed")
      check.equal(begun, false)
      check.equal(select("#", long:join()), 0)
    end)
  end)

  it("of itself doesn't return", function()
    spec.as_user(function()
      local handle, passed
      handle = k.spawn(function()
        pcall(handle.kill, handle)
        passed = true
      end)
      check.equal(select(2, handle:join()), "killed")
      check.equal(passed, nil)
    end)
  end)

  it("cancels a request, which is counted as in flight", function()
    spec.answer(function() return { delay = 10 } end)
    local A = k.HttpUser:extend("A", { host = "http://host" })
    A.work = k.task(function(self)
      local handle = k.spawn(function() self.client:get("/slow") end)
      k.sleep(1)
      handle:kill()
      handle:join()
      self:stop()
    end)
    local result = spec.run { classes = A }
    check.equal(result.total.requests, 0)
    check.equal(result.in_flight_at_end, 1)
    check.equal(result.seconds < 2, true)
  end)
end)

describe("an error that nobody joins", function()
  it("is counted and logged when the user waits between tasks", function()
    local A, events = k.User:extend("A", { wait_time = k.constant(10) }), {}
    A.work = k.task(function()
      k.spawn(function() error("alone") end)
      k.sleep(1)
    end)
    local function listen(e) events[#events + 1] = { e.user_instance:is(A), e.exception } end
    k.events.user_error:add_listener(listen)
    local result = spec.run { classes = A, seconds = 5 }
    k.events.user_error:remove_listener(listen)
    check.equal(#result.exceptions, 1)
    check.equal(result.exceptions[1].count, 1)
    check.match(result.exceptions[1].traceback, "\n\ttests/lua/spawn_spec[^\n]*$")
    check(not result.exceptions[1].traceback:find("katydid/spawn"), "our own frames are cut off")
    check.match(table.concat(result.log, "\n"), "ERROR katydid%.user%.task: tests/lua/spawn_spec%.lua:%d+: a")
    check.equal(#events, 1)
    check.equal(events[1][1], true)
    check.match(events[1][2], "alone$")
  end)

  it("is counted at once while the user waits between tasks, and at its end", function()
    local text, result = run_once(function(_, note)
      k.spawn(function() error("at the end") end)
      k.sleep(1)
      note "done"
    end)
    check.equal(text, "done")
    check.match(result.exceptions[1].message, "at the end$")
    local A, seen = k.User:extend("A", { wait_time = k.constant(100) }), nil
    A.work = k.task(function()
      k.spawn(function()
        k.sleep(1)
        error("between")
      end)
    end)
    local function listen() seen = k.now() end
    k.events.user_error:add_listener(listen)
    local began = k.now()
    spec.run { classes = A, seconds = 50 }
    k.events.user_error:remove_listener(listen)
    check.near(seen - began, 1, 1e-6)
  end)

  it("is counted soon where the user doesn't wait between tasks", function()
    local A, seen = k.User:extend("A"), nil
    A.work = k.task(function()
      k.spawn(error, "restless")
      k.sleep(1)
    end)
    local function listen() seen = seen or k.now() end
    k.events.user_error:add_listener(listen)
    local began = k.now()
    spec.run { classes = A, seconds = 10.5 }
    k.events.user_error:remove_listener(listen)
    check.near(seen - began, 1, 1e-6)
    check.equal(spec.stats().exceptions[1].count, 11)
  end)

  it("isn't counted where it is joined later in the task", function()
    local _, result = run_once(function()
      local handle = k.spawn(error, "caught")
      k.sleep(5)
      pcall(handle.join, handle)
      k.sleep(5)
    end)
    check.same(result.exceptions, {})
  end)
end)

describe("the user's end", function()
  it("by itself ends what it spawned, before on_stop", function()
    local A, trace, note = once(function(_, note)
      k.spawn(function()
        k.sleep(100)
        note "never"
      end)
      note "work"
    end)
    function A.on_stop() note "stop" end
    local result = spec.run { classes = A }
    check.equal(table.concat(trace, " "), "work stop")
    check.equal(result.ended[1].why, "finished")
    check.equal(result.seconds < 1, true)
  end)

  it("in on_start too, and by an error outside of tasks", function()
    local A = k.User:extend("A")
    local passed = false
    function A.on_start()
      k.spawn(function()
        k.sleep(100)
        passed = true
      end)
      k.sleep(1)
      error("no key")
    end
    A.work = k.task(function() end)
    local result = spec.run { classes = A }
    check.equal(result.ended[1].why, "failed")
    check.equal(passed, false)
    check.equal(result.seconds < 2, true)
  end)

  it("at once cancels all its requests", function()
    spec.answer(function() return { delay = 10 } end)
    local A = k.HttpUser:extend("A", { host = "http://host" })
    A.work = k.task(function(self)
      for _ = 1, 3 do
        k.spawn(function() self.client:get("/slow") end)
      end
      self.client:get("/slow")
    end)
    local result = spec.run { classes = A, users = 2, seconds = 5 }
    check.equal(result.total.requests, 0)
    check.equal(result.in_flight_at_end, 8)
    check.near(result.seconds, 5, 0.1)
  end)

  it("in good order lets what it spawned finish, though the user itself waits between tasks", function()
    local A = k.User:extend("A", { wait_time = k.constant(1000) })
    local order = {}
    A.work = k.task(function()
      k.spawn(function()
        k.sleep(7)
        order[#order + 1] = "finished"
      end)
    end)
    function A.on_stop() order[#order + 1] = "on_stop" end
    local result = spec.run { classes = A, seconds = 5, stop_timeout = 10 }
    check.same(order, { "finished", "on_stop" })
    check.near(result.seconds, 7, 0.1)
    check.equal(result.ended[1].why, "stopped")
  end)

  it("in good order ends what it spawned when the time is over", function()
    spec.answer(function() return { delay = 100 } end)
    local A = k.HttpUser:extend("A", { host = "http://host", wait_time = k.constant(1000) })
    A.work = k.task(function(self)
      k.spawn(function() self.client:get("/slow") end)
    end)
    local result = spec.run { classes = A, seconds = 5, stop_timeout = 10 }
    check.near(result.seconds, 15, 0.1)
    check.equal(result.in_flight_at_end, 1)
    check.match(result.log[#result.log], "Not all users finished their tasks & terminated in 10%.0 seconds")
  end)

  it("in good order ends a function that waits as between tasks", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    local count = 0
    function A:on_start()
      k.spawn(function()
        while true do
          count = count + 1
          self:wait()
        end
      end)
    end
    A.work = k.task(function() k.sleep(3) end)
    local result = spec.run { classes = A, seconds = 4.5, stop_timeout = 100 }
    check.equal(count, 5)
    check.near(result.seconds, 7, 0.1)
  end)

  it("doesn't disturb what on_stop spawns, but ends it with on_stop", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    local joined, never
    A.work = k.task(function() end)
    function A.on_stop()
      k.spawn(function()
        k.sleep(1000)
        never = true
      end)
      joined = k.spawn(function()
        k.sleep(3)
        return "joined"
      end):join()
    end
    local result = spec.run { classes = A, seconds = 2, stop_timeout = 1 }
    check.equal(joined, "joined")
    check.equal(never, nil)
    check.near(result.seconds, 5, 0.1)
  end)

  it("without its life's end in Lua drops what is left", function()
    local passed = false
    spec.as_user(function()
      k.spawn(function()
        k.sleep(1)
        passed = true
      end)
      local ready = k.spawn(k.sleep, 0)
      k.spawn(ready.join, ready)
      k.sleep(0)
      k.spawn(function() passed = true end)
    end)
    spec.turn(5)
    check.equal(passed, false)
  end)
end)

describe("inside of what was spawned", function()
  it("self:stop ends the user, with all that it spawned", function()
    local A, trace, note = once(function(self, note)
      k.spawn(function()
        k.sleep(50)
        note "never"
      end)
      k.spawn(function()
        k.sleep(1)
        self:stop()
        note "never"
      end)
      k.sleep(100)
      note "never"
    end)
    function A.on_stop()
      k.sleep(1)
      note "stop"
    end
    local result = spec.run { classes = A }
    check.equal(table.concat(trace, " "), "stop")
    check.equal(result.ended[1].why, "finished")
    check.near(result.seconds, 2, 0.1)
  end)

  it("k.stop_test ends the test", function()
    local text, result = run_once(function(_, note)
      local handle = k.spawn(function()
        pcall(k.stop_test, "enough")
        note "never"
      end)
      note(tostring(select(2, handle:join())))
    end, { stop_timeout = 10 })
    check.equal(text, "killed") -- in good order: the task goes on
    check.equal(result.why, "script")
    check.equal(run_once(function(_, note)
      k.spawn(k.stop_test):join()
      k.sleep(1)
      note "never"
    end), "")
  end)

  it("interrupt leaves the task set of who joins it", function()
    local A, trace = k.User:extend("A"), {}
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      trace[#trace + 1] = "in"
      k.spawn(function() self:interrupt() end):join()
      trace[#trace + 1] = "never"
    end)
    function Set.on_stop() trace[#trace + 1] = "left" end
    A.set = k.task(Set)
    A.done = k.task(function(self) self:stop() end)
    A.tasks = { Set }
    local result = spec.run { classes = A }
    check.same(result.exceptions, {})
    check.equal(trace[1], "in")
    check.equal(trace[2], "left")
    check(not table.concat(trace, " "):find("never"))
  end)

  it("interrupt that nobody joins is an error", function()
    local _, result = run_once(function(self)
      k.spawn(function() k.TaskSet.interrupt(self) end)
      k.sleep(1)
    end)
    check.match(result.exceptions[1].message, "^interrupt: a spawned function leaves the task set of who j")
  end)
end)
