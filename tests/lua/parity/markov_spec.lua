-- Chains of states as Locust has them (reference, 2.10).
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local function nothing() end

-- A user that visits `Chain`, a second between states, and what became of it.
local function visit(Chain, seconds)
  return spec.run {
    classes = k.User:extend("Visitor", { tasks = { Chain }, wait_time = k.constant(1) }),
    seconds = seconds,
  }
end

-- Loads a chain; the error that this is.
local function load_error(Chain, pattern)
  local A = k.User:extend("A", { tasks = { Chain } })
  return check.error(function() spec.load { classes = A } end, pattern)
end

describe("a chain", function()
  it("begins with the first state that is assigned, and goes where its transitions lead", function()
    local trace = {}
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.zebra = k.transitions({ apple = 1 }, function() trace[#trace + 1] = "zebra" end)
    Chain.apple = k.transitions({ "mango" }, function() trace[#trace + 1] = "apple" end)
    Chain.mango = k.transitions({ { "zebra", 2 } }, function() trace[#trace + 1] = "mango" end)
    visit(Chain, 4.5)
    check.equal(table.concat(trace, " "), "zebra apple mango zebra apple")
    check(Chain:is(k.TaskSet) and Chain:is(k.MarkovTaskSet))
  end)

  it("draws the next state by the weights", function()
    local counts, after_a = { a = 0, b = 0, c = 0 }, { a = 0, b = 0, c = 0 }
    local last
    local function count(name)
      return function()
        counts[name] = counts[name] + 1
        if last == "a" then after_a[name] = after_a[name] + 1 end
        last = name
      end
    end
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.a = k.transitions({ a = 1, b = 3, c = 0 }, count "a")
    Chain.b = k.transitions({ "a", "c", "c" }, count "b")
    Chain.c = k.transitions({ { "a", 5 } }, count "c")
    visit(Chain, 20000)
    check.equal(after_a.c, 0)
    local n = after_a.a + after_a.b
    check.near(after_a.b / n, 3 / 4, 7 * math.sqrt(3 / 16 / n)) -- seven deviations
    check.near(counts.c / counts.b, 2 / 3, 7 * math.sqrt(2 / 9 / counts.b))
  end)

  it("draws the next state before the present one runs", function()
    local trace = {}
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.a = k.transitions({ "b" }, function(self)
      trace[#trace + 1] = self._state.key
    end)
    Chain.b = k.transitions({ "b" }, nothing)
    visit(Chain, 0.5)
    check.same(trace, { "b" })
  end)

  it("begins anew at each visit, each user for itself", function()
    local trace = {}
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.a = k.transitions({ "b" }, function() trace[#trace + 1] = "a" end)
    Chain.b = k.transitions({ "c" }, function(self)
      trace[#trace + 1] = "b"
      self:interrupt()
    end)
    Chain.c = k.transitions({ "a" }, function() trace[#trace + 1] = "c" end)
    visit(Chain, 2.5)
    check.equal(table.concat(trace, " "), "a b a b a")
  end)

  it("has states that are task sets, and methods as ever", function()
    local trace = {}
    local Inner = k.TaskSet:extend("Inner")
    Inner.work = k.task(function(self)
      trace[#trace + 1] = tostring(self.parent)
      self:interrupt(false)
    end)
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.a = k.transitions({ "inner" }, function(_, what) trace[#trace + 1] = what or "a" end)
    Chain.inner = k.transitions({ "a" }, Inner)
    function Chain:on_start() self:a("called") end
    visit(Chain, 2.5)
    check.equal(table.concat(trace, " "), "called a Chain a")
  end)

  it("goes on after an error in a state", function()
    local n = 0
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.a = k.transitions({ "b" }, function() error("no") end)
    Chain.b = k.transitions({ "a" }, function() n = n + 1 end)
    check.equal(visit(Chain, 3.5).exceptions[1].count, 2)
    check.equal(n, 2)
  end)

  it("that stands in a state without a way on is an error at each turn", function()
    local n = 0
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.a = k.transitions({ "b" }, function() n = n + 1 end)
    Chain.b = k.transitions({ a = 0 }, function() n = n + 100 end)
    local result = visit(Chain, 3.5)
    check.equal(n, 1)
    check.equal(result.exceptions[1].message,
                "Chain.b leads nowhere: all its transitions have the weight 0")
    check.equal(result.exceptions[1].count, 3)
  end)

  it("has the states of its own class alone", function()
    local Base = k.MarkovTaskSet:extend("Base")
    Base.a = k.transitions({ "a" }, nothing)
    load_error(Base:extend("Sub"), "^tests.*:%d+: Sub has no states: assign some, as in Sub%.browse = ")
    local Sub = Base:extend("Sub")
    Sub.b = k.transitions({ "a" }, nothing)
    load_error(Sub, "Sub%.b: it leads to 'a', which is no state")
  end)
end)

describe("a check when loading", function()
  it("refuses a chain without states, wherever it is nested", function()
    local Empty = k.MarkovTaskSet:extend("Empty")
    load_error(Empty, "Empty has no states")
    load_error(k.TaskSet:extend("Outer", { tasks = { Empty } }), "Empty has no states")
    local Abstract = k.MarkovTaskSet:extend("Abstract", { abstract = true })
    Abstract:extend("Chain").a = k.transitions({ "a" }, nothing)
  end)

  it("refuses an unknown state, with the line and the nearest name", function()
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.browse = k.transitions({ serch = 3 }, nothing)
    Chain.search = k.transitions({ "browse" }, nothing)
    load_error(Chain, "^tests/lua/parity/markov_spec%.lua:%d+: Chain%.browse: it leads to the unknown state "
               .. "'serch' %(did you mean 'search'%?%)$")
    Chain.browse = k.transitions({ "checkout" }, nothing)
    load_error(Chain, "it leads to the unknown state 'checkout' %(there are: browse, search%)$")
  end)

  it("refuses a target that is no state", function()
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.browse = k.transitions({ "search" }, nothing)
    function Chain.search() end
    load_error(Chain, "Chain%.browse: it leads to 'search', which is no state: k%.transitions")
  end)

  it("refuses tags on states", function()
    check.error(function() k.tag("x", k.transitions({ "a" }, nothing)) end, "k%.tag: a state can't have tags")
    check.error(function() k.transitions({ "a" }, k.tag("x", nothing)) end, "a state can't have tags")
  end)

  it("warns once of the states that no way leads to", function()
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.a = k.transitions({ a = 1, b = 0 }, nothing)
    Chain.b = k.transitions({ "c" }, nothing)
    Chain.c = k.transitions({ "a" }, nothing)
    local told = {}
    for _, line in ipairs(visit(Chain, 2.5).log) do
      if line:find("^WARNING") then told[#told + 1] = line end
    end
    check.same(told, { "WARNING katydid.user.markov: Chain: no way leads from a to these states: b, c" })
  end)

  it("warns of on_start and on_stop as states", function()
    local Chain = k.MarkovTaskSet:extend("Chain")
    Chain.on_start = k.transitions({ "on_start" }, nothing)
    check.contains(spec.log(), "Chain.on_start is marked as a task: it runs as a task too")
  end)
end)

it("what isn't a state is refused where it is written", function()
  local Chain, Set = k.MarkovTaskSet:extend("Chain"), k.TaskSet:extend("Set")
  check.error(function() Chain.a = k.task(nothing) end, "Chain%.a: the states of a MarkovTaskSet are k%.tr")
  check.error(function() Chain.tasks = { nothing } end, "Chain%.tasks: a MarkovTaskSet has no list of tasks")
  check.error(function() Set.a = k.transitions({ "a" }, nothing) end, "Set%.a: .* is for a MarkovTaskSet")
  Set.tasks = { k.transitions({ "a" }, nothing) }
  load_error(Set, "Set%.tasks%[1%]: k%.transitions.* is for fields of a MarkovTaskSet")
end)

it("transitions that make no sense are refused where they are written", function()
  local function refused(targets, pattern, target)
    check.error(function() k.transitions(targets, target or nothing) end, pattern)
  end
  refused("a", "k%.transitions: expected a table of the states .*got 'a'")
  refused({}, "expected at least one state that may follow")
  refused({ a = 1.5 }, "k%.transitions: 'a': expected a weight.*got 1%.5")
  refused({ a = -1 }, "expected a weight, a whole number from 0")
  refused({ "a", b = 2 }, "not both in one")
  refused({ 3 }, "expected names of states.*got 3")
  refused({ "a" }, "expected a function or a task set, got 7", 7)
  refused({ "a" }, "this is marked already, as a task", k.task(nothing))
  refused({ "a" }, "this is marked already, as a state", k.transitions({ "a" }, nothing))
  check.error(function() k.task(k.transitions({ "a" }, nothing)) end, "this is marked as a task already")
end)
