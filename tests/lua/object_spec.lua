-- Classes: extending them, what may be set on them, and slips of known names.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local object = require "katydid.object"

local function nothing() end

describe("extend", function()
  it("inherits attributes and methods", function()
    local Base = k.User:extend("Base", { weight = 3 })
    function Base:greet()
      return "I am " .. tostring(self)
    end
    local Sub = Base:extend("Sub")
    check.equal(Sub.weight, 3)
    check.equal(object.new(Sub):greet(), "I am Sub")
  end)

  it("lets a subclass have its own", function()
    local Base = k.User:extend("Base", { weight = 3, colour = "red" })
    local Sub = Base:extend("Sub", { weight = 4 })
    Sub.colour = "blue"
    check.equal(Base.weight, 3)
    check.equal(Sub.weight, 4)
    check.equal(Base.colour, "red")
    check.equal(Sub.colour, "blue")
  end)

  it("doesn't inherit abstract", function()
    local Base = k.User:extend("Base", { abstract = true })
    check.equal(Base.abstract, true)
    check.equal(Base:extend("Sub").abstract, false)
    check.equal(k.User.abstract, true)
    check.equal(k.HttpUser.abstract, true)
    check.equal(k.FastHttpUser.abstract, true)
    check(not k.FastHttpUser:is(k.HttpUser) and k.FastHttpUser:is(k.User))
  end)

  it("sees what is set on the parent later", function()
    local Base = k.User:extend("Base")
    local Sub = Base:extend("Sub")
    function Base.late()
      return "late"
    end
    check.equal(Sub.late(), "late")
  end)

  it("wants a name, a colon, and a table", function()
    check.error(function() k.User:extend() end, "User:extend: expected the name of the new class.*got nil")
    check.error(function() k.User:extend("") end, "expected the name of the new class")
    check.error(function() k.User.extend("Shopper") end, "with a colon")
    check.error(function() k.User:extend("Shopper", "host") end, "expected a table of attributes, got 'host'")
    check.error(function() k.User:extend("Shopper", k.TaskSet) end, "expected a table of attributes")
  end)
end)

describe("is", function()
  it("knows a class and its parents, of classes and of instances", function()
    local Base = k.HttpUser:extend("Base")
    local Sub = Base:extend("Sub")
    check(Sub:is(Sub) and Sub:is(Base) and Sub:is(k.HttpUser) and Sub:is(k.User))
    check(not Base:is(Sub) and not Sub:is(k.TaskSet))
    check(object.new(Sub):is(Base))
    check(not object.new(Base):is(Sub))
  end)

  it("wants a class", function()
    check.error(function() return k.User:is("User") end, "is: expected a class, got 'User'")
  end)
end)

it("tostring shows a class by its name, an instance with its id", function()
  local Shopper = k.User:extend("Shopper")
  check.equal(tostring(Shopper), "Shopper")
  local shopper = object.new(Shopper)
  check.equal(tostring(shopper), "Shopper")
  shopper.id = 7
  check.equal(tostring(shopper), "Shopper 7")
end)

describe("a slip of a known attribute", function()
  it("is an error in extend{}, with the line of the script", function()
    local text = check.error(function() k.User:extend("A", { wait_tim = nothing }) end)
    check.match(text, "object_spec%.lua:%d+: unknown attribute 'wait_tim' of the user class A "
      .. "%(did you mean 'wait_time'%?%)$")
  end)

  it("is an error in an assignment, of methods too", function()
    local A = k.User:extend("A")
    check.error(function() A.weigth = 2 end, "object_spec%.lua:%d+: unknown attribute 'weigth'.*'weight'")
    check.error(function() function A.on_strat(_) end end, "'on_strat'.*'on_start'")
    check.error(function() A.hots = "http://a" end, "'hots'.*'host'")
    check.error(function() A.Host = "http://a" end, "'Host'.*'host'")
    check.error(function() A.task = { nothing } end, "'task'.*'tasks'")
    check.error(function() A.fixed_cont = 1 end, "'fixed_cont'.*'fixed_count'")
  end)

  it("is one for task sets and shapes too", function()
    check.error(function() k.TaskSet:extend("T", { on_stp = nothing }) end, "task set T.*'on_stop'")
    check.error(function() k.LoadTestShape:extend("S", { tik = nothing }) end, "shape S.*'tick'")
  end)

  it("is none where the word stands for itself", function()
    local A = k.User:extend("A", { height = 3, post = nothing, cost = 5, unit = nothing, note = "x" })
    A.token, A.basket, A.users = "abc", {}, { 1 }
    A.post = k.task(nothing)
    check.equal(A.height, 3)
    check.equal(A.token, "abc")
  end)

  it("is none where the value doesn't fit the attribute", function()
    local A = k.User:extend("A")
    A.weights = { 1, 2 }
    A.hosts = { "a", "b" }
    check.same(A.weights, { 1, 2 })
  end)

  it("is none on instances, which are the script's", function()
    local user = object.new(k.User:extend("A"))
    user.wait_tim = 3
    check.equal(user.wait_tim, 3)
  end)
end)

describe("an attribute of the wrong kind", function()
  it("is an error that says what is expected", function()
    local function bad(attributes, pattern)
      check.error(function() k.HttpUser:extend("A", attributes) end, pattern)
    end
    bad({ weight = "3" }, "A%.weight: expected a number from 0, got '3'")
    bad({ weight = -1 }, "A%.weight: expected a number from 0, got %-1")
    bad({ fixed_count = 1.5 }, "A%.fixed_count: expected a whole number from 0, got 1%.5")
    bad({ wait_time = 2 },
      "A%.wait_time: expected a function that gives seconds, as k%.constant%(1%) does, got 2")
    bad({ host = 8080 }, "A%.host: expected a URL.*got 8080")
    bad({ tasks = nothing }, "A%.tasks: expected a list of tasks or a table task %-> weight, got a function")
    bad({ tasks = k.TaskSet }, "A%.tasks: expected a list")
    bad({ abstract = 1 }, "A%.abstract: expected true or false, got 1")
    bad({ on_start = "login" }, "A%.on_start: expected a function, got 'login'")
    bad({ init = {} }, "A%.init: expected a function, got a table")
  end)

  it("is checked in assignments", function()
    local A = k.User:extend("A")
    check.error(function() A.weight = {} end, "object_spec%.lua:%d+: A%.weight: expected")
    A.weight = 0.8
    check.equal(A.weight, 0.8)
  end)

  it("may be nil, which takes it away", function()
    local Base = k.User:extend("Base", { host = "http://a" })
    local Sub = Base:extend("Sub", { host = "http://b" })
    Sub.host = nil
    check.equal(Sub.host, "http://a")
  end)
end)

it("tells of the first assignment of an attribute to an instance", function()
  local told = {}
  object.notice("spec_attribute", function(instance) told[#told + 1] = rawget(instance, "spec_attribute") end)
  local user = object.new(k.User:extend("A"))
  user.other = 1
  check.equal(#told, 0)
  user.spec_attribute = 1
  user.spec_attribute = 2 -- it has it already
  user.spec_attribute = nil
  user.spec_attribute = 3
  check.same(told, { 1, 3 })
  object.notice("spec_attribute", nil)
  user.spec_attribute = nil
  user.spec_attribute = 4
  check.equal(#told, 2)
end)

it("extend and is can't be replaced", function()
  check.error(function() k.User:extend("A").extend = nothing end, "A%.extend can't be replaced")
end)

describe("the names of katydid", function()
  it("are a closed set", function()
    check.error(function() return k.betwen end, "object_spec%.lua:%d+: unknown name 'betwen' of katydid "
      .. "%(did you mean 'between'%?%)$")
    check.error(function() return k.xyzzy end, "unknown name 'xyzzy' of katydid$")
  end)

  it("can't be added to", function()
    check.error(function() k.mine = 1 end, "katydid%.mine: a script doesn't add names")
  end)
end)
