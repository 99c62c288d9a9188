-- tls -- certificates of servers and of clients, and what speaks no TLS.
-- SPDX-License-Identifier: MIT

local function has(part)
  return function(found)
    return type(found) == "string" and found:find(part, 1, true) ~= nil
  end
end

local function asker(c)
  local authority = c.setup.trusted
  local function asks(label, url, options, expected)
    options = options or {}
    if options.verify == nil then options.verify = authority end
    options.name = "tls"
    local all = { status_code = 200 }
    for field, wanted in pairs(expected or {}) do
      all[field] = wanted
    end
    c.ask(label, "GET", url .. "/text", options, all)
  end
  return asks, function(label, url, part, options)
    asks(label, url, options, {
      status_code = 0,
      text = "",
      error = has(part),
      untold = { "connect" }, -- libcurl doesn't say when the connection stood, if the handshake failed
    })
  end
end

local function servers(c)
  local asks, fails = asker(c)
  local url, others, files = c.setup.url, c.setup.servers, c.setup.certificates
  local unverified = "certificate verify failed"
  asks("trusted", url, nil, { ["took.tls"] = true })
  asks("trusted, kept", url, nil, { ["took.connect"] = false, ["took.tls"] = false })
  asks("by name", (url:gsub("127%.0%.0%.1", "localhost")))
  asks("not verified", url, { verify = false }, { ["took.connect"] = true })
  asks("not verified, kept", url, { verify = false }, { ["took.connect"] = false })
  fails("by the system's authorities", url, unverified, { verify = true })
  fails("by another authority", url, unverified, { verify = files .. "/stranger.crt" })
  asks("trusted again", url)
  fails("a stranger", others.stranger, unverified)
  asks("a stranger, not verified", others.stranger, { verify = false })
  asks("a stranger, trusted", others.stranger, { verify = files .. "/stranger.crt" })
  fails("another host's", others.elsewhere, "it is for another host name")
  asks("another host's, not verified", others.elsewhere, { verify = false })
  fails("an expired one", others.expired, "certificate has expired")
  asks("an expired one, not verified", others.expired, { verify = false })
end

local function handshakes(c)
  local asks, fails = asker(c)
  local others = c.setup.servers
  fails("no TLS", others.plain, "SSLError")
  fails("closed in the handshake", others.closes, "")
  fails("reset in the handshake", others.resets, "")
  fails("nobody there", others.refuses, "ConnectionRefusedError(111, 'Connection refused')")
  fails("too old a TLS", others.old, "SSLError")
  local late = "ConnectTimeout('Connection timed out. (connect timeout=0.3)')"
  fails("silent in the handshake", others.stalls, late, { timeout = { connect = 0.3 } })
  asks("TLS 1.2", others.middle, nil, { ["took.tls"] = true })
end

-- Servers that want to know who asks.
local function clients(c)
  local asks, fails = asker(c)
  local function of(name)
    return { c.setup.certificates .. "/" .. name .. ".crt", c.setup.certificates .. "/" .. name .. ".key" }
  end
  for _, kind in ipairs { "mutual", "mutual12" } do
    local url = c.setup.servers[kind]
    asks(kind, url, { cert = of "client" }, { ["took.connect"] = true })
    asks(kind .. ", kept", url, { cert = of "client" }, { ["took.connect"] = false })
    fails(kind .. ", without one", url, "")
    fails(kind .. ", a stranger's", url, "", { cert = of "stranger" })
    asks(kind .. ", again", url, { cert = of "client" })
  end
  fails("a key that fits not", c.setup.url, "SSLError", { cert = { of "client"[1], of "server"[2] } })
  fails("a certificate that is none", c.setup.url, "SSLError", { cert = c.setup.nonsense })
  fails("a key that is none", c.setup.url, "SSLError", { cert = { of "client"[1], c.setup.nonsense } })
  fails("authorities that are none", c.setup.url, "SSLError", { verify = c.setup.nonsense })
  fails("no such host", "https://" .. ("n"):rep(64) .. ".invalid", "gaierror(")
end

return function(c)
  servers(c)
  handshakes(c)
  clients(c)
end
