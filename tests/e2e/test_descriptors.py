"""test_descriptors -- when users have gone, so have their connections."""
# SPDX-License-Identifier: MIT

import time

import testenv
from testenv import check, same, wait_until

# Nobody, then many, then nobody again: what is open at the end was left behind.
SCRIPT = """
local k = require "katydid"

local Passing = k.HttpUser:extend("Passing", {{ host = "{url}", wait_time = k.constant(0.02) }})

Passing.go = k.task(function(self)
  self.client:get("/json")
  self.client:get("/drop")
  self.client:get("/delay/30", {{ timeout = 0.01 }})
  self.client:get("{refused}/")
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


@testenv.with_asan
@testenv.bound(90)
def test_back_to_the_start(env):
    target = env.target()
    refused = testenv.hostile.Refusing(env).url
    script = env.write("wave.lua", SCRIPT.format(url=target.url, refused=refused, users=40))
    process = env.start_katydid(script, "--loglevel", "ERROR", "--stop-timeout", "5")
    counts = []
    wait_until(lambda: (process.descriptors() or 0) > 5, "the process has begun")
    while process.is_running():
        found = process.descriptors()
        if found is not None:
            counts.append((time.monotonic(), found))
        time.sleep(0.05)
    env.ended(process)
    begin, end = counts[0][0], counts[-1][0]
    check(end - begin > 6, "the wave was not run through")
    first = max(n for at, n in counts if begin + 0.7 < at < begin + 1.5)
    most = max(n for _, n in counts)
    last = min(n for at, n in counts if at > end - 1.5)
    check(most > first + 30, f"forty users' connections were not seen: {first} at first, {most} at most")
    same(last, first, "descriptors at the end")


@testenv.with_asan
def test_the_server_sees_them_closed(env):
    """Ten users come and go; the target's connections are the asking one's at the end."""
    target = env.target()
    env.lua("""
      self.client:get("/json")
      self:stop()
    """, target.url, "-u", "10", "-r", "10", "-t", "20s", timeout=40)
    wait_until(lambda: target.counts()["connections"]["open"] == 1, "all connections are closed")
