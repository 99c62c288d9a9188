"""test_signals -- one SIGINT, SIGTERM or SIGHUP ends a run in good order, two end it at once."""
# SPDX-License-Identifier: MIT

import signal
import time

import testenv
from testenv import check, reports, same, wait_until


def begin(env, target, path, *args, attributes="wait_time = k.constant(0.05)"):
    """A run without end, once its first requests have come."""
    script = env.write("endless.lua", f"""
local k = require "katydid"
local Endless = k.HttpUser:extend("Endless", {{ host = "{target.url}", {attributes} }})
Endless.go = k.task(function(self) self.client:get("{path}") end)
return Endless
""")
    process = env.start_katydid(script, "-u", "5", "-r", "50", *args)
    wait_until(lambda: target.counts(settled=False)["received"] >= 5, "requests come")
    return process


def ends_in_good_order(env, number):
    target = env.target()
    process = begin(env, target, "/json", "--json", "--stop-timeout", "20")
    process.signal(number)
    run = env.ended(process, 30)
    table = run.console()
    same(run.code, 0, "exit code")
    same(reports.csv_table(run.csv("stats")), table, "CSV against console")
    same(table["GET", "/json"][0], target.counts()["answered"], "report against the server")
    same(reports.json_table(run.json()), {("GET", "/json"): table["GET", "/json"]}, "JSON")


@testenv.with_asan
def test_interrupt_ends_in_good_order(env):
    ends_in_good_order(env, signal.SIGINT)


@testenv.with_asan
def test_terminate_ends_in_good_order(env):
    ends_in_good_order(env, signal.SIGTERM)


@testenv.with_asan
def test_hangup_ends_in_good_order(env):
    ends_in_good_order(env, signal.SIGHUP)


@testenv.with_asan
def test_failures_decide_after_a_signal_too(env):
    target = env.target()
    process = begin(env, target, "/status/500")
    process.signal(signal.SIGINT)
    same(env.ended(process, 30).code, 1, "exit code")


@testenv.with_asan
def test_exit_code_on_error(env):
    target = env.target()
    process = begin(env, target, "/status/500", "--exit-code-on-error", "7")
    process.signal(signal.SIGTERM)
    same(env.ended(process, 30).code, 7, "exit code")


def ends_at_once(env, number, code):
    target = env.target()
    process = begin(env, target, "/stall/60", "--stop-timeout", "600", attributes="")
    said = len(process.err())
    process.signal(number)
    # Two that are not yet seen are one: the first is answered by a line in the log.
    wait_until(lambda: len(process.err()) > said, "the first signal is seen")
    time.sleep(0.3)
    check(process.is_running(), "the stop timeout is waited for")
    process.signal(number)
    same(env.ended(process, 20).code, code, "exit code")


@testenv.with_asan
def test_second_interrupt_ends_at_once(env):
    ends_at_once(env, signal.SIGINT, 130)


@testenv.with_asan
def test_second_terminate_ends_at_once(env):
    ends_at_once(env, signal.SIGTERM, 143)


@testenv.with_asan
def test_without_a_stop_timeout_nothing_is_waited_for(env):
    target = env.target()
    process = begin(env, target, "/stall/60", attributes="")
    process.signal(signal.SIGINT)
    run = env.ended(process, 20)
    same(run.in_flight(), 5, "in flight at the end")
    same(run.failures(), {}, "failures")


@testenv.with_asan
def test_signal_while_users_are_spawned(env):
    target = env.target()
    script = env.write("slow.lua", f"""
local k = require "katydid"
local Slow = k.HttpUser:extend("Slow", {{ host = "{target.url}", wait_time = k.constant(1) }})
Slow.go = k.task(function(self) self.client:get("/json") end)
return Slow
""")
    process = env.start_katydid(script, "-u", "1000", "-r", "2", "--stop-timeout", "10")
    wait_until(lambda: target.counts(settled=False)["received"] >= 2, "requests come")
    process.signal(signal.SIGINT)
    run = env.ended(process, 30)
    same(run.code, 0, "exit code")
    same(run.console()["GET", "/json"][0], target.counts()["answered"], "report against the server")


@testenv.with_asan
def test_signal_ends_a_shape(env):
    target = env.target()
    process = env.start_katydid(testenv.SCENARIOS / "profile_growing.lua", "--host", target.url)
    wait_until(lambda: target.counts(settled=False)["received"] >= 5, "requests come")
    process.signal(signal.SIGTERM)
    same(env.ended(process, 30).code, 0, "exit code")
