-- The tree of task shares, against what Locust printed for the same classes.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local json = require "katydid.json"
local ratio = require "katydid.ratio"

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
