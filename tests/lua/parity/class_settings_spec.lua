-- What the command line says of user classes: reference parts 4.3 (--equal-weights) and 4.4 (--config-users).
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local object = require "katydid.object"
local spec = require "spec"
local task = require "katydid.task"

local function user(name, attributes, ...)
  local class = k.User:extend(name, attributes)
  for _, field in ipairs { ... } do class[field] = k.task(function() end) end
  return class
end

-- The names of a class's tasks, each as often as it stands in the list.
local function tasks_of(class)
  local names = {}
  for i, entry in ipairs(task.list(object.info(class))) do names[i] = entry.name end
  return table.concat(names, " ")
end

local function load(classes, config, extra)
  local scenario = extra or {}
  scenario.classes = classes
  scenario.config_users = config and { config }
  return spec.load(scenario)
end

local function with_file(text, fn)
  local name = os.tmpname()
  local path = name .. ".json"
  assert(os.rename(name, path))
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local ok, why = pcall(fn, path)
  os.remove(path)
  if not ok then error(why, 0) end
end

describe("--equal-weights", function()
  it("gives every class the weight 1, and leaves fixed counts", function()
    local rows = load({
      user("A", { weight = 7 }, "work"), user("B", { weight = 0.5 }, "work"),
      user("C", { fixed_count = 3 }, "work"),
    }, nil, { equal_weights = true })
    check.same(rows, {
      { name = "A", weight = 1, fixed_count = 0 }, { name = "B", weight = 1, fixed_count = 0 },
      { name = "C", weight = 1, fixed_count = 3 },
    })
  end)

  it("brings in a class of weight 0", function()
    check.equal(#load({ user("A", nil, "work"), user("B", { weight = 0 }, "work") }, nil,
      { equal_weights = true }), 2)
  end)

  it("lets each task stand once, those of task sets among them, the last first", function()
    local Inner = k.TaskSet:extend "Inner"
    Inner.deep = k.task(9, function() end)
    local Set = k.TaskSet:extend "Set"
    Set.one = k.task(2, function() end)
    Set.inner = k.task(Inner)
    Set.two = k.task(function() end)
    local A = k.User:extend "A"
    A.first = k.task(5, function() end)
    A.set = k.task(3, Set)
    A.last = k.task(function() end)
    load({ A }, nil, { equal_weights = true })
    check.equal(tasks_of(A), "last two deep one first")
  end)

  it("runs the tasks of a set with the user, and never enters the set", function()
    local seen = {}
    local Set = k.TaskSet:extend "Set"
    function Set.on_start() seen.entered = true end
    Set.inside = k.task(function(self) seen.with = self.user == self end)
    local A = k.User:extend("A", { wait_time = k.constant(1), tasks = { Set } })
    spec.run { classes = A, seconds = 3, equal_weights = true }
    check.same(seen, { with = true })
  end)

  it("ends where a set holds itself", function()
    local Set = k.TaskSet:extend "Set"
    Set.one = k.task(function() end)
    Set.again = k.task(Set)
    local A = k.User:extend("A", { tasks = { Set } })
    load({ A }, nil, { equal_weights = true })
    check.equal(tasks_of(A), "one")
  end)

  it("keeps tags, those of sets around too", function()
    local Set = k.tag("slow", k.TaskSet:extend "Set")
    Set.one = k.task(function() end)
    Set.two = k.tag("money", k.task(function() end))
    local A = user("A", nil, "quick")
    A.set = k.task(Set)
    load({ A }, nil, { equal_weights = true, tags = { "slow" }, exclude_tags = { "money" } })
    check.equal(tasks_of(A), "one")
  end)

  it("leaves each class's own tasks alone, whichever comes first", function()
    local A = user("A", nil, "one")
    A.two = k.task(3, function() end)
    local B = A:extend "B"
    load({ A, B }, nil, { equal_weights = true })
    check.equal(tasks_of(A), "two one")
    check.equal(tasks_of(B), "two one")
  end)
end)

describe("--config-users", function()
  it("sets attributes of a class from JSON", function()
    local A = user("A", nil, "work")
    local rows = load({ A }, [[
      { "user_class_name": "A", "weight": 2.5, "fixed_count": 4, "cups": 3, "host": "http://b" }
    ]])
    check.same(rows, { { name = "A", weight = 2.5, fixed_count = 4 } })
    check.equal(A.cups, 3)
    check.equal(A.host, "http://b")
  end)

  it("takes a list of objects, and several texts", function()
    local rows = spec.load {
      classes = { user("A", nil, "work"), user("B", nil, "work"), user("C", nil, "work") },
      config_users = {
        '[{"user_class_name": "A", "weight": 2}, {"user_class_name": "B", "weight": 3}]',
        '{"user_class_name": "C", "weight": 4}',
      },
    }
    check.same({ rows[1].weight, rows[2].weight, rows[3].weight }, { 2, 3, 4 })
  end)

  it("takes the name of a file", function()
    with_file('[{"user_class_name": "A", "weight": 2}]', function(path)
      check.equal(load({ user("A", nil, "work") }, path)[1].weight, 2)
    end)
  end)

  it("picks tasks by name, as often as they stood there", function()
    local A = user("A", nil, "one", "three")
    A.two = k.task(3, function() end)
    load({ A }, '{"user_class_name": "A", "tasks": ["two", "one"]}')
    check.equal(tasks_of(A), "one two two two")
  end)

  it("picks them of those that the class had at first", function()
    local A = user("A", nil, "one", "two")
    load({ A }, '[{"user_class_name": "A", "tasks": ["one"]}, {"user_class_name": "A", "tasks": ["two"]}]')
    check.equal(tasks_of(A), "two")
  end)

  it("is there before --equal-weights", function()
    local A = user("A", nil, "one", "two")
    local config = '{"user_class_name": "A", "weight": 9, "tasks": ["two"]}'
    local rows = load({ A }, config, { equal_weights = true })
    check.equal(rows[1].weight, 1)
    check.equal(tasks_of(A), "two")
  end)

  it("leaves out a class that it gives the weight 0", function()
    check.equal(#load({ user("A", nil, "work"), user("B", nil, "work") },
      '{"user_class_name": "A", "weight": 0}'), 1)
  end)

  it("reads null as not set", function()
    local A = user("A", { host = "http://a" }, "work")
    load({ A }, '{"user_class_name": "A", "host": null}')
    check.equal(A.host, nil)
  end)

  it("gives way to --host", function()
    local A = user("A", nil, "work")
    load({ A }, '{"user_class_name": "A", "host": "http://b"}', { host = "http://c" })
    check.equal(A.host, "http://c")
  end)

  it("says what is wrong", function()
    local function bad(config, pattern)
      check.error(function() load({ user("Shopper", nil, "work") }, config) end,
        "^%-%-config%-users" .. pattern)
    end
    bad('{"user_class_name": "Shoper"}', ": unknown user class 'Shoper' %(did you mean 'Shopper'%?%)$")
    bad('{"user_class_name": "X"}', ": unknown user class 'X' %(there are: Shopper%)$")
    bad('{"weight": 3}', ': expected an object with "user_class_name", or a list of these, got a table$')
    bad('[{"user_class_name": "Shopper"}, 3]', ': item 2: expected an object .* got 3$')
    bad("no", ": expected JSON, or the name of a file %*%.json: ")
    bad("nowhere.json", ": nowhere%.json: No such file or directory$")
    bad('{"user_class_name": "Shopper", "weight": -1}',
      ": .*Shopper%.weight: expected a number from 0, got %-1$")
    bad('{"user_class_name": "Shopper", "wait_time": 3}', ": .*Shopper%.wait_time: expected .*, got 3$")
    bad('{"user_class_name": "Shopper", "tasks": ["wrok"]}',
      ": Shopper has no task 'wrok' %(did you mean 'work'%?%)$")
    bad('{"user_class_name": "Shopper", "tasks": 3}',
      ": Shopper%.tasks: expected a list of names of tasks, got 3$")
    with_file("[", function(path) bad(path, " .*%.json: expected JSON") end)
  end)

  it("knows the classes alone that are run", function()
    check.error(function()
      load({ user("A", nil, "work"), user("B", nil, "work") }, '{"user_class_name": "B"}',
        { chosen = { "A" } })
    end, "unknown user class 'B'")
  end)
end)

describe("environment:update_user_class", function()
  -- Runs two classes, changed by `given` when the event comes; how many there were of each.
  local function run(name, given, extra)
    local A, B = user("A", { wait_time = k.constant(1e6) }, "one", "two"),
      user("B", { wait_time = k.constant(1e6) }, "work")
    local counts, first = {}, true
    local function change(e)
      if first then e.environment:update_user_class(given) end
      first = false
    end
    local function count(e) counts[#counts + 1] = e.environment.runner.user_classes_count end
    k.events[name]:add_listener(change)
    k.events.test_stopping:add_listener(count)
    if extra then extra(A) end
    spec.run { classes = { A, B }, users = 8, seconds = 10 }
    k.events[name]:remove_listener(change)
    k.events.test_stopping:remove_listener(count)
    return counts, A
  end

  it("in a listener of init or test_start changes what the test begins with", function()
    for _, name in ipairs { "init", "test_start" } do
      check.same(run(name, { user_class_name = "A", weight = 3 }), { { A = 6, B = 2 } })
      check.same(run(name, { user_class_name = "A", fixed_count = 1 }), { { A = 1, B = 7 } })
    end
  end)

  it("in the middle of a test changes the next one", function()
    local stops = 0
    local function stop(e)
      stops = stops + 1
      if stops == 1 then e.environment.runner:start(8, 100) end
    end
    k.events.test_stop:add_listener(stop)
    local counts = run("spawning_complete", { user_class_name = "A", weight = 3 }, function(A)
      function A:on_start()
        k.sleep(1)
        if stops == 0 then self.environment.runner:stop() end
      end
    end)
    k.events.test_stop:remove_listener(stop)
    check.same(counts, { { A = 3, B = 4 }, { A = 6, B = 2 } }) -- who stopped the first one has gone
  end)

  it("sets attributes, and picks tasks", function()
    local _, A = run("init", { user_class_name = "A", cups = 3, tasks = { "two" } })
    check.equal(A.cups, 3)
    check.equal(tasks_of(A), "two")
  end)

  it("picks tasks for users who run, too", function()
    local done = {}
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    A.one = k.task(function() done[#done + 1] = 1 end)
    A.two = k.task(function(self)
      done[#done + 1] = 2
      if #done >= 10 and self.id == 1 then
        self.environment:update_user_class { user_class_name = "A", tasks = { "one" } }
      end
    end)
    spec.run { classes = A, users = 2, seconds = 60 }
    check(#done > 100)
    check.equal(table.concat(done):match "2(1+)$":len() > 60, true)
  end)

  it("says what is wrong, with the line", function()
    local wrong = {}
    local function try(e)
      for i, given in ipairs {
        { weight = 3 }, { user_class_name = "C" }, { user_class_name = "A", weight = -1 },
      } do
        local _, why = pcall(e.environment.update_user_class, e.environment, given)
        wrong[i] = why
      end
    end
    k.events.init:add_listener(try)
    spec.run { classes = user("A", { wait_time = k.constant(1) }, "work"), seconds = 1 }
    k.events.init:remove_listener(try)
    local at = "^tests/lua/parity/class_settings_spec%.lua:%d+: environment:update_user_class: "
    check.match(wrong[1], at .. 'expected an object with "user_class_name"')
    check.match(wrong[2], at .. "unknown user class 'C' %(there are: A%)$")
    check.match(wrong[3], at .. "A%.weight: expected a number from 0, got %-1$")
  end)
end)

describe("tags", function()
  it("are filtered by also where a host is given", function()
    local A = user("A", nil, "one")
    A.two = k.tag("money", k.task(function() end))
    load({ A }, nil, { tags = { "money" }, host = "http://a" })
    check.equal(tasks_of(A), "two")
  end)
end)
