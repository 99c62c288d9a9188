-- runner -- the test that goes on, as scripts see it and change it: environment.runner.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local blame = require "katydid.blame"
local co = require "katydid.co"
local object = require "katydid.object"
local problem = require "katydid.problem"

local run = core.run

local runner = {}

---The one runner of this process.
---@class katydid.Runner
---@field environment katydid.Environment
---@field state "ready"|"spawning"|"running"|"cleanup"|"stopped"
---@field user_count integer users that are there, those included that are about to end
---@field user_classes_count table<string, integer> the same by class
---@field target_user_count integer what the present ramp leads to
---@field target_user_classes_count table<string, integer> the same by class, so far
---@field stats katydid.Stats environment.stats
---@field errors katydid.StatsError[] environment.stats.errors
---@field exceptions katydid.StatsException[] what the script threw, and how often
---@field current_cpu_usage number percent of a core, of the last ten seconds; 0: not known yet
---@field current_memory_usage integer bytes; 0: not known yet
---@field worker_index integer 0: the first of one
---@field worker_count integer 1
local methods = {}

---@class katydid.StatsException
---@field msg string
---@field traceback string
---@field nodes string
---@field count integer

local function is_count(value)
  return type(value) == "number" and value == math.floor(value) and value >= 0 and value < 2 ^ 31
end

-- What C refuses becomes an error at the script's line.
local function attempt(what, fn, ...)
  local ok, why = co.pcall(fn, ...)
  if ok then return end
  if co.is_signal(why) then error(why, 0) end
  blame.raise("%s: %s", what, tostring(why))
end

-- The names in a list of classes, each of which is run.
local function class_names(what, user_classes)
  if type(user_classes) ~= "table" or object.info(user_classes) or user_classes[1] == nil then
    blame.expected(what, "a list of user classes", user_classes)
  end
  local known, names = blame.names((run.class_counts())), {}
  for i, class in ipairs(user_classes) do
    local info = object.info(class)
    local name, is_known = info and info.name or class, false
    if type(name) ~= "string" then
      blame.expected(what, "each user class to be a class or its name", class)
    end
    for _, other in ipairs(known) do
      is_known = is_known or other == name
    end
    if not is_known then blame.unknown("user class", name, known, what) end
    names[i] = name
  end
  return names
end

---Wants so many users. While a test goes on, it is led to that number; while it ends, or in a listener of
---test_stop, another test follows it, with empty statistics; in a listener of init it is what the test begins
---with.
---@param user_count integer
---@param spawn_rate number? users a second; nil: 1
---@param user_classes table? a list of classes or their names: those that are added from then on; the others
--- stay. nil: as before, at the begin of a test all
function methods.start(_, user_count, spawn_rate, user_classes)
  if not is_count(user_count) then
    blame.expected("runner:start", "a whole number of users from 0", user_count)
  end
  spawn_rate = spawn_rate == nil and 1 or spawn_rate
  if type(spawn_rate) ~= "number" or not (spawn_rate > 0 and spawn_rate < math.huge) then
    blame.expected("runner:start", "a spawn rate above 0", spawn_rate)
  end
  local names = user_classes ~= nil and class_names("runner:start", user_classes) or nil
  attempt("runner:start", run.start, user_count, spawn_rate, names)
end

local function check_reason(what, reason)
  if reason ~= nil and type(reason) ~= "string" then blame.expected(what, "a reason as a string", reason) end
end

---Ends the test in good order. Called by a user it does not return; elsewhere it returns at once, and the
---users end one by one. When no other test is started until it is over, the run ends.
---@param reason string? for the log
function methods.stop(_, reason)
  check_reason("runner:stop", reason)
  run.stop_test(reason)
end

---Ends the test, and the run with it, whoever wants another test. Called by a user it does not return.
---@param reason string? for the log
function methods.quit(_, reason)
  check_reason("runner:quit", reason)
  run.quit(reason)
end

---Makes more users at once, beside the ramp: `runner:spawn_users { Shopper = 5 }`. They leave again when the
---number of users is next changed.
---@param user_classes_count table<string|table, integer> class, or its name -> how many
function methods.spawn_users(_, user_classes_count)
  local what = "runner:spawn_users"
  if type(user_classes_count) ~= "table" or object.info(user_classes_count) then
    blame.expected(what, "a table class -> number", user_classes_count)
  end
  local wanted, names = {}, {}
  for class, n in next, user_classes_count do
    local info = object.info(class)
    local name = info and info.name or class
    if type(name) ~= "string" then blame.expected(what, "a class or its name", class) end
    if not is_count(n) then
      blame.expected(("%s: %s"):format(what, name), "a whole number of users from 0", n)
    end
    wanted[name], names[#names + 1] = n, name
  end
  table.sort(names)
  local known = blame.names((run.class_counts()))
  for _, name in ipairs(names) do
    local is_known = false
    for _, other in ipairs(known) do
      is_known = is_known or other == name
    end
    if not is_known then blame.unknown("user class", name, known, what) end
  end
  for _, name in ipairs(names) do
    attempt(what, run.spawn_users, name, wanted[name])
  end
end

-- --- messages ---------------------------------------------------------------------------------------------

local DEEPEST = 32

-- A copy, as one that has travelled: only what can be sent between processes is in it.
local function copy_of(value, where, depth)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" or kind == "nil" then return value end
  if value == core.json.null then return nil end
  if kind ~= "table" then
    blame.expected(where, "data: strings, numbers, booleans and tables of them", value)
  end
  if depth == DEEPEST then blame.raise("%s: the data is nested deeper than %d", where, DEEPEST) end
  local copy = {}
  for key, item in next, value do
    if type(key) ~= "string" and type(key) ~= "number" then
      blame.expected(where, "keys that are strings or numbers", key)
    end
    copy[key] = copy_of(item, where, depth + 1)
  end
  return copy
end

---A message as its listener sees it.
---@class katydid.Message
---@field type string
---@field data any
---@field node_id string who sent it: "local"

---Has `listener` called with each message of a type.
---@param msg_type string
---@param listener fun(environment: katydid.Environment, msg: katydid.Message)
---@param concurrent boolean? later messages needn't wait for the listener; in one process they never do
function methods:register_message(msg_type, listener, concurrent)
  local what = "runner:register_message"
  if type(msg_type) ~= "string" then blame.expected(what, "a type of messages as a string", msg_type) end
  if type(listener) ~= "function" then blame.expected(what, "a function as the listener", listener) end
  if concurrent ~= nil and type(concurrent) ~= "boolean" then
    blame.expected(what, "true or false for concurrent", concurrent)
  end
  if self._listeners[msg_type] then
    blame.raise("%s: there is a listener for %s already", what, blame.show(msg_type))
  end
  self._listeners[msg_type] = listener
end

---Sends a message. This process is its own master and worker, so its own listener gets it at once.
---@param msg_type string
---@param data any? strings, numbers, booleans and tables of them: what can travel
---@param client_id string? of whom it is for; nil: all
function methods:send_message(msg_type, data, client_id)
  local what = "runner:send_message"
  if type(msg_type) ~= "string" then blame.expected(what, "a type of messages as a string", msg_type) end
  if client_id ~= nil and type(client_id) ~= "string" then
    blame.expected(what, "the id of a worker as a string", client_id)
  end
  local msg = { type = msg_type, data = copy_of(data, what, 0), node_id = "local" }
  local listener = self._listeners[msg_type]
  if not listener then
    core.log.write("warning", "katydid.runners",
                   ("Unknown message type received: %s"):format(blame.show(msg_type)))
    return
  end
  local ok, why = co.xpcall(listener, problem.describe, self.environment, msg)
  if ok then return end
  if co.is_signal(why) and not co.is_runaway(why) then error(why, 0) end
  run.listener_failed()
  problem.log(why, "katydid.runners", "the listener of the message " .. blame.show(msg_type))
end

-- --- what it shows ----------------------------------------------------------------------------------------

local getters = {
  state = run.state,
  user_count = run.user_count,
  target_user_count = run.target_user_count,
  user_classes_count = function()
    return (run.class_counts())
  end,
  target_user_classes_count = function()
    return select(2, run.class_counts())
  end,
  exceptions = core.stats.exceptions,
  errors = core.stats.errors,
  current_cpu_usage = function()
    return (run.usage())
  end,
  current_memory_usage = function()
    return select(2, run.usage())
  end,
  worker_index = function()
    return 0
  end,
  worker_count = function()
    return 1
  end,
}

local NAMES = { "environment", "stats" }
for _, names in ipairs { methods, getters } do
  for name in next, names do
    NAMES[#NAMES + 1] = name
  end
end

local Runner = {
  __index = function(_, key)
    local get = getters[key]
    if get then return get() end
    return methods[key] or blame.unknown("field", key, NAMES, "the runner")
  end,
  __newindex = function(_, key)
    if getters[key] or methods[key] then blame.raise("runner.%s can't be assigned", key) end
    blame.unknown("field", key, NAMES, "the runner")
  end,
}

---@param environment katydid.Environment
---@param stats katydid.Stats
---@return katydid.Runner
function runner.new(environment, stats)
  return setmetatable({ environment = environment, stats = stats, _listeners = {} }, Runner)
end

return runner
