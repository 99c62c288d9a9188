-- tags -- what --tags and --exclude-tags leave of the tasks of classes.
--
-- A tag of a task set is one of all tasks in it, at any depth. A task set may be entered in several places,
-- under other tags in each: so what is left of it belongs to the place, not to its class.
-- SPDX-License-Identifier: MIT

local object = require "katydid.object"
local task = require "katydid.task"

local joined = task.joined

local tags = {}

---@class katydid.Filter
---@field include string[] one of these is needed; empty: none is
---@field exclude string[] none of these may be there
---@field around table<katydid.class_info, { depth: integer, list: katydid.Task[] }> those we are in
---@field kept table<katydid.class_info, table<katydid.Task, true>> what is left of a task set anywhere

local function passes(filter, own)
  local is_in = #filter.include == 0
  for _, name in ipairs(filter.include) do
    is_in = is_in or own[name] == true
  end
  for _, name in ipairs(filter.exclude) do
    is_in = is_in and not own[name]
  end
  return is_in
end

local sift -- below: sets hold sets

-- The entry of a task set as it is here, and how far outwards it leads; nil where nothing is left.
local function sift_set(filter, entry, inherited, depth)
  local inner = object.info(entry.set)
  if inner.kind.is_chain then return entry, -1 end -- it would break without one of its states
  local outer = filter.around[inner]
  local list, leads_to
  if outer then
    list, leads_to = outer.list, outer.depth
  else
    list, leads_to = sift(filter, inner, joined(inherited, inner.tags), depth + 1)
  end
  if #list == 0 and not outer then return nil end
  return { name = entry.name, set = entry.set, tags = entry.tags, list = list }, leads_to
end

---What is left of a class's tasks. A set that leads nowhere but around in itself is nothing.
---@param filter katydid.Filter
---@param info katydid.class_info
---@param inherited table<string, true> tags of the sets around
---@param depth integer how many sets are around
---@return katydid.Task[]
---@return integer leads_to the outermost set around that it leads back to, by its depth; -1: to a task
function sift(filter, info, inherited, depth)
  local list, leads_to, verdicts = {}, math.huge, {}
  filter.around[info] = { depth = depth, list = list }
  filter.kept[info] = filter.kept[info] or {}
  for _, entry in ipairs(task.unfiltered(info)) do
    if verdicts[entry] == nil then
      local own, left, leads = joined(inherited, entry.tags), entry, -1
      if entry.set then
        left, leads = sift_set(filter, entry, own, depth)
      elseif not passes(filter, own) then
        left = nil
      end
      verdicts[entry] = left or false
      if left then leads_to = math.min(leads_to, leads) end
    end
    if verdicts[entry] then list[#list + 1] = verdicts[entry] end
  end
  filter.around[info] = nil
  if leads_to >= depth then
    for i in ipairs(list) do
      list[i] = nil
    end
  end
  for entry, left in next, verdicts do
    if left and #list > 0 then filter.kept[info][entry] = true end
  end
  return list, leads_to
end

---Removes tasks by tag from the lists of user classes, and of the task sets in them. A task set stays while a
---task of it does, and a chain of states as it is. Done again, it begins with what there
---was before the first time.
---@param classes katydid.class_info[]
---@param include string[] one of these is needed; empty: none is
---@param exclude string[] none of these may be there
function tags.filter(classes, include, exclude)
  local filter = { include = include, exclude = exclude, around = {}, kept = {} }
  local lists = {}
  for i, info in ipairs(classes) do
    lists[i] = sift(filter, info, {}, 0)
  end
  -- Who enters a task set by hand gets all that is left of it anywhere.
  for info, kept in next, filter.kept do
    local list = {}
    for _, entry in ipairs(task.unfiltered(info)) do
      if kept[entry] then list[#list + 1] = entry end
    end
    info.unfiltered, info.list = task.unfiltered(info), list
  end
  for i, info in ipairs(classes) do
    info.list = lists[i]
  end
end

return tags
