# Where options come from, and what scripts see of them.

# All of them, as a script sees them.
$ katydid options.lua --headless -u 3 -r 2.5 -t 1m30s -H http://127.0.0.1:1 --seed 5 --tags --csv out/x --iterations 9 -s 4 2>/dev/null | grep ' = '
allow_saturated = false
csv = out/x
csv_full_history = false
equal_weights = false
exit_code_on_error = 1
github = auto
headless = true
host = http://127.0.0.1:1
html_script = false
iterations = 9
json = false
list = false
locustfile = options.lua
loglevel = INFO
max_names = 1000
only_summary = false
otlp_interval = 10
print_stats = false
reset_stats = false
run_time = 90
seed = 5
show_task_ratio = false
show_task_ratio_json = false
spawn_rate = 2.5
stop_timeout = 4
tags =
user_classes =
users = 3

# All ways to write a value.
$ katydid --headless --users=4 options.lua 2>/dev/null | grep '^users'
users = 4

$ katydid options.lua --headless -u5 2>/dev/null | grep '^users'
users = 5

$ katydid run --headless -u 6 -- options.lua Printer 2>/dev/null | grep '^user'
user_classes = Printer
users = 6

$ katydid -f options.lua --headless 2>/dev/null | grep '^locustfile'
locustfile = options.lua

# Words behind --tags are tags, up to the next option.
$ katydid options.lua --tags --headless 2>/dev/null | grep '^tags'
tags =

# The environment, the files, and who wins.
$ KATYDID_USERS=7 KATYDID_HEADLESS=yes katydid options.lua 2>/dev/null | grep '^users'
users = 7

$ KATYDID_USERS=7 katydid options.lua --headless -u 8 2>/dev/null | grep '^users'
users = 8

$ KATYDID_USERS= katydid options.lua --headless 2>/dev/null | grep '^users'
users = 1

$ KATYDID_LOCUSTFILE=options.lua katydid --headless 2>/dev/null | grep '^locustfile'
locustfile = options.lua

$ printf 'users = 2 # few\nspawn-rate: 3\nheadless\n' >katydid.conf

$ katydid options.lua 2>/dev/null | grep '^users\|^spawn'
spawn_rate = 3
users = 2

$ printf 'users = 12\nspawn-rate = 13\nhost = http://home:1\nheadless = false\n' >.katydid.conf; mkdir -p below

$ katydid options.lua 2>/dev/null | grep '^users\|^spawn\|^host'
host = http://home:1
spawn_rate = 3
users = 2

$ cd below && katydid ../options.lua --headless 2>/dev/null | grep '^users\|^spawn'
spawn_rate = 13
users = 12

$ echo 'users = 22' >other.conf; katydid options.lua --config other.conf 2>/dev/null | grep '^users\|^spawn'
spawn_rate = 3
users = 22

$ KATYDID_USERS=32 katydid options.lua --config other.conf 2>/dev/null | grep '^users'
users = 32

$ KATYDID_CONFIG=other.conf katydid options.lua -u 42 2>/dev/null | grep '^users'
users = 42

# A flag that a file sets can be taken back.
$ katydid options.lua --headless=false
2> katydid: error: there is no web page yet: a run needs --headless
[2]

$ KATYDID_HEADLESS=off katydid options.lua
2> katydid: error: there is no web page yet: a run needs --headless
[2]

# Mistakes name their place.
$ KATYDID_SPAWN_RATE=quick katydid options.lua
2> katydid: error: KATYDID_SPAWN_RATE: expected a number above 0, at most 1e+06, got 'quick'
[2]

$ printf 'users = 2\n\nuser = 3\n' >katydid.conf; katydid options.lua --headless
2> katydid: error: katydid.conf:3: unknown key 'user' (did you mean 'users'?)
[2]

$ printf 'users = many\n' >katydid.conf; katydid options.lua --headless
2> katydid: error: katydid.conf:1: users: expected a whole number from 0 to 10000000, got 'many'
[2]

$ printf 'config = x\n' >katydid.conf; katydid options.lua --headless
2> katydid: error: katydid.conf:1: 'config' can't be set in a file
[2]

$ rm katydid.conf; katydid options.lua --headless --config nowhere.conf
2> katydid: error: nowhere.conf: No such file or directory
[2]

# A file whose name ends in .toml holds them in its table [tool.katydid].
$ printf '[project]\nname = "shop"\n\n[tool.katydid]\nusers = 23\nheadless = true\nexclude-tags = ["a", "b"]\n' >load.toml; katydid options.lua --config load.toml 2>/dev/null | grep '^users\|^exclude_tags'
exclude_tags = a,b
users = 23

$ printf '[tool.katydid]\nuser = 23\n' >load.toml; katydid options.lua --config load.toml
2> katydid: error: load.toml:2: unknown key 'user' (did you mean 'users'?)
[2]

$ printf '[tool.locust]\nusers = 23\n' >load.toml; katydid options.lua --config load.toml
2> katydid: error: load.toml: there is no table [tool.katydid]
[2]

# Without a script, locustfile.lua is run.
$ cp options.lua locustfile.lua; katydid --headless 2>/dev/null | grep '^locustfile'
locustfile = locustfile.lua

$ KATYDID_LOCUSTFILE=nowhere.lua katydid hello.lua --list
Available Users:
    Hello
