-- wire -- what HTTP/1.1 allows and few servers do, from a server that says exactly these bytes.
-- SPDX-License-Identifier: MIT

local TEXT = ("katydid "):rep(50)

local function has(part)
  return function(found)
    return type(found) == "string" and found:find(part, 1, true) ~= nil
  end
end

-- Bodies and how they end; whether the connection goes on after them.
local function bodies(c)
  local ask, NIL = c.ask, c.NIL
  local function text(label, path, expected, options)
    local all = { status_code = 200, text = TEXT, reason = "OK" }
    for field, wanted in pairs(expected or {}) do
      all[field] = wanted
    end
    ask(label, "GET", path, options, all)
  end
  text("first", "/text", { ["took.connect"] = true, ["took.tls"] = c.setup.is_tls })
  text("kept", "/text", { ["took.connect"] = false, ["took.tls"] = false })
  ask("empty", "GET", "/empty", nil, { status_code = 200, text = "", ["took.connect"] = false })
  ask("chunked", "GET", "/chunked", nil, { text = "one" .. ("two"):rep(100) })
  ask("chunked, empty", "GET", "/chunked-empty", nil, { text = "" })
  ask("chunk extensions", "GET", "/chunk-extension", nil, { text = "onetwo" })
  ask("trailers", "GET", "/trailers", nil, {
    text = "one", ["headers.X-Sum"] = NIL, ["took.connect"] = false,
  })
  ask("interim answers", "GET", "/interim", nil, { status_code = 200, text = "late", ["headers.Link"] = NIL })
  ask("a byte at a time", "GET", "/pieces", nil, { text = "onetwothree", ["headers.X-Last"] = "yes" })
  text("kept so far", "/text", { ["took.connect"] = false })
  text("until the close", "/until-close")
  text("after the close", "/text", { ["took.connect"] = true })
  ask("until the close, empty", "GET", "/until-close-empty", nil, { text = "" })
  text("Connection: close", "/close", { ["took.connect"] = true })
  text("Connection: close, which it does not", "/close-but-open", { ["took.connect"] = true })
  text("HTTP/1.0", "/1.0", { ["took.connect"] = true })
  text("HTTP/1.0 that keeps", "/1.0-keep", { ["took.connect"] = true })
  text("HTTP/1.0 that kept", "/1.0-keep", { ["took.connect"] = false })
  text("HTTP/1.0 until the close", "/1.0-until-close", { ["took.connect"] = false })
  text("as HTTP/1.0", "/text", nil, { http_version = "1.0" })
  text("as HTTP/1.1", "/text", nil, { http_version = "1.1" })
  ask("big", "GET", "/big", nil, { text = "4000000 bytes, sum 1608457449" })
  ask("big, chunked", "GET", "/big-chunked", nil, { status_code = 200 })
  text("at the end", "/text", { ["took.connect"] = false })
end

local function statuses(c)
  local ask, NIL = c.ask, c.NIL
  local function status(path, code, text, expected)
    local all = { status_code = code, text = text }
    for field, wanted in pairs(expected or {}) do
      all[field] = wanted
    end
    ask(path, "GET", path, nil, all)
  end
  status("/204", 204, "")
  status("/204-length", 204, "")
  status("/205", 205, "")
  status("/304", 304, "", { ["headers.ETag"] = '"1"' })
  status("/304-length", 304, "")
  status("/299", 299, "yes")
  status("/300", 300, "yes", { ["history.1"] = NIL })
  status("/302-nowhere", 302, "yes", { ["history.1"] = NIL })
  status("/302-empty", 302, "yes", { ["history.1"] = NIL })
  status("/no-reason", 200, "ok", { reason = "" })
  status("/no-reason-no-space", 200, "ok", { reason = "" })
  status("/odd-reason", 200, "ok", { reason = "It's \"fine\" \\xe9" })
  status("/odd-404", 404, "no", {
    ["event.exception"] = [[HTTPError('404 Client Error: It\'s "gone" for url: /odd-404')]],
  })
  status("/no-reason-404", 404, "no", {
    ["event.exception"] = "HTTPError('404 Client Error:  for url: /no-reason-404')",
  })
  status("/599", 599, "no", { ["event.exception"] = "HTTPError('599 Server Error: Almost for url: /599')" })
  status("/600", 600, "no")
  status("/999", 999, "no")
  status("/text", 200, TEXT, { ["took.connect"] = false })
end

local function heads(c)
  local ask = c.ask
  local function head(path, expected)
    expected.text, expected.status_code = "", 200
    ask("HEAD " .. path, "HEAD", path, nil, expected)
  end
  head("/head", { ["headers.Content-Length"] = "12345" })
  head("/head-chunked", { ["headers.Transfer-Encoding"] = "chunked" })
  head("/head-gzip", { ["headers.Content-Encoding"] = "gzip" })
  head("/head-bare", { ["headers.X-Is"] = "bare" })
  ask("HEAD of a redirect", "HEAD", "/redirect?to=/head", nil, {
    status_code = 302, ["headers.Location"] = "/head",
  })
  ask("HEAD, followed", "HEAD", "/redirect?to=/head", { allow_redirects = true }, {
    status_code = 200,
    ["request.method"] = "HEAD",
    ["history.1.status_code"] = 302,
    ["history.1.method"] = "HEAD",
  })
  ask("HEAD, followed from 303", "HEAD", "/redirect?to=/head&status=303", { allow_redirects = true }, {
    ["history.1.status_code"] = 303,
    ["headers.X-Is"] = "head",
  })
  ask("HEAD with a body", "HEAD", "/head", { data = "x" })
  ask("after HEAD", "GET", "/text", nil, { text = TEXT, ["took.connect"] = false })
end

local function headers(c)
  c.ask("headers", "GET", "/headers", nil, {
    ["headers.X-Twice"] = "1, 2",
    ["headers.X-Empty"] = "",
    ["headers.X-Blank"] = "",
    ["headers.X-Wide"] = "a b",
    ["headers.X-Colon"] = "a:b: c",
    ["headers.X-Latin"] = "\\xe9",
  })
  for _, path in ipairs {
    "/folded", "/same-length-twice", "/length-list", "/length-and-chunked", "/bare-lf",
    "/blank-in-name", "/no-colon", "/http-2.0", "/http-1.2", "/unknown-coding", "/101",
  } do
    c.ask(path, "GET", path, { timeout = { read = 2 } }, { ok = function() return true end })
  end
end

-- What goes out, as the server saw it.
local function sent(c)
  local ask, json = c.ask, c.json
  local function echo(label, method, options, expected, path)
    ask(label, method, path or "/echo", options, expected)
  end
  echo("GET", "GET", nil, { text = has "\nUser-Agent: katydid/" })
  for _, method in ipairs { "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW" } do
    echo(method .. " without a body", method, nil, { text = has(method .. " /echo HTTP/1.1\\x0d\n") })
    echo(method .. " with a body", method, { data = "body" }, { text = has "\nContent-Length: 4\\x0d\n" })
    echo(method .. " with an empty body", method, { data = "" }, { text = has "\nContent-Length: 0\\x0d\n" })
  end
  echo("GET with a body", "GET", { data = "body" }, { text = has "\nContent-Length: 4\\x0d\n" })
  echo("GET with an empty body", "GET", { data = "" })
  ask("lower case", "get", "/echo", nil, { text = has "GET /echo", ["event.request_type"] = "get" })
  echo("json", "POST", { json = { a = { 1, 2 }, b = json.null } }, {
    text = has '{"a": [1, 2], "b": null}',
    ["request.headers.Content-Type"] = "application/json",
  })
  echo("form", "POST", { data = { b = "x y", a = { 1, "&" }, ["\195\169"] = true } }, {
    text = has "a=1&a=%26&b=x+y&%C3%A9=true",
    ["request.headers.Content-Type"] = "application/x-www-form-urlencoded",
  })
  echo("empty form", "POST", { data = {} })
  echo("binary", "POST", { data = "\0\1\255\r\n" }, { text = has "\\x00\\x01\\xff\\x0d\n" })
  echo("big body", "PUT", { data = ("x"):rep(3000000) }, { status_code = 200, length = function(n)
    return n > 3000000
  end })
  echo("params", "GET", { params = { a = { 1, 2 }, b = "x y&\195\169", c = false } }, {
    ["event.name"] = "/echo?a=1&a=2&b=x+y%26%C3%A9&c=false",
  })
  echo("params behind a query", "GET", { params = { a = 1 } }, {
    ["event.name"] = "/echo?q=0&a=1",
  }, "/echo?q=0#part")
  echo("headers of the call", "GET", {
    headers = { ["X-One"] = "1", ["x-list"] = { "a", "b" }, ["X-Empty"] = "" },
  }, {
    text = has "x-list: a",
  })
  echo("headers of the call, replacing", "GET", {
    headers = {
      accept = "text/plain",
      ["accept-encoding"] = "identity",
      host = "other",
      ["user-agent"] = "me",
    },
  }, { text = has "Host: other\\x0d\n" })
  echo("headers of the transport", "POST", {
    data = "four",
    headers = { ["Content-Length"] = "99", Connection = "close", Expect = "100-continue" },
  })
  echo("after close was asked", "GET", nil, { ["took.connect"] = true })
  echo("Content-Type of one's own", "POST", { json = { 1 }, headers = { ["content-type"] = "x/y" } }, {
    text = has "content-type: x/y",
  })
  echo("auth", "GET", { auth = { "ada", "pass:word\195\169" } }, {
    ["request.headers.Authorization"] = "Basic YWRhOnBhc3M6d29yZMOp",
  })
  echo("compress", "GET", { compress = true }, {
    ["request.headers.Accept-Encoding"] = "gzip, deflate, br, zstd",
  })
  echo("no compress", "GET", { compress = false }, { ["request.headers.Accept-Encoding"] = c.NIL })
  echo("sent as HTTP/1.0", "GET", { http_version = "1.0" }, { text = has "GET /echo HTTP/1.0\\x0d\n" })
  echo("sent as HTTP/1.0 with a body", "POST", { http_version = "1.0", data = "x" })
  for _, one in ipairs {
    { "a path with odd letters", "/a b/\195\169/%41%zz?q=\"<>`{|}\195\169'#f" },
    { "dots in a path", "/a/../b/./c" },
    { "no path but a query", "?a=b" },
    { "an empty query", "/echo?" },
    { "only a fragment", "#f" },
  } do
    echo(one[1], "GET", nil, nil, one[2])
  end
  c.client.headers["X-Always"] = "yes"
  echo("headers of the user", "GET", { headers = { ["x-once"] = "1" } }, {
    text = has "X-Always: yes\\x0d\n",
  })
  echo("headers of the user, replaced", "GET", { headers = { ["x-always"] = "no" } }, {
    text = has "x-always: no",
  })
  c.client.headers = {}
  echo("headers of the user, gone", "GET")
end

local function redirects(c)
  local ask = c.ask
  local other, NIL = c.setup.other, c.NIL
  for _, status in ipairs { 301, 302, 303, 307, 308 } do
    for _, method in ipairs { "GET", "POST", "PUT", "DELETE" } do
      local keeps = status >= 307 or method == "GET" or (status == 301 and method ~= "POST")
      ask(status .. " of " .. method, method, "/redirect?to=/echo&body=10&status=" .. status, {
        data = method ~= "GET" and "body" or nil,
        headers = { ["Content-Type"] = "x/y" },
        name = "redirects",
      }, {
        status_code = 200,
        ["request.method"] = method,
        ["history.1.status_code"] = status,
        ["history.1.method"] = method,
        url = c.setup.url .. "/echo",
        text = has((keeps and method or "GET") .. " /echo"),
        ["took.connect"] = function()
          return true
        end,
      })
    end
  end
  ask("not followed", "GET", "/redirect?to=/echo", { allow_redirects = false }, {
    status_code = 302,
    ["headers.Location"] = "/echo",
    ["history.1"] = NIL,
  })
  ask("exactly as many", "GET", "/redirect?to=/redirect%3Fto%3D/echo", { max_redirects = 2 }, {
    status_code = 200,
  })
  ask("one too many", "GET", "/redirect?to=/redirect%3Fto%3D/echo", { max_redirects = 1 }, {
    status_code = 0,
    error = "TooManyRedirects('Exceeded 1 redirects.')",
  })
  ask("none allowed", "GET", "/redirect?to=/echo", { max_redirects = 0 }, {
    error = "TooManyRedirects('Exceeded 0 redirects.')",
  })
  local elsewhere = "/redirect?to=" .. other .. "/echo"
  ask("credentials stay", "GET", elsewhere, { auth = { "ada", "secret" } }, {
    text = function(found)
      return not found:find "Authorization"
    end,
    ["request.headers.Authorization"] = "Basic YWRhOnNlY3JldA==",
    url = other .. "/echo",
  })
  ask("credentials go along", "GET", "/redirect?to=/echo", { auth = { "ada", "secret" } }, {
    text = has "Authorization",
  })
  ask("a header of the call goes along", "GET", elsewhere, { headers = { ["X-Own"] = "1", Host = "odd" } }, {
    text = has "X-Own: 1",
  })
  ask("a call's cookies", "GET", elsewhere, { cookies = { a = "1", b = "2" } })
  ask("cookies on the way", "GET", "/redirect?to=/echo&cookie=seen%3D1", nil, { text = has "Cookie: seen=1" })
  ask("a fragment goes along", "GET", "/redirect?to=/echo#part", nil, { url = c.setup.url .. "/echo#part" })
  ask("a fragment of the redirect", "GET", "/redirect?to=/echo%23new#part", nil, {
    url = c.setup.url .. "/echo#new",
  })
  ask("a relative place", "GET", "/a/../redirect?to=text", nil, { status_code = 200 })
  ask("a place with odd letters", "GET", "/redirect?to=/a%20b%C3%A9", nil, { status_code = 200 })
  ask("a place without a scheme", "GET", "/redirect?to=//" .. other:match "//(.*)" .. "/echo", nil, {
    url = other .. "/echo",
  })
  ask("a query alone", "GET", "/redirect?to=%3Fto=/text", nil, { status_code = 200, text = TEXT })
  ask("credentials in the place", "GET", "/redirect?to=" .. other:gsub("//", "//ada:secret@") .. "/echo")
  ask("a place that is none", "GET", "/redirect?to=http://[::1", nil, { status_code = 0 })
  ask("a place of another scheme", "GET", "/redirect?to=ftp://127.0.0.1/", nil, { status_code = 0 })
  c.client.cookies = {}
end

local function cookies(c)
  local ask = c.ask
  local function set(label, text, expected)
    ask("sets " .. label, "GET", "/cookies", { params = { set = text }, name = "set" }, expected)
  end
  set("plain ones", "a=1|b=2; Path=/|c=3; Path=/below|d=\"quoted\"|e=|f=x=y", { ["cookies.f"] = "x=y" })
  set("for this host", "host=1; Domain=127.0.0.1|other=1; Domain=other.invalid|dot=1; Domain=.127.0.0.1")
  set("secure ones", "s=1; Secure|__Host-h=1; Secure; Path=/|__Secure-t=1; Secure|__Host-bad=1; Path=/")
  set("old ones", "old=1; Max-Age=0|older=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT|long=1; Max-Age=1000")
  set("odd ones", "=nothing|nothing|x=1; HttpOnly; SameSite=Lax; Unknown=1")
  ask("sends at the root", "GET", "/echo")
  ask("sends below", "GET", "/below/echo", nil, { status_code = 200 })
  ask("sends beside", "GET", "/belowground", nil, { status_code = 200 })
  ask("sends a call's own", "GET", "/echo", { cookies = { a = "9", own = "1" } }, { text = has "own=1" })
  ask("sends a header's alone", "GET", "/echo", { headers = { Cookie = "mine=1" } }, {
    text = has "Cookie: mine=1",
  })
  ask("elsewhere", "GET", c.setup.other .. "/echo")
  ask("by another name", "GET", (c.setup.url:gsub("127%.0%.0%.1", "localhost")) .. "/echo")
  set("one away", "a=; Max-Age=0", { ["jar.a"] = c.NIL })
  c.client.cookies.a = "again"
  ask("sends what the script set", "GET", "/echo", nil, { text = has "a=again" })
  c.client.cookies = {}
  ask("sends none", "GET", "/echo", nil, { ["request.headers.Cookie"] = c.NIL })
end

local function codings(c)
  for _, path in ipairs {
    "/gzip", "/x-gzip", "/deflate", "/raw-deflate", "/br", "/zstd", "/gzip-twice", "/gzip-chunked",
    "/gzip-close", "/wonder", "/identity",
  } do
    c.ask(path, "GET", path, { compress = true }, { text = TEXT })
  end
  c.ask("gzip, empty", "GET", "/gzip-empty", nil, { text = "" })
  c.ask("gzip that is none", "GET", "/bad-gzip", nil, { status_code = 0, error = has "ContentDecodingError" })
  c.ask("gzip, big", "GET", "/big-gzip", nil, { status_code = 200, ["event.length"] = 8000000 })
end

-- Connections that end when they should not.
local function endings(c)
  local ask = c.ask
  local function fails(label, method, path, text, options)
    ask(label, method, path, options, {
      status_code = 0, error = text, ["event.exception"] = text, text = "",
    })
  end
  local by_name = c.setup.url:gsub("127%.0%.0%.1", "localhost")
  for _, path in ipairs { "/close-idle", "/reset-idle" } do
    for _, method in ipairs { "GET", "POST" } do
      ask(method .. path, method, path, { data = method == "POST" and "x" or nil }, { text = "ok" })
      ask(method .. path .. " ends", method, by_name .. "/end-idle") -- on a connection of its own
      ask(method .. " after " .. path, method, "/echo", { data = method == "POST" and "x" or nil }, {
        status_code = 200,
        ["took.connect"] = true,
      })
    end
  end
  for _, path in ipairs { "/drop", "/reset", "/drop-second", "/reset-second" } do
    for _, method in ipairs { "GET", "POST" } do
      ask("before " .. method .. path, "GET", "/text", nil, { text = TEXT })
      fails(method .. path, method, path, nil, { data = method == "POST" and "x" or nil })
    end
  end
  fails("short", "GET", "/short", "IncompleteRead(400 bytes read, 600 more expected)")
  fails("short, chunked", "GET", "/short-chunked")
  fails("no last chunk", "GET", "/no-last-chunk")
  fails("half a head", "GET", "/half-head")
  fails("half a status line", "GET", "/half-status")
  ask("after all that", "GET", "/text", nil, { text = TEXT })
end

-- All at once, from the server whose log nobody reads; each limit is one that a busy machine keeps too, where
-- it must not be broken yet.
local function limits(c)
  local spawned = {}
  local function cut(label, path, timeout, text, expected)
    local all = { status_code = 0, error = text, untold = { "connect", "tls" } }
    for field, wanted in pairs(expected or {}) do
      all[field] = wanted
    end
    spawned[#spawned + 1] = c.k.spawn(c.ask, label, "GET", c.setup.other .. path, { timeout = timeout }, all)
  end
  local read = "ReadTimeout('Read timed out. (read timeout=1)')"
  local total = "Timeout('Request timed out. (timeout=1)')"
  cut("read, head", "/slow?head=9", { read = 1 }, read)
  cut("read, body", "/slow?body=9", { read = 1 }, read)
  cut("total", "/slow?head=9", 1, total)
  cut("total by name", "/slow?body=9", { total = 1 }, total)
  cut("both", "/slow?body=9", { total = 1, read = 3 }, total)
  cut("total over redirects", "/redirect?to=/slow%3Fhead%3D9", 1, total, {
    ["history.1.status_code"] = 302,
    url = c.setup.other .. "/slow?head=9",
  })
  for _, one in ipairs(spawned) do
    one:join()
  end
end

local function waits(c)
  local ask = c.ask
  ask("in time", "GET", "/slow?head=0.1&body=0.1", { timeout = 5 }, {
    text = TEXT,
    response_time = function(_, response)
      local t = response.timings
      return t.wait >= 95 and t.wait + t.receive >= 195
    end,
  })
  ask("timings over redirects", "GET", "/redirect?to=/slow%3Fhead%3D0.1", nil, {
    response_time = function(_, response)
      return response.timings.wait >= 95 and response.timings.receive < response.response_time
    end,
  })
  for _, one in ipairs {
    { "none", false },
    { "parts", { connect = false, read = false } },
    { "connect", { connect = 5 } },
  } do
    ask("limit: " .. one[1], "GET", "/slow?head=0.1", { timeout = one[2] }, { text = TEXT })
  end
end

return function(c)
  for _, part in ipairs {
    bodies, statuses, heads, headers, sent, redirects, cookies, codings, endings, limits, waits,
  } do
    part(c)
  end
end
