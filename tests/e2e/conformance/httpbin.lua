-- httpbin -- a server of known answers that is not ours.
-- SPDX-License-Identifier: MIT

local function sent(c)
  local ask, NIL = c.ask, c.NIL
  ask("params", "GET", "/get?a=1", { params = { b = { "x y", "z" } } }, {
    ["json.args.a"] = "1",
    ["json.args.b.2"] = "z",
  })
  ask("form", "POST", "/post", { data = { a = "1 2", b = { "x", "y" } } }, {
    ["json.form.a"] = "1 2",
    ["json.form.b.2"] = "y",
  })
  ask("json", "POST", "/post", { json = { a = { b = 1 } } }, { ["json.json.a.b"] = 1 })
  local note = { content = "text", name = "note.txt" }
  ask("file", "POST", "/post", { files = { note = note }, data = { a = 1 } }, {
    ["json.files.note"] = "text",
    ["json.form.a"] = "1",
  })
  ask("text", "PUT", "/put", { data = "text" }, { ["json.data"] = "text" })
  ask("patch", "PATCH", "/patch", { data = "text" }, { ["json.data"] = "text" })
  ask("delete", "DELETE", "/delete", nil, { ["json.data"] = "" })
  ask("options", "OPTIONS", "/get", nil, { status_code = 200, ["headers.Allow"] = function(found)
    return found:find "GET" ~= nil
  end })
  ask("head", "HEAD", "/get", nil, { status_code = 200, text = "" })
  ask("headers", "GET", "/headers", { headers = { ["X-Own"] = "1" } }, { ["json.headers.X-Own"] = "1" })
  ask("auth", "GET", "/basic-auth/ada/secret", { auth = { "ada", "secret" } }, { ["json.user"] = "ada" })
  ask("auth, wrong", "GET", "/basic-auth/ada/secret", { auth = { "ada", "wrong" } }, { status_code = 401 })
  ask("auth, none", "GET", "/basic-auth/ada/secret", nil, {
    status_code = 401,
    ["request.headers.Authorization"] = NIL,
  })
  ask("auth, hidden", "GET", "/hidden-basic-auth/ada/secret", nil, { status_code = 404 })
end

local function answered(c)
  local ask = c.ask
  ask("gzip", "GET", "/gzip", nil, { ["json.gzipped"] = true })
  ask("deflate", "GET", "/deflate", nil, { ["json.deflated"] = true })
  ask("brotli", "GET", "/brotli", { compress = true }, { ["json.brotli"] = true })
  for _, path in ipairs {
    "/html", "/xml", "/robots.txt", "/deny", "/encoding/utf8", "/image/png", "/base64/a2F0eWRpZA==",
    "/bytes/500?seed=1", "/stream-bytes/5000?seed=1", "/stream/3", "/range/100", "/links/3/0", "/etag/a",
    "/response-headers?X-A=1&X-A=2", "/drip?duration=0.1&numbytes=5&delay=0", "/ip", "/user-agent",
    "/anything/a",
  } do
    ask(path, "GET", path, nil, { status_code = 200 })
  end
  for _, status in ipairs { 200, 204, 304, 400, 401, 404, 406, 418, 429, 500, 503 } do
    ask("status " .. status, "GET", "/status/" .. status, nil, { status_code = status })
  end
  ask("etag, unchanged", "GET", "/etag/a", { headers = { ["If-None-Match"] = "a" } }, {
    status_code = 304,
    text = "",
  })
  local text = ""
  ask("streamed", "GET", "/stream-bytes/5000?seed=1", { stream = function(piece)
    text = text .. piece
  end }, { text = "", length = function()
    return #text == 5000
  end })
  ask("too slow", "GET", "/delay/2", { timeout = 0.3 }, {
    error = "Timeout('Request timed out. (timeout=0.3)')",
  })
end

local function chains(c)
  local ask = c.ask
  ask("redirects", "GET", "/redirect/3", nil, {
    ["history.3.status_code"] = 302,
    ["event.name"] = "/redirect/3",
  })
  ask("relative redirects", "GET", "/relative-redirect/2", nil, { ["history.2.status_code"] = 302 })
  ask("absolute redirects", "GET", "/absolute-redirect/2", { allow_redirects = false }, { status_code = 302 })
  ask("redirect of POST", "POST", "/redirect-to?url=/anything&status_code=307", { data = { a = 1 } }, {
    ["json.form.a"] = "1",
    ["json.method"] = "POST",
  })
  ask("redirect of POST to GET", "POST", "/redirect-to?url=/anything&status_code=303", { data = { a = 1 } }, {
    ["json.method"] = "GET",
    ["json.data"] = "",
  })
  ask("too many", "GET", "/redirect/4", { max_redirects = 3 }, {
    error = "TooManyRedirects('Exceeded 3 redirects.')",
  })
  ask("cookies set", "GET", "/cookies/set/flavour/plain", nil, {
    ["json.cookies.flavour"] = "plain",
    ["jar.flavour"] = "plain",
  })
  ask("cookies kept", "GET", "/cookies", nil, { ["json.cookies.flavour"] = "plain" })
  ask("cookies gone", "GET", "/cookies/delete?flavour=", nil, { ["json.cookies.flavour"] = c.NIL })
end

return function(c)
  sent(c)
  answered(c)
  chains(c)
end
