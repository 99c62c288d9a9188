-- nginx -- files, compression, errors, versions, a certificate that the server asks for.
-- SPDX-License-Identifier: MIT

local SMALL = "a small file\n"

local function files(c)
  local ask, NIL = c.ask, c.NIL
  ask("a file", "GET", "/file", nil, { text = SMALL, ["took.connect"] = true, ["took.tls"] = c.setup.is_tls })
  ask("a file, kept", "GET", "/file", nil, { ["took.connect"] = false, ["took.tls"] = false })
  ask("its head", "HEAD", "/file", nil, { text = "", ["headers.Content-Length"] = "13" })
  ask("a part of it", "GET", "/file", { headers = { Range = "bytes=2-6" } }, {
    status_code = 206,
    text = "small",
  })
  ask("no such part", "GET", "/file", { headers = { Range = "bytes=99-" } }, { status_code = 416 })
  ask("a big one", "GET", "/big", nil, { ["event.length"] = 160000 })
  ask("its big head", "HEAD", "/big", nil, { ["event.length"] = 0 })
  ask("compressed", "GET", "/gzip", nil, {
    ["event.length"] = 160000,
    ["headers.Content-Encoding"] = "gzip",
  })
  ask("compressed, its head", "HEAD", "/gzip", nil, { text = "" })
  ask("not compressed", "GET", "/gzip", { compress = false }, { ["headers.Content-Encoding"] = NIL })
  ask("all codings", "GET", "/gzip", { compress = true }, { ["event.length"] = 160000 })
end

local function answers(c)
  local ask = c.ask
  ask("missing", "GET", "/missing", nil, {
    ["event.exception"] = "HTTPError('404 Client Error: Not Found for url: /missing')",
  })
  ask("teapot", "GET", "/teapot", nil, { status_code = 418, text = "short and stout" })
  -- A socket's server names itself by the Host it was told, which is no place to go to.
  if not c.setup.is_unix then
    ask("moved", "GET", "/to-file", nil, { text = SMALL, ["history.1.status_code"] = 301 })
  end
  ask("moved, not followed", "GET", "/to-file", { allow_redirects = false }, { status_code = 301 })
  ask("POST to a file", "POST", "/file", { data = "x" }, { status_code = 405 })
  ask("a bad request", "GET", "/file", { headers = { Host = "a b" } }, { status_code = 400 })
  ask("a long path", "GET", "/" .. ("x"):rep(20000), { name = "long" }, { status_code = 414 })
  ask("large headers", "GET", "/file", { headers = { ["X-Large"] = ("x"):rep(40000) } }, {
    status_code = 400,
  })
end

local function connections(c)
  local ask = c.ask
  -- An early answer: whether all of the body had gone by then, so that the connection is kept, is chance.
  local closing = { Connection = "close" }
  local anew = { status_code = 413, ["took.connect"] = true, ["took.tls"] = c.setup.is_tls }
  ask("before", "GET", "/file", { headers = closing }, { status_code = 200 })
  ask("too big a POST", "POST", "/file", { data = ("x"):rep(1100000), headers = closing }, anew)
  ask("a big POST", "POST", "/file", { data = ("x"):rep(900000), headers = closing }, { status_code = 405 })
  ask("after these", "GET", "/file", nil, { status_code = 200, ["took.connect"] = true })
  ask("as HTTP/1.0", "GET", "/protocol", { http_version = "1.0" }, { text = "HTTP/1.0 " })
  ask("as HTTP/1.1", "GET", "/protocol", { http_version = "1.1" }, {
    text = "HTTP/1.1 ",
    ["took.connect"] = true,
  })
  ask("keep-alive is over", "GET", "/file", { headers = closing }, { status_code = 200 })
  ask("and begins again", "GET", "/file", nil, { ["took.connect"] = true })
end

local function certificates(c)
  local mutual = c.setup.mutual
  local function with(label, cert, expected, verify)
    c.ask(label, "GET", mutual.url .. "/protocol", { cert = cert, verify = verify }, expected)
  end
  with("a pair", { mutual.certificate, mutual.key }, { text = "HTTP/1.1 CN=client" })
  with("a pair, kept", { mutual.certificate, mutual.key }, { ["took.connect"] = false })
  with("both in a file", mutual.both, { text = "HTTP/1.1 CN=client", ["took.connect"] = true })
  with("none", nil, { status_code = 400 })
  with("unverified", mutual.both, { text = "HTTP/1.1 CN=client" }, false)
end

return function(c)
  files(c)
  answers(c)
  connections(c)
  if c.setup.is_tls then
    certificates(c)
  end
end
