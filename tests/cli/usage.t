# The command line itself: help, versions, and what can be wrong with it. Nothing is sent for any of these.

$ served >/dev/null

$ katydid --help | head -19
Usage: katydid [run] SCRIPT... [UserClass...] [options]
       katydid COMMAND [options]

Runs users written in Lua against a server, and says how it took them.

A word that ends in .lua, holds a / or names a folder is a script; other words
are the user classes to run (all of them where none is named).

Commands (each has its own --help):
  run                         run scripts; may be left out
  target                      a practice server
  debug                       one user, once, with all that is sent and received
  report                      reports again, of results that were written
  compare                     whether a run is worse than others were
  check                       find mistakes in scripts, and send nothing
  new                         write a starter scenario

Options:
  -h, --help                  show this help

# Every option has its line; so have the variables and the exit codes.
$ katydid run -h | grep -o '^  -., --[a-z-]*\|^      --[a-z-]*' | tr -d ' '
-h,--help
-V,--version
-f,--locustfile
--config
-H,--host
--bind
--resolve
-u,--users
-r,--spawn-rate
-t,--run-time
--iterations
--headless
-s,--stop-timeout
--seed
--profile
-l,--list
--show-task-ratio
--show-task-ratio-json
--config-users
--equal-weights
-T,--tags
-E,--exclude-tags
--print-stats
--only-summary
--reset-stats
--max-names
--csv
--csv-full-history
--json
--json-file
--html
--html-script
--junit
--result
--hdr
--hgrm
--markdown
--load-performance
--openmetrics
--github
--exit-code-on-error
--prometheus
--otlp
--otlp-interval
--log-requests
--threshold
--allow-saturated
-L,--loglevel
--logfile

$ katydid --help | grep -c 'KATYDID_SPAWN_RATE=5\|^  130, 143  \|^  [034]         '
5

# Help reads neither files nor variables, and wins over what follows it.
$ KATYDID_USERS=many katydid -h --bicycle | head -1
Usage: katydid [run] SCRIPT... [UserClass...] [options]

$ katydid --version
katydid {n}.{n}.{n}
LuaJIT *
libcurl {n}.{n}.{n}
OpenSSL *
libev {n}
libmicrohttpd {n}.{n}.{n}
c-ares {n}.{n}.{n}
jansson {n}

$ katydid -V | head -1
katydid {n}.{n}.{n}

# No script, no word, no page.
$ katydid
2> katydid: error: no script was named, and there is no locustfile.lua here (katydid SCRIPT.lua --headless; katydid --help says more)
[2]

$ katydid hello.lua
2> katydid: error: there is no web page yet: a run needs --headless
[2]

$ katydid targte --port 1
2> katydid: error: unknown command 'targte' (did you mean 'target'?)
[2]

$ katydid targte
2> katydid: error: unknown command 'targte' (did you mean 'target'?)
[2]

$ katydid Shopper --headless
2> katydid: error: no script was named, and there is no locustfile.lua here (katydid SCRIPT.lua --headless; katydid --help says more)
[2]

# Unknown options name the nearest.
$ katydid hello.lua --headless --user 5
2> katydid: error: unknown option --user (did you mean --users?)
[2]

$ katydid hello.lua --headles
2> katydid: error: unknown option --headles (did you mean --headless?)
[2]

$ katydid hello.lua --spawn 5
2> katydid: error: unknown option --spawn (did you mean --spawn-rate?)
[2]

$ katydid hello.lua --bicycle
2> katydid: error: unknown option --bicycle
[2]

$ katydid hello.lua -x
2> katydid: error: unknown option -x
[2]

# On a terminal the begin of a name will do, where it is the only one.
$ tty katydid hello.lua --lis
Available Users:
    Hello

$ tty katydid hello.lua --show
katydid: error: --show begins several options: --show-task-ratio, --show-task-ratio-json, --show-secrets
[2]

$ tty env CI=true katydid hello.lua --lis
katydid: error: unknown option --lis (did you mean --list?)
[2]

$ tty katydid hello.lua --lis | cat; tty katydid target --hel | head -1
Available Users:
    Hello
Usage: katydid target [options]

$ printf 'spawn = 5\n' >katydid.conf; tty katydid hello.lua --list; rm katydid.conf
katydid: error: katydid.conf:1: unknown key 'spawn' (did you mean 'spawn-rate'?)

# Values out of range or of a wrong type say what is expected.
$ katydid hello.lua --headless -u abc
2> katydid: error: --users: expected a whole number from 0 to 10000000, got 'abc'
[2]

$ katydid hello.lua --headless -u -1
2> katydid: error: --users: expected a whole number from 0 to 10000000, got '-1'
[2]

$ katydid hello.lua --headless -u 2.5
2> katydid: error: --users: expected a whole number from 0 to 10000000, got '2.5'
[2]

$ katydid hello.lua --headless -r 0
2> katydid: error: --spawn-rate: expected a number above 0, at most 1e+06, got '0'
[2]

$ katydid hello.lua --headless -t 1.5m
2> katydid: error: --run-time: expected a time in whole units, such as 90, 90s, 5m or 1h30m, got '1.5m'
[2]

$ katydid hello.lua --headless -s 10x
2> katydid: error: --stop-timeout: expected a time in whole units, such as 90, 90s, 5m or 1h30m, got '10x'
[2]

$ katydid hello.lua --headless -L loud
2> katydid: error: --loglevel: expected one of DEBUG, INFO, WARNING, ERROR or CRITICAL, got 'loud'
[2]

$ katydid hello.lua --headless --seed -1
2> katydid: error: --seed: expected a whole number from 0 to 9007199254740991, got '-1'
[2]

$ katydid hello.lua --headless --iterations 0
2> katydid: error: --iterations: expected a whole number from 1 to 9007199254740991, got '0'
[2]

$ katydid hello.lua --headless --exit-code-on-error 256
2> katydid: error: --exit-code-on-error: expected a whole number from 0 to 255, got '256'
[2]

$ katydid hello.lua --headless=maybe
2> katydid: error: --headless: expected true or false, got 'maybe'
[2]

# Missing values.
$ katydid hello.lua --headless -u
2> katydid: error: --users: its value is missing (expected a whole number from 0 to 10000000)
[2]

$ katydid hello.lua --host --headless
2> katydid: error: --host: its value is missing (expected URL)
[2]

# What needs something else.
$ katydid hello.lua --headless --csv-full-history
2> katydid: error: --csv-full-history needs --csv PREFIX
[2]

# What can't be written is found before anything is sent.
$ katydid hello.lua --headless --csv /proc/nowhere/x
2> katydid: error: --csv: */proc/nowhere*
[2]

$ katydid hello.lua --headless --html-script
2> katydid: error: --html-script needs --html FILE or --result FILE
[2]

$ katydid hello.lua --headless --html /proc/nowhere/x.html
2> katydid: error: --html: */proc/nowhere*
[2]

$ katydid hello.lua --headless --junit /proc/nowhere/x.xml
2> katydid: error: --junit: */proc/nowhere*
[2]

$ katydid hello.lua --headless --markdown /proc/nowhere/x.md
2> katydid: error: --markdown: */proc/nowhere*
[2]

$ katydid hello.lua --headless --load-performance /proc/nowhere/x.json
2> katydid: error: --load-performance: */proc/nowhere*
[2]

$ katydid hello.lua --headless --openmetrics /proc/nowhere/x.txt
2> katydid: error: --openmetrics: */proc/nowhere*
[2]

$ katydid hello.lua --headless --log-requests /proc/nowhere/x.csv
2> katydid: error: --log-requests: */proc/nowhere*
[2]

$ katydid hello.lua --headless --log-requests requests.txt
2> katydid: error: --log-requests: expected a name that ends in .jsonl, .ndjson, .json or .csv, got 'requests.txt'
[2]

$ katydid hello.lua --headless --github sometimes
2> katydid: error: --github: expected *auto*on*off*sometimes*
[2]

$ katydid hello.lua --headless --json-file /proc/nowhere/x
2> katydid: error: --json-file: */proc/nowhere*
[2]

$ katydid hello.lua --headless --logfile /proc/nowhere/x
2> katydid: error: --logfile: */proc/nowhere*
[2]

# What a terminal would obey is shown, not sent to it.
$ katydid hello.lua "$(printf -- '--\033[31mred')" 2>&1 | cat -v
katydid: error: unknown option --\\x1b[31mred

$ served
nothing
