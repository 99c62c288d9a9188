"""test_agreement -- all that a run reports, to whomever, says the same of it, figure by figure."""
# SPDX-License-Identifier: MIT

import html
import json
import re
import urllib.request
import xml.etree.ElementTree

import testenv
from testenv import check, reports, results, same, wait_until
from testenv.env import INTERRUPT
from testenv.otlp import Receiver

# So many rounds, and then each user waits for the end: what is fetched last is all that there is.
SCRIPT = """
local k = require "katydid"
local Shopper = k.FastHttpUser:extend("Shopper", { host = "%s", wait_time = k.constant(0) })
Shopper.shop = k.task(function(self)
  for i = 1, 60 do
    self.client:get("/items/" .. i, { name = "/items/[id]" })
    self.client:get("/uniform?min=1&max=20", { name = "/uniform" })
    if i %% 10 == 0 then self.client:get("/status/503") end
    if i %% 20 == 0 then self.client:post("/echo", { data = "x" }) end
  end
  k.sleep(3600)
end)
return Shopper
"""
USERS = 5
REQUESTS = USERS * (60 + 60 + 6 + 3)

SHARES = {"50%": "0.5", "90%": "0.9", "95%": "0.95", "99%": "0.99", "99.9%": "0.999", "100%": "1.0"}


def shown(ms):
    """As the tables for people show a time."""
    ms = float(ms)
    return "%.*f" % (0 if ms == 0 or ms >= 9.995 else 2 if ms >= 0.0995 else 3, ms)


def of_openmetrics(text):
    """(requests, failures, percentiles) by (method, name): the first two of entries alone."""
    label = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
    found = {"katydid_requests_total": {}, "katydid_failures_total": {}, "katydid_response_time_percentile_seconds": {}}
    for line in text.splitlines():
        if line.startswith("#") or line.split("{")[0] not in found:
            continue
        labels = dict(label.findall(line[:line.rindex("}")]))
        key = (labels["method"], labels["name"]) + ((labels["quantile"],) if "quantile" in labels else ())
        found[line.split("{")[0]][key] = float(line.rsplit(" ", 1)[1])
    return found.values()


def same_openmetrics(text, rows, what):
    requests, failures, percentiles = of_openmetrics(text)
    entries = {key: row for key, row in rows.items() if key != ("", "Aggregated")}
    same(requests, {key: float(row["Request Count"]) for key, row in entries.items()}, f"requests ({what})")
    same(failures, {key: float(row["Failure Count"]) for key, row in entries.items()}, f"failures ({what})")
    for key, row in rows.items():
        for column, share in SHARES.items():
            seconds = percentiles[key + (share,)]
            check(abs(seconds * 1000 - float(row[column])) < 1e-9, f"{column} of {key} ({what}): {seconds} s")


def same_page(path, rows):
    (data,) = re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', path.read_text(), re.S)
    data = json.loads(data)
    found = {(entry["method"], entry["name"]): entry for entry in [*data["entries"], data["total"]]}
    same(found.keys(), rows.keys(), "names on the page")
    columns = [column for column in next(iter(rows.values())) if column.endswith("%")]
    for key, row in rows.items():
        entry = found[key]
        same((entry["requests"], entry["failures"]), (int(row["Request Count"]), int(row["Failure Count"])), f"{key} on the page")
        same([shown(ms) for ms in entry["percentiles"]], [shown(row[column]) for column in columns], f"percentiles of {key} on the page")
        same(shown(entry["average"]), shown(row["Average Response Time"]), f"average of {key} on the page")


def same_markdown(text, rows):
    table = text.split("### Requests")[1].split("\n\n")[1].splitlines()
    head = [cell.strip() for cell in table[0].strip("|").split("|")]
    found = {}
    for line in table[2:]:
        cells = dict(zip(head, (cell.strip() for cell in line.strip("|").split("|"))))
        name = re.sub(r"\\(.)", r"\1", html.unescape(re.sub(r"</?code>|\*\*", "", cells["Name"])))
        found[cells["Type"], name] = cells
    same(found.keys(), rows.keys(), "names in Markdown")
    for key, row in rows.items():
        cells = found[key]
        same((int(cells["Requests"]), int(cells["Failures"].split()[0])), (int(row["Request Count"]), int(row["Failure Count"])),
             f"{key} in Markdown")
        same([cells["Median ms"], cells["95 %"], cells["99 %"]], [shown(row[c]) for c in ("50%", "95%", "99%")], f"times of {key} in Markdown")


def same_junit(path, total):
    suite = xml.etree.ElementTree.parse(path).getroot().find("testsuite")
    found = {p.get("name"): p.get("value") for p in suite.find("properties")}
    same((int(found["requests"]), int(found["failures"])), (int(total["Request Count"]), int(total["Failure Count"])), "JUnit")
    same([float(found[name]) for name in ("median_ms", "p95_ms", "p99_ms", "max_ms")],
         [float(total[column]) for column in ("50%", "95%", "99%", "Max Response Time")], "times in JUnit")


def same_otlp(export, entries):
    times = export.by_name("http.client.request.duration", lambda point: point)
    same(export.by_name("katydid.requests"), {(e["method"], e["name"]): e["num_requests"] for e in entries}, "OTLP")
    failures = {}
    for point in export.points("katydid.failures"):
        key = (point["attributes"]["http.request.method"], point["attributes"]["url.template"])
        failures[key] = failures.get(key, 0) + point["asInt"]
    same(failures, {(e["method"], e["name"]): e["num_failures"] for e in entries if e["num_failures"]}, "failures in OTLP")
    for e in entries:
        point = times[e["method"], e["name"]]
        same([point["count"], *(round(point[field] * 1000, 6) for field in ("sum", "min", "max"))],
             [e["num_requests"], *(round(e[name], 6) for name in ("total_response_time", "min_response_time", "max_response_time"))],
             f"times of {e['name']} in OTLP")


def fetched(process):
    """The figures that Prometheus would get, when all is done."""
    found = wait_until(lambda: re.search(r"Prometheus are at (http://\S+)", process.err()), "the run says where they are")

    def ask():
        text = urllib.request.urlopen(found.group(1), timeout=30).read().decode()
        requests, _, _ = of_openmetrics(text)
        return text if sum(requests.values()) == REQUESTS else None
    return wait_until(ask, "all is counted", 60)


@testenv.with_asan
def test_all_reports_agree(env):
    target, receiver = env.target(), Receiver(env)
    path = {name: env.folder / name for name in ("page.html", "junit.xml", "summary.md", "result.json", "metrics.txt", "load.json")}
    process = env.start_katydid(
        env.write("shopper.lua", SCRIPT % target.url), "-u", str(USERS), "-r", "100", "--json", "--prometheus", "0",
        "--otlp", receiver.url, "--html", path["page.html"], "--junit", path["junit.xml"], "--markdown", path["summary.md"],
        "--result", path["result.json"], "--openmetrics", path["metrics.txt"], "--load-performance", path["load.json"])
    scraped = fetched(process)
    process.signal(INTERRUPT)
    run = env.ended(process)
    rows = {(row["Type"], row["Name"]): row for row in run.csv("stats")}
    total = rows["", "Aggregated"]
    entries = [e for e in run.json() if "in_flight_at_end" not in e]

    same(sum(target.routes().values()), REQUESTS, "the server's count")
    same(int(total["Request Count"]), REQUESTS, "requests")
    table = run.console()
    same(reports.csv_table(rows.values()), table, "CSV against console")
    same(shown(total["50%"]), shown(reports.console_median(run.out + run.err)), "the median on the console")
    same(reports.json_table(entries), {key: row for key, row in table.items() if key != ("", "Aggregated")}, "JSON against console")
    result = results.read(path["result.json"])
    same(results.table(result), table, "result against console")
    for entry in [*result["entries"], {**result["total"], "method": "", "name": "Aggregated"}]:
        for column, share in SHARES.items():
            same(results.percentile(entry["times"], float(share)), float(rows[entry["method"], entry["name"]][column]), f"{column} in the result")
    same_openmetrics(scraped, rows, "Prometheus")
    same_openmetrics(path["metrics.txt"].read_text(), rows, "--openmetrics")
    same_page(path["page.html"], rows)
    same_markdown(path["summary.md"].read_text(), rows)
    same_junit(path["junit.xml"], total)
    same_otlp(receiver.exports[-1], entries)
    load = json.loads(path["load.json"].read_text())["metrics"]
    same(load["http_reqs"]["count"], REQUESTS, "GitLab's load performance")
