"""What a request, a user and a start cost, as ratios to wrk in the same run.

The server (responder.c) stands on one core, the client on another. CPU is the client's own, of user and system,
from /proc over a steady window; requests are counted by the server, since no client's own count is to be trusted.
Rounds rotate through the clients, and each figure is the median of its rounds: such machines drift.

usage: bench.py PROGRAM RESPONDER [--rounds N] [--window SECONDS] [NAME...]
"""
# SPDX-License-Identifier: MIT
import argparse
import mmap
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TICK = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]

# class -> users -> the bound of its CPU per request as a ratio to wrk's
REQUEST_BOUNDS = {"HttpUser": {64: 3.2, 1000: 4.5, 10000: 4.0}, "FastHttpUser": {64: 0.9, 1000: 0.9, 10000: 0.9}}
USER_COUNTS = [64, 1000, 10000]
# class -> the bounds of KB for a user that waits with its connection, and for one that has sent nothing
MEMORY_BOUNDS = {"HttpUser": (30, 3), "FastHttpUser": (4, 2)}


class Responder:
    """The server, and what it counted."""

    def __init__(self, program, folder):
        path = os.path.join(folder, "counters")
        if os.path.exists(path):
            os.unlink(path)
        self.process = subprocess.Popen([program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}))
        self.url = "http://127.0.0.1:%d" % int(self.process.stdout.readline())
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), 24)

    def counts(self):
        """requests, connections, time of the first request in ns"""
        return struct.unpack("QQQ", self.memory[:24])

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rss_kb(pid):
    with open("/proc/%d/smaps_rollup" % pid) as file:
        for line in file:
            if line.startswith("Rss:"):
                return int(line.split()[1])
    return 0


def start(argv):
    return subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                            preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}))


def end(process):
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(condition, seconds):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True


def us_per_request(responder, argv, users, window):
    """Client CPU per request in a steady window, and requests a second."""
    process = start(argv)
    try:
        if not wait_until(lambda: responder.counts()[1] >= users, 60):
            raise RuntimeError("only %d of %d connections came: %s"
                               % (responder.counts()[1], users, " ".join(argv)))
        time.sleep(1.0)
        requests, cpu, at = responder.counts()[0], cpu_s(process.pid), time.monotonic()
        time.sleep(window)
        requests, cpu, at = responder.counts()[0] - requests, cpu_s(process.pid) - cpu, time.monotonic() - at
        if process.poll() is not None or requests == 0:
            raise RuntimeError("the client ended early: " + " ".join(argv))
        return cpu / requests * 1e6, requests / at
    finally:
        end(process)


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="katydid-bench-")
        self.missed = 0

    def responder(self):
        return Responder(self.options.responder, self.folder)

    def katydid(self, url, script, user_class, users):
        """The class of the script that is over HttpUser or FastHttpUser: get.lua's HttpUserGets, …"""
        verb = script[:-len(".lua")].rstrip("s") + "s"
        return [self.options.program, os.path.join(HERE, script), user_class + verb.capitalize(), "--headless", "-u", str(users), "-r", "20000",
                "-t", "120", "-H", url, "--only-summary", "--exit-code-on-error", "0"]

    def verdict(self, what, value, bound, unit=""):
        good = value <= bound
        self.missed += not good
        print("  %-50s %8.2f%s  bound %g%s  %s" % (what, value, unit, bound, unit, "ok" if good else "MISSED"))
        sys.stdout.flush()

    def round_of_requests(self, name, users):
        responder = self.responder()
        argv = (["wrk", "-t1", "-c%d" % users, "-d120", responder.url + "/"] if name == "wrk"
                else self.katydid(responder.url, "get.lua", name, users))
        try:
            return us_per_request(responder, argv, users, self.options.window)
        finally:
            responder.close()

    def requests(self):
        """CPU per request of both user classes, beside wrk's."""
        clients = ["wrk", *REQUEST_BOUNDS]
        rounds = {}
        for number in range(self.options.rounds):
            for users in USER_COUNTS:
                for name in clients if number % 2 == 0 else reversed(clients):
                    rounds.setdefault((users, name), []).append(self.round_of_requests(name, users))
        print("CPU per request, small responses over keep-alive, median of %d rounds" % self.options.rounds)
        for users in USER_COUNTS:
            for name in clients:
                figures = rounds[users, name]
                print("  %6d users  %-12s %8.2f us  %9.0f requests/s" % (
                    users, name, statistics.median(f[0] for f in figures), statistics.median(f[1] for f in figures)))
            for name, bounds in REQUEST_BOUNDS.items():
                ratio = statistics.median(ours[0] / wrk[0] for ours, wrk in
                                          zip(rounds[users, name], rounds[users, "wrk"]))
                self.verdict("%s / wrk at %d users" % (name, users), ratio, bounds[users])

    def resident(self, script, user_class, users, has_sent):
        responder = self.responder()
        process = start(self.katydid(responder.url, script, user_class, users))
        try:
            if has_sent and not wait_until(lambda: responder.counts()[0] >= users, 60):
                raise RuntimeError("not all users have sent")
            time.sleep(2.5)
            return rss_kb(process.pid)
        finally:
            end(process)
            responder.close()

    def memory(self):
        """What one more user costs: the difference of two runs."""
        print("Memory of a user: resident size of two runs, their difference by the users between")
        for name, (waiting, idle) in MEMORY_BOUNDS.items():
            for what, script, has_sent, few, many, bound in (
                    ("waits, with its connection", "waits.lua", True, 1000, 9000, waiting),
                    ("has sent nothing yet", "idle.lua", False, 2000, 20000, idle)):
                less = self.resident(script, name, few, has_sent)
                more = self.resident(script, name, many, has_sent)
                self.verdict("%s that %s" % (name, what), (more - less) / (many - few), bound, " KB")

    def start_up(self):
        """From exec to the first request at the server."""
        times = []
        for _ in range(7):
            responder = self.responder()
            begin = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            process = start(self.katydid(responder.url, "get.lua", "HttpUser", 1))
            try:
                if wait_until(lambda: responder.counts()[2] != 0, 10):
                    times.append((responder.counts()[2] - begin) / 1e6)
            finally:
                end(process)
                responder.close()
        print("From start to the first request, median of %d" % len(times))
        self.verdict("start to first request", statistics.median(times), 50, " ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("responder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", type=float, default=3.0)
    parser.add_argument("names", nargs="*", help="start_up memory requests; none: all")
    bench = Bench(parser.parse_intermixed_args())
    if not shutil.which("wrk"):
        sys.exit("bench: wrk is missing (third_party/install.sh bench)")
    try:
        for name in bench.options.names or ["start_up", "memory", "requests"]:
            getattr(bench, name)()
    finally:
        shutil.rmtree(bench.folder)
    print("%d figures beyond their bounds" % bench.missed)
    sys.exit(bench.missed != 0)


main()
