-- settings -- what the command line says of user classes: --config-users and --equal-weights.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local object = require "katydid.object"
local task = require "katydid.task"

local settings = {}

local WHERE = "--config-users"

local function fail(where, message, ...)
  error(where .. ": " .. message:format(...), 0)
end

-- What stands in the JSON text, or in the file that is named instead, and how messages call it.
local function read(text)
  local where = WHERE
  if text:find("%.json$") then
    where = ("%s %s"):format(WHERE, text)
    local file, why = io.open(text, "rb")
    if not file then fail(WHERE, "%s", why) end
    text, why = file:read "*a"
    file:close()
    if not text then fail(where, "it can't be read: %s", why) end
  end
  local ok, value = co.pcall(core.json.decode, text)
  if not ok then fail(where, "expected JSON, or the name of a file *.json: %s", tostring(value)) end
  return value, where
end

local function find(class_of, where, name)
  if class_of[name] then return class_of[name] end
  local names = blame.names(class_of)
  local near = core.text.nearest(name, names)
  fail(where, "unknown user class %s (%s)", blame.show(name),
       near and ("did you mean '%s'?"):format(near) or "there are: " .. table.concat(names, ", "))
end

-- Of the tasks that the class had, those of these names, each as often as before.
local function pick_tasks(where, info, all, wanted)
  local names, is_wanted, kept = {}, {}, {}
  for _, entry in ipairs(all) do
    names[entry.name] = true
  end
  if type(wanted) ~= "table" then
    fail(where, "%s.tasks: expected a list of names of tasks, got %s", info.name, blame.show(wanted))
  end
  for _, name in ipairs(wanted) do
    if not names[name] then
      local near = type(name) == "string" and core.text.nearest(name, blame.names(names))
      fail(where, "%s has no task %s%s", info.name, blame.show(name),
           near and (" (did you mean '%s'?)"):format(near) or "")
    end
    is_wanted[name] = true
  end
  for _, entry in ipairs(all) do
    if is_wanted[entry.name] then kept[#kept + 1] = entry end
  end
  info.list = kept
  object.change() -- users who run pick from it too
end

-- What classes had before anything was picked.
local all_tasks = setmetatable({}, { __mode = "k" })

-- The place in the script, where there is one, is said once for all.
local function assign(class, name, value, where)
  local ok, why = co.pcall(function() class[name] = value end)
  if ok then return end
  local text, _, line, short = tostring(why), blame.place()
  local place = line and ("%s:%d: "):format(short, line) or ""
  if text:sub(1, #place) == place then text = text:sub(#place + 1) end
  fail(where, "%s", text)
end

-- One class's settings: `tasks` picks by name, all else is set as if the script had.
local function apply(class_of, where, given)
  if type(given) ~= "table" or type(given.user_class_name) ~= "string" then
    fail(where, 'expected an object with "user_class_name", or a list of these, got %s', blame.show(given))
  end
  local class = find(class_of, where, given.user_class_name)
  all_tasks[class] = all_tasks[class] or task.list(object.info(class))
  for _, name in ipairs(blame.names(given)) do
    local value = given[name]
    if value == core.json.null then value = nil end
    if name == "tasks" then
      pick_tasks(where, object.info(class), all_tasks[class], value)
    elseif name ~= "user_class_name" then
      assign(class, name, value, where)
    end
  end
  return class
end

local function by_name(classes)
  local class_of = {}
  for _, class in ipairs(classes) do
    class_of[object.info(class).name] = class
  end
  return class_of
end

---Sets attributes of classes from JSON texts, or files *.json: an object, or a list of objects, each with
---`user_class_name`. Raises one clear line.
---@param classes table[] user classes
---@param texts string[]
function settings.configure(classes, texts)
  local class_of = by_name(classes)
  for _, class in ipairs(classes) do
    task.list(object.info(class)) -- before a class that others extend is changed
  end
  for _, text in ipairs(texts) do
    local value, where = read(text)
    if type(value) == "table" and value[1] ~= nil then
      for i, given in ipairs(value) do
        apply(class_of, ("%s: item %d"):format(where, i), given)
      end
    else
      apply(class_of, where, value)
    end
  end
end

---The same for one class while the run goes on: what it weighs holds from the next test on.
---@param classes table[] user classes
---@param given table
function settings.update(classes, given)
  local ok, why = co.pcall(apply, by_name(classes), "environment:update_user_class", given)
  if not ok then blame.raise("%s", tostring(why)) end
  local class = why
  core.run.set_class(object.info(class).name, class.weight, class.fixed_count)
end

-- All tasks that can be come to from a class, each once, in the order in which Locust meets them: the last
-- first, and those of a set in its place.
local function flattened(info)
  local met, flat, seen = {}, {}, { [info] = true }
  local function meet(of, tags)
    for _, entry in ipairs(task.list(of)) do
      met[#met + 1] = { entry = entry, tags = tags }
    end
  end
  meet(info, {})
  while #met > 0 do
    local one = table.remove(met)
    local entry = one.entry
    local inner, target = entry.set and object.info(entry.set), entry.set or entry.run
    local tags = task.joined(one.tags, entry.tags)
    if not seen[inner or target] then
      seen[inner or target] = true
      if inner then
        meet(inner, task.joined(tags, inner.tags))
      else
        flat[#flat + 1] = { name = entry.name, run = entry.run, tags = tags }
      end
    end
  end
  return flat
end

---Gives each class the weight 1, and each of its tasks as well: those of task sets in it become its own.
---@param classes table[] user classes
function settings.equalize(classes)
  local lists = {}
  for i, class in ipairs(classes) do
    lists[i] = flattened(object.info(class))
  end
  for i, class in ipairs(classes) do
    class.weight = 1
    object.info(class).list = lists[i]
  end
end

return settings
