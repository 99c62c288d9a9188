-- metric -- what a script measures by itself: counters, gauges, trends, rates.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"

local new, add, describe = core.metric.new, core.metric.add, core.metric.describe

-- What can be added to each kind, as messages say it.
local TAKES = {
  counter = "a number that is not below 0",
  gauge = "a finite number",
  trend = "a finite number",
  rate = "true or false",
}

---Something that is counted beside the requests, by name, for all users together.
---@class katydid.Metric
local methods = {}

---Adds a value: to a counter's sum a number that is not below 0; to a gauge or trend any finite number; to a
---rate true or false.
---@param value number|boolean
function methods:add(value)
  if add(self, value) then return end
  local kind, name = describe(self)
  if not kind then
    blame.raise("metric:add: called on %s; expected what katydid.metric gave, as in metric:add(value)",
                blame.show(self))
  end
  blame.expected(("%s '%s':add"):format(kind, name), TAKES[kind], value)
end

local Metric = {
  __index = function(_, name)
    return methods[name] or blame.unknown("name", name, { "add" }, "a metric")
  end,
  __newindex = function(self, name)
    local kind, of = describe(self)
    blame.raise("%s '%s': a metric's '%s' can't be set; values are added, by :add(value)", kind, of,
                tostring(name))
  end,
  __tostring = function(self)
    return ("%s '%s'"):format(describe(self))
  end,
  __metatable = "a metric",
}

local function make(kind, name)
  if type(name) ~= "string" or name == "" then
    blame.expected("metric." .. kind, "a name, as 'orders'", name)
  end
  local handle, other = new(kind, name, Metric)
  if not handle then
    blame.raise("metric.%s: there is a %s named '%s' already: a name has one kind", kind, other, name)
  end
  return handle
end

---Each gives the metric of this name, for all users and scripts the same one.
local metric = {}

---A sum that only grows, and how much of it comes a second.
---@param name string
---@return katydid.Metric
function metric.counter(name)
  return make("counter", name)
end

---A level: the last value, the lowest, the highest.
---@param name string
---@return katydid.Metric
function metric.gauge(name)
  return make("gauge", name)
end

---Values with average and percentiles: times, sizes, scores.
---@param name string
---@return katydid.Metric
function metric.trend(name)
  return make("trend", name)
end

---How large a share was true.
---@param name string
---@return katydid.Metric
function metric.rate(name)
  return make("rate", name)
end

local KINDS = blame.names(metric)

return setmetatable(metric, {
  __index = function(_, name)
    blame.unknown("kind", name, KINDS, "katydid.metric")
  end,
  __newindex = function(_, name)
    blame.raise("katydid.metric.%s: a script doesn't add names to katydid", tostring(name))
  end,
})
