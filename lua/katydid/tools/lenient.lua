-- lenient -- has a script loaded on past its mistakes, so that `katydid check` can name them all.
--
-- Whatever of the API is refused while a script is loaded is told, and gives NOTHING in the place of its
-- value: something that may be called, indexed and calculated with, and gives NOTHING again. What is done
-- with NOTHING is no further mistake; a class that got some of it is spoiled: what it lacks says nothing.
-- SPDX-License-Identifier: MIT

local blame = require "katydid.blame"
local co = require "katydid.co"
local env = require "katydid.env"
local events = require "katydid.events"
local katydid = require "katydid"
local metric = require "katydid.metric"
local object = require "katydid.object"
local parser = require "katydid.parser"
local shapes = require "katydid.shapes"

local lenient = {}

local NOTHING = {}
lenient.NOTHING = NOTHING

local function nothing()
  return NOTHING
end
local Nothing = { __newindex = function() end, __tostring = function() return "nothing" end }
for _, event in ipairs {
  "index", "call", "concat", "unm", "add", "sub", "mul", "div", "mod", "pow", "len",
} do
  Nothing["__" .. event] = nothing
end
setmetatable(NOTHING, Nothing)

local tell -- who is told at present; nil: nobody, and mistakes are errors
local spoiled = {} -- classes

local function has_nothing(...)
  for i = 1, select("#", ...) do
    if rawequal((select(i, ...)), NOTHING) then return true end
  end
  return false
end

-- In a list of tasks, or in one of its pairs.
local function holds_nothing(value, depth)
  if type(value) ~= "table" or object.info(value) then return false end
  for key, item in next, value do
    if rawequal(key, NOTHING) or rawequal(item, NOTHING) then return true end
    if depth > 0 and holds_nothing(item, depth - 1) then return true end
  end
  return false
end

local function given(ok, first, ...)
  if ok then return first, ... end
  if not tell or type(first) ~= "string" then error(first, 0) end
  tell(first)
  return NOTHING
end

local function guard(fn)
  return function(...)
    if has_nothing(...) then return NOTHING end
    return given(co.pcall(fn, ...))
  end
end

local function guard_assign(fn)
  local guarded = guard(fn)
  return function(class, key, value)
    if guarded(class, key, value) == NOTHING or holds_nothing(value, 1) then spoiled[class] = true end
  end
end

---Whether a class, or one that it extends, got less than the script meant to give it.
---@param class table
---@return boolean
function lenient.is_spoiled(class)
  local info = object.info(class)
  while info do
    if spoiled[info.instance.class] then return true end
    info = info.parent
  end
  return false
end

local GUARDED = { katydid, shapes, metric, env } -- what scripts call of these, and names that they haven't
local METHODS = { { events.init, "add_listener" }, { parser.new {}, "add_argument" } }

local function replace(t, key, value, undo)
  undo[#undo + 1] = { t, key, rawget(t, key) }
  rawset(t, key, value)
end

local function guard_all(undo)
  for _, module in ipairs(GUARDED) do
    for _, name in ipairs(blame.names(module)) do
      local value = rawget(module, name)
      if type(value) == "function" then replace(module, name, guard(value), undo) end
    end
  end
  for _, closed in ipairs { katydid, shapes, metric, events } do
    local meta = getmetatable(closed)
    replace(meta, "__index", guard(meta.__index), undo)
  end
  for _, method in ipairs(METHODS) do
    local class = getmetatable(method[1])
    replace(class, method[2], guard(class[method[2]]), undo)
  end
end

---Calls fn(...), which loads scripts. Mistakes that it needn't end by are told; what it throws is thrown.
---@param told fun(message: string) with the place before it, where there is one
---@param fn fun(...): ...
---@param ... any
---@return any ... what it returned
function lenient.load(told, fn, ...)
  local undo = {}
  tell = told
  guard_all(undo)
  object.guard(guard, guard_assign)
  local function finish(ok, ...)
    for i = #undo, 1, -1 do
      rawset(undo[i][1], undo[i][2], undo[i][3])
    end
    object.guard(nil)
    tell = nil
    if not ok then error((...), 0) end
    return ...
  end
  return finish(co.pcall(fn, ...))
end

return lenient
