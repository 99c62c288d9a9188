-- core_spec -- what C gives to the Lua half, besides users and requests.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local spec = require "spec"

local file, log, run, text, url = core.file, core.log, core.run, core.text, core.url

describe("text", function()
  it("knows the nearest name", function()
    check.equal(text.nearest("haeders", { "params", "headers" }), "headers")
    check.equal(text.nearest("xyz", { "params", "headers" }), nil)
    check.equal(text.nearest("x", {}), nil)
    check.error(function() text.nearest("x", { 1 }) end, "expected a list of strings")
  end)

  it("writes as Python's repr does", function()
    check.equal(text.python_repr("it's"), "\"it's\"")
    check.equal(text.python_repr("a\n'\""), "'a\\n\\'\"'")
  end)
end)

describe("url", function()
  it("encodes and decodes", function()
    check.equal(url.encode("a b/é?"), "a%20b%2F%C3%A9%3F")
    check.equal(url.encode("a b", true), "a+b")
    check.equal(url.decode("a%20b%2F%"), "a b/%")
  end)

  it("can be shown", function()
    check.equal(url.mask("http://ada:pw@host/x"), "http://ada:***@host/x")
    check.equal(url.mask("http://ada:p/w@host"), "http://ada:***@host")
    check.equal(url.mask("http://token@host"), "http://***@host")
  end)

  it("has parts", function()
    check.same(url.parse("http://ada:pw@[::1]:81/p?q#f"), {
      scheme = "http", user = "ada", password = "pw", host = "::1", port = 81, path = "/p", query = "q",
      fragment = "f",
    })
    check.same(url.parse("https://host"), { scheme = "https", host = "host", port = 443, path = "" })
    local why = check.error(function() url.parse("ftp://ada:pw@host") end)
    check.match(why, "^expected http://, https:// or http%+unix:// .*ftp://ada:%*%*%*@host")
  end)
end)

describe("file", function()
  it("tells folders from files", function()
    check.equal(file.kind("tests/lua"), "folder")
    check.equal(file.kind("tests/lua/core_spec.lua"), "file")
    check.equal(file.kind("tests/lua/none"), nil)
  end)

  it("lists a folder in order", function()
    check.same(file.list("tests/lua/spec"), { "init.lua", "picture.lua", "returned.lua" })
    local names, why = file.list("tests/lua/none")
    check.equal(names, nil)
    check.equal(why, "can't read the folder 'tests/lua/none': No such file or directory")
  end)

  it("makes paths absolute by their text", function()
    check.equal(file.absolute("/a/./b//../c/"), "/a/c")
    check.equal(file.absolute("/../.."), "/")
    check.equal(file.absolute("x/../y"), file.absolute(".") .. "/y")
    check.match(file.absolute("tests"), "^/.+/tests$")
  end)
end)

describe("log", function()
  it("writes levels and loggers", function()
    log.write("warning", "katydid.here", "mind the step")
    check.same(spec.log(), { "WARNING katydid.here: mind the step" })
    check.error(function() log.write("loud", "x", "y") end, "invalid option 'loud'")
  end)

  it("prints what tostring gives", function()
    print(setmetatable({}, { __tostring = function() return "bread" end }), 1.5)
    check.same(spec.printed(), { "bread\t1.5" })
  end)
end)

describe("run", function()
  it("counts requests", function()
    run.request("GET", "/a", 12.5, 100)
    run.request("GET", "/a", 7.5, 50, "no bread")
    run.request("TASK", "untimed", nil, 0)
    local stats = spec.stats()
    check.equal(stats.entries["GET /a"].requests, 2)
    check.equal(stats.entries["GET /a"].failures, 1)
    check.equal(stats.entries["GET /a"].average, 10)
    check.equal(stats.entries["GET /a"].length, 150)
    check.equal(stats.entries["TASK untimed"].untimed, 1)
    check.same(stats.failures, { { method = "GET", name = "/a", text = "no bread", count = 1 } })
    check.equal(stats.total.requests, 3)
  end)

  it("refuses what is no time", function()
    check.error(function() run.request("GET", "/a", 0 / 0, 1) end, "finite number of milliseconds")
    check.error(function() run.request("GET", "/a", "soon", 1) end, "number expected, got string")
    check.error(function() run.request("GET") end, "string expected, got no value")
  end)

  it("counts and tells errors of tasks", function()
    run.user_error("no bread", "stack traceback:\n\tx.lua:1")
    run.user_error("no milk", "stack traceback:\n\tx.lua:1")
    check.same(spec.stats().exceptions, {
      { message = "no bread", traceback = "stack traceback:\n\tx.lua:1", count = 2 },
    })
    check.equal(spec.log()[1], "ERROR katydid.user.task: no bread\nstack traceback:\n\tx.lua:1")
  end)

  it("keeps an exit code", function()
    check.equal(run.get_exit_code(), nil)
    run.set_exit_code(3)
    check.equal(run.get_exit_code(), 3)
    check.error(function() run.set_exit_code(1.5) end, "expected a whole number from 0 to 255")
    run.set_exit_code(nil)
    check.equal(run.get_exit_code(), nil)
  end)

  it("answers before there is one", function()
    check.equal(run.state(), "ready")
    check.equal(run.user_count(), 0)
    check.equal(run.run_time(), 0)
    check.equal(run.take_iteration(), true)
  end)
end)

describe("our modules", function()
  it("can't be shadowed, and say when there is none", function()
    check.error(function() require "katydid.nonsense" end, "katydid has no module 'katydid.nonsense'")
  end)
end)
