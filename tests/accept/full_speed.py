"""full_speed -- 1,000 users: counts to the last request at full speed, and a server that goes away and returns."""
# SPDX-License-Identifier: MIT

import os
import re
import statistics
import time

from testenv import PROGRAM, check, reports, wait_until
from testenv.env import INTERRUPT, Target, free_port

USERS = 1000
RATE_AFTER = 0.9  # of the rate before the outage
SECONDS_AFTER = 2  # of the server's return

SCRIPT = """
local k = require "katydid"
local Busy = k.{user_class}:extend("Busy", {{ host = "{url}", wait_time = {wait} }})
Busy.get = k.task(function(self)
  self.client:get("/json")
end)
return Busy
"""

KINDS = (r"ConnectionRefusedError\(111, 'Connection refused'\)|ConnectionResetError\(104, 'Connection reset by peer'\)|"
         r"RemoteDisconnected\('Remote end closed connection without response'\)|BrokenPipeError\(32, 'Broken pipe'\)|"
         r"IncompleteRead\(.*\)")


def pin(process, cores):
    os.sched_setaffinity(process.pid, cores)


def cores():
    """That of the server, and that of the program."""
    all_cores = sorted(os.sched_getaffinity(0))
    return {all_cores[0]}, {all_cores[-1]}


def write_script(env, user_class, url, wait="nil"):
    return env.write(f"busy_{user_class}.lua", SCRIPT.format(user_class=user_class, url=url, wait=wait))


def counts(seconds, *, waits_for_answers):
    """What the server counted is what is reported: exactly where the run waits for the last answers, else to
    within what it says was in flight."""
    def run_it(env, figures):
        target = env.target()
        pin(target.process, cores()[0])
        script = write_script(env, "FastHttpUser", target.url)
        process = env.start_katydid(script, "-u", str(USERS), "-r", str(USERS), "-t", f"{seconds}s", "--json",
                                    "--stop-timeout", "30" if waits_for_answers else "0")
        pin(process, cores()[1])
        run = env.ended(process, seconds + 60)
        table = run.console()
        requests, failures = table.pop(("", "Aggregated"))
        served = target.counts()
        figures.show("requests", requests, f"{requests / seconds:.0f} a second")
        figures.exactly("failures", failures, 0)
        for name, found in (("CSV", sum(n for (method, _), (n, _) in reports.csv_table(run.csv("stats")).items()
                                        if method)),
                            ("JSON", sum(n for n, _ in reports.json_table(run.json()).values()))):
            figures.exactly(f"requests in {name}", found, requests)
        received = served["answered"] + served["gone"] + served["dropped"]
        if waits_for_answers:
            figures.exactly("requests that the server counted", received, requests)
            figures.exactly("in flight at the end", run.in_flight(), 0)
        else:
            figures.show("in flight at the end", run.in_flight())
            beyond = received - requests
            figures.show("requests that the server counted beyond those reported", beyond,
                         "from 0 to those in flight", 0 <= beyond <= run.in_flight())
        figures.exactly("exit code", run.code, 0)
        figures.judge()
    return run_it


def start_target(env, port):
    target = Target(env.start("target", PROGRAM, "target", "--port", str(port)))
    pin(target.process, cores()[0])
    return target


def received(target):
    return target.counts(settled=False)["received"]


def rates(target, seconds):
    """Requests a second that the server got, for each of so many seconds."""
    found, before, at = [], received(target), time.monotonic()
    for _ in range(seconds):
        time.sleep(1)
        now, count = time.monotonic(), received(target)
        found.append((count - before) / (now - at))
        before, at = count, now
    return found


def outage(user_class, seconds):
    """The server goes, and returns after some seconds. The users' waits, not the machine, say how fast they are."""
    def run_it(env, figures):
        port = free_port()
        first = start_target(env, port)
        script = write_script(env, user_class, f"http://127.0.0.1:{port}", "k.constant(0.1)")
        process = env.start_katydid(script, "-u", str(USERS), "-r", str(USERS), "-t", "10m", "--stop-timeout", "30")
        pin(process, cores()[1])
        wait_until(lambda: received(first) > 5 * USERS, "the users are at work")
        time.sleep(2)
        before = statistics.median(rates(first, seconds))
        busy = process.descriptors()
        first.process.end()
        time.sleep(3)
        second = start_target(env, port)
        time.sleep(SECONDS_AFTER)
        after = statistics.median(rates(second, seconds))
        figures.show("requests a second before", f"{before:.0f}")
        figures.show(f"requests a second, from {SECONDS_AFTER} s after the return", f"{after:.0f}",
                     f"at least {RATE_AFTER:.0%} of those before", after >= RATE_AFTER * before)
        figures.show("descriptors before", busy)
        figures.at_most("descriptors after", process.descriptors(), busy + 5)
        process.signal(INTERRUPT)
        run = env.ended(process, 90)
        kinds = run.failures()
        for text, count in kinds.items():
            print(f"    {count} x {text}")
        figures.exactly("failures of another kind", [text for text in kinds if not re.fullmatch(KINDS, text)], [])
        check(any("ConnectionRefusedError" in text for text in kinds), "nobody met a closed door")
        figures.exactly("exceptions", sum(run.exceptions().values()), 0)
        figures.judge()
    return run_it
