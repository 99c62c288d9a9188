-- `katydid check`: what it finds, and what it leaves alone.
-- SPDX-License-Identifier: MIT

local check_tool = require "katydid.tools.check"
local loader = require "katydid.loader"

local folder

local function write(path, text)
  local full = folder .. "/" .. path
  check(os.execute(("mkdir -p '%s'"):format(full:match("^(.*)/"))) == 0)
  local file = assert(io.open(full, "w"))
  file:write(text)
  file:close()
  return full
end

-- Report, without the folder, and code.
local function run(...)
  local report, code = check_tool.main { scripts = { ... }, taken = { "users", "u" } }
  return (report:gsub(folder:gsub("%p", "%%%0") .. "/", "")), code
end

local HEAD = 'local k = require "katydid"\nlocal A = k.HttpUser:extend("A", { host = "http://h" })\n'

-- What is found in a script whose one task is this, from its line 4 on.
local function in_task(body)
  local script = HEAD .. "A.look = k.task(function(self)\n" .. body .. "\nend)\nreturn A\n"
  local report = run(write("a.lua", script))
  return (report:gsub("\n%d+ mistakes?\n$", ""))
end

local GOOD = "no mistakes in a.lua (1 user class)\n"

describe("katydid check", function()
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
  end)
  after_each(function()
    os.execute(("rm -rf '%s'"):format(folder))
    for name in pairs(package.loaded) do
      if name:find("^mine") then package.loaded[name] = nil end
    end
  end)

  it("finds nothing in a good script", function()
    local report, code = run(write("a.lua", HEAD .. [[
local count = 0
total = 0
local function add(n)
  total = total + n
  count = count + 1
end
A.look = k.task(3, function(self)
  local id = math.random(10)
  self.client:get("/items/" .. id, { name = "/items/[id]", params = { nmae = 1 } })
  self.client:get(id > 3 and "/a" or "/b")
  self.client:post("http://other/x", { json = { nmae = id } }, function(response) add(response.length) end)
  self.client:request("PUT", "/x", { data = "a" })
  self.client:rest("GET", "/x")
  self.client:get("")
  self.client:get("?a=1")
  self.db.client:get("key", { nmae = 1 })
  k.sleep(1)
  local json = require "katydid.json"
  return json, string.format("%d", id)
end)
return A
]]))
    check.equal(report, GOOD)
    check.equal(code, 0)
  end)

  it("finds errors of syntax, with their line", function()
    local report, code = run(write("a.lua", "local k = 1\n\nreturn }\n"))
    check.match(report, "^a%.lua:3: unexpected symbol near '}'\n1 mistake\n$")
    check.equal(code, 2)
  end)

  it("finds globals that a function sets or reads", function()
    check.equal(in_task("totl = 1\nprint(totl, pirnt)"),
                "a.lua:4: 'totl' would become a global inside a function: write `local totl`, or set it once "
                .. "at the top of the file\n"
                .. "a.lua:5: the global 'pirnt' was never set; did you mean 'print'?\n"
                .. "a.lua:5: the global 'totl' was never set; is it a local of another function?")
  end)

  it("finds them in functions within functions, and in those that nobody calls", function()
    check.match(in_task("local function inner() return function() oops = 1 end end"),
                "^a%.lua:4: 'oops' would become a global")
  end)

  it("finds unknown options in constant tables", function()
    check.equal(in_task('self.client:get("/x", { nmae = "x" })'),
                "a.lua:4: unknown option 'nmae' of client:get (did you mean 'name'?)")
    check.equal(in_task 'local c = self.client\nc:request("GET", "/x", {\nparms = { self.id } })',
                "a.lua:6: unknown option 'parms' of client:request (did you mean 'params'?)")
    check.match(in_task('self.user.client:post("/x", { bicycle = self.id })'),
                "unknown option 'bicycle' of client:post %(there are: allow_redirects, ")
  end)

  it("finds paths that don't begin with a slash", function()
    local expected = "a.lua:4: client:get: expected a path that begins with '/', or an http:// or https:// "
                     .. "URL, got "
    check.equal(in_task('self.client:get("items")'), expected .. "'items'")
    check.equal(in_task('return self.client:get("items/" .. self.id)'), expected .. "'items/' .. …")
    check.equal(in_task('self.client:get(self.id == 1 and "items" or "/x")'), GOOD)
  end)

  it("takes such a path where the host has a folder", function()
    check.equal(run(write("a.lua", HEAD:gsub("http://h", "%0/b/")
      .. 'A.look = k.task(function(self) self.client:get("items") end)\nreturn A\n')), GOOD)
  end)

  it("finds names that katydid hasn't, in functions too", function()
    check.equal(in_task("k.slep(1)"), "a.lua:4: unknown name 'slep' of katydid (did you mean 'sleep'?)")
    local report = run(write("a.lua", (HEAD:gsub("local k", "local kat"):gsub("k%.Http", "kat.Http"))
      .. "A.look = kat.task(function() kat.slep(1) end)\nreturn A\n"))
    check.match(report, "^a%.lua:3: unknown name 'slep' of katydid")
  end)

  it("finds modules that aren't there, with where they were looked for", function()
    local report = in_task('require "mine.nowhere"')
    check.match(report, "^a%.lua:4: module 'mine%.nowhere' not found:\n")
    check.contains(report, "no file 'mine/nowhere.lua'")
    report = run(write("a.lua", 'local flows = require "mine.flow"\n'))
    check.match(report, "^a%.lua:1: module 'mine%.flow' not found:\n")
    check.contains(report, "no file 'mine/flow.lua'")
  end)

  it("looks into modules from the script's folder", function()
    write("mine/flow.lua", "local flow = {}\nfunction flow.go(self)\n  self.client:get('cart')\n  oops = 1\n"
      .. "end\nreturn flow\n")
    local report = run(write("a.lua", 'local flow = require "mine.flow"\n' .. HEAD
      .. "A.look = k.task(function(self) flow.go(self) end)\nreturn A\n"))
    check.match(report, "^mine/flow%.lua:3: client:get: expected a path")
    check.match(report, "\nmine/flow%.lua:4: 'oops' would become a global inside a function")
    check.match(report, "\n2 mistakes\n$")
  end)

  it("finds what keeps a class from being made", function()
    local function attributes(text)
      return (run(write("a.lua", 'local k = require "katydid"\nlocal A = k.User:extend("A", {\n' .. text
                                   .. "\n})\nlocal x = A\nreturn x\n")):gsub("\n%d+ mistakes?\n$", ""))
    end
    check.equal(attributes("wait_time = 5"),
                "a.lua:2: A.wait_time: expected a function that gives seconds, as k.constant(1) does, got 5")
    check.equal(attributes('weight = "3"'), "a.lua:2: A.weight: expected a number from 0, got '3'")
    check.equal(attributes("wait_tme = k.constant(1)"),
                "a.lua:2: unknown attribute 'wait_tme' of the user class A (did you mean 'wait_time'?)")
    check.match(attributes("tasks = { function() end, nil, function() end }"),
                "^a%.lua:2: A%.tasks%[2%]: expected a function or a task set, got nil")
    check.match(attributes('tasks = { [function() end] = "3" }'), "^a%.lua:2: A%.tasks: expected a .*got '3'")
    check.match(attributes("weight = 2"), "^a%.lua:2: A has no tasks")
    check.match(attributes("tasks = { function() end } }) k.task('3', function() end) print({"),
                "^a%.lua:3: k%.task: expected ")
  end)

  it("finds tasks that are nil by a slip", function()
    local report = run(write("a.lua", HEAD .. "function A:browse() end\nfunction A:cart() end\n"
      .. "A.tasks = { A.cart, A.browze }\nA.cache = A.cache or {}\nreturn A\n"))
    check.equal(report, "a.lua:5: 'browze' is nil: no class has it (did you mean 'browse'?)\n1 mistake\n")
  end)

  it("finds a host that is none", function()
    local report = run(write("a.lua", HEAD:gsub("http://h", "h:80")
      .. "A.look = k.task(function() end)\nreturn A\n"))
    check.match(report, "^a%.lua:2: the host of A is 'h:80', without a scheme")
  end)

  it("finds options that a script may not add", function()
    local report = run(write("a.lua", HEAD .. 'A.look = k.task(function() end)\n'
      .. "k.events.init_command_line_parser:add_listener(function(e)\n"
      .. '  e.parser:add_argument("--users")\nend)\n'
      .. "return A\n"))
    check.match(report, "^a%.lua:5: ")
  end)

  it("takes each script of a folder by itself", function()
    local one = HEAD .. "A.look = k.task(function() end)\nreturn A\n"
    write("many/one.lua", one)
    write("many/two.lua", one)
    write("many/flow.lua", "return { go = function() end }\n")
    write("many/below/three.lua", 'require "flow"\n' .. one)
    check.equal(run(folder .. "/many"), "no mistakes in many (3 user classes)\n")
    package.loaded.flow = nil
  end)

  it("says which script isn't there", function()
    write("shop.lua", "")
    check.equal(run(folder .. "/shpo.lua"), "shpo.lua: no such file (did you mean 'shop.lua'?)\n1 mistake\n")
  end)

  it("keeps scripts apart", function()
    write("one/mine.lua", "return {}")
    local a = write("one/a.lua", 'require "mine"\n' .. HEAD .. "A.look = k.task(function() end)\nreturn A\n")
    local b = write("two/b.lua", 'require "mine"\n' .. HEAD .. "A.look = k.task(function() end)\nreturn A\n")
    check.match(run(a, b), "^two/b%.lua:1: module 'mine' not found:")
  end)

  it("goes on with the next script", function()
    local report = run(write("a.lua", "return }"), write("b.lua", "x y"))
    check.match(report, "^a%.lua:1: .*\nb%.lua:1: .*\n2 mistakes\n$")
  end)

  describe("names all mistakes of a script, not the first alone", function()
    local function found(text)
      local report = run(write("a.lua", 'local k = require "katydid"\n' .. text))
      return (report:gsub("a%.lua:", ""):gsub("\n%d+ mistakes?\n$", ""))
    end

    it("attributes of one class, of several, and of one that extends a broken one", function()
      check.equal(found [[
local A = k.HttpUser:extend("A", { wait_time = 5, weight = "3",
  host = 80 })
A.on_start = "go"
A.look = k.task(function(self) oops = 1; self.client:get("cart") end)
local B = A:extend("B")
B.fixed_count = 0.5
return { A, B }
]], "2: A.host: expected a URL, as in \"http://127.0.0.1:8080\", got 80\n"
        .. "2: A.wait_time: expected a function that gives seconds, as k.constant(1) does, got 5\n"
        .. "2: A.weight: expected a number from 0, got '3'\n"
        .. "4: A.on_start: expected a function, got 'go'\n"
        .. "5: 'oops' would become a global inside a function: write `local oops`, or set it once at the top "
        .. "of the file\n"
        .. "5: client:get: expected a path that begins with '/', or an http:// or https:// URL, got 'cart'\n"
        .. "7: B.fixed_count: expected a whole number from 0, got 0.5")
    end)

    it("calls of the API; what was to be made of them is nobody's fault", function()
      check.equal(found [[
local A = k.User:extend("A", { wait_time = k.between(5, 1) })
local wait = k.constnt(3)
A.wait_time, A.pause = wait, wait(A) + 1 .. "s"
A.look = k.tag("slow", k.task(-1, function() end))
A.tasks = { k.task("3", function() end), [2] = { A.look, 3 } }
k.events.request:add_listener(5)
k.events.test_strt:add_listener(print)
local metric = require "katydid.metric"
A.orders, A.sizes = metric.counter(3), metric.trnd("size")
k.thresholds { 5 }
return A
]], "2: k.between: expected the longest wait to be a number of seconds from 5, got 1\n"
        .. "3: unknown name 'constnt' of katydid (did you mean 'constant'?)\n"
        .. "5: k.task: expected a weight, a whole number from 0 to 1000000, got -1\n"
        .. "6: k.task: expected a weight, a whole number from 0 to 1000000, got '3'\n"
        .. "7: events.request:add_listener: expected a function, got 5\n"
        .. "8: unknown event 'test_strt' (did you mean 'test_start'?)\n"
        .. "10: metric.counter: expected a name, as 'orders', got 3\n"
        .. "10: unknown kind 'trnd' of katydid.metric (did you mean 'trend'?)\n"
        .. "11: k.thresholds: item 1: expected a text such as 'p95 < 300ms', got 5")
    end)

    it("shapes, classes without a name, and what is returned in their place", function()
      check.equal(found [[
local shapes = require "katydid.shapes"
local A = k.User:extend("A", { tasks = { function() end } })
local B = k.User:extend()
local C = k.LoadTestShape:extend("C")
return { A, B, shapes.ramp { user = 5 }, C, 3, shapes.waves {} }
]], " item 5 of what it returned is 3; expected a class\n"
        .. "4: User:extend: expected the name of the new class, as in User:extend(\"Shopper\"), got nil\n"
        .. "5: the shape C has no method tick\n"
        .. "6: unknown name 'waves' of katydid.shapes (did you mean 'wave'?)\n"
        .. "6: unknown parameter 'user' of shapes.ramp (did you mean 'users'?)")
    end)

    it("sets within sets, each with its own", function()
      check.equal(found [[
local Inner = k.TaskSet:extend("Inner", { tasks = { [function() end] = -1 } })
local Chain = k.MarkovTaskSet:extend("Chain")
Chain.one = k.transitions({ "two" }, function() end)
local Outer = k.TaskSet:extend("Outer", { tasks = { Inner, Chain } })
local A = k.User:extend("A", { tasks = { Outer } })
return A
]], "2: Inner.tasks: expected a weight, a whole number from 0 to 1000000, got -1\n"
        .. "4: Chain.one: it leads to the unknown state 'two' (there are: one)")
    end)

    it("options of the script's own, and classes that are there twice", function()
      check.equal(found [[
k.events.init_command_line_parser:add_listener(function(e)
  e.parser:add_argument("--users")
  e.parser:add_argument("items")
  e.parser:add_argument("--cups", { type = "int" })
end)
local A = k.User:extend("A", { tasks = { function() end } })
local Again = k.User:extend("A", { tasks = { function() end } })
return { A, Again }
]], "3: add_argument('--users'): there is an option --users already; it is katydid's own\n"
        .. "4: add_argument: expected the name of an option, as '--items' or '-i', got 'items'\n"
        .. "5: add_argument('--cups'): type: expected one of 'boolean', 'integer', 'number' and 'string', "
        .. "got 'int'\n8: there are two user classes of the name A; the other one is at 7")
    end)

    it("up to an error of Lua's own; of what is behind it, what the bytecode tells", function()
      check.equal(found [[
local A = k.User:extend("A", { wait_time = 5 })
local n = nil + 1
A.weight = "many"
A.look = k.task(function(self) k.slep(1) end)
return A
]], "2: A.wait_time: expected a function that gives seconds, as k.constant(1) does, got 5\n"
        .. "3: attempt to perform arithmetic on a nil value\n"
        .. "5: unknown name 'slep' of katydid (did you mean 'sleep'?)")
    end)

    it("and a run still ends at the first", function()
      local path = write("b.lua", 'local k = require "katydid"\nk.constnt(3)\nk.task(-1, print)\n')
      run(path)
      check.error(function() loader.load { path } end, "b%.lua:2: unknown name 'constnt' of katydid")
    end)
  end)

  it("leaves no watch on classes behind", function()
    run(write("a.lua", HEAD .. "A.look = k.task(function() end)\nreturn A\n"))
    local loaded = loader.load { write("b.lua", HEAD .. "A.look = k.task(function() end)\nreturn A\n") }
    check.equal(loaded.classes[1].nothing, nil)
  end)
end)
