"""test_stream -- answers that a script reads while they come: events, large files, slow readers."""
# SPDX-License-Identifier: MIT

import http.server
import queue
import threading

import testenv
from testenv import Nginx, same

USER_CLASSES = ["HttpUser", "FastHttpUser"]
LARGE = 20_000_000


class Events(http.server.BaseHTTPRequestHandler):
    """/events sends one event, and each further one only when somebody has said by /seen that the one
    before was read; so what comes late, never comes."""
    protocol_version = "HTTP/1.1"
    seen = None  # a queue

    def chunk(self, text):
        self.wfile.write(f"{len(text):x}\r\n{text}\r\n".encode())

    def do_GET(self):  # pylint: disable=invalid-name
        if self.path == "/seen":
            self.server.seen.put(True)
            self.send_response(204)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for number in range(5 if self.path == "/events" else 1_000_000):
                self.chunk(f"data: {number}\n\n")
                self.server.seen.get(timeout=20)
            self.chunk("")
        except (OSError, queue.Empty):
            self.close_connection = True

    def log_message(self, *_args):
        pass


def events(env):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Events)
    server.daemon_threads = True
    server.seen = queue.Queue()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env.later(server.server_close)
    env.later(server.shutdown)
    return f"http://127.0.0.1:{server.server_port}"


@testenv.with_asan
def test_events(env):
    """Each comes when the server sends it, though the answer goes on."""
    run = env.passes("""
      local rest, numbers = "", {}
      local response = self.client:get("/events", { stream = function(piece)
        rest = rest .. piece
        for number in rest:gmatch("data: (%d+)\\n\\n") do
          numbers[#numbers + 1] = number
          self.client:get("/seen")
        end
        rest = rest:gsub("data: %d+\\n\\n", "")
      end })
      same(table.concat(numbers, " "), "0 1 2 3 4")
      same(response.status_code, 200)
      same(response.text, "")
      same(response.length, 45)
    """, events(env))
    same(run.console()["GET", "/events"], (1, 0), "requests and failures")
    same(run.console()["GET", "/seen"], (5, 0), "requests and failures")


@testenv.with_asan
def test_events_of_the_practice_server(env):
    target = env.target()
    env.passes("""
      local began, first, text = k.now(), nil, {}
      local response = self.client:get("/events/3?every=300", { stream = function(piece)
        first = first or k.now() - began
        text[#text + 1] = piece
      end })
      same(table.concat(text), ('event: tick\\ndata: {"name": "katydid"}\\n\\n'):rep(3))
      same(response.headers["Content-Type"], "text/event-stream")
      same(response.response_time >= 599, true, "the last one's time: " .. response.response_time)
      same(first < k.now() - began, true, "the first comes before the last")
    """, target.url)
    same(target.counts()["received"], 1, "requests")


@testenv.with_asan
def test_enough(env):
    """false ends it, though the server has more and says nothing; so does an error, as a failure."""
    run = env.lua("""
      local response = self.client:get("/endless", { name = "enough", stream = function() return false end })
      same(response.status_code, 200)
      same(response.length, 9)
      self.client:get("/endless", { name = "wrong", stream = function(piece) error("unexpected " .. #piece) end })
      self.client:get("/endless", { name = "judged", stream = function() return false end }, function(answer)
        if answer.length == 9 then answer:failure("nine") end
      end)
    """, events(env))
    same(run.exceptions(), {}, "exceptions")
    failures = run.failures()
    same(len(failures), 2, f"failures ({failures})")
    same([text for text in failures if "unexpected 9" in text and "scenario.lua:" in text] != [], True, str(failures))
    same("CatchResponseError('nine')" in failures, True, str(failures))
    same(run.console()["GET", "enough"], (1, 0), "requests and failures")


@testenv.with_asan
def test_end_of_the_run(env):
    """A stream that goes on when the run ends is in flight, and no request of the report."""
    run = env.lua("""
      self.client:get("/endless", { timeout = false, stream = function() k.sleep(0.01) end })
    """, events(env), "-t", "1s")
    same(run.exceptions(), {}, "exceptions")
    same(run.failures(), {}, "failures")
    same(run.in_flight(), 1, "in flight at the end")


def read_slowly(path, options=""):
    return f"""
      local sum, largest, naps = 0, 0, 20
      local response = self.client:get("{path}", {{ {options} stream = function(piece)
        sum, largest, naps = sum + #piece, math.max(largest, #piece), naps - 1
        if naps > 0 then k.sleep(0.02) end
      end }})
      same(response.error, nil)
      same(sum, {LARGE})
      same(response.length, {LARGE})
      same(largest < 1000000, true, "a piece of " .. largest .. " bytes")
    """


@testenv.with_asan
def test_slow_readers(env):
    """Plain, and over TLS, where more may have been decrypted than was asked for."""
    nginx = Nginx(env)
    (nginx.folder / "large.txt").write_bytes(b"0123456789" * (LARGE // 10))
    env.passes(read_slowly("/large.txt"), nginx.url)
    env.passes(read_slowly("/large.txt", f'verify = "{nginx.certificate}",'), nginx.tls_url)
    if env.user_class == "HttpUser":
        env.passes(read_slowly("/large.txt", f'http_version = "2", verify = "{nginx.certificate}",'), nginx.tls_url)


@testenv.with_asan
def test_decoded(env):
    nginx = Nginx(env)
    env.passes("""
      local pieces = {}
      local response = self.client:get("/gzip", { stream = function(piece) pieces[#pieces + 1] = piece end })
      same(response.headers["Content-Encoding"], "gzip")
      same(table.concat(pieces), ("katydid "):rep(20000))
      same(response.length, 160000)
    """, nginx.url)


def test_large_answers_take_little_memory(env):
    target = env.target()
    env.passes("""
      local function peak() -- KB that the process ever had
        local status = io.open("/proc/self/status", "r")
        local text = status:read("*a")
        status:close()
        return tonumber(text:match("VmHWM:%s*(%d+)"))
      end
      local before, sum = peak(), 0
      self.client:get("/bytes/100000000", { stream = function(piece) sum = sum + #piece end })
      same(sum, 100000000)
      same(peak() - before < 60000, true, ("%d KB more"):format(peak() - before))
    """, target.url)
    same(target.counts()["received"], 1, "requests")
