# katydid debug: one user, each of its tasks once, and all that is sent and received.

$ katydid debug hello.lua 2>/dev/null
One user of Hello, 1 pass, without waits

== Hello 1: *
> GET http://127.0.0.1:{n}/json
\> Accept: \*/\*
> Accept-Encoding: gzip, deflate
> User-Agent: katydid/{n}.{n}.{n}
< 200 OK
...
< Content-Type: application/json
...
  {"name": "katydid", "list": [1, 2, 3], "nested": {"ok": true}}
  {n} ms: dns {n}, connect {n}, tls {n}, wait {n}, receive {n}; {n} bytes
  counted as GET /json, a success

# A pass is each task once, in order; sets are entered once. Nobody waits.
$ katydid debug passes.lua 2>/dev/null | grep 'One\|did\|=='
One user of Passing, 1 pass, without waits (there are also: Other)
did on_start
== Passing 1: plain
did plain
== Passing 1: Any
== Any: first
did first
== Any: second
did second
== Passing 1: Steps
== Steps: one
did one
== Steps: two
did two
did on_stop

$ katydid debug passes.lua --iterations 2 --tags 2>/dev/null | grep -c 'did plain\|did second'
4

# Secrets are masked, by the names of what they are in.
$ katydid debug passes.lua Other 2>/dev/null | grep 'abcdef\|\*\*\*'
\> POST http://127.0.0.1:{n}/login?token=\*\*\*
> Authorization: Bearer \*\*\*
  {"password": "\*\*\*", "user": "u"}
...

$ katydid debug passes.lua Other --show-secrets 2>/dev/null | grep -c 'abcdef'
5

# What a terminal would obey is shown; the way over redirects too.
$ katydid debug passes.lua Other 2>/dev/null | grep '^< 302\|^< Location\|^> X-Red'
\> X-Red: red
< 302 from http://127.0.0.1:{n}/redirect/1
< Location: /redirect/0

# Options that make one of many users are none here; in katydid.conf they are a run's.
$ katydid debug hello.lua -u 5
2> katydid: error: katydid debug takes no --users: it runs one user
[2]

$ katydid debug hello.lua --csv x
2> katydid: error: katydid debug takes no --csv: it runs one user
[2]

$ printf 'users = 50\nrun-time = 1h\njson = true\nlist = true\niterations = 99\n' >katydid.conf; katydid debug hello.lua 2>/dev/null | grep -c '^== '; rm katydid.conf
1

$ katydid hello.lua --headless --show-secrets
2> katydid: error: --show-secrets is for katydid debug
[2]

$ katydid debug passes.lua Passing Other
2> katydid: error: katydid debug runs one user: expected one class, got 'Passing' and 'Other'
[2]

$ katydid debug passes.lua Othr
2> katydid: error: unknown user class 'Othr' (did you mean 'Other'?)
[2]

$ katydid debug
2> katydid: error: no script was named, and there is no locustfile.lua here *
[2]

$ katydid debug hello.lua --iterations 0
2> katydid: error: --iterations: expected a whole number from 1 to {n}, got '0'
[2]

$ katydid debug hello.lua --show-secret
2> katydid: error: unknown option --show-secret (did you mean --show-secrets?)
[2]

$ katydid debug --help | grep 'Usage\|secrets\|iterations\|--users'
Usage: katydid debug SCRIPT... [UserClass] [options]
      --iterations N          how many passes (default: 1)
      --show-secrets          show passwords, tokens and cookies too

$ katydid --help | grep -c show-secrets
0
[1]
