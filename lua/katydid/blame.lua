-- blame -- errors of misuse, which point at the line of the script, however deep in here they are found.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"

local text = core.text

local blame = {}

-- How the chunks of this half of the program are named: "@lua/katydid/".
local OURS = debug.getinfo(1, "S").source:match("^(.*[/\\])")

---The innermost frame of the script, counted as debug.getinfo does from the caller of this function.
---@return integer? level nil: nothing of a script is running
local function script_level()
  local level = 2
  while true do
    local frame = debug.getinfo(level, "S")
    if not frame then return nil end
    if frame.what ~= "C" and frame.source:sub(1, #OURS) ~= OURS then return level - 1 end
    level = level + 1
  end
end

---Where the script is now.
---@return string? source as debug.getinfo has it
---@return integer? line
---@return string? short the source as messages show it
function blame.place()
  local level = script_level()
  if not level then return nil end
  local frame = debug.getinfo(level, "Sl")
  return frame.source, frame.currentline, frame.short_src
end

---The folder of the script that runs, with a slash at its end; "" for the present one. Where a tail call has
---left no frame of it, that of the script that was loaded first.
---@return string
function blame.folder()
  local source = blame.place()
  if source then return source:match("^@(.*/)") or "" end
  local first = core.run.script_folder
  return first and first .. "/" or ""
end

---Names under which the script's present frame sees functions: its locals, its upvalues, its globals.
---@param wanted table<function, true>
---@return table<function, string>
function blame.names_of(wanted)
  local names = {}
  local level = script_level()
  if not level then return names end
  local fn = debug.getinfo(level, "f").func
  for name, value in next, getfenv(fn) do
    if wanted[value] and type(name) == "string" then names[value] = name end
  end
  for i = 1, math.huge do
    local name, value = debug.getupvalue(fn, i)
    if not name then break end
    if wanted[value] then names[value] = name end
  end
  for i = 1, math.huge do
    local name, value = debug.getlocal(level, i)
    if not name then break end
    if wanted[value] and not name:find("^%(") then names[value] = name end
  end
  return names
end

---Raises the message, with the place in the script before it.
---@param message string
---@param ... any for string.format
function blame.raise(message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  local _, line, short = blame.place()
  if line then message = ("%s:%d: %s"):format(short, line, message) end
  error(message, 0)
end

---A value as a message shows it: 'text', 12, nil, a table.
---@param value any
---@return string
function blame.show(value)
  local kind = type(value)
  if kind == "string" then
    if #value > 60 then value = value:sub(1, 60) .. "…" end
    return text.python_repr(value)
  end
  if kind == "number" or kind == "boolean" or kind == "nil" then return tostring(value) end
  return "a " .. kind
end

---A URL, or what was meant to be one, without its password or token.
---@param url string
---@return string
function blame.masked(url)
  return core.url.mask(url)
end

---Raises "WHERE: expected …, got …".
---@param where string
---@param expected string
---@param got any
function blame.expected(where, expected, got)
  blame.raise(("%s: expected %s, got %s"):format(where, expected, blame.show(got)))
end

---Raises "unknown KIND 'name' of WHOM (did you mean 'near'?)".
---@param kind string "option"
---@param name any
---@param known string[]
---@param whom string? "client:get"
function blame.unknown(kind, name, known, whom)
  local near = type(name) == "string" and text.nearest(name, known)
  local hint = near and (" (did you mean %s?)"):format(text.python_repr(near)) or ""
  local of = whom and " of " .. whom or ""
  blame.raise(("unknown %s %s%s%s"):format(kind, blame.show(name), of, hint))
end

---The names of a table, sorted, as `unknown` and text.nearest want them.
---@param t table
---@return string[]
function blame.names(t)
  local names = {}
  for name in next, t do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

return blame
