-- The tree of task shares, against what Locust printed for the same classes.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local json = require "katydid.json"
local object = require "katydid.object"
local ratio = require "katydid.ratio"
local tags = require "katydid.tags"

local function nothing() end

-- The classes of the recording.
local function classes()
  local Browse = k.TaskSet:extend("Browse")
  Browse.item = k.task(2, nothing)
  Browse.leave = k.task(nothing)
  local WebUser = k.User:extend("WebUser", { weight = 3, tasks = { Browse } })
  WebUser.fast = k.task(5, nothing)
  WebUser.slow = k.task(2, nothing)
  WebUser.missing = k.task(nothing)
  local ApiUser = k.User:extend("ApiUser", { weight = 1 })
  ApiUser.post_json = k.task(4, nothing)
  ApiUser.broken = k.task(nothing)
  ApiUser.raises = k.task(nothing)
  local FixedUser = k.User:extend("FixedUser", { fixed_count = 1 })
  FixedUser.fast = k.task(nothing)
  return { WebUser, ApiUser, FixedUser }
end

local function fixture(name)
  local file = assert(io.open("tests/fixtures/locust/console/" .. name, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

describe("the ratio", function()
  it("is shown as Locust shows it", function()
    check.equal(ratio.text(classes(), 0), fixture("task_ratio.out"))
    check.equal(ratio.text(classes(), 10), fixture("task_ratio_u10.out"))
    local _, api = unpack(classes())
    check.equal(ratio.text({ api }, 0), fixture("task_ratio_one_class.out"))
  end)

  it("as JSON is Locust's, byte for byte", function()
    check.equal(ratio.json(classes(), 0), fixture("task_ratio_json.out"))
    check.equal(ratio.json(classes(), 10), fixture("task_ratio_json_u10.out"))
  end)

  it("multiplies down to the leaves", function()
    local Set = k.TaskSet:extend("Set")
    Set.task1 = k.task(1, nothing)
    Set.task3 = k.task(3, nothing)
    local A = k.User:extend("A", { weight = 1, tasks = { Set } })
    local B = k.User:extend("B", { weight = 3, tasks = { Set } })
    local _, total = ratio.trees({ A, B }, 0)
    local leaves = {}
    for _, class in ipairs(total) do
      for _, leaf in ipairs(class.tasks[1].tasks) do leaves[#leaves + 1] = leaf.ratio end
    end
    check.same(leaves, { 0.0625, 0.1875, 0.1875, 0.5625 })
  end)

  it("goes down to any depth, and repeats what is entered in several places", function()
    local Deep = k.TaskSet:extend("Deep")
    Deep.leaf = k.task(3, nothing)
    local Middle = k.SequentialTaskSet:extend("Middle", { tasks = { Deep } })
    local A = k.User:extend("A", { tasks = { { Middle, 2 } } })
    A.deep = k.task(2, Deep)
    Deep.other = k.task(nothing)
    local rows = {}
    for row in ratio.text({ A }, 0):match("Total task ratio\n%-+\n(.*)$"):gmatch("[^\n]+") do
      rows[#rows + 1] = row:gsub("%s+$", "")
    end
    check.same(rows, {
      " 100.0      A",
      "   50.0       Middle",
      "     50.0       Deep",
      "       37.5         leaf",
      "       12.5         other",
      "   50.0       Deep",
      "     37.5       leaf",
      "     12.5       other",
    })
  end)

  it("of a chain says how often each state comes in the long run", function()
    local function shares(Chain, factor)
      local A = k.User:extend("A", { tasks = factor and { Chain, nothing } or { Chain } })
      local per_class, total = ratio.trees({ A }, 0)
      local list = {}
      for i, state in ipairs((factor and total or per_class)[1].tasks[1].tasks) do
        list[i] = ("%s %.6f"):format(state.name, state.ratio)
      end
      return list
    end
    local Circle = k.MarkovTaskSet:extend("Circle")
    Circle.a = k.transitions({ "b" }, nothing)
    Circle.b = k.transitions({ "a" }, nothing)
    check.same(shares(Circle), { "a 0.500000", "b 0.500000" })
    check.same(shares(Circle, 0.5), { "a 0.250000", "b 0.250000" })
    local Shop = k.MarkovTaskSet:extend("Shop")
    Shop.home = k.transitions({ list = 3, home = 1 }, nothing)
    Shop.list = k.transitions({ "home", "list" }, nothing)
    check.same(shares(Shop), { "home 0.400000", "list 0.600000" })
    -- What is passed through once, a choice between two ends, and one that leads nowhere.
    local Fork = k.MarkovTaskSet:extend("Fork")
    Fork.begin = k.transitions({ left = 1, right = 3 }, nothing)
    Fork.left = k.transitions({ left = 0 }, nothing)
    Fork.right = k.transitions({ "last" }, nothing)
    Fork.last = k.transitions({ "right" }, nothing)
    check.same(shares(Fork), { "begin 0.000000", "left 0.250000", "right 0.375000", "last 0.375000" })
    local Inner = k.TaskSet:extend("Inner", { tasks = { nothing } })
    Circle.a = k.transitions({ "b" }, Inner)
    check.contains(ratio.text({ k.User:extend("A", { tasks = { Circle } }) }, 0), "nothing")
  end)

  it("shows what tags leave of a set in each place", function()
    local Set = k.TaskSet:extend("Set")
    Set.plain = k.task(nothing)
    Set.red = k.tag("red", k.task(nothing))
    local A = k.User:extend("A")
    A.all = k.tag("red", k.task(Set))
    A.some = k.task(Set)
    tags.filter({ object.info(A) }, { "red" }, {})
    local per_class, rows = ratio.trees({ A }, 0), {}
    for _, set in ipairs(per_class[1].tasks) do
      for _, leaf in ipairs(set.tasks) do
        rows[#rows + 1] = ("%s %g/%s %g"):format(set.name, set.ratio, leaf.name, leaf.ratio)
      end
    end
    check.same(rows, { "Set 0.5/plain 0.5", "Set 0.5/red 0.5", "Set 0.5/red 1" })
  end)

  it("shows people no control characters", function()
    local A = k.User:extend("A\27[31m\n")
    A["b\r"] = k.task(nothing)
    local text = ratio.text({ A }, 0)
    check.contains(text, "A\\x1b[31m\\x0a ")
    check.contains(text, "b\\x0d ")
  end)

  it("writes names that need it so that they can be read again", function()
    local A = k.User:extend('A "quoted" \\ one')
    A.work = k.task(nothing)
    local tree = json.decode(ratio.json({ A }, 0))
    check.equal(tree.total['A "quoted" \\ one'].ratio, 1)
  end)

  it("shows a set that holds itself once", function()
    local Set = k.TaskSet:extend("Set")
    Set.again = k.task(Set)
    local A = k.User:extend("A", { tasks = { Set } })
    check.contains(ratio.text({ A }, 0), "Set")
  end)
end)
