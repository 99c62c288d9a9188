-- pacing_spec -- memory while users run: garbage goes, what is kept stays, and finalizers harm nobody.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local function used_kb()
  return collectgarbage "count"
end

local function full_kb()
  collectgarbage()
  collectgarbage() -- what finalizers held on to
  return used_kb()
end

describe("memory", function()
  it("stays bounded while users make garbage", function()
    local A, most = k.User:extend("A", { wait_time = k.constant(1) }), 0
    local live_kb = full_kb()
    A.litter = k.task(function(self)
      for i = 1, 100 do self.junk = { i, { i } } end
      most = math.max(most, used_kb())
    end)
    spec.run { classes = A, users = 100, seconds = 120 } -- some 120 MB
    check(most < 3 * live_kb + 8192, most)
  end)

  it("stays bounded in one long task too", function()
    local A, most = k.User:extend("A"), 0
    A.litter = k.task(function(self)
      local text = ("x"):rep(50000)
      for i = 1, 4000 do -- some 200 MB
        self.junk = text .. i
        most = math.max(most, used_kb())
      end
      self:stop()
    end)
    spec.run { classes = A }
    check(most < 120 * 1024, most)
  end)

  it("holds what users hold", function()
    local A = k.User:extend("A", { wait_time = k.constant(1) })
    local wrong = 0
    function A:on_start()
      self.kept = { self.id, { self.id } }
    end
    A.look = k.task(function(self)
      for i = 1, 50 do self.junk = { i } end
      if self.kept[2][1] ~= self.id then wrong = wrong + 1 end
    end)
    spec.run { classes = A, users = 50, seconds = 60 }
    check.equal(wrong, 0)
  end)
end)

describe("a finalizer that throws", function()
  it("is logged, and users go on", function()
    local A, rounds = k.User:extend("A", { wait_time = k.constant(1) }), 0
    function A.on_start()
      local proxy = newproxy(true)
      getmetatable(proxy).__gc = function() error("lost", 0) end
    end
    A.litter = k.task(function(self)
      rounds = rounds + 1
      for i = 1, 2000 do self.junk = { i, { i } } end
    end)
    spec.run { classes = A, seconds = 60 }
    check(rounds >= 60, rounds)
    local told = table.concat(spec.log(), "\n")
    check.match(told, "ERROR katydid.script: Error in a finalizer %(__gc%): lost")
  end)
end)
