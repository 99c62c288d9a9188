"""test_results -- --result and katydid report: what stands in the file is what every other report says."""
# SPDX-License-Identifier: MIT

import json
import os
import re
import signal
import subprocess

import testenv
from testenv import check, reports, results, same

SCRIPT = """
local k = require "katydid"
local metric = require "katydid.metric"
local sold, queue, size, cached = metric.counter("sold"), metric.gauge("queue"), metric.trend("size"), metric.rate("hit")
local User = k.FastHttpUser:extend("User", { wait_time = k.between(0, 0.004) })
User.item = k.task(6, function(self) self.client:get("/items/" .. math.random(50), { name = "/items/[id]" }) end)
User.slow = k.task(2, function(self) self.client:get("/delay/" .. math.random(20), { name = "/delay" }) end)
User.bad = k.task(function(self) self.client:get("/status/503") end)
User.buy = k.task(function(self)
  k.transaction("buy", function() self.client:post("/echo", { data = "x" }) end)
  k.check("it is there", math.random() < 0.5)
  sold:add(3)
  queue:add(-2)
  size:add(math.random() - 0.5)
  cached:add(math.random() < 0.2)
end)
User.throw = k.task(function() error("out of paper \\27[2J</script>|::error::") end)
return User
"""

PERCENTILES = {"50%": 0.5, "66%": 0.66, "75%": 0.75, "80%": 0.8, "90%": 0.9, "95%": 0.95, "98%": 0.98,
               "99%": 0.99, "99.9%": 0.999, "99.99%": 0.9999, "100%": 1.0}


def run_it(env, target, *args, name="result.json", **more):
    script = env.write("mixed.lua", SCRIPT)
    path = env.folder / name
    run = env.katydid(script, "--host", target.url, "--json", "--result", path, *args, **more)
    return run, results.read(path)


def report(env, *args, code=None):
    """katydid report: what it printed."""
    process = env.start("report", env.program, "report", *args, env={"ASAN_OPTIONS": "exitcode=99"}, cwd=env.folder)
    ended = process.wait(60)
    env.look_for_complaints(process)
    check(code is None or ended == code, f"katydid report ended with {ended}, expected {code}: {process.err()}")
    return process.out(), process.err(), ended


def agree(run, result):
    """Console = CSV = JSON = result, name by name, figure by figure."""
    table = results.table(result)
    same(run.console(), table, "console against result")
    same(reports.csv_table(run.csv("stats")), table, "CSV against result")
    same(reports.json_table(run.json()), {key: row for key, row in table.items() if key != ("", "Aggregated")},
         "JSON against result")
    entries = {(e["method"], e["name"]): e for e in result["entries"]}
    entries["", "Aggregated"] = result["total"]
    for row in run.csv("stats"):
        entry = entries[row["Type"], row["Name"]]
        times = entry["times"]
        for label, share in PERCENTILES.items():
            same(float(row[label]), results.percentile(times, share), f"{label} of {row['Name']}")
        same(float(row["Average Response Time"]), times["sum_ms"] / times["count"], f"average of {row['Name']}")
        same(float(row["Min Response Time"]), times["min_ms"], f"minimum of {row['Name']}")
        same(float(row["Max Response Time"]), times["max_ms"], f"maximum of {row['Name']}")
    same(result["in_flight_at_end"], run.in_flight(), "in flight")
    for listed in run.json():
        if "in_flight_at_end" in listed:
            continue
        entry = entries[listed["method"], listed["name"]]
        same({int(second): count for second, count in listed["num_reqs_per_sec"].items()},
             results.seconds(entry["per_second"]), f"seconds of {listed['name']}")
    same({f["text"]: f["count"] for f in result["failures"]}, run.failures(), "failures")
    same(sum(x["count"] for x in result["exceptions"]), sum(run.exceptions().values()), "exceptions")


def add_up(result):
    """Each histogram holds what its count says, and so do all slots of time together."""
    for number, entry in enumerate(result["entries"]):
        whole = results.slots(entry["times"]["slots"])
        same(sum(whole.values()), entry["times"]["count"], f"the slots of {entry['name']}")
        sums, times = results.sums_of_slots(result, number)
        same(sums[:3], [entry["requests"], entry["failures"], entry["bytes"]], f"slots of time of {entry['name']}")
        same(times, whole, f"the times of all slots of time of {entry['name']}")
        check(abs(sums[3] / 1000 - entry["times"]["sum_ms"]) < 0.01, f"the sum of the times of {entry['name']}")
    requests = [e for e in result["entries"] if e["method"] != "TRANSACTION"]
    same(results.add_slots(*(results.slots(e["times"]["slots"]) for e in requests)),
         results.slots(result["total"]["times"]["slots"]), "the total's times")
    same(sum(e["requests"] for e in requests), result["total"]["requests"], "the total's requests")


@testenv.with_asan
def test_a_result_says_what_all_reports_say(env):
    target = env.target()
    run, result = run_it(env, target, "-u", "8", "-r", "50", "-t", "12s", "--seed", "7")
    same(run.code, 1, "exit code")
    agree(run, result)
    add_up(result)
    same(len(result["slots"]["slots"]), 2, "slots of time")
    same(result["exit_code"], 1, "the exit code in the result")
    same(result["end"], "run time", "why it ended")
    same(result["seed"], 7, "the seed")
    check({e["method"] for e in result["entries"]} >= {"GET", "POST", "TRANSACTION"}, "all kinds of entries are there")
    same({m["name"]: m["kind"] for m in result["metrics"]},
         {"it is there": "check", "sold": "counter", "queue": "gauge", "size": "trend", "hit": "rate"}, "the metrics")
    check(result["history"], "there is a history")

    # All of it again, of the file alone.
    out, _, _ = report(env, "result.json", "--json", "--csv", "again", "--result", "again.json", code=1)
    same(json.loads(out), run.json(), "the JSON of the file")
    same((env.folder / "again.json").read_bytes(), (env.folder / "result.json").read_bytes(), "the file written again")
    for which in ("stats", "failures", "exceptions"):
        same((env.folder / f"again_{which}.csv").read_bytes(), (env.folder / f"run1_{which}.csv").read_bytes(), which)


REPORTS = {"html": "run.html", "junit": "run.xml", "markdown": "run.md", "load-performance": "run-load.json",
           "openmetrics": "run.txt", "hdr": "run.hlog", "json-file": "run-locust.json", "result": "run.json"}


def test_every_report_of_a_result_is_the_one_of_the_run(env):
    """Byte for byte, by the program's own list of the options that both have."""
    target = env.target()
    out, _, _ = report(env, "--help", code=0)
    named = set(re.findall(r"--([a-z-]+) (?:FILE|NAME|PREFIX)\b", out))
    same(named, set(REPORTS) | {"csv", "hgrm"}, "the files that katydid report can write")

    first, second = env.folder / "first", env.folder / "second"
    run = env.katydid(env.write("mixed.lua", SCRIPT), "--host", target.url, "-u", "6", "-r", "50", "-t", "11s",
                      "--allow-saturated", "--threshold", "p95 of /delay < 1ms", "--threshold", "fail_ratio < 90%",
                      "--threshold", "max < 9s for 2s", "--profile", "<nightly>|::error::",
                      *(word for option, name in REPORTS.items() for word in (f"--{option}", first / name)))
    same(run.code, 3, f"exit code ({run.err[-400:]})")
    out, _, _ = report(env, first / "run.json", code=3,
                       *(word for option, name in REPORTS.items() for word in (f"--{option}", second / name)))
    check(out.strip() in run.out, "the tables of the result are those of the run")
    for name in REPORTS.values():
        same((second / name).read_bytes() == (first / name).read_bytes(), True, f"{name} is the same")
        check((first / name).stat().st_size > 50, f"there is something in {name}")


def test_histograms_in_the_format_of_hdrhistogram(env):
    target = env.target()
    log, prefix = env.folder / "deep" / "run.hlog", env.folder / "deep" / "run"
    _, result = run_it(env, target, "-u", "8", "-r", "50", "-t", "11s", "--hdr", log, "--hgrm", prefix)
    wanted = {"": results.slots(result["total"]["times"]["slots"])}
    wanted.update({f"Tag={e['method']}_{e['name']}".replace(" ", "_"): results.slots(e["times"]["slots"])
                   for e in result["entries"]})
    found = {}
    lines = [line for line in log.read_text().splitlines() if line[0] not in '#"']
    for line in lines:
        *tag, start, length, highest, encoded = line.split(",")
        tag = tag[0] if tag else ""
        slots = results.hdr_slots(encoded)
        found[tag] = results.add_slots(found.get(tag, {}), slots)
        check(0 <= float(start) and 0 < float(length) < 11, f"an interval: {line[:60]}")
        check(results.bounds_us(max(slots))[0] / 1000 <= float(highest) + 0.001, f"the maximum: {line[:60]}")
    same(found, wanted, "the intervals together")
    same(len([line for line in lines if not line.startswith("Tag=")]), 2, "intervals of the total")

    # The same of the file alone; and the text for the plotter.
    report(env, "result.json", "--hdr", "again.hlog", "--hgrm", "again")
    same((env.folder / "again.hlog").read_text(), log.read_text(), "the log of the file")
    same((env.folder / "again_total.hgrm").read_text(), (env.folder / "deep" / "run_total.hgrm").read_text(), "the text")
    for entry, name in [(result["total"], "total")] + [(e, "GET_items_id") for e in result["entries"]
                                                       if e["name"] == "/items/[id]"]:
        rows = [line.split() for line in (env.folder / f"again_{name}.hgrm").read_text().splitlines()[2:]
                if not line.startswith("#")]
        counts = results.slots(entry["times"]["slots"])
        for value, share, count, *_ in rows:
            seen, total = 0, entry["times"]["count"]
            for slot, number in counts.items():
                seen += number
                if 100.0 * seen / total >= float(share) * 100 - 1e-9:
                    break
            low, width = results.bounds_us(slot)
            same((float(value), int(count)), ((low + width - 1) / 1000, seen), f"{share} of {name}")
        same(rows[-1][1:], ["1.000000000000", str(entry["times"]["count"])], f"the last line of {name}")


def test_merged_results_are_the_sums(env):
    target = env.target()
    _, a = run_it(env, target, "-u", "4", "-r", "50", "-t", "11s", name="a.json")
    _, b = run_it(env, target, "-u", "6", "-r", "50", "-t", "2s", name="b.json")
    _, said, _ = report(env, "a.json", "b.json", "--result", "sum.json")
    both = results.read(env.folder / "sum.json")
    check("The results differ in the option --users" in said, f"it says what they differ in: {said}")
    same(both["runs"], 2, "runs")
    add_up(both)
    for entry in both["entries"] + [both["total"]]:
        parts = [e for result in (a, b) for e in result["entries"] + [result["total"]]
                 if (e["method"], e["name"]) == (entry["method"], entry["name"])]
        for field in ("requests", "failures", "untimed", "bytes"):
            same(entry[field], sum(e[field] for e in parts), f"{field} of {entry['name']}")
        same(results.slots(entry["times"]["slots"]),
             results.add_slots(*(results.slots(e["times"]["slots"]) for e in parts)), f"times of {entry['name']}")
        same(entry["times"]["max_ms"], max(e["times"]["max_ms"] for e in parts), f"maximum of {entry['name']}")
    for field in ("text", "message"):
        kind = "failures" if field == "text" else "exceptions"
        sums = {}
        for item in a[kind] + b[kind]:
            sums[item[field]] = sums.get(item[field], 0) + item["count"]
        same({item[field]: item["count"] for item in both[kind]}, sums, kind)
    for metric in both["metrics"]:
        parts = [m for result in (a, b) for m in result["metrics"] if m["name"] == metric["name"]]
        for field in ("count", "passes"):
            same(metric.get(field), sum(m[field] for m in parts) if field in metric else None, metric["name"])
        if metric["kind"] == "trend":
            same(sum(count for _, count in results.pairs(metric["slots"])), metric["count"], "the values of the trend")
            check(abs(metric["sum"] - sum(m["sum"] for m in parts)) < 1e-6, "the sum of the trend")
            same((metric["min"], metric["max"]), (min(m["min"] for m in parts), max(m["max"] for m in parts)),
                 "the extremes of the trend")
    first = both["slots"]["slots"][0]
    same(first["users"], 10, "users of both in the first ten seconds")
    same(both["history"][-1][2], a["total"]["requests"] + b["total"]["requests"], "requests at the end of the history")


def test_a_signal_leaves_a_whole_result(env):
    for number in (signal.SIGINT, signal.SIGTERM):
        name = number.name
        target = env.target()
        script = env.write("mixed.lua", SCRIPT)
        path = env.folder / f"{name}.json"
        process = env.start_katydid(script, "--host", target.url, "--json", "-t", "60s", "--result", path)
        testenv.wait_until(lambda t=target: t.counts(settled=False)["routes"], "requests are made")
        process.signal(number)
        run = env.ended(process)
        result = results.read(path)
        agree(run, result)
        add_up(result)
        same(result["end"], "signal", f"why it ended at {name}")
        same(result["is_cut_short"], True, f"it was cut short by {name}")


def test_a_script_that_ends_the_test_leaves_a_whole_result(env):
    target = env.target()
    path = env.folder / "result.json"
    run = env.lua('self.client:get("/items/1"); os.exit(42)', target.url, "--json", "--result", path, "-t", "20s")
    result = results.read(path)
    same((run.code, result["exit_code"], result["has_own_code"]), (42, 42, True), "the script's code")
    report(env, path, code=42)
    script = env.write("shape.lua", """
local k = require "katydid"
local User = k.FastHttpUser:extend("User", { wait_time = k.constant(0.05) })
User.get = k.task(function(self) self.client:get("/items/1") end)
local Shape = k.LoadTestShape:extend("Shape")
function Shape:tick()
  if self:get_run_time() > 1 then error("no idea") end
  return 1, 1
end
return { User, Shape }
""")
    run = env.katydid(script, "--host", target.url, "--json", "--result", path, "-t", "20s")
    result = results.read(path)
    same((run.code, result["exit_code"]), (1, 1), "the code of a shape that throws")
    same(result["end"], "error in the shape", "why it ended")
    check(result["total"]["requests"] > 0, "requests are counted")


def test_a_full_disk_costs_the_result_alone(env):
    full = env.folder / "full"
    full.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(full)], capture_output=True, check=False)
    if made.returncode != 0:
        raise testenv.Skip("no tmpfs can be mounted here")
    env.later(lambda: subprocess.run(["umount", str(full)], check=False))
    target = env.target()
    script = env.write("mixed.lua", SCRIPT)
    run = env.katydid(script, "--host", target.url, "--json", "--result", full / "result.json", "-u", "4", "-t", "3s")
    same(run.code, 1, "exit code")
    check("The result file is missing: " in run.err and "No space left on device" in run.err, f"it says so: {run.err}")
    same(os.listdir(full), [], "what is left on the full disk")
    same(reports.csv_table(run.csv("stats")), run.console(), "the other reports")


def test_secrets_stand_in_no_result(env):
    target = env.target()
    path = env.folder / "result.json"
    script = env.write("secret.lua", """
local k = require "katydid"
k.events.init_command_line_parser:add_listener(function(e)
  e.parser:add_argument("--token", { is_secret = true, default = "" })
end)
local User = k.HttpUser:extend("User", {})
User.get = k.task(function(self) self.client:get("/items/1") end)
return User
""")
    run = env.katydid(script, "--host", target.url.replace("//", "//me:hunter2@"), "--token", "t0psecret", "--json",
                      "--result", path, "--iterations", "3")
    same(run.code, 0, f"exit code ({run.err[-400:]})")
    text = path.read_text()
    check("hunter2" not in text and "t0psecret" not in text, "secrets are hidden")
    result = results.read(path)
    same(result["options"]["token"], "***", "the token")
