-- check -- `katydid check`: mistakes in scripts, without sending anything.
--
-- Each script is read twice: by its bytecode, for what only shows when a function runs (globals, names of the
-- API, options and paths of requests, modules), and by loading it as a run does, for all else.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local bytecode = require "katydid.tools.bytecode"
local co = require "katydid.co"
local driver = require "katydid.driver"
local events = require "katydid.events"
local http_user = require "katydid.http_user"
local lenient = require "katydid.tools.lenient"
local loader = require "katydid.loader"
local object = require "katydid.object"
local options = require "katydid.options"
local problem = require "katydid.problem"
local task = require "katydid.task"
local thresholds = require "katydid.thresholds"

local text = core.text

local check = {}

-- Methods of a client, and which of their arguments is the path; options follow.
local PATH_AT = { request = 2, rest = 2 }
for _, verb in ipairs { "get", "post", "put", "patch", "delete", "head", "options" } do
  PATH_AT[verb] = 1
end

---@class katydid.Finding
---@field path string
---@field line integer 0: of the whole
---@field text string

---@class katydid.Findings
---@field list katydid.Finding[]
---@field seen table<string, true>
local Findings = {}
Findings.__index = Findings

function Findings:add(path, line, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  local finding = { path = path, line = line, text = message }
  local key = ("%s:%d:%s"):format(path, line, message)
  if self.seen[key] then return end
  self.seen[key] = true
  self.list[#self.list + 1] = finding
end

-- "shop.lua:12: what"; or no place, and then the whole of `path` is meant.
function Findings:add_error(path, message)
  local where, line, rest = message:match("^([^\n]-):(%d+): (.*)$")
  if where then return self:add(where, tonumber(line), "%s", rest) end
  if message:sub(1, #path + 2) == path .. ": " then message = message:sub(#path + 3) end
  self:add(path, 0, "%s", message)
end

function Findings:show()
  table.sort(self.list, function(a, b)
    if a.path ~= b.path then return a.path < b.path end
    if a.line ~= b.line then return a.line < b.line end
    return a.text < b.text
  end)
  local lines = {}
  for i, finding in ipairs(self.list) do
    local place = finding.line > 0 and ("%s:%d"):format(finding.path, finding.line) or finding.path
    lines[i] = ("%s: %s\n"):format(place, finding.text)
  end
  return table.concat(lines)
end

local function hint(name, known, otherwise)
  local near = text.nearest(name, known)
  return near and ("did you mean '%s'?"):format(near) or otherwise
end

-- The names that all files see.
local function names_of(...)
  local names = {}
  for i = 1, select("#", ...) do
    for name in next, (select(i, ...)) do
      if type(name) == "string" then names[#names + 1] = name end
    end
  end
  table.sort(names)
  return names
end

-- Globals that functions set or read, as katydid.strict would say it when the line runs.
local function check_globals(found, path, facts, is_loaded)
  for _, write in ipairs(facts.writes) do
    if not facts.top[write.name] and rawget(_G, write.name) == nil then
      found:add(path, write.line, "'%s' would become a global inside a function: write `local %s`, or set it "
                .. "once at the top of the file", write.name, write.name)
    end
  end
  if not is_loaded then return end -- what it would have set isn't known
  for _, read in ipairs(facts.reads) do
    if not facts.top[read.name] and rawget(_G, read.name) == nil then
      found:add(path, read.line, "the global '%s' was never set; %s", read.name,
                hint(read.name, names_of(facts.top, _G), "is it a local of another function?"))
    end
  end
end

local function check_path(found, path, call, argument, has_folder)
  if not argument or argument.is ~= "text" then return end
  local value = argument.value
  local scheme = (value:match("^([%a+]+)://") or ""):lower()
  local is_url = scheme == "http" or scheme == "https" or scheme == "http+unix"
  if value == "" or value:find("^[/?#]") or is_url or has_folder then return end
  local whole = blame.show(blame.masked(value)) .. (argument.goes_on and " .. …" or "")
  found:add(path, call.line, "client:%s: expected a path that begins with '/', or an http:// or https:// "
            .. "URL, got %s", call.method, whole)
end

local function check_options(found, path, call, argument)
  if not argument or argument.is ~= "table" then return end
  for key, line in next, argument.keys do
    if not options.is_known(key) then
      found:add(path, line, "unknown option '%s' of client:%s (%s)", key, call.method,
                hint(key, options.names, "there are: " .. table.concat(options.names, ", ")))
    end
  end
end

-- Modules that functions require, when they run.
local function check_require(found, path, require_)
  if package.loaded[require_.name] ~= nil then return end
  local looked = {}
  for _, search in ipairs(package.loaders) do
    local ok, loaded = co.pcall(search, require_.name)
    if not ok then return found:add_error(path, tostring(loaded)) end
    if type(loaded) == "function" then return end
    if type(loaded) == "string" then looked[#looked + 1] = loaded end
  end
  found:add(path, require_.line, "module '%s' not found:%s", require_.name, table.concat(looked))
end

-- The upvalues of these functions, and of those that they hold, that are the table `require "katydid"`.
local function note_katydid(fn, wanted, upvalues, seen)
  if seen[fn] then return end
  seen[fn] = true
  for i = 1, math.huge do
    local name, value = debug.getupvalue(fn, i)
    if not name then return end
    if value == wanted then upvalues[name] = true end
    if type(value) == "function" then note_katydid(value, wanted, upvalues, seen) end
  end
end

local function katydid_names(classes)
  local wanted, upvalues, seen = require "katydid", { k = true, katydid = true }, {}
  for _, class in ipairs(classes) do
    for _, value in next, object.info(class).fields do
      if type(value) == "function" then note_katydid(value, wanted, upvalues, seen) end
    end
  end
  return upvalues
end

local function check_uses(found, path, facts, upvalues)
  local katydid = require "katydid"
  local known = blame.names(katydid)
  for _, use in ipairs(facts.uses) do
    if upvalues[use.upvalue] and rawget(katydid, use.name) == nil then
      found:add(path, use.line, "unknown name '%s' of katydid (%s)", use.name,
                hint(use.name, known, "there is none like it"))
    end
  end
end

-- Whether a class has a host with a path, below which a request may go on without a slash.
local function has_folder(classes)
  for _, class in ipairs(classes) do
    if type(class.host) == "string" and class.host:find("^[^:]*://[^/?#]*[/?#]") then return true end
  end
  return false
end

local function check_file(found, path, loaded)
  local chunk, why = loadfile(path, "t")
  if not chunk then return found:add_error(path, why) end
  local facts = bytecode.facts(chunk)
  local below = has_folder(loaded.classes)
  check_globals(found, path, facts, loaded.is_whole)
  check_uses(found, path, facts, katydid_names(loaded.classes))
  for _, call in ipairs(facts.calls) do
    local at = PATH_AT[call.method]
    if at then
      check_path(found, path, call, call.arguments[at], below)
      check_options(found, path, call, call.arguments[at + 1])
    end
  end
  for _, require_ in ipairs(facts.requires) do
    check_require(found, path, require_)
  end
end

local function try(found, class, fn, ...)
  local ok, why = co.pcall(fn, ...)
  if not ok and not lenient.is_spoiled(class) then
    found:add_error(object.place(object.info(class)), problem.of(why).message)
  end
  return ok
end

-- The tasks of a class, and of all sets that they lead to.
local function check_tasks(found, class, seen)
  local info = object.info(class)
  if seen[info] then return end
  seen[info] = true
  if not try(found, class, task.list, info) then return end
  if info.kind.is_user and #task.list(info) == 0 and not lenient.is_spoiled(class) then
    found:add((info.source:gsub("^[@=]", "")), info.line, "%s has no tasks: mark a function with k.task, or "
              .. "set `tasks`", info.name)
  end
  for _, entry in ipairs(task.list(info)) do
    if entry.set then check_tasks(found, entry.set, seen) end
  end
end

-- A user class as a run would have it.
local function check_class(found, class)
  check_tasks(found, class, {})
  if http_user.has_client(class) and (class.host or "") ~= "" then
    try(found, class, driver.check_host, class)
  end
end

-- What it tells is told, and the loading goes on.
local function load_alone(found, script)
  local is_sound = true
  local function tell(message, item)
    is_sound = false
    if item ~= lenient.NOTHING then found:add_error(script.path, message) end
  end
  local loaded = lenient.load(tell, loader.load_scripts, { script }, tell)
  -- What lies in a folder may be a module of the others.
  if not script.was_found and is_sound then loader.expect_users(loaded, { script.path }) end
  return loaded
end

-- Loads one script; what is read of a class meanwhile and isn't there may be a slip.
local function load_script(found, script)
  local slips = {}
  object.watch(function(key)
    local frame = debug.getinfo(3, "Sl")
    if frame and frame.what == "main" and type(key) == "string" then
      slips[#slips + 1] = { key = key, path = frame.source:gsub("^@", ""), line = frame.currentline }
    end
  end)
  local ok, loaded = co.pcall(load_alone, found, script)
  object.watch(nil)
  if not ok then
    if co.is_signal(loaded) then return { classes = {}, is_whole = true } end -- os.exit at its top
    found:add_error(script.path, problem.of(loaded).message)
    return { classes = {}, is_whole = false }
  end
  local known = {}
  for _, class in ipairs(loaded.classes) do
    check_class(found, class)
    for name, value in next, object.info(class).fields do
      if type(value) == "function" then known[#known + 1] = name end
    end
  end
  table.sort(known)
  for _, slip in ipairs(slips) do
    local near = text.nearest(slip.key, known)
    if near and near ~= slip.key then
      found:add(slip.path, slip.line, "'%s' is nil: no class has it (did you mean '%s'?)", slip.key, near)
    end
  end
  return { classes = loaded.classes, is_whole = true }
end

local function plural(n, one, many)
  return ("%d %s"):format(n, n == 1 and one or many)
end

-- The options that the script adds; the next one is asked for its own alone.
local function check_own_options(found, script, taken)
  local function tell(message)
    found:add_error(script.path, message)
  end
  local ok, why = co.pcall(lenient.load, tell, driver.declare_options, taken)
  if not ok then tell(problem.of(why).message) end
  events.init_command_line_parser:forget_listeners()
end

-- A script, and the modules from its folder that it loads. The next one finds neither of these.
local function check_script(found, script, files, taken)
  local path, cpath, before = package.path, package.cpath, {}
  for name in next, package.loaded do
    before[name] = true
  end
  local loaded = load_script(found, script)
  check_own_options(found, script, taken)
  for _, file in ipairs { script.path, unpack(loader.own_modules(before)) } do
    if not files[file] then check_file(found, file, loaded) end
    files[file] = true
  end
  package.path, package.cpath = path, cpath
  for name in next, package.loaded do
    if not before[name] and not name:find("^katydid%.") then package.loaded[name] = nil end
  end
  return #loaded.classes
end

---@param arguments { scripts: string[], taken: string[] } taken: names of options that scripts can't add
---@return string report
---@return integer code 0: nothing was found; else 2
function check.main(arguments)
  local found = setmetatable({ list = {}, seen = {} }, Findings)
  local files, classes = {}, 0
  for _, path in ipairs(arguments.scripts) do
    local ok, scripts = co.pcall(loader.find, { path })
    if not ok then found:add_error(path, tostring(scripts)) end
    for _, script in ipairs(ok and scripts or {}) do
      classes = classes + check_script(found, script, files, arguments.taken)
    end
  end
  -- Listeners of init may make metrics yet.
  if not events.init:has_listeners() then
    thresholds.check_metrics(function(message) found:add_error("k.thresholds", message) end)
  end
  if #found.list > 0 then
    return found:show() .. plural(#found.list, "mistake", "mistakes") .. "\n", 2
  end
  return ("no mistakes in %s (%s)\n"):format(table.concat(arguments.scripts, ", "),
                                            plural(classes, "user class", "user classes")), 0
end

return check
