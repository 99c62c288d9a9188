"""test_metrics -- checks, transactions and metrics count right, and many names take little."""
# SPDX-License-Identifier: MIT

import html
import json
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


# What each report has of a metric, by the names that the page has for it.
FIELDS = ("count", "value", "per_second", "average", "min", "p50", "p95", "p99", "max")
CSV = {"count": "Count", "average": "Average", "min": "Min", "p50": "50%", "p95": "95%", "p99": "99%", "max": "Max",
       "per_second": "Sum/s"}
MAIN = {"counter": "Sum", "gauge": "Last"}


def shown(value):
    """As report/view shows the value of a metric."""
    if abs(value) < 100 and value != round(value):
        return f"{value:.3g}"
    return f"{value:.0f}"


def of_csv(row):
    found = {field: row[column] for field, column in CSV.items()}
    found["value"] = f"{100 * float(row['Ratio']):.2f}%" if row["Type"] == "rate" else row[MAIN.get(row["Type"], "Last")]
    if row["Type"] not in ("counter", "gauge", "rate"):
        found["value"] = ""
    return {field: text if text == "" or text[-1] == "%" or field == "count" else shown(float(text))
            for field, text in found.items()}


def tables(text):
    """{first two cells: cells} of a Markdown file, without its marks."""
    rows = [[html.unescape(re.sub("</?code>", "", cell)).strip() for cell in line.split("|")[1:-1]]
            for line in text.splitlines() if line.startswith("|")]
    return {tuple(row[:2]): row for row in rows}


def samples(text):
    return {line.rsplit(" ", 1)[0]: line.rsplit(" ", 1)[1] for line in text.splitlines() if not line.startswith("#")}


def test_all_reports_say_the_same(env):
    target = env.target()
    run = env.lua(FLOW + "  bytes:add(-1.25)\n  bytes:add(1234.5)\n", target.url, "--iterations", "50", "--json",
                  "--openmetrics", "m.txt", "--markdown", "m.md", "--html", "m.html", "--result", "m.json", head=MEASURED)
    same(run.code, 1, "exit code: requests failed")
    rows = {(row["Type"], row["Name"]): row for row in run.csv("metrics")}
    markdown = tables((env.folder / "m.md").read_text())
    openmetrics = samples((env.folder / "m.txt").read_text())
    page = json.loads(re.search(r'id="data">(.*?)</script>', (env.folder / "m.html").read_text(), re.S)[1])
    result = json.loads((env.folder / "m.json").read_text())

    metrics = {key: of_csv(row) for key, row in rows.items() if key[0] != "check"}
    same(len(metrics), 4, "metrics")
    on_page = {(row["kind"], row["name"]): {field: str(row[field]) for field in FIELDS} for row in page["metrics"]}
    same(on_page, metrics, "page against CSV")
    for key, found in metrics.items():
        cells = [found[field].replace("%", " %") for field in FIELDS]
        same(markdown[key][2:], cells, f"Markdown against CSV, {key}")
        line = re.search(rf"^{key[0]} +{key[1]} (.*)$", run.err, re.M)[1].replace("|", " ").split()
        order = ("count", "value", "per_second", "average", "min", "max", "p50", "p95", "p99")
        same(line, [found[field] for field in order if found[field]], f"console against CSV, {key}")
    trend = metrics["trend", "bytes"]
    same(trend["min"], "-1.25", "the least that was added")
    same(openmetrics['katydid_custom_total{name="looks"}'], "25", "OpenMetrics, counter")
    same(openmetrics['katydid_custom_value{name="level"}'], metrics["gauge", "level"]["value"], "OpenMetrics, gauge")
    same(openmetrics['katydid_custom_rate_total{name="even",outcome="true"}'], rows["rate", "even"]["Passed"],
         "OpenMetrics, rate")
    for quantile, field in (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99")):
        same(openmetrics[f'katydid_custom_trend{{name="bytes",quantile="{quantile}"}}'], trend[field], "OpenMetrics, trend")

    status = rows["check", "status is 200"]
    counts = [status[name] for name in ("Count", "Passed", "Failed")]
    same(counts, ["150", "100", "50"], "check")
    same([str(page["checks"][0][field]) for field in ("count", "passes", "fails")], counts, "page, check")
    same(markdown["❌", "status is 200"][2:], ["150", "50", "66.67 %"], "Markdown, check")
    same([openmetrics[f'katydid_checks_total{{name="status is 200",outcome="{outcome}"}}']
          for outcome in ("passed", "failed")], counts[1:], "OpenMetrics, check")
    of_result = {(m["kind"], m["name"]): m for m in result["metrics"]}
    same(of_result["check", "status is 200"]["passes"], 100, "result, check")
    same({key: m["count"] for key, m in of_result.items()}, {key: int(row["Count"]) for key, row in rows.items()},
         "counts in the result")


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
