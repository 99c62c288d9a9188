"""test_concurrency -- several things at once inside a user: batches, and what it spawns."""
# SPDX-License-Identifier: MIT

import json

import testenv
from testenv import Barrier, Nginx, same

USER_CLASSES = ["HttpUser", "FastHttpUser"]


def report(run):
    """{"GET /a": (requests, failures)}"""
    return {" ".join(name): row for name, row in run.console().items() if name[0]}


@testenv.with_asan
def test_batch_is_sent_at_once_over_connections_that_are_kept(env):
    """The server answers nobody before all have asked; the next batch comes over the same connections."""
    server = Barrier(env, 5)
    run = env.passes("""
      for round = 1, 3 do
        local requests = {}
        for i = 1, 5 do requests[i] = { "GET", ("/%d/%d"):format(round, i), { timeout = 60 } } end
        local responses = self.client:batch(requests)
        for i = 1, 5 do same(responses[i].text, ("/%d/%d"):format(round, i)) end
      end
    """, server.url)
    same((server.rounds, server.requests, server.accepted), (3, 15, 5), "rounds, requests, connections")
    same(report(run), {f"GET /{round}/{i}": (1, 0) for round in (1, 2, 3) for i in range(1, 6)}, "report")


@testenv.with_asan
def test_what_is_spawned_goes_on_beside_the_task(env):
    server = Barrier(env, 4)
    run = env.passes("""
      local function walk(...)
        for _, path in ipairs { ... } do same(self.client:get(path).text, path) end
        return ...
      end
      local spawned = { k.spawn(walk, "/a", "/b"), k.spawn(walk, "/c", "/d"), k.spawn(walk, "/e", "/f") }
      walk("/g", "/h")
      same(select("#", spawned[1]:join()), 2)
      for _, one in ipairs(spawned) do one:join() end
    """, server.url)
    same((server.rounds, server.requests, server.accepted), (2, 8, 4), "rounds, requests, connections")
    same(report(run), {f"GET /{letter}": (1, 0) for letter in "abcdefgh"}, "report")


@testenv.with_asan
def test_each_request_of_a_batch_is_judged_and_counted_by_itself(env):
    target = env.target()
    run = env.lua("""
      self.client.cookies.theme = "dark"
      local seen
      local responses = self.client:batch {
        { "GET", "/status/404" },
        { "GET", "/status/404", { name = "expected" }, function(response) response:success() end },
        { "POST", "/echo", { json = { a = 1 } }, function(response) seen = response:json().method end },
        { "GET", "/delay/50", { timeout = 60 } },
        { "GET", "/cookies" },
        { "GET", "/redirect/2" },
      }
      same(#responses, 6)
      same(seen, "POST")
      same(responses[1].status_code, 404)
      same(responses[5]:json().cookies.theme, "dark")
      same(#responses[6].history, 2)
    """, target.url, "--iterations", "20")
    same(run.exceptions(), {}, "exceptions")
    same(report(run), {"GET /status/404": (20, 20), "GET expected": (20, 0), "POST /echo": (20, 0),
                       "GET /delay/50": (20, 0), "GET /cookies": (20, 0), "GET /redirect/2": (20, 0)},
         "report")
    counts = json.loads(target.get("/_counts"))
    same(sum(row["count"] for row in counts["routes"]), 20 * 8, "served")
    same(counts["connections"]["accepted"], 6 + 1, "connections, this one included")


@testenv.with_asan
def test_batch_of_files_and_streams(env):
    target = env.target()
    path = env.write("notes.txt", "one line")
    env.passes(f"""
      local pieces = {{}}
      local function upload(name)
        return {{ "POST", "/echo", {{ files = {{ [name] = "{path}" }}, data = {{ a = 1 }} }} }}
      end
      for _ = 1, 2 do
        local responses = self.client:batch {{
          upload "first",
          {{ "GET", "/bytes/100000", {{ stream = function(piece) pieces[#pieces + 1] = #piece end }} }},
          upload "second",
          {{ "GET", "/bytes/1000" }},
        }}
        local function has(i, text) same(responses[i]:json().body:find(text, 1, true) ~= nil, true, text) end
        has(1, "one line")
        has(1, 'name="first"')
        has(3, 'name="second"')
        same(#responses[4].text, 1000)
      end
      local sum = 0
      for _, n in ipairs(pieces) do sum = sum + n end
      same(sum, 200000)
    """, target.url)


@testenv.with_asan
def test_batch_over_tls(env):
    nginx = Nginx(env)
    env.passes(f"""
      for _, version in ipairs {{ "1.1", "{'2' if env.user_class == 'HttpUser' else '1.1'}" }} do
        for _ = 1, 2 do
          local requests = {{}}
          for i = 1, 6 do
            requests[i] = {{ "GET", "/file", {{ http_version = version, verify = "{nginx.certificate}" }} }}
          end
          for _, response in ipairs(self.client:batch(requests)) do
            same(response.error, nil)
            same(response.text, "a small file\\n")
          end
        end
      end
    """, nginx.tls_url)


# Ends the test once so many requests are with the server.
STOP_WHEN = """
      local function stop_when(n)
        repeat
          k.sleep(0.02)
        until self.client:get("/_counts"):json().waiting == n
        k.stop_test()
      end
"""


@testenv.with_asan
def test_a_stop_cancels_what_is_under_way(env):
    target = env.target()
    run = env.lua(STOP_WHEN + """
      k.spawn(function() self.client:get("/delay/100000") end)
      k.spawn(stop_when, 3)
      self.client:batch { { "GET", "/delay/100000" }, { "GET", "/delay/100000" } }
    """, target.url)
    same((run.code, run.in_flight()), (0, 3), "code, in flight")
    same(list(report(run)), ["GET /_counts"], "report")
    same(target.counts()["received"], 3, "served")


@testenv.with_asan
def test_a_stop_in_good_order_lets_it_finish(env):
    target = env.target()
    run = env.lua(STOP_WHEN + """
      k.spawn(function()
        while true do
          self.client:get("/json")
          self:wait()
        end
      end)
      k.spawn(function() self.client:get("/delay/1500") end)
      k.spawn(stop_when, 1)
    """, target.url, "-t", "60s", "--stop-timeout", "60", attributes="wait_time = k.constant(1000)")
    same((run.code, run.in_flight(), run.exceptions()), (0, 0, {}), "code, in flight, exceptions")
    table = report(run)
    same((table["GET /delay/1500"], table["GET /json"]), ((1, 0), (1, 0)), "report")
    same(target.counts()["gone"], 0, "requests whose client left")
