-- Who is spawned, when and in which order: reference parts 8.2 to 8.6, 8.9, and 9.2. The dispatcher itself,
-- with all worked examples of part 8.10 and workers that come and go, is held in
-- tests/unit/run/test_dispatch.c.
--
-- One thing is done otherwise: Locust starts the users of a step of max(1, floor(rate)) all at once; ours are
-- spread over the step's time, and are as many as Locust's at the end of each.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local began
local came -- { at, class, by }: in order

k.events.test_start:add_listener(function() began = spec.now() end)

local function idler(name, attributes)
  attributes = attributes or {}
  attributes.wait_time = k.constant(1e6)
  local class = k.User:extend(name, attributes)
  class.work = k.task(function() end)
  local function note(by) came[#came + 1] = { at = spec.now() - began, class = name, by = by } end
  function class.on_start() note(1) end
  function class.on_stop() note(-1) end
  return class
end

-- Classes of these names with weights: { A = 1, B = 2 }; in no order, which is the names' then.
local function idlers(weights)
  local classes = {}
  for name, weight in pairs(weights) do classes[#classes + 1] = idler(name, { weight = weight }) end
  return classes
end

local function planned(plan, seconds)
  local Shape = k.LoadTestShape:extend "Shape"
  function Shape:tick()
    local now = math.floor(self:get_run_time() + 0.5)
    if now >= seconds then return nil end
    local last
    for second = 0, now do last = plan[second] or last end
    return last[1], last[2], last[3]
  end
  return Shape
end

-- The classes of those who came (or, with -1, went) until `seconds`, as letters.
local function order(by, seconds)
  local letters = {}
  for _, change in ipairs(came) do
    if change.by == (by or 1) and change.at < (seconds or math.huge) then
      letters[#letters + 1] = change.class
    end
  end
  return table.concat(letters)
end

-- "3 2 0": how many came of each of these classes, less those who went, until `seconds`.
local function counts(names, seconds)
  local n, list = {}, {}
  for _, change in ipairs(came) do
    if change.at < (seconds or math.huge) then n[change.class] = (n[change.class] or 0) + change.by end
  end
  for name in names:gmatch "%a" do list[#list + 1] = n[name] or 0 end
  return table.concat(list, " ")
end

local function check_arrivals(rate, first, last, begin)
  for i = first or 1, last or #came do
    local expected = (begin or 0) + (i - (first or 1)) / rate
    if math.abs(came[i].at - expected) > 2e-6 then
      error(("user %d came at %.7f s, expected %.7f"):format(i, came[i].at, expected), 0)
    end
  end
end

describe("spawning", function()
  before_each(function() came = {} end)

  it("begins at once, and goes on at the rate: 0.1 to 100,000 a second", function()
    for rate, users in pairs {
      [0.1] = 5, [0.5] = 9, [1] = 9, [2.4] = 9, [12.7] = 50, [1000] = 300, [1e5] = 700,
    } do
      came = {}
      spec.run { classes = idler "A", users = users, spawn_rate = rate, seconds = users / rate + 1 }
      check.equal(#order(), users)
      check_arrivals(rate, 1, users)
    end
  end)

  it("of 1,000 users over an hour has each come at its time", function()
    local result = spec.run { classes = idler "A", users = 1000, spawn_rate = 1000 / 3600, seconds = 3600 }
    check.equal(#order(), 1000)
    check_arrivals(1000 / 3600, 1, 1000)
    for t = 1, 3599 do
      check.equal(result.users[t], math.floor(t / 3.6 + 1e-9) + 1)
    end
    check.near(result.seconds, 3600, 1e-6)
  end)

  it("goes down at the same rate", function()
    spec.run { classes = { idler "A", planned({ [0] = { 9, 100 }, [1] = { 0, 2.4 } }, 10) } }
    check.equal(#order(-1), 9)
    check_arrivals(2.4, 10, 18, 1)
  end)

  it("isn't held up by an on_start that takes its time", function()
    local A = k.User:extend("A", { wait_time = k.constant(1e6) })
    A.work = k.task(function() end)
    function A.on_start()
      came[#came + 1] = { at = spec.now() - began, class = "A", by = 1 }
      k.sleep(100)
    end
    spec.run { classes = A, users = 10, spawn_rate = 2, seconds = 50 }
    check.equal(#came, 10)
    check_arrivals(2)
  end)

  it("counts who is in his on_start as a user", function()
    local A = idler "A"
    function A.on_start() k.sleep(10) end
    check.equal(spec.run { classes = A, users = 3, seconds = 5 }.users[2], 3)
  end)

  it("is complete, and says so, when the last has come; at once where all are there", function()
    local times = {}
    local function note(e) times[#times + 1] = ("%d@%g"):format(e.user_count, spec.now() - began) end
    k.events.spawning_complete:add_listener(note)
    local Shape = planned({ [0] = { 5, 1 }, [6] = { 5, 2 }, [8] = { 2, 1 } }, 12)
    spec.run { classes = { idler "A", Shape } }
    k.events.spawning_complete:remove_listener(note)
    check.same(times, { "5@4", "5@6", "2@10" })
  end)

  it("replaces who has ended at the next step of a ramp, and nobody after it", function()
    local A = idler "A"
    local ended = {}
    A.work = k.task(function(self)
      if self.id == 1 or self.id == 5 then
        ended[#ended + 1] = self.id
        if self.id == 5 then k.sleep(10) end
        self:stop()
      end
    end)
    local result = spec.run { classes = A, users = 4, spawn_rate = 1, seconds = 30 }
    -- The first ended at once, and came again with the second step; the fifth, who came for the first, ended
    -- when the ramp was over.
    check.equal(#order(), 5)
    check.equal(#ended, 2)
    check.equal(result.users[5], 4)
    check.equal(result.users[29], 3)
  end)
end)

describe("the order of classes", function()
  before_each(function() came = {} end)

  -- Reference 8.4: the first picks.
  for _, row in ipairs {
    { { A = 1, B = 1, C = 1 }, "ABCABCABC" },
    { { A = 5, B = 1 }, "AABAAAAABAAAAABAAAAABAAA" },
    { { A = 1, B = 2, C = 3 }, "CBACBCCBACBCCBACBCCBACBC" },
    { { A = 5, B = 3, C = 2 }, "ABCABAACBAABCABAACBA" },
    { { A = 0.8, B = 1 }, "BABABABABBABABABABBABABABABBAB" },
    { { A = 20, B = 25 }, "BABABABABBABABABABBABABABABBAB" },
    { { A = 10, B = 20, C = 70 }, "CCBCACCBCCCCBCACCBCCCCBCACCBCC" },
  } do
    it("is by name and weight: " .. row[2], function()
      spec.run { classes = idlers(row[1]), users = #row[2], seconds = 1 }
      check.equal(order(1, 0.9), row[2])
    end)
  end

  it("is the same whatever the rate", function()
    for _, rate in ipairs { 0.5, 3, 1000 } do
      came = {}
      local classes = idlers { A = 1, B = 2, C = 3 }
      spec.run { classes = classes, users = 12, spawn_rate = rate, seconds = 12 / rate + 1 }
      check.equal(order(), "CBACBCCBACBC")
    end
  end)

  it("goes on in the next ramp, and isn't wound back when users go", function()
    spec.run {
      classes = { idler "A", idler "B", idler "C", planned({
        [0] = { 4, 100 }, [1] = { 5, 100 }, [2] = { 3, 100 }, [3] = { 5, 100 },
      }, 4) },
    }
    check.equal(order(1), "ABCAB" .. "CA")
    check.equal(order(-1, 3), "BA")
  end)

  it("is backwards when users go", function()
    spec.run {
      classes = { idler "A", idler "B", idler "C", planned({ [0] = { 5, 100 }, [1] = { 0, 10 } }, 3) },
    }
    check.equal(order(1), "ABCAB")
    check.equal(order(-1), "BACBA")
  end)

  it("gives shares as near to the weights as can be", function()
    for _, row in ipairs {
      { { A = 4, B = 5 }, 9, "4 5" }, { { A = 0.8, B = 1 }, 18, "8 10" }, { { A = 1, B = 3 }, 10, "3 7" },
      { { A = 1, B = 2 }, 75, "25 50" },
    } do
      came = {}
      spec.run { classes = idlers(row[1]), users = row[2], spawn_rate = 1000, seconds = 1 }
      check.equal(counts("AB", 0.9), row[3])
    end
  end)
end)

describe("the classes of runner:start", function()
  before_each(function() came = {} end)

  it("are those that are added from then on; the others stay", function()
    local A, B = idler "A", idler "B"
    local function later(self)
      if self.id > 1 then return end
      k.sleep(1)
      self.environment.runner:start(5, 100, { B })
      k.sleep(1)
      self.environment.runner:start(6, 100)
      k.sleep(1)
      self.environment.runner:start(8, 100, { "A" })
      k.sleep(1)
      self.environment.runner:start(5, 100, { "A" })
    end
    A.work = k.task(later)
    spec.run { classes = { A, B }, users = 2, seconds = 6 }
    check.equal(order(1), "AB" .. "BBB" .. "B" .. "AA")
    check.equal(order(-1, 5.9), "AAB")
  end)

  it("are those that a test begins with; the next has all again", function()
    local function first(e) e.environment.runner:start(2, 100, { "B" }) end
    local stops = 0
    local function stop(e)
      stops = stops + 1
      if stops == 1 then e.environment.runner:start(2, 100) end
    end
    local A, B = idler "A", idler "B"
    B.work = k.task(function(self)
      k.sleep(1)
      self.environment.runner:stop()
    end)
    k.events.init:add_listener(first)
    k.events.test_stop:add_listener(stop)
    spec.run { classes = { A, B }, users = 4, seconds = 10 }
    k.events.init:remove_listener(first)
    k.events.test_stop:remove_listener(stop)
    check.equal(order(1), "BB" .. "AB")
  end)

  it("are looked at", function()
    local wrong = {}
    local A = idler "A"
    A.work = k.task(function(self)
      for i, classes in ipairs { "A", {}, { 3 }, { "B" }, { idler "C" } } do
        local _, why = pcall(self.environment.runner.start, self.environment.runner, 1, 1, classes)
        wrong[i] = why:gsub("^.-dispatch_spec.lua:%d+: ", "")
      end
    end)
    spec.run { classes = A, seconds = 1 }
    check.same(wrong, {
      "runner:start: expected a list of user classes, got 'A'",
      "runner:start: expected a list of user classes, got a table",
      "runner:start: expected each user class to be a class or its name, got 3",
      "unknown user class 'B' of runner:start",
      "unknown user class 'C' of runner:start",
    })
  end)
end)

describe("fixed counts", function()
  before_each(function() came = {} end)

  local function fixed(name, n) return idler(name, { fixed_count = n }) end

  it("come before all others, and in exactly that number", function()
    for _, row in ipairs {
      { { fixed("A", 1), idler "B", idler "C" }, 3, "1 1 1" },
      { { fixed("A", 1), idler "B", idler "C" }, 9, "1 4 4" },
      { { fixed("A", 8), idler "B", idler "C" }, 10, "8 1 1" },
      { { fixed("A", 1), idler("B", { weight = 3 }), idler("C", { weight = 0.5 }) }, 15, "1 12 2" },
      { { fixed("A", 50), idler("B", { weight = 2 }), idler "C", idler "D", idler "E" }, 100,
        "50 20 10 10 10" },
      { { fixed("A", 25), fixed("B", 25), idler("C", { weight = 3 }), idler "D", idler "E" }, 100,
        "25 25 30 10 10" },
      { { fixed("A", 9), fixed("B", 1), idler("C", { weight = 5 }), idler("D", { weight = 3 }),
          idler("E", { weight = 2 }) }, 20, "9 1 5 3 2" },
    } do
      came = {}
      spec.run { classes = row[1], users = row[2], spawn_rate = 1000, seconds = 2 }
      check.equal(counts("ABCDE", 1.9):sub(1, #row[3]), row[3])
    end
  end)

  it("are interleaved among each other by what is missing", function()
    spec.run { classes = { fixed("A", 3), fixed("B", 6), idler "C" }, users = 11, seconds = 2 }
    check.equal(order(1, 1.9), "BABBABBABCC")
  end)

  it("of which there are more than users come in part", function()
    spec.run { classes = { fixed("A", 10), fixed("B", 10), idler "C" }, users = 5, seconds = 1 }
    check.equal(counts("ABC", 0.9), "3 2 0")
  end)

  it("end the ramp below its target where there is no other class", function()
    local result = spec.run { classes = { fixed("A", 3), fixed("B", 6) }, users = 20, seconds = 3 }
    check.equal(counts("AB", 2), "3 6")
    check.contains(result.log, 'All users spawned: {"A": 3, "B": 6} (9 total users)')
    local complete = {}
    local function note(e) complete[#complete + 1] = { e.user_count, spec.now() - began } end
    k.events.spawning_complete:add_listener(note)
    spec.run { classes = { fixed("A", 1), fixed("B", 2) }, users = 20, spawn_rate = 2, seconds = 30 }
    k.events.spawning_complete:remove_listener(note)
    check.equal(#complete, 1)
    check.equal(complete[1][1], 3)
    check.near(complete[1][2], 1.5, 1e-6) -- when the fourth would have come
  end)

  it("are filled up again after users went", function()
    spec.run {
      classes = { fixed("A", 2), idler("B", { weight = 1 }), idler("C", { weight = 3 }), planned({
        [0] = { 5, 1 }, [10] = { 2, 1 }, [20] = { 1, 1 }, [30] = { 7, 1 },
      }, 40) },
    }
    check.equal(counts("ABC", 9), "2 1 2")
    check.equal(counts("ABC", 19), "2 0 0")
    check.equal(counts("ABC", 29), "1 0 0")
    check.equal(counts("ABC", 39), "2 1 4")
  end)
end)

describe("a class of weight 0", function()
  it("is left out; all of them are an error", function()
    came = {}
    spec.run { classes = { idler("A", { weight = 0 }), idler "B" }, users = 3, seconds = 1 }
    check.equal(counts("AB", 0.9), "0 3")
    check.error(function() spec.load { classes = { idler("A", { weight = 0 }) } } end,
      "no user class to run: weight and fixed_count of A are 0")
  end)
end)
