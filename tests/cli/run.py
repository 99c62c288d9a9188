#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""run.py PROGRAM [FILE.t...] -- what a user types and sees: transcripts, run again.

A transcript (tests/cli/*.t) is a list of cases:

    # a remark
    $ katydid --version | head -1
    katydid {n}.{n}.{n}

    $ katydid --bicycle
    2> katydid: error: unknown option --bicycle
    [2]

`$ ` begins a command, `> ` goes on with it in a further line; bash runs it. Then come the lines that are
expected on standard output, those of standard error behind `2> `, and the exit code in brackets where it
isn't 0. In a line `*` stands for any text and `{n}` for a number; a line `...` (or `2> ...`) for any number
of lines. A backslash before any of these, or at the begin of a line, takes its meaning away. Blanks at the
ends of lines and blank lines at the end of the output don't count.

Each transcript runs in a new folder that holds a copy of tests/fixtures/cli/, which is its HOME too, with `katydid` and
the helpers of bin/ in its PATH, no variable KATYDID_*, and a practice server at $TARGET.
"""

import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 60  # seconds for a command: far more than any needs


class Case:
    def __init__(self, path, number, command):
        self.where = "%s:%d" % (os.path.relpath(path), number)
        self.command = command
        self.out = []
        self.err = []
        self.code = 0

    def end(self):
        """Blank lines before the next case belong to nobody."""
        for lines in (self.out, self.err):
            while lines and lines[-1] == "":
                lines.pop()


def read_transcript(path):
    cases = []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = line.rstrip()
        if line.startswith("$ "):
            cases.append(Case(path, number, line[2:]))
        elif line.startswith("#"):
            continue
        elif not cases:
            if line:
                sys.exit("%s:%d: expected a command, `$ ...`" % (path, number))
        elif line.startswith("> ") and not cases[-1].out and not cases[-1].err:
            cases[-1].command += "\n" + line[2:]
        elif re.fullmatch(r"\[\d+\]", line):
            cases[-1].code = int(line[1:-1])
        elif line == "2>" or line.startswith("2> "):
            cases[-1].err.append(line[3:])
        else:
            cases[-1].out.append(line)
    for case in cases:
        case.end()
    return cases


NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"


def pattern_of(line):
    """The expected line as a regular expression."""
    parts = re.findall(r"\\.|\{n\}|\*|[^\\{*]+|.", line)
    regex = ""
    for part in parts:
        if part == "*":
            regex += ".*"
        elif part == "{n}":
            regex += NUMBER
        elif part[0] == "\\" and len(part) == 2:
            regex += re.escape(part[1])
        else:
            regex += re.escape(part)
    return re.compile(regex)


def matches(expected, actual):
    """Whether the lines are as expected; dynamic programming over `...`."""
    possible = {0}
    for line in expected:
        if line == "...":
            possible = set(range(min(possible), len(actual) + 1)) if possible else set()
        else:
            regex = pattern_of(line)
            possible = {i + 1 for i in possible if i < len(actual) and regex.fullmatch(actual[i])}
    return len(actual) in possible


def lines_of(data):
    lines = [line.rstrip() for line in data.decode("utf-8", "replace").split("\n")]
    while lines and lines[-1] == "":
        lines.pop()
    return lines


def run_command(command, folder, env):
    """Standard output, standard error, exit code; the code is None when it took too long."""
    process = subprocess.Popen(["bash", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = process.communicate(timeout=PATIENCE)
        return out, err, process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return out, err, None


def show(title, expected, actual):
    print("    %s, expected:" % title)
    for line in expected:
        print("      | " + line)
    print("    came:")
    for line in actual:
        print("      | " + line)


def run_case(case, folder, env):
    out, err, code = run_command(case.command, folder, env)
    out, err = lines_of(out), lines_of(err)
    good = [matches(case.out, out), matches(case.err, err), code == case.code]
    if all(good):
        return True
    print("%s: $ %s" % (case.where, case.command))
    if not good[0]:
        show("standard output", case.out, out)
    if not good[1] or not good[2]:
        show("standard error", case.err, err)
    if code is None:
        print("    it took more than %d s" % PATIENCE)
    elif not good[2]:
        print("    exit code %d, expected %d" % (code, case.code))
    return False


def run_transcript(path, program, target):
    with tempfile.TemporaryDirectory(prefix="katydid-cli-") as top:
        folder = os.path.join(top, "here")
        shutil.copytree(os.path.join(HERE, "..", "fixtures", "cli"), folder)
        os.mkdir(os.path.join(top, "bin"))
        os.symlink(program, os.path.join(top, "bin", "katydid"))
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("KATYDID_", "LUA_", "GITHUB_", "OTEL_", "NO_COLOR"))}
        env.update(HOME=folder, TARGET=target, LC_ALL="C.UTF-8",
                   PATH=":".join((os.path.join(top, "bin"), os.path.join(HERE, "bin"), env["PATH"])))
        results = [run_case(case, folder, env) for case in read_transcript(path)]
        return results.count(True), results.count(False)


def main():
    program = os.path.abspath(sys.argv[1])
    paths = sys.argv[2:] or sorted(glob.glob(os.path.join(HERE, "*.t")))
    server = subprocess.Popen([program, "target", "--port", "0"], stdout=subprocess.PIPE,
                              stdin=subprocess.DEVNULL)
    passed = failed = 0
    try:
        target = server.stdout.readline().decode().split()[-1]
        for path in paths:
            ok, bad = run_transcript(path, program, target)
            passed += ok
            failed += bad
    finally:
        server.terminate()
        server.wait(10)
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
