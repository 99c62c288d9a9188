-- clock: real
-- What a script gives can't end a line of what is sent or shown: CR, LF and NUL are errors where they would
-- stand as they are, and encoded where they may be.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"
local client_of = require "katydid.client"

local HOST = spec.target()
local ENDS = { CR = "\r", LF = "\n", ["CR LF"] = "\r\n", NUL = "\0" }

for _, class in ipairs { k.HttpUser, k.FastHttpUser } do
  local function with_client(fn, host)
    local A = class:extend("A", { host = host or HOST })
    local user = setmetatable({ user = true }, { __index = A })
    user.client = client_of.new(user)
    return spec.as_user(function() return fn(user.client) end, user)
  end

  -- The call raises, with the script's line, for each of them.
  local function refused(what, call)
    for name, bytes in pairs(ENDS) do
      with_client(function(client)
        local ok, text = pcall(call, client, bytes)
        check.equal(ok, false, what .. " with " .. name .. " was let through")
        check.match(tostring(text), "^tests/lua/injection_spec%.lua:%d+: ")
      end)
    end
    check.equal(spec.stats().total.requests, 0)
  end

  describe("a line of " .. tostring(class), function()
    it("isn't ended by a path or a URL", function()
      refused("a path", function(client, x) client:get("/a" .. x .. "Host: b") end)
      refused("a query", function(client, x) client:get("/a?b=" .. x) end)
      refused("a URL's host", function(client, x) client:get("http://127.0.0.1" .. x .. "/") end)
      refused("a URL's path", function(client, x) client:get(HOST .. "/" .. x) end)
      refused("a fragment", function(client, x) client:get("/#" .. x) end)
    end)

    it("isn't ended by a method", function()
      refused("a method", function(client, x) client:request("GET / HTTP/1.1" .. x, "/") end)
      refused("a method of rest", function(client, x) client:rest("GET" .. x, "/") end)
    end)

    it("isn't ended by a header", function()
      refused("a value", function(client, x) client:get("/", { headers = { A = "b" .. x .. "C: d" } }) end)
      refused("a last byte", function(client, x) client:get("/", { headers = { A = "b" .. x } }) end)
      refused("a name", function(client, x) client:get("/", { headers = { ["A" .. x] = "b" } }) end)
      refused("a list", function(client, x) client:get("/", { headers = { A = { "b", x } } }) end)
      refused("a client's value", function(client, x) client.headers.A = "b" .. x end)
      refused("a client's name", function(client, x) client.headers["A" .. x] = "b" end)
      refused("a client's headers", function(client, x) client.headers = { A = "b" .. x } end)
    end)

    it("isn't ended by a cookie", function()
      refused("a value", function(client, x) client:get("/", { cookies = { a = "b" .. x } }) end)
      refused("a name", function(client, x) client:get("/", { cookies = { ["a" .. x] = "b" } }) end)
      refused("a client's value", function(client, x) client.cookies.a = "b" .. x end)
      refused("a client's name", function(client, x) client.cookies["a" .. x] = "b" end)
    end)

    it("isn't ended by a name of the statistics", function()
      refused("a name", function(client, x) client:get("/", { name = "a" .. x .. "b" }) end)
    end)

    it("is ended by nothing that is encoded", function()
      with_client(function(client)
        for _, bytes in pairs(ENDS) do
          local options = { params = { b = bytes }, data = { c = bytes } }
          local seen = client:post("/echo?%0D%0Aa=%00", options):json()
          check.match(seen.target, "%%0D%%0Aa=%%00&b=%%0[0AD]")
          check.match(seen.body, "^c=%%0[0AD]")
        end
        -- A password is sent as base64.
        check.equal(client:get("/echo", { auth = { "a", "b\r\nC: d" } }).status_code, 200)
      end)
    end)
  end)
end

describe("a host", function()
  it("that would end a line is refused with the first request", function()
    for _, bytes in pairs(ENDS) do
      local A = k.FastHttpUser:extend("A", { host = HOST .. bytes })
      local user = setmetatable({ user = true }, { __index = A })
      spec.as_user(function()
        check.error(function() client_of.new(user):get("/") end, "^tests/lua/injection_spec%.lua:%d+: ")
      end, user)
    end
  end)
end)
