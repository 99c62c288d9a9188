"""Rows of memory: what one more user costs, and a million of them."""
# SPDX-License-Identifier: MIT
import tempfile
import time

from bounds import MEMORY_KB, MILLION_GB, MILLION_S
from clients import Katydid
from measure import Failed, cpu_s, end, kb_of, rss_kb, start, wait_until
from servers import Nginx, Responder

# what the user does -> script, server, and how many users few and many are
RUNS = {
    "waits, with its connection": ("waits.lua", Responder, 1000, 9000),
    "waits, with its TLS connection": ("waits.lua", Nginx, 500, 3000),
    "has sent nothing yet": ("idle.lua", Responder, 2000, 50000),
}
MILLION = 1000000


class Nowhere:
    """For users that never send: nothing listens at the discard port."""
    url, env = "http://127.0.0.1:9", {}


def wait_for_rest(process, seconds):
    """Until the process hardly runs."""
    def is_at_rest():
        before = cpu_s(process.pid)
        time.sleep(0.5)
        return cpu_s(process.pid) - before < 0.05
    if not wait_until(is_at_rest, seconds):
        raise Failed("still busy after %d s" % seconds)


def resident(options, what, user_class, users):
    """KB of a process whose users wait, once all are there."""
    script, server_class = RUNS[what][:2]
    server, client = server_class(options), Katydid(options, user_class, script)
    process = start(client.argv(server, users), client.env(server))
    try:
        if script == "waits.lua" and not wait_until(lambda: server.counts()[0] >= users, 90):
            raise Failed("%s at %d users: only %d have sent" % (user_class, users, server.counts()[0]))
        time.sleep(2.5 if script == "waits.lua" else 1 + users / 20000)
        wait_for_rest(process, 30)
        return rss_kb(process.pid)
    finally:
        end(process)
        server.close()


def memory(options, report):
    """The difference of two runs, by the users between."""
    report.title("memory: of one more user, from the resident size of two runs")
    for what, bounds in MEMORY_KB.items():
        few, many = RUNS[what][2:]
        for user_class, bound in bounds.items():
            less = resident(options, what, user_class, few)
            more = resident(options, what, user_class, many)
            report.verdict("memory", "%s that %s" % (user_class, what), (more - less) / (many - few), bound, " KB")


def is_spawned(log):
    log.seek(0)
    return b"All users spawned" in log.read()


def million(options, report):
    """Users that have sent nothing yet, each waiting, in one process."""
    report.title("million: %d FastHttpUsers that have sent nothing yet" % MILLION)
    client = Katydid(options, "FastHttpUser", "idle.lua")
    with tempfile.TemporaryFile() as log:
        begin = time.monotonic()
        process = start(client.argv(Nowhere, MILLION, rate=100000), stderr=log)
        try:
            if not wait_until(lambda: is_spawned(log) or process.poll() is not None, 300) or process.poll() is not None:
                raise Failed("not all of %d users were made in %d s" % (MILLION, time.monotonic() - begin))
            took_s = time.monotonic() - begin
            wait_for_rest(process, 60)
            peak_gb = kb_of(process.pid, "status", "VmHWM") * 1024 / 1e9
        finally:
            end(process, 120)
    report.verdict("million", "created, all counted", took_s, MILLION_S, " s")
    report.verdict("million", "resident at most", peak_gb, MILLION_GB, " GB")
