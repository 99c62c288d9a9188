-- strict_spec -- forgotten locals and slips in globals.
-- SPDX-License-Identifier: MIT

local spec = require "spec"
local strict = require "katydid.strict"

-- What a file with these globals does; its second result is the error.
local function run(text, globals)
  local chunk = assert(loadstring(text, "@file.lua"))
  setfenv(chunk, globals or strict.globals())
  return pcall(chunk)
end

local function problem_of(text)
  local ok, why = run(text)
  check(not ok, "no error")
  return why
end

describe("globals of a file", function()
  it("may be set at its top, and changed anywhere then", function()
    local ok, value = run("count = 1\nlocal function add() count = count + 1 end\nadd()\nreturn count")
    check(ok, value)
    check.equal(value, 2)
    check.equal(rawget(_G, "count"), nil)
  end)

  it("set to nil are set", function()
    check(run("later = nil\nlocal function see() return later end\nassert(see() == nil)\nlater = 1"))
  end)

  it("set inside a function are an error with its line", function()
    check.equal(problem_of("local function f()\n  acount = 1\nend\nf()"),
      "file.lua:2: 'acount' would become a global inside a function: write `local acount`, or set it once at "
      .. "the top of the file")
  end)

  it("never set are an error with the nearest name", function()
    check.equal(problem_of("counter = 1\nlocal x = 1\nreturn cuonter"),
      "file.lua:3: the global 'cuonter' was never set; did you mean 'counter'?")
    check.equal(problem_of("return pritn(1)"),
      "file.lua:1: the global 'pritn' was never set; did you mean 'print'?")
    check.match(problem_of("return xyzzy"), "'xyzzy' was never set; is it a local of another function%?$")
  end)

  it("of Lua are there", function()
    check(run("assert(math.floor(1.5) == 1 and _G.nothing == nil and type(os) == 'table')"))
  end)

  it("of a module are everybody's", function()
    check(run("a_modules_own = 5", strict.globals(true)))
    check.equal(rawget(_G, "a_modules_own"), 5)
    local ok, value = run("return a_modules_own")
    check(ok and value == 5)
    rawset(_G, "a_modules_own", nil)
  end)
end)

describe("modules", function()
  it("are found by templates, and are strict", function()
    local find = strict.searcher { "tests/lua/nowhere/?.lua", "tests/lua/?.lua", "tests/lua/?/init.lua" }
    check.equal(type(find("spec")), "function")
    check.equal(find("not.there"), "\n\tno file 'tests/lua/nowhere/not/there.lua'\n\tno file "
      .. "'tests/lua/not/there.lua'\n\tno file 'tests/lua/not/there/init.lua'")
    local returned = find("spec.returned")
    check.equal(type(returned), "function")
    check.equal(returned(), spec.returned)
    check.error(function() return getfenv(returned).nonsense end, "the global 'nonsense' was never set")
  end)
end)
