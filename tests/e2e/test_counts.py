"""test_counts -- what the server counted is what the console, the CSV files and the JSON report."""
# SPDX-License-Identifier: MIT

import testenv
from testenv import SCENARIOS, check, reports, same

BOTH = ["HttpUser", "FastHttpUser"]

# Client's (method, name) -> the target's (method, pattern). Several names may be one pattern.
NAMES = {
    ("POST", "/spam_detection_path"): ("POST", "/spam_detection_path"),
    ("GET", "/health"): ("GET", "/health"),
    ("POST", "/predict (typical)"): ("POST", "/predict"),
    ("POST", "/predict (random)"): ("POST", "/predict"),
    ("POST", "/predict (malformed)"): ("POST", "/predict"),
    ("GET", "/api/status"): ("GET", "/api/status"),
    ("GET", "/api/films/[id]"): ("GET", "/api/films/<id>"),
    ("GET", "/api/films/title/[title]"): ("GET", "/api/films/title/<title>"),
    ("GET", "/"): ("GET", "/"),
    ("GET", "/items"): ("GET", "/items"),
    ("GET", "/items?page=[n]"): ("GET", "/items"),
    ("GET", "/items/[id]"): ("GET", "/items/<id>"),
    ("GET", "/search"): ("GET", "/search"),
    ("POST", "/login"): ("POST", "/login"),
    ("GET", "/cart"): ("GET", "/cart"),
    ("POST", "/cart"): ("POST", "/cart"),
    ("POST", "/orders"): ("POST", "/orders"),
}


def agree(run):
    """Console = CSV = JSON, entry by entry; the table without its total."""
    table = run.console()
    same(reports.csv_table(run.csv("stats")), table, "CSV against console")
    total = table.pop(("", "Aggregated"))
    same(reports.json_table(run.json()), table, "JSON against console")
    same(total, tuple(map(sum, zip(*table.values()))) if table else (0, 0), "total against entries")
    same(reports.json_in_flight(run.json()), run.in_flight(), "in flight: JSON against console")
    return table


def by_route(table):
    counts = {}
    for name, (requests, _) in table.items():
        check(name in NAMES, f"{name} is no name that the scenario should report")
        route = NAMES[name]
        counts[route] = counts.get(route, 0) + requests
    return counts


def run_scenario(env, name, *args):
    target = env.target()
    run = env.katydid(SCENARIOS / f"{name}.lua", "--host", target.url, "--json", "--stop-timeout", "60",
                      "-t", "3s", *args, timeout=90)
    table = agree(run)
    same(run.code, 0, f"exit code {run.failures()} {run.exceptions()}")
    same(run.in_flight(), 0, "in flight at the end")
    counts = target.counts()
    same(by_route(table), target.routes(counts), "report against the server's count")
    same(counts["gone"], 0, "requests whose client left")
    return table, counts


@testenv.with_asan
def test_spam(env):
    table, counts = run_scenario(env, "spam", "-u", "20", "-r", "20")
    same(counts["paths"], {"POST /spam_detection_path": {"200": table["POST", "/spam_detection_path"][0]}},
         "paths")


@testenv.with_asan
def test_model_api(env):
    table, counts = run_scenario(env, "model_api", "-u", "20", "-r", "20")
    malformed = table.get(("POST", "/predict (malformed)"), (0, 0))[0]
    statuses = counts["paths"].get("POST /predict", {})
    same(statuses.get("400", 0), malformed, "400 is the right answer to malformed input")


@testenv.with_asan
def test_films(env):
    run_scenario(env, "films", "-u", "30", "-r", "30")


@testenv.with_asan
def test_profiles(env):
    table, _ = run_scenario(env, "profiles", "-u", "12", "-r", "12")
    same(set(table), {("GET", "/"), ("GET", "/items"), ("GET", "/api/status")}, "names")


def test_growing_profile(env):
    run_scenario(env, "profile_growing")


def test_steps_profile(env):
    run_scenario(env, "profile_steps")


@testenv.with_asan
def test_shop(env):
    run_scenario(env, "shop", "-u", "10", "-r", "10")


@testenv.of_users(*BOTH)
@testenv.with_asan
def test_name_by_name(env):
    """Without names of their own, requests are counted under what was sent: each path with its
    query, each with its failures."""
    target = env.target()
    run = env.lua("""
      self.client:get("/items/" .. math.random(1, 40), { params = { q = "a b&c", n = math.random(3) } })
      self.client:get("/items/" .. math.random(990, 1010))
      self.client:post("/echo/none", { data = "x" })
      self.client:get("/api/films/title/The General")
      self.client:head("/status/" .. (200 + math.random(0, 3) * 100), { allow_redirects = false })
      self.client:get("/caf\\195\\169?x=%41#fragment")
    """, target.url, "-u", "5", "-r", "5", "-t", "3s", "--stop-timeout", "60", "--json",
                  attributes="wait_time = k.constant(0.02)")
    table = agree(run)
    served = {}
    for path, statuses in target.counts()["paths"].items():
        failures = sum(count for status, count in statuses.items() if int(status) >= 400)
        served[tuple(path.split(" ", 1))] = (sum(statuses.values()), failures)
    same(table, served, "report against the server's paths")
    same(run.code, 1, "exit code")


@testenv.of_users(*BOTH)
@testenv.with_asan
def test_bytes_are_those_served(env):
    target = env.target()
    run = env.passes("""
      for _, n in ipairs { 0, 1, 1000, 65537, 300000 } do
        self.client:get("/bytes/" .. n, { name = "bytes" })
      end
    """, target.url, "--iterations", "4", "--json")
    counts = target.counts()
    entry = run.json()[0]
    same(entry["total_content_length"], counts["bytes_out"], "bytes")
    same(entry["num_requests"], 20, "requests")


@testenv.of_users(*BOTH)
@testenv.with_asan
@testenv.bound(90)
def test_cut_off_requests_are_a_figure_of_their_own(env):
    """Without a stop timeout: the server's count lies between the report's and the sum of both."""
    target = env.target()
    run = env.lua("""self.client:get("/delay/300")""", target.url, "-u", "20", "-r", "20", "-t", "2s",
                  "--json")
    table = agree(run)
    reported = table["GET", "/delay/300"][0]
    served = target.counts()["received"]
    check(run.in_flight() > 0, "nothing was in flight, with twenty users who never wait")
    check(reported <= served <= reported + run.in_flight(),
          f"{reported} reported, {run.in_flight()} in flight, {served} served")
    same(run.failures(), {}, "failures")
    same(run.code, 0, "exit code")


@testenv.of_users(*BOTH)
@testenv.with_asan
def test_dropped_requests_are_failures(env):
    """The server closes without an answer; each of its requests is reported once, and not tried
    again."""
    target = env.target()
    run = env.lua("""
      self.client:get("/drop")
      self.client:get("/json")
      self.client:post("/drop", { data = "x" })
    """, target.url, "--iterations", "5", "--json")
    table = agree(run)
    same(table, {("GET", "/drop"): (5, 5), ("GET", "/json"): (5, 0), ("POST", "/drop"): (5, 5)}, "report")
    same({path: sum(s.values()) for path, s in target.counts()["paths"].items()},
         {"GET /drop": 5, "GET /json": 5, "POST /drop": 5}, "served")


@testenv.of_users(*BOTH)
@testenv.with_asan
def test_errors_and_delays_of_the_server(env):
    target = env.target("--delay", "1..5", "--error-rate", "0.3", "--seed", "3")
    run = env.lua("""self.client:get("/json")""", target.url, "-u", "5", "-r", "5", "-t", "2s",
                  "--stop-timeout", "60", "--json", attributes="wait_time = k.constant(0.01)")
    table = agree(run)
    statuses = target.counts()["paths"]["GET /json"]
    same(table["GET", "/json"], (sum(statuses.values()), statuses.get("500", 0)), "report")
    check(statuses.get("500", 0) > 0, "no error came")
    same(run.failures(),
         {"HTTPError('500 Server Error: Internal Server Error for url: /json')": statuses["500"]}, "texts")


@testenv.with_asan
def test_ramp_up_can_be_left_out(env):
    """--reset-stats: what is reported are requests after all users were spawned."""
    target = env.target()
    run = env.lua("""self.client:get("/json")""", target.url, "-u", "10", "-r", "10", "-t", "3s",
                  "--reset-stats", "--stop-timeout", "60", "--json",
                  attributes="wait_time = k.constant(0.05)")
    table = agree(run)
    served = target.counts()["answered"]
    check(0 < table["GET", "/json"][0] <= served, f"{table} of {served}")
