"""test_compare -- katydid compare, of runs against a server whose delays are known."""
# SPDX-License-Identifier: MIT

import json

import testenv
from testenv import check, same

SCRIPT = """
local k = require "katydid"
local User = k.FastHttpUser:extend("User", { wait_time = k.between(0.05, 0.15) })
User.look = k.task(function(self) self.client:get("/delay/" .. os.getenv "MS", { name = "/look" }) end)
User.buy = k.task(function(self) self.client:get("/delay/5", { name = "/buy" }) end)
User.own = k.task(function(self) self.client:get("/json", { name = "/only/" .. os.getenv "MS" }) end)
return User
"""


def compare(env, *args):
    process = env.start("compare", env.program, "compare", *args, env={"ASAN_OPTIONS": "exitcode=99"}, cwd=env.folder)
    code = process.wait(60)
    env.look_for_complaints(process)
    return code, process.out(), process.err()


@testenv.bound(180)
def test_a_slower_server_is_found(env):
    """Slots are of ten seconds, so the runs take their time, side by side."""
    target = env.target()
    script = env.write("shop.lua", SCRIPT)
    started = [env.start_katydid(script, "--host", target.url, "-u", "10", "-r", "100", "-t", "51s", "--result", name,
                                 env={"MS": ms})
               for name, ms in (("base1.json", "20"), ("base2.json", "20"), ("slow.json", "60"))]
    for process in started:
        same(env.ended(process, 120).code, 0, "exit code of a run")

    for bases in (["base1.json"], ["base1.json", "base2.json"]):
        code, out, _err = compare(env, *bases, "slow.json", "--json", "--markdown", "compare.md")
        found = json.loads(out)
        rows = {row["name"]: row for row in found["rows"]}
        same(found["verdict"], "worse", f"verdict against {bases}")
        same(code, 1, "exit code where something is worse")
        same(rows["/look"]["figures"]["p50"]["verdict"], "worse", "p50 of /look")
        check(1 < rows["/look"]["figures"]["p50"]["change"] < 4, f"20 ms became 60: {rows['/look']}")
        same((rows["/only/20"]["in_base"], rows["/only/20"]["in_new"]), (True, False), "a name of the base alone")
        same((rows["/only/60"]["in_base"], rows["/only/60"]["in_new"]), (False, True), "a name of the new run alone")
        text = (env.folder / "compare.md").read_text()
        check(text.startswith("### Katydid: worse\n") and "| GET /look | p50 | " in text, text)
        check("- Only in the base: GET /only/20\n" in text, text)

    code, out, err = compare(env, "slow.json", "base1.json")
    same(code, 0, f"exit code where something is better ({out} {err})")
    check("\nBetter: p50 of GET /look, " in out, out)
    same(compare(env, "slow.json", "base1.json"), (code, out, err), "the same files again")
