"""test_prometheus -- Debian's Prometheus fetches from a run, and finds what the run reports."""
# SPDX-License-Identifier: MIT

import http.client
import json
import re
import shutil
import socket
import subprocess
import urllib.parse

import testenv
from testenv import Skip, check, reports, same, wait_until
from testenv.env import INTERRUPT, accepts, free_port

OPENMETRICS = "application/openmetrics-text; version=1.0.0"

# So many users do this once, and then wait for the end: the figures stand still while they are compared.
SCRIPT = """
local k = require "katydid"
local metric = require "katydid.metric"
local orders, price, stock, cached = metric.counter("orders"), metric.trend("price"), metric.gauge("stock"), metric.rate("hit")
local Shopper = k.FastHttpUser:extend("Shopper", { host = "%s", wait_time = k.constant(0) })
Shopper.shop = k.task(function(self)
  orders:add(2)
  price:add(9.5)
  stock:add(-7)
  cached:add(true)
  k.check('it "works"', true)
  k.check('it "works"', false)
  for i = 1, 5 do
    self.client:get("/items/" .. i, { name = "/items/[id]" })
  end
  self.client:get("/delay/30", { name = 'a "slow" \\\\ one ::error::</script>|' })
  self.client:get("/status/503")
  self.client:post("/echo", { data = "x" })
  k.sleep(3600)
end)
return Shopper
"""
USERS = 4
REQUESTS = USERS * 8


def url_of(process):
    """Where a run says that its figures are."""
    found = wait_until(lambda: re.search(r"Prometheus are at (http://\S+)", process.err()) or not process.is_running(),
                       "the run says where its figures are")
    check(process.is_running(), process.err())
    return found.group(1)


def fetch(url, accept=None, method="GET"):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        connection.request(method, parts.path, headers={"Accept": accept} if accept else {})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read().decode()
    finally:
        connection.close()


def samples(text):
    """{line without its value: value}"""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}


def total_of(text, name):
    return sum(value for key, value in samples(text).items() if key.startswith(name + "{"))


def start(env, script=SCRIPT, *options):
    target = env.target()
    path = env.write("shopper.lua", script % target.url)
    return env.start_katydid(path, "-u", str(USERS), "-r", "100", "--json", "--prometheus", "0", *options)


def finished(env, process):
    process.signal(INTERRUPT)
    run = env.ended(process)
    return run, [entry for entry in run.json() if "in_flight_at_end" not in entry]


class Prometheus:
    """A real one that fetches from this address, five times a second."""

    def __init__(self, env, url):
        if not shutil.which("prometheus"):
            raise Skip("there is no prometheus here")
        self.port = free_port()
        place = urllib.parse.urlsplit(url).netloc
        config = env.write("prometheus.yml", f"""
global: {{ scrape_interval: 200ms, scrape_timeout: 200ms }}
scrape_configs: [ {{ job_name: katydid, static_configs: [ {{ targets: [ "{place}" ] }} ] }} ]
""")
        self.process = env.start("prometheus", "prometheus", f"--config.file={config}",
                                 f"--storage.tsdb.path={env.folder / 'tsdb'}",
                                 f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn")
        wait_until(lambda: accepts(self.port), "prometheus listens", 60)

    def api(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read()
            return json.loads(text)["data"] if answer.status == 200 else None
        finally:
            connection.close()

    def query(self, expression):
        """[(labels, value)]"""
        found = self.api("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        return [(row["metric"], float(row["value"][1])) for row in found["result"]] if found else []

    def by_name(self, metric):
        return {(labels["method"], labels["name"]): value for labels, value in self.query(metric)}


def same_percentiles(found, rows):
    """Prometheus has the percentiles that the CSV has, of each name and of all together."""
    columns = {"0.5": "50%", "0.9": "90%", "0.95": "95%", "0.99": "99%", "0.999": "99.9%", "1.0": "100%"}
    same(len(found), len(rows) * len(columns), "percentiles")
    by_name = {(row["Type"], row["Name"]): row for row in rows}
    for labels, seconds in found:
        row = by_name[labels.get("method", ""), labels["name"]]
        ms = float(row[columns[labels["quantile"]]])
        check(abs(seconds * 1000 - ms) < 1e-9, f"{labels}: {seconds} s, the CSV has {ms} ms")


def test_prometheus_has_the_figures_of_the_run(env):
    process = start(env)
    prometheus = Prometheus(env, url_of(process))
    wait_until(lambda: prometheus.query("sum(katydid_requests_total)") and
               prometheus.query("sum(katydid_requests_total)")[0][1] == REQUESTS, "prometheus has seen all", 60)
    wait_until(lambda: ("running", 1.0) in [(labels["state"], value) for labels, value
                                            in prometheus.query("katydid_test_state")], "the test runs")
    figures = {metric: prometheus.by_name("katydid_" + metric) for metric in
               ("requests_total", "failures_total", "response_bytes_total", "response_time_seconds_count",
                "response_time_seconds_sum")}
    errors = prometheus.query("katydid_errors_total")
    buckets = prometheus.query("katydid_response_time_seconds_bucket")
    percentiles = prometheus.query("katydid_response_time_percentile_seconds")
    users, wanted = prometheus.query("katydid_users"), prometheus.query("katydid_users_wanted")
    own = {name: {labels.get("outcome") or labels.get("quantile"): value for labels, value in prometheus.query(
        f"katydid_{name}")} for name in ("checks_total", "custom_total", "custom_trend_count", "custom_value", "custom_rate_total")}
    types = {name: rows[0]["type"] for name, rows in prometheus.api("/api/v1/metadata").items()}
    run, entries = finished(env, process)

    same({key: int(value) for key, value in figures["requests_total"].items()},
         {(e["method"], e["name"]): e["num_requests"] for e in entries}, "requests")
    same({key: int(value) for key, value in figures["failures_total"].items()},
         {(e["method"], e["name"]): e["num_failures"] for e in entries}, "failures")
    same({key: int(value) for key, value in figures["response_bytes_total"].items()},
         {(e["method"], e["name"]): e["total_content_length"] for e in entries}, "bytes")
    same({key: int(value) for key, value in figures["response_time_seconds_count"].items()},
         {(e["method"], e["name"]): e["num_requests"] for e in entries}, "response times")
    for e in entries:
        measured = figures["response_time_seconds_sum"][e["method"], e["name"]] * 1000
        check(abs(measured - e["total_response_time"]) < 1e-6, f"the sum of {e['name']}: {measured}")
    same_percentiles(percentiles, run.csv("stats"))
    same({labels["error"]: int(value) for labels, value in errors}, run.failures(), "errors")
    same(own, {"checks_total": {"passed": USERS, "failed": USERS}, "custom_total": {None: 2 * USERS},
               "custom_trend_count": {None: USERS}, "custom_value": {None: -7}, "custom_rate_total": {"true": USERS, "false": 0}}, "metrics")
    same((users[0][1], wanted[0][1]), (USERS, USERS), "users")
    for e in entries:
        mine = {labels["le"]: value for labels, value in buckets
                if (labels["method"], labels["name"]) == (e["method"], e["name"])}
        same(int(mine["+Inf"]), e["num_requests"], "the last bucket")
        ascending = [mine[le] for le in sorted(mine, key=float)]
        same(ascending, sorted(ascending), "buckets ascend")
        if "slow" in e["name"]:
            same((mine["0.025"], mine["0.001"]), (0, 0), "nothing is faster than the server")
    same((types["katydid_requests"], types["katydid_response_time_seconds"], types["katydid_users"],
          types["katydid_build"]), ("counter", "histogram", "gauge", "info"), "types")
    same(run.code, 1, "exit code: there were failures")


def test_both_formats_are_valid_and_say_the_same(env):
    process = start(env)
    url = url_of(process)
    wait_until(lambda: total_of(fetch(url)[2], "katydid_requests_total") == REQUESTS, "all is counted")
    wait_until(lambda: samples(fetch(url)[2])['katydid_test_state{state="running"}'] == 1, "all users are there")
    status, kind, old = fetch(url)
    same((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"), "without Accept")
    status, kind, new = fetch(url, OPENMETRICS)
    same((status, kind), (200, "application/openmetrics-text; version=1.0.0; charset=utf-8"), "with Accept")
    check(new.endswith("\n# EOF\n") and new.count("# EOF") == 1, "an end, and one alone")
    same(samples(old).keys(), samples(new).keys(), "samples")
    changing = ("process_", "katydid_loop_lag", "katydid_requests_per_second")
    for key, value in samples(old).items():
        check(value == samples(new)[key] or key.startswith(changing), f"{key}: {value}, {samples(new)[key]}")
    if shutil.which("promtool"):
        checked = subprocess.run(["promtool", "check", "metrics"], input=old, text=True, capture_output=True,
                                 timeout=60, check=False)
        same((checked.returncode, checked.stdout + checked.stderr), (0, ""), "promtool check metrics")
    same(fetch(url, method="POST")[0], 405, "POST")
    same(fetch(url + "/x")[0], 404, "another path")
    same(fetch(url.replace("/metrics", "/"))[0], 200, "the first page")
    finished(env, process)


def test_the_clients_strict_parser_reads_it(env):
    """Prometheus' own client for Python refuses what the specification of OpenMetrics doesn't allow."""
    try:
        from prometheus_client.openmetrics import parser  # pylint: disable=import-outside-toplevel
    except ImportError:
        raise Skip("there is no prometheus_client here") from None
    process = start(env)
    url = url_of(process)
    wait_until(lambda: total_of(fetch(url)[2], "katydid_requests_total") == REQUESTS, "all is counted")
    families = {family.name: family for family in parser.text_string_to_metric_families(fetch(url, OPENMETRICS)[2])}
    same(sum(sample.value for sample in families["katydid_requests"].samples), REQUESTS, "requests")
    same({sample.labels["name"] for sample in families["katydid_requests"].samples},
         {"/items/[id]", 'a "slow" \\ one ::error::</script>|', "/status/503", "/echo"}, "names")
    finished(env, process)


@testenv.with_asan
def test_slow_and_hostile_scrapers_change_nothing(env):
    process = start(env)
    place = urllib.parse.urlsplit(url_of(process))
    at = (place.hostname, place.port)
    sockets = []
    for text in [b"", b"GET /metr", b"GET /metrics HTTP/1.1\r\nHost: x\r\n", b"\0\xff\r\n\r\n",
                 b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 200, b"GET " + b"x" * 70000 + b" HTTP/1.1\r\n\r\n",
                 b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\nabc"]:
        s = socket.create_connection(at, timeout=30)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.settimeout(1)
        try:
            s.sendall(text)
        except OSError:
            pass  # it was closed already, or reads no more: both are fine
        sockets.append(s)
    wait_until(lambda: total_of(fetch(place.geturl())[2], "katydid_requests_total") == REQUESTS, "all is counted")
    run, entries = finished(env, process)
    same(sum(e["num_requests"] for e in entries), REQUESTS, "requests")
    same(run.in_flight(), 0, "in flight")
    for s in sockets:
        s.close()


@testenv.with_asan
def test_many_names_are_all_there(env):
    process = start(env, """
local k = require "katydid"
local Shopper = k.FastHttpUser:extend("Shopper", { host = "%s", wait_time = k.constant(0) })
Shopper.shop = k.task(function(self)
  for i = 1, 900 do
    self.environment.events.request:fire({ request_type = "GET", name = "/n/" .. i, response_time = i,
                                           response_length = 1 })
  end
  k.sleep(3600)
end)
return Shopper
""")
    url = url_of(process)
    wait_until(lambda: total_of(fetch(url)[2], "katydid_requests_total") == 900 * USERS, "all is counted")
    text = fetch(url, OPENMETRICS)[2]
    found = samples(text)
    for i in (1, 450, 900):
        same(found[f'katydid_response_time_seconds_bucket{{method="GET",name="/n/{i}",le="+Inf"}}'], USERS, f"/n/{i}")
        same(found[f'katydid_response_time_seconds_bucket{{method="GET",name="/n/{i}",le="0.5"}}'],
             USERS if i <= 500 else 0, f"within half a second: /n/{i}")
    finished(env, process)


def test_a_port_that_is_taken_ends_it_before_it_begins(env):
    target = env.target()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        port = s.getsockname()[1]
        run = env.katydid(env.write("shopper.lua", SCRIPT % target.url), "--prometheus", str(port))
    same(run.code, 2, "exit code")
    check(f"--prometheus: cannot listen on 127.0.0.1 port {port}: Address already in use" in run.err, run.err)
    same(target.routes(), {}, "requests")


def test_the_table_of_reports_reads_as_before(env):
    """With an output that is fetched from, console, CSV and JSON still say the same."""
    process = start(env)
    url = url_of(process)
    wait_until(lambda: total_of(fetch(url)[2], "katydid_requests_total") == REQUESTS, "all is counted")
    run, entries = finished(env, process)
    table = run.console()
    same(reports.csv_table(run.csv("stats")), table, "CSV against console")
    table.pop(("", "Aggregated"))
    same(sorted(n for n, _ in table.values()), sorted(e["num_requests"] for e in entries), "JSON against console")
