"""test_addresses -- where connections come from and go to, and that credentials on the way there are
shown to nobody."""
# SPDX-License-Identifier: MIT

import socket

import testenv
from testenv import Hostile, Nginx, Skip, check, same

USER_CLASSES = ["HttpUser", "FastHttpUser"]

# Each user once.
ALL_USERS = ("-u", "4", "-r", "1000")


def need_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
    except OSError:
        raise Skip("no IPv6 on the loopback") from None


# Where they come from.

@testenv.with_asan
def test_bind(env):
    env.passes("""
      for _ = 1, 2 do
        local origin = self.client:get("/ip", { headers = { Connection = "close" } }):json().origin
        same(origin, ({ "127.0.0.7", "127.0.0.8" })[(self.id - 1) % 2 + 1])
      end
      self:stop()
    """, env.target().url, *ALL_USERS, "--bind", "127.0.0.7,127.0.0.8")


def test_bind_of_both_kinds(env):
    need_ipv6()
    body = """
      same(self.client:get("/ip"):json().origin, "%s")
      self:stop()
    """
    six, four = env.target("--bind", "::1"), env.target()
    env.passes(body % "::1", six.url, *ALL_USERS, "--bind", "127.0.0.7,::1,127.0.0.8")
    run = env.lua(body % "127.0.0.7", four.url, "--bind", "::1", "--bind", "127.0.0.7")
    same(run.code, 0, "exit code")
    run = env.lua("""self.client:get("/ip") self:stop()""", six.url, "--bind", "127.0.0.7")
    same(run.failures(), {"SourceAddressError('the server has IPv6 addresses alone, and --bind gives none')": 1},
         "failures")


# Where they go.

@testenv.with_asan
def test_resolve_keeps_the_name(env):
    nginx = Nginx(env)
    attributes = f"""ca = "{nginx.certificate}" """
    port = nginx.tls
    env.passes(f"""
      for host, asked in pairs {{ ["shop.test"] = "shop.test", ["BÜCHER.test"] = "xn--bcher-kva.test" }} do
        local response = self.client:get("https://" .. host .. ":{port}/asked", {{ verify = self.ca }})
        same(response.text, asked .. ":{port} " .. asked)
      end
      self.client:get("https://other.test:{port}/asked", {{ verify = self.ca }}, function(response)
        same(response.error:find("it is for another host name", 1, true) ~= nil, true, response.error)
        response:success()
      end)
      self:stop()
    """, nginx.url, "--resolve", f"shop.test:{port}:127.0.0.1", "--resolve", f"bücher.test:{port}:127.0.0.1",
               "--resolve", f"*:{port}:[::1],127.0.0.1", attributes=attributes)


@testenv.with_asan
def test_unix_socket(env):
    nginx = Nginx(env)
    run = env.passes(f"""
      local client = self.client
      local function body(path, options) return client:get(path, options).text end
      same(body "/asked", "localhost ")
      same(body("/asked", {{ headers = {{ Host = "shop.test" }} }}), "shop.test ")
      same(client:get("/file?x=1").text, "a small file\\n")
      same(client:head("/file").headers["Content-Length"], "13")
      same(#body "/big", 160000)
      local connection = body "/connection"
      same(body "/connection", connection, "the connection is kept")
      same(body "{nginx.url}/asked":match("^127") ~= nil, true)
      same(body "{nginx.socket_url}/connection", connection, "also beside another")
      local response = client:get("/to-file")
      same(response.text, "a small file\\n")
      same(response.url, "{nginx.socket_url}/file")
      same(#response.history, 1)
      response = client:get("/elsewhere?to={nginx.url}/asked", {{ name = "/elsewhere" }})
      same(response.url, "{nginx.url}/asked")
      same(response.text, "127.0.0.1:{nginx.plain} ")
      client:get("{nginx.url}/elsewhere?to={nginx.socket_url}/asked", {{ name = "/back" }}, function(refused)
        same(refused.error, "InvalidURL('the Location of a redirect is no http or https URL')")
        refused:success()
      end)
      self:stop()
    """, nginx.socket_url)
    names = {row["Name"] for row in run.csv("stats")}
    check({"/asked", "/file?x=1", "/to-file"} <= names, f"names: {names}")
    check(not any("sock" in name for name in names), f"names: {names}")
    run = env.lua("self.client:get('/') self:stop()", "http+unix://%2Fnowhere%2Fweb.sock")
    same(run.failures(), {"FileNotFoundError(2, 'No such file or directory')": 1}, "failures")


# Credentials.

SECRETS = ("s3cret-host", "s3cret-url", "s3cret-lost", "s3cret-proxy")

# Each line is a way to fail with credentials in a URL; `at` is the target's HOST:PORT.
FAILURES = """
  local client = self.client
  local function url(at, path) return "http://bob:s3cret-url@" .. at .. path end
  same(client:get("/headers").request.headers.Authorization ~= nil, true, "sent")
  same(client:get(url("AT", "/headers")).request.headers.Authorization ~= nil, true, "sent")
  local shown = {}
  for _, path in ipairs {
    url("AT", "/status/404"), url("AT", "/drop"), url("AT", "/redirect/40"), url("127.0.0.1:1", "/refused"),
    url("name..unknown", "/unknown"), url("LOST", "/lost"), url("[::1]:1", "/six"),
    "http+unix://bob:s3cret-url@%2Fnowhere/socket", "/redirect/2", "/status/500",
  } do
    local response = client:get(path)
    shown[#shown + 1] = response.url
    shown[#shown + 1] = response.request.url
    shown[#shown + 1] = tostring(response.error)
    for _, hop in ipairs(response.history) do shown[#shown + 1] = hop.url end
  end
  client:get(url("AT", "/stall/9"), { timeout = 0.1 })
  client:get(url("AT", "/delay/1"), function(response) error("told off by " .. response.url) end)
  for _, text in ipairs(shown) do
    if text:find("s3cret", 1, true) then error("shown: " .. text) end
  end
  PROXY
  self:stop()
"""

# Each is an error in a call.
ERRORS = ["'http://bob:s3cret-url@127.0.0.1:99999/'", "'http://bob:s3cret-url@/'", "'http://bob:s3cret-url/@h y/'",
          "'bob:s3cret-url@h/'", "'ftp://bob:s3cret-url@h/'", "'http+unix://bob:s3cret-url@h:80/'",
          "'/json', { proxy = 'bob:s3cret-proxy@h' }", "'/json', { proxy = 'nonsense://bob:s3cret-proxy@h' }"]


def look_for_secrets(run, *more):
    texts = [run.out, run.err, *more]
    for path in run.prefix.parent.glob(run.prefix.name + "*"):
        texts.append(path.read_text())
    for text in texts:
        for secret in SECRETS:
            check(secret not in text, f"{secret} is shown: ...{text[max(0, text.find(secret) - 300):][:400]}")


@testenv.with_asan
def test_credentials_are_not_shown(env):
    target = env.target()
    at = target.url.replace("http://", "")
    lost = f"127.0.0.1:{Hostile(env, 'redirect_to_credentials').port}"
    proxy = """client:get("/json", { proxy = "http://bob:s3cret-proxy@127.0.0.1:1" })"""
    body = FAILURES.replace("AT", at).replace("LOST", lost)
    body = body.replace("PROXY", proxy if env.user_class == "HttpUser" else "")
    log, report = env.folder / "log.txt", env.folder / "report"
    for output in ([], ["--json"]):
        run = env.lua(body, target.url.replace("//", "//ada:s3cret-host@"), "-L", "DEBUG", "--print-stats",
                      "--csv-full-history", "--json-file", report, *output)
        same(run.code, 1, "exit code")
        same(run.exceptions(), {}, "exceptions")
        check(len(run.failures()) >= 8, f"failures: {run.failures()}")
        look_for_secrets(run, (env.folder / "report.json").read_text())
    run = env.lua(body, target.url, "--host", target.url.replace("//", "//ada:s3cret-host@"), "--logfile", log)
    same(run.exceptions(), {}, "exceptions")
    look_for_secrets(run, log.read_text())


def test_credentials_are_not_shown_in_errors(env):
    target = env.target()
    calls = "\n".join(f"""
      ok, why = pcall(self.client.get, self.client, {call})
      if ok then error("no error: {call.split('@')[-1].replace('"', "")}") end
      print(why)
      if {number} == {len(ERRORS)} then error(why, 0) end""" for number, call in enumerate(ERRORS, 1))
    run = env.lua(f"local ok, why {calls}", target.url)
    same(len(run.exceptions()), 1, "exceptions")
    check("***@" in run.out, f"masked: {run.out}")
    look_for_secrets(run)
    for host in ("ftp://ada:s3cret-host@h", "ada:s3cret-host@h", "http://ada:s3cret-host@", "http://ada:s3cret-host@h:x",
                 "http+unix://ada:s3cret-host@", "http://ada:s3cret-host/x@h", "http://s3cret-host@h y"):
        process = env.start_katydid(env.script, "--host", host)
        same(process.wait(30), 2, f"exit code with --host {host}")
        check("s3cret" not in process.out() + process.err(), f"shown: {process.err()}")
