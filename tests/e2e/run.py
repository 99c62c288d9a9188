#!/usr/bin/python3
"""run.py [scenarios | NAME...] -- the end-to-end tests: real servers, real runs.

Runs the functions test_* of the files test_*.py beside it, in order; `scenarios` those of
test_scenarios.py alone, NAME those whose "file.function" contains it. Prints a line for each that
fails (with its logs) or is skipped, and "N passed, N failed, N skipped" at the end.

KATYDID names the program to be tested (build/release/katydid), KATYDID_ASAN the one with ASan.
"""
# SPDX-License-Identifier: MIT

import importlib.util
import pathlib
import signal
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

import testenv  # noqa: E402  (found by the line above)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def discover(words):
    """(name, function, program, user class) of each test that is wanted. A file with USER_CLASSES runs
    with each of them, and so does a test marked with testenv.of_users."""
    for path in sorted(HERE.glob("test_*.py")):
        if words == ["scenarios"] and path.stem != "test_scenarios":
            continue
        module = load(path)
        for name, function in list(vars(module).items()):
            if not name.startswith("test_") or not callable(function):
                continue
            classes = getattr(function, "user_classes", getattr(module, "USER_CLASSES", None))
            for user_class in classes or ["HttpUser"]:
                full = f"{path.stem}.{name}" + (f" {user_class}" if classes else "")
                if words and words != ["scenarios"] and not any(word in full for word in words):
                    continue
                yield full, function, testenv.PROGRAM, user_class
                if getattr(function, "with_asan", False):
                    yield f"{full} (asan)", function, testenv.PROGRAM_ASAN, user_class


def on_alarm(_number, _frame):
    raise testenv.Failure("took too long")


def run_one(name, function, program, user_class):
    """"passed", "failed" or "skipped"."""
    if not program.exists():
        print(f"skipped: {name}: {program} was not built")
        return "skipped"
    env = testenv.Env(program, user_class)
    signal.signal(signal.SIGALRM, on_alarm)
    signal.alarm(getattr(function, "bound_s", 120))
    try:
        function(env)
        env.finish()
        return "passed"
    except testenv.Skip as why:
        print(f"skipped: {name}: {why}")
        return "skipped"
    except Exception as error:  # pylint: disable=broad-except
        print(f"FAILED {name}: {error}")
        for line in traceback.format_exc().splitlines():
            print(f"    {line}")
        env.show_logs()
        return "failed"
    finally:
        signal.alarm(0)
        env.close()


def main():
    testenv.end_by_signals()
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, function, program, user_class in discover(sys.argv[1:]):
        started = time.monotonic()
        result = run_one(name, function, program, user_class)
        counts[result] += 1
        if result == "passed":
            print(f"ok {name} ({time.monotonic() - started:.1f} s)")
        sys.stdout.flush()
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
