-- batch_spec -- several requests of a user at once.
-- SPDX-License-Identifier: MIT

local k = require "katydid"
local spec = require "spec"
local client_of = require "katydid.client"

local HOST = "http://host"

-- Runs fn(client, user) as a user with a client.
local function with_client(fn)
  local A = k.HttpUser:extend("A", { host = HOST })
  local user = setmetatable({ user = true }, { __index = A })
  user.client = client_of.new(user)
  return spec.as_user(function() return fn(user.client, user) end, user)
end

-- What the server heard, in order; each answer takes the seconds that its path ends with.
local function listen()
  local heard = {}
  spec.answer(function(request)
    local path = request.url:sub(#HOST + 1)
    heard[#heard + 1] = request.method .. " " .. path
    return { body = path, delay = tonumber(path:match("%d+$") or 0) }
  end)
  return heard
end

local function count(name)
  local entry = spec.stats().entries[name]
  return entry and entry.requests or 0
end

describe("a batch", function()
  it("sends all at once, and gives the responses in order", function()
    local heard = listen()
    with_client(function(client)
      local began = k.now()
      local responses = client:batch {
        { "GET", "/a/3" }, { "post", "/b/2", { data = "x" } }, { "GET", "/c/1" },
      }
      check.near(k.now() - began, 3, 1e-6)
      check.same(heard, { "GET /a/3", "POST /b/2", "GET /c/1" })
      check.equal(#responses, 3)
      for i, path in ipairs { "/a/3", "/b/2", "/c/1" } do
        check.equal(responses[i].text, path)
        check.near(responses[i].response_time, (4 - i) * 1000, 0.001)
      end
    end)
    check.same({ count "GET /a/3", count "post /b/2", count "GET /c/1" }, { 1, 1, 1 })
    check.equal(spec.stats().total.requests, 3)
  end)

  it("of nothing is nothing", function()
    with_client(function(client) check.same(client:batch {}, {}) end)
  end)

  it("knows names, and handlers with and without options", function()
    listen()
    with_client(function(client)
      local order = {}
      local function note(response)
        order[#order + 1] = response.text
        k.sleep(10) -- a handler may wait, and holds up nobody
        if response.text == "/b/1" then response:failure("no b") end
        if response.text == "/c/3" then error("no c", 0) end
      end
      local responses = client:batch {
        { "GET", "/a/2", note }, { "GET", "/b/1", { name = "/b" }, note }, { "GET", "/c/3", nil, note },
      }
      check.same(order, { "/b/1", "/a/2", "/c/3" })
      check.equal(responses[2].text, "/b/1")
    end)
    local failures = spec.stats().failures
    table.sort(failures, function(a, b) return a.name < b.name end)
    check.equal(#failures, 2)
    check.equal(failures[1].name .. " " .. failures[1].text, "/b CatchResponseError('no b')")
    check.equal(failures[2].name .. " " .. failures[2].text, "/c/3 no c")
  end)

  it("goes on when one gets no answer", function()
    spec.answer(function(request)
      return request.url:find("/gone") and { failure = "GoneError('gone')" } or { body = "there" }
    end)
    with_client(function(client)
      local responses = client:batch { { "GET", "/gone" }, { "GET", "/there" } }
      check.equal(responses[1].status_code, 0)
      check.equal(responses[1].error, "GoneError('gone')")
      check.equal(responses[2].text, "there")
    end)
  end)

  it("works with a dot, and within what was spawned", function()
    listen()
    with_client(function(client)
      check.equal(client.batch({ { "GET", "/a" } })[1].text, "/a")
      check.equal(k.spawn(client.batch, client, { { "GET", "/b" } }):join()[1].text, "/b")
    end)
  end)

  it("may have a hundred requests, one after the other", function()
    local heard = listen()
    with_client(function(client)
      for _ = 1, 3 do
        local requests = {}
        for i = 1, 100 do requests[i] = { "GET", "/a/" .. i % 3 } end
        local responses = client:batch(requests)
        for i = 1, 100 do check.equal(responses[i].text, "/a/" .. i % 3) end
      end
    end)
    check.equal(#heard, 300)
    check.equal(spec.stats().total.requests, 300)
  end)

  it("says what is wrong with one, by its number, before any is sent", function()
    local heard = listen()
    with_client(function(client)
      local good = { "GET", "/a" }
      local function bad(request, pattern)
        local text = check.error(function() client:batch { good, request } end, pattern)
        check.match(text, "^tests/lua/batch_spec%.lua:%d+: client:batch: request 2: ")
      end
      bad("/b", "2: expected { method, path %[, options%] %[, handler%] }, got '/b'")
      bad({ "/b" }, "2: expected a method, as 'GET', got '/b'")
      bad({ "GET" }, "2: expected a path, got nil")
      bad({ "GET", "/b", { timeuot = 3 } }, "2: unknown option 'timeuot' .*%(did you mean 'timeout'%?%)")
      bad({ "GET", "/b", { timeout = "3" } }, "2: option 'timeout': expected seconds")
      bad({ "GET", "/b", name = "b" }, "2: unknown key 'name': expected { method, path %[, opt")
      bad({ "GET", "/b", 5 }, "2: expected a table of options or a handler after the path, got 5")
      bad({ "GET", "/b", {}, 5 }, "2: expected a function as the handler, got 5")
      bad({ "GET", "b" }, "2: expected a path that begins with '/'")
      bad({ "GET", "/b", { headers = { ["X-A"] = "a\r\nb" } } }, "2: .*X%-A")
      bad({ "GET", "/b", { http_version = "1.0" } }, "2: this wire speaks no HTTP/1%.0")
      check.error(function() client:batch("/a") end,
        "^tests/lua/batch_spec%.lua:%d+: client:batch: expected a list of requests, as in .*, got '/a'")
      check.error(function() client:batch { good, url = "/b" } end, "one after the other, got 'url'")
      check.error(function() client:batch() end, "client:batch: expected a list of requests, .* got nil")
      check.error(function() client.batch(3, { good }) end, "client:batch: called on 3; expected a client")
      check.error(function() client:bacth {} end, "did you mean 'batch'")
    end)
    check.same(heard, {})
  end)

  it("needs a user that can wait", function()
    with_client(function(client)
      check.error(function()
        table.sort({ 2, 1 }, function() client:batch { { "GET", "/a" } } end)
      end, "batch_spec.lua:%d+: client:batch can't wait here: this function was called by sort")
    end)
  end)
end)

describe("requests of several functions", function()
  it("that are answered at once, and followed by others, don't mix", function()
    local heard = listen()
    with_client(function(client)
      local spawned = {}
      for i = 1, 4 do
        spawned[i] = k.spawn(function()
          for round = 1, 3 do
            local path = ("/%d-%d/1"):format(i, round)
            check.equal(client:get(path).text, path)
          end
        end)
      end
      for _, one in ipairs(spawned) do one:join() end
    end)
    check.equal(#heard, 12)
    check.equal(spec.stats().total.requests, 12)
  end)
end)

describe("a batch's end", function()
  -- A run of one user who sends a batch, with the handler for one of its requests.
  local function run(handler, scenario)
    listen()
    local A, after = k.HttpUser:extend("A", { host = HOST }), {}
    A.work = k.task(function(self)
      self.client:batch {
        { "GET", "/a/1", handler and function(response) handler(self, response) end }, { "GET", "/b/50" },
      }
      after[1] = "never"
    end)
    scenario = scenario or {}
    scenario.classes = A
    local result = spec.run(scenario)
    check.same(after, {})
    return result
  end

  it("by a stop cancels all", function()
    local result = run(nil, { seconds = 0.5 })
    check.equal(result.total.requests, 0)
    check.equal(result.in_flight_at_end, 2)
    check.near(result.seconds, 0.5, 0.1)
  end)

  it("by self:stop in a handler cancels the others", function()
    local result = run(function(self) self:stop() end)
    check.equal(result.total.requests, 1)
    check.equal(result.in_flight_at_end, 1)
    check.equal(result.ended[1].why, "finished")
  end)

  it("by k.stop_test in a handler ends the task once all are done", function()
    local result = run(function() k.stop_test() end, { stop_timeout = 100 })
    check.equal(result.total.requests, 2)
    check.equal(result.in_flight_at_end, 0)
    check.near(result.seconds, 50, 0.1)
  end)

  it("by interrupt in a handler leaves the task set once all are done", function()
    listen()
    local A, trace = k.HttpUser:extend("A", { host = HOST }), {}
    local Set = k.TaskSet:extend("Set")
    Set.work = k.task(function(self)
      self.client:batch { { "GET", "/a/1", function() self:interrupt() end }, { "GET", "/b/5" } }
      trace[#trace + 1] = "never"
    end)
    function Set:on_stop()
      trace[#trace + 1] = "left"
      self:stop()
    end
    A.tasks = { Set }
    local result = spec.run { classes = A }
    check.same(trace, { "left" })
    check.equal(result.total.requests, 2)
    check.same(result.exceptions, {})
  end)

  it("by the kill of the function that sends it cancels all", function()
    listen()
    with_client(function(client)
      local one = k.spawn(client.batch, client, { { "GET", "/a/50" }, { "GET", "/b/50" } })
      k.sleep(1)
      one:kill()
      check.equal(select(2, one:join()), "killed")
      k.sleep(0)
      check.equal(spec.stats().in_flight_at_end, 2)
    end)
  end)
end)
