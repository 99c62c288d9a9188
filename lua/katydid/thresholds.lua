-- thresholds -- what a run is to hold, said in the script.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"

local thresholds = {}

local EXPECTED = [[a list of texts, as { "p95 < 300ms", "fail_ratio < 1%" }]]

---What the run is to hold, beside what the command line and files say; each a text of one grammar:
---`METRIC [of NAME] OP VALUE [for TIME] [abort]`, or k6's `NAME: p(95)<300`. A mistake is an error here.
---
---    k.thresholds { "p95 of GET /items/[id] < 300ms", "fail_ratio < 5% for 10s abort" }
---@param list string[]
function thresholds.thresholds(list)
  if type(list) ~= "table" then blame.expected("k.thresholds", EXPECTED, list) end
  for key in next, list do
    if type(key) ~= "number" or key < 1 or key > #list or key % 1 ~= 0 then
      blame.raise("k.thresholds: expected %s, got one with the key %s", EXPECTED, blame.show(key))
    end
  end
  for i, text in ipairs(list) do
    if type(text) ~= "string" then
      blame.expected(("k.thresholds: item %d"):format(i), "a text such as 'p95 < 300ms'", text)
    end
    local why = core.run.add_threshold(text)
    if why then blame.raise("k.thresholds: %s", why) end
  end
end

return thresholds
