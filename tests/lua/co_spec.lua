-- co_spec -- waits, stops and a script's own coroutines, in the whole state.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local co = require "katydid.co"
local spec = require "spec"

describe("a user", function()
  it("sleeps by the run's clock", function()
    local begin = spec.now()
    local result = spec.as_user(function(user)
      co.sleep(3600)
      return user.name, core.time.now() - begin
    end, { name = "ada" })
    check.equal(result, "ada")
    check.near(spec.now() - begin, 3600, 1e-6)
  end)

  it("returns all that its function does", function()
    local a, b, c = spec.as_user(function() return 1, nil, 3 end)
    check.same({ a, b or "nil", c }, { 1, "nil", 3 })
  end)

  it("throws what its function does", function()
    check.error(function()
      spec.as_user(function() error("no bread") end)
    end, "co_spec.lua:%d+: no bread$")
  end)

  it("runs beside others", function()
    local order = {}
    local function say(name, pause)
      return function()
        for i = 1, 2 do
          co.sleep(pause)
          order[#order + 1] = name .. i
        end
      end
    end
    spec.together(say("a", 2), say("b", 3))
    check.same(order, { "a1", "b1", "a2", "b2" })
  end)

  it("draws from its own stream", function()
    local function draw()
      return spec.as_user(function() return math.random(1000000), math.random() end)
    end
    local a, b = draw()
    math.random()
    local c, d = draw()
    check.same({ c, d }, { a, b })
  end)
end)

describe("a stop", function()
  it("passes a script's pcall", function()
    local caught = false
    local task = spec.start(function()
      pcall(function() co.sleep(100) end)
      caught = true
    end)
    spec.turn(1)
    task:kill()
    spec.turn(1)
    check.equal(task.how, "stopped")
    check(not caught)
  end)

  it("lets on_stop wait", function()
    local done
    local task = spec.start(function()
      co.pcall(co.sleep, 100)
      co.sleep(5)
      done = spec.now()
    end)
    spec.turn(1)
    local killed = spec.now()
    task:kill()
    spec.turn(10)
    check.equal(task.how, "returned")
    check.near(done - killed, 5, 1e-6)
  end)

  it("in good order waits for a sleep inside a task", function()
    local ended
    local task = spec.start(function()
      co.sleep(10)
      ended = spec.now()
    end)
    local begin = spec.now()
    spec.turn(1)
    task:stop()
    spec.turn(20)
    check.near(ended - begin, 10, 1e-6)
    check.equal(task.how, "returned")
  end)
end)

describe("what Lua has of its own", function()
  it("is replaced before any module loads", function()
    local signal = co.make_signal {}
    local ok, why = co.pcall(pcall, error, signal)
    check(not ok and why == signal)
    check(coroutine.resume ~= co.resume and pcall ~= co.pcall)
  end)

  it("lets a generator wait", function()
    local seen = spec.as_user(function()
      local list = {}
      for value in coroutine.wrap(function()
        for i = 1, 3 do
          co.sleep(1)
          coroutine.yield(i)
        end
      end) do
        list[#list + 1] = value
      end
      return list
    end)
    check.same(seen, { 1, 2, 3 })
  end)

  it("prints above the progress line", function()
    print("a", 1, nil, true)
    print()
    check.same(spec.printed(), { "a\t1\tnil\ttrue", "" })
  end)

  it("says where a wait can't be", function()
    check.error(function()
      spec.as_user(function()
        table.sort({ 3, 2, 1 }, function(a, b)
          co.sleep(1)
          return a < b
        end)
      end)
    end, "co_spec.lua:%d+: k.sleep can't wait here: this function was called by sort")
    check.error(function() co.sleep(1) end, "^tests/lua/co_spec.lua:%d+: k.sleep may only be called by a")
  end)
end)

describe("os.exit", function()
  it("ends a user, and sets the exit code", function()
    local task = spec.start(function()
      pcall(os.exit, 7)
      check(false, "unreachable")
    end)
    spec.turn(1)
    check.equal(task.how, "stopped")
    check.equal(core.run.get_exit_code(), 7)
  end)

  it("knows true and false", function()
    co.pcall(os.exit, false)
    check.equal(core.run.get_exit_code(), 1)
    co.pcall(os.exit, true)
    check.equal(core.run.get_exit_code(), 0)
    check.error(function() os.exit(1000) end, "expected a whole number from 0 to 255")
    check.equal(core.run.get_exit_code(), 0)
    core.run.set_exit_code(nil)
    check.error(function() os.exit("1 day") end, "number expected")
    check.equal(core.run.get_exit_code(), nil)
  end)
end)
