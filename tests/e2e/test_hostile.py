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


def meet(env, url, options, times=2):
    return env.lua(f"""
      self.client:get("/path", {{ {options} }}, function(response)
        same(response.status_code, 0, "status")
        same(response.ok, false, "ok")
        same(response.text, "", "text")
        same(response.error ~= nil, true, "an error is there")
      end)
    """, url, "--iterations", str(times), timeout=30)


def judge(run, pattern, times=2):
    """Exactly these failures, all with one text, and nothing else that went wrong."""
    texts = run.failures()
    same(list(texts.values()), [times], f"one text for all failures ({texts})")
    text = next(iter(texts))
    check(re.match(pattern, text), f"{text!r} does not match {pattern}")
    check("127.0.0.1" not in text, f"{text!r} holds an address, so it would not group")
    same(run.exceptions(), {}, "exceptions")
    same(run.console()["GET", "/path"], (times, times), "requests and failures")
    check(text in run.out + run.err, "the console shows the text")
    same(run.code, 1, "exit code")


def make_test(behaviour):
    options, pattern = EXPECTED[behaviour]

    @testenv.with_asan
    @testenv.bound(60)
    def test(env):
        server = Hostile(env, behaviour)
        judge(meet(env, server.url, options), pattern)
    return test


for _behaviour in EXPECTED:
    globals()[f"test_{_behaviour}"] = make_test(_behaviour)


@testenv.with_asan
def test_refuses(env):
    judge(meet(env, Refusing(env).url, PATIENT), r"ConnectionRefusedError\(111, 'Connection refused'\)")


@testenv.with_asan
def test_connect_never_ends(env):
    judge(meet(env, Deaf(env).url, "timeout = { connect = 0.7 }"),
          r"ConnectTimeout\('Connection timed out. \(connect timeout=0.7\)'\)")


@testenv.with_asan
def test_name_is_unknown(env):
    """One that no server of names needs to be asked about: its first part is too long."""
    judge(meet(env, f"http://{'n' * 64}.invalid", PATIENT), r"gaierror\(-\d+, '.+'\)")


@testenv.with_asan
def test_no_tls_spoken(env):
    server = Hostile(env, "greet")
    judge(meet(env, server.url.replace("http:", "https:"), PATIENT), r"SSLError")


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
