"""test_http -- every option of the client, against servers that say what they were sent."""
# SPDX-License-Identifier: MIT

import base64

import testenv
from testenv import Nginx, Proxy, check, same

USER_CLASSES = ["HttpUser", "FastHttpUser"]


def passes(test, body, host=None, args=(), **more):
    return test.passes(body, host or test.target().url, *args, **more)


# What is sent.

@testenv.with_asan
def test_methods(env):
    passes(env, """
      local client = self.client
      for _, method in ipairs { "get", "post", "put", "patch", "delete", "options" } do
        local response = client[method](client, "/echo", { name = method })
        same(response:json().method, method:upper())
        same(response.request.method, method:upper())
      end
      same(client:head("/echo").text, "", "body of HEAD")
      same(client:head("/bytes/10").headers["Content-Length"], "10")
      same(client:request("BREW", "/echo"):json().method, "BREW")
      same(client.get("/echo"):json().method, "GET", "called with a dot")
    """)


@testenv.with_asan
def test_params(env):
    passes(env, """
      local params = { b = "x y&z=\\195\\169", a = 1, list = { 1, 2 } }
      local echo = self.client:get("/echo?first=0", { params = params }):json()
      same(echo.target, "/echo?first=0&a=1&b=x+y%26z%3D%C3%A9&list=1&list=2")
      same(echo.query.list, "1, 2")
      same(self.client:get("/echo", { params = {} }):json().target, "/echo")
    """)


@testenv.with_asan
def test_headers(env):
    passes(env, """
      self.client.headers["X-Always"] = "yes"
      local sent = self.client:get("/headers", { headers = { ["X-Once"] = "1", ["User-Agent"] = "me" } }):json().headers
      same(sent["X-Always"], "yes")
      same(sent["X-Once"], "1")
      same(sent["User-Agent"], "me")
      sent = self.client:get("/headers", { headers = { ["x-always"] = "no" } }):json().headers
      same(sent["X-Once"], nil)
      same(sent["X-Always"] or sent["x-always"], "no", "a call's own header wins, in any case")
      same(sent["Accept"], "*/*")
      same(sent["Accept-Encoding"], "gzip, deflate")
      same(sent["User-Agent"]:match("^katydid/[%d.]+$") ~= nil, true, "User-Agent " .. sent["User-Agent"])
    """)


@testenv.with_asan
def test_data(env):
    passes(env, """
      local echo = self.client:post("/echo", { data = "raw\\0bytes" }):json()
      same(echo.body, "raw\\0bytes")
      same(echo.headers["Content-Type"], nil, "type of a text")
      same(echo.headers["Content-Length"], "9")
      echo = self.client:post("/echo", { data = { b = "x y", a = { 1, "&" } } }):json()
      same(echo.body, "a=1&a=%26&b=x+y")
      same(echo.headers["Content-Type"], "application/x-www-form-urlencoded")
      echo = self.client:put("/echo", { data = ("x"):rep(200000) }):json()
      same(#echo.body, 200000)
    """)


@testenv.with_asan
def test_json(env):
    passes(env, """
      local value = { name = "x", list = json.array { 1, 2 }, none = json.null, empty = {}, no = json.array {} }
      local echo = self.client:post("/echo", { json = value }):json()
      same(echo.headers["Content-Type"], "application/json")
      same(echo.body, '{"empty": {}, "list": [1, 2], "name": "x", "no": [], "none": null}')
      local response = self.client:get("/json")
      same(response:json().nested.ok, true)
      local ok, why = pcall(function() self.client:get("/bytes/5"):json() end)
      same(ok, false)
      same(why:find("abcde", 1, true) ~= nil, true, "the message shows the body: " .. why)
    """)


@testenv.with_asan
def test_auth(env):
    target = env.target()
    passes(env, """
      same(self.client:get("/basic-auth/ada/pass:word", { auth = { "ada", "pass:word" } }).status_code, 200)
      same(self.client:get("/json", { auth = { "ada", "" } }).request.headers.Authorization, "Basic YWRhOg==")
    """, target.url)
    passes(env, """same(self.client:get("/basic-auth/ada/secret").status_code, 200)""",
           target.url.replace("//", "//ada:secret@"))
    run = env.lua("""self.client:get("/basic-auth/ada/secret", { auth = { "ada", "wrong" } })""", target.url)
    same(run.failures(),
         {"HTTPError('401 Client Error: Unauthorized for url: /basic-auth/ada/secret')": 1}, "failures")


@testenv.with_asan
def test_cookies(env):
    passes(env, """
      local client = self.client
      same(client:get("/cookies/set?a=1&b=2").url:match("/cookies$"), "/cookies")
      local sent = client:get("/cookies", { cookies = { once = "yes", a = "9" } }):json().cookies
      same(sent.once, "yes")
      same(sent.b, "2")
      sent = client:get("/cookies"):json().cookies
      same(sent.once, nil, "a call's own cookie stays with it")
      same(sent.a, "1")
      same(client.cookies.a, "1")
      client.cookies.c = "3"
      same(client:get("/cookies"):json().cookies.c, "3")
      same(client:get("/cookies/set?d=4", { allow_redirects = false }).cookies.d, "4")
    """)


@testenv.with_asan
def test_cookies_belong_to_each_user_alone(env):
    passes(env, """
      local mine = tostring(self.id)
      self.client:get("/cookies/set?user=" .. mine, { name = "set" })
      for _ = 1, 5 do
        same(self.client:get("/cookies").text, ('{"cookies": {"user": "%s"}}\\n'):format(mine))
      end
      self:stop()
    """, args=("-u", "10", "-r", "10", "-t", "20s"))


@testenv.with_asan
def test_names(env):
    run = passes(env, """
      local client = self.client
      client:get("/items/1?a=b")
      client:get("/items/2", { name = "/items/[id]" })
      client:get("/items/3", { params = { a = "b c" } })
      client:get(self.host .. "/items/5#part")
      client:get("/redirect/2")
    """)
    names = {name for method, name in run.console() if method == "GET"}
    same(names, {"/items/1?a=b", "/items/[id]", "/items/3?a=b+c", "/items/5", "/redirect/2"}, "names")


# What is done with the answer.

@testenv.with_asan
def test_response(env):
    passes(env, """
      local response = self.client:post("/echo", { json = { a = 1 } })
      same(response.status_code, 200)
      same(response.ok, true)
      same(response.reason, "OK")
      same(response.headers["content-TYPE"], "application/json")
      same(response.error, nil)
      same(response.url, self.host .. "/echo")
      same(#response.history, 0)
      same(response.request.method, "POST")
      same(response.request.url, self.host .. "/echo")
      same(response.request.body, '{"a": 1}')
      same(response.request.headers["Content-Type"], "application/json")
      same(response:raise_for_status() == nil or true, true)

      response = self.client:get("/delay/60")
      local t = response.timings
      same(response.response_time >= 60, true, "response_time")
      same(t.wait >= 59, true, "wait " .. t.wait)
      same(t.dns, 0, "dns of an address")
      same(t.tls, 0, "tls of http")
      same(t.connect, 0, "connect on a kept connection")
      same(t.dns + t.connect + t.tls + t.wait + t.receive <= response.response_time + 1, true, "sum")

      local ok, why = pcall(function() self.client:get("/status/418", function(r)
        r:success()
        r:raise_for_status()
      end) end)
      same(ok, true, tostring(why))
      ok, why = pcall(function() return response.stat_code end)
      same(ok, false)
      same(why:find("status_code", 1, true) ~= nil, true, why)
    """)


@testenv.with_asan
def test_handlers(env):
    run = env.lua("""
      local client = self.client
      client:get("/status/404", { name = "right" }, function(response) response:success() end)
      client:get("/json", { name = "wrong" }, function(response) response:failure("not what was wanted") end)
      client:get("/json", { name = "thrown" }, function(response) error("a broken check") end)
      client:get("/json", { name = "nothing said" }, function(response) end)
      client:get("/status/503", { name = "nothing said of 503" }, function(response) end)
      client:get("/json", { name = "locust", catch_response = true }, function(response) response:success() end)
      self.after = true
      same(self.after, true, "the task goes on")
    """, env.target().url)
    same(run.exceptions(), {}, "exceptions")
    table = run.console()
    same({name: failures for (method, name), (_, failures) in table.items() if method},
         {"right": 0, "wrong": 1, "thrown": 1, "nothing said": 0, "nothing said of 503": 1, "locust": 0},
         "failures by name")
    texts = list(run.failures())
    check(any("not what was wanted" in text for text in texts), f"failure's text in {texts}")
    check(any("a broken check" in text and "scenario.lua:" in text for text in texts), f"its line in {texts}")


@testenv.with_asan
def test_rest(env):
    run = env.lua("""
      local client = self.client
      local response = client:rest("POST", "/echo", { json = { a = { 1, 2 } } })
      same(response.js.method, "POST")
      same(json.decode(response.js.body).a[2], 2)
      same(response.js.headers.Accept, "application/json")
      same(self:rest("GET", "/json").js.list[3], 3)
      client:rest("GET", "/chunked/2", { name = "no JSON" })
      client:rest("GET", "/json", function(r) if r.js.name ~= "other" then r:failure("wrong name") end end)
    """, env.target().url)
    same(run.exceptions(), {}, "exceptions")
    table = run.console()
    same(table["GET", "no JSON"], (1, 1), "a body that is no JSON")
    same(table["GET", "/json"], (2, 1), "a handler's verdict")


@testenv.with_asan
def test_context(env):
    run = env.passes("""
      self.client:get("/json", { context = { order = 7 } })
    """, env.target().url, head="""
      k.events.request:add_listener(function(e)
        print(("seen %s %s %s %d %s"):format(e.request_type, e.name, e.context.order, e.response_length,
          tostring(e.exception)))
      end)
    """)
    check("seen GET /json 7 63 nil" in run.out, f"the listener's line in {run.out[:500]}")


# Time limits.

@testenv.with_asan
def test_timeouts(env):
    run = env.lua("""
      local client = self.client
      local function fails(options, name)
        local started = k.now()
        options.name = name
        same(client:get("/delay/5000", options).status_code, 0, name)
        same(k.now() - started < 4, true, name .. " ended in time")
      end
      fails({ timeout = 0.3 }, "total")
      fails({ timeout = { total = 0.3 } }, "total named")
      fails({ timeout = { read = 0.3 } }, "read")
      same(client:get("/delay/500", { timeout = { connect = 0.2 } }).status_code, 200, "no limit to reading")
      same(client:get("/delay/300", { timeout = false }).status_code, 200, "no limit at all")
      same(client:get("/json").status_code, 200, "the next request is not disturbed")
    """, env.target().url)
    same(run.exceptions(), {}, "exceptions")
    same(sorted(row["Error"] for row in run.csv("failures")),
         ["ReadTimeout('Read timed out. (read timeout=0.3)')"]
         + ["Timeout('Request timed out. (timeout=0.3)')"] * 2, "texts")


# Redirects.

@testenv.with_asan
def test_redirects(env):
    target = env.target()
    run = env.lua("""
      local client = self.client
      local response = client:get("/redirect/3")
      same(response:json().redirects, "done")
      same(#response.history, 3)
      same(response.history[1].status_code, 302)
      same(response.url, self.host .. "/redirect/0")
      same(client:get("/redirect/1", { allow_redirects = false }).status_code, 302)
      same(client:head("/redirect/1").status_code, 302, "HEAD is not followed")
      same(client:get("/redirect/5", { max_redirects = 5 }).status_code, 200)
      same(client:get("/redirect/6", { max_redirects = 5, name = "too many" }).status_code, 0)

      local function lands(status, method)
        local r = client:request(method, "/redirect/2?to=/echo&status=" .. status,
          { data = "body", name = method .. " " .. status, headers = { ["Content-Type"] = "text/x" } })
        local echo = r:json()
        return echo.method .. " " .. echo.body .. " " .. tostring(echo.headers["Content-Type"])
      end
      for _, status in ipairs { 307, 308 } do
        same(lands(status, "POST"), "POST body text/x")
        same(lands(status, "PUT"), "PUT body text/x")
      end
      same(lands(303, "PUT"), "GET  nil")
      same(lands(302, "POST"), "GET  nil")
      same(lands(301, "POST"), "GET  nil")
      same(lands(301, "PUT"), "PUT body text/x")
    """, target.url)
    same(run.exceptions(), {}, "exceptions")
    same(run.failures(), {"TooManyRedirects('Exceeded 5 redirects.')": 1}, "failures")
    same(run.console()["GET", "/redirect/3"], (1, 0), "a chain is one request")
    check(target.counts()["count"] > run.console()["", "Aggregated"][0], "the server saw each hop")


@testenv.with_asan
def test_credentials_stay_with_their_host(env):
    target, other = env.target(), env.target()
    env.passes(f"""
      local echo = self.client:get("/redirect/1?to={other.url}/echo", {{
        auth = {{ "ada", "secret" }}, cookies = {{ c = "1" }}, headers = {{ ["X-Own"] = "kept" }} }}):json()
      same(echo.headers.Authorization, nil, "credentials to another host")
      same(echo.headers["X-Own"], "kept")
      echo = self.client:get("/redirect/1?to=/echo", {{ auth = {{ "ada", "secret" }} }}):json()
      same(echo.headers.Authorization, "Basic YWRhOnNlY3JldA==", "credentials to the same host")
    """, target.url)


# Connections.

@testenv.with_asan
def test_each_user_keeps_its_own_connection(env):
    target = env.target()
    env.passes("""
      for _ = 1, 10 do self.client:get("/json") end
      self:stop()
    """, target.url, "-u", "8", "-r", "8", "-t", "20s")
    counts = target.counts()
    same(counts["answered"], 80, "requests")
    same(counts["connections"]["accepted"] - 1, 8, "connections (besides the asking one)")


# nginx: HTTP/2, TLS.

@testenv.of_users("HttpUser")
@testenv.with_asan
def test_http_versions(env):
    nginx = Nginx(env)
    passes(env, f"""
      local function spoken(url, version)
        return self.client:get(url .. "/protocol", {{ http_version = version, verify = false, name = "x" }}).text:match("%S+")
      end
      same(spoken("{nginx.url}"), "HTTP/1.1")
      same(spoken("{nginx.url}", "1.1"), "HTTP/1.1")
      same(spoken("{nginx.url}", "1.0"), "HTTP/1.0")
      same(spoken("{nginx.tls_url}", "2"), "HTTP/2.0")
      same(spoken("{nginx.tls_url}", "1.1"), "HTTP/1.1")
      same(spoken("{nginx.h2c_url}", "2-prior-knowledge"), "HTTP/2.0")
      for _ = 1, 20 do
        same(self.client:get("{nginx.tls_url}/file", {{ http_version = "2", verify = false, name = "x" }}).text, "a small file\\n")
        same(#self.client:get("{nginx.h2c_url}/big", {{ http_version = "2-prior-knowledge", name = "x" }}).text, 160000)
      end
      same(self.client:get("{nginx.tls_url}/to-file", {{ http_version = "2", verify = false, name = "x" }}).text, "a small file\\n")
    """, nginx.url)


@testenv.with_asan
def test_http_1_with_and_without_tls(env):
    nginx = Nginx(env)
    passes(env, f"""
      for _, url in ipairs {{ "{nginx.url}", "{nginx.tls_url}" }} do
        local function get(path, version)
          return self.client:get(url .. path, {{ http_version = version, verify = false, name = "x" }})
        end
        same(get("/protocol").text:match("%S+"), "HTTP/1.1")
        same(get("/protocol", "1.1").text:match("%S+"), "HTTP/1.1")
        same(get("/protocol", "1.0").text:match("%S+"), "HTTP/1.0")
        for _ = 1, 20 do
          same(get("/file").text, "a small file\\n")
          same(#get("/big").text, 160000)
          same(#get("/gzip").text, 160000)
          same(get("/to-file").text, "a small file\\n")
        end
        same(get("/file").timings.connect, 0, "the connection is kept")
      end
    """, nginx.url)


@testenv.with_asan
def test_verify(env):
    nginx = Nginx(env)
    run = env.lua(f"""
      same(self.client:get("/file", {{ name = "untrusted" }}).status_code, 0)
      same(self.client:get("/file", {{ verify = false, name = "any" }}).status_code, 200)
      same(self.client:get("/file", {{ name = "untrusted" }}).status_code, 0, "after one that was not verified")
      same(self.client:get("/file", {{ verify = "{nginx.certificate}", name = "trusted" }}).status_code, 200)
      same(self.client:get("https://localhost:{nginx.tls}/file", {{ verify = "{nginx.certificate}", name = "by name" }}).status_code, 200)
      same(self.client:get("/file", {{ verify = "{nginx.folder}/client.crt", name = "other authority" }}).status_code, 0)
    """, nginx.tls_url)
    same(run.exceptions(), {}, "exceptions")
    table = run.console()
    same({name: row for (method, name), row in table.items() if method},
         {"untrusted": (2, 2), "any": (1, 0), "trusted": (1, 0), "by name": (1, 0), "other authority": (1, 1)},
         "report")
    for text in run.failures():
        check(text.startswith("SSLError('") and "certificate" in text, f"a text that says why: {text}")


@testenv.with_asan
def test_certificates_of_clients(env):
    nginx = Nginx(env)
    files = nginx.folder
    env.passes(f"""
      local function who(cert)
        return self.client:get("/protocol", {{ verify = "{nginx.certificate}", cert = cert, name = "x" }}).text
      end
      same(who({{ "{files}/client.crt", "{files}/client.key" }}), "HTTP/1.1 CN=client")
      same(who("{files}/client.pem"), "HTTP/1.1 CN=client")
    """, nginx.mutual_url)
    run = env.lua(f"""self.client:get("/protocol", {{ verify = "{nginx.certificate}" }})""", nginx.mutual_url)
    same(run.failures(), {"HTTPError('400 Client Error: Bad Request for url: /protocol')": 1}, "without one")


@testenv.with_asan
def test_a_real_server_says_what_it_has(env):
    nginx = Nginx(env)
    run = env.lua("""
      same(self.client:get("/file").text, "a small file\\n")
      same(#self.client:get("/big").text, 160000)
      local zipped = self.client:get("/gzip")
      same(#zipped.text, 160000)
      same(zipped.headers["Content-Encoding"], "gzip")
      same(self.client:get("/gzip", { compress = false }).headers["Content-Encoding"], nil)
      local teapot = self.client:get("/teapot")
      same(teapot.status_code, 418)
      same(teapot.text, "short and stout")
      self.client:get("/missing")
      same(self.client:get("/to-file").text, "a small file\\n")
    """, nginx.url)
    same(run.exceptions(), {}, "exceptions")
    same(len(run.failures()), 2, "failures")
    check("HTTPError('404 Client Error: Not Found for url: /missing')" in run.failures(), "Locust's text")


# Proxies.

@testenv.of_users("HttpUser")
@testenv.with_asan
def test_proxy(env):
    target, nginx, proxy = env.target(), Nginx(env), Proxy(env)
    env.passes(f"""
      local proxy = {{ proxy = "{proxy.url}", verify = false, name = "x" }}
      same(self.client:get("/echo?through=proxy", proxy):json().query.through, "proxy")
      same(self.client:get("{nginx.tls_url}/file", proxy).text, "a small file\\n")
      same(self.client:get("/json", {{ name = "x" }}).status_code, 200)
    """, target.url)
    same(proxy.asked, [f"GET {target.url}/echo?through=proxy HTTP/1.1",
                       f"CONNECT 127.0.0.1:{nginx.tls} HTTP/1.1"], "what the proxy was asked")


@testenv.of_users("HttpUser")
@testenv.with_asan
def test_proxy_with_a_password(env):
    target = env.target()
    proxy = Proxy(env, "Basic " + base64.b64encode(b"ada:secret").decode())
    run = env.lua(f"""
      local with = "{proxy.url}"
      same(self.client:get("/json", {{ proxy = with:gsub("//", "//ada:secret@"), name = "right" }}).status_code, 200)
      same(self.client:get("/json", {{ proxy = with, name = "none" }}).status_code, 407)
    """, target.url)
    same(run.exceptions(), {}, "exceptions")
    same(run.console()["GET", "right"], (1, 0), "with a password")
    same(run.console()["GET", "none"], (1, 1), "without")
    check("secret" not in run.out + run.err, "a proxy's password is not shown")


@testenv.of_users("HttpUser")
@testenv.with_asan
def test_proxy_that_is_not_there(env):
    target, gone = env.target(), testenv.hostile.Refusing(env)
    run = env.lua(f"""self.client:get("/json", {{ proxy = "{gone.url}" }})""", target.url)
    same(target.counts()["received"], 0, "nothing goes past the proxy")
    text = next(iter(run.failures()))
    check(text.startswith(("ProxyError(", "ConnectionRefusedError(")), f"a text that says which: {text}")


@testenv.with_asan
def test_proxy_variables_are_ignored(env):
    gone = testenv.hostile.Refusing(env)
    passes(env, """self.client:get("/json")""",
           env={"http_proxy": gone.url, "HTTP_PROXY": gone.url, "ALL_PROXY": gone.url, "https_proxy": gone.url})


# Misuse: one clear message, and nothing is sent.

@testenv.with_asan
def test_options_that_are_wrong(env):
    target = env.target()
    run = env.lua("""
      local function says(text, call)
        local ok, why = pcall(call)
        same(ok, false, text)
        same(tostring(why):find(text, 1, true) ~= nil, true, ("'%s' in '%s'"):format(text, tostring(why)))
        same(tostring(why):find("scenario.lua:", 1, true) ~= nil, true, "the line in " .. tostring(why))
      end
      local client = self.client
      says("header", function() client:get("/json", { header = {} }) end)
      says("headers", function() client:get("/json", { header = {} }) end)
      says("timeout", function() client:get("/json", { timeout = -1 }) end)
      says("http_version", function() client:get("/json", { http_version = "3" }) end)
      says("line break", function() client:get("/json", { headers = { A = "b\\nc" } }) end)
      says("catch_response", function() client:get("/json", { catch_response = true }) end)
    """, target.url)
    same(run.exceptions(), {}, "exceptions")
    same(target.counts()["received"], 0, "requests")


# httpbin: a server of known answers that is not ours.

@testenv.with_asan
@testenv.bound(90)
def test_httpbin(env):
    env.passes("""
      local client = self.client
      same(client:get("/get?a=1", { params = { b = "x y" } }):json().args.b, "x y")
      same(client:post("/post", { data = { a = "1 2" } }):json().form.a, "1 2")
      same(client:post("/post", { json = { a = 1 } }):json().json.a, 1)
      same(client:put("/put", { data = "text" }):json().data, "text")
      same(client:patch("/patch", { data = "text" }):json().data, "text")
      same(client:delete("/delete").status_code, 200)
      same(client:get("/gzip"):json().gzipped, true)
      same(client:get("/deflate"):json().deflated, true)
      same(client:get("/brotli", { compress = true }):json().brotli, true)
      same(client:get("/basic-auth/ada/secret", { auth = { "ada", "secret" } }):json().user, "ada")
      same(client:get("/cookies/set/flavour/plain"):json().cookies.flavour, "plain")
      same(client:get("/cookies"):json().cookies.flavour, "plain")
      same(client:get("/cookies/delete?flavour="):json().cookies.flavour, nil)
      same(#client:get("/redirect/3").history, 3)
      same(#client:get("/relative-redirect/2").history, 2)
      same(#client:get("/stream-bytes/5000").text, 5000)
      same(client:get("/status/204").status_code, 204)
      same(client:get("/response-headers?X-A=1").headers["x-a"], "1")
      same(client:get("/delay/1").response_time >= 1000, true)
    """, testenv.httpbin(env), timeout=80)


# What FastHttpUser does not serve is said at once, and nothing is sent.

@testenv.of_users("FastHttpUser")
@testenv.with_asan
def test_what_is_not_served(env):
    target = env.target()
    run = env.lua("""
      local function says(text, options)
        local ok, why = pcall(self.client.get, self.client, "/json", options)
        same(ok, false, text)
        same(tostring(why):find(text, 1, true) ~= nil, true, ("'%s' in '%s'"):format(text, tostring(why)))
        same(tostring(why):find("scenario.lua:", 1, true) ~= nil, true, "the line in " .. tostring(why))
      end
      says("http_version: FastHttpUser speaks HTTP/1.1", { http_version = "2" })
      says("http_version: FastHttpUser speaks HTTP/1.1", { http_version = "2-prior-knowledge" })
      says("proxy: FastHttpUser knows no proxies; HttpUser does", { proxy = "http://127.0.0.1:1" })
      same(self.client:get("/json", { http_version = "1.0" }).status_code, 200)
    """, target.url)
    same(run.exceptions(), {}, "exceptions")
    same(target.counts()["received"], 1, "requests")
