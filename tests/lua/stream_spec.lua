-- stream_spec -- the option `stream`: what comes while it comes, and how it ends.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local client_of = require "katydid.client"
local co = require "katydid.co"
local core = require "katydid.core"
local spec = require "spec"

local A = k.HttpUser:extend("A", { host = "http://host" })

local function new_user()
  local user = setmetatable({ user = true }, { __index = A })
  user.client = client_of.new(user)
  return user
end

-- What fn(client) of a user gives.
local function as_user(fn)
  local user = new_user()
  return spec.as_user(function() return fn(user.client) end, user)
end

-- An answer of `n` pieces "1234567890", one a second.
local function say_slowly(n, more)
  spec.answer(function()
    local answer = { body = ("1234567890"):rep(n), step = 10, every = 1 }
    for name, value in pairs(more or {}) do answer[name] = value end
    return answer
  end)
end

local function entry(name)
  return spec.stats().entries[name] or { requests = 0, failures = 0 }
end

local function failure()
  local failures = spec.stats().failures
  check.equal(#failures, 1)
  return failures[1].text
end

describe("a stream", function()
  it("is handed on while it comes", function()
    say_slowly(3)
    local seen = {}
    local response = as_user(function(client)
      local began = spec.now()
      local answer = client:get("/slow", { stream = function(piece)
        seen[#seen + 1] = ("%s at %g"):format(piece, spec.now() - began)
      end })
      return answer
    end)
    check.same(seen, { "1234567890 at 0", "1234567890 at 1", "1234567890 at 2" })
    check.equal(response.status_code, 200)
    check.equal(response.text, "")
    check.equal(response.length, 30)
    check.near(response.response_time, 2000, 0.001)
    check.equal(entry("GET /slow").requests, 1)
    check.equal(entry("GET /slow").failures, 0)
  end)

  it("waits for a function that waits, and loses nothing", function()
    say_slowly(5)
    local seen = {}
    as_user(function(client)
      local began = spec.now()
      client:get("/slow", { stream = function(piece)
        seen[#seen + 1] = ("%d at %g"):format(#piece, spec.now() - began)
        k.sleep(2.5)
      end })
      check.near(spec.now() - began, 7.5, 0.001)
    end)
    check.same(seen, { "10 at 0", "20 at 2.5", "20 at 5" })
  end)

  it("is held where it comes faster than it is taken", function()
    spec.answer(function()
      return { body = ("x"):rep(2000000), step = 100000, every = 0.001 }
    end)
    local largest, sum = 0, 0
    local response = as_user(function(client)
      return (client:get("/large", { stream = function(piece)
        largest, sum = math.max(largest, #piece), sum + #piece
        k.sleep(1)
      end }))
    end)
    check.equal(sum, 2000000)
    check.equal(response.length, 2000000)
    check.equal(largest, 300000) -- 256 KB, and the piece that passed it
    check.near(response.response_time, 6000, 1)
  end)

  it("ends where the function says false", function()
    say_slowly(1000)
    local n = 0
    local response = as_user(function(client)
      return (client:get("/slow", { stream = function()
        n = n + 1
        if n == 3 then return false end
      end }))
    end)
    check.equal(n, 3)
    check.equal(response.status_code, 200)
    check.equal(response.length, 30)
    check.near(response.response_time, 2000, 0.001)
    check.equal(entry("GET /slow").failures, 0)
  end)

  it("fails by an error in the function, with its line", function()
    say_slowly(1000)
    local reached = false
    local response = as_user(function(client)
      return (client:get("/slow", { stream = function(piece) error("no: " .. #piece) end },
        function() reached = true end))
    end)
    check.equal(reached, false) -- the handler has nothing to judge
    check.equal(response.status_code, 200)
    check.match(failure(), "stream_spec.lua:%d+: no: 10$")
    check.equal(entry("GET /slow").failures, 1)
  end)

  it("fails as any request does", function()
    say_slowly(2, { failure = "ConnectionError('broke off')" })
    local n = 0
    local response = as_user(function(client)
      return (client:get("/slow", { stream = function(piece) n = n + #piece end }))
    end)
    check.equal(n, 20)
    check.equal(response.status_code, 0)
    check.equal(response.length, 0)
    check.equal(failure(), "ConnectionError('broke off')")
  end)

  it("is judged by its status and by a handler", function()
    say_slowly(1, { status = 503, reason = "Busy" })
    local seen = ""
    local function keep(piece) seen = seen .. piece end
    as_user(function(client)
      client:get("/slow", { stream = keep })
      check.match(failure(), "503 Server Error: Busy")
      client:get("/slow", { stream = keep, name = "judged" }, function(response)
        if response.length == 10 then response:success() end
      end)
    end)
    check.equal(seen, ("1234567890"):rep(2))
    check.equal(entry("GET judged").failures, 0)
  end)

  it("leaves out the bodies of redirects, and an empty one", function()
    spec.answer(function(request)
      if request.url:find("/2$") then return { body = "there" } end
      if request.url:find("/empty$") then return {} end
      return { status = 302, headers = { "Location", "/2" }, body = "gone" }
    end)
    local seen = {}
    local function keep(piece) seen[#seen + 1] = piece end
    as_user(function(client)
      client:get("/1", { stream = keep })
      check.equal(client:get("/empty", { stream = keep }).status_code, 200)
    end)
    check.same(seen, { "there" })
  end)

  it("lets its function send requests of its own", function()
    spec.answer(function(request)
      return request.url:find("/list$") and { body = "abcd", step = 1, every = 1 } or { body = "one" }
    end)
    local seen = {}
    as_user(function(client)
      client:get("/list", { stream = function(id)
        seen[#seen + 1] = id .. client:get("/items/" .. id, { name = "item" }).text
      end })
    end)
    check.same(seen, { "aone", "bone", "cone", "done" })
    check.equal(entry("GET item").requests, 4)
    check.equal(entry("GET /list").requests, 1)
  end)

  it("is judged without its handler where a signal leaves it", function()
    say_slowly(1000, { status = 404 })
    local signal, reached = co.make_signal {}, false
    as_user(function(client)
      local _, caught = co.pcall(client.get, client, "/slow", { stream = function() error(signal, 0) end },
        function() reached = true end)
      check.equal(caught, signal)
    end)
    check.equal(reached, false)
    check.match(failure(), "404 Client Error")
    check.equal(entry("GET /slow").requests, 1)
  end)

  it("is in flight where its user ends in the middle", function()
    say_slowly(1000)
    for _, sleeps in ipairs { false, true } do
      local before = spec.stats().in_flight_at_end or 0
      local user, caught = new_user(), nil
      local task = spec.start(function()
        caught = select(2, co.pcall(user.client.get, user.client, "/slow", { stream = function()
          if sleeps then k.sleep(1000) end
        end }))
        error(caught, 0)
      end, user)
      spec.turn(3.5)
      task:kill()
      spec.turn(0)
      check.equal(task.how, "stopped")
      check.equal(caught, core.sched.STOP)
      check.equal(spec.stats().in_flight_at_end, before + 1)
    end
    check.equal(entry("GET /slow").requests, 0)
  end)

  it("is counted where all of it had come when its user ends", function()
    spec.answer(function() return { body = "all" } end)
    local user = new_user()
    local task = spec.start(function()
      user.client:get("/at-once", { stream = function() k.sleep(1000) end })
    end, user)
    spec.turn(1)
    task:kill()
    spec.turn(0)
    check.equal(task.how, "stopped")
    check.equal(entry("GET /at-once").requests, 1)
    check.equal(entry("GET /at-once").failures, 0)
  end)

  it("is let go with the coroutine that it is in", function()
    say_slowly(1000)
    as_user(function(client)
      local step = coroutine.wrap(function()
        client:get("/slow", { stream = function(piece) coroutine.yield(piece) end })
      end)
      check.equal(step(), "1234567890")
      check.equal(step(), "1234567890")
      step = nil
      collectgarbage()
      collectgarbage()
      check.equal(step, nil)
    end)
    collectgarbage()
    collectgarbage()
  end)

  it("is refused where it makes no sense", function()
    as_user(function(client)
      check.error(function() client:get("/", { stream = true }) end,
        "stream_spec.lua:%d+: option 'stream': expected a function that is called with .*, got true")
      check.error(function() client:rest("GET", "/", { stream = print }) end,
        "stream_spec.lua:%d+: client:rest reads the body as JSON: it can't have 'stream'")
      check.error(function() client:get("/", { stream = print, http_version = "1.0" }) end, "no HTTP/1.0")
    end)
  end)
end)
