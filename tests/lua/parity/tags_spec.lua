-- Tags as Locust has them (reference, 4.1 and 4.2): what --tags and --exclude-tags leave of nested sets.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

-- Which tasks ran, each once, sorted: with so many users that each has come, whatever the seed.
local function ran(classes, include, exclude)
  local seen = {}
  spec.seen = function(name) seen[name] = true end
  local result = spec.run {
    classes = classes, host = "http://a", users = 30, seconds = 20, tags = include, exclude_tags = exclude,
  }
  local names = {}
  for name in pairs(seen) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, " "), result
end

-- A task of a set that says its name and leaves; of a user, that says it.
local function task(name)
  return k.task(function(self)
    spec.seen(name)
    if self.interrupt then self:interrupt(false) end
  end)
end

local function user(name, tasks)
  return k.User:extend(name, { wait_time = k.constant(1), tasks = tasks })
end

-- A user with a set in a set: top, Outer { mid, Inner { low, deep } }.
local function nested()
  local Inner, Outer = k.TaskSet:extend("Inner"), k.TaskSet:extend("Outer")
  Inner.low = task "low"
  Inner.deep = k.tag("deep", task "deep")
  Outer.mid = k.tag("mid", task "mid")
  Outer.inner = k.task(Inner)
  local A = user("A", { Outer })
  A.top = k.tag("top", task "top")
  return A, Outer, Inner
end

describe("--tags", function()
  it("reaches tasks at any depth, and drops sets in which nothing is left", function()
    check.equal(ran(nested(), { "deep" }), "deep")
    check.equal(ran(nested(), { "deep", "top" }), "deep top")
    local names, result = ran(nested(), { "mid" })
    check.equal(names, "mid")
    check.same(result.exceptions, {}) -- nobody enters a set in which there is nothing to do
  end)

  it("takes all of a set that has the tag, its inner sets included", function()
    local A, Outer = nested()
    k.tag("all", Outer)
    check.equal(ran(A, { "all" }), "deep low mid")
    local B, _, Inner = nested()
    k.tag("all", Inner)
    check.equal(ran(B, { "all" }), "deep low")
  end)

  it("and --exclude-tags must both let a task pass", function()
    local A, Outer = nested()
    k.tag("all", Outer)
    check.equal(ran(A, { "all" }, { "deep" }), "low mid")
  end)

  it("that are empty are none", function()
    check.equal(ran(nested(), {}, {}), "deep low mid top")
  end)

  it("leave the user in its place, with an error at each turn, where no task is left", function()
    local names, result = ran(user("A", { k.tag("x", function() spec.seen "x" end) }), { "y" })
    check.equal(names, "")
    local told = 0
    for _, line in ipairs(result.log) do
      if line:find("WARNING katydid.main: A has no tasks left after", 1, true) then told = told + 1 end
    end
    check.equal(told, 1)
    check.match(result.exceptions[1].message, "^no tasks are defined on A")
    check(result.exceptions[1].count >= 30 * 19)
    check.equal(result.users[15], 30)
  end)
end)

describe("k.tag", function()
  it("adds to what tags there are, of tasks, of functions, of sets: each of them is one", function()
    local function stacked()
      local A, Outer = nested()
      A.one = k.tag("a", k.tag("b", task "one"))
      A.two = k.tag("a", k.task(k.tag("b", "c", function() spec.seen "two" end)))
      k.tag("a", Outer)
      k.tag("b", "d", Outer)
      return A
    end
    check.equal(ran(stacked(), { "a" }), "deep low mid one two")
    check.equal(ran(stacked(), { "b" }), "deep low mid one two")
    check.equal(ran(stacked(), { "c" }), "two")
    check.equal(ran(stacked(), { "d" }), "deep low mid")
    check.equal(ran(stacked(), nil, { "a" }), "top")
    check.equal(ran(stacked(), { "b" }, { "c" }), "deep low mid one")
  end)
end)

describe("--exclude-tags", function()
  it("keeps untagged tasks, drops tagged ones at any depth", function()
    check.equal(ran(nested(), nil, { "deep" }), "low mid top")
    check.equal(ran(nested(), nil, { "mid", "top" }), "deep low")
  end)

  it("drops a set with all that is in it", function()
    local A, Outer = nested()
    k.tag("all", Outer)
    check.equal(ran(A, nil, { "all" }), "top")
  end)
end)

describe("what is left", function()
  it("keeps its weight", function()
    local counts = { a = 0, b = 0 }
    local function count(name)
      return function() counts[name] = counts[name] + 1 end
    end
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.a = k.tag("x", k.task(9, count "a"))
    A.b = k.tag("x", k.task(1, count "b"))
    A.c = k.task(50, function() counts.a = -1e9 end)
    spec.run { classes = A, seconds = 2000, tags = { "x" } }
    check.near(counts.a / (counts.a + counts.b), 0.9, 0.045)
  end)

  it("of a sequence keeps its order", function()
    local trace = {}
    local Steps = k.SequentialTaskSet:extend("Steps")
    for _, name in ipairs { "a", "b", "c", "d" } do
      local step = k.task(function() trace[#trace + 1] = name end)
      Steps[name] = name == "b" and step or k.tag("x", step)
    end
    spec.run { classes = user("A", { Steps }), seconds = 4.5, tags = { "x" } }
    check.equal(table.concat(trace, " "), "a c d a c")
  end)

  it("of a chain of states is the chain, whatever the tags", function()
    local function with_chain()
      local Chain = k.MarkovTaskSet:extend("Chain")
      Chain.a = k.transitions({ "b" }, function() spec.seen "a" end)
      Chain.b = k.transitions({ "a" }, function(self)
        spec.seen "b"
        self:interrupt(false)
      end)
      local A = user("A", { Chain })
      A.other = task "other"
      return A, Chain
    end
    check.equal(ran(with_chain(), { "x" }), "a b")
    local A, Chain = with_chain()
    k.tag("x", Chain)
    check.equal(ran(A, nil, { "x" }), "a b other")
  end)

  it("of a set whose parent class has the tag is what it inherits", function()
    local Base = k.TaskSet:extend("Base")
    Base.old = task "old"
    local Sub = k.tag("x", Base) and Base:extend("Sub")
    Sub.new = task "new"
    check.equal(ran(user("A", { Sub }), { "x" }), "old")
    check.equal(ran(user("A", { Sub }), nil, { "x" }), "new")
  end)

  it("is found anew where a listener of init gives a class other tasks", function()
    local Set = k.TaskSet:extend("Set")
    Set.work = k.tag("x", task "work")
    local A = user("A", { Set })
    A.other = k.tag("x", task "other")
    local listener = k.events.init:add_listener(function()
      A.other = nil
      A.added = k.tag("x", task "added")
      A.unwanted = task "unwanted"
      Set.unwanted = task "unwanted"
    end)
    local names, result = ran({ A }, { "x" })
    k.events.init:remove_listener(listener)
    check.equal(names, "added work")
    check.same(result.exceptions, {})
  end)

  it("of a set depends on where it is entered", function()
    for _, order in ipairs { { 1, 2 }, { 2, 1 } } do
      local Set = k.TaskSet:extend("Set")
      Set.work = k.task(function(self)
        spec.seen("work of " .. tostring(self.user):sub(1, 1))
        self:interrupt(false)
      end)
      Set.always = k.tag("x", task "always")
      local A, B = user("A"), user("B")
      A.set = k.tag("x", k.task(Set))
      B.set = k.task(Set)
      B.other = k.tag("x", task "other")
      local classes = { A, B }
      local seen = {}
      spec.seen = function(name) seen[name] = true end
      spec.run {
        classes = { classes[order[1]], classes[order[2]] }, users = 30, seconds = 20, tags = { "x" },
      }
      check.same(seen, { ["work of A"] = true, always = true, other = true })
    end
  end)

  it("of a set that is entered by hand is what is left of it anywhere", function()
    local Set = k.TaskSet:extend("Set")
    Set.in_ = k.tag("x", task "in")
    Set.out = task "out"
    local Outer = k.TaskSet:extend("Outer", { tasks = { Set } })
    function Outer:on_start()
      for _ = 1, 20 do self:schedule_task(Set) end
    end
    check.equal(ran(user("A", { Outer }), { "x" }), "in")
  end)

  it("of sets that lead into each other is nothing where no task is left", function()
    local function circle(tagged)
      local One, Two = k.TaskSet:extend("One"), k.TaskSet:extend("Two")
      One.two = k.task(Two)
      Two.one = k.task(One)
      Two.self = k.task(Two)
      Two.work = tagged and k.tag("x", task "work") or task "work"
      local A = user("A", { One })
      A.other = k.tag("x", task "other")
      return A
    end
    local names, result = ran(circle(false), { "x" })
    check.equal(names, "other")
    check.same(result.exceptions, {})
    local A = circle(true)
    check.equal(ran(A, { "x" }), "other work")
  end)
end)
