"""The row of stalls: for how long Lua's collector holds all users up in one piece."""
# SPDX-License-Identifier: MIT
import re
import statistics
import tempfile
import time

from bounds import PAUSE_MS
from clients import Katydid
from measure import Failed, end, start, wait_for
from servers import Responder

USERS = 10000
FIGURES = re.compile(rb"longest pause of Lua's collector ([0-9.]+) ms")


def pause_ms(options, client):
    """What the program itself says at the end of a run."""
    server = Responder(options)
    with tempfile.TemporaryFile() as log:
        process = start([*client.argv(server, USERS), "--loglevel", "DEBUG"], client.env(server), stderr=log)
        try:
            wait_for(server, process, USERS, client.name)
            time.sleep(client.settle_s + options.window)
        finally:
            end(process, 60)
            server.close()
        log.seek(0)
        found = FIGURES.search(log.read())
    client.check()
    if found is None:
        raise Failed("%s told no pause" % client.name)
    return float(found.group(1))


def stall(options, report):
    client = Katydid(options, "FastHttpUser", "get.lua")
    report.title("stall: the longest pause of Lua's collector, median of %d runs" % options.rounds)
    pauses = [pause_ms(options, client) for _ in range(options.rounds)]
    report.verdict("stall", "%d FastHttpUsers at full speed" % USERS, statistics.median(pauses), PAUSE_MS, " ms")
