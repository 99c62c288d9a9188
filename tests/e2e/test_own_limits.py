"""test_own_limits -- what this machine lacks is no verdict on the server: thresholds aren't judged then."""
# SPDX-License-Identifier: MIT

import json
import subprocess

import testenv
from testenv import check, same

USER_CLASSES = ["HttpUser", "FastHttpUser"]

# Each user keeps its connection: the thirtieth finds nothing left to open one with.
SCRIPT = """
local k = require "katydid"

local Keeper = k.{user_class}:extend("Keeper", {{ host = "{url}", wait_time = k.constant(86400) }})

Keeper.look = k.task(function(self)
  self.client:get("/json")
end)

return Keeper
"""

USERS = 60
OPTIONS = ["--headless", "-u", str(USERS), "-r", "1000", "--iterations", str(USERS), "--threshold", "fail_ratio < 1%",
           "--threshold", "failures < 1 abort"]

# A network of its own, of ten ports; the server is in it, and ends with the shell.
TEN_PORTS = """
set -e
ip link set lo up
echo "40000 40009" >/proc/sys/net/ipv4/ip_local_port_range
"$PROGRAM" target --port 8080 >target.log 2>&1 &
target=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  grep -q 8080 target.log && break
  sleep 0.25
done
code=0
"$@" || code=$?
kill "$target"
exit "$code"
"""


def can_have_a_network():
    try:
        return subprocess.run(["unshare", "-rn", "sh", "-c", "ip link set lo up && echo 40000 40009 "
                               ">/proc/sys/net/ipv4/ip_local_port_range"],
                              stderr=subprocess.DEVNULL, timeout=20).returncode == 0
    except OSError:
        return False


def script(env, url):
    return env.write("keeper.lua", SCRIPT.format(user_class=env.user_class, url=url))


def check_unjudged(env, process, what, count):
    same(process.wait(60), 4, "exit code")
    result = json.loads((env.folder / "result.json").read_text())
    rows = result["thresholds"]
    same([row["verdict"] for row in rows], ["not judged", "not judged"], "verdicts")
    for row in rows:
        check(what in row["reason"], f"{what}: {row['reason']}")
        check(f"{count} requests failed for that" in row["reason"], f"{count}: {row['reason']}")
    same(process.err().count("Requests fail because"), 1, "it is said once")
    env.look_for_complaints(process)


def test_ports(env):
    if not can_have_a_network():
        raise testenv.Skip("no network of its own can be had here")
    process = env.start("katydid", "unshare", "-rn", "sh", "-c", TEN_PORTS, "sh", env.program,
                        script(env, "http://127.0.0.1:8080"), *OPTIONS, "--result", env.folder / "result.json",
                        env={"PROGRAM": str(testenv.PROGRAM)}, cwd=env.folder)
    check_unjudged(env, process, "this machine's ports ran out", USERS - 10)


def test_descriptors(env):
    target = env.target()
    process = env.start("katydid", "sh", "-c", 'ulimit -n 40; exec "$@"', "sh", env.program,
                        script(env, target.url), *OPTIONS, "--result", env.folder / "result.json", cwd=env.folder)
    process.wait(60)
    failed = json.loads((env.folder / "result.json").read_text())["total"]["failures"]
    check(USERS - 40 < failed < USERS, f"{failed} failures")
    check_unjudged(env, process, "this process's file descriptors ran out", failed)
