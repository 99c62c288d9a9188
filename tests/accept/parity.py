"""parity -- the same users under Locust and under katydid, on the same server: parity/NN_name.py and NN_name.lua.

What chance doesn't touch agrees to within one task a user. Where chance picks, what was picked is held against the
other's picks by a chi-square test. Both sides draw from a seed, so that a pair which agreed agrees again.
"""
# SPDX-License-Identifier: MIT

import importlib.util
import json
import pathlib
import re
import sys
from typing import NamedTuple

from testenv import Skip, check, same

HERE = pathlib.Path(__file__).resolve().parent
FEWEST = 5000  # requests where chance picks
PATIENCE_S = 300
# Of chi-square at 0.001, by degrees of freedom.
CRITICAL = {1: 10.828, 2: 13.816, 3: 16.266, 4: 18.467, 5: 20.515, 6: 22.458, 7: 24.322, 8: 26.124}


class Pair(NamedTuple):
    users: int
    seconds: int = 0  # 0: until enough was picked, or as long as the shape says
    chance: tuple = ()  # groups of names: each pick of a task is one of a group
    args: tuple = ()
    twice: tuple = ()  # pairs of names that have to be as often, on each side: entered and left
    share: dict = {}  # how many of the users send a name, where not all do


PAIRS = {
    "01_weights": Pair(1, chance=(("one", "two", "five", "ten"),)),
    "02_nested_sets": Pair(1, chance=(("browse", "forum"), ("read", "thread", "leave forum"), ("post", "leave thread")),
                           twice=(("forum", "leave forum"), ("thread", "leave thread"))),
    "03_sequence": Pair(5, 5),
    "04_tags": Pair(1, chance=(("wanted", "inner"), ("stay", "leave")), twice=(("inner", "leave"),),
                    args=("--tags", "wanted", "also", "--exclude-tags", "slow")),
    "05_user_weights": Pair(12, 5, share={"read": 6, "watch": 4, "write": 2}),
    "06_fixed_counts": Pair(11, 5, share={"read": 8, "watch": 1, "write": 2}),
    "07_pacing": Pair(6, 5, share={"paced": 2, "throughput": 2, "late": 2}),
    "08_shape": Pair(10, share={"visit": 2, "call": 8}),
    "09_catch_response": Pair(4, 4),
    "10_events": Pair(4, 4),
    "11_interrupt": Pair(4, 6),
    "12_custom_user": Pair(5, 5),
}


class Side(NamedTuple):
    """What one of the two has counted."""
    requests: dict  # (method, name): (requests, failures)
    failures: dict  # (method, name, text): count
    exceptions: dict  # text: count
    said: list  # lines of the script's own

    def by_name(self, name):
        return sum(n for (_, of), (n, _) in self.requests.items() if of == name)


def said(text):
    return [line for line in text.splitlines() if line.startswith("said: ")]


def arguments(name, pair, url, suffix):
    args = ["-f", HERE / "parity" / f"{name}{suffix}", "--headless", "--host", url, *pair.args]
    if name != "08_shape":
        args += ["-u", str(pair.users), "-r", "100"]  # all at once: Locust spawns a second's users at its beginning
    return args + (["-t", f"{pair.seconds}s"] if pair.seconds else [])


def find_locust():
    if importlib.util.find_spec("locust") is None:
        raise Skip("python3-locust is not installed")


def of_locust(env, name, pair, url):
    report = env.folder / "locust.json"
    process = env.start("locust", sys.executable, HERE / "locust_told.py", report,
                        str(FEWEST if pair.chance else 0), "--", *arguments(name, pair, url, ".py"), "--only-summary",
                        "--exit-code-on-error", "0", cwd=env.folder, env={"PYTHONDONTWRITEBYTECODE": "1"})
    same(process.wait(PATIENCE_S), 0, f"Locust's exit code {process.err()[-500:]}")
    with open(report, encoding="utf-8") as file:
        told = json.load(file)
    return Side({(method, of): (n, failed) for method, of, n, failed in told["requests"]},
                {(method, of, plain(text)): n for method, of, text, n in told["failures"]},
                dict(told["exceptions"]), said(process.out()))


def of_katydid(env, name, pair, url):
    args = arguments(name, pair, url, ".lua")
    args.remove("--headless")
    if pair.chance:
        args += ["--iterations", str(2 * FEWEST)]
    run = env.katydid(*args, "--only-summary", "--exit-code-on-error", "0", "--seed", "1", timeout=PATIENCE_S)
    same(run.code, 0, f"katydid's exit code {run.err[-500:]}")
    return Side({(row["Type"], row["Name"]): (int(row["Request Count"]), int(row["Failure Count"]))
                 for row in run.csv("stats") if row["Name"] != "Aggregated"},
                {(row["Method"], row["Name"], plain(row["Error"])): int(row["Occurrences"])
                 for row in run.csv("failures")}, run.exceptions(), said(run.out))


def chi_square(ours, theirs):
    """Whether two samples are of one distribution: the statistic, and its degrees of freedom."""
    total = sum(ours) + sum(theirs)
    statistic = 0.0
    for sample in (ours, theirs):
        for mine, both in zip(sample, (a + b for a, b in zip(ours, theirs))):
            expected = sum(sample) * both / total
            statistic += (mine - expected) ** 2 / expected
    return statistic, len(ours) - 1


def compare_picks(figures, pair, ours, theirs):
    for side, who in ((ours, "katydid"), (theirs, "Locust")):
        n = sum(count for count, _ in side.requests.values())
        figures.show(f"requests of {who}", n, f"at least {FEWEST}", n >= FEWEST)
        for entered, left in pair.twice:
            figures.show(f"'{entered}' without '{left}', {who}", side.by_name(entered) - side.by_name(left),
                         f"0 to {pair.users}", 0 <= side.by_name(entered) - side.by_name(left) <= pair.users)
    for group in pair.chance:
        counts = [[side.by_name(name) for name in group] for side in (ours, theirs)]
        check(all(a + b for a, b in zip(*counts)), f"nobody picked one of {group}")
        statistic, freedom = chi_square(*counts)
        figures.at_most(f"chi-square of {', '.join(group)} ({counts[0]}, Locust {counts[1]})", statistic,
                        CRITICAL[freedom])


def compare_counts(figures, what, ours, theirs, pair):
    """Numbers by key, which are to differ by no more than one for each user."""
    for key in sorted(set(ours) | set(theirs)):
        a, b = ours.get(key, 0), theirs.get(key, 0)
        if a == b == 0:
            continue
        bound = pair.users if isinstance(key, str) else pair.share.get(key[1], pair.users)
        shown = key if isinstance(key, str) else " ".join(key)
        figures.show(f"{what} {shown}", a, f"Locust {b} +- {bound}", abs(a - b) <= bound)


def kin(text, theirs):
    """What Locust calls this error: Lua may put a line before a text, Python puts a class around it."""
    return next((other for other in theirs if text.endswith(other) or other.endswith(f"({text!r})")), text)


def plain(text):
    """Without the address: Locust has the server's, the path or the request's name there, as it comes."""
    return re.sub(r" for url: [^']*", "", text)


def in_their_words(ours, theirs):
    """The same counts, with the texts that Locust has, whether they are keys or the last word of keys."""
    if all(isinstance(key, str) for key in (*ours, *theirs)):
        return {kin(text, theirs): n for text, n in ours.items()}
    return {(*where, kin(text, [other[-1] for other in theirs if other[:-1] == tuple(where)])): n
            for (*where, text), n in ours.items()}


def compare_kinds(figures, what, ours, theirs, pair):
    ours = in_their_words(ours, theirs)
    figures.exactly(f"kinds of {what}", sorted(ours), sorted(theirs))
    compare_counts(figures, what, ours, theirs, pair)


def pair_of(name, pair):
    def run_it(env, figures):
        find_locust()
        url = env.target().url
        theirs = of_locust(env, name, pair, url)
        ours = of_katydid(env, name, pair, url)
        figures.exactly("names of requests", sorted(ours.requests), sorted(theirs.requests))
        if pair.chance:
            compare_picks(figures, pair, ours, theirs)
        else:
            for what, of in (("requests", 0), ("failed", 1)):
                compare_counts(figures, what, {key: n[of] for key, n in ours.requests.items()},
                               {key: n[of] for key, n in theirs.requests.items()}, pair)
        compare_kinds(figures, "failures", ours.failures, theirs.failures, pair)
        compare_kinds(figures, "exceptions", ours.exceptions, theirs.exceptions, pair)
        figures.exactly("lines of the script", ours.said, theirs.said)
        figures.judge()
    return run_it


PARTS = {f"parity_{name}": pair_of(name, pair) for name, pair in PAIRS.items()}
