"""test_hostile -- servers that do what none should: a failure that says which, and no hang."""
# SPDX-License-Identifier: MIT

import re

import testenv
from testenv import Hostile, check, same
from testenv.hostile import Deaf, Refusing

USER_CLASSES = ["HttpUser", "FastHttpUser"]

# What the client is told to allow, where waiting is what it meets.
TOTAL = "timeout = 0.7"
READ = "timeout = { read = 0.7 }"
NO_LIMIT = "timeout = false"
PATIENT = "timeout = { connect = 10, read = 10 }"

# Behaviour: options of the call, and what the failure's text must match.
EXPECTED = {
    "reset_at_once": (PATIENT, r"ConnectionResetError\(104, 'Connection reset by peer'\)|BrokenPipeError"),
    "reset_after_request": (PATIENT, r"ConnectionResetError\(104, 'Connection reset by peer'\)"),
    "reset_in_body": (PATIENT, r"ConnectionResetError\(104, 'Connection reset by peer'\)"),
    "close_without_answer": (PATIENT, r"RemoteDisconnected\('Remote end closed connection without response'\)"),
    "close_in_status": (PATIENT, r"RemoteDisconnected|BadStatusLine|IncompleteRead"),
    "close_in_headers": (PATIENT, r"RemoteDisconnected|IncompleteRead|InvalidHeader"),
    "short_body": (PATIENT, r"IncompleteRead\(100 bytes read, 900 more expected\)"),
    "short_chunked": (PATIENT, r"IncompleteRead"),
    "garbage": (PATIENT, r"BadStatusLine"),
    "garbage_text": (PATIENT, r"BadStatusLine"),
    "no_version": (PATIENT, r"BadStatusLine"),
    "status_of_letters": (PATIENT, r"BadStatusLine"),
    "big_header": (PATIENT, r"ResponseTooLarge"),
    "endless_headers": (PATIENT, r"ResponseTooLarge"),
    "endless_trailers": (PATIENT, r"ResponseTooLarge\('the headers are longer than 256 KB'\)"),
    "chunk_no_number": (PATIENT, r"InvalidChunkLength"),
    "chunk_too_large": (PATIENT, r"InvalidChunkLength"),
    "chunk_negative": (PATIENT, r"InvalidChunkLength"),
    "nul_in_header": (PATIENT, r"InvalidHeader"),
    "two_lengths": (PATIENT, r"InvalidHeader"),
    "negative_length": (PATIENT, r"InvalidHeader"),
    "huge_length": (PATIENT, r"InvalidHeader|ResponseTooLarge"),
    "stall": (READ, r"ReadTimeout\('Read timed out. \(read timeout=0.7\)'\)"),
    "stall_in_headers": (READ, r"ReadTimeout\('Read timed out. \(read timeout=0.7\)'\)"),
    "stall_in_body": (READ, r"ReadTimeout\('Read timed out. \(read timeout=0.7\)'\)"),
    "drip": (TOTAL, r"Timeout\('Request timed out. \(timeout=0.7\)'\)"),
    "drip_headers": (TOTAL, r"Timeout\('Request timed out. \(timeout=0.7\)'\)"),
    "endless_interim": (TOTAL, r"Timeout\('Request timed out. \(timeout=0.7\)'\)|ResponseTooLarge"),
    "redirect_for_ever": (PATIENT, r"TooManyRedirects\('Exceeded 30 redirects.'\)"),
    "redirect_nowhere": (PATIENT, r"InvalidURL"),
    "redirect_to_file": (PATIENT, r"InvalidURL|InvalidSchema"),
    "bad_gzip": (PATIENT, r"ContentDecodingError"),
    "short_gzip": (PATIENT, r"ContentDecodingError"),
}


TIMES = 2


def servers(env):
    """(name, URL, options, pattern) of each."""
    for name, (options, pattern) in EXPECTED.items():
        yield name, Hostile(env, name).url, options, pattern
    yield "refuses", Refusing(env).url, PATIENT, r"ConnectionRefusedError\(111, 'Connection refused'\)"
    yield ("connect never ends", Deaf(env).url, "timeout = { connect = 0.7 }",
           r"ConnectTimeout\('Connection timed out. \(connect timeout=0.7\)'\)")
    # One that no server of names needs to be asked about: its first part is too long.
    yield "name is unknown", f"http://{'n' * 64}.invalid", PATIENT, r"gaierror\(-\d+, '.+'\)"
    yield "no TLS spoken", Hostile(env, "greet").url.replace("http:", "https:"), PATIENT, r"SSLError"


def meet(env, met):
    """All at once, since some of them wait for a limit; each as often as TIMES says, under its name."""
    calls = ",\n".join(f'{{ url = "{url}/path", options = {{ name = "{name}", {options} }} }}'
                       for name, url, options, _ in met)
    return env.lua(f"""
      local spawned = {{}}
      for i, server in ipairs {{ {calls} }} do
        spawned[i] = k.spawn(function()
          for _ = 1, {TIMES} do
            self.client:get(server.url, server.options, function(response)
              same(response.status_code, 0, "status")
              same(response.ok, false, "ok")
              same(response.text, "", "text")
              same(response.error ~= nil, true, "an error is there")
            end)
          end
        end)
      end
      for _, one in ipairs(spawned) do one:join() end
    """, met[0][1], timeout=60)


@testenv.with_asan
@testenv.bound(90)
def test_faults(env):
    """Each has exactly these failures, all with one text, and nothing else went wrong."""
    met = list(servers(env))
    run = meet(env, met)
    failures, console = run.csv("failures"), run.console()
    for name, _, _, pattern in met:
        texts = {row["Error"]: int(row["Occurrences"]) for row in failures if row["Name"] == name}
        same(list(texts.values()), [TIMES], f"{name}: one text for all failures ({texts})")
        text = next(iter(texts))
        check(re.match(pattern, text), f"{name}: {text!r} does not match {pattern}")
        check("127.0.0.1" not in text, f"{name}: {text!r} holds an address, so it would not group")
        same(console["GET", name], (TIMES, TIMES), f"{name}: requests and failures")
        check(text in run.out + run.err, f"{name}: the console shows the text")
    same(len(failures), len(met), "failures")
    same(run.exceptions(), {}, "exceptions")
    same(run.code, 1, "exit code")


@testenv.with_asan
def test_idle_connections_are_closed(env):
    """That is no failure: what has been closed by the time of the next request is not used for it."""
    server = Hostile(env, "close_idle")
    run = env.passes("""
      for _ = 1, 10 do
        same(self.client:get("/").text, "ok", "text")
        k.sleep(0.05)
        same(self.client:post("/", { data = "x" }).text, "ok", "text")
        k.sleep(0.05)
      end
    """, server.url)
    same(run.console()["GET", "/"], (10, 0), "GET")
    same(run.console()["POST", "/"], (10, 0), "POST")


@testenv.with_asan
def test_too_much(env):
    """What comes behind an answer's end is no answer to the next request."""
    server = Hostile(env, "too_much")
    run = env.lua("""
      for _ = 1, 10 do
        local text = self.client:get("/").text
        if text ~= "ok" and text ~= "" then error("another's answer: " .. text) end
        k.sleep(0.01)
      end
    """, server.url)
    same(run.exceptions(), {}, "exceptions")
    requests, failures = run.console()["GET", "/"]
    same(requests, 10, "requests")
    same(run.code, 1 if failures else 0, "exit code")


@testenv.with_asan
def test_until_close(env):
    """A body without a length ends with its connection: HTTP/1.0's way, and right."""
    server = Hostile(env, "until_close")
    env.passes("""
      same(#self.client:get("/").text, 100, "length")
      same(#self.client:get("/").text, 100, "length")
    """, server.url)


@testenv.with_asan
def test_control_bytes_steer_no_terminal(env):
    server = Hostile(env, "control_bytes")
    run = env.lua("""
      local response = self.client:get("/")
      print(response.headers["X-Steer"])
      error(response.headers["X-Steer"] or response.error)
    """, server.url)
    same(run.code, 1, "exit code")
    check("\x1b" not in run.out + run.err and "\x07" not in run.out + run.err,
          "control bytes reach the terminal")


@testenv.with_asan
@testenv.bound(90)
def test_many_users_meet_resets(env):
    """Fifty users for three seconds: each failure is counted, nothing is left behind."""
    server = Hostile(env, "reset_after_request")
    run = env.lua("""self.client:get("/path", { timeout = 5 })""", server.url, "-u", "50", "-r", "50",
                  "-t", "3s", attributes="wait_time = k.constant(0.1)", timeout=60)
    requests, failures = run.console()["GET", "/path"]
    same(failures, requests, "failures")
    check(requests >= 50, f"only {requests} requests")
    same(len(run.failures()), 1, "texts")
    same(run.code, 1, "exit code")


@testenv.with_asan
@testenv.bound(90)
def test_no_limit_still_ends_with_the_run(env):
    """Without any timeout a stalled request ends when the run does, and is in flight then."""
    server = Hostile(env, "stall")
    run = env.lua(f"""self.client:get("/path", {{ {NO_LIMIT} }})""", server.url, "-u", "3", "-r", "3",
                  "-t", "2s")
    same(run.in_flight(), 3, "in flight at the end")
    same(run.failures(), {}, "failures")
