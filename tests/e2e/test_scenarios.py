"""test_scenarios -- each scenario for a few seconds, with few users, without a failure."""
# SPDX-License-Identifier: MIT

import testenv
from testenv import SCENARIOS, check, same

# Scenarios with a shape: it says how many users there are.
SHAPES = {"profile_growing", "profile_ready", "profile_steps"}


def run_for_a_while(env, name, host):
    users = [] if name in SHAPES else ["-u", "6", "-r", "6"]
    run = env.katydid(SCENARIOS / f"{name}.lua", "--host", host, "-t", "2s", "--stop-timeout", "60", *users,
                      timeout=90)
    same(run.failures(), {}, "failures")
    same(run.exceptions(), {}, "exceptions")
    check(run.console()["", "Aggregated"][0] > 0, "nothing was requested")
    same(run.code, 0, "exit code")


def make_test(name):
    @testenv.with_asan
    def test(env):
        run_for_a_while(env, name, env.target().url)
    return test


for _path in sorted(SCENARIOS.glob("*.lua")):
    globals()[f"test_{_path.stem}"] = make_test(_path.stem)


def make_flask_test(name, under):
    def test(env):
        run_for_a_while(env, name, testenv.flask_app(env, under))
    return test


# Those whose server is a real one elsewhere: against a real framework too.
for _name in ("spam", "model_api", "films"):
    globals()[f"test_{_name}_against_flask_under_waitress"] = make_flask_test(_name, "waitress")
    globals()[f"test_{_name}_against_flask_under_gunicorn"] = make_flask_test(_name, "gunicorn")
