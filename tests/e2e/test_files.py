"""test_files -- forms that carry files, as Flask and requests' own rules read them."""
# SPDX-License-Identifier: MIT

import hashlib
import http.server
import threading

import testenv
from testenv import same

USER_CLASSES = ["HttpUser", "FastHttpUser"]
LARGE = 3_000_001


def large():
    return bytes((i * i + i // 251) & 255 for i in range(LARGE))


@testenv.with_asan
def test_files(env):
    (env.folder / "picture.png").write_bytes(b"\x89PNG\r\n\x00")
    env.passes("""
      local form = self.client:post("/form", {
        data = { b = "x y", a = { 1, "\195\169&" } },
        files = {
          avatar = "picture.png",
          docs = { { content = "one" }, { content = "two", name = 'zw\\195\\182lf "12".txt', type = "text/plain" } },
        },
      }):json()
      same(json.encode(form.fields), json.encode(json.array { { "a", "1" }, { "a", "\195\169&" }, { "b", "x y" } }))
      same(#form.files, 3)
      local avatar, one, two = form.files[1], form.files[2], form.files[3]
      same(avatar.filename, "picture.png")
      same(avatar.length, 7)
      same(one.name, "docs")
      same(one.filename, "docs")
      same(two.filename, "zw\\195\\182lf %2212%22.txt")
      same(two.type, "text/plain")
      same(two.length, 3)
    """, testenv.flask_app(env))


@testenv.with_asan
def test_large_files(env):
    """What came is what lies on the disk, also where it had to be sent again."""
    content = large()
    (env.folder / "large.bin").write_bytes(content)
    env.passes(f"""
      for _, path in ipairs {{ "/form", "/form/moved" }} do
        local response = self.client:post(path, {{ files = {{ large = "large.bin", small = {{ content = "x" }} }} }})
        same(response.request.body, nil)
        local form = response:json()
        same(form.files[1].length, {len(content)})
        same(form.files[1].sha256, "{hashlib.sha256(content).hexdigest()}")
        same(form.files[2].length, 1)
        same(form.length, tonumber(response.request.headers["Content-Length"] or form.length))
      end
    """, testenv.flask_app(env))


class Sink(http.server.BaseHTTPRequestHandler):
    """Takes whatever it is sent, and says how much it was."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):  # pylint: disable=invalid-name
        left = length = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        text = str(length).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_args):
        pass


def sink(env):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env.later(server.server_close)
    env.later(server.shutdown)
    return f"http://127.0.0.1:{server.server_port}"


def test_large_files_take_little_memory(env):
    with (env.folder / "huge.bin").open("wb") as file:
        file.truncate(200_000_000)
    env.passes("""
      local function peak() -- KB that the process ever had
        local status = io.open("/proc/self/status", "r")
        local text = status:read("*a")
        status:close()
        return tonumber(text:match("VmHWM:%s*(%d+)"))
      end
      local before = peak()
      local response = self.client:post("/", { files = { huge = "huge.bin" } })
      same(tonumber(response.text) > 200000000, true, "what came: " .. response.text)
      same(peak() - before < 50000, true, ("%d KB more"):format(peak() - before))
    """, sink(env))


@testenv.with_asan
def test_files_that_are_not_there(env):
    target = env.target()
    run = env.lua("""
      local ok, why = pcall(self.client.post, self.client, "/echo", { files = { a = "none.bin" } })
      same(ok, false)
      same(tostring(why):find("scenario.lua:%d+: option 'files': can't read '.*none.bin': No such file") ~= nil, true,
           tostring(why))
      same(self.client:post("/echo", { files = { a = { content = "x" } } }).status_code, 200)
    """, target.url)
    same(run.exceptions(), {}, "exceptions")
    same(run.code, 0, "exit code")
    same(target.counts()["received"], 1, "requests")
