-- thresholds -- what a run is to hold, said in the script.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"

local thresholds = {}

-- What was said, and where: for `katydid check`.
local said = {}

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
    local _, line, short = blame.place()
    said[#said + 1] = { text = text, place = line and ("%s:%d"):format(short, line) }
  end
end

---Tells of each that is of a metric which no script has made.
---@param tell fun(message: string)
function thresholds.check_metrics(tell)
  for _, one in ipairs(said) do
    local why = core.run.check_threshold(one.text)
    if why then tell(("%sk.thresholds: %s"):format(one.place and one.place .. ": " or "", why)) end
  end
end

return thresholds
