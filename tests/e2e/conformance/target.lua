-- target -- the practice server: every route of it that answers the same each time, names, handlers, rest.
-- SPDX-License-Identifier: MIT

local function fetches(c)
  local ask = c.ask
  ask("json", "GET", "/json", nil, {
    ["event.name"] = "/json",
    ["json.nested.ok"] = true,
    ["headers.Content-Type"] = "application/json",
    ["took.connect"] = true,
    ["took.tls"] = c.setup.is_tls,
  })
  ask("kept", "GET", "/json", nil, { ["took.connect"] = false, ["took.tls"] = false })
  for _, n in ipairs { 0, 1, 1000, 65536, 1000000 } do
    ask(n .. " bytes", "GET", "/bytes/" .. n, nil, { status_code = 200, ["event.length"] = n })
  end
  for _, n in ipairs { 0, 1, 100 } do
    ask(n .. " chunks", "GET", "/chunked/" .. n)
  end
  for _, status in ipairs { 200, 201, 204, 205, 226, 300, 304, 400, 401, 404, 418, 429, 500, 503, 599 } do
    ask("status " .. status, "GET", "/status/" .. status, nil, {
      status_code = status,
      ["event.exception"] = function(found)
        return (found ~= nil) == (status >= 400)
      end,
    })
  end
  for _, method in ipairs { "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD" } do
    ask("echo of " .. method, method, "/echo?a=1&b=2", method ~= "HEAD" and { data = "body" } or nil, {
      status_code = 200,
      ["request.body"] = method ~= "HEAD" and "body" or c.NIL,
    })
  end
  ask("nowhere", "GET", "/nowhere", nil, { status_code = 404 })
  ask("dropped", "GET", "/drop", nil, {
    error = "RemoteDisconnected('Remote end closed connection without response')",
  })
  ask("a delay", "GET", "/delay/50", nil, {
    response_time = function(_, response)
      return response.response_time >= 50 and response.timings.wait >= 49
    end,
  })
end

-- Entries of the statistics, and what decides about failures.
local function names_and_verdicts(c)
  local ask, client = c.ask, c.client
  ask("a name", "GET", "/status/404", { name = "named" }, {
    ["event.exception"] = "HTTPError('404 Client Error: Not Found for url: named')",
  })
  ask("an empty name", "GET", "/json", { name = "" }, { ["event.name"] = "/json" })
  ask("a whole URL", "GET", c.setup.url .. "/json?a=b#c", nil, {
    ["event.name"] = "/json?a=b",
    url = c.setup.url .. "/json?a=b#c",
  })
  ask("a name of a chain", "GET", "/redirect/2", nil, {
    ["event.name"] = "/redirect/2", ["history.2.status_code"] = 302,
  })
  ask("a context", "GET", "/json", { context = { order = 7, list = { 1 } } }, { ["event.context.order"] = 7 })
  ask("called a failure", "GET", "/json", nil, {
    ["event.exception"] = "not what was wanted",
    ok = true,
    raises = c.NIL,
  }, function(response)
    response:failure "not what was wanted"
  end)
  ask("called a success", "GET", "/status/500", { catch_response = true }, {
    ["event.exception"] = c.NIL,
  }, function(response)
    response:success()
  end)
  ask("no answer, called a success", "GET", "/drop", { catch_response = true }, {
    ["event.exception"] = c.NIL,
  }, function(response)
    response:success()
  end)
  ask("a handler that throws", "GET", "/json", nil, {
    ["event.exception"] = function(found)
      return found:find("broken", 1, true)
    end,
    ok = true,
    raises = c.NIL,
  }, function()
    error "broken"
  end)
  local response = client:rest("POST", "/echo", { json = { a = 1 }, verify = c.setup.authority })
  assert(response.js.body == '{"a": 1}')
  response = client:rest("GET", "/bytes/5", { name = "no JSON", verify = c.setup.authority })
  assert(response.js == nil)
  client.get("/json", { name = "by a dot", verify = c.setup.authority })
end

local function credentials_and_cookies(c)
  local ask = c.ask
  ask("right credentials", "GET", "/basic-auth/ada/pass:word", { auth = { "ada", "pass:word" } }, {
    status_code = 200,
  })
  ask("wrong credentials", "GET", "/basic-auth/ada/secret", { auth = { "ada", "wrong" } }, {
    status_code = 401,
  })
  local with = c.setup.url:gsub("//", "//ada:secret@")
  ask("credentials in the URL", "GET", with .. "/basic-auth/ada/secret", nil, {
    status_code = 200,
    ["event.name"] = "/basic-auth/ada/secret",
    url = c.setup.url .. "/basic-auth/ada/secret",
  })
  ask("cookies set", "GET", "/cookies/set?a=1&b=2", nil, {
    ["json.cookies.a"] = "1",
    ["jar.b"] = "2",
    ["cookies.a"] = c.NIL,
  })
  ask("cookies of a call", "GET", "/cookies", { cookies = { a = "9", once = "1" } }, {
    ["json.cookies.a"] = "9",
  })
  ask("cookies afterwards", "GET", "/cookies", nil, {
    ["json.cookies.a"] = "1", ["json.cookies.once"] = c.NIL,
  })
end

-- Nothing is sent; each says why.
local function misuse(c)
  for _, one in ipairs {
    { "unknown option", { header = {} } },
    { "bad timeout", { timeout = -1 } },
    { "bad kind of timeout", { timeout = { reed = 1 } } },
    { "bad version", { http_version = "3" } },
    { "bad header", { headers = { A = "b\nc" } } },
    { "bad header name", { headers = { ["A b"] = "c" } } },
    { "bad cookie", { cookies = { ["a;"] = "1" } } },
    { "bad name", { name = "a\nb" } },
    { "no handler", { catch_response = true } },
    { "two bodies", { data = "x", json = {} } },
    { "no certificates", { verify = "/nowhere/ca.pem" } },
    { "no certificate", { cert = "/nowhere/client.pem" } },
    { "bad redirects", { max_redirects = -1 } },
    { "bad auth", { auth = { "ada" } } },
  } do
    c.ask(one[1], "GET", "/json", one[2], {
      raised = function(found)
        return found ~= nil
      end,
    })
  end
  -- Raised or failed: what counts is that it is the same.
  for _, one in ipairs {
    { "a bad path", "no-slash" },
    { "a line in the path", "/a\nb" },
    { "no host", "http:///x" },
  } do
    c.ask(one[1], "GET", one[2], nil, {
      ok = function()
        return true
      end,
    })
  end
end

return function(c)
  fetches(c)
  names_and_verdicts(c)
  credentials_and_cookies(c)
  misuse(c)
end
