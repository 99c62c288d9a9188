-- driver -- what the C side calls: load, make users, run them, ask the shape, tell events.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local environment = require "katydid.environment"
local events = require "katydid.events"
local loader = require "katydid.loader"
local http_user = require "katydid.http_user"
local object = require "katydid.object"
local parser = require "katydid.parser"
local ratio = require "katydid.ratio"
local settings = require "katydid.settings"
local shape = require "katydid.shape"
local tags = require "katydid.tags"
local task = require "katydid.task"
local user = require "katydid.user"

local driver = {}

-- What is loaded in this state; there is one run in it.
local loaded
local classes, class_of, names = {}, {}, {}
local run_shape
local arguments
local env = environment.new()

local function warn(message, ...)
  core.log.write("warning", "katydid.main", message:format(...))
end

-- What the command line says of classes.
local config_users, has_equal_weights = {}, false

---@param configs string[]
---@param equal_weights boolean
function driver.configure(configs, equal_weights)
  config_users, has_equal_weights = configs, equal_weights
end

local function adjust(chosen)
  if #config_users > 0 then settings.configure(chosen, config_users) end
  if has_equal_weights then settings.equalize(chosen) end
end

---@param scripts string[]
function driver.load(scripts)
  loaded = loader.load(scripts)
end

---@param taken string[]
---@return string
function driver.declare_options(taken)
  arguments = parser.new(taken)
  events.init_command_line_parser:tell_strictly { parser = arguments }
  return core.json.encode(core.json.array(parser.close(arguments)))
end

---@param options table<string, any>
function driver.set_options(options)
  if arguments then parser.settle(arguments, options) end
  env.parsed_options = options
end

---@param chosen string[]
---@return { name: string, weight: number, fixed_count: integer }[]
---@return { use_common_options: boolean }?
function driver.choose(chosen)
  local shape_class
  classes, shape_class = loader.choose(loaded, chosen, adjust)
  class_of, names = {}, {}
  local rows = {}
  for i, class in ipairs(classes) do
    local info = object.info(class)
    class_of[info.name], names[i] = class, info.name
    rows[i] = { name = info.name, weight = class.weight, fixed_count = class.fixed_count }
    task.check(info)
    if #task.list(info) == 0 then
      warn("%s has no tasks: mark a function with k.task, or set `tasks`", info.name)
    end
  end
  run_shape = shape_class and shape.new(shape_class, env)
  environment.set_classes(env, { unpack(classes) }, run_shape)
  return rows, run_shape and { use_common_options = run_shape.use_common_options }
end

local SCHEMES = { http = true, https = true, ["http+unix"] = true }

---Whether a class's host is one; raises why not.
---@param class table
function driver.check_host(class)
  local info = object.info(class)
  local host = class.host
  local function fail(message, ...)
    error(("%s: %s"):format(object.place(info), message:format(...)), 0)
  end
  if host == nil or host == "" then
    fail("%s has no host: set `host` in the class, or give --host", info.name)
  end
  local scheme = host:match("^(%a[%w+.-]*)://")
  if not (scheme and SCHEMES[scheme:lower()]) then
    local shown = blame.masked(host)
    if scheme then
      fail("the host of %s is '%s': expected http://, https:// or http+unix://", info.name, shown)
    end
    fail("the host of %s is '%s', without a scheme (did you mean 'http://%s'?)", info.name, shown, shown)
  end
  local ok, why = co.pcall(core.url.parse, host)
  if not ok then fail("the host of %s: %s", info.name, tostring(why)) end
end

-- The environment's host holds for all classes, and stays with them.
local function spread_host()
  local host = env.host
  if host == nil or host == "" then return end
  for _, class in ipairs(classes) do
    class.host = host
  end
end

---The first class that is to be run, and the names of those that were loaded besides.
---@return table class
---@return string[] others
function driver.chosen()
  local others = {}
  for _, class in ipairs(loaded.classes) do
    if class ~= classes[1] then others[#others + 1] = object.info(class).name end
  end
  return classes[1], others
end

---@param host string?
function driver.set_host(host)
  env.host = host ~= "" and host or nil
  spread_host()
  if not events.init:has_listeners() then driver.check_hosts() end -- they may set it yet
end

function driver.check_hosts()
  spread_host()
  for _, class in ipairs(classes) do
    if http_user.has_client(class) then driver.check_host(class) end
    task.check(object.info(class)) -- listeners of init may have set these too
  end
end

local changes -- of classes
object.follow(function(n)
  changes = n
end)

-- What --tags and --exclude-tags say, and for which state of the classes it was done; nil: nothing.
local filter

local function apply_filter()
  local infos, before = {}, {}
  for i, class in ipairs(classes) do
    infos[i] = object.info(class)
    before[i] = #task.unfiltered(infos[i])
  end
  tags.filter(infos, filter.include, filter.exclude)
  filter.changes = changes
  for i, info in ipairs(infos) do
    if before[i] > 0 and #info.list == 0 and not filter.told[info] then
      filter.told[info] = true
      warn("%s has no tasks left after filtering by tags: its users will fail", info.name)
    end
  end
end

---@param include string[]
---@param exclude string[]
function driver.filter_tags(include, exclude)
  env.tags, env.exclude_tags = #include > 0 and include or nil, #exclude > 0 and exclude or nil
  filter = (env.tags or env.exclude_tags) and { include = include, exclude = exclude, told = {} }
  if filter then apply_filter() end
end

-- Listeners of init may have given classes other tasks: the tags hold for these too. What is wrong with one
-- is told where it is run.
local function filter_again()
  if filter and filter.changes ~= changes then co.pcall(apply_filter) end
end

---@return string
function driver.list()
  local lines = { "Available Users:\n" }
  for _, name in ipairs(names) do
    lines[#lines + 1] = ("    %s\n"):format(ratio.visible(name))
  end
  return table.concat(lines)
end

---@param users integer 0: not given
---@param as_json boolean
---@return string
function driver.ratio(users, as_json)
  return (as_json and ratio.json or ratio.text)(classes, users)
end

---@param class string
---@param id integer
---@return katydid.User
function driver.new_user(class, id)
  return user.new(class_of[class], env, id)
end

driver.run_user = user.live

---@return integer? users, number? spawn_rate, string[]? classes
function driver.tick()
  if not run_shape._is_running then
    run_shape._is_running = true
    run_shape:reset()
  end
  return shape.step(run_shape, names)
end

---@param name string
---@param fields table
function driver.fire(name, fields)
  local event = events[name]
  if name == "test_start" then
    spread_host()
    filter_again()
  end
  if not event:has_listeners() then return end
  fields.environment = env
  if name == "init" then fields.runner = env.runner end
  -- A signal has nobody to stop here: what it asked for is on its way.
  co.pcall(event.tell, event, fields, name == "quitting")
end

return driver
