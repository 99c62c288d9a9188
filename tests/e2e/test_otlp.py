"""test_otlp -- what a run sends by OpenTelemetry's protocol is what it reports, and no receiver, whatever it
does, changes the run."""
# SPDX-License-Identifier: MIT

import re
import socket

import testenv
from testenv import Hostile, check, reports, same
from testenv.hostile import Deaf, Refusing
from testenv.otlp import Receiver
from testenv.tls import Certificates

SCRIPT = """
local k = require "katydid"
local metric = require "katydid.metric"
local orders, price, stock, cached = metric.counter("orders"), metric.trend("price"), metric.gauge("stock"), metric.rate("hit")
local Shopper = k.FastHttpUser:extend("Shopper", { host = "%s", wait_time = k.constant(0.1) })
Shopper.shop = k.task(function(self)
  orders:add(2.5)
  price:add(9.5)
  stock:add(-7)
  cached:add(true)
  k.check('it "works"', true)
  k.transaction("both", function()
    self.client:get("/items/1", { name = 'items "slow" \\\\ ::error::</script>|' })
    self.client:get("/status/503")
  end)
  self.client:post("/echo", { data = "x" })
end)
return Shopper
"""
ROUNDS = 20


def run_with(env, url, *options, script=SCRIPT, variables=None):
    target = env.target()
    path = env.write("shopper.lua", script % target.url)
    run = env.katydid(path, "-u", "4", "-r", "100", "--iterations", str(ROUNDS), "--stop-timeout", "30", "-t", "60s",
                      "--json", "--otlp", url, *options, env=variables)
    return run, target


def run_until(env, receiver, exports):
    """A run that goes on until its receiver took so many exports."""
    target = env.target()
    process = env.start_katydid(env.write("shopper.lua", SCRIPT % target.url), "-u", "4", "-r", "100", "--stop-timeout", "30",
                                "--json", "--otlp", receiver.url, "--otlp-interval", "1")
    testenv.wait_until(lambda: len(receiver.exports) >= exports or not process.is_running(), "it got them", 60)
    process.signal(testenv.env.INTERRUPT)
    return env.ended(process), target


def counts_are_exact(run, target, requests=3 * ROUNDS):
    """Console = CSV = JSON = what the server saw."""
    table = run.console()
    same(reports.csv_table(run.csv("stats")), table, "CSV against console")
    entries = {key: value for key, value in reports.json_table(run.json()).items() if key[0] != "TRANSACTION"}
    same(sum(n for n, _ in entries.values()), requests, "requests")
    same(sum(target.routes().values()), requests, "the server's count")
    same(run.in_flight(), 0, "in flight")


@testenv.with_asan
def test_a_receiver_has_the_figures_of_the_run(env):
    receiver = Receiver(env)
    run, target = run_with(env, receiver.url, "--otlp-interval", "1",
                           variables={"OTEL_EXPORTER_OTLP_HEADERS": "api-key=s3cret%20one", "OTEL_SERVICE_NAME": "shop",
                                      "OTEL_RESOURCE_ATTRIBUTES": "team=a%2Cb,service.name=other"})
    counts_are_exact(run, target)
    same(receiver.wrong, [], "not as the specification has it")
    check(receiver.exports, "there is one")
    last = receiver.exports[-1]
    entries = [e for e in run.json() if "in_flight_at_end" not in e]
    expected = {(e["method"], e["name"]): e for e in entries}

    same((last.resource["service.name"], last.resource["team"]), ("shop", "a,b"), "resource")
    same(last.headers["api-key"], "s3cret one", "header")
    check("s3cret" not in run.out + run.err, "no header in the log")
    same(last.by_name("katydid.requests"), {key: e["num_requests"] for key, e in expected.items()}, "requests")
    same(last.by_name("katydid.response.bytes"), {key: e["total_content_length"] for key, e in expected.items()}, "bytes")
    times = {**last.by_name("http.client.request.duration", lambda p: p),
             **last.by_name("katydid.operation.duration", lambda p: p)}
    same(times.keys(), expected.keys(), "response times")
    same([key for key in last.by_name("katydid.operation.duration")], [("TRANSACTION", "both")], "transactions")
    for key, e in expected.items():
        point = times[key]
        same(point["count"], e["num_requests"], f"count of {key}")
        for field, name in (("sum", "total_response_time"), ("min", "min_response_time"), ("max", "max_response_time")):
            check(abs(point[field] * 1000 - e[name]) < 1e-6, f"{field} of {key}: {point[field]}, {e[name]}")
    failures = {}
    for point in last.points("katydid.failures"):
        key = (point["attributes"]["error.type"], point["attributes"]["error.message"])
        failures[key] = failures.get(key, 0) + point["asInt"]
    same({text: n for (_, text), n in failures.items()}, run.failures(), "failures")
    same({kind for kind, text in failures if "503" in text}, {"503"}, "error.type")
    own = {name: [(p["attributes"].get("katydid.outcome"), p.get("asInt", p.get("asDouble", p.get("count"))))
                  for p in last.points(name)]
           for name in ("katydid.checks", "katydid.custom.total", "katydid.custom.value", "katydid.custom.trend",
                        "katydid.custom.rate")}
    same(own, {"katydid.checks": [("passed", ROUNDS), ("failed", 0)], "katydid.custom.total": [(None, 2.5 * ROUNDS)],
               "katydid.custom.value": [(None, -7.0)], "katydid.custom.trend": [(None, ROUNDS)],
               "katydid.custom.rate": [("true", ROUNDS), ("false", 0)]}, "metrics")
    # Sums only grow, since the same start.
    for name in ("katydid.requests", "http.client.request.duration"):
        seen, starts = {}, set()
        for export in receiver.exports:
            for key, point in export.by_name(name, lambda p: p).items():
                value = point.get("asInt", point.get("count"))
                check(value >= seen.get(key, 0), f"{name} of {key} falls")
                seen[key] = value
                starts.add(point["startTimeUnixNano"])
        same(len(starts), 1, f"starts of {name}")
    check("WARNING" not in run.err or "katydid.otlp" not in run.err, run.err)


def test_a_receiver_over_tls_is_checked(env):
    certificates = Certificates(env)
    receiver = Receiver(env, context=certificates.context())
    run, target = run_with(env, receiver.url,
                           variables={"OTEL_EXPORTER_OTLP_CERTIFICATE": str(certificates.authority)})
    counts_are_exact(run, target)
    same((len(receiver.exports), receiver.wrong), (1, []), "exports")
    run, target = run_with(env, receiver.url)
    counts_are_exact(run, target)
    same(len(receiver.exports), 1, "nothing is sent to one that nobody knows")
    check("exports were lost" in run.err and "SSLError" in run.err, run.err)


@testenv.with_asan
def test_a_receiver_that_is_full_gets_it_later(env):
    later = {"Retry-After": "0"}
    receiver = Receiver(env, [(503, later, b"busy"), (429, later, b""), (502, later, b"")])
    run, target = run_until(env, receiver, 2)
    counts_are_exact(run, target, sum(target.routes().values()))
    same((receiver.refused, receiver.wrong), (3, []), "refused")
    last = {key: n for key, n in receiver.exports[-1].by_name("katydid.requests").items() if key[0] != "TRANSACTION"}
    same(sum(last.values()), sum(target.routes().values()), "the last has all")
    same(run.err.count("/WARNING/katydid.otlp"), 1, "said once")
    check("the answer was 503 Service Unavailable; it is tried again" in run.err, run.err)


def test_what_a_receiver_refuses_is_said(env):
    receiver = Receiver(env, [(400, {}, b"no"), (200, {}, b'{"partialSuccess":{"rejectedDataPoints":"2"}}')])
    run, target = run_until(env, receiver, 1)
    counts_are_exact(run, target, sum(target.routes().values()))
    check("the answer was 400 Bad Request; those figures are lost" in run.err, run.err)
    check("the receiver refused 2 points" in run.err, run.err)
    check(re.search(r"1 of \d+ exports were lost, the last time because the answer was 400", run.err), run.err)


@testenv.with_asan
@testenv.bound(120)
def test_no_receiver_changes_the_run(env):
    """All at once: each run has another receiver, and the same counts."""
    target = env.target()
    path = env.write("shopper.lua", SCRIPT % target.url)
    urls = {name: Hostile(env, name).url for name in
            ("reset_at_once", "reset_after_request", "garbage", "evil_reason", "too_much", "endless_headers",
             "endless_interim", "stall", "drip", "bad_gzip", "redirect_for_ever", "until_close", "control_bytes")}
    urls["refusing"], urls["deaf"] = Refusing(env).url, Deaf(env).url
    urls["nowhere"] = "http://nowhere.invalid:4318"
    runs = {name: env.start_katydid(path, "--iterations", "5", "--stop-timeout", "30", "-t", "60s", "--json", "--otlp", url)
            for name, url in urls.items()}
    for name, process in runs.items():
        run = env.ended(process, 90)
        entries = [e for e in run.json() if "in_flight_at_end" not in e and e["method"] != "TRANSACTION"]
        same(sum(e["num_requests"] for e in entries), 15, f"requests ({name})")
        same((run.code, run.in_flight()), (1, 0), f"exit code of failed requests, in flight ({name})")
        check("\x1b" not in run.err and "\x07" not in run.err and "\n::error" not in run.err, f"the log ({name})")
        if name not in ("too_much", "until_close", "control_bytes"):
            check(re.search(r"(\d+) of \1 exports were lost", run.err), f"{name}: {run.err}")
    same(sum(target.routes().values()), 15 * len(runs), "the server's count")


def test_no_report_shows_what_opens_the_receiver(env):
    receiver = Receiver(env)
    run, target = run_with(env, receiver.url.replace("//", "//user:s3cret-word@"), "--html", "run.html", "--result", "run.json",
                           variables={"OTEL_EXPORTER_OTLP_HEADERS": "api-key=s3cret-key"})
    counts_are_exact(run, target)
    same(receiver.exports[-1].headers["Authorization"], "Basic dXNlcjpzM2NyZXQtd29yZA==", "credentials")
    for path in (env.folder / "run.html", env.folder / "run.json"):
        check("s3cret" not in path.read_text(), f"{path.name} shows a secret")
    check("s3cret" not in run.out + run.err, "the log shows a secret")


def test_both_live_outputs_at_once(env):
    receiver = Receiver(env)
    run, target = run_with(env, receiver.url, "--prometheus", "0")
    counts_are_exact(run, target)
    same(sum(receiver.exports[-1].by_name("katydid.requests").values()), 4 * ROUNDS, "the last has all")


def test_a_second_signal_ends_a_run_that_waits_for_its_receiver(env):
    target = env.target()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = env.start_katydid(env.write("shopper.lua", SCRIPT % target.url), "-t", "60s", "--otlp",
                                    "http://127.0.0.1:%d" % listener.getsockname()[1])
        testenv.wait_until(lambda: sum(target.routes(target.counts(settled=False)).values()) > 3, "it runs")
        process.signal(testenv.env.INTERRUPT)
        listener.accept()  # the last export, which is never answered
        process.signal(testenv.env.INTERRUPT)
        same(process.wait(30), 130, "exit code")
