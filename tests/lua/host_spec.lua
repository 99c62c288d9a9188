-- What the program asks before a run: hosts, the list of classes.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"
local driver = require "katydid.driver"

local function http_user(host)
  local A = k.HttpUser:extend("A", { host = host })
  A.work = k.task(function(self) self:stop() end)
  return A
end

describe("the host", function()
  it("of the command line wins over the class's", function()
    local A = http_user "http://one"
    spec.run { classes = A, host = "https://two" }
    check.equal(A.host, "https://two")
  end)

  it("is needed by HTTP users", function()
    check.error(function() spec.run { classes = http_user() } end,
      "^tests/lua/host_spec%.lua:%d+: A has no host: set `host` in the class, or give %-%-host")
    check.error(function() spec.run { classes = http_user "" } end, "A has no host")
  end)

  it("is not needed by others", function()
    local B = k.User:extend("B")
    B.work = k.task(function(self) self:stop() end)
    check.equal(spec.run({ classes = B }).why, "users_gone")
  end)

  it("has a scheme, and it is HTTP", function()
    check.error(function() spec.run { classes = http_user "localhost:8080" } end,
      "the host of A is 'localhost:8080', without a scheme %(did you mean 'http://localhost:8080'%?%)")
    check.error(function() spec.run { classes = http_user "http://a", host = "example.org" } end,
      "the host of A is 'example%.org', without a scheme")
    check.error(function() spec.run { classes = http_user "ftp://a" } end,
      "the host of A is 'ftp://a': expected http://, https:// or http%+unix://")
  end)

  it("is shown without its password", function()
    check.error(function() spec.run { classes = http_user "ftp://u:secret@a" } end,
      "the host of A is 'ftp://u:%*%*%*@a': expected http://")
    check.error(function() spec.run { classes = http_user "u:secret@a:80" } end,
      "'u:%*%*%*@a:80', without a scheme %(did you mean 'http://u:%*%*%*@a:80'%?%)")
  end)

  it("may be a Unix socket", function()
    local A = http_user "HTTP+Unix://%2Frun%2Fa.sock/api"
    check.equal(spec.run({ classes = A }).why, "users_gone")
    check.error(function() spec.run { classes = http_user "http+unix:///run/a.sock" } end,
      "the host of A: expected a socket's path with %%2F for '/'")
  end)

  it("is a URL", function()
    check.error(function() spec.run { classes = http_user "http://" } end, "the host of A: ")
    check.error(function() spec.run { classes = http_user "http://a:99999" } end, "the host of A: ")
  end)
end)

it("the list names the classes in the order of discovery", function()
  local B = k.User:extend("B", { tasks = { print } })
  spec.load { classes = { B, http_user "http://a" } }
  check.equal(driver.list(), "Available Users:\n    B\n    A\n")
end)
