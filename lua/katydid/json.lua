-- json -- JSON as scenarios see it.
-- SPDX-License-Identifier: MIT

local core_json = require("katydid.core").json
local blame = require "katydid.blame"
local co = require "katydid.co"

---@class katydid.json
---@field null userdata stands for null, in both directions
local json = { null = core_json.null }

---Tables with 1..n alone, or made by `array`, are arrays; all others are objects, `{}` too. Keys of objects
---are written in the order of their names.
---@param value any
---@param indent integer? blanks; none: all in one line
---@return string
function json.encode(value, indent)
  local ok, text = co.pcall(core_json.encode, value, indent)
  if not ok then blame.raise("json.encode: " .. tostring(text)) end
  return text
end

---Throws where it isn't JSON, with the place and the first 60 characters.
---@param text string
---@return any
function json.decode(text)
  if type(text) ~= "string" then blame.expected("json.decode", "a string", text) end
  local ok, value = co.pcall(core_json.decode, text)
  if not ok then blame.raise(value) end
  return value
end

---A table that is an array even when it is empty.
---@param t table? a new one if not given
---@return table
function json.array(t)
  if t ~= nil and type(t) ~= "table" then blame.expected("json.array", "a table", t) end
  local ok, array = co.pcall(core_json.array, t)
  if not ok then blame.raise("json.array: " .. tostring(array)) end
  return array
end

return json
