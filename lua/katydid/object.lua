-- object -- classes: extend, is, and what may be set on them.
--
-- A class is an empty table; what is set on it lands in a table of fields that instances look into, so that
-- every assignment is seen: attributes are checked, slips of their names refused, tasks noted in their order.
-- Lookups cost what ordinary inheritance costs.
-- SPDX-License-Identifier: MIT

local text = require("katydid.core").text
local blame = require "katydid.blame"

local object = {}

---What is known of a class; the class's metatable.
---@class katydid.class_info
---@field name string
---@field parent katydid.class_info?
---@field fields table what instances find
---@field instance table the metatable of instances
---@field kind katydid.kind
---@field source string where it was made
---@field line integer
---@field marks table[] tasks, in the order of their assignment; see task.lua
---@field tasks_at integer? how many of the marks were there when the attribute `tasks` was set
---@field list table[]? its tasks, once collected; see task.lua
---@field unfiltered table[]? the list before tasks were removed from it; see tags.lua
---@field tags table<string, true>? see task.lua

---What classes of a kind (users, task sets, shapes) have in common.
---@class katydid.kind
---@field name string "user class"
---@field attributes table<string, { expected: string, fits: fun(value: any): boolean }>
---@field adopt (fun(info: katydid.class_info, key: any, value: any): any)? what is really stored
---@field rank (fun(value: any): integer)? in which order attributes of extend{} are set
---@field collect (fun(info: katydid.class_info): table[])? the list of its tasks, where task.lua's isn't it
---@field is_chain boolean? its tasks are states, with transitions
---@field shares (fun(list: table[]): number[])? how often each of a list is run; nil: all alike

local Root = {}

---@param value any
---@return katydid.class_info?
function object.info(value)
  local info = type(value) == "table" and getmetatable(value)
  return type(info) == "table" and rawget(info, "fields") and info or nil
end

---@param instance table
---@return katydid.class_info
function object.info_of(instance)
  return getmetatable(getmetatable(instance).class)
end

---"shop.lua:12", for messages.
---@param info katydid.class_info
---@return string
function object.place(info)
  local file = info.source:gsub("^[@=]", "")
  return info.line > 0 and ("%s:%d"):format(file, info.line) or file
end

local function sorted_letters(name)
  local letters = { name:lower():byte(1, -1) }
  table.sort(letters)
  return string.char(unpack(letters))
end

-- The attribute that `key` was meant to be, judging by the name and by the value. Words that differ in their
-- first letter (weight, height) or, if short, by another letter (host, hose) are taken for words of their
-- own.
local function slip_of(kind, key, value)
  local fitting = {}
  for name, attribute in next, kind.attributes do
    if attribute.fits(value) then fitting[#fitting + 1] = name end
  end
  table.sort(fitting)
  local near = text.nearest(key, fitting)
  if not near then return nil end
  if sorted_letters(near) == sorted_letters(key) then return near end
  if near:sub(1, 1) ~= key:sub(1, 1):lower() then return nil end
  if #near <= 4 and #key == #near then return nil end
  return near
end

local changes, followers = 0, {}

---A class is about to be changed.
function object.change()
  changes = changes + 1
  for _, follow in ipairs(followers) do
    follow(changes)
  end
end

---Tells `fn` now, and at each change, how often a class was changed: what was looked up in one before holds
---as long as this stands still.
---@param fn fun(changes: integer)
function object.follow(fn)
  followers[#followers + 1] = fn
  fn(changes)
end

local noticed = {} -- attribute -> fn(instance)

---Calls `fn` when an instance gets an attribute of its own that it didn't have: whoever found none before
---need not look again and again. Of one that it has already nothing is told.
---@param key string
---@param fn fun(instance: table)? nil: of that attribute nothing more
function object.notice(key, fn)
  noticed[key] = fn
end

local function set_own(instance, key, value)
  rawset(instance, key, value)
  local fn = noticed[key]
  if fn then fn(instance) end
end

local function assign(class, key, value)
  object.change()
  local info = getmetatable(class)
  local kind = info.kind
  if Root[key] then
    blame.raise("%s.%s can't be replaced: every class needs it", info.name, key)
  end
  if kind.adopt then value = kind.adopt(info, key, value) end
  local attribute = kind.attributes[key]
  if attribute then
    if value ~= nil and not attribute.fits(value) then
      blame.expected(info.name .. "." .. key, attribute.expected, value)
    end
  elseif type(key) == "string" and value ~= nil and info.fields[key] == nil then
    local near = slip_of(kind, key, value)
    if near then
      blame.raise("unknown attribute '%s' of the %s %s (did you mean '%s'?)", key, kind.name, info.name, near)
    end
  end
  info.fields[key] = value
end

local set_field = assign -- what an assignment does; see object.guard

local function set(class, key, value)
  set_field(class, key, value)
end

local function class_tostring(class)
  return getmetatable(class).name
end

local function instance_tostring(self)
  local name = object.info_of(self).name
  local id = rawget(self, "id")
  return id and ("%s %d"):format(name, id) or name
end

local function new_class(name, parent, kind)
  local source, line = blame.place()
  local fields = setmetatable({ abstract = false }, { __index = parent and parent.fields or Root })
  local class = {}
  setmetatable(class, {
    __index = fields,
    __newindex = set,
    __tostring = class_tostring,
    name = name,
    parent = parent,
    fields = fields,
    instance = { __index = fields, __newindex = set_own, __tostring = instance_tostring, class = class },
    kind = kind,
    source = source or "=katydid",
    line = line or 0,
    marks = {},
  })
  return class
end

---Has `told` called with the name of whatever is looked up in a class and isn't there; nil: nobody is told.
---@param told (fun(key: any))?
function object.watch(told)
  setmetatable(Root, told and {
    __index = function(_, key)
      told(key)
    end,
  } or nil)
end

---A class that others extend.
---@param name string
---@param kind katydid.kind
---@param fields table methods and defaults; may be added to until the first script is loaded
---@param parent table? the class that it extends itself, with another kind
---@return table class
function object.base(name, kind, fields, parent)
  local class = new_class(name, parent and getmetatable(parent), kind)
  local info = getmetatable(class)
  for key, value in next, fields do
    info.fields[key] = value
  end
  info.fields.abstract = true
  return class
end

---@param class table
---@param own table? what it has from the beginning; becomes the instance
---@return table instance
function object.new(class, own)
  return setmetatable(own or {}, getmetatable(class).instance)
end

---A subclass. Attributes and methods are inherited; `abstract` is not.
---@param name string
---@param attributes table<string, any>?
---@return table class
function Root:extend(name, attributes)
  local info = object.info(self)
  if not info then
    blame.raise('extend is called on a class, with a colon: k.HttpUser:extend("Shopper", { … })')
  end
  if type(name) ~= "string" or not name:find("%S") then
    local call = info.name .. ":extend"
    blame.expected(call, ('the name of the new class, as in %s("Shopper")'):format(call), name)
  end
  if attributes ~= nil and (type(attributes) ~= "table" or object.info(attributes)) then
    blame.expected(info.name .. ":extend", "a table of attributes", attributes)
  end
  local class = new_class(name, info, info.kind)
  if attributes then
    -- In the order of definition where that matters, in the order of names otherwise.
    local keys = {}
    for key in next, attributes do
      keys[#keys + 1] = key
    end
    local rank = info.kind.rank
    table.sort(keys, function(a, b)
      local rank_a, rank_b = rank and rank(attributes[a]) or 0, rank and rank(attributes[b]) or 0
      if rank_a ~= rank_b then return rank_a < rank_b end
      return tostring(a) < tostring(b)
    end)
    for _, key in ipairs(keys) do
      set_field(class, key, attributes[key])
    end
  end
  return class
end

local extend = Root.extend

---Has `extend`, and every assignment to a class, go by way of what these make of the function; nil: as ever.
---@param guard (fun(fn: function): function)? of extend
---@param guard_assign (fun(fn: function): function)? of fn(class, key, value)
function object.guard(guard, guard_assign)
  Root.extend = guard and guard(extend) or extend
  set_field = guard_assign and guard_assign(assign) or assign
end

---Whether this class, or this instance's, is `class` or extends it.
---@param class table
---@return boolean
function Root:is(class)
  local wanted = object.info(class)
  if not wanted then blame.expected("is", "a class", class) end
  local info = object.info(self) or object.info_of(self)
  while info do
    if info == wanted then return true end
    info = info.parent
  end
  return false
end

return object
