-- HTTP clients as Locust has them (reference, part 5): what is sent where, under which name it is counted,
-- what is a failure. Both user classes follow HttpUser here; what really travels is shown by ../../e2e.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"

local sent -- the requests: { method, url, headers = { name -> value }, body }

-- The value of a header that a request had; nil: it had none.
local function header(request, name)
  for key, value in pairs(request.headers) do
    if key:lower() == name then return value end
  end
end

-- Answers by URL: a table URL -> answer; all else is 200.
local function serve(answers)
  sent = {}
  spec.answer(function(request)
    sent[#sent + 1] = request
    return answers and answers[request.url]
  end)
end

local CLASSES = { HttpUser = k.HttpUser, FastHttpUser = k.FastHttpUser }

-- Runs fn(client, user) once as a user of this class; what came of the run. Errors are errors; where there
-- is one, the user goes on until the run is over.
local function run(Class, fn, host)
  local A = Class:extend("A", { host = host or "http://a", wait_time = k.constant(10) })
  A.work = k.task(function(self)
    fn(self.client, self)
    self:stop()
  end)
  local result = spec.run { classes = A, seconds = 100 }
  for _, row in ipairs(result.exceptions) do error(row.message, 0) end
  return result
end

local function names(result)
  local list = {}
  for name in pairs(result.entries) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function urls()
  local list = {}
  for i, request in ipairs(sent) do list[i] = request.method .. " " .. request.url end
  return list
end

for class_name, Class in pairs(CLASSES) do
  describe(class_name, function()
    before_each(function() serve() end)

    describe("a call", function()
      it("has a shortcut for each usual method; redirects are followed by all but head", function()
        serve {
          ["http://a/old"] = { status = 307, headers = { "Location", "/new" } },
        }
        local result = run(Class, function(client)
          for _, verb in ipairs { "get", "options", "head", "post", "put", "patch", "delete" } do
            client[verb](client, "/old")
          end
        end)
        check.same(urls(), {
          "GET http://a/old", "GET http://a/new", "OPTIONS http://a/old", "OPTIONS http://a/new",
          "HEAD http://a/old", "POST http://a/old", "POST http://a/new", "PUT http://a/old",
          "PUT http://a/new",
          "PATCH http://a/old", "PATCH http://a/new", "DELETE http://a/old", "DELETE http://a/new",
        })
        check.equal(result.total.requests, 7)
        check.equal(result.total.failures, 0)
        sent = {}
        run(Class, function(client)
          client:head("http://a/old")
          client:request("HEAD", "http://a/old")
          client:request("HEAD", "/old")
          client:head("/old", { timeout = { read = 5 } })
        end)
        check.equal(#sent, 4)
      end)

      it("is counted by its method as it is written, and sent in capitals", function()
        local result = run(Class, function(client)
          client:request("get", "/x")
          client.request("Put", "/x")
          client:request("post", "http://a/x")
        end)
        check.same(names(result), { "Put /x", "get /x", "post /x" })
        check.same(urls(), { "GET http://a/x", "PUT http://a/x", "POST http://a/x" })
      end)
    end)

    describe("a URL", function()
      it("is host and path, joined as they stand; an absolute one is taken as it is, in any case", function()
        run(Class, function(client)
          client:get("/x")
          client:get("http://b/y")
          client:get("HTTP://c/z")
        end, "http://a/base")
        check.same(urls(), { "GET http://a/base/x", "GET http://b/y", "GET http://c/z" })
      end)

      it("of a host with user and password sends these, and doesn't show them", function()
        run(Class, function(client) client:get("/x") end, "http://ada:secret@a")
        check.equal(sent[1].url, "http://a/x")
        check.equal(header(sent[1], "authorization"), "Basic YWRhOnNlY3JldA==")
      end)

      it("that is none is an error of the script, and no request", function()
        local result = run(Class, function(client)
          check.error(function() client:get("http://") end, "client:get: ")
          check.error(function() client:get("http://a:port/") end, "client:get: ")
          check.error(function() client:get("x") end, "expected a path that begins with '/'")
        end)
        check.equal(result.total.requests, 0)
        check.equal(#sent, 0)
      end)
    end)

    describe("the name", function()
      it("is the option `name`, if there is one that isn't empty", function()
        check.same(names(run(Class, function(client)
          client:get("/a?x=1", { name = "a" })
          client:get("/b", { name = "" })
        end)), { "GET /b", "GET a" })
      end)

      it("else what the client was told to call all its requests, until it is told otherwise", function()
        check.same(names(run(Class, function(client)
          client:rename_request "all"
          client:get("/a")
          client:get("/b", { name = "own" })
          client:rename_request(nil)
          client:get("/c")
          client:with_name("within", function() client:get("/d") end)
          client:get("/e")
        end)), { "GET /c", "GET /e", "GET all", "GET own", "GET within" })
      end)

      it("else path and query of the first URL, params merged, as sent, without a fragment", function()
        check.same(names(run(Class, function(client)
          client:get("/a b?x=1#top", { params = { y = "ü" } })
        end)), { "GET /a%20b?x=1&y=%C3%BC" })
      end)

      it("has no scheme and no host, also of other hosts; an empty path is /", function()
        check.same(names(run(Class, function(client)
          client:get("http://elsewhere:8080/x?y=1")
          client:get("http://elsewhere")
        end)), { "GET /", "GET /x?y=1" })
      end)
    end)

    describe("a chain of redirects", function()
      it("is one request, of the first method and URL; its time is that of all", function()
        serve {
          ["http://a/1"] = { status = 302, headers = { "Location", "/2" }, delay = 0.1, body = "gone" },
          ["http://a/2"] = { status = 302, headers = { "Location", "http://b/3" }, delay = 0.2 },
          ["http://b/3"] = { body = "here", delay = 0.3 },
        }
        local result = run(Class, function(client)
          local response = client:post("/1", { data = "x" })
          check.equal(response.text, "here")
          check.equal(#response.history, 2)
        end)
        local entry = result.entries["POST /1"]
        check.equal(entry.requests, 1)
        check.near(entry.average, 600, 1e-6)
        check.equal(entry.length, 4)
        check.same(names(result), { "POST /1" })
      end)

      -- Status, method -> the method that follows.
      for _, row in ipairs {
        { 301, "POST", "GET" }, { 301, "PUT", "PUT" }, { 301, "GET", "GET" }, { 302, "POST", "GET" },
        { 302, "PUT", "GET" }, { 303, "PUT", "GET" }, { 303, "POST", "GET" }, { 307, "POST", "POST" },
        { 308, "PUT", "PUT" },
      } do
        local status, method, following = unpack(row)
        it(("turns %s into %s by %d, with its body or without"):format(method, following, status), function()
          serve { ["http://a/old"] = { status = status, headers = { "Location", "/new" } } }
          run(Class, function(client)
            client:request(method, "/old", { data = method ~= "GET" and "x=1" or nil })
          end)
          check.equal(sent[2].method, following)
          local keeps = following == method and method ~= "GET"
          check.equal(sent[2].body or "", keeps and "x=1" or "")
        end)
      end

      it("leaves HEAD what it is, and is followed where the call says so", function()
        for _, status in ipairs { 301, 302, 303, 307, 308 } do
          serve { ["http://a/old"] = { status = status, headers = { "Location", "/new" } } }
          run(Class, function(client) client:head("/old", { allow_redirects = true }) end)
          check.equal(sent[2].method, "HEAD")
        end
      end)

      it("is left alone where the call says so, which is a success", function()
        serve { ["http://a/old"] = { status = 302, headers = { "Location", "/new" } } }
        local result = run(Class, function(client)
          check.equal(client:get("/old", { allow_redirects = false }).status_code, 302)
        end)
        check.equal(#sent, 1)
        check.equal(result.total.failures, 0)
      end)

      it("of more than 30 is a failure, and no response", function()
        local n = 0
        spec.answer(function(request)
          n = n + 1
          return { status = 302, headers = { "Location", "/" .. tonumber(request.url:match "%d+$") + 1 } }
        end)
        local result = run(Class, function(client) check.equal(client:get("/0").status_code, 0) end)
        check.equal(result.failures[1].text, "TooManyRedirects('Exceeded 30 redirects.')")
        check.equal(n, 31)
      end)

      it("takes Authorization to the same host alone", function()
        serve {
          ["http://a/1"] = { status = 302, headers = { "Location", "/2" } },
          ["http://a/2"] = { status = 302, headers = { "Location", "http://b/3" } },
        }
        run(Class, function(client) client:get("/1", { auth = { "ada", "secret" } }) end)
        check(header(sent[1], "authorization"))
        check(header(sent[2], "authorization"))
        check.equal(header(sent[3], "authorization"), nil)
      end)
    end)

    describe("headers and cookies", function()
      it("of the client go with every request, those of a call over them", function()
        run(Class, function(client)
          client.headers["X-One"], client.headers["X-Two"] = "client", "client"
          client:get("/x", { headers = { ["x-two"] = "call" } })
          client:get("/x")
        end)
        check.equal(header(sent[1], "x-one"), "client")
        check.equal(header(sent[1], "x-two"), "call")
        check.equal(header(sent[2], "x-two"), "client")
      end)

      it("are kept for each user, cookies from answer to request", function()
        serve { ["http://a/login"] = { headers = { "Set-Cookie", "id=7" } } }
        local A = Class:extend("A", { host = "http://a", wait_time = k.constant(1) })
        A.work = k.task(function(self)
          if self.id == 1 then self.client:get("/login") end
          self.client:get("/" .. self.id)
          self:stop()
        end)
        spec.run { classes = A, users = 2 }
        for _, request in ipairs(sent) do
          local has = request.url == "http://a/1"
          check.equal(header(request, "cookie"), has and "id=7" or nil)
        end
      end)

      it("say what the body is: JSON, a form; of a string nothing", function()
        run(Class, function(client)
          client:post("/x", { json = { a = 1 } })
          client:post("/x", { data = { a = 1 } })
          client:post("/x", { data = "a=1" })
        end)
        check.equal(header(sent[1], "content-type"), "application/json")
        check.equal(header(sent[2], "content-type"), "application/x-www-form-urlencoded")
        check.equal(header(sent[3], "content-type"), nil)
        check.equal(sent[1].body, '{"a": 1}')
        check.equal(sent[2].body, "a=1")
      end)
    end)

    describe("a failure", function()
      it("is a status from 400 on; it is grouped by the name", function()
        local result = run(Class, function(client)
          for _, status in ipairs { 200, 204, 226, 304, 399, 400, 404, 500, 599 } do
            serve { ["http://a/" .. status] = { status = status, reason = "Why" } }
            client:get("/" .. status, { name = "/[status]" })
          end
        end)
        local texts = {}
        for i, row in ipairs(result.failures) do texts[i] = row.text end
        check.same(texts, {
          "HTTPError('400 Client Error: Why for url: /[status]')",
          "HTTPError('404 Client Error: Why for url: /[status]')",
          "HTTPError('500 Server Error: Why for url: /[status]')",
          "HTTPError('599 Server Error: Why for url: /[status]')",
        })
      end)

      it("of the network is one of the statistics, and status 0 for the script", function()
        spec.answer(function() return { failure = "ConnectionRefusedError(111, 'Connection refused')" } end)
        local result = run(Class, function(client)
          local response = client:get("/x")
          check.equal(response.status_code, 0)
          check.equal(response.ok, false)
          check.equal(response.text, "")
        end)
        check.equal(result.failures[1].text, "ConnectionRefusedError(111, 'Connection refused')")
        check.equal(result.entries["GET /x"].requests, 1)
        check.equal(result.entries["GET /x"].failures, 1)
        check.same(result.exceptions, {})
      end)
    end)

    describe("a handler, in the place of a block with catch_response", function()
      -- What is counted of a request with this status whose handler is fn.
      local function judged(status, fn)
        serve { ["http://a/x"] = { status = status, reason = "Why" } }
        local result = run(Class, function(client)
          client:get("/x", { catch_response = true }, fn)
        end)
        check.equal(result.total.requests, 1)
        return result.failures[1] and result.failures[1].text
      end
      local RULE = "HTTPError('404 Client Error: Why for url: /x')"

      it("that says nothing leaves the rule", function()
        check.equal(judged(200, function() end), nil)
        check.equal(judged(404, function() end), RULE)
      end)

      it("decides by success and failure; the last word counts", function()
        check.equal(judged(404, function(response) response:success() end), nil)
        check.equal(judged(200, function(response) response:failure "no" end), "CatchResponseError('no')")
        check.equal(judged(200, function(response)
          response:failure "no"
          response:success()
        end), nil)
        check.equal(judged(404, function(response)
          response:success()
          response:failure "no"
        end), "CatchResponseError('no')")
      end)

      it("has raise_for_status honour what was said", function()
        local raised = {}
        local function raise(response, i)
          local ok, why = pcall(response.raise_for_status, response)
          raised[i] = ok and "nothing" or why
        end
        judged(404, function(response)
          response:success()
          raise(response, 1)
        end)
        judged(200, function(response)
          response:failure "no"
          raise(response, 2)
        end)
        judged(404, function(response) raise(response, 3) end)
        judged(200, function(response) raise(response, 4) end)
        check.equal(raised[1], "nothing")
        check.match(raised[2], "no$")
        check.match(raised[3], "404 Client Error")
        check.equal(raised[4], "nothing")
      end)

      it("counts the time of the transfer, not its own", function()
        serve { ["http://a/x"] = { delay = 0.25 } }
        local result = run(Class, function(client)
          client:get("/x", function() k.sleep(3) end)
        end)
        check.near(result.entries["GET /x"].average, 250, 1e-6)
      end)

      it("and none: success and failure come too late", function()
        run(Class, function(client)
          local response = client:get("/x")
          check.error(function() response:success() end, "counted already")
          check.error(function() response:failure "no" end, "counted already")
        end)
      end)

      it("is told to listeners once, when it is over", function()
        local told = {}
        local listener = k.events.request:add_listener(function(e)
          told[#told + 1] = e.exception or "well"
        end)
        judged(404, function(response)
          check.equal(#told, 0)
          response:success()
        end)
        k.events.request:remove_listener(listener)
        check.same(told, { "well" })
      end)
    end)

    describe("rest", function()
      local function rest(answer, fn)
        serve { ["http://a/x"] = answer }
        local result = run(Class, function(client) client:rest("POST", "/x", { json = { a = 1 } }, fn) end)
        return result.failures[1] and result.failures[1].text
      end

      it("sends and asks for JSON, and decodes what comes", function()
        check.equal(rest({ body = '{"b": 2}' }, function(response) check.equal(response.js.b, 2) end), nil)
        check.equal(header(sent[1], "accept"), "application/json")
        check.equal(header(sent[1], "content-type"), "application/json")
        sent = {}
        run(Class, function(client)
          client:rest("POST", "/x", { data = "[1]" })
          local headers = { Accept = "*/*", ["content-type"] = "text/x" }
          client:rest("POST", "/x", { data = "[1]", headers = headers })
        end)
        check.equal(header(sent[1], "content-type"), "application/json")
        check.equal(header(sent[2], "content-type"), "text/x")
        check.equal(header(sent[2], "accept"), "*/*")
      end)

      it("fails where the body is no JSON; an empty one is none, and no failure", function()
        check.match(rest({ body = "<html>" }), "Could not parse response as JSON")
        check.equal(rest({ body = "" }, function(response) check.equal(response.js, nil) end), nil)
      end)

      it("fails by an error of its handler, which goes no further", function()
        check.match(rest({ body = "{}" }, function() assert(false, "no items") end), "no items")
      end)

      it("else is judged by its status", function()
        check.match(rest({ status = 500, body = "{}" }), "500 Server Error")
      end)
    end)
  end)
end
