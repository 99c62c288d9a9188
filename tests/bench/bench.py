"""What a request, a user and a start cost, as ratios to wrk in the same run. README.md says how, bounds.py how much.

usage: bench.py PROGRAM RESPONDER [--rounds N] [--window SECONDS] [--json FILE] [ROW...]
Exit code: 0, 1: a figure is beyond its bound, 2: nothing could be measured.
"""
# SPDX-License-Identifier: MIT
import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time

from bounds import START_UP_MS
from clients import Katydid
from measure import Failed, end, start, wait_until
from report import Report
from rows_memory import memory, million
from rows_outputs import outputs
from rows_requests import KINDS, kind, peers
from rows_stall import stall
from servers import Responder


def start_up(options, report):
    """From exec to the first request at the server."""
    times, client = [], Katydid(options, "HttpUser", "get.lua")
    for _ in range(7):
        server = Responder(options)
        begin = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        process = start(client.argv(server, 1))
        try:
            if not wait_until(lambda: server.counts()[2] != 0, 10):
                raise Failed("no request came within 10 s")
            times.append((server.counts()[2] - begin) / 1e6)
        finally:
            end(process)
            server.close()
    report.title("start_up: median of %d" % len(times))
    report.verdict("start_up", "start to first request", statistics.median(times), START_UP_MS, " ms")


# What each row is called, in the order in which they run: a function of the options and the report.
ROWS = {
    "start_up": start_up,
    "stall": stall,
    "memory": memory,
    "million": million,
    **{name: kind(name) for name in KINDS},
    "outputs": outputs,
    "peers": peers,
}


def parse():
    parser = argparse.ArgumentParser(description="rows: %s (none: all)" % " ".join(ROWS))
    parser.add_argument("program")
    parser.add_argument("responder")
    parser.add_argument("--rounds", type=int, default=3, help="of each rotation; odd, for a median")
    parser.add_argument("--window", type=float, default=3.0, help="seconds of each measurement")
    parser.add_argument("--json", metavar="FILE", help="the figures for a machine, too")
    parser.add_argument("rows", nargs="*", metavar="ROW")
    options = parser.parse_intermixed_args()
    for name in options.rows:
        if name not in ROWS:
            parser.error("unknown row '%s'; there are: %s" % (name, " ".join(ROWS)))
    if options.rounds < 1 or not options.window >= 0.1:
        parser.error("--rounds is at least 1, --window at least 0.1")
    return options


def main():
    options = parse()
    options.folder = tempfile.mkdtemp(prefix="katydid-bench-")
    os.chmod(options.folder, 0o755)  # nginx's worker reads what lies in it
    report = Report()
    try:
        for program in ("wrk", "nginx", "openssl"):
            if not shutil.which(program):
                raise Failed("%s is missing (third_party/install.sh test bench)" % program)
        for name in options.rows or ROWS:
            ROWS[name](options, report)
    except Failed as problem:
        print("bench: %s" % problem, file=sys.stderr)
        sys.exit(2)
    finally:
        shutil.rmtree(options.folder)
        if options.json:
            report.write(options.json)
    report.end()
    sys.exit(report.missed != 0)


main()
