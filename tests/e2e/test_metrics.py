"""test_metrics -- checks, transactions and metrics count right, and many names take little."""
# SPDX-License-Identifier: MIT

import re

import testenv
from testenv import check, reports, same

BOTH = ["HttpUser", "FastHttpUser"]
USER_CLASSES = BOTH

MEASURED = """
local metric = require "katydid.metric"
local bytes, looks = metric.trend("bytes"), metric.counter("looks")
local level, even = metric.gauge("level"), metric.rate("even")
local n = 0
"""
FLOW = """
  local status = k.transaction("flow", function()
    for _, path in ipairs { "/bytes/1000", "/status/404", "/bytes/10" } do
      local response = self.client:get(path)
      k.check("status is 200", response.status_code == 200)
      bytes:add(#response.text)
    end
    return 7
  end)
  same(status, 7, "what a transaction returns")
  n = n + 1
  looks:add(0.5)
  level:add(n)
  even:add(n % 2 == 0)
  pcall(k.transaction, "refused", function() error("sold out", 0) end)
"""


def whole(text):
    return float(text) if text else None


@testenv.with_asan
def test_every_kind_counts_what_the_server_served(env):
    target = env.target()
    run = env.lua(FLOW, target.url, "--iterations", "200", "-u", "10", "-r", "1000", "--json", head=MEASURED)
    same(run.code, 1, "exit code: requests failed")
    same(run.exceptions(), {}, "exceptions")
    counts = target.counts()
    table = run.console()
    same(reports.csv_table(run.csv("stats")), table, "CSV against console")
    total = table.pop(("", "Aggregated"))
    same(reports.json_table(run.json()), table, "JSON against console")
    same(total, (600, 200), "total, without transactions")
    same(counts["answered"], 600, "requests that the server answered")
    same(table["TRANSACTION", "flow"], (200, 0), "transactions")
    same(table["TRANSACTION", "refused"], (200, 200), "transactions that failed")
    same(run.failures()["sold out"], 200, "why they failed")

    rows = {(row["Type"], row["Name"]): row for row in run.csv("metrics")}
    status = rows["check", "status is 200"]
    same((status["Count"], status["Passed"], status["Failed"]), ("600", "400", "200"), "check")
    same(whole(rows["counter", "looks"]["Sum"]), 100, "counter")
    same(whole(rows["gauge", "level"]["Last"]), 200, "gauge, last")
    same(whole(rows["gauge", "level"]["Min"]), 1, "gauge, min")
    same((rows["rate", "even"]["Passed"], rows["rate", "even"]["Failed"]), ("100", "100"), "rate")
    trend = rows["trend", "bytes"]
    same((trend["Count"], whole(trend["Max"])), ("600", 1000), "trend")
    same(whole(trend["100%"]), 1000, "trend, highest percentile")

    # The console says the same.
    same(re.search(r"^status is 200 +600 +400 +200 \| +66\.67%$", run.err, re.M) is not None, True, "console")
    same(re.search(r"^counter +looks +200 +100 ", run.err, re.M) is not None, True, "console")


@testenv.with_asan
def test_an_id_in_each_path_makes_no_more_rows_than_there_is_room_for(env):
    target = env.target()
    run = env.lua("""
      n = n + 1
      local id = n
      k.check("item " .. id, true)
      metric.gauge("item " .. id):add(id)
      self.client:get("/status/" .. (id % 2 == 0 and 200 or 404) .. "?id=" .. id)
    """, target.url, "--iterations", "3000", "-u", "10", "-r", "1000", "--json", head=MEASURED)
    same(run.err.count("more than 1000 names: further requests"), 1, "warnings")
    table = run.console()
    same(table["", "(other)"][0], 2000, "requests with further names")
    same(len(table), 1002, "rows")
    same(table.pop(("", "Aggregated")), (3000, 1500), "total")
    same(tuple(map(sum, zip(*table.values()))), (3000, 1500), "all rows")
    rows = {(row["Type"], row["Name"]): row for row in run.csv("metrics")}
    same(rows["check", "(other)"]["Count"], "2000", "checks with further names")
    same(rows["gauge", "(other)"]["Last"], "3000", "gauges with further names")
    check(len(run.failures()) <= 2000 + 1001, "failures are not capped")
