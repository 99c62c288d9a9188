-- k.thresholds: what is added, and what is refused where it stands.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

describe("k.thresholds", function()
  it("takes a list of texts", function()
    k.thresholds { "p95 < 300ms", "GET /login: p(95)<200", "fail_ratio of /a < 1% for 10s abort" }
    k.thresholds {}
  end)

  it("says what is wrong with one, and where", function()
    check.error(function() k.thresholds { "p95 < 3", "p95 <> 3" } end,
      "^tests/lua/thresholds_spec.lua:%d+: k.thresholds: 'p95 <> 3': expected a time such as .*, got '> 3'$")
    check.error(function() k.thresholds { "p95 of 100% < " } end,
      "k.thresholds: 'p95 of 100%% <': expected a time")
  end)

  it("refuses what is no list of texts", function()
    check.error(function() k.thresholds "p95 < 3" end,
      "^tests/lua/thresholds_spec.lua:%d+: k.thresholds: expected a list of texts, as .*, got 'p95 < 3'$")
    check.error(function() k.thresholds() end, "k.thresholds: expected a list of texts, as .*, got nil$")
    check.error(function() k.thresholds { 3 } end, "k.thresholds: item 1: expected a text such as .*, got 3$")
    check.error(function() k.thresholds { http_req_duration = { "p(95)<200" } } end,
      "k.thresholds: expected a list of texts, as .*, got one with the key 'http_req_duration'$")
    check.error(function() k.thresholds { "p95 < 3", [3] = "p95 < 4" } end, "got one with the key 3$")
  end)

  it("comes too late in a test", function()
    local A = k.User:extend("A")
    A.work = k.task(function(self)
      check.error(function() k.thresholds { "p95 < 3" } end,
        "k.thresholds: the test has begun: thresholds are said before, at the top of a script$")
      self:stop()
    end)
    local result = spec.run { classes = A }
    check.same(result.exceptions, {})
  end)
end)
