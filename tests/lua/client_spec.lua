-- clock: real
-- The HTTP client against the practice server: what is sent, what comes back, how it is judged and counted.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"
local client_of = require "katydid.client"

local HOST = spec.target()

-- Runs fn(client, user) as a user of the practice server.
local function with_client(fn, host)
  local A = k.HttpUser:extend("A", { host = host or HOST })
  local user = setmetatable({ user = true }, { __index = A })
  user.client = client_of.new(user)
  return spec.as_user(function() return fn(user.client, user) end, user)
end

local function entry(name)
  return spec.stats().entries[name] or { requests = 0, failures = 0 }
end

-- The text of the only failure.
local function failure()
  local failures = spec.stats().failures
  check.equal(#failures, 1)
  return failures[1].text
end

local function echo(client, method, options)
  return client:request(method, "/echo", options):json()
end

describe("the host of a user", function()
  local OTHER = HOST:gsub("127%.0%.0%.1", "localhost")

  for _, base in ipairs { "HttpUser", "FastHttpUser" } do
    -- Each time more than once: the first request after a change goes the long way.
    it("may be changed while it runs, his own or his class's: " .. base, function()
      local A = k[base]:extend("A", { host = HOST })
      local wanted, seen = {}, {}
      A.work = k.task(function(self)
        local function expect(host)
          for _, options in ipairs { {}, { name = "x" }, {} } do
            wanted[#wanted + 1] = host .. "/json"
            seen[#seen + 1] = self.client:get("/json", next(options) and options or nil).url
          end
        end
        expect(HOST)
        for _, step in ipairs {
          { self, OTHER, expected = OTHER },
          { self, HOST, expected = HOST },
          { A, OTHER, expected = HOST },
          { self, nil, expected = OTHER },
          { A, HOST, expected = HOST },
          { self, OTHER, expected = OTHER },
        } do
          step[1].host = step[2]
          expect(step.expected)
        end
        k.stop_test()
      end)
      spec.run { classes = A }
      check.equal(#seen, 21)
      check.same(seen, wanted)
    end)
  end

  it("is seen where something else has taken the client's place", function()
    local A = k.FastHttpUser:extend("A", { host = HOST })
    local url
    A.work = k.task(function(self)
      local client = self.client
      client:get("/json")
      client:get("/json")
      self.client = setmetatable({}, { __index = client })
      self.host = OTHER
      url = client:get("/json").url
      k.stop_test()
    end)
    spec.run { classes = A }
    check.equal(url, OTHER .. "/json")
  end)

  it("is a URL, or an error", function()
    local A = k.FastHttpUser:extend("A", { host = HOST })
    A.work = k.task(function(self)
      self.client:get("/json")
      self.host = {}
      self.client:get("/json")
    end)
    A.after = k.task(k.stop_test)
    local result = spec.run { classes = A, seconds = 2 }
    check.match(result.exceptions[1].message, "client:get: the host of A 1: expected a URL, got a table")
  end)

  it("may become none, which the next request says", function()
    local A = k.FastHttpUser:extend("A", { host = HOST })
    local _, why
    A.work = k.task(function(self)
      self.client:get("/json")
      self.client:get("/json")
      A.host = nil
      _, why = pcall(self.client.get, self.client, "/json")
      k.stop_test()
    end)
    spec.run { classes = A }
    check.match(why, "client:get: A 1 has no host")
  end)
end)

describe("a client", function()
  it("is a value that says whose it is", function()
    local A = k.FastHttpUser:extend("A", { host = HOST })
    local text
    A.work = k.task(function(self)
      text = tostring(self.client)
      k.stop_test()
    end)
    spec.run { classes = A }
    check.equal(text, "the client of A 1")
  end)

  it("may be what a table inherits from", function()
    with_client(function(client)
      local mine = setmetatable({ hello = function(self) return self:get("/json") end }, { __index = client })
      check.equal(mine:hello():json().name, "katydid")
      check.equal(mine:post("/echo", { data = "x" }):json().body, "x")
      check.equal(#mine:batch { { "GET", "/json" }, { "GET", "/echo" } }, 2)
      mine:rename_request("named")
      mine:get("/json")
      check.equal(entry("GET named").requests, 1)
      check.equal(mine.headers, client.headers)
    end)
  end)

  it("may be replaced by a script, whose user ends as any other, and is let go", function()
    local A = k.FastHttpUser:extend("A", { host = HOST, fixed_count = 1 })
    local session
    A.work = k.task(function(self)
      session = self.client
      session:get("/json")
      self.client = false
      self:stop()
    end)
    local result = spec.run { classes = A, seconds = 2 }
    check.equal(#result.exceptions, 0)
    check.equal(rawget(debug.getfenv(session)[3], "client"), nil) -- what the user had is let go
    check.equal(tostring(session), "the client of A 1")
  end)

  it("is what its methods are called on", function()
    with_client(function(client)
      for _, call in ipairs {
        function() client.rename_request("x") end,
        function() client.rename_request(function() end, "x") end,
        function() client.with_name(3, "x", print) end,
        function() client.with_name({}, "x", print) end,
      } do
        check.error(call, "called on .*; expected a client, as in self%.client:")
      end
      check.equal(rawget(_G, "renamed"), nil)
      client.get = false
      check.equal(client.get, false)
    end)
  end)
end)

describe("a call", function()
  it("sends its method, and returns the response", function()
    with_client(function(client)
      for _, verb in ipairs { "get", "post", "put", "patch", "delete", "options" } do
        local response = client[verb](client, "/echo")
        check.equal(response.status_code, 200)
        check.equal(response:json().method, verb:upper())
        check.equal(entry(verb:upper() .. " /echo").requests, 1)
      end
      local head = client:head("/bytes/10")
      check.equal(head.status_code, 200)
      check.equal(#head.text, 0)
    end)
  end)

  it("can be replaced by a function of one's own, and is the client's again after that", function()
    with_client(function(client)
      for _ = 1, 2 do
        client.get = function(_, path) return "got " .. path end
        check.equal(client:get("/json"), "got /json")
        client.get = nil
        check.equal(client:get("/json"):json().name, "katydid")
      end
    end)
  end)

  it("is another client's own no more than its class's", function()
    with_client(function(client, user)
      local other = client_of.new(user)
      client.get = function() return "mine" end
      check.equal(client:get("/json"), "mine")
      check.equal(other:get("/json"):json().name, "katydid")
      check.equal(client:post("/echo").status_code, 200)
    end)
  end)

  it("works with a dot as well", function()
    with_client(function(client)
      check.equal(client.get("/status/204").status_code, 204)
      check.equal(client.post("/echo", { data = "x" }):json().body, "x")
      check.equal(client.request("PUT", "/echo"):json().method, "PUT")
      local seen
      client.get("/json", function(response) seen = response.ok end)
      check.equal(seen, true)
      check.equal(client.rest("GET", "/json").js.name, "katydid")
    end)
  end)

  it("by request is recorded as the method is written, and sent in capitals", function()
    with_client(function(client)
      check.equal(client:request("get", "/echo"):json().method, "GET")
      check.equal(entry("get /echo").requests, 1)
      check.equal(entry("GET /echo").requests, 0)
      check.error(function() client:request("GET /", "/echo") end, "expected a method, as 'GET', got 'GET /'")
    end)
  end)

  it("is counted under path and query as sent, or its name", function()
    with_client(function(client)
      client:get("/echo?a=1#top")
      client:get("/echo", { params = { b = "x y" } })
      client:get(HOST .. "/status/200")
      client:get("/items/7", { name = "/items/[id]" })
      client:get("/items/8", { name = "" })
      check.equal(entry("GET /echo?a=1").requests, 1)
      check.equal(entry("GET /echo?b=x+y").requests, 1)
      check.equal(entry("GET /status/200").requests, 1)
      check.equal(entry("GET /items/[id]").requests, 1)
      check.equal(entry("GET /items/8").requests, 1)
    end)
  end)

  it("puts a path behind the host as it stands, and encodes what must be", function()
    with_client(function(client)
      check.equal(client:get("/echo?q=a b"):json().target, "/echo?q=a%20b")
      check.equal(entry("GET /echo?q=a%20b").requests, 1)
    end)
    with_client(function(client)
      check.equal(client:get("/200").status_code, 200)
    end, HOST .. "/status")
  end)

  it("is the class's before there is a user: it says so", function()
    local A = k.HttpUser:extend("A")
    check.error(function() A.client:get("/") end,
                "^tests/lua/client_spec%.lua:%d+: only a running user has a client")
  end)

  it("takes credentials of the host for what is below it, and for nothing else", function()
    local host = HOST:gsub("//", "//ada:se%%20cret@")
    with_client(function(client)
      check.equal(client:get("/basic-auth/ada/se%20cret").status_code, 200)
      local sent = client:get("/echo").request
      check(not sent.url:find("secret"), sent.url)
      local other = HOST:gsub("127%.0%.0%.1", "localhost")
      local headers = client:get(other .. "/headers"):json().headers
      for name in pairs(headers) do check(name:lower() ~= "authorization") end
    end, host)
  end)

  it("says what is wrong with its arguments, with the script's line", function()
    with_client(function(client)
      local function bad(pattern, ...)
        local arguments = { ... }
        local text = check.error(function() client.get(unpack(arguments, 1, 4)) end, pattern)
        check.match(text, "^tests/lua/client_spec%.lua:%d+: client:get: ")
      end
      bad("expected a path, got nil", client)
      bad("expected a path, got 3", client, 3)
      bad("expected a table of options or a handler after the path, got 'x'", client, "/", "x")
      bad("expected a function as the handler, got a table", client, "/", {}, {})
      bad("catch_response needs a handler", client, "/", { catch_response = true })
      bad("called on nil; expected a client", nil, "/")
      check.error(function() client:get("/a\nb") end, "^tests/lua/client_spec%.lua:%d+: client:get: ")
      check.error(function() client:get("/", { tiemout = 1 }) end, "unknown option 'tiemout' of client:get")
      check.error(function() client:gte("/") end, "unknown name 'gte' of the client %(did you mean 'get'%?%)")
    end)
    check.equal(spec.stats().total.requests, 0)
  end)

  it("can't send what would end its line", function()
    with_client(function(client)
      local function refused(options, pattern)
        local text = check.error(function() client:get("/", options) end, pattern)
        check.match(text, "^tests/lua/client_spec%.lua:%d+: client:get: ")
      end
      refused({ headers = { ["X-A"] = "1\r\nX-B: 2" } }, "X%-A")
      refused({ headers = { ["X-A"] = "\0" } }, "X%-A")
      refused({ headers = { ["X-A\n"] = "1" } }, "X%-A")
      refused({ headers = { ["X A"] = "1" } }, "X A")
      refused({ headers = { [""] = "1" } }, "")
      for _, path in ipairs { "json", ".5/", "@127.0.0.1/", "ftp://x/" } do
        check.error(function() client:get(path) end,
                    "client:get: expected a path that begins with '/', or an http://")
      end
      for _, path in ipairs { "/a\nb", "/a\r", "/a\0b" } do
        check.error(function() client:get(path) end, "^tests/lua/client_spec%.lua:%d+: client:get: ")
      end
    end)
    check.equal(spec.stats().total.requests, 0)
  end)

  it("is for running users", function()
    local A = k.HttpUser:extend("A", { host = HOST })
    local user = setmetatable({}, { __index = A })
    local client = client_of.new(user)
    check.error(function() client:get("/") end,
      "^tests/lua/client_spec%.lua:%d+: client:get may only be called by a running user")
    check.error(function() client.get("/") end, "client:get may only be called by a running user")
  end)
end)

describe("options reach the server:", function()
  it("bodies, forms, JSON", function()
    with_client(function(client)
      check.equal(echo(client, "POST", { data = "abc" }).body, "abc")
      local form = echo(client, "POST", { data = { b = 2, a = "x y" } })
      check.equal(form.body, "a=x+y&b=2")
      check.equal(form.headers["Content-Type"], "application/x-www-form-urlencoded")
      local sent = echo(client, "PUT", { json = { b = { 1 }, a = true } })
      check.equal(sent.body, '{"a": true, "b": [1]}')
      check.equal(sent.headers["Content-Type"], "application/json")
    end)
  end)

  it("params, headers, cookies, auth", function()
    with_client(function(client)
      check.same(echo(client, "GET", { params = { a = 1, b = "ü" } }).query, { a = "1", b = "ü" })
      local headers = echo(client, "GET", { headers = { ["X-A"] = "1", Accept = "text/x" } }).headers
      check.equal(headers["X-A"], "1")
      check.equal(headers.Accept, "text/x")
      check.match(headers["User-Agent"], "^katydid/")
      check.same(client:get("/cookies", { cookies = { a = "1" } }):json().cookies, { a = "1" })
      check.same(client:get("/cookies"):json().cookies, {})
      check.equal(client:get("/basic-auth/ada/secret", { auth = { "ada", "secret" } }).status_code, 200)
    end)
  end)

  it("redirects, followed or not", function()
    with_client(function(client)
      local response = client:get("/redirect/2")
      check.equal(response.status_code, 200)
      check.equal(#response.history, 2)
      check.equal(response.history[1].status_code, 302)
      check.match(response.url, "/redirect/0$")
      check.equal(client:get("/redirect/2", { allow_redirects = false }).status_code, 302)
      check.equal(client:head("/redirect/2").status_code, 302)
      check.equal(entry("GET /redirect/2").requests, 2)
      local cut = client:get("/redirect/5", { max_redirects = 2, name = "cut" })
      check.equal(cut.status_code, 0)
      check.match(failure(), "TooManyRedirects")
    end)
  end)

  it("timeouts", function()
    with_client(function(client)
      local response = client:get("/stall/30", { timeout = 0.05 })
      check.equal(response.status_code, 0)
      check.equal(response.ok, false)
      check.match(response.error, "^Timeout%(")
      check.equal(failure(), response.error)
    end)
  end)
end)

describe("the verdict without a handler", function()
  it("is success below 400", function()
    with_client(function(client)
      for _, status in ipairs { 200, 204, 304, 399 } do
        check.equal(client:get("/status/" .. status).ok, true)
      end
    end)
    check.equal(spec.stats().total.failures, 0)
    check.equal(spec.stats().total.requests, 4)
  end)

  it("is failure from 400 on, with the name in place of the URL", function()
    with_client(function(client)
      check.equal(client:get("/status/404?id=17", { name = "/thing/[id]" }).ok, false)
    end)
    check.equal(failure(), "HTTPError('404 Client Error: Not Found for url: /thing/[id]')")
    check.equal(entry("GET /thing/[id]").failures, 1)
  end)

  it("is failure where no answer came", function()
    with_client(function(client)
      local response = client:get("/drop")
      check.equal(response.status_code, 0)
      check.equal(response.error, failure())
    end)
    check.match(failure(), "^RemoteDisconnected%(")
  end)
end)

describe("a handler", function()
  -- Runs a handler over an answer of this status; returns failure texts, if any, and the task's own error.
  local function judged(path, handler, options)
    local went_on = false
    local ok, why = pcall(with_client, function(client)
      client:get(path, options, handler)
      went_on = true
    end)
    check.equal(spec.stats().total.requests, 1)
    local failures = spec.stats().failures
    return failures[1] and failures[1].text, went_on, not ok and why or nil
  end

  it("whose stack overflows has failed", function()
    local function endless() return 1 + endless() end
    local text, went_on = judged("/json", endless)
    check.match(text, "stack overflow")
    check.equal(went_on, true)
  end)

  local texts = { ['{"code": 3}'] = { code = 3 }, ["a table"] = { print }, ["a function"] = print }
  for text, given in pairs(texts) do
    it("may fail a request by any value: the text is the same each time, " .. text, function()
      check.equal((judged("/json", function(response) response:failure(given) end)),
                  ("CatchResponseError('%s')"):format(text))
    end)
  end

  it("that decides nothing leaves the usual verdict", function()
    check.equal((judged("/status/200", function() end)), nil)
  end)

  it("that decides nothing leaves failures too", function()
    check.match((judged("/status/500", function() end)), "^HTTPError%('500 Server Error")
  end)

  it("may call a bad status a success", function()
    check.equal((judged("/status/404", function(response) response:success() end)), nil)
  end)

  it("may call a good one a failure, shown as Locust shows it", function()
    check.equal((judged("/status/200", function(response) response:failure("it's odd") end)),
      [[CatchResponseError("it's odd")]])
  end)

  it("may change its mind: the last word counts", function()
    check.equal((judged("/status/200", function(response)
      response:failure("no")
      response:success()
    end)), nil)
  end)

  it("may call no answer a success", function()
    check.equal((judged("/drop", function(response)
      check.equal(response.status_code, 0)
      response:success()
    end)), nil)
  end)

  it("that throws makes a failure with its line, and the task goes on", function()
    local text, went_on = judged("/status/200", function() error("not what I wanted") end)
    check.match(text, "^tests/lua/client_spec%.lua:%d+: not what I wanted$")
    check(went_on)
  end)

  it("that throws an empty text makes a failure too", function()
    check.equal((judged("/status/200", function() error("", 0) end)), "(a failure without a text)")
  end)

  it("that runs out of memory makes a failure", function()
    check.equal((judged("/status/200", function() return ("x"):rep(2 ^ 31 - 1) end)), "not enough memory")
  end)

  it("that runs out of memory where no answer came is logged", function()
    check.match((judged("/drop", function() return ("x"):rep(2 ^ 31 - 1) end)), "^RemoteDisconnected")
    check.contains(spec.log(), "ERROR katydid.user.task: a handler: not enough memory")
  end)

  it("that throws over a bad status gives its own reason", function()
    check.match((judged("/status/500", function(response) return response.text.x.y end)), "attempt to index")
  end)

  it("that throws where no answer came leaves that reason, and is logged", function()
    local text, went_on = judged("/drop", function(response) return response:json() end)
    check.match(text, "^RemoteDisconnected")
    check(went_on)
    check.contains(spec.log(), "ERROR katydid.user.task: a handler: tests/lua/client_spec.lua")
  end)

  it("that throws after its word is logged, and its word counts", function()
    check.equal((judged("/status/200", function(response)
      response:failure("first")
      error("then")
    end)), "CatchResponseError('first')")
    check.contains(spec.log(), "then")
  end)

  it("fails with raise_for_status, grouped by the name", function()
    local function handler(response) response:raise_for_status() end
    check.match((judged("/status/404?a=1", handler, { name = "n" })),
      "HTTPError%('404 Client Error: Not Found for url: n'%)$")
  end)

  it("fails with json() that isn't JSON", function()
    check.match((judged("/chunked/1", function(response) return response:json() end)),
      "^tests/lua/client_spec%.lua:%d+: not JSON at line 1")
  end)

  it("may be given with catch_response, as Locust's users will", function()
    local function handler(response) response:success() end
    check.equal((judged("/status/404", handler, { catch_response = true })), nil)
  end)

  it("may send and wait itself", function()
    local order = {}
    with_client(function(client)
      client:get("/status/200", function()
        client:get("/status/201", function() order[#order + 1] = "inner" end)
        order[#order + 1] = "outer"
      end)
    end)
    check.same(order, { "inner", "outer" })
    check.equal(spec.stats().total.requests, 2)
  end)

  it("that stops the user lets the request be counted as ever", function()
    local trace = {}
    local A = k.HttpUser:extend("A", { host = HOST })
    function A.on_stop() trace[#trace + 1] = "stop" end
    A.work = k.task(function(self)
      self.client:get("/status/404", function() self:stop() end)
      trace[#trace + 1] = "never"
    end)
    local result = spec.run { classes = A }
    check.same(trace, { "stop" })
    check.equal(result.total.requests, 1)
    check.equal(result.failures[1].text, "HTTPError('404 Client Error: Not Found for url: /status/404')")
  end)

  it("that interrupts or ends the test does so after the request is counted", function()
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      self.client:get("/status/200", function() self:interrupt() end)
    end)
    local visits = 0
    function Set.on_stop()
      visits = visits + 1
      if visits == 3 then k.stop_test() end
    end
    local result = spec.run { classes = k.HttpUser:extend("A", { host = HOST, tasks = { Set } }) }
    check.equal(result.why, "script")
    check.equal(result.total.requests, 3)
    check.equal(result.total.failures, 0)
  end)

  it("is what success and failure are for: afterwards it is too late", function()
    with_client(function(client)
      local response = client:get("/status/200")
      check.error(function() response:success() end,
        "client_spec%.lua:%d+: response:success: this request is counted already")
      check.error(function() response:failure("x") end, "response:failure: this request is counted already")
      local kept
      client:get("/status/200", function(r) kept = r end)
      check.error(function() kept:failure("x") end, "is counted already")
      client:get("/status/200", function(r)
        check.error(function() r:failure() end, "response:failure: expected a message, got nil")
      end)
    end)
  end)
end)

describe("rest", function()
  it("asks for JSON, sends it, and decodes what comes", function()
    with_client(function(client)
      local sent = client:rest("POST", "/echo", { json = { a = 1 } }).js
      check.equal(sent.headers.Accept, "application/json")
      check.equal(sent.headers["Content-Type"], "application/json")
      check.equal(sent.body, '{"a": 1}')
      local own = client:rest("GET", "/echo", { headers = { accept = "text/x" } }).js
      check.equal(own.headers.Accept or own.headers.accept, "text/x")
    end)
  end)

  it("hands js to its handler", function()
    with_client(function(client)
      client:rest("GET", "/json", function(response)
        if response.js.name ~= "katydid" then response:failure("who is it?") end
      end)
    end)
    check.equal(spec.stats().total.failures, 0)
  end)

  it("fails where it isn't JSON, whatever the status; a handler may overrule", function()
    with_client(function(client)
      check.equal(client:rest("GET", "/chunked/1", { name = "a" }).js, nil)
      client:rest("GET", "/chunked/1", { name = "b" }, function(response) response:success() end)
    end)
    check.match(failure(),
      "^CatchResponseError%(.Could not parse response as JSON %(status 200%): not JSON at line 1")
  end)

  it("takes an empty body for nothing, and no answer for what it is", function()
    with_client(function(client)
      check.equal(client:rest("GET", "/status/204").js, nil)
      check.equal(client:rest("GET", "/drop").js, nil)
    end)
    check.match(failure(), "^RemoteDisconnected")
  end)

  it("keeps the usual rule for the status", function()
    with_client(function(client) check.equal(client:rest("GET", "/status/500").js.code or 500, 500) end)
    check.match(failure(), "^HTTPError%('500")
  end)

  it("is there on users and task sets", function()
    local js = {}
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      js[#js + 1] = self:rest("GET", "/json").js.name
      js[#js + 1] = self.user:rest("GET", "/json").js.name
      self:stop()
    end)
    spec.run { classes = k.HttpUser:extend("A", { host = HOST, tasks = { Set } }) }
    check.same(js, { "katydid", "katydid" })
  end)

  it("only gives js to its own responses", function()
    with_client(function(client)
      local response = client:get("/json")
      check.error(function() return response.js end, "response%.js is what client:rest decodes")
    end)
  end)
end)

describe("a response", function()
  it("has its fields", function()
    with_client(function(client)
      local response = client:post("/echo", { data = "abc", headers = { ["X-A"] = "1" } })
      check.equal(response.reason, "OK")
      check.equal(response.headers["content-type"], response.headers["Content-Type"])
      check.match(response.headers["Content-Type"], "json")
      check.equal(response.url, HOST .. "/echo")
      check.same(response.history, {})
      check.equal(response.error, nil)
      check.equal(response.length, #response.text)
      check(response.response_time > 0 and response.response_time < 10000)
      for _, step in ipairs { "dns", "connect", "tls", "wait", "receive" } do
        check(response.timings[step] >= 0, step)
      end
      check.equal(response.request.method, "POST")
      check.equal(response.request.url, HOST .. "/echo")
      check.equal(response.request.target, "/echo")
      check.equal(response.request.body, "abc")
      check.equal(response.request.headers["X-A"], "1")
    end)
  end)

  it("is a closed set", function()
    with_client(function(client)
      local response = client:get("/json")
      check.error(function() return response.status end, "client_spec%.lua:%d+: .*'status'.*'status_code'")
      check.error(function() return response.jsonn end, "'jsonn'.*'json'")
    end)
  end)

  it("raise_for_status passes what is well", function()
    with_client(function(client)
      client:get("/status/200"):raise_for_status()
      local gone = client:get("/status/404")
      check.error(function() gone:raise_for_status() end, "404 Client Error: Not Found for url: /status/404")
      local lost = client:get("/drop")
      check.error(function() lost:raise_for_status() end, "RemoteDisconnected")
    end)
  end)
end)

describe("what a user keeps", function()
  it("are cookies, its own alone", function()
    with_client(function(client)
      client:get("/cookies/set", { params = { a = 1, b = 2 } })
      check.same(client:get("/cookies"):json().cookies, { a = "1", b = "2" })
      check.equal(client.cookies.a, "1")
      client.cookies.a = nil
      client.cookies.c = "3"
      check.same(client:get("/cookies"):json().cookies, { b = "2", c = "3" })
      check.same(client.cookies(), { b = "2", c = "3" })
      client.cookies = { d = "4" }
      check.same(client:get("/cookies"):json().cookies, { d = "4" })
    end)
    with_client(function(client) check.same(client:get("/cookies"):json().cookies, {}) end)
  end)

  it("are default headers, below those of a call", function()
    with_client(function(client)
      client.headers["X-A"] = "1"
      client.headers["X-N"] = 7
      check.equal(client.headers["x-a"], "1")
      local headers = echo(client, "GET", { headers = { ["X-N"] = "8" } }).headers
      check.equal(headers["X-A"], "1")
      check.equal(headers["X-N"], "8")
      client.headers["X-A"] = nil
      check.equal(echo(client, "GET").headers["X-A"], nil)
      client.headers = { ["X-B"] = "2" }
      check.equal(client.headers["X-N"], nil)
      check.equal(echo(client, "GET").headers["X-B"], "2")
    end)
  end)

  it("can't be anything", function()
    with_client(function(client)
      check.error(function() client.headers["X-A"] = {} end,
        "client%.headers%.X%-A: expected a string, or nil")
      check.error(function() client.headers["X-A"] = "a\nb" end,
        "client_spec%.lua:%d+: client%.headers%.X%-A: ")
      check.error(function() client.headers[1] = "a" end, "client%.headers: expected a name, got 1")
      check.error(function() client.cookies = "a=1" end, "client%.cookies: expected a table name %-> value")
      check.error(function() client.header = {} end, "unknown name 'header' of the client")
    end)
  end)
end)

describe("events.request", function()
  it("tells everything of each request", function()
    local told = {}
    local listener = k.events.request:add_listener(function(e) told[#told + 1] = e end)
    with_client(function(client)
      client:get("/status/200?a=1", { name = "n", context = { step = 3 } })
      client:post("/status/404")
      client:get("/status/200", function(response) response:failure("odd") end)
    end)
    k.events.request:remove_listener(listener)
    local first, second, third = unpack(told)
    check.equal(first.request_type, "GET")
    check.equal(first.name, "n")
    check(first.response_time > 0)
    check.equal(first.response_length, first.response.length)
    check.equal(first.response.status_code, 200)
    check.same(first.context, { step = 3 })
    check.equal(first.exception, nil)
    check.near(first.start_time, os.time(), 5)
    check.equal(first.url, HOST .. "/status/200?a=1")
    check.equal(second.exception, "HTTPError('404 Client Error: Not Found for url: /status/404')")
    check.same(second.context, {})
    check.equal(third.exception, "odd")
  end)

  it("counts a request whatever its listeners do", function()
    local function bad(e) error("deaf to " .. e.name) end
    k.events.request:add_listener(bad)
    with_client(function(client) client:get("/json") end)
    k.events.request:remove_listener(bad)
    check.equal(entry("GET /json").requests, 1)
    check.contains(spec.log(), "a listener of request: ")

    local A = k.HttpUser:extend("A", { host = HOST })
    A.work = k.task(function(self) self.client:get("/json") end)
    local function stop() k.stop_test() end
    k.events.request:add_listener(stop)
    local result = spec.run { classes = A }
    k.events.request:remove_listener(stop)
    check.equal(result.why, "script")
    check.equal(result.entries["GET /json"].requests, 1)
  end)
end)

it("a request that the end of the run cuts off is counted apart", function()
  local has_begun = false
  local A = k.HttpUser:extend("A", { host = HOST })
  A.work = k.task(function(self)
    self.client:get("/json")
    has_begun = true
    pcall(function() self.client:get("/stall/30") end)
    error("never")
  end)
  local Watcher = k.User:extend("Watcher", { wait_time = k.constant(0.05) })
  Watcher.look = k.task(function()
    if not has_begun then return end
    k.sleep(0.05) -- turns of the loop, in which it is sent
    k.stop_test()
  end)
  local result = spec.run { classes = { A, Watcher }, users = 2 }
  check.equal(result.total.requests, 1)
  check.equal(result.in_flight_at_end, 1)
  check.equal(#result.exceptions, 0)
end)

describe("a call with usual options", function()
  -- A session's environment keeps what the long way needs, once it was gone.
  it("is gone by the first request too", function()
    with_client(function(client)
      check.equal(client:get("/echo").status_code, 200)
      check.equal(debug.getfenv(client)[1], nil)
      check.equal(client:rest("GET", "/json").js.name, "katydid")
      check.equal(type(debug.getfenv(client)[1]), "userdata")
    end)
  end)

  -- What goes the quick way, and the same made to go the long one by an option that changes nothing.
  local function both(path, options, handler)
    return with_client(function(client)
      local quick = client:post(path, options, handler)
      local long_options = { max_redirects = 30 }
      for name, value in pairs(options) do long_options[name] = value end
      return quick, client:post(path, long_options, handler)
    end)
  end

  local function same_request(path, options)
    local quick, long = both(path, options)
    local a, b = quick:json(), long:json()
    a.id, b.id = nil, nil
    check.same(a, b)
    check.same(quick.request, long.request)
    check.equal(quick.url, long.url)
    check.equal(quick.length, long.length)
    return a
  end

  it("sends what the long way sends", function()
    local seen = same_request("/echo?a=b", { headers = { ["X-B"] = "2", ["X-A"] = "1", Accept = "text/x" } })
    check.equal(seen.headers["X-A"], "1")
    check.equal(seen.headers.Accept, "text/x")
    seen = same_request("/echo", { json = { item = 7, list = { 1, 2 } } })
    check.equal(seen.body, '{"item": 7, "list": [1, 2]}')
    check.equal(seen.headers["Content-Type"], "application/json")
    seen = same_request("/echo", { data = "plain", headers = { ["Content-Type"] = "text/plain" } })
    check.equal(seen.body, "plain")
    check.equal(same_request("/echo", { data = "" }).body, "")
    check.equal(same_request("/echo", { json = false, context = { a = 1 } }).body, "false")
  end)

  it("is counted by its name", function()
    both("/echo", { name = "one" })
    check.equal(entry("POST one").requests, 2)
    both("/echo", { name = "" })
    check.equal(entry("POST /echo").requests, 2)
    both("/status/500", { name = "broken" })
    check.equal(entry("POST broken").failures, 2)
    check.equal(failure(), "HTTPError('500 Server Error: Internal Server Error for url: broken')")
  end)

  it("is refused in the same words", function()
    with_client(function(client)
      client:get "/echo"
      local function refused(options, why)
        check.error(function() client:get("/echo", options) end, why)
      end
      refused({ headers = { ["X-A"] = "1\r\nX-B: 2" } }, "the value of header X%-A holds a line break")
      refused({ headers = { ["X A"] = "1" } }, "a header's name holds a character")
      refused({ headers = 5 }, "option 'headers'")
      refused({ name = "a\nb" }, "option 'name' holds a line break")
      refused({ json = print }, "option 'json'")
      refused({ data = "x", json = {} }, "'data' and 'json' exclude each other")
      refused({ nam = "x" }, "did you mean 'name'")
      refused({ catch_response = true }, "catch_response needs a handler")
      refused({ context = 1 }, "option 'context'")
    end)
  end)

  it("encodes what a path may not hold", function()
    with_client(function(client)
      client:get "/echo"
      check.equal(client:get("/echo?q=a b").url, HOST .. "/echo?q=a%20b")
      check.equal(client:get("/echo?q=100%").url, HOST .. "/echo?q=100%25")
      check.equal(client:get("/echo?q=%41").url, HOST .. "/echo?q=%41")
      check.equal(client:get("/echo#part").url, HOST .. "/echo#part")
      check.error(function() client:get("/echo\r\nX: 1") end, "control")
    end)
  end)
end)

describe("a client's name for requests", function()
  it("holds for all that follow, but for those that have one of their own", function()
    with_client(function(client)
      client:rename_request("renamed")
      client:get("/echo")
      client:get("/echo", { max_redirects = 1 })
      client:get("/echo", { name = "own" })
      client:get("/echo", { name = "" })
      client:get("/echo", { name = "", max_redirects = 1 })
      client:rename_request()
      client:get("/echo")
      check.equal(entry("GET renamed").requests, 4)
      check.equal(entry("GET own").requests, 1)
      check.equal(entry("GET /echo").requests, 1)
    end)
  end)

  it("holds while a function runs, whatever becomes of it", function()
    with_client(function(client)
      local a, b = client:with_name("inside", function(x)
        client:get("/echo")
        return x, client:with_name("deeper", function() return client:get("/echo").status_code end)
      end, 5)
      check.same({ a, b }, { 5, 200 })
      check.error(function() client:with_name("inside", function() error("no", 0) end) end, "^no$")
      client:get("/echo")
      check.equal(entry("GET inside").requests, 1)
      check.equal(entry("GET deeper").requests, 1)
      check.equal(entry("GET /echo").requests, 1)
    end)
  end)

  it("is one line of text", function()
    with_client(function(client)
      check.error(function() client:rename_request(5) end,
        "rename_request: expected a name of one line, got 5")
      check.error(function() client:with_name("a\nb", print) end, "expected a name of one line")
      check.error(function() client:with_name("a") end, "expected a function after the name")
    end)
  end)
end)
