-- task -- marks: what is a task, how often, under which tags; and the list of a class's tasks made of them.
--
-- `k.task` returns a mark. Assigned to a field of a class it is noted there, and the field gets the bare
-- function or task set. The list of a class is flat and says a weight by repetition: first the parent's, then
-- the attribute `tasks`, then the marked fields in the order of their assignment.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local object = require "katydid.object"

local task = {}

local MOST = 1000000 -- as a weight: the list has so many places

---@class katydid.Mark
---@field target function|table what is to be run
---@field weight integer? nil: it is tagged, but nobody has called it a task
---@field rank integer in the order of the calls of k.task
---@field tags table<string, true>
---@field transitions katydid.Transition[]? of a state; see markov.lua
---@field place string? where it was made, "shop.lua:12"; of a state
local Mark = {}
Mark.__index = Mark
Mark.__newindex = function(_, key)
  blame.raise("'%s' is set on what k.task returned: set it on the task set itself, or after the assignment "
              .. "to a class", tostring(key))
end
Mark.__call = function(mark, ...)
  return mark.target(...)
end

local marks_made = 0

local function is_mark(value)
  return type(value) == "table" and getmetatable(value) == Mark
end

local function is_task_set(value)
  local info = object.info(value)
  return info ~= nil and info.kind.is_task_set == true
end

local function is_target(value)
  return type(value) == "function" or is_task_set(value)
end

---What a weight is, for messages.
task.WEIGHT = ("a weight, a whole number from 0 to %d"):format(MOST)

---@param value any
---@return boolean
function task.is_weight(value)
  return type(value) == "number" and value == math.floor(value) and value >= 0 and value <= MOST
end
local WEIGHT, is_weight = task.WEIGHT, task.is_weight

local function new_mark(target, weight, tags)
  marks_made = marks_made + 1
  return setmetatable({ target = target, weight = weight, rank = marks_made, tags = tags }, Mark)
end

---Marks a function or a task set as a state; see markov.lua.
---@param transitions katydid.Transition[]
---@param target function|table
---@return katydid.Mark
function task.state(transitions, target)
  if is_mark(target) and (target.transitions or target.weight) then
    blame.raise("k.transitions: this is marked already, as %s", target.transitions and "a state" or "a task")
  end
  if is_mark(target) then
    blame.raise("k.transitions: a state can't have tags: the chain would break without it")
  end
  if not is_target(target) then blame.expected("k.transitions", "a function or a task set", target) end
  local mark = new_mark(target, 1, {})
  local _, line, short = blame.place()
  rawset(mark, "transitions", transitions)
  rawset(mark, "place", line and ("%s:%d"):format(short, line))
  return mark
end

---Marks a function or a task set as a task of the class to which it is assigned.
---@overload fun(target: function|table): katydid.Mark
---@param weight integer
---@param target function|table
---@return katydid.Mark
function task.task(weight, target)
  if target == nil and type(weight) ~= "number" then
    weight, target = 1, weight
  end
  if not is_weight(weight) then blame.expected("k.task", WEIGHT, weight) end
  if is_mark(target) and target.weight then blame.raise("k.task: this is marked as a task already") end
  if is_mark(target) then return new_mark(target.target, weight, target.tags) end
  if not is_target(target) then
    blame.expected("k.task", "a function or a task set", target)
  end
  return new_mark(target, weight, {})
end

---Tags a task: what k.task returned or is given; or a task set, and so all tasks in it.
---@generic T
---@param name string
---@param ... any further names, then the task
---@return T task
function task.tag(name, ...)
  local all = { name, ... }
  local tagged = table.remove(all)
  if not is_mark(tagged) and not is_target(tagged) then
    blame.expected("k.tag", 'a task as the last argument, as in k.tag("checkout", k.task(…))', tagged)
  end
  if not all[1] then blame.raise("k.tag: expected at least one name before the task") end
  if is_mark(tagged) and tagged.transitions then
    blame.raise("k.tag: a state can't have tags: the chain would break without it")
  end
  -- A function may be a task in several places; the tags are this one's.
  if type(tagged) == "function" then tagged = new_mark(tagged, nil, {}) end
  local owner = object.info(tagged) or tagged
  local tags = rawget(owner, "tags") or {}
  for _, tag in ipairs(all) do
    if type(tag) ~= "string" or tag == "" then
      blame.expected("k.tag", "names", tag)
    end
    tags[tag] = true
  end
  rawset(owner, "tags", tags)
  return tagged
end

---The rank of a value among the attributes of extend{}: marks after all else, in the order of their making.
---@param value any
---@return integer
function task.rank(value)
  return is_mark(value) and value.rank or 0
end

local function find_mark(info, key)
  for i, mark in ipairs(info.marks) do
    if mark.key == key then return i end
  end
end

local function forget_mark(info, key)
  local i = find_mark(info, key)
  if not i then return end
  table.remove(info.marks, i)
  if info.tasks_at and i <= info.tasks_at then info.tasks_at = info.tasks_at - 1 end
end

-- In the place of one of the same key; else by rank.
local function add_mark(info, row)
  local i = find_mark(info, row.key)
  if i then
    row.rank, info.marks[i] = info.marks[i].rank, row
    return
  end
  local place = #info.marks + 1
  while place > 1 and info.marks[place - 1].rank > row.rank do
    place = place - 1
  end
  table.insert(info.marks, place, row)
  if info.tasks_at and place <= info.tasks_at then info.tasks_at = info.tasks_at + 1 end
end

local function note_mark(info, key, mark)
  if type(key) ~= "string" then
    blame.raise("%s[%s]: a task is assigned to a named field", info.name, blame.show(key))
  end
  if key == "on_start" or key == "on_stop" then
    core.log.write("warning", "katydid.user.task",
                   ("%s.%s is marked as a task: it runs as a task too"):format(info.name, key))
  elseif info.kind.attributes[key] or info.kind.own_methods[key] then
    blame.raise("%s.%s: a task can't have this name, it means something else here", info.name, key)
  end
  if info.kind.is_chain and not mark.transitions then
    blame.raise("%s.%s: the states of a MarkovTaskSet are k.transitions(…), not k.task(…)", info.name, key)
  elseif mark.transitions and not info.kind.is_chain then
    blame.raise("%s.%s: k.transitions(…) is for a MarkovTaskSet; a task of a %s is k.task(…)", info.name, key,
                info.kind.name)
  elseif not mark.weight then
    blame.raise("%s.%s has a tag and is no task: it is k.tag(…, k.task(…))", info.name, key)
  end
  add_mark(info, {
    key = key,
    target = mark.target,
    weight = mark.weight,
    rank = mark.rank,
    tags = mark.tags,
    transitions = mark.transitions,
    place = mark.place,
  })
end

-- In a sequence the attribute `tasks` has a place of its own among the marks.
local function note_tasks(info, value)
  if info.kind.is_chain then
    blame.raise("%s.tasks: a MarkovTaskSet has no list of tasks: its states are k.transitions(…), assigned "
                .. "one by one", info.name)
  end
  info.tasks_at = value ~= nil and (info.tasks_at or #info.marks) or nil
end

-- Functions in a list of tasks are known by the names that the script has for them at this moment.
local function note_names(info, tasks)
  local wanted = {}
  local function want(value)
    if is_mark(value) then value = value.target end
    if type(value) == "function" then wanted[value] = true end
  end
  for key, value in next, tasks do
    want(key)
    want(value)
    if type(value) == "table" and not object.info(value) then want(rawget(value, 1)) end
  end
  info.task_names = blame.names_of(wanted)
end

local function forget_list(info)
  info.list, info.unfiltered = nil, nil
end

---What is stored when `value` is assigned to a field of a class: marks are noted and taken off.
---@param info katydid.class_info
---@param key any
---@param value any
---@return any
function task.adopt(info, key, value)
  if is_mark(value) then
    forget_list(info)
    note_mark(info, key, value)
    return value.target
  end
  -- What the command line made of the list outlives an attribute that has nothing to do with it.
  if key == "tasks" or find_mark(info, key) then forget_list(info) end
  forget_mark(info, key)
  if key == "tasks" then
    note_tasks(info, value)
    if type(value) == "table" and not object.info(value) then note_names(info, value) end
  end
  return value
end

---A task as a list holds it.
---@class katydid.Task
---@field name string
---@field run function? called with the user, or the task set
---@field set table? a task set class, entered instead
---@field tags table<string, true>
---@field list katydid.Task[]? of a set that is entered: what tags have left of it here; nil: the class's

local function name_of(info, target)
  if info.task_names and info.task_names[target] then return info.task_names[target] end
  local at = info
  while at do
    for key, value in next, at.fields do
      if value == target then return tostring(key) end
    end
    at = at.parent
  end
  local where = debug.getinfo(target, "S")
  return ("%s:%d"):format(where.short_src, where.linedefined)
end

local NO_TAGS = {}

local function new_entry(info, target, name, tags)
  local entry = { tags = tags or NO_TAGS }
  if is_task_set(target) then
    entry.name, entry.set = object.info(target).name, target
  else
    entry.name, entry.run = name or name_of(info, target), target
  end
  return entry
end

local function add(list, info, target, weight, name, tags)
  local entry = new_entry(info, target, name, tags)
  for _ = 1, weight do
    list[#list + 1] = entry
  end
end

---The task that a mark on a class stands for.
---@param info katydid.class_info
---@param mark table one of info.marks
---@return katydid.Task
function task.entry_of_mark(info, mark)
  return new_entry(info, mark.target, mark.key, mark.tags)
end

---A function or a task set as a task that belongs to no list.
---@param what any
---@param where string for the message: "schedule_task"
---@return katydid.Task
function task.entry(what, where)
  if is_mark(what) then what = what.target end
  if is_task_set(what) then return { name = object.info(what).name, set = what, tags = NO_TAGS } end
  if type(what) ~= "function" then blame.expected(where, "a function or a task set", what) end
  return { name = where, run = what, tags = NO_TAGS }
end

local function fail(info, message, ...)
  error(("%s: %s"):format(object.place(info), message:format(...)), 0)
end

local function target_of(info, where, value)
  local tags
  if is_mark(value) and value.transitions then
    fail(info, "%s.%s: k.transitions(…) is for fields of a MarkovTaskSet", info.name, where)
  end
  if is_mark(value) then
    value, tags = value.target, value.tags
  end
  if not is_target(value) then
    fail(info, "%s.%s: expected a function or a task set, got %s", info.name, where, blame.show(value))
  end
  return value, tags
end

local function weight_of(info, where, value)
  if not is_weight(value) then
    fail(info, "%s.%s: expected %s, got %s", info.name, where, WEIGHT, blame.show(value))
  end
  return value
end

local function add_listed(list, info, tasks)
  local last = 0
  for key in next, tasks do
    if type(key) ~= "number" then
      fail(info, "%s.tasks: expected a list of tasks or a table task -> weight, not both in one", info.name)
    end
    last = math.max(last, key)
  end
  for i = 1, last do
    local where, item = ("tasks[%d]"):format(i), tasks[i]
    local weight = is_mark(item) and item.weight or 1
    if type(item) == "table" and not is_mark(item) and not object.info(item) then
      weight, item = weight_of(info, where, item[2]), item[1]
    end
    local target, tags = target_of(info, where, item)
    add(list, info, target, weight, nil, tags)
  end
end

-- Where a task is defined, as text that sorts: file and line; then, for several on one line, by what they do.
local function definition(target)
  local info = object.info(target)
  if info then return ("%s:%08d"):format(info.source, info.line) end
  local where = debug.getinfo(target, "S")
  local parts = { ("%s:%08d"):format(where.source, where.linedefined) }
  if where.what == "Lua" then parts[2] = string.dump(target, true) end
  for i = 1, math.huge do
    local name, value = debug.getupvalue(target, i)
    if not name then break end
    local kind = type(value)
    local is_plain = kind == "string" or kind == "number" or kind == "boolean"
    parts[#parts + 1] = is_plain and tostring(value) or kind
  end
  return table.concat(parts, "\0")
end

local function add_weighted(list, info, tasks)
  local rows = {}
  for key, value in next, tasks do
    local target, tags = target_of(info, "tasks", key)
    local weight = weight_of(info, "tasks", value)
    rows[#rows + 1] = { target = target, weight = weight, tags = tags, definition = definition(target) }
  end
  table.sort(rows, function(a, b)
    if a.definition ~= b.definition then return a.definition < b.definition end
    return a.weight < b.weight
  end)
  for _, row in ipairs(rows) do
    add(list, info, row.target, row.weight, nil, row.tags)
  end
end

local function add_attribute(list, info, tasks)
  if not tasks then return end
  local first = next(tasks)
  if first == nil or type(first) == "number" then
    add_listed(list, info, tasks)
  else
    add_weighted(list, info, tasks)
  end
end

-- Tags of a task set are those of its tasks also where another set inherits them.
local function with_tags(entry, tags)
  return { name = entry.name, run = entry.run, set = entry.set, tags = task.joined(entry.tags, tags) }
end

---Collects the tasks of a class: the parent's, then the first marks, the attribute `tasks`, the other marks.
---@param info katydid.class_info
---@param tasks_at integer how many marks come before the attribute
---@return katydid.Task[]
function task.collect(info, tasks_at)
  local list = {}
  local parent = info.parent
  for i, entry in ipairs(parent and task.unfiltered(parent) or {}) do
    list[i] = parent.tags and with_tags(entry, parent.tags) or entry
  end
  for i = 0, #info.marks do
    local mark = info.marks[i]
    if mark then add(list, info, mark.target, mark.weight, mark.key, mark.tags) end
    if i == tasks_at then add_attribute(list, info, rawget(info.fields, "tasks")) end
  end
  return list
end

---The flat list of a class's tasks; each stands in it as often as its weight says.
---@param info katydid.class_info
---@return katydid.Task[]
function task.list(info)
  if not info.list then
    local collect = info.kind.collect
    info.list = collect and collect(info) or task.collect(info, 0)
  end
  return info.list
end

---The same before tags took any away.
---@param info katydid.class_info
---@return katydid.Task[]
function task.unfiltered(info)
  local list = task.list(info)
  return info.unfiltered or list
end

---The list of an instance that has an attribute `tasks` of its own: that alone.
---@param info katydid.class_info
---@param tasks any
---@return katydid.Task[]
function task.own_list(info, tasks)
  if type(tasks) ~= "table" or object.info(tasks) then
    fail(info, "%s.tasks: expected %s, got %s", info.name, info.kind.attributes.tasks.expected,
         blame.show(tasks))
  elseif info.kind.is_chain then
    fail(info, "%s.tasks: a MarkovTaskSet has no list of tasks", info.name)
  end
  local list = {}
  add_attribute(list, info, tasks)
  return list
end

---Collects the lists of all task sets that can be entered from a class, so that what is wrong with one is
---said before the run.
---@param info katydid.class_info
---@param seen table<katydid.class_info, true>? those that were
function task.check(info, seen)
  seen = seen or {}
  if seen[info] then return end
  seen[info] = true
  for _, entry in ipairs(task.list(info)) do
    if entry.set then task.check(object.info(entry.set), seen) end
  end
end

---Both sets of tags in one.
---@param a table<string, true>
---@param b table<string, true>?
---@return table<string, true> tags
function task.joined(a, b)
  if not b then return a end
  local both = {}
  for name in next, a do
    both[name] = true
  end
  for name in next, b do
    both[name] = true
  end
  return both
end

return task
