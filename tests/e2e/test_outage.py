"""test_outage -- the server goes away in the middle of a run, and returns."""
# SPDX-License-Identifier: MIT

import re

import testenv
from testenv import PROGRAM, check, same, wait_until
from testenv.env import Target, free_port

USER_CLASSES = ["HttpUser", "FastHttpUser"]

# What a request meets whose server goes, has gone, or isn't there.
KINDS = (r"ConnectionRefusedError\(111, 'Connection refused'\)|ConnectionResetError\(104, 'Connection reset by peer'\)|"
         r"RemoteDisconnected\('Remote end closed connection without response'\)|BrokenPipeError\(32, 'Broken pipe'\)|"
         r"IncompleteRead\(.*\)")

SCRIPT = """
local k = require "katydid"
local Steady = k.{user_class}:extend("Steady", {{ host = "http://127.0.0.1:{port}", wait_time = k.constant(0.05) }})
Steady.get = k.task(function(self)
  self.client:get("/json")
end)
return Steady
"""


def start_target(env, port):
    return Target(env.start("target", PROGRAM, "target", "--port", str(port)))


@testenv.with_asan
@testenv.bound(120)
def test_users_go_on(env):
    users, port = 100, free_port()
    first = start_target(env, port)
    script = env.write("steady.lua", SCRIPT.format(user_class=env.user_class, port=port))
    run = env.start_katydid(script, "-u", str(users), "-r", str(users), "-t", "60s", "--stop-timeout", "20")
    wait_until(lambda: first.counts(settled=False)["connections"]["open"] == users + 1, "all are connected")
    busy = run.descriptors()
    first.process.end()
    # Nobody keeps a connection to whom has gone.
    wait_until(lambda: run.descriptors() < busy - users / 2, "the dead connections are closed")
    second = start_target(env, port)
    wait_until(lambda: second.counts(settled=False)["received"] > 10 * users, "the users go on")
    check(run.descriptors() <= busy + 5, f"{run.descriptors()} descriptors after the outage, {busy} before")
    run.signal(testenv.env.INTERRUPT)
    ended = env.ended(run)
    for text in ended.failures():
        check(re.fullmatch(KINDS, text), f"a kind of failure that groups: {text!r}")
    check(any("ConnectionRefusedError" in text for text in ended.failures()), "nobody met a closed door")
    same(ended.exceptions(), {}, "exceptions")
    requests, failures = ended.console()["GET", "/json"]
    served = second.counts()["answered"]
    check(requests - failures >= served, f"{requests - failures} answers reported, the second server alone gave {served}")
