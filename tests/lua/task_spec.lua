-- Which tasks a class has, how often, in which order, under which tags; and how one is picked.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"
local object = require "katydid.object"
local tags = require "katydid.tags"
local task = require "katydid.task"

local function nothing() end

local function filter(class, include, exclude)
  tags.filter({ object.info(class) }, include, exclude)
end

-- "a a b": the flat list by names.
local function names(class)
  local list = {}
  for i, entry in ipairs(task.list(object.info(class))) do
    list[i] = entry.name
  end
  return table.concat(list, " ")
end

describe("k.task", function()
  it("marks a task, which stays an ordinary method", function()
    local A = k.User:extend("A")
    A.browse = k.task(function(self, what) return self.prefix .. what end)
    check.equal(type(A.browse), "function")
    local user = object.new(A)
    user.prefix = "seen: "
    check.equal(user:browse("shoes"), "seen: shoes")
    check.equal(names(A), "browse")
  end)

  it("can be called before it is assigned", function()
    check.equal(k.task(function(x) return x + 1 end)(1), 2)
  end)

  it("keeps the order of assignment, and says weights by repetition", function()
    local A = k.User:extend("A")
    A.zebra = k.task(2, nothing)
    A.apple = k.task(nothing)
    A.mango = k.task(3, nothing)
    check.equal(names(A), "zebra zebra apple mango mango mango")
  end)

  it("keeps the order of a table's marks as they are written", function()
    local A = k.User:extend("A", {
      z = k.task(nothing), a = k.task(nothing), m = k.task(nothing), b = k.task(nothing), y = k.task(nothing),
    })
    check.equal(names(A), "z a m b y")
  end)

  it("leaves out tasks of weight 0", function()
    local A = k.User:extend("A")
    A.never = k.task(0, nothing)
    A.ever = k.task(nothing)
    check.equal(names(A), "ever")
  end)

  it("is in the order of the calls, where Lua assigns from the right", function()
    local A = k.User:extend("A")
    A.a, A.b, A.c = k.task(nothing), k.task(nothing), k.task(nothing)
    check.equal(names(A), "a b c")
  end)

  it("replaces a task of the same name in its place, and forgets one that becomes a plain method", function()
    local A = k.User:extend("A")
    A.a = k.task(nothing)
    A.b = k.task(nothing)
    A.a = k.task(2, function() end)
    check.equal(names(A), "a a b")
    A.a = function() end
    check.equal(names(A), "b")
  end)

  it("refuses what can't be a task", function()
    check.error(function() k.task("browse") end, "k%.task: expected a function or a task set, got 'browse'")
    check.error(function() k.task() end, "k%.task: expected a function or a task set, got nil")
    check.error(function() k.task(1.5, nothing) end,
      "k%.task: expected a weight, a whole number from 0 .*got 1%.5")
    check.error(function() k.task(-1, nothing) end, "expected a weight")
    check.error(function() k.task(k.User) end, "expected a function or a task set")
    check.error(function() k.task(k.task(nothing)) end, "marked as a task already")
  end)

  it("refuses names that mean something else", function()
    local A = k.HttpUser:extend("A")
    for _, name in ipairs { "wait", "stop", "rest", "wait_time", "init", "host" } do
      check.error(function() A[name] = k.task(nothing) end, "A%." .. name .. ": a task can't have this name")
    end
    check.error(function() A[1] = k.task(nothing) end, "A%[1%]: a task is assigned to a named field")
  end)

  it("warns of on_start as a task", function()
    local A = k.User:extend("A")
    A.on_start = k.task(nothing)
    check.equal(names(A), "on_start")
    check.contains(spec.log(), "WARNING katydid.user.task: A.on_start is marked as a task")
  end)

  it("doesn't take fields: those belong to the task set", function()
    local mark = k.task(k.TaskSet:extend("T"))
    check.error(function() mark.on_start = nothing end, "'on_start' is set on what k%.task returned")
  end)
end)

describe("the attribute tasks", function()
  local function one() end
  local function two() end

  it("may be a list, in which twice is twice as often", function()
    check.equal(names(k.User:extend("A", { tasks = { one, two, two } })), "one two two")
  end)

  it("may be a list of pairs", function()
    check.equal(names(k.User:extend("A", { tasks = { { two, 2 }, one } })), "two two one")
  end)

  it("may say weights by task, taken in the order of definition", function()
    for _ = 1, 20 do
      local function first() end
      local function second() end
      local function third() end
      local A = k.User:extend("A", { tasks = { [third] = 1, [first] = 2, [second] = 1 } })
      check.equal(names(A), "first first second third")
    end
  end)

  it("orders functions of one line by what they do", function()
    local function make(n) return function() return n end end
    local seen = {}
    for _ = 1, 20 do
      local A = k.User:extend("A", { tasks = { [make(1)] = 1, [make(2)] = 2, [make(3)] = 3 } })
      local got = {}
      for i, entry in ipairs(task.list(object.info(A))) do got[i] = entry.run() end
      seen[table.concat(got, " ")] = true
    end
    check.same(seen, { ["1 2 2 3 3 3"] = true })
  end)

  it("takes task sets, marks and tagged functions", function()
    local Set = k.TaskSet:extend("Set")
    local A = k.User:extend("A", { tasks = { Set, k.task(2, one), { k.tag("t", two), 1 } } })
    check.equal(names(A), "Set one one two")
  end)

  it("comes before marked tasks, and after those of the parent", function()
    local Base = k.User:extend("Base", { tasks = { one } })
    Base.base = k.task(nothing)
    local Sub = Base:extend("Sub", { tasks = { two } })
    Sub.own = k.task(nothing)
    check.equal(names(Sub), "one base two own")
    check.equal(names(Base), "one base")
  end)

  it("names functions as the script does, or by their place", function()
    local A = k.User:extend("A", { tasks = { function() end } })
    check.match(names(A), "^tests/lua/task_spec%.lua:%d+$")
    local B = k.User:extend("B")
    function B.quiet() end
    B.tasks = { B.quiet }
    check.equal(names(B), "quiet")
  end)

  it("says what doesn't fit, where the class was made", function()
    local function bad(tasks, pattern)
      local A = k.User:extend("A", { tasks = tasks })
      check.error(function() names(A) end, "task_spec%.lua:%d+: " .. pattern)
    end
    bad({ "browse" }, "A%.tasks%[1%]: expected a function or a task set, got 'browse'")
    bad({ one, nil, two }, "A%.tasks%[2%]: expected a function or a task set, got nil")
    bad({ { one, "2" } }, "A%.tasks%[1%]: expected a weight, .* got '2'")
    bad({ [one] = 0.5 }, "A%.tasks: expected a weight, .* got 0%.5")
    bad({ browse = 3 }, "A%.tasks: expected a function or a task set, got 'browse'")
    bad({ one, [two] = 3 }, "A%.tasks: expected a list of tasks or a table task %-> weight, not both")
  end)
end)

describe("picking", function()
  it("follows the weights", function()
    local counts = { a = 0, b = 0, c = 0 }
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    for name, weight in pairs { a = 1, b = 3, c = 6 } do
      A[name] = k.task(weight, function() counts[name] = counts[name] + 1 end)
    end
    spec.run { classes = A, users = 10, seconds = 1000, spawn_rate = 10 }
    local n = counts.a + counts.b + counts.c
    check(n > 9900 and n <= 10010, n)
    -- Five standard deviations.
    for name, share in pairs { a = 0.1, b = 0.3, c = 0.6 } do
      check.near(counts[name], n * share, 5 * math.sqrt(n * share * (1 - share)))
    end
  end)

  it("is the same again with the same seed, user by user", function()
    local function run(users)
      local trails = {}
      local A = k.User:extend("A", { wait_time = k.between(0, 2) })
      for _, name in ipairs { "x", "y", "z" } do
        A[name] = k.task(function(self) trails[self.id] = (trails[self.id] or "") .. name end)
      end
      spec.run { classes = A, users = users, seconds = 30 }
      return trails
    end
    local few, many = run(2), run(20)
    check.equal(few[1], many[1])
    check.equal(few[2], many[2])
    check(few[1] ~= few[2], "users differ")
  end)
end)

describe("tags", function()
  local function run(class, include, exclude)
    local done = {}
    class.done = function(_, name) done[name] = (done[name] or 0) + 1 end
    spec.run { classes = class, seconds = 200, tags = include, exclude_tags = exclude }
    local list = {}
    for name in pairs(done) do list[#list + 1] = name end
    table.sort(list)
    return table.concat(list, " ")
  end

  local function tagged()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.plain = k.task(function(self) self:done("plain") end)
    A.red = k.tag("red", k.task(function(self) self:done("red") end))
    A.both = k.task(k.tag("red", "big", function(self) self:done("both") end))
    local Set = k.TaskSet:extend("Set")
    Set.leaf = k.tag("leaf", k.task(function(self) self.user:done("leaf") self:interrupt(false) end))
    Set.bare = k.task(function(self) self.user:done("bare") self:interrupt(false) end)
    A.set = k.task(k.tag("set", Set))
    return A
  end

  it("none: everything runs", function()
    check.equal(run(tagged()), "bare both leaf plain red")
  end)

  it("included: one of them is enough, untagged tasks don't run", function()
    check.equal(run(tagged(), { "red" }), "both red")
    check.equal(run(tagged(), { "big", "leaf" }), "both leaf")
  end)

  it("of a task set are those of its tasks", function()
    check.equal(run(tagged(), { "set" }), "bare leaf")
  end)

  it("excluded: untagged tasks run", function()
    check.equal(run(tagged(), nil, { "red", "leaf" }), "bare plain")
  end)

  it("exclusion wins", function()
    check.equal(run(tagged(), { "red" }, { "big" }), "red")
  end)

  it("keep the weights of what stays", function()
    local A = k.User:extend("A")
    A.x = k.tag("t", k.task(3, nothing))
    A.y = k.task(5, nothing)
    filter(A, { "t" }, {})
    check.equal(names(A), "x x x")
  end)

  it("warn where they leave a class without tasks", function()
    local A = k.User:extend("A")
    A.x = k.task(nothing)
    local result = spec.run { classes = A, tags = { "t" }, seconds = 0.5 }
    check.contains(result.log, "A has no tasks left after filtering by tags")
    check.equal(#result.exceptions, 1)
  end)

  it("cope with a set that holds itself", function()
    local Set = k.TaskSet:extend("Set")
    Set.again = k.task(Set)
    Set.leaf = k.tag("t", k.task(nothing))
    local A = k.User:extend("A", { tasks = { Set } })
    filter(A, { "t" }, {})
    check.equal(names(Set), "Set leaf")
  end)

  it("are those of one task, also where its function is another task too", function()
    local A = k.User:extend("A")
    A.x = k.tag("t", k.task(nothing))
    A.y = k.task(nothing)
    A.tasks = { k.tag("t", nothing), nothing }
    filter(A, { "t" }, {})
    check.equal(names(A), "nothing x")
  end)

  it("stack", function()
    local A = k.User:extend("A")
    A.x = k.tag("a", k.task(k.tag("b", nothing)))
    filter(A, { "b" }, { "a" })
    check.equal(names(A), "")
  end)

  it("want names and a task", function()
    check.error(function() k.User:extend("A").x = k.tag("a", nothing) end, "A%.x has a tag and is no task")
    check.error(function() k.tag(nothing) end, "k%.tag: expected at least one name")
    check.error(function() k.tag("a") end, "expected a task as the last argument.*got 'a'")
    check.error(function() k.tag(3, nothing) end, "k%.tag: expected names, got 3")
  end)
end)
