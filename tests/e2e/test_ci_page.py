"""test_ci_page -- the examples of scenarios/CI.md, against the practice server."""
# SPDX-License-Identifier: MIT

import os
import re
import shutil

import testenv
import yaml
from testenv import SCENARIOS, check, same

# Stands for katydid on the page: the same run, but as short as so many tasks are, and judged whatever else
# this machine does.
SHORT = """#!/bin/bash
args=()
while [ $# -gt 0 ]; do
    case $1 in
        -t) args+=(--iterations 80 -t 1m); shift ;;
        -u | -r) args+=("$1" 80); shift ;;
        'p95 < 300ms') args+=('p95 < 60s') ;;
        *) args+=("$1") ;;
    esac
    shift
done
case ${args[0]} in check|report|compare) exec "$KATYDID" "${args[@]}" ;; esac
exec "$KATYDID" "${args[@]}" --allow-saturated
"""


def blocks(language):
    text = (SCENARIOS / "CI.md").read_text()
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)
    check(found, f"there are blocks of {language}")
    return found


class Job:
    """A checkout in which commands run as a CI system would run them."""

    def __init__(self, env):
        self.env = env
        self.folder = env.folder / "checkout"
        shutil.copytree(SCENARIOS, self.folder / "scenarios")
        short = env.write("bin/katydid", SHORT)
        short.chmod(0o755)
        self.variables = {"PATH": f"{short.parent}:{os.environ['PATH']}", "KATYDID": str(testenv.PROGRAM),
                          "SHOP": env.target().url}

    def sh(self, script, *codes, shell=("bash", "-e"), **variables):
        process = self.env.start("sh", *shell, "-c", script, env={**self.variables, **variables}, cwd=self.folder)
        code = process.wait(120)
        check(code in (codes or (0,)), f"exit code {code} of {script!r}: {process.err()[-800:]}")
        return process

    def check_files(self, *names):
        for name in names:
            path = self.folder / "results" / name
            check(path.exists() and path.stat().st_size > 0, f"results/{name} is there")


def test_github(env):
    job = Job(env)
    workflow = yaml.safe_load(next(text for text in blocks("yaml") if "runs-on" in text))
    steps = workflow["jobs"]["load"]["steps"]
    summary = env.folder / "summary.md"
    runs = [step["run"] for step in steps if "run" in step]
    same(len(runs), 1, "steps that run something")
    job.sh(runs[0], GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    job.check_files("report.html", "result.json")
    check("shop: passed" in summary.read_text(), "the summary")
    upload = next(step for step in steps if "upload-artifact" in step.get("uses", ""))
    check((job.folder / upload["with"]["path"]).is_dir(), "what is uploaded")


def test_gitlab(env):
    job = Job(env)
    load = yaml.safe_load(next(text for text in blocks("yaml") if "reports:" in text))["load"]
    for command in load["script"]:
        job.sh(command)
    for path in load["artifacts"]["reports"].values():
        check((job.folder / path).stat().st_size > 0, f"{path} is there")


def test_jenkins(env):
    job = Job(env)
    pipeline = blocks("groovy")[0]
    for script in re.findall(r"sh '''(.*?)'''", pipeline, re.S):
        job.sh(script, shell=("sh", "-xe"))
    for path in re.findall(r"junit '(.*?)'", pipeline):
        check((job.folder / path).stat().st_size > 0, f"{path} is there")


def test_shell(env):
    """Each block behind the one before, as the page has them."""
    job = Job(env)
    first, by_code, again, requests, compared = blocks("sh")
    job.sh(first)
    job.check_files("junit.xml", "report.html", "summary.md")
    check("fast enough" in job.sh(by_code).out(), "the case of 0")
    # What is too slow, and what can't be told, take their own ways.
    crossed = by_code.replace("fail_ratio < 1%", "max < 0.001ms")
    check("too slow, or too many failures" in job.sh(crossed, 1).out(), "the case of 3")
    unknown = by_code.replace("fail_ratio < 1%", "p95 of GET /nowhere < 1s")
    check("cannot be told" in job.sh(unknown).out(), "the case of 4")
    check("failed with 2" in job.sh(by_code.replace("shop.lua", "none.lua"), 1).out(), "any other case")
    job.sh(by_code)
    job.sh(again)
    job.check_files("again.xml", "again.html")
    job.sh(requests)
    job.check_files("requests.csv")
    job.sh(compared, 0, 1)
    job.check_files("base-1.json", "base-3.json", "new.json", "compare.md")


def test_the_page_names_no_option_that_is_not_there(env):
    process = env.start("help", testenv.PROGRAM, "run", "--help")
    same(process.wait(20), 0, "exit code of --help")
    known = set(re.findall(r"--[a-z][a-z-]*", process.out())) | {"--tolerance"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", (SCENARIOS / "CI.md").read_text()))
    same(named - known, set(), "options that are unknown")
