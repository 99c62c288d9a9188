-- loader -- finds scripts, makes their modules findable, runs them, and collects the classes that they give.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local object = require "katydid.object"
local problem = require "katydid.problem"
local strict = require "katydid.strict"

local file = core.file

local loader = {}

local DEEPEST = 32 -- folders within folders; links may lead round in circles

---@class katydid.Script
---@field path string as given, or as found in a folder that was given
---@field folders string[] where it looks for modules first
---@field was_found boolean in a folder; it may be a module of the others

local function fail(message, ...)
  error(message:format(...), 0)
end

local function folder_of(path)
  return path:match("^(.+)/[^/]*$") or (path:sub(1, 1) == "/" and "/" or ".")
end

local function join(folder, name)
  return folder == "/" and folder .. name or folder .. "/" .. name
end

local function fail_missing(path)
  local folder = folder_of(path)
  local names = {}
  for _, name in ipairs(file.list(folder) or {}) do
    if name:find("%.lua$") then names[#names + 1] = name end
  end
  local near = core.text.nearest(path:match("[^/]*$"), names)
  if near and path:find("/", 1, true) then near = join(folder, near) end
  fail("%s", ("%s: no such file%s"):format(path, near and (" (did you mean '%s'?)"):format(near) or ""))
end

-- Locust fetches what -f names by a URL. A scenario is seldom one file, and what is run is to be what was
-- looked at: so it is fetched by whoever wants it.
local function fail_url(path)
  local name = path:match("^[^?#]*/([^/?#]+%.lua)") or "shop.lua"
  fail("%s", ("%s: scripts are files here: fetch it first (curl -fsSL -o %s URL), and name the file"):format(
    blame.masked(path), name))
end

local function add_folder(scripts, path, root, depth)
  if depth > DEEPEST then fail("%s: folders are nested deeper than %d", root, DEEPEST) end
  local names, why = file.list(path)
  if not names then fail("%s", why) end
  for _, name in ipairs(names) do
    local inner = join(path, name)
    if not name:find("^[._]") and name ~= "lua_modules" then
      if file.kind(inner) == "folder" then
        add_folder(scripts, inner, root, depth + 1)
      elseif name:find("%.lua$") then
        scripts[#scripts + 1] = { path = inner, folders = { path, root }, was_found = true }
      end
    end
  end
end

---The scripts that are named, and those in folders that are; raises one clear line.
---@param paths string[]
---@return katydid.Script[]
function loader.find(paths)
  local scripts = {}
  for _, path in ipairs(paths) do
    local kind = file.kind(path)
    if kind == "folder" then
      local root, n = path:gsub("(.)/+$", "%1"), #scripts
      add_folder(scripts, root, root, 1)
      if #scripts == n then fail("%s: no scripts (*.lua) in this folder", path) end
    elseif kind == "file" then
      scripts[#scripts + 1] = { path = path, folders = { folder_of(path) }, was_found = false }
    elseif path:find("^%a[%w+.-]*://") then
      fail_url(path)
    else
      fail_missing(path)
    end
  end
  return scripts
end

-- Where modules are looked for: the scripts' folders, lua_modules trees above them, KATYDID_PATH, and what
-- LuaJIT has by itself (LUA_PATH).

local function add_once(list, item)
  if item ~= "" and not list[item] then
    list[item] = true
    list[#list + 1] = item
  end
end

local function add_templates(list, folder)
  add_once(list, join(folder, "?.lua"))
  add_once(list, join(folder, "?/init.lua"))
end

local function add_rocks(lua, c, folder)
  local at = file.absolute(folder)
  while true do
    local tree = join(at, "lua_modules")
    if file.kind(tree) == "folder" then
      add_templates(lua, tree .. "/share/lua/5.1")
      add_once(c, tree .. "/lib/lua/5.1/?.so")
    end
    if at == "/" then return end
    at = folder_of(at)
  end
end

-- Modules in the scripts' folders are strict about globals, as scripts are; those from elsewhere are as they
-- were written. The templates of the former:
local own_templates = {}
local own_searcher

local function install_searcher()
  if own_searcher then return end
  local search = strict.searcher(own_templates)
  function own_searcher(name)
    local found = search(name)
    if type(found) == "string" then return "" end -- package.path, which holds them too, says where
    return found
  end
  -- Behind package.preload and our own modules.
  table.insert(package.loaders, 3, own_searcher)
end

---The files of modules in the scripts' folders that are loaded.
---@param but table<string, any> those that count for nothing, by name
---@return string[] paths sorted
function loader.own_modules(but)
  local paths = {}
  for name in next, package.loaded do
    for _, template in ipairs(but[name] and {} or own_templates) do
      local path = template:gsub("%?", (name:gsub("%.", "/"):gsub("%%", "%%%%")))
      if file.kind(path) == "file" then
        paths[#paths + 1] = path
        break
      end
    end
  end
  table.sort(paths)
  return paths
end

local function set_search_path(scripts, base)
  local lua, c = {}, {}
  for _, script in ipairs(scripts) do
    for _, folder in ipairs(script.folders) do
      add_templates(lua, folder)
    end
  end
  for i = 1, math.max(#lua, #own_templates) do
    own_templates[i] = lua[i]
  end
  for _, script in ipairs(scripts) do
    add_rocks(lua, c, script.folders[1])
  end
  for item in (os.getenv "KATYDID_PATH" or ""):gmatch("[^;]+") do
    if item:find("?", 1, true) then
      add_once(lua, item)
    else
      add_templates(lua, item)
    end
  end
  for item in base.path:gmatch("[^;]+") do
    add_once(lua, item)
  end
  for item in base.cpath:gmatch("[^;]+") do
    add_once(c, item)
  end
  package.path, package.cpath = table.concat(lua, ";"), table.concat(c, ";")
end

-- Runs one script. What it assigns to globals is its own: other scripts don't see it.
local function run(script)
  local globals = strict.globals()
  local chunk, why = loadfile(script.path, "t", globals)
  if not chunk then fail("%s", why) end
  local results = { co.xpcall(chunk, problem.describe, script.path) }
  if not results[1] then
    local what = problem.of(results[2])
    if co.is_signal(what) then error(what, 0) end
    if what.message:find("^[^\n]-:%d+: ") then fail("%s", what.message) end
    fail("%s: %s", script.path, what.message)
  end
  return globals, unpack(results, 2, table.maxn(results))
end

local function by_definition(a, b)
  local info_a, info_b = object.info(a), object.info(b)
  if info_a.source ~= info_b.source then return info_a.source < info_b.source end
  if info_a.line ~= info_b.line then return info_a.line < info_b.line end
  return info_a.name < info_b.name
end

local function classes_in(fields)
  local classes = {}
  for key, value in next, fields do
    if type(key) == "string" and object.info(value) then classes[#classes + 1] = value end
  end
  table.sort(classes, by_definition)
  return classes
end

-- The classes in what a script returned.
local function classes_of(script, tell, globals, first, ...)
  if first == nil then return classes_in(globals) end
  if select("#", ...) > 0 then first = { first, ... } end
  if object.info(first) then return { first } end
  if type(first) ~= "table" then
    if script.was_found then return {} end
    fail("%s: returned %s; expected a user class, or a table of classes", script.path, blame.show(first))
  end
  local classes = {}
  for i = 1, table.maxn(first) do
    if object.info(first[i]) then
      classes[#classes + 1] = first[i]
    elseif script.was_found then
      return {}
    else
      tell(("%s: item %d of what it returned is %s; expected a class"):format(script.path, i,
                                                                            blame.show(first[i])), first[i])
    end
  end
  for _, class in ipairs(classes_in(first)) do
    classes[#classes + 1] = class
  end
  return classes
end

---@class katydid.Loaded
---@field classes table[] user classes
---@field shapes table[] those of which one may be run

-- Classes of a kind are known by their names.
local function take_name(by_name, info, kind)
  local other = by_name[info.name]
  if other then
    fail("%s: there are two %s of the name %s; the other one is at %s", object.place(info), kind, info.name,
         object.place(other))
  end
  by_name[info.name] = info
end

local function take(loaded, class, script)
  local info = object.info(class)
  -- Lua forgets the frame of `return k.User:extend(…)`, and with it the line.
  if info.line == 0 then info.source = "@" .. script.path end
  if loaded.seen[class] then return end
  loaded.seen[class] = true
  if info.fields.abstract then
    loaded.abstract = loaded.abstract or info
    return
  end
  if info.kind.is_user then
    take_name(loaded.by_name, info, "user classes")
    loaded.classes[#loaded.classes + 1] = class
  elseif info.kind.is_shape then
    if not class.tick then fail("%s: the shape %s has no method tick", object.place(info), info.name) end
    take_name(loaded.shape_by_name, info, "shapes")
    loaded.shapes[#loaded.shapes + 1] = class
  end
end

-- Those of a list whose names are wanted.
local function named(classes, wanted)
  local picked = {}
  for _, class in ipairs(classes) do
    if wanted[object.info(class).name] then picked[#picked + 1] = class end
  end
  return picked
end

local function fail_unknown(loaded, name)
  local names = {}
  for _, list in ipairs { loaded.classes, loaded.shapes } do
    for _, class in ipairs(list) do
      names[#names + 1] = object.info(class).name
    end
  end
  local near = core.text.nearest(name, names)
  local hint = near and ("did you mean '%s'?"):format(near) or "there are: " .. table.concat(names, ", ")
  fail("%s", ("unknown user class %s (%s)"):format(blame.show(name), hint))
end

-- The shape of several: the one that was named; it isn't for us to say which was meant.
local function one_shape(shapes, picked)
  local list = #picked > 0 and picked or shapes
  if #list < 2 then return list[1] end
  local names = {}
  for i, class in ipairs(list) do
    names[i] = object.info(class).name
  end
  fail("%s", ("there are %s shapes%s, %s; a run has one%s"):format(
    #list == 2 and "two" or tostring(#list), #picked > 0 and " named" or "",
    table.concat(names, ", ", 1, #names - 1) .. " and " .. names[#names],
    #picked > 0 and "" or (": name it behind the scripts, as in `katydid shop.lua %s`"):format(names[1])))
end

-- The user classes and the shape of these names; all classes where none of them is named.
local function pick(loaded, chosen)
  local wanted = {}
  for _, name in ipairs(chosen) do
    if not loaded.by_name[name] and not loaded.shape_by_name[name] then fail_unknown(loaded, name) end
    wanted[name] = true
  end
  local classes = named(loaded.classes, wanted)
  return #classes > 0 and classes or loaded.classes, one_shape(loaded.shapes, named(loaded.shapes, wanted))
end

---Raises one clear line where nothing that was loaded is a user class.
---@param loaded katydid.Loaded
---@param paths string[] what was loaded, for the message
function loader.expect_users(loaded, paths)
  if #loaded.classes > 0 then return end
  local where = table.concat(paths, ", ")
  if loaded.abstract and loaded.abstract.kind.is_user then
    fail("%s: no user class to run: %s is abstract", where, loaded.abstract.name)
  end
  fail("%s: no user class found; return one at the end of the script, as in `return Shopper`", where)
end

-- Classes that nobody is to be of are left out.
local function drop_weightless(classes)
  local kept = {}
  for _, class in ipairs(classes) do
    if class.weight > 0 or class.fixed_count > 0 then kept[#kept + 1] = class end
  end
  if #kept == 0 then
    fail("no user class to run: weight and fixed_count of %s are 0", object.info(classes[1]).name)
  end
  return kept
end

local function raise(message)
  error(message, 0)
end

---@param scripts katydid.Script[]
---@param tell (fun(message: string, item: any))? of classes that can't be taken; nil: the first is an error.
--- item: what stands in the place of one
---@return katydid.Loaded which may have no classes
function loader.load_scripts(scripts, tell)
  install_searcher()
  tell = tell or raise
  local base = { path = package.path, cpath = package.cpath }
  local loaded = { classes = {}, by_name = {}, shapes = {}, shape_by_name = {}, seen = {} }
  for i, script in ipairs(scripts) do
    -- Its own folder first, and those of the scripts before it, which may require something late.
    local order = { script }
    for k = 1, i - 1 do
      order[k + 1] = scripts[k]
    end
    set_search_path(order, base)
    for _, class in ipairs(classes_of(script, tell, run(script))) do
      local ok, why = co.pcall(take, loaded, class, script)
      if not ok then tell(why, class) end
    end
  end
  set_search_path(scripts, base)
  return loaded
end

---@param paths string[] scripts and folders
---@return katydid.Loaded
function loader.load(paths)
  local loaded = loader.load_scripts(loader.find(paths))
  loader.expect_users(loaded, paths)
  return loaded
end

---@param loaded katydid.Loaded
---@param chosen string[] names of the classes to run, of the shape among them; empty: all
---@param adjust fun(classes: table[]) may change those before they are taken
---@return table[] classes
---@return table? shape
function loader.choose(loaded, chosen, adjust)
  local picked, shape = pick(loaded, chosen)
  adjust(picked)
  return drop_weightless(picked), shape
end

return loader
