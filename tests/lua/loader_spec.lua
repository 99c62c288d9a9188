-- Scripts: finding them, their modules, and the classes that they give.
-- SPDX-License-Identifier: MIT

local spec = require "spec"

local folder

-- Files below a folder of the case's own.
local function write(path, text)
  local full = folder .. "/" .. path
  check(os.execute(("mkdir -p '%s'"):format(full:match("^(.*)/"))) == 0)
  local file = assert(io.open(full, "w"))
  file:write(text)
  file:close()
  return full
end

-- Names of the classes that these scripts give.
local function load(paths, chosen)
  local names = {}
  for i, row in ipairs(spec.load { scripts = paths, chosen = chosen }) do
    names[i] = row.name
  end
  return table.concat(names, " ")
end

local function user(name, rest)
  return ('require("katydid").User:extend(%q, { tasks = { function() end }, %s })'):format(name, rest or "")
end

describe("the loader", function()
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
  end)
  after_each(function()
    os.execute(("rm -rf '%s'"):format(folder))
    for name in pairs(package.loaded) do
      if name:find("^mine") or name:find("^flows") or name:find("^rock") then package.loaded[name] = nil end
    end
  end)

  describe("takes classes", function()
    it("that are returned: one, several, a list, a map", function()
      check.equal(load { write("a.lua", "return " .. user "A") }, "A")
      check.equal(load { write("b.lua", "return " .. user "A" .. ", " .. user "B") }, "A B")
      check.equal(load { write("c.lua", "return { " .. user "B" .. ", " .. user "A" .. " }") }, "B A")
      local map = "return { x = " .. user "Z" .. ",\n a = " .. user "Y" .. ", note = 'n' }"
      check.equal(load { write("d.lua", map) }, "Z Y")
    end)

    it("that are globals, where nothing is returned, in the order of definition", function()
      local text = ("Z = %s\nA = %s\nlocal B = %s\nfunction helper() return B end"):format(user "Z", user "A",
        user "B")
      check.equal(load { write("a.lua", text) }, "Z A")
    end)

    it("but not those that are abstract, task sets, or nobody's", function()
      check.equal(load { write("a.lua", "return { " .. user("Base", "abstract = true") .. ", " .. user "A"
        .. ", require('katydid').TaskSet:extend('T'), " .. user("None", "weight = 0") .. " }") }, "A")
    end)

    it("once, also when two scripts give the same", function()
      write("mine.lua", "return { A = " .. user "A" .. " }")
      local one = write("one.lua", "return require('mine').A")
      local two = write("two.lua", "return require('mine')")
      check.equal(load { one, two }, "A")
    end)

    it("with weights and fixed counts", function()
      local path = write("a.lua", "return " .. user("A", "weight = 0.8, fixed_count = 2"))
      local rows = spec.load { scripts = { path } }
      check.same(rows, { { name = "A", weight = 0.8, fixed_count = 2 } })
    end)

    it("that were chosen, in the order of discovery", function()
      local path = write("a.lua", "return { " .. user "A" .. ", " .. user "B" .. ", " .. user "C" .. " }")
      check.equal(load({ path }, { "C", "A" }), "A C")
      check.error(function() load({ path }, { "D" }) end, "unknown user class 'D' %(.*%)")
      local other = write("b.lua", "return { " .. user "Shopper" .. " }")
      check.error(function() load({ other }, { "Shoper" }) end,
        "unknown user class 'Shoper' %(did you mean 'Shopper'%?%)")
    end)
  end)

  describe("says", function()
    it("which script is missing, and which was meant", function()
      write("shop.lua", "return " .. user "A")
      check.error(function() load { folder .. "/shpo.lua" } end,
        "/shpo%.lua: no such file %(did you mean '.*/shop%.lua'%?%)")
      check.error(function() load { "nowhere/x.lua" } end, "^nowhere/x%.lua: no such file$")
    end)

    it("that a script is a file, and no URL, and how to make it one", function()
      check.error(function() load { "https://ada:secret@example.org/load/shop.lua?raw=1" } end,
        "^https://ada:%*%*%*@example%.org/load/shop%.lua%?raw=.*: scripts are files here: fetch it first "
          .. "%(curl %-fsSL %-o shop%.lua URL%), and name the file$")
      check.error(function() load { "http://example.org/x" } end, "%-o shop%.lua URL")
    end)

    it("where the syntax is wrong", function()
      local path = write("a.lua", "local x = 1\nlocal y =\nreturn")
      check.error(function() load { path } end, "a%.lua:3: unexpected symbol near 'return'")
    end)

    it("what went wrong in a script, and where", function()
      check.error(function() load { write("a.lua", "local x\nx.y = 1") } end,
        "a%.lua:2: attempt to index local 'x'")
      check.error(function() load { write("b.lua", "error({})") } end, "b%.lua: a table")
    end)

    it("that there is no user", function()
      check.error(function() load { write("a.lua", "return {}") } end,
        "a%.lua: no user class found; return one")
      check.error(function() load { write("b.lua", "local x = 1") } end, "no user class found")
      check.error(function() load { write("c.lua", "return " .. user("Base", "abstract = true")) } end,
        "no user class to run: Base is abstract")
      check.error(function() load { write("d.lua", "return " .. user("A", "weight = 0")) } end,
        "no user class to run: weight and fixed_count of A are 0")
    end)

    it("what it can't take for classes", function()
      check.error(function() load { write("a.lua", "return 3") } end,
        "a%.lua: returned 3; expected a user class")
      check.error(function() load { write("b.lua", "return { " .. user "A" .. ", 'B' }") } end,
        "b%.lua: item 2 of what it returned is 'B'; expected a class")
      check.error(function() load { write("c.lua", "return { nil, " .. user "A" .. " }") } end,
        "item 1 .* is nil")
    end)

    it("which two classes have one name, and where they are", function()
      local one = write("one.lua", "\nlocal A = " .. user "A" .. "\nreturn A")
      local two = write("two.lua", "local A = " .. user "A" .. "\nreturn A")
      check.error(function() load { one, two } end,
        "two%.lua:1: there are two user classes of the name A; the other one is at .*one%.lua:2")
    end)

    it("which two shapes have one name, and that a shape needs a tick", function()
      local shape = "require('katydid').LoadTestShape:extend(%q, { tick = function() end })"
      local text = ("\nlocal S, T = %s, %s\nreturn { %s, S, T }"):format(shape:format "S", shape:format "S",
                                                                      user "A")
      check.error(function() load { write("a.lua", text) } end,
        "a%.lua:2: there are two shapes of the name S; the other one is at .*a%.lua:2$")
      check.error(function() load { write("b.lua", "return { " .. user "A"
        .. ", require('katydid').LoadTestShape:extend('S') }") } end, "the shape S has no method tick")
    end)
  end)

  describe("looks for modules", function()
    it("in the script's own folder first", function()
      write("flows/login.lua", "return { name = 'Login' }")
      write("mine/init.lua", "return 'Mine'")
      local path = write("a.lua", "local k = require 'katydid'\nreturn k.User:extend("
        .. "require('flows.login').name .. require 'mine', { tasks = { print } })")
      check.equal(load { path }, "LoginMine")
    end)

    it("in lua_modules above it, as LuaRocks lays them out", function()
      write("lua_modules/share/lua/5.1/rock.lua", "return 'Rock'")
      write("lua_modules/share/lua/5.1/rocks/init.lua", "return 'Rocks'")
      local path = write("deep/er/a.lua", "local k = require 'katydid'\nreturn k.User:extend(require 'rock'"
        .. " .. require 'rocks', { tasks = { print } })")
      check.equal(load { path }, "RockRocks")
      check.contains(package.cpath, "lua_modules/lib/lua/5.1/?.so")
    end)

    it("also when they are required late", function()
      write("one/mine1.lua", "return 'One'")
      write("two/mine2.lua", "return 'Two'")
      local text = "local k = require 'katydid'\nfound = ''\n"
        .. "local A = k.User:extend(%q)\nfunction A.init() found = found .. require %q; print(found) end\n"
        .. "A.work = k.task(function(self) self:stop() end)\nreturn A"
      local one = write("one/a.lua", text:format("A", "mine1"))
      local two = write("two/b.lua", text:format("B", "mine2"))
      spec.run { scripts = { one, two }, users = 2 }
      -- Each printed once: they don't share their globals.
      local printed = spec.printed()
      table.sort(printed)
      check.same(printed, { "One", "Two" })
    end)

    it("and says where, when there is none", function()
      local text = check.error(function() load { write("a.lua", "\nrequire 'flows.logn'") } end)
      check.match(text, "a%.lua:2: module 'flows%.logn' not found")
      check.contains(text, folder .. "/flows/logn.lua")
    end)

    it("and passes on what is wrong in one", function()
      write("mine.lua", "\n\nlocal = 3")
      check.error(function() load { write("a.lua", "require 'mine'") } end, "mine%.lua:3: ")
    end)
  end)

  describe("of a folder", function()
    it("takes all scripts in it and below; none with _ or . before its name, nor lua_modules", function()
      write("b.lua", "return " .. user "B")
      write("a/c.lua", "return " .. user "C")
      write("_off.lua", "error 'never'")
      write(".hidden.lua", "error 'never'")
      write("_off/d.lua", "error 'never'")
      write("lua_modules/share/lua/5.1/e.lua", "error 'never'")
      write("notes.txt", "error 'never'")
      check.equal(load { folder }, "C B")
      check.equal(load { folder .. "/" }, "C B")
    end)

    it("leaves modules alone that give no classes", function()
      write("flows/f.lua", "return function() end")
      write("flows/g.lua", "return { 1, 2 }")
      write("a.lua", "require 'flows.f'\nreturn " .. user "A")
      check.equal(load { folder }, "A")
    end)

    it("finds the modules of a script further down from the folder itself", function()
      write("mine.lua", "return { name = 'M' }")
      write("sub/a.lua", "return require('katydid').User:extend(require('mine').name, { tasks = { print } })")
      check.equal(load { folder }, "M")
    end)

    it("says when there is nothing in it", function()
      write("notes.txt", "")
      check.error(function() load { folder } end, "no scripts %(%*%.lua%) in this folder")
    end)
  end)

  describe("is strict about globals", function()
    it("in scripts", function()
      local path = write("a.lua", "total = 0\nlocal function add() totl = total + 1 end\nadd()")
      check.error(function() load { path } end, "a%.lua:2: 'totl' would become a global inside a function")
      check.error(function() load { write("b.lua", "return Shoper") } end,
        "b%.lua:1: the global 'Shoper' was never set")
    end)

    it("in modules from their folders, but not in those of others", function()
      write("mine.lua", "return function() slip = 1 end")
      check.error(function() load { write("a.lua", "require('mine')()") } end,
        "mine%.lua:1: 'slip' would become a global")
      write("lua_modules/share/lua/5.1/rock.lua", "return function() loose = 1 end")
      check.equal(load { write("b.lua", "require('rock')()\nreturn " .. user "A") }, "A")
      rawset(_G, "loose", nil)
    end)
  end)

  it("runs a script with its path", function()
    local path = write("a.lua", "local path = ...\nprint(path)\nreturn " .. user "A")
    load { path }
    check.same(spec.printed(), { path })
  end)
end)

