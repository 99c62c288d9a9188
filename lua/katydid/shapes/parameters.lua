-- parameters -- what the ready shapes are told, checked: what is missing, unknown or doesn't fit is named.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local object = require "katydid.object"

local parameters = {}

---A parameter: `kind` is one of the kinds below; without a `default` it has to be given, unless it may be
---left out.
---@class katydid.shapes.parameter
---@field kind string
---@field default number?
---@field optional boolean?

local function is_number(value, least, most)
  return type(value) == "number" and value >= least and value <= most
end

local function is_whole(value, least)
  return is_number(value, least, 2 ^ 31 - 1) and value == math.floor(value)
end

local kinds = {
  users = {
    expected = "a whole number from 0",
    fits = function(value)
      return is_whole(value, 0)
    end,
  },
  some_users = {
    expected = "a whole number from 1",
    fits = function(value)
      return is_whole(value, 1)
    end,
  },
  seconds = {
    expected = "seconds above 0",
    fits = function(value)
      return is_number(value, 0, 1e9) and value > 0
    end,
  },
  pause = {
    expected = "seconds from 0",
    fits = function(value)
      return is_number(value, 0, 1e9)
    end,
  },
  rate = {
    expected = "users a second, above 0",
    fits = function(value)
      return is_number(value, 0, 1e9) and value > 0
    end,
  },
  -- What is in it is checked against the run's classes when the stage comes.
  classes = {
    expected = "a list of user classes",
    fits = function(value)
      return type(value) == "table" and not object.info(value) and value[1] ~= nil
    end,
  },
}

---The values, with defaults for what was not given. Raises at the line of the script.
---@param what string "shapes.steps"
---@param given any
---@param known table<string, katydid.shapes.parameter>
---@return table<string, any>
function parameters.read(what, given, known)
  if type(given) ~= "table" or object.info(given) then
    blame.expected(what, "a table of parameters", given)
  end
  local names, values = blame.names(known), {}
  for name in next, given do
    if not known[name] then blame.unknown("parameter", name, names, what) end
  end
  for _, name in ipairs(names) do
    local parameter, value = known[name], given[name]
    local kind = kinds[parameter.kind]
    if value == nil then
      value = parameter.default
      if value == nil and not parameter.optional then
        blame.expected(what, ("%s to be %s"):format(name, kind.expected), nil)
      end
    elseif not kind.fits(value) then
      blame.expected(what, ("%s to be %s"):format(name, kind.expected), value)
    end
    values[name] = value
  end
  return values
end

---The second that a tick is about: ticks come when it is over, give or take what the machine takes for them.
---@param shape katydid.LoadTestShape
---@return integer
function parameters.second(shape)
  return math.floor(shape:get_run_time() + 0.5)
end

return parameters
