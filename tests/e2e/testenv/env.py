"""env -- one test's surroundings: a folder, processes that end with it, logs that are shown when
it fails."""
# SPDX-License-Identifier: MIT

import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from testenv import reports

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = pathlib.Path(os.environ.get("KATYDID", ROOT / "build/release/katydid")).resolve()
PROGRAM_ASAN = pathlib.Path(os.environ.get("KATYDID_ASAN", ROOT / "build/asan/katydid")).resolve()
SCENARIOS = ROOT / "scenarios"

# What the sanitizers print.
COMPLAINT = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:|UndefinedBehaviorSanitizer")


class Failure(AssertionError):
    """What was expected did not happen."""


class Skip(Exception):
    """The test can't run here, and why."""


def check(condition, what):
    if not condition:
        raise Failure(what)


def same(actual, expected, what):
    if actual != expected:
        raise Failure(f"{what}: expected {expected!r}, got {actual!r}")


def wait_until(condition, what, seconds=20):
    """Asks again and again; the value that the condition gave in the end."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def with_asan(function):
    """Marks a test that also runs with the program under ASan and UBSan."""
    function.with_asan = True
    return function


def of_users(*classes):
    """Marks a test that runs with these user classes, whatever the others of its file do."""
    def mark(function):
        function.user_classes = classes
        return function
    return mark


def bound(seconds):
    """Marks a test that may take longer than others."""
    def mark(function):
        function.bound_s = seconds
        return function
    return mark


LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def end_with_us():
    """In a child: it ends when we are killed, which leaves us no time to end it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_by_signals():
    """Has the first SIGINT, SIGTERM or SIGHUP end us by way of every `finally`, so that no process is left. There may be
    several: `timeout` sends one to make and to us, make another."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def on_end(number, _frame):
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in numbers:
        signal.signal(number, on_end)


class Process:
    """A process with its output in files, ended when the test ends."""

    end_signal = signal.SIGTERM

    def __init__(self, folder, name, args, env=None, cwd=None):
        self.name = name
        self.args = [str(arg) for arg in args]
        self.out_path = folder / f"{name}.out"
        self.err_path = folder / f"{name}.err"
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.popen = subprocess.Popen(self.args, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env,
                                          cwd=cwd, start_new_session=True, preexec_fn=end_with_us)
        self.pid = self.popen.pid

    def out(self):
        return self.out_path.read_text(errors="replace")

    def err(self):
        return self.err_path.read_text(errors="replace")

    def is_running(self):
        return self.popen.poll() is None

    def signal(self, number):
        self.popen.send_signal(number)

    def wait(self, timeout):
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} still ran after {timeout} s: {' '.join(self.args)}") from None

    def first_line(self, timeout=20):
        wait_until(lambda: "\n" in self.out() or not self.is_running(), f"{self.name} says something",
                   timeout)
        line = self.out().split("\n", 1)[0]
        check(self.is_running(), f"{self.name} ended at once: {line} {self.err()}")
        return line

    def end(self):
        if self.is_running():
            self.popen.send_signal(self.end_signal)
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait()
        # Its children are in its group; those that it left behind must not outlive the test.
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def descriptors(self):
        """How many are open; None: the process has ended."""
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except OSError:
            return None


class Run:
    """A run of katydid that has ended, and what it reported."""

    def __init__(self, process, code, prefix):
        self.code = code
        self.out = process.out()
        self.err = process.err()
        self.prefix = prefix

    def console(self):
        """The final table, wherever it was printed."""
        return reports.console(self.out + "\n" + self.err)

    def in_flight(self):
        """As the console says."""
        return reports.console_in_flight(self.out + "\n" + self.err)

    def json(self):
        return json.loads(self.out)

    def csv(self, which):
        check(self.code != 2, f"the run did not start: {self.err}")
        return reports.csv_rows(f"{self.prefix}_{which}.csv")

    def failures(self):
        """Failure texts with their counts, from the CSV file."""
        return {row["Error"]: int(row["Occurrences"]) for row in self.csv("failures")}

    def exceptions(self):
        return {row["Message"]: int(row["Count"]) for row in self.csv("exceptions")}


class Target:
    """katydid target, on a free port."""

    def __init__(self, process):
        self.process = process
        self.url = process.first_line().split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def counts(self, settled=True):
        """What it served; settled: after the last answer was given."""
        def ask():
            found = json.loads(self.get("/_counts"))
            return found if found["waiting"] == 0 or not settled else None
        return wait_until(ask, "the target has answered all")

    def reset(self):
        self.get("/_counts?reset=1")

    def routes(self, counts=None):
        """{(method, pattern): count of those that were answered or dropped}"""
        found = counts or self.counts()
        return {(route["method"], route["pattern"]): route["count"] - route["gone"]
                for route in found["routes"] if route["count"] > route["gone"]}


class Env:
    def __init__(self, program, user_class="HttpUser"):
        self.program = program
        self.user_class = user_class
        self.is_asan = program == PROGRAM_ASAN
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="katydid-e2e-"))
        self.processes = []
        self.closers = []
        self.runs = 0

    def start(self, name, *args, env=None, cwd=None):
        name = f"{len(self.processes):02}-{name}"
        # A run that is started on GitHub would tell it of each test's failures.
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
        process = Process(self.folder, name, args, {**inherited, **(env or {})}, cwd)
        self.processes.append(process)
        return process

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def later(self, close):
        """Called when the test ends."""
        self.closers.append(close)

    def target(self, *options):
        return Target(self.start("target", PROGRAM, "target", "--port", "0", *options))

    def start_katydid(self, *args, env=None, cwd=None):
        """A run that goes on; its files begin with its prefix."""
        self.runs += 1
        prefix = self.folder / f"run{self.runs}"
        process = self.start("katydid", self.program, *args, "--headless", "--csv", prefix,
                             env={"ASAN_OPTIONS": "exitcode=99", "SPAM_TOKEN": "t0ken", **(env or {})},
                             cwd=cwd or self.folder)
        process.prefix = prefix
        return process

    def ended(self, process, timeout=60):
        """Waits for a run's end."""
        run = Run(process, process.wait(timeout), process.prefix)
        self.look_for_complaints(process)
        return run

    def katydid(self, *args, timeout=60, env=None, cwd=None):
        return self.ended(self.start_katydid(*args, env=env, cwd=cwd), timeout)

    def lua(self, body, host, *args, attributes="", head="", **more):
        """A run of one user who does this once (unless args say otherwise); an error in it is an
        exception, and the run's code 1."""
        self.script = self.write("scenario.lua", f"""
local k = require "katydid"
local json = require "katydid.json"
local function same(actual, expected, what)
  if actual ~= expected then
    error(("%s: expected %s, got %s"):format(what or "value", tostring(expected), tostring(actual)), 2)
  end
end
{head}
local Tester = k.{self.user_class}:extend("Tester", {{ host = "{host}", {attributes} }})
Tester.test = k.task(function(self)
{body}
end)
return {{ same and json and Tester }}
""")
        args = args or ("--iterations", "1")
        if "-t" not in args:
            args += ("-t", "30s")
        return self.katydid(self.script, *args, **more)

    def passes(self, body, host, *args, **more):
        """Such a run without an error or a failure, which came to its end."""
        run = self.lua(body, host, *args, **more)
        text = "\n".join([*run.exceptions(), *run.failures()])
        same(run.code, 0, f"exit code ({text or run.err[-500:]})")
        check("--run-time limit reached" not in run.err or "-t" in args, "the run is over before the script is")
        return run

    def look_for_complaints(self, process):
        found = COMPLAINT.search(process.err())
        check(not found, f"{process.name}: {found and found.group()}")

    def finish(self):
        """After a test that passed: what still runs ends, and must do so without complaints."""
        for process in reversed(self.processes):
            process.end()
            self.look_for_complaints(process)

    def show_logs(self):
        for process in self.processes:
            process.end()
            print(f"    == {process.name}: {' '.join(process.args)} -> {process.popen.returncode}")
            for text in (process.out(), process.err()):
                for line in text.splitlines()[-30:]:
                    print(f"    | {line[:300]}")

    def close(self):
        """Everything ends, whatever goes wrong with a part of it."""
        with contextlib.ExitStack() as all_of_it:
            all_of_it.callback(shutil.rmtree, self.folder, ignore_errors=True)
            for process in reversed(self.processes):
                all_of_it.callback(process.end)
            for close in self.closers:
                all_of_it.callback(close)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


INTERRUPT, TERMINATE = signal.SIGINT, signal.SIGTERM
