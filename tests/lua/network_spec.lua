-- clock: real
-- network_spec -- requests over both transports, to the practice server in this process.
-- SPDX-License-Identifier: MIT

local core = require "katydid.core"
local co = require "katydid.co"
local k = require "katydid"
local spec = require "spec"

local http = core.http
local host = spec.target()

for _, transport in ipairs { "curl", "h1" } do
  local function send(path, fields)
    fields = fields or {}
    fields.method = fields.method or "GET"
    fields.url = host .. path
    return spec.as_user(function()
      local request = http.start(http.session(transport), fields)
      co.wait()
      return http.collect(request)
    end)
  end

  describe("a request over " .. transport, function()
    it("comes back with what the server sent", function()
      local response = send("/bytes/1000")
      check.same({ response.status_code, response.length, #response.text }, { 200, 1000, 1000 })
      check.equal((http.outcome(response)), "/bytes/1000")
      check(response.response_time > 0)
      check.equal(response.reason, "OK")
      check.equal(response.ok, true)
      check(response.timings.wait > 0)
    end)

    it("follows redirects", function()
      local response = send("/redirect/2")
      check.equal(response.status_code, 200)
      check.equal(#response.history, 2)
    end)

    it("that is refused is a response too", function()
      local response = spec.as_user(function()
        local request = http.start(http.session(transport), { method = "GET", url = "http://127.0.0.1:1/" })
        co.wait()
        return http.collect(request)
      end)
      check.match(response.error, "ConnectionRefusedError%(111, 'Connection refused'%)")
    end)

    it("keeps its session while it is under way", function()
      local response = spec.as_user(function()
        local request = http.start(http.session(transport), { method = "GET", url = host .. "/delay/50" })
        collectgarbage()
        collectgarbage()
        co.wait()
        return http.collect(request)
      end)
      check(response.length >= 0)
      collectgarbage()
      collectgarbage()
    end)

    it("sends what it reads from files", function()
      local path = os.tmpname()
      local file = assert(io.open(path, "wb"))
      file:write(("0123456789"):rep(20000))
      file:close()
      local request = { method = "POST", source = http.body { "begin ", { path }, " end" } }
      local response = send("/redirect/1?status=307&to=/echo", request)
      check.equal(response.status_code, 200)
      check.equal(response.request.body, nil)
      check.equal(response:json().body, "begin " .. ("0123456789"):rep(20000) .. " end")
      check.equal(response:json().headers["Content-Length"], "200010")
      check.error(function() send("/echo", request) end, "a source is sent once")
      local changed = { method = "POST", source = http.body { { path } } }
      os.remove(path)
      check.equal(send("/echo", changed).error,
        ("RequestError(\"can't read '%s': No such file or directory\")"):format(path))
    end)

    it("hands its answer on while it comes, as fast as it is taken", function()
      local sum, largest, slow = 0, 0, 10
      local response = spec.as_user(function()
        local request = http.start_stream(http.session(transport),
                                          { method = "GET", url = host .. "/bytes/20000000" })
        while true do
          local piece = http.next_piece(request)
          if piece == nil then return http.collect(request) end
          if piece then
            sum, largest, slow = sum + #piece, math.max(largest, #piece), slow - 1
            if slow > 0 then k.sleep(0.02) end
          else
            co.wait()
          end
        end
      end)
      check.same({ response.status_code, response.length, sum, response.text },
        { 200, 20000000, 20000000, "" })
      check(largest < 1000000)
    end)

    it("is stopped where enough has come", function()
      local n = 0
      local last = spec.as_user(function()
        local session = http.session(transport)
        for _ = 1, 3 do
          local request = http.start_stream(session, { method = "GET", url = host .. "/bytes/20000000" })
          check.equal(http.next_piece(request), false)
          co.wait()
          n = n + #http.next_piece(request)
          check.equal(http.stop_stream(request), true)
          check.equal(http.next_piece(request), nil)
          local response = http.collect(request)
          check.equal(response.status_code, 200)
          check(response.length < 20000000)
        end
        local request = http.start(session, { method = "GET", url = host .. "/json" })
        check.error(function() http.next_piece(request) end, "this request has no stream")
        co.wait()
        return http.collect(request)
      end)
      check.equal(last.error, nil)
      check(n > 0)
    end)

    it("is cut off with its user", function()
      local task = spec.start(function()
        http.start(http.session(transport), { method = "GET", url = host .. "/stall/30" })
        co.wait()
      end)
      spec.turn(0.2)
      task:kill()
      spec.turn(0.05)
      check.equal(task.how, "stopped")
      check.equal(spec.stats().in_flight_at_end, 1)
    end)

    it("goes with a user who leaves it in the middle of its answer", function()
      spec.as_user(function()
        local request = http.start_stream(http.session(transport),
                                          { method = "GET", url = host .. "/bytes/100000000" })
        http.next_piece(request)
        co.wait()
        check(#http.next_piece(request) > 0)
      end)
      collectgarbage()
      collectgarbage()
    end)
  end)
end

for name, User in pairs { HttpUser = k.HttpUser, FastHttpUser = k.FastHttpUser } do
  describe("a run of " .. name, function()
    it("counts what the server counts", function()
      local A = User:extend("A", { host = host, wait_time = k.constant(0.01) })
      A.get = k.task(function(self) self.client:get("/bytes/10") end)
      A.post = k.task(function(self) self.client:post("/echo", { json = { a = 1 } }) end)
      A.miss = k.task(function(self) self.client:get("/status/404") end)
      local result = spec.run { classes = A, users = 5, iterations = 60 }
      check.equal(result.why, "iterations")
      local sum = 0
      for _, entry in pairs(result.entries) do sum = sum + entry.requests end
      check.equal(sum, 60)
      check.equal(result.total.requests, 60)
      check.equal(result.total.failures, result.entries["GET /status/404"].requests)
      check.equal(result.in_flight_at_end, 0)
    end)
  end)
end

-- Most requests of FastHttpUser go a shorter way than its first one: over a connection that stands, with an
-- answer whose head is known. What a script sees of them is the same, and the same as with HttpUser.
describe("one request after the other", function()
  local function asked(base, path, options)
    local told = {}
    local User = k[base]:extend("Asker", { host = host })
    spec.as_user(function(self)
      for i = 1, 4 do
        local answer = options == nil and self.client:get(path) or self.client:get(path, options())
        local headers, sent = {}, {}
        for name, value in pairs(answer.headers) do headers[name] = name == "Date" and "?" or value end
        for name, value in pairs(answer.request.headers) do sent[name] = value end
        check(answer.response_time > 0)
        local timings = answer.timings
        check(timings.wait > 0 and timings.wait + timings.receive <= answer.response_time * 1.000001)
        check(i == 1 or timings.connect == 0)
        check(answer.start_time > 1.6e9)
        told[i] = {
          status = answer.status_code, reason = answer.reason, text = answer.text, length = answer.length,
          url = answer.url, error = answer.error, ok = answer.ok, headers = headers, cookies = answer.cookies,
          history = #answer.history, shown = tostring(answer), name = (http.outcome(answer)),
          method = answer.request.method, asked = answer.request.url, target = answer.request.target,
          body = answer.request.body, sent = sent,
        }
      end
    end, require("katydid.user").new(User, {}, 1))
    return told
  end

  for what, case in pairs {
    ["a page"] = { "/bytes/100" },
    ["an empty one"] = { "/bytes/0" },
    ["a large one"] = { "/bytes/10000" },
    ["a query"] = { "/bytes/7?a=b&c=d" },
    ["what isn't there"] = { "/status/404" },
    ["a redirect"] = { "/redirect/1?to=/bytes/5" },
    ["a name"] = { "/bytes/100", function() return { name = "a page" } end },
    ["a header"] = { "/bytes/100", function() return { headers = { ["X-A"] = "1", ["x-b"] = "" } } end },
    ["a header, and a redirect"] = { "/redirect/1?to=/bytes/5", function()
      return { headers = { ["X-A"] = "1" } }
    end },
    ["headers"] = { "/bytes/100", function()
      return { headers = { ["X-A"] = "1", Accept = "text/css" }, name = "x" }
    end },
  } do
    it("gives the same: " .. what, function()
      local fast, usual = asked("FastHttpUser", case[1], case[2]), asked("HttpUser", case[1], case[2])
      for i = 1, 4 do
        check.same(fast[i], usual[1])
        check.same(usual[i], usual[1])
      end
    end)
  end
end)
