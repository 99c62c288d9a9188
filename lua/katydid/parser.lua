-- parser -- the options that a script adds: e.parser of events.init_command_line_parser.
--
-- What is added here becomes rows of the program's own table of options, so that the command line, the
-- environment, katydid.conf and --help know them as they know --users.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local text = require("katydid.core").text

local parser = {}

local WHAT = "add_argument"

-- How a value is to be written, and whether a default is one.
local TYPES = {
  string = {
    placeholder = "TEXT",
    expected = "a string without zero bytes",
    fits = function(value)
      return type(value) == "string" and not value:find("%z")
    end,
  },
  integer = {
    placeholder = "N",
    expected = "a whole number",
    fits = function(value)
      return type(value) == "number" and value == math.floor(value) and math.abs(value) < 2 ^ 53
    end,
  },
  number = {
    placeholder = "NUMBER",
    expected = "a number",
    fits = function(value)
      return type(value) == "number" and value - value == 0
    end,
  },
  boolean = {
    expected = "true or false",
    fits = function(value)
      return type(value) == "boolean"
    end,
  },
}
local TYPE_NAMES = blame.names(TYPES)

local function is_boolean(value)
  return type(value) == "boolean"
end

local function is_string(value)
  return type(value) == "string"
end

-- What a script may say of an option.
local FIELDS = {
  type = { expected = "one of 'boolean', 'integer', 'number' and 'string'", fits = is_string },
  default = { expected = "a value", fits = function() return true end },
  choices = {
    expected = "a list of values",
    fits = function(value)
      return type(value) == "table" and #value > 0
    end,
  },
  help = { expected = "a string", fits = is_string },
  env = {
    expected = "the name of a variable",
    fits = function(value)
      return is_string(value) and value:find("^[%a_][%w_]*$") ~= nil
    end,
  },
  is_secret = { expected = "true or false", fits = is_boolean },
  is_required = { expected = "true or false", fits = is_boolean },
  is_multiple = { expected = "true or false", fits = is_boolean },
  include_in_web_ui = { expected = "true or false", fits = is_boolean },
}
local FIELD_NAMES = blame.names(FIELDS)

---What a script may say of an option.
---@class katydid.ArgumentSpec
---@field type "string"|"integer"|"number"|"boolean"|nil nil: string; boolean: a flag
---@field default any the value where none is given; nil: none (a flag's is false)
---@field choices any[]? the values that there are
---@field help string? for --help
---@field env string? the variable's name; nil: KATYDID_ and the option's in capitals
---@field is_secret boolean? its value is shown nowhere
---@field is_required boolean? there is no run without it
---@field is_multiple boolean? it may be given several times, and its value is a list of strings
---@field include_in_web_ui boolean? nil: true; false: the page's form doesn't ask for it

---@class katydid.Argument
---@field name string "max-items"
---@field letter string?
---@field dest string "max_items": its name in parsed_options
---@field spec katydid.ArgumentSpec
---@field type string

---@class katydid.ArgumentParser
---@field private _arguments katydid.Argument[]
---@field private _taken table<string, string> a name with underscores, or a letter -> whose it is
---@field private _is_closed boolean
local Parser = {}
Parser.__index = Parser

---@param taken string[] long names and letters that are the program's own
---@return katydid.ArgumentParser
function parser.new(taken)
  local names = {}
  for _, name in ipairs(taken) do
    names[name:gsub("-", "_")] = "katydid's own"
  end
  return setmetatable({ _arguments = {}, _taken = names, _is_closed = false }, Parser)
end

-- Takes names off the front of add_argument's arguments: one "--long", at most one "-l".
local function take_names(...)
  local long, letter, n = nil, nil, 0
  for i = 1, select("#", ...) do
    local name = select(i, ...)
    if type(name) ~= "string" then break end
    n = i
    if not long and name:find("^%-%-%a[%w_-]+$") then
      long = name:sub(3)
    elseif not letter and name:find("^%-%a$") then
      letter = name:sub(2)
    else
      blame.expected(WHAT, "the name of an option, as '--items' or '-i'", name)
    end
  end
  if not long then blame.expected(WHAT, "the name of an option, as '--items'", (...)) end
  return long, letter, select(n + 1, ...)
end

local function check_fields(where, spec)
  if type(spec) ~= "table" then blame.expected(where, "a table that describes the option", spec) end
  for _, name in ipairs(blame.names(spec)) do
    local field = FIELDS[name]
    if not field then blame.unknown("field", name, FIELD_NAMES, where) end
    if not field.fits(spec[name]) then
      blame.expected(where .. ": " .. name, field.expected, spec[name])
    end
  end
  if spec.type and not TYPES[spec.type] then
    local near = text.nearest(spec.type, TYPE_NAMES)
    blame.expected(where .. ": type", near and ("'%s'"):format(near) or FIELDS.type.expected, spec.type)
  end
end

local function check_choices(where, spec, kind)
  if not spec.choices then return end
  if spec.type == "boolean" or spec.is_multiple then
    blame.raise("%s: choices don't go with %s", where, spec.is_multiple and "is_multiple" or "a boolean")
  end
  for _, choice in ipairs(spec.choices) do
    if not kind.fits(choice) then blame.expected(where .. ": choices", kind.expected .. " each", choice) end
  end
end

local function is_among(value, list)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

local function check_default(where, spec, kind)
  local default = spec.default
  if default == nil then return end
  -- A secret's own default may be shown to nobody.
  local function refuse(expected)
    blame.expected(where .. ": default", expected, spec.is_secret and "***" or default)
  end
  if spec.is_multiple then
    if type(default) ~= "table" then refuse "a list of strings" end
    for _, item in ipairs(default) do
      if not kind.fits(item) then refuse "a list of strings" end
    end
  elseif not kind.fits(default) then
    refuse(kind.expected)
  elseif spec.choices and not is_among(default, spec.choices) then
    refuse "one of the choices"
  end
end

local function check_spec(where, spec)
  local kind = TYPES[spec.type or "string"]
  if spec.is_multiple and (spec.type or "string") ~= "string" then
    blame.raise("%s: is_multiple goes with strings, not with the type %s", where, spec.type)
  end
  if spec.is_required and spec.default ~= nil then
    blame.raise("%s: what is_required has no use for a default", where)
  end
  check_choices(where, spec, kind)
  check_default(where, spec, kind)
end

local function take(self, where, shown, name)
  if self._taken[name] then
    blame.raise("%s: there is an option %s already; it is %s", where, shown, self._taken[name])
  end
  self._taken[name] = "a script's"
end

---Adds an option: `e.parser:add_argument("--items", "-i", { type = "integer", default = 3 })`.
---Its value is in environment.parsed_options, by its long name with underscores.
---@param ... string|katydid.ArgumentSpec "--long" and perhaps "-l", then what is to be known of it
function Parser:add_argument(...)
  if self._is_closed then
    blame.raise("%s: options are added in a listener of events.init_command_line_parser", WHAT)
  end
  local long, letter, spec, more = take_names(...)
  local where = ("%s('--%s')"):format(WHAT, long)
  if more ~= nil then blame.expected(where, "nothing behind the table", more) end
  spec = spec == nil and {} or spec
  check_fields(where, spec)
  check_spec(where, spec)
  local dest = long:gsub("-", "_")
  take(self, where, "--" .. long, dest)
  if letter then take(self, where, "-" .. letter, letter) end
  self._arguments[#self._arguments + 1] = {
    name = long, letter = letter, dest = dest, spec = spec, type = spec.type or "string",
  }
end

-- A value as one would write it.
local function written(value)
  if type(value) == "number" then return ("%.17g"):format(value) end
  return tostring(value)
end

local function on_one_line(help)
  return (help:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- A list has no one text to begin with: parser.values puts it in.
local function help_of(spec)
  local help = on_one_line(spec.help or "")
  if not (spec.is_multiple and spec.default and #spec.default > 0) then return help end
  local shown = spec.is_secret and "***" or table.concat(spec.default, ", ")
  return ("%s%s(default: %s)"):format(help, help ~= "" and " " or "", shown)
end

---One row of the program's table.
---@class katydid.OptionRow
---@field name string
---@field letter string?
---@field type "boolean"|"string"|"integer"|"number"|"choice"|"strings"
---@field value string? how help shows the value
---@field preset string? the default
---@field choices string[]?
---@field help string
---@field variable string?
---@field is_secret boolean
---@field is_required boolean

---@param argument katydid.Argument
---@return katydid.OptionRow
local function row_of(argument)
  local spec = argument.spec
  local row = {
    name = argument.name, letter = argument.letter, type = argument.type, help = help_of(spec),
    value = TYPES[argument.type].placeholder, variable = spec.env,
    is_secret = spec.is_secret or false, is_required = spec.is_required or false,
  }
  if spec.is_multiple then row.type = "strings" end
  if spec.default ~= nil and not spec.is_multiple then row.preset = written(spec.default) end
  if spec.choices then
    row.type, row.choices = "choice", {}
    for i, choice in ipairs(spec.choices) do
      row.choices[i] = written(choice)
    end
    row.value = table.concat(row.choices, "|")
  end
  return row
end

---No more options from now on.
---@param self katydid.ArgumentParser
---@return katydid.OptionRow[]
function parser.close(self)
  self._is_closed = true
  local rows = {}
  for i, argument in ipairs(self._arguments) do
    rows[i] = row_of(argument)
  end
  return rows
end

---Gives the values of the script's own options the types that the script knows.
---@param self katydid.ArgumentParser
---@param options table<string, any> by name with underscores; changed
function parser.settle(self, options)
  for _, argument in ipairs(self._arguments) do
    local spec, dest = argument.spec, argument.dest
    if spec.choices then
      for _, choice in ipairs(spec.choices) do
        if written(choice) == options[dest] then
          options[dest] = choice
          break
        end
      end
    elseif spec.is_multiple and options[dest] == nil and spec.default then
      options[dest] = { unpack(spec.default) }
    end
  end
end

return parser
