-- readme_spec -- the Lua examples of lua/README.md run, each within the users that the page speaks of.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local PAGE = "lua/README.md"

-- What a call looks like; no code by itself.
local A_CALL = "self.client:get(path [, options] [, handler])"

-- Sections whose examples stand in a task; of the others those paragraphs that speak of `self`.
local IN_TASK = {}
for _, title in ipairs {
  "The HTTP client", "Options", "Responses", "Files",
  "Streams", "Handlers", "JSON calls", "Batches", "Names", "Headers and cookies",
  "Errors and stopping", "Time", "Checks", "Transactions", "The environment", "Statistics",
} do
  IN_TASK[title] = true
end

-- What examples take for granted.
local BEFORE = [[
local k = require "katydid"
local shapes = require "katydid.shapes"
local Shopper = k.HttpUser:extend("Shopper", { wait_time = k.constant(1) })
local Admin = k.HttpUser:extend("Admin", { wait_time = k.constant(1) })
local Reader = k.HttpUser:extend("Reader", { wait_time = k.constant(1) })
local Forum = k.TaskSet:extend("Forum")
local Steps = shapes.steps { step_time = 5, step_load = 2, time_limit = 20 }
Shopper.browse = k.task(function(self) self.client:get("/") end)
Shopper.item = k.task(function(self) self.client:get("/item") end)
Admin.look = k.task(function(self) self.client:get("/") end)
Reader.read = k.task(function(self) self.client:get("/") end)
function Forum:read() self:interrupt() end
Forum.leave = k.task(Forum.read)
local function status(self) self.client:get("/status") end
local function call(_, a, b) return tostring(a + b) end
local cart, token, value, text = { item = 7 }, "t0ken", { 1 }, "[1]"
local wait_time
local _ = { Shopper, Admin, Reader, Forum, Steps, status, call, cart, token, value, text, wait_time }
]]

-- Run where a task says it.
local TASK = [[
Shopper.example_%d = k.task(100, function(self)
  local environment, response = self.environment, self.client:get("/")
  local _ = { environment, response }
  %s
  print("over: %d")
end)
]]

-- And where a listener says it, which `stop` returns to.
local LISTENER = [[
local is_told = false
k.events.spawning_complete:add_listener(function(e)
  if is_told then return end
  is_told = true
  local environment = e.environment
  %s
  print("over: %d")
end)
]]

-- Task sets are entered, and users have something to do.
local AFTER = [[
local object, task = require "katydid.object", require "katydid.task"
for _, class in ipairs { %s } do
  local info = object.info(class)
  if info and info.kind.is_task_set then
    Shopper["visit_" .. tostring(class)] = k.task(10, class)
  elseif info and info.kind.is_user and #task.list(info) == 0 then
    class.look = k.task(function(self) self.client:get("/") end)
  end
end
return { %s }
]]

-- Options are declared before a run, which a spec hasn't.
local OPTIONS = "k.events.init:add_listener(function(e) e.environment.parsed_options.items = 3 end)"

-- "stats.total -- of all" tells of a value, and is no statement.
local function as_statement(line)
  local code = line:gsub("%s+%-%- .*", "")
  if code ~= "" and not loadstring(code) and loadstring("return " .. code) then
    return "local _ = " .. code
  end
  return line
end

-- { title, line, text } of each example, in the order of the page.
local function examples()
  local found, title, lines, start, n = {}, nil, nil, nil, 0
  for line in io.lines(PAGE) do
    n = n + 1
    title = not lines and line:match("^#+ (.*)") or title
    if line == "```lua" then
      lines, start = {}, n
    elseif line == "```" and lines then
      found[#found + 1] = { title = title, line = start, first = lines[1], text = table.concat(lines, "\n") }
      lines = nil
    elseif lines then
      lines[#lines + 1] = line
    end
  end
  return found
end

-- The pieces of an example between empty lines at its outermost level.
local function paragraphs(text)
  local found, lines = {}, {}
  for line in (text .. "\n\n"):gmatch "([^\n]*)\n" do
    local whole = table.concat(lines, "\n")
    if line == "" and loadstring(whole) then
      if whole ~= "" then found[#found + 1] = whole end
      lines = {}
    else
      lines[#lines + 1] = line
    end
  end
  check.equal(#lines, 0)
  return found
end

local function is_of_a_task(title, text)
  if IN_TASK[title] then return true end
  for _, call in ipairs { "^local %w+ = k%.spawn%(", "k%.measure%(", "k%.now%(%)" } do
    if text:find(call) then return true end
  end
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local before = line:match "^(%a.-)%f[%w]self%f[%W]" or line:match "^()self%f[%W]" and ""
    if before and not before:find "function" and not line:find "^function %w+:" then return true end
  end
  return false
end

-- A whole script around an example; how many pieces of it print that they are over.
local function script_of(example)
  local text = example.text:gsub("([^\"])…([^\"])", "%1 %2") -- what the page leaves out
  if example.title == "Files" then
    local path = os.tmpname()
    example.path = path
    for _, name in ipairs { "pictures/ada.png", "letter.txt", "one.png", "two.png" } do
      text = text:gsub('"' .. name:gsub("%p", "%%%0") .. '"', ("%q"):format(path))
    end
  end
  text = text:gsub("[^\n]+", as_statement):gsub("> 10000", "> 100"):gsub("{ 10, 100 }", "{ 2, 5 }")
  text = text:gsub('env.require "API_TOKEN"', 'env.require "PATH"')
  if text:find "^local k = require" then return text, 0 end
  local parts, names, n = { BEFORE }, { "Shopper" }, 0
  if example.title == "Options of your own" then parts[2] = OPTIONS end
  for _, name in ipairs { "Admin", "Reader", "Forum" } do
    if text:find(name, 1, true) then names[#names + 1] = name end
  end
  for _, piece in ipairs(paragraphs(text)) do
    for name in ("\n" .. piece):gmatch "\nlocal ([%w_, ]+)" do
      for one in name:gmatch "%f[%w]%u[%w_]*" do names[#names + 1] = one end
    end
    if example.title == "The runner" and piece:find "^local runner" or piece:find "^runner:" then
      n = n + 1
      piece = piece:find "^runner:" and "local runner = environment.runner\n" .. piece or piece
      parts[#parts + 1] = LISTENER:format(piece:gsub("%%", "%%%%"), n)
    elseif is_of_a_task(example.title, piece) then
      n = n + 1
      parts[#parts + 1] = (TASK:gsub("%%s", function() return piece end):gsub("%%d", tostring(n)))
    else
      parts[#parts + 1] = piece
    end
  end
  if not text:find "\nreturn {" and not text:find "^return" then
    local list = table.concat(names, ", ")
    parts[#parts + 1] = AFTER:format(list, "[1] = " .. list:gsub(", (%w+)", function(name)
      return (", %s = %s"):format(name, name)
    end))
  end
  return table.concat(parts, "\n"), n
end

local function answer(request)
  if request.url:find "/404" then return { status = 404 } end
  local body = '{"items": [{"id": 1}], "price": 3, "probability": 0.5, "waiting": 3, "name": "lamp"}'
  return {
    body = body, delay = 0.01,
    headers = { "Content-Type", "application/json", "X-Cache", "hit", "Set-Cookie", "session=s1" },
  }
end

local function run(example)
  local script, n = script_of(example)
  spec.answer(answer)
  local ends = script:find "return { Shopper, [^\n]*Steps }" or script:find "return { Shopper, shapes"
               or script:find "table.remove%(sizes"
  local result = spec.run {
    script = script, host = "http://example.test", users = 3, seconds = not ends and 10 or nil,
  }
  check.same(result.exceptions, {})
  for _, line in ipairs(result.log) do check(not line:find "^ERROR", line) end
  for i = 1, n do check.contains(spec.printed(), "over: " .. i) end
  check(#result.ended > 0)
end

describe("an example of the page runs:", function()
  after_each(function()
    for _, name in ipairs {
      "init", "init_command_line_parser", "request", "spawning_complete", "test_start", "test_stop",
    } do
      k.events[name]:forget_listeners()
    end
  end)

  for _, example in ipairs(examples()) do
    if example.title == "What a script runs" then
      it("What a script runs, each line", function()
        for line in example.text:gmatch "[^\n]+" do
          spec.load { script = BEFORE .. line, host = "http://example.test" }
        end
      end)
    elseif example.first ~= A_CALL then
      it(("%s, line %d"):format(example.title, example.line), function()
        local ok, why = pcall(run, example)
        if example.path then os.remove(example.path) end
        if not ok then error(why, 0) end
      end)
    end
  end
end)
