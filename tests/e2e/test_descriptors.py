"""test_descriptors -- when users have gone, so have their connections."""
# SPDX-License-Identifier: MIT

import statistics
import time

import testenv
from testenv import check, same, wait_until

USER_CLASSES = ["HttpUser", "FastHttpUser"]

# Nobody, then many, then nobody again: what is open at the end was left behind.
SCRIPT = """
local k = require "katydid"

local Passing = k.{user_class}:extend("Passing", {{ host = "{url}", wait_time = k.constant(0.02) }})

Passing.go = k.task(function(self)
  self.client:get("/drop")
  self.client:get("/delay/30", {{ timeout = 0.01 }})
  self.client:get("{refused}/")
  self.client:get("/json")
end)

local Wave = k.LoadTestShape:extend("Wave")

function Wave:tick()
  local now = self:get_run_time()
  if now < 2 then return 0, 100 end
  if now < 5 then return {users}, {users} end
  if now < 8 then return 0, {users} end
end

return {{ Passing, Wave }}
"""


def at_rest(counts, begin, end):
    """What is mostly open in this time: files of reports come and go."""
    found = [n for at, n in counts if begin <= at <= end]
    check(found, "the process was not there")
    return statistics.mode(found)


@testenv.with_asan
@testenv.bound(90)
def test_back_to_the_start(env):
    target = env.target()
    refused = testenv.hostile.Refusing(env).url
    script = env.write("wave.lua", SCRIPT.format(url=target.url, refused=refused, users=40,
                                              user_class=env.user_class))
    process = env.start_katydid(script, "--loglevel", "ERROR", "--stop-timeout", "5")
    counts = []
    wait_until(lambda: (process.descriptors() or 0) > 5, "the process has begun")
    while process.is_running():
        found = process.descriptors()
        if found is not None:
            counts.append((time.monotonic(), found))
        time.sleep(0.05)
    env.ended(process)
    begin = counts[0][0]
    first = at_rest(counts, begin + 0.7, begin + 1.5)
    come = [at for at, n in counts if n > first + 10]
    check(come, f"forty users' connections were not seen: {first} at first, {max(n for _, n in counts)} at most")
    same(at_rest(counts, come[0] + 4, come[0] + 5.2), first, "descriptors at the end")


@testenv.with_asan
def test_the_server_sees_them_closed(env):
    """Ten users come and go; the target's connections are the asking one's at the end."""
    target = env.target()
    env.lua("""
      self.client:get("/json")
      self:stop()
    """, target.url, "-u", "10", "-r", "10", "-t", "20s", timeout=40)
    wait_until(lambda: target.counts()["connections"]["open"] == 1, "all connections are closed")
