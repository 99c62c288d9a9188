-- spec -- what the specs stand on: describe, it, check, and runs of whole scenarios.
--
-- A spec is a file tests/lua/NAME_spec.lua, run by `build/debug/tests/spec tests/lua/NAME_spec.lua` from the
-- top of the tree, in a fresh Lua state with everything a scenario has. Its clock is virtual: it jumps to the
-- next timer, so that an hour takes milliseconds. A spec whose first line is `-- clock: real` gets the
-- machine's clock; it is needed wherever bytes travel (spec.target), and must be brief and bounded.
--
-- Words (globals):
--   describe(name, fn)              groups; may be nested
--   it(name, fn)                    a case; runs outside of any user: what needs one uses spec.as_user
--   it.skip(name, why)              counted, with its reason
--   before_each(fn), after_each(fn) inside a describe: around each case of it
--   check(condition [, what])       not nil, not false
--   check.equal(actual, expected)   ==
--   check.same(actual, expected)    deep; metatables don't count
--   check.near(actual, expected, tolerance)
--   check.match(text, pattern)      a Lua pattern; check.contains(text_or_list, what) plain
--   check.error(fn, pattern)        fn() throws a text with that pattern; returns the text
--
-- After each case no task, timer or reference may be left: it fails otherwise.
-- So does one that goes on forever: after 20 million turns, or two minutes of a processor.
--
-- The module (local spec = require "spec"):
--   spec.run(scenario) -> result     a whole test, with runner and dispatcher, from its start to its end:
--     spec.run {
--       classes = { A, B, Shape },   -- or one class; or script = "text of a script"; or scripts = { paths }
--       chosen = { "A" },            -- names on the command line
--       users = 3, spawn_rate = 100, seconds = 10,      -- defaults 1, 100, none (the run must end by itself)
--       stop_timeout = 0, iterations = 0, host = nil, tags = nil, exclude_tags = nil, reset_stats = false,
--       cpu_usage = nil, memory_usage = nil,            -- what the process seems to use: percent, bytes
--       init = true,                 -- fire init before, quitting and quit after
--       config_users = { "{…}" }, equal_weights = false,
--       seed = 7,                    -- in a fresh state, whose chance begins there; only of scripts
--     }
--     result.entries["GET /a"]       { method, name, requests, failures, untimed, average, median, min,
--                                      max, length (sum of bytes) }
--     result.total                   the same, of all
--     result.failures                list of { method, name, text, count } in order of occurrence
--     result.exceptions              list of { message, traceback, count }
--     result.checks["status is 200"] { count, passes }; result.metrics["orders"] { kind, count, passes, sum,
--                                      last, min, max, median }: those that have a value
--     result.in_flight_at_end, result.transactions_cut_off
--     result.why                     "run_time", "shape", "shape_error", "users_gone", "iterations",
--                                    "script", "spawn_error"
--     result.seconds                 how long it took, by the run's clock
--     result.users                   list: how many users after each second
--     result.ended                   list of { class, why = "stopped"|"finished"|"failed" } in order
--     result.log                     list of "LEVEL logger: message"
--     result.exit_code               environment.process_exit_code, or nil
--     An error in loading or setting up is thrown, as the program would show it.
--   spec.load(scenario) -> { { name, weight, fixed_count }, … }   the same loading, no run
--   spec.as_user(fn [, user]) -> ...     runs fn(user) as a running user until it is over; returns what
--                                    it returned, throws what it threw. `user`: any table
--   spec.together(fn, ...)           runs each as a user of its own, all at once, until all are over
--   spec.start(fn [, user]) -> task  the same without waiting: task:kill(), task:stop(), task:is_over(),
--                                    task.how ("returned", "stopped", "threw"), task.results, task.message
--   spec.turn(seconds)               lets the loop turn for so long (0: one turn)
--   spec.now() -> seconds
--   spec.answer(fn)                  by the virtual clock there is no network: each request of the case is
--                                    answered by fn { method, url, headers, body }, which returns { status,
--                                    reason, headers = { name, value, … }, body, delay (seconds) } (each may
--                                    be left out: 200, and nothing in it), or { failure = text }. Redirects
--                                    and cookies count, as always. nil: 200 for everything
--   spec.target(options) -> url      the practice server in this process (needs `-- clock: real`); options:
--                                    delay_min_ms, delay_max_ms, error_rate
--   spec.stats() -> result           entries, total, failures, exceptions of the case so far
--   spec.log() -> lines              what was logged since the case began: "LEVEL logger: message"
--   spec.printed() -> lines          what was printed by print since the case began
-- SPDX-License-Identifier: MIT

local core = require "spec.core"
local co = require "katydid.co"

local pcall, xpcall = co.pcall, co.xpcall -- a signal that comes out of a case is its failure

local spec = {}

-- The longest text of a value in a message.
local SHOWN = 2000

local path = {}      -- names of the describes around
local before, after = {}, {} -- their before_each and after_each, a list for each
local counts = { passed = 0, failed = 0, skipped = 0 }

-- Not print: that is the script's, and kept for spec.printed.
local function say(...)
  io.write(string.format(...), "\n")
end

-- --- values as text ---------------------------------------------------------------------------------------

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == "number" and type(b) == "number" then return a < b end
    return type(a) .. tostring(a) < type(b) .. tostring(b)
  end)
  return keys
end

local function show(value, seen)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  seen = seen or {}
  if seen[value] then return "<the same again>" end
  seen[value] = true
  local parts = {}
  for _, key in ipairs(sorted_keys(value)) do
    local shown = show(value[key], seen)
    if type(key) == "number" and key == #parts + 1 then
      parts[#parts + 1] = shown
    else
      parts[#parts + 1] = (type(key) == "string" and key or "[" .. show(key) .. "]") .. " = " .. shown
    end
  end
  seen[value] = nil
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local function shown(value)
  local text = show(value)
  return #text > SHOWN and text:sub(1, SHOWN) .. "…" or text
end

-- --- check ------------------------------------------------------------------------------------------------

local check = {}

local function fail(level, ...)
  error(string.format(...), level + 1)
end

function check.equal(actual, expected)
  if actual ~= expected then
    fail(2, "it is\n    %s, expected\n    %s", shown(actual), shown(expected))
  end
end

-- Where two values differ (".a[2]"), or nil.
local function difference(a, b)
  if a == b or (a ~= a and b ~= b) then return nil end
  if type(a) ~= "table" or type(b) ~= "table" then return "" end
  for key, value in pairs(a) do
    local at = difference(value, b[key])
    if at then return "." .. tostring(key) .. at end
  end
  for key in pairs(b) do
    if a[key] == nil then return "." .. tostring(key) end
  end
  return nil
end

function check.same(actual, expected)
  local at = difference(actual, expected)
  if at then
    fail(2, "it differs%s: it is\n    %s, expected\n    %s", at ~= "" and " at " .. at or "", shown(actual),
      shown(expected))
  end
end

function check.near(actual, expected, tolerance)
  if type(actual) ~= "number" or actual ~= actual or math.abs(actual - expected) > tolerance then
    fail(2, "it is %s, expected %.17g, give or take %.17g", shown(actual), expected, tolerance)
  end
end

function check.match(text, pattern)
  if type(text) ~= "string" or not text:find(pattern) then
    fail(2, "it is\n    %s, expected something like\n    %s", shown(text), pattern)
  end
end

function check.contains(where, what)
  if type(where) == "table" then
    for _, item in ipairs(where) do
      if item == what or (type(item) == "string" and type(what) == "string" and item:find(what, 1, true)) then
        return
      end
    end
  elseif type(where) == "string" and where:find(what, 1, true) then
    return
  end
  fail(2, "it is\n    %s, in which there is no\n    %s", shown(where), shown(what))
end

function check.error(fn, pattern)
  local ok, message = pcall(fn)
  if ok then fail(2, "no error was thrown, expected one like\n    %s", tostring(pattern)) end
  message = tostring(message)
  if pattern and not message:find(pattern) then
    fail(2, "the error is\n    %s, expected one like\n    %s", message, pattern)
  end
  return message
end

setmetatable(check, {
  __call = function(_, condition, what)
    if not condition then fail(2, "not so%s", what and ": " .. tostring(what) or "") end
    return condition
  end,
})

-- --- describe and it --------------------------------------------------------------------------------------

local function describe(name, fn)
  path[#path + 1] = name
  before[#path], after[#path] = {}, {}
  fn()
  before[#path], after[#path] = nil, nil
  path[#path] = nil
end

local function before_each(fn)
  table.insert(before[#path], fn)
end

local function after_each(fn)
  table.insert(after[#path], fn)
end

local function traced(problem)
  if type(problem) ~= "string" then return tostring(problem) end
  return (debug.traceback(problem, 2):gsub("\n%s*%[C%]: in function 'xpcall'.*", ""))
end

local function run_all(lists, from, to, step)
  for depth = from, to, step do
    for _, fn in ipairs(lists[depth]) do fn() end
  end
end

local function it(name, fn)
  core.begin_case(table.concat(path, " > ") .. " > " .. name)
  local ok, problem = xpcall(function()
    run_all(before, 1, #path, 1)
    fn()
  end, traced)
  local cleaned, why = xpcall(run_all, traced, after, #path, 1, -1)
  local left = core.end_case()
  if ok and not cleaned then ok, problem = false, "in after_each: " .. why end
  if ok and left then ok, problem = false, "after the case: " .. left end
  if ok then
    counts.passed = counts.passed + 1
    return
  end
  counts.failed = counts.failed + 1
  say("FAILED: %s > %s\n  %s", table.concat(path, " > "), name, (problem:gsub("\n", "\n  ")))
  for _, line in ipairs(core.lines()) do say("  said: %s", line) end
end

local cases = setmetatable({}, {
  __call = function(_, name, fn) it(name, fn) end,
})

function cases.skip(name, why)
  counts.skipped = counts.skipped + 1
  say("skipped: %s > %s: %s", table.concat(path, " > "), name, why)
end

-- --- users ------------------------------------------------------------------------------------------------

local Task = {}
Task.__index = Task

local function keep_results(task, ...)
  task.results, task.n_results = { ... }, select("#", ...)
end

---Runs fn(user) as a running user from the next turn on.
function spec.start(fn, user)
  user = user or {}
  local task = setmetatable({}, Task)
  core.start(function(u) keep_results(task, fn(u)) end, user, task)
  return task
end

function Task:is_over()
  return self.how ~= nil
end

function Task:kill()
  if not self:is_over() then core.kill(self) end
end

function Task:stop()
  if not self:is_over() then core.stop(self) end
end

local function finish(task)
  while not task:is_over() do
    if not core.turn(true) and not task:is_over() then
      error("the user waits for something that will never happen", 0)
    end
  end
end

local function results(task)
  if task.how == "threw" then error(task.message, 0) end
  if task.how == "stopped" then error("the user was stopped", 0) end
  return unpack(task.results, 1, task.n_results)
end

function spec.as_user(fn, user)
  local task = spec.start(fn, user)
  finish(task)
  return results(task)
end

function spec.together(...)
  local tasks = {}
  for i = 1, select("#", ...) do tasks[i] = spec.start((select(i, ...))) end
  for _, task in ipairs(tasks) do finish(task) end
  for _, task in ipairs(tasks) do results(task) end
end

function spec.turn(seconds)
  core.turn_for(seconds)
end

spec.now = core.now

-- --- log and statistics -----------------------------------------------------------------------------------

-- "[time] host/LEVEL/logger: message" as "LEVEL logger: message"; nil: no line of the log.
local function log_line(line)
  local level, logger, message = line:match("^%[[%d%-]+ [%d:,]+%] [^/]*/(%u+)/([%w_.]+): (.*)$")
  return level and ("%s %s: %s"):format(level, logger, message)
end

---What was logged since the case began.
function spec.log()
  local lines = {}
  for _, line in ipairs(core.lines()) do lines[#lines + 1] = log_line(line) end
  return lines
end

---What scripts printed since the case began.
function spec.printed()
  local lines = {}
  for _, line in ipairs(core.lines()) do
    if not log_line(line) then lines[#lines + 1] = line end
  end
  return lines
end

spec.stats, spec.answer = core.stats, core.answer

---The practice server's URL; it runs until the file is over.
function spec.target(options)
  return "http://127.0.0.1:" .. core.target(options or {})
end

-- --- whole runs -------------------------------------------------------------------------------------------

local KNOWN = {
  classes = true, script = true, scripts = true, chosen = true, users = true, spawn_rate = true,
  seconds = true, stop_timeout = true, iterations = true, host = true, tags = true, exclude_tags = true,
  reset_stats = true, cpu_usage = true, memory_usage = true,
  init = true, config_users = true, equal_weights = true, seed = true,
}

-- The scenario's classes as the paths of scripts: what a script returns is found by the loader as ever.
local function with_paths(scenario)
  local flat = {}
  for key, value in pairs(scenario) do
    if not KNOWN[key] then error("a scenario has no '" .. tostring(key) .. "'", 3) end
    flat[key] = value
  end
  if scenario.script then
    local name = os.tmpname()
    local file = assert(io.open(name, "w"))
    file:write(scenario.script)
    file:close()
    flat.path = name .. ".lua"
    assert(os.rename(name, flat.path))
    flat.scripts = { flat.path }
  elseif scenario.seed and not scenario.scripts then
    error("only scripts can be run in a fresh state", 3)
  elseif scenario.classes then
    spec.returned = scenario.classes
    flat.scripts = { "tests/lua/spec/returned.lua" }
  end
  return flat
end

local function with_script(scenario, fn)
  local flat = with_paths(scenario)
  local ok, result = pcall(fn, flat)
  if flat.path then os.remove(flat.path) end
  spec.returned = nil
  if not ok then error(result, 0) end
  return result
end

---Loads a scenario; what the runner would be told of it.
function spec.load(scenario)
  return with_script(scenario, core.load)
end

---Runs a scenario from its start to its end.
function spec.run(scenario)
  local result = with_script(scenario, function(flat)
    if scenario.seed then return core.run_fresh(flat, scenario.seed) end
    return core.run(flat)
  end)
  result.log = spec.log()
  return result
end

-- --- the file ---------------------------------------------------------------------------------------------

rawset(_G, "describe", describe)
rawset(_G, "it", cases)
rawset(_G, "check", check)
rawset(_G, "before_each", before_each)
rawset(_G, "after_each", after_each)

---Runs a spec file; called by the runner alone. Returns the counts.
function spec.main(file)
  local ok, problem = xpcall(assert(loadfile(file)), traced)
  if not ok then
    counts.failed = counts.failed + 1
    say("FAILED: %s\n  %s", file, (problem:gsub("\n", "\n  ")))
  end
  return counts.passed, counts.failed, counts.skipped
end

return spec
