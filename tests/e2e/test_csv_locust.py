"""test_csv_locust -- the CSV files are Locust's: held against files that Locust wrote."""
# SPDX-License-Identifier: MIT

import csv
import re

import testenv
from testenv import ROOT, SCENARIOS, check, same

RECORDED = ROOT / "tests/fixtures/locust/csv"
FILES = {
    "stats": "mixed_full_history_stats.csv",
    "stats_history": "mixed_full_history_stats_history.csv",
    "failures": "mixed_failures.csv",
    "exceptions": "exceptions_exceptions.csv",
}
# What a reader of a column can tell apart.
KINDS = (
    ("count", re.compile(r"\d+")),
    ("number", re.compile(r"\d+(\.\d+)?(e[+-]\d+)?")),
    ("none", re.compile(r"N/A")),
    ("time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")),
    ("text", re.compile(r".*", re.S)),
)


def kind(value):
    return next(name for name, pattern in KINDS if pattern.fullmatch(value))


def read(path):
    """As any tool does: Python's csv in its default dialect, strictly."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, strict=True))
    return rows[0], rows[1:]


def kinds_by_column(header, rows):
    return {name: {kind(row[i]) for row in rows} for i, name in enumerate(header)}


def allowed(recorded):
    """What a column may hold where Locust's holds this: a count where it counts, any number where
    it measures."""
    if "number" in recorded:
        return recorded | {"count", "none"}
    return recorded | {"none"}


def read_as_locusts(run, which):
    header, rows = read(f"{run.prefix}_{which}.csv")
    their_header, their_rows = read(RECORDED / FILES[which])
    same(header, their_header, f"header of {which}")
    theirs = kinds_by_column(their_header, their_rows)
    for name, found in kinds_by_column(header, rows).items():
        may = {"count", "number", "none"} if "%" in name or "Time" in name and "count" in theirs[name] \
            else allowed(theirs[name])
        check(found <= may | ({"text"} if "text" in theirs[name] else set()),
              f"{which}, column {name}: {found}, where Locust has {theirs[name]}")
    return header, rows


@testenv.with_asan
def test_files_of_a_mixed_run(env):
    target = env.target()
    run = env.lua("""
      self.client:get("/json")
      self.client:get("/status/404", { name = 'name, with "quotes"' })
      self.client:post("/status/500")
      self.client:get("/drop")
      if math.random(5) == 1 then error('boom, "quoted"\\nand a second line') end
    """, target.url, "-u", "5", "-r", "5", "-t", "3s", "--csv-full-history",
                  attributes="wait_time = k.constant(0.05)")
    same(run.code, 1, "exit code")
    for which in FILES:
        _, rows = read_as_locusts(run, which)
        check(rows, f"{which} has no rows")
    names = [row["Name"] for row in run.csv("stats")]
    same(names[-1], "Aggregated", "last row")
    same(names[:-1], sorted(names[:-1]), "order of rows")
    check('name, with "quotes"' in names, "a name with a comma and quotes")
    failures = run.failures()
    check("HTTPError('500 Server Error: Internal Server Error for url: /status/500')" in failures,
          f"Locust's text for a status: {list(failures)}")
    check("RemoteDisconnected('Remote end closed connection without response')" in failures,
          f"Locust's text for a closed connection: {list(failures)}")
    message = next(iter(run.exceptions()))
    check('boom, "quoted"\nand a second line' in message, f"an exception's message: {message!r}")


@testenv.with_asan
def test_files_of_an_empty_run(env):
    """Nothing requested: headers, a total of zero, N/A."""
    run = env.lua("k.sleep(0.1)", "http://127.0.0.1:9")
    same(run.code, 1, "exit code")
    _, rows = read_as_locusts(run, "stats")
    their_rows = read(RECORDED / "no_requests_stats.csv")[1]
    same([[kind(value) for value in row] for row in rows],
         [[kind(value) for value in row] for row in their_rows], "rows")
    for which in ("failures", "exceptions"):
        same(read_as_locusts(run, which)[1], [], which)


@testenv.with_asan
def test_lines_end_as_locusts(env):
    run = env.katydid(SCENARIOS / "hello.lua", "--host", env.target().url, "-t", "1s")
    for which, name in FILES.items():
        ours = open(f"{run.prefix}_{which}.csv", "rb").read()
        theirs = (RECORDED / name).read_bytes()
        check(theirs.split(b"\n")[0].endswith(b"\r"), "the recording has lost its line ends")
        check(ours.split(b"\n")[0].endswith(b"\r"), f"{which}: CR LF")


@testenv.with_asan
def test_history_grows_by_the_second(env):
    run = env.katydid(SCENARIOS / "profiles.lua", "--host", env.target().url, "-u", "4", "-r", "4", "-t", "4s")
    rows = run.csv("stats_history")
    check(3 <= len(rows) <= 7, f"{len(rows)} rows in four seconds")
    same({row["Name"] for row in rows}, {"Aggregated"}, "names")
    counts = [int(row["Total Request Count"]) for row in rows]
    same(counts, sorted(counts), "totals grow")
    check(counts[-1] <= run.console()["", "Aggregated"][0], "no more than at the end")
    times = [int(row["Timestamp"]) for row in rows]
    check(all(0 <= b - a <= 2 for a, b in zip(times, times[1:])), f"a row each second: {times}")
    check(max(int(row["User Count"]) for row in rows) == 4, "users")
