-- http_spec -- sessions, requests and responses, over a wire that says what it is told.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local co = require "katydid.co"
local spec = require "spec"

local http = core.http

-- One request as a user; what collect gives.
local function send(fields, session)
  fields.method = fields.method or "GET"
  fields.url = fields.url or "http://host/a?b"
  return spec.as_user(function()
    local request = http.start(session or http.session(), fields)
    co.wait()
    return http.collect(request)
  end)
end

describe("a response", function()
  it("has what the server said", function()
    spec.answer(function()
      return {
        status = 201, reason = "Made", body = "[1]", delay = 0.25,
        headers = { "Content-Type", "application/json", "X-A", "1", "x-a", "2", "Set-Cookie", "a=b; Path=/" },
      }
    end)
    local response = send {}
    check.same({ http.outcome(response) }, { "/a?b" })
    check.equal(response.status_code, 201)
    check.equal(response.ok, true)
    check.equal(response.reason, "Made")
    check.equal(response.text, "[1]")
    check.equal(response.length, 3)
    check.equal(response.url, "http://host/a?b")
    check.equal(response.error, nil)
    check.near(response.response_time, 250, 0.001)
    check.near(response.timings.wait, 250, 0.001)
    check.equal(response.timings.dns, 0)
    check(response.start_time > 1.6e9)
    check.same(response.cookies, { a = "b" })
    check.same(response.history, {})
    check.equal(tostring(response), "<Response [201]>")
  end)

  it("finds headers in any case, and joins those of one name", function()
    spec.answer(function()
      return { headers = { "Content-Type", "text/plain", "X-A", "1", "x-a", "2" } }
    end)
    local headers = send({}).headers
    check.equal(headers["content-TYPE"], "text/plain")
    check.equal(headers["Content-Type"], "text/plain")
    check.equal(headers["x-A"], "1, 2")
    check.equal(headers.nothing, nil)
    check.error(function() getmetatable(headers).__index(5, "x") end, "table expected, got number")
    local names = {}
    for name, value in pairs(headers) do names[name] = value end
    check.same(names, { ["Content-Type"] = "text/plain", ["X-A"] = "1, 2" })
  end)

  it("keeps its tables", function()
    local response = send {}
    for _, name in ipairs { "headers", "history", "cookies", "timings", "request" } do
      check.equal(response[name], response[name])
    end
  end)

  it("says what was sent", function()
    local response = send { method = "POST", url = "http://ada:pw@host/p", body = "x=1",
                            content_type = "text/x", headers = { "X-A", "1" } }
    local request = response.request
    check.equal(request.method, "POST")
    check.equal(request.url, "http://host/p") -- without credentials
    check.equal(request.target, "/p")
    check.equal(request.body, "x=1")
    check.equal(request.headers["content-type"], "text/x")
    check.equal(request.headers["x-a"], "1")
    check.equal(send({}).request.body, nil)
  end)

  it("knows the redirects on the way", function()
    spec.answer(function(request)
      if request.url:find("/2$") then return { body = "there" } end
      return { status = 302, headers = { "Location", "/2", "X-Hop", "one" } }
    end)
    local response = send { url = "http://host/1" }
    check.equal(response.url, "http://host/2")
    check.equal(#response.history, 1)
    local hop = response.history[1]
    check.same({ hop.status_code, hop.method, hop.url, hop.headers["x-hop"] },
      { 302, "GET", "http://host/1", "one" })
  end)

  it("is one too when none came", function()
    spec.answer(function() return { failure = "ConnectionError('no bread')", delay = 1 } end)
    local response = send {}
    check.same({ http.outcome(response) }, { "/a?b", "ConnectionError('no bread')" })
    check.equal(response.response_time, 1000)
    check.equal(response.length, 0)
    check.equal(response.status_code, 0)
    check.equal(response.ok, false)
    check.equal(response.error, "ConnectionError('no bread')")
    check.equal(response.text, "")
    check.same(response.headers, {})
  end)

  it("is ok below 400", function()
    for status, ok in pairs { [200] = true, [399] = true, [400] = false, [503] = false } do
      spec.answer(function() return { status = status } end)
      check.equal(send({}).ok, ok)
    end
  end)

  it("has a closed set of fields", function()
    local response = send {}
    check.error(function() return response.status end,
      "http_spec.lua:%d+: a response has no 'status'; did you mean 'status_code'%?$")
    check.error(function() return response.xyzzy end, "a response has no 'xyzzy'$")
    check.error(function() response.text = "x" end,
      "http_spec.lua:%d+: a response's 'text' can't be changed$")
    check.error(function() return response[1] end, "a response has no '1'$")
  end)

  it("keeps what is set on it, and what it weighs outlives all else", function()
    local response = send {}
    response.mine = { 1 }
    check.same(response.mine, { 1 })
    check.equal(response.headers, response.headers)
    collectgarbage()
    check.equal(response.request.url, "http://host/a?b")
    response.mine = nil
    check.error(function() return response.mine end, "has no 'mine'")
  end)
end)

describe("a request", function()
  it("sends what its spec says", function()
    local seen
    spec.answer(function(request) seen = request end)
    send { method = "PUT", url = "http://host/a b?c#d", headers = { "X-A", "1", "Accept", "text/x" },
           cookies = { "a", "1", "b", "2" }, body = "", user = "ada", password = "pw", compress = true }
    check.equal(seen.method, "PUT")
    check.equal(seen.url, "http://host/a%20b?c")
    check.equal(seen.body, "")
    check.equal(seen.headers["X-A"], "1")
    check.equal(seen.headers["Accept"], "text/x")
    check.equal(seen.headers["Cookie"], "a=1; b=2")
    check.equal(seen.headers["Authorization"], "Basic YWRhOnB3")
    check.equal(seen.headers["Accept-Encoding"], "gzip, deflate, br, zstd")
  end)

  it("follows no redirect where none is wanted, and no more than are", function()
    spec.answer(function() return { status = 302, headers = { "Location", "/again" } } end)
    check.equal(send({ allow_redirects = false }).status_code, 302)
    check.match(send({ max_redirects = 3 }).error, "Exceeded 3 redirects")
    check.match(send({}).error, "Exceeded 30 redirects")
  end)

  it("that can't be sent says why", function()
    local function problem(fields, pattern)
      local why = check.error(function() send(fields) end, pattern)
      check(not why:find("^[^ ]*%.lua:"), why)
    end
    problem({ url = "nowhere" }, "nowhere")
    problem({ headers = { "a b", "x" } }, "a b")
    problem({ headers = { "a", "x\r\ny" } }, "a")
    problem({ headers = { "a", 5 } }, "headers: expected a string, got 5")
    problem({ headers = "x" }, "headers: expected a list of names and values, got string")
    problem({ connect = -1 }, "connect: expected a number of seconds, got %-1")
    problem({ read = 0 / 0 }, "read: expected a number of seconds")
    problem({ max_redirects = 1.5 }, "max_redirects: expected a whole number of at least 0, got 1.5")
    problem({ allow_redirects = 1 }, "allow_redirects: expected true or false, got 1")
    problem({ http_version = "3" }, "http_version: expected '1.0', '1.1', '2' or '2%-prior%-knowledge'")
    problem({ http_version = "1.0" }, "this wire speaks no HTTP/1.0")
    problem({ method = "GE T" }, "'GE T' is no HTTP method")
    problem({ method = "" }, "'' is no HTTP method")
    check.error(function() send { haeders = {} } end, "http.start knows no field 'haeders'")
  end)

  it("may be given its texts by tables that are gone", function()
    spec.answer(function() return { delay = 5 } end)
    local response = spec.as_user(function()
      local fields = { method = "GET", url = "http://host/" .. ("x"):rep(100) }
      fields.headers = { "X-" .. ("y"):rep(50), "z" }
      local request = http.start(http.session(), fields)
      fields = nil -- luacheck: ignore
      collectgarbage()
      co.wait()
      return (http.collect(request))
    end)
    check.equal(response.request.url, "http://host/" .. ("x"):rep(100))
    check.equal(response.request.headers["x-" .. ("y"):rep(50)], "z")
  end)

  it("of a user that ends is counted as in flight", function()
    spec.answer(function() return { delay = 5 } end)
    local task = spec.start(function()
      http.start(http.session(), { method = "GET", url = "http://host/" })
      co.wait()
    end)
    spec.turn(1)
    task:kill()
    spec.turn(10)
    check.equal(task.how, "stopped")
    check.equal(spec.stats().in_flight_at_end, 1)
  end)

  it("that is never waited for ends with its user", function()
    spec.as_user(function()
      http.start(http.session(), { method = "GET", url = "http://host/" })
    end)
    spec.as_user(function()
      local session = http.session()
      http.start(session, { method = "GET", url = "http://host/1" })
      local request = http.start(session, { method = "GET", url = "http://host/2" })
      co.wait()
      check.equal(http.collect(request).url, "http://host/2")
    end)
  end)

  it("is collected once", function()
    spec.as_user(function()
      local request = http.start(http.session(), { method = "GET", url = "http://host/" })
      check.error(function() http.collect(request) end, "this request is not there to be collected")
      co.wait()
      http.collect(request)
      check.error(function() http.collect(request) end, "this request is not there to be collected")
      check.error(function() http.collect(5) end, "katydid.request expected, got number")
    end)
  end)

  it("of many users at once is everyone's own", function()
    spec.answer(function(request)
      local n = tonumber(request.url:match("%d+$"))
      return { body = tostring(n), delay = (n * 7) % 11 }
    end)
    local done, users = 0, {}
    for i = 1, 50 do
      users[i] = function()
        local session = http.session()
        for round = 0, 2 do
          local n = i + 100 * round
          local request = http.start(session, { method = "GET", url = "http://host/" .. n })
          co.wait()
          check.equal(http.collect(request).text, tostring(n))
          done = done + 1
        end
      end
    end
    spec.together(unpack(users))
    check.equal(done, 150)
  end)

  it("needs a running user", function()
    check.error(function() http.start(http.session(), { method = "GET", url = "http://host/" }) end,
      "a request may only be called by a running user")
  end)
end)

describe("a session", function()
  it("has default headers", function()
    local session, seen = http.session(), nil
    spec.answer(function(request) seen = request.headers end)
    http.set_header(session, "X-A", "1")
    http.set_header(session, "x-a", "2")
    http.set_header(session, "User-Agent", "bread")
    check.equal(http.get_header(session, "X-A"), "2")
    check.equal(http.get_header(session, "X-B"), nil)
    send({}, session)
    check.equal(seen["User-Agent"], "bread")
    http.set_header(session, "user-agent", nil)
    http.set_header(session, "nothing", nil)
    local names = {}
    for name in pairs(http.all_headers(session)) do names[#names + 1] = name:lower() end
    check.same(names, { "x-a" })
    check.error(function() http.set_header(session, "a:b", "x") end, "a:b")
    check.same(http.all_headers(http.session()), {})
  end)

  it("keeps cookies", function()
    local session, seen = http.session(), nil
    spec.answer(function(request)
      seen = request.headers.Cookie
      return { headers = { "Set-Cookie", "a=1; Path=/" } }
    end)
    send({}, session)
    check.equal(seen, nil)
    http.set_cookie(session, "b", "2")
    send({}, session)
    check.same(http.all_cookies(session), { a = "1", b = "2" })
    check.equal(http.get_cookie(session, "a"), "1")
    check(seen == "a=1; b=2" or seen == "b=2; a=1", seen)
    http.set_cookie(session, "a", nil)
    check.equal(http.get_cookie(session, "a"), nil)
    http.set_cookie(session, "", nil) -- servers may name them so
    http.clear_cookies(session)
    check.same(http.all_cookies(session), {})
    check.error(function() http.set_cookie(session, "a;b", "x") end, "^a cookie can't be named 'a;b'$")
    check.error(function() http.set_cookie(session, "a", "x;y") end, "^the value of cookie 'a' holds")
  end)

  it("is another's no business", function()
    local a, b = http.session(), http.session()
    http.set_cookie(a, "x", "1")
    http.set_header(a, "X-A", "1")
    check.equal(http.get_cookie(b, "x"), nil)
    check.equal(http.get_header(b, "X-A"), nil)
  end)
end)

describe("a failure's text", function()
  it("is Locust's", function()
    spec.answer(function() return { status = 404, reason = "Not Found" } end)
    check.same({ http.outcome(send {}) },
      { "/a?b", "HTTPError('404 Client Error: Not Found for url: /a?b')" })
  end)
end)
