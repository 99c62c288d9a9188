"""test_ci -- outputs for CI: whole whatever a server says, equal to each other, and missing alone where they can't be written."""
# SPDX-License-Identifier: MIT

import csv
import html.parser
import io
import json
import re
import socket
import threading
import xml.etree.ElementTree as ET

import testenv
from prometheus_client.openmetrics import parser as openmetrics
from testenv import check, same, wait_until

USER_CLASSES = ["HttpUser", "FastHttpUser"]

# What a server may say to harm whoever reads it: once in one line, as a reason phrase; once in several.
LINE = b"</script>]]>|`a`<b>::error::line ##[error]v1 \x1b[31mred\x1b[0m @all *_[x](http://evil) \xff %0A::error::pct"
LINES = LINE + b"\n::error::second\n   ::stop-commands::pwned\n##[add-mask]e\r\n::add-mask::e\n\x00\x0b\xe2\x80\xae"


class Liar:
    """Answers each request by its path: /reason with a hostile reason phrase, else with a hostile body."""

    def __init__(self, env):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        env.later(self.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.converse, args=(connection,), daemon=True).start()

    def converse(self, connection):
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                path = line.split()[1]
                while lines.readline().strip():
                    pass
                reason = LINE if path == b"/reason" else LINES if path == b"/newline" else b"OK"
                status = b"200" if reason == b"OK" else b"500"
                connection.sendall(b"HTTP/1.1 " + status + b" " + reason
                                   + b"\r\nContent-Length: %d\r\n\r\n" % len(LINES) + LINES)
                if path == b"/newline":
                    return


HOSTILE_BODY = r"""
  self.client:get("/reason")
  self.client:get("/newline")
  local text = self.client:get("/body").text
  self.client:get("/ok", { name = (text:gsub("[%z\r\n]", " ")) })
  self.client:get("/ok", function(response) response:failure(text) end)
  k.check(text, false)
  k.events.request:fire { request_type = text:sub(1, 40), name = text, response_time = 1, response_length = 1,
                          exception = text }
  error(text)
"""


def files_of(env, prefix):
    """The options that ask for each file, and where it is."""
    names = {"junit": "xml", "markdown": "md", "load-performance": "json", "openmetrics": "txt", "log-requests": "jsonl",
             "html": "html", "result": "result.json"}
    paths = {name: env.folder / f"{prefix}.{name}.{end}" for name, end in names.items()}
    return paths, [word for name, path in paths.items() for word in (f"--{name}", path)]


OURS = re.compile(r"::(error|warning) file=scenario\.lua,(line=\d+,)?title=[A-Z][^:,]*::")


def check_log(text, what):
    """No line of it is a command to GitHub's runner but ours, and nothing steers a terminal."""
    commands = 0
    for line in re.split("\r\n|\r|\n", text):
        if line.lstrip().startswith("::"):
            check(OURS.match(line), f"{what} has a command: {line[:200]!r}")
            commands += 1
        else:
            check("##[" not in line, f"{what} has a command in {line[:200]!r}")
    check(not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text), f"{what} has a control character")
    return commands


SCHEMA = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"testsuite"}),
    "testsuite": ({"id", "package", "name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"},
                  {"properties", "testcase", "system-out", "system-err"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"classname", "name", "time"}, {"failure", "error"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "system-out": (set(), set()),
    "system-err": (set(), set()),
}


def check_junit(path):
    """As JUnit.xsd has it: all attributes and no others, children in their order, counts that are true."""
    root = ET.parse(path).getroot()
    for element in root.iter():
        attributes, children = SCHEMA[element.tag]
        same(set(element.attrib), attributes, f"attributes of {element.tag}")
        check({child.tag for child in element} <= children, f"children of {element.tag}")
        for name in set(element.attrib) & {"tests", "failures", "errors", "skipped", "id"}:
            check(re.fullmatch(r"\d+", element.get(name)), f"{name} of {element.tag}")
        if "time" in element.attrib:
            check(re.fullmatch(r"\d+\.\d{3}", element.get("time")), f"time of {element.tag}")
    suite, = root
    check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp")), "timestamp")
    order = [child.tag for child in suite if child.tag != "testcase"]
    same(order, ["properties", "system-out", "system-err"], "order of the suite")
    cases = suite.findall("testcase")
    for holder in (root, suite):
        same(int(holder.get("tests")), len(cases), "tests")
        same(int(holder.get("failures")), len(suite.findall("testcase/failure")), "failures")
        same(int(holder.get("errors")), len(suite.findall("testcase/error")), "errors")
    same(len({(case.get("classname"), case.get("name")) for case in cases}), len(cases), "different cases")
    return suite


def properties(suite):
    return {p.get("name"): p.get("value") for p in suite.iter("property")}


def check_markdown(text):
    """Its tables have the cells of their heads, and its HTML is the little that is ours."""
    tags = set()
    reader = html.parser.HTMLParser()
    reader.handle_starttag = lambda tag, attributes: tags.add(tag)
    reader.feed(re.sub(r"\\.", "", text))
    check(tags <= {"code", "sub", "details", "summary", "pre"}, f"tags: {tags}")
    cells = 0
    for line in text.split("\n"):
        found = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        check(cells == 0 or found in (0, cells), f"cells of {line[:200]!r}")
        cells = found
    outside = re.sub(r"<(code|pre)>.*?</\1>", "", text, flags=re.S)
    check("@all" not in outside and "http://evil" not in outside, "a mention, or a link")


def check_request_log(text):
    lines = text.split("\n")
    same(lines.pop(), "", "what stands behind the last line")
    rows = [json.loads(line) for line in lines]
    for row in rows:
        same(list(row), ["time", "request_type", "name", "url", "status", "response_time", "response_length", "exception",
                         "user", "user_id"], "fields")
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", row["time"]), "time")
    return rows


@testenv.with_asan
def test_hostile_text_leaves_each_output_whole(env):
    paths, options = files_of(env, "hostile")
    summary = env.folder / "summary.md"
    summary.write_text("before\n")
    run = env.lua(HOSTILE_BODY, Liar(env).url, "--iterations", "2", "--print-stats", "--profile", LINES.replace(b"\0", b"").decode("latin-1"),
                  "--allow-saturated", "--threshold", "max < 0.001ms", *options,
                  env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(env.folder)})
    check(run.code in (1, 3), f"exit code {run.code}")
    check(check_log(run.out, "standard output") > 3, "there are annotations")
    same(check_log(run.err, "standard error"), 0, "annotations on standard error")
    suite = check_junit(paths["junit"])
    check("\\x1b[31m" in "".join(suite.itertext()), "what was sent is shown")
    markdown = paths["markdown"].read_text()
    check_markdown(markdown)
    same(summary.read_text(), "before\n" + markdown + "\n", "the summary")
    json.loads(paths["load-performance"].read_text())
    json.loads(paths["result"].read_text())
    same([f.name for f in openmetrics.text_string_to_metric_families(paths["openmetrics"].read_text())
          if f.name == "katydid_requests"], ["katydid_requests"], "OpenMetrics")
    rows = check_request_log(paths["log-requests"].read_text())
    same(len(rows), 12, "requests in the log")
    for which in ("stats", "failures", "exceptions"):
        text = (run.prefix.parent / f"{run.prefix.name}_{which}.csv").read_bytes().decode()
        parsed = list(csv.reader(io.StringIO(text, newline="")))
        same(len({len(row) for row in parsed}), 1, f"columns of {which}")
    page = paths["html"].read_text()
    check("</script>]]" not in page and "<b>::error" not in page, "the page has markup of the server's")


@testenv.with_asan
def test_requests_as_csv(env):
    path = env.folder / "requests.csv"
    run = env.lua(HOSTILE_BODY, Liar(env).url, "--iterations", "1", "--log-requests", path)
    text = path.read_bytes().decode()
    check(text.endswith("\r\n"), "the last row is whole")
    rows = [next(csv.reader([line])) for line in text.split("\r\n")[:-1]]  # a row is a line
    same(rows[0], ["time", "request_type", "name", "url", "status", "response_time", "response_length", "exception", "user",
                   "user_id"], "header")
    same({len(row) for row in rows}, {10}, "columns")
    same(len(rows) - 1, 6, "requests")
    same([row[4] for row in rows[1:]].count("500"), 1 if run.code else 0, "answers with 500")
    same({row[8] for row in rows[1:]}, {"Tester"}, "users")


def test_each_figure_is_the_same_everywhere(env):
    """One run: its console, JSON, JUnit, Markdown, GitLab's files and the log of its requests."""
    target = env.target()
    paths, options = files_of(env, "same")
    run = env.lua("""
      for i = 1, 20 do
        self.client:get("/delay/" .. i % 4, { name = "/delay" })
        self.client:get(i % 5 == 0 and "/status/500" or "/items/1", { name = "/some" })
      end
    """, target.url, "--iterations", "2", "--json", "--threshold", "p95 of GET /some < 10s", "--allow-saturated", "--threshold", "max < 0.001ms", *options)
    same(run.code, 3, "exit code")
    rows = {row["name"]: row for row in run.json()}
    requests = sum(row["num_requests"] for row in rows.values())
    failures = sum(row["num_failures"] for row in rows.values())
    same((requests, failures), (80, 8), "requests and failures")
    suite = check_junit(paths["junit"])
    figures = properties(suite)
    same((figures["requests"], figures["failures"], figures["exceptions"]), ("80", "8", "0"), "JUnit")
    same([(case.get("name"), [child.tag for child in case]) for case in suite.findall("testcase")],
         [("p95 of GET /some < 10s", []), ("max < 0.001ms", ["failure"]), ("the run", [])], "cases")
    load = json.loads(paths["load-performance"].read_text())["metrics"]
    same(load["http_reqs"]["count"], 80, "load performance: requests")
    same((load["checks"]["passes"], load["checks"]["fails"]), (72, 8), "load performance: checks")
    total = run.csv("stats")[-1]
    same(str(load["http_req_waiting"]["p(95)"]), str(float(total["95%"])), "load performance: p95")
    same(float(figures["p95_ms"]), float(total["95%"]), "JUnit: p95")
    same(float(figures["max_ms"]), float(total["Max Response Time"]), "JUnit: max")
    samples = {(s.name, s.labels.get("name"), s.labels.get("quantile")): s.value
               for f in openmetrics.text_string_to_metric_families(paths["openmetrics"].read_text()) for s in f.samples}
    for name in ("/delay", "/some"):
        row = next(r for r in run.csv("stats") if r["Name"] == name)
        same(samples["katydid_requests_total", name, None], float(row["Request Count"]), f"OpenMetrics: {name}")
        same(samples["katydid_failures_total", name, None], float(row["Failure Count"]), f"OpenMetrics: failures of {name}")
        check(f"| <code>{name}</code> | {row['Request Count']} | {row['Failure Count']} (" in paths["markdown"].read_text(),
              f"Markdown: {name}")
    check("**80** requests" in paths["markdown"].read_text(), "Markdown: requests")
    logged = check_request_log(paths["log-requests"].read_text())
    same(len(logged), 80, "log: requests")
    same(sum(row["exception"] is not None for row in logged), 8, "log: failures")
    same(sum(row["status"] == 500 for row in logged), 8, "log: status")
    slowest = max(row["response_time"] for row in logged)
    same(f"{slowest:.3f}", f"{float(total['Max Response Time']):.3f}", "log: the slowest")


def test_a_full_disk_costs_one_file_alone(env):
    target = env.target()
    good, options = files_of(env, "good")
    for name, path in good.items():
        full = env.folder / f"full{path.suffix}"
        full.unlink(missing_ok=True)
        full.symlink_to("/dev/full")
        words = [full if word == path else word for word in options]
        run = env.lua('self.client:get("/items/1")', target.url, "--iterations", "1", *words)
        same(run.code, 0, f"exit code with a full --{name}")
        said = [line for line in run.err.splitlines() if "No space left on device" in line]
        same(len(said), 1, f"lines about --{name}: {said}")
        check(f"/full{path.suffix}" in said[0], f"which file it was: {said[0]}")
        for other, written in good.items():
            check(other == name or written.stat().st_size > 0, f"--{other} is there beside a full --{name}")
            written.unlink(missing_ok=True)
    summary = env.folder / "summary"
    summary.symlink_to("/dev/full")
    run = env.lua('self.client:get("/items/1")', target.url, "--iterations", "1", "--github", "on",
                  env={"GITHUB_STEP_SUMMARY": str(summary)})
    same(run.code, 0, "exit code with a full summary")
    check("The summary for GitHub is missing: " in run.err, "it is said")


def test_a_killed_run_leaves_whole_lines(env):
    target = env.target()
    path = env.folder / "killed.jsonl"
    script = env.write("endless.lua", f"""
local k = require "katydid"
local Endless = k.{env.user_class}:extend("Endless", {{ host = "{target.url}" }})
Endless.get = k.task(function(self) self.client:get("/items/1") end)
return Endless
""")
    run = env.start_katydid(script, "-u", "2", "-r", "2", "-t", "1m", "--log-requests", path,
                            "--csv-full-history")
    history = wait_until(lambda: list(env.folder.glob("*_stats_history.csv")), "its history")[0]
    first = wait_until(lambda: path.exists() and path.stat().st_size, "lines are written while it runs")
    wait_until(lambda: path.stat().st_size > first, "and more of them")
    wait_until(lambda: history.exists() and history.read_text().count("\n") >= 5, "a history as well")
    run.signal(9)
    run.wait(20)
    check(len(check_request_log(path.read_text())) > 0, "requests")
    text = history.read_bytes().decode()
    check(text.endswith("\r\n"), "the history ends with a whole line")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    same({len(row) for row in rows}, {len(rows[0])}, "fields of each row of the history")


def test_github_is_told_when_asked(env):
    target = env.target()
    body = 'self.client:get("/status/500")'
    for options, variable, told in ((), None, False), ((), "true", True), (("--github", "off"), "true", False), (
            ("--github", "on"), None, True), ((), "false", False):
        run = env.lua(body, target.url, "--iterations", "1", *options, env={"GITHUB_ACTIONS": variable or ""})
        same(run.out.count("::error file="), int(told), f"annotations with {options}, GITHUB_ACTIONS={variable}")
    run = env.katydid(env.write("broken.lua", "local k = require 'katydid'\nerror('no\\n::warning::x')"), "-t", "1s",
                      env={"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(env.folder)})
    same(run.code, 2, "exit code of a script that doesn't load")
    check(run.out.startswith("::error file=broken.lua,line=2,title=The run could not start::"), f"annotation: {run.out}")
    same((check_log(run.out.replace("broken.lua", "scenario.lua"), "output"), check_log(run.err, "errors")), (1, 0), "commands")
    # A report that is made again knows the lines as well.
    kept = env.folder / "kept.json"
    first = env.lua(body, target.url, "--iterations", "1", "--github", "on", "--result", kept)
    again = env.start("report", env.program, "report", kept, "--github", "on", cwd=env.folder)
    again.wait(20)
    for told in (first.out, again.out()):
        same(len(re.findall(r"^::error file=[^,]*scenario\.lua,line=\d+,title=Failed", told, re.M)), 1, "annotations with a line")
    # With --json standard output is JSON alone.
    run = env.lua(body, target.url, "--iterations", "1", "--json", "--github", "on")
    same(len(run.json()), 1, "entries")
    line = next(number for number, line in enumerate(env.script.read_text().splitlines(), 1) if "/status/500" in line)
    check(re.search(rf"^::error file=[^,]*scenario\.lua,line={line},title=Failed requests \(1 time\)::GET /status/500: ", run.err,
                    re.M), "the annotation on standard error")
