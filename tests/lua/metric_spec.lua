-- Checks, transactions, and what scripts measure by themselves.

local spec = require "spec"
local k = require "katydid"
local metric = require "katydid.metric"

describe("k.check", function()
  it("counts by name whether the condition held, and returns it", function()
    local token = { "a token" }
    check.equal(k.check("has a token", token), token)
    check.equal(k.check("has a token", nil), nil)
    check.equal(k.check("has a token", false), false)
    check.equal(k.check("is long", 0), 0)
    local checks = spec.stats().checks
    check.equal(checks["has a token"].count, 3)
    check.equal(checks["has a token"].passes, 1)
    check.equal(checks["is long"].passes, 1)
    check.equal(spec.stats().total.requests, 0)
  end)

  it("takes the first of several values", function()
    check.equal(k.check("begins with a", ("abc"):find("^a")), 1)
    check.equal(spec.stats().checks["begins with a"].passes, 1)
  end)

  it("says what is wrong with its arguments, and where", function()
    check.error(function() k.check({}, true) end,
      "metric_spec.lua:%d+: k.check: expected a name, as 'status is 200', got a table")
    check.error(function() k.check("", true) end, "metric_spec.lua:%d+: k.check: expected a name, .* got ''")
    check.error(function() k.check("status is 200") end,
      "metric_spec.lua:%d+: k.check: 'status is 200' has no condition; expected k.check%(name, condition%)")
    check.error(function() k.check("ok", function() end) end,
      "metric_spec.lua:%d+: k.check: the condition of 'ok' is a function, which is always true: call it")
    check.same(spec.stats().checks, {})
  end)

  it("is no failure of a request, and no error", function()
    spec.answer(function() return { status = 200, body = "no" } end)
    local A = k.HttpUser:extend("A", { host = "http://a.example" })
    A.look = k.task(function(self)
      local response = self.client:get("/")
      k.check("says yes", response.text == "yes")
      k.check("status is 200", response.status_code == 200)
    end)
    local result = spec.run { classes = A, iterations = 4 }
    check.equal(result.total.requests, 4)
    check.equal(result.total.failures, 0)
    check.equal(result.checks["says yes"].count, 4)
    check.equal(result.checks["says yes"].passes, 0)
    check.equal(result.checks["status is 200"].passes, 4)
    check.same(result.exceptions, {})
  end)
end)

describe("katydid.metric", function()
  it("has counters", function()
    local orders = metric.counter("orders")
    orders:add(2)
    orders:add(0)
    orders:add(0.5)
    local of = spec.stats().metrics.orders
    check.equal(of.kind, "counter")
    check.equal(of.sum, 2.5)
    check.equal(of.count, 3)
  end)

  it("has gauges", function()
    local queue = metric.gauge("queue")
    queue:add(4)
    queue:add(-7)
    queue:add(1)
    local of = spec.stats().metrics.queue
    check.equal(of.last, 1)
    check.equal(of.min, -7)
    check.equal(of.max, 4)
  end)

  it("has trends", function()
    local size = metric.trend("size")
    for i = 1, 99 do size:add(i * 1e6) end
    local of = spec.stats().metrics.size
    check.equal(of.median, 50e6)
    check.equal(of.max, 99e6)
  end)

  it("has rates", function()
    local cached = metric.rate("cached")
    cached:add(true)
    cached:add(false)
    cached:add(true)
    local of = spec.stats().metrics.cached
    check.equal(of.count, 3)
    check.equal(of.passes, 2)
  end)

  it("knows a metric again by its name, and gives it one kind", function()
    metric.counter("carts"):add(1)
    metric.counter("carts"):add(1)
    check.equal(spec.stats().metrics.carts.sum, 2)
    check.error(function() metric.trend("carts") end,
      "metric_spec.lua:%d+: metric.trend: there is a counter named 'carts' already: a name has one kind")
    k.check("carts", true)
  end)

  it("shows none that has no value", function()
    metric.gauge("never")
    check.equal(spec.stats().metrics.never, nil)
  end)

  it("says what is wrong with a value, and where", function()
    local counter, gauge = metric.counter("c"), metric.gauge("g")
    local rate = metric.rate("r")
    check.error(function() counter:add(-1) end,
      "metric_spec.lua:%d+: counter 'c':add: expected a number that is not below 0, got %-1")
    check.error(function() counter:add() end, "counter 'c':add: .* got nil")
    check.error(function() counter:add("5") end, "counter 'c':add: .* got '5'")
    check.error(function() gauge:add(0 / 0) end, "gauge 'g':add: expected a finite number, got %-?nan")
    check.error(function() gauge:add(math.huge) end, "gauge 'g':add: expected a finite number, got inf")
    check.error(function() gauge:add(true) end, "gauge 'g':add: expected a finite number, got true")
    check.error(function() rate:add(1) end, "rate 'r':add: expected true or false, got 1")
    check.error(function() counter.add(5) end,
      "metric_spec.lua:%d+: metric:add: called on 5; expected what katydid.metric gave")
    check.same(spec.stats().metrics, {})
  end)

  it("says what is wrong with a name, and where", function()
    check.error(function() metric.counter() end,
      "metric_spec.lua:%d+: metric.counter: expected a name, .* got nil")
    check.error(function() metric.rate("") end, "metric.rate: expected a name, as 'orders', got ''")
    check.error(function() metric.count("x") end,
      "metric_spec.lua:%d+: unknown kind 'count' of katydid.metric %(did you mean 'counter'%?%)")
    check.error(function() metric.counter("x"):ad(1) end,
      "unknown name 'ad' of a metric %(did you mean 'add'%?%)")
    check.error(function() metric.counter("x").sum = 1 end, "counter 'x': a metric's 'sum' can't be set")
    check.equal(tostring(metric.counter("x")), "counter 'x'")
  end)

  it("makes no garbage where values are added", function()
    local counter, trend = metric.counter("c"), metric.trend("t")
    local function add()
      for i = 1, 1000 do
        counter:add(1)
        trend:add(i % 10)
        k.check("fine", true)
      end
    end
    add()
    collectgarbage()
    collectgarbage("stop")
    local before = collectgarbage("count")
    for _ = 1, 100 do add() end
    local grown = collectgarbage("count") - before
    collectgarbage("restart")
    check(grown < 64, ("%d KB for 300,000 values"):format(grown))
    check.equal(spec.stats().metrics.c.sum, 101000)
  end)

  it("holds what it is given while a test runs; the next one begins with nothing", function()
    local looks = metric.counter("looks")
    local A = k.User:extend("A")
    A.look = k.task(function() looks:add(1) end)
    check.equal(spec.run { classes = A, iterations = 5 }.metrics.looks.sum, 5)
    check.equal(spec.run { classes = A, iterations = 3 }.metrics.looks.sum, 3)
  end)

  it("counts for all users together", function()
    local A = k.User:extend("A")
    local looks = metric.counter("looks")
    A.look = k.task(function(self)
      k.sleep(0.1)
      looks:add(1)
      k.check("has an id", self.id)
    end)
    local result = spec.run { classes = A, users = 20, iterations = 100 }
    check.equal(result.metrics.looks.sum, 100)
    check.equal(result.checks["has an id"].passes, 100)
  end)
end)

describe("k.transaction", function()
  it("times what it runs, as an entry that the total leaves out, and returns what that returned", function()
    spec.answer(function() return { delay = 0.2 } end)
    local told = 0
    local A = k.HttpUser:extend("A", { host = "http://a.example" })
    local listener = k.events.request:add_listener(function() told = told + 1 end)
    A.buy = k.task(function(self)
      local a, b, c = k.transaction("buy", function()
        self.client:get("/cart")
        k.sleep(0.5)
        self.client:post("/orders")
        return 1, nil, "three"
      end)
      check.same({ a, b, c }, { 1, nil, "three" })
    end)
    local result = spec.run { classes = A, iterations = 3 }
    k.events.request:remove_listener(listener)
    local of = result.entries["TRANSACTION buy"]
    check.equal(of.requests, 3)
    check.near(of.average, 900, 1)
    check.equal(of.failures, 0)
    check.equal(result.total.requests, 6)
    check.near(result.total.max, 200, 1)
    check.equal(told, 6) -- a listener of requests hears of requests
    check.same(result.exceptions, {})
  end)

  it("fails by what it throws, which goes on", function()
    local A = k.User:extend("A")
    A.buy = k.task(function()
      k.transaction("buy", function() error("sold out", 0) end)
    end)
    local result = spec.run { classes = A, iterations = 2 }
    check.equal(result.entries["TRANSACTION buy"].requests, 2)
    check.equal(result.entries["TRANSACTION buy"].failures, 2)
    check.same(result.failures, { { method = "TRANSACTION", name = "buy", text = "sold out", count = 2 } })
    check.equal(result.total.failures, 0)
    check.equal(result.exceptions[1].message, "sold out")
    check.equal(result.exceptions[1].count, 2)
  end)

  it("hands on what was thrown, with the line where that was", function()
    local thrown = { code = 7 }
    local ok, what = pcall(k.transaction, "buy", function() error(thrown) end)
    check.equal(ok, false)
    check.equal(what, thrown)
    local A = k.User:extend("A")
    A.buy = k.task(function()
      k.transaction("buy", function()
        local function pay() local nothing = nil; return nothing.price end
        pay()
      end)
    end)
    local traceback = spec.run { classes = A, iterations = 1 }.exceptions[1].traceback
    check.contains(traceback, "'pay'")
  end)

  it("is not failed by a request that fails", function()
    spec.answer(function() return { status = 500 } end)
    local A = k.HttpUser:extend("A", { host = "http://a.example" })
    A.buy = k.task(function(self)
      k.transaction("buy", function() self.client:get("/") end)
    end)
    local result = spec.run { classes = A, iterations = 1 }
    check.equal(result.entries["TRANSACTION buy"].failures, 0)
    check.equal(result.total.failures, 1)
  end)

  it("may hold others", function()
    local A = k.User:extend("A")
    A.buy = k.task(function()
      k.transaction("all", function()
        k.transaction("first", function() k.sleep(1) end)
        pcall(k.transaction, "second", function() k.sleep(2); error("no", 0) end)
      end)
    end)
    local result = spec.run { classes = A, iterations = 1 }
    check.near(result.entries["TRANSACTION all"].average, 3000, 1)
    check.near(result.entries["TRANSACTION first"].average, 1000, 1)
    check.near(result.entries["TRANSACTION second"].average, 2000, 1)
    check.equal(result.entries["TRANSACTION second"].failures, 1)
    check.equal(result.entries["TRANSACTION all"].failures, 0)
  end)

  it("that the end of the run cuts off is counted as cut off, each of those around it too", function()
    local A = k.User:extend("A")
    A.buy = k.task(function()
      k.transaction("all", function()
        k.transaction("part", function() k.sleep(100) end)
      end)
    end)
    local result = spec.run { classes = A, users = 3, seconds = 5 }
    check.same(result.entries, {})
    check.same(result.failures, {})
    check.same(result.exceptions, {})
    check.equal(result.transactions_cut_off, 6)
  end)

  it("lets an interrupt and a stop pass, and counts what a script ended by itself", function()
    local A = k.User:extend("A")
    local after = 0
    local Shop = k.TaskSet:extend("Shop")
    Shop.buy = k.task(function(self)
      k.transaction("buy", function()
        k.sleep(1)
        self:interrupt()
      end)
      after = after + 1
    end)
    A.tasks = { Shop }
    local result = spec.run { classes = A, seconds = 4.5 }
    check.equal(result.entries["TRANSACTION buy"].requests, 4)
    check.equal(result.entries["TRANSACTION buy"].failures, 0)
    check.equal(after, 0)
    check.equal(result.transactions_cut_off, 1)

    local B = k.User:extend("B")
    B.buy = k.task(function(self)
      k.transaction("leave", function() self:stop() end)
      after = after + 1
    end)
    result = spec.run { classes = B, seconds = 3 }
    check.equal(after, 0)
    check.same(result.exceptions, {})
  end)

  it("says what is wrong with its arguments, and where", function()
    check.error(function() k.transaction(nil, print) end,
      "metric_spec.lua:%d+: k.transaction: expected a name, as 'checkout', got nil")
    check.error(function() k.transaction("", print) end,
      "k.transaction: expected a name, as 'checkout', got ''")
    check.error(function() k.transaction("buy", "x") end, "k.transaction: expected a function, got 'x'")
    check.error(function() k.transaction("buy") end, "k.transaction: expected a function, got nil")
    check.same(spec.stats().entries, {})
  end)
end)
