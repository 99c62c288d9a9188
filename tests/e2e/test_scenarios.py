"""test_scenarios -- each scenario for a few seconds, with few users, without a failure."""
# SPDX-License-Identifier: MIT

import testenv
from testenv import SCENARIOS, check, same

# Scenarios with a shape: it says how many users there are.
SHAPES = {"profile_growing", "profile_ready", "profile_steps"}


def start(env, name, host):
    users = [] if name in SHAPES else ["-u", "6", "-r", "6"]
    return env.start_katydid(SCENARIOS / f"{name}.lua", "--host", host, "-t", "2s", "--stop-timeout", "60", *users)


def judge_all(env, running):
    for name, process in running:
        run = env.ended(process, 90)
        same(run.failures(), {}, f"{name}: failures")
        same(run.exceptions(), {}, f"{name}: exceptions")
        check(run.console()["", "Aggregated"][0] > 0, f"{name}: nothing was requested")
        same(run.code, 0, f"{name}: exit code")


@testenv.with_asan
def test_scenarios(env):
    """All at the same time, since what they mostly do is wait; each has a server of its own."""
    names = [path.stem for path in sorted(SCENARIOS.glob("*.lua"))]
    check(len(names) > 5, f"there are scenarios, not only {names}")
    judge_all(env, [(name, start(env, name, env.target().url)) for name in names])


# Those whose server is a real one elsewhere: against a real framework too.
def against_flask(env, under):
    url = testenv.flask_app(env, under)
    judge_all(env, [(name, start(env, name, url)) for name in ("spam", "model_api", "films")])


def test_flask_under_waitress(env):
    against_flask(env, "waitress")


def test_flask_under_gunicorn(env):
    against_flask(env, "gunicorn")
