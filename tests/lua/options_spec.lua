-- What a call may be told: what comes of each option, and what is refused.
-- SPDX-License-Identifier: MIT

local options = require "katydid.options"
local json = require "katydid.json"

-- The spec that C would get.
local function applied(given, url)
  local spec = { method = "GET", url = url or "http://h/a" }
  options.apply(spec, given, "client:get")
  spec.method = nil
  return spec
end

local function url_of(params, url)
  return applied({ params = params }, url).url
end

local function refused(given, pattern)
  local text = check.error(function() applied(given) end, pattern)
  check.match(text, "^tests/lua/options_spec%.lua:%d+: ")
end

describe("params", function()
  it("are added in the order of their names, lists repeat theirs", function()
    check.equal(url_of { b = 2, a = "x y", c = { "p", "q&r" }, d = true },
      "http://h/a?a=x+y&b=2&c=p&c=q%26r&d=true")
  end)

  it("join a query that is there, before the fragment", function()
    check.equal(url_of({ a = 1 }, "http://h/a?b=2"), "http://h/a?b=2&a=1")
    check.equal(url_of({ a = 1 }, "http://h/a?"), "http://h/a?a=1")
    check.equal(url_of({ a = 1 }, "http://h/a?b=2&"), "http://h/a?b=2&a=1")
    check.equal(url_of({ a = 1 }, "http://h/a#top"), "http://h/a?a=1#top")
  end)

  it("may be none", function()
    check.equal(url_of {}, "http://h/a")
    check.equal(url_of { a = {} }, "http://h/a")
  end)

  it("show whole numbers as such", function()
    check.equal(url_of { a = 1e15, b = -3, c = 0.25 }, "http://h/a?a=1000000000000000&b=-3&c=0.25")
  end)

  it("want names, and values that have a text", function()
    refused({ params = "a=1" }, "option 'params': expected a table name %-> value, got 'a=1'")
    refused({ params = { "a" } }, "option 'params': expected names for keys, got 1")
    refused({ params = { a = { b = 1 } } }, "params%.a: expected a string, .* a list of those, got a table")
    refused({ params = { a = function() end } },
      "params%.a: expected a string, .*, got a function")
  end)
end)

describe("a body", function()
  it("of a string is sent as it is", function()
    check.same(applied { data = "a=1\n" }, { url = "http://h/a", body = "a=1\n" })
  end)

  it("of a table is a form", function()
    check.same(applied { data = { user = "ada", tags = { "a b", "c" } } }, {
      url = "http://h/a",
      body = "tags=a+b&tags=c&user=ada",
      content_type = "application/x-www-form-urlencoded",
    })
  end)

  it("may be any value as JSON", function()
    local function body(value) return applied({ json = value }).body end
    check.equal(body { b = 1, a = { 1, 2 } }, '{"a": [1, 2], "b": 1}')
    check.equal(body(false), "false")
    check.equal(body(json.null), "null")
    check.equal(body(json.array {}), "[]")
    check.equal(applied({ json = 1 }).content_type, "application/json")
  end)

  it("is one of both", function()
    refused({ data = "x", json = {} }, "client:get: 'data' and 'json' exclude each other")
    refused({ data = 3 }, "option 'data': expected a string, or a table that is sent as a form, got 3")
    refused({ json = { f = print } }, "option 'json': ")
  end)
end)

describe("headers and cookies", function()
  it("are names and values in order", function()
    check.same(applied({ headers = { ["X-B"] = "2", ["X-A"] = { "1", "3" }, N = 5 } }).headers,
      { "N", "5", "X-A", "1", "X-A", "3", "X-B", "2" })
    check.same(applied({ cookies = { b = "2", a = 1 } }).cookies, { "a", "1", "b", "2" })
  end)

  it("can't be cookies that end too early", function()
    refused({ cookies = { a = "1\n" } }, "option 'cookies': 'a'='1\\n' can't be sent as a cookie")
    refused({ cookies = { a = "1;2" } }, "'a'='1;2' can't be sent as a cookie")
    refused({ cookies = { ["a b"] = "1" } }, "'a b'='1' can't be sent")
    refused({ cookies = { [""] = "1" } }, "''='1' can't be sent")
  end)

  it("want tables", function()
    refused({ headers = "X-A: 1" }, "option 'headers': expected a table")
    refused({ headers = { ["X-A"] = print } },
      "headers%.X%-A: expected a string, .*, got a function")
    refused({ cookies = 1 }, "option 'cookies': expected a table")
  end)
end)

describe("timeout", function()
  local function times(value)
    local spec = applied { timeout = value }
    return { spec.connect, spec.read, spec.total }
  end

  it("of a number is the total, and the only limit", function()
    check.same(times(2.5), { 0, 0, 2.5 })
  end)

  it("of a table sets what it names", function()
    local spec = applied { timeout = { connect = 1, read = false } }
    check.equal(spec.connect, 1)
    check.equal(spec.read, 0)
    check.equal(spec.total, nil)
  end)

  it("of false is none", function()
    check.same(times(false), { 0, 0, 0 })
  end)

  it("is a positive number", function()
    refused({ timeout = 0 }, "option 'timeout': expected seconds above 0, .* got 0")
    refused({ timeout = "5s" }, "got '5s'")
    refused({ timeout = true }, "got true")
    refused({ timeout = { read = -1 } }, "option 'timeout': expected read to be a number of seconds above 0")
    refused({ timeout = { conect = 1 } }, "unknown kind of timeout 'conect' %(did you mean 'connect'%?%)")
    refused({ timeout = { 1, 2 } }, "unknown kind of timeout 1")
  end)
end)

describe("the others", function()
  it("are handed on", function()
    local spec = applied {
      auth = { "ada", "pass word" }, allow_redirects = false, max_redirects = 3, verify = "ca.pem",
      cert = { "a.pem", "a.key" }, proxy = "http://127.0.0.1:3128", http_version = "2", compress = true,
    }
    check.same(spec, {
      url = "http://h/a", user = "ada", password = "pass word", allow_redirects = false, max_redirects = 3,
      verify = "ca.pem", cert = "a.pem", key = "a.key", proxy = "http://127.0.0.1:3128", http_version = "2",
      compress = true,
    })
    check.equal(applied({ cert = "both.pem" }).cert, "both.pem")
    check.equal(applied({ verify = false }).verify, false)
  end)

  it("are checked", function()
    refused({ auth = "ada" }, "option 'auth': expected { user, password }, got 'ada'")
    refused({ auth = { "ada" } }, "option 'auth': expected { user, password }, two strings")
    refused({ allow_redirects = "no" }, "option 'allow_redirects': expected true or false, got 'no'")
    refused({ max_redirects = -1 }, "option 'max_redirects': expected a whole number from 0 to 1000, got %-1")
    refused({ max_redirects = 1.5 }, "expected a whole number")
    refused({ verify = 1 }, "option 'verify': expected true, false, or a file of certificates, got 1")
    refused({ cert = { "a.pem" } }, "option 'cert': expected { certificate, key }")
    refused({ cert = true }, "option 'cert': expected the name of a file")
    refused({ proxy = "127.0.0.1:3128" }, "option 'proxy': expected a URL with its scheme")
    refused({ proxy = "u:secret@p:1" }, "got 'u:%*%*%*@p:1'")
    refused({ http_version = "3" },
      "option 'http_version': expected one of '1%.0', '1%.1', '2', '2%-prior%-knowledge'")
    refused({ http_version = 2 }, "got 2")
    refused({ compress = "gzip" }, "option 'compress': expected true or false")
    refused({ name = 3 }, "option 'name': expected a string, got 3")
    refused({ name = "a\nb" }, "option 'name' holds a line break or NUL at byte 2")
    refused({ context = "x" }, "option 'context': expected a table")
    refused({ catch_response = 1 }, "option 'catch_response': expected true or false")
  end)

  it("are a closed set", function()
    refused({ tiemout = 1 }, "unknown option 'tiemout' of client:get %(did you mean 'timeout'%?%)")
    refused({ header = {} }, "unknown option 'header' of client:get %(did you mean 'headers'%?%)")
    refused({ xyzzy = 1 }, "unknown option 'xyzzy' of client:get$")
    refused({ "x" }, "unknown option 1 of client:get$")
  end)
end)
