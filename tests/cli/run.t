# Runs: what is printed where, and that it is what was served.

$ served >/dev/null

$ katydid hello.lua --headless --iterations 5 2>/dev/null
Type     Name*# reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s
--------|*
GET      /json*5     0(0.00%) |*
--------|*
         Aggregated*5     0(0.00%) |*

Response time percentiles*
Type     Name*50%    66%    75%    80%    90%    95%    98%    99%  99.9% 99.99%   100% # reqs
--------|*
GET      /json*5
--------|*
         Aggregated*5

Seed {n} (--seed {n} draws the same random numbers again)

$ served
GET /json 200 5

$ katydid hello.lua --headless --iterations 1 >/dev/null
2> [*] */INFO/katydid.main: Starting Katydid {n}.{n}.{n}, seed {n}
2> ...
2> [*] */INFO/katydid.main: Shutting down (exit code 0)

# With a limit of time, and without any.
$ katydid hello.lua --headless -t 1 -u 2 -r 100 2>&1 >/dev/null | grep katydid.main
[*] */INFO/katydid.main: Starting Katydid {n}.{n}.{n}, seed {n}
[*] */INFO/katydid.main: Run time limit set to 1 seconds
[*] */INFO/katydid.main: --run-time limit reached, shutting down
[*] */INFO/katydid.main: Shutting down (exit code 0)

$ when waiting TERM -- katydid waiting.lua --headless 2>&1 >/dev/null | grep 'No run time\|Got'
[*] */INFO/katydid.main: No run time limit set, use CTRL+C to interrupt
[*] */INFO/katydid.main: Got SIGTERM, ending the run (once more: at once)

# The progress line stands on standard error, every five seconds where that is no terminal; --only-summary leaves it out.
$ when 'req/s' INT -- katydid waiting.lua --headless -t 50 2>&1 >/dev/null | grep 'req/s'
[00:0{n}/00:50] 1 user *req/s *

$ katydid waiting.lua --headless -t 6 --only-summary 2>&1 >/dev/null | grep -c 'req/s'
0
[1]

# A run that ends while its users still connect.
$ deaf katydid hello.lua --headless -t 1 -u 3 -r 100 2>&1 >/dev/null | tail -2
[*] */ERROR/katydid.main: Nothing was requested or measured
[*] */INFO/katydid.main: Shutting down (exit code 1)

# What is cut off at the end is a figure of its own; with --stop-timeout nothing is.
$ MS=600000 busy 2 INT -- katydid slow.lua --headless -u 2 -r 100 2>/dev/null | grep 'in flight'
2 requests were in flight at the end, and counted nowhere above

$ MS=1500 busy 1 INT -- katydid slow.lua --headless -s 50 2>/dev/null | grep 'in flight\|^GET.*1  *0(0.00%)'
GET      /delay/[ms] *1     0(0.00%) |*

# On a terminal the progress line is redrawn, makes room for what is printed, and is gone at the end.
$ tty katydid waiting.lua --headless -t 3 >screen; grep -q '.r.00:0./00:03. 1 user.*running.*.e.K' screen && grep -o '.r.e.K.20..-.*Shutting down' screen
\\r\\e[K[20*Shutting down

# A closed output is nobody's socket.
$ katydid hello.lua --headless --iterations 2 >&- 2>&-

$ (ulimit -n 90 && katydid two.lua --headless -u 100 --iterations 1 2>&1 >/dev/null) | grep WARNING/katydid.main
[*] */WARNING/katydid.main: The system lets this process open 90 files, which is not enough for a connection of each of 100 users (ulimit -Hn)

# A script that holds the loop up is told so: its response times are not the server's alone.
$ katydid busy.lua --headless --iterations 2 2>&1 >/dev/null | grep WARNING/katydid.usage
[*] */WARNING/katydid.usage: Response times are partly our own: for {n}% of the test the loop was busy for more than 5 ms in one piece, and answers waited; the longest piece took {n} ms (after *, with 1 user*). This process used {n}% of a core. *

# Several scripts and folders: all of their classes.
$ served >/dev/null; katydid many --headless -u 2 -r 1000 --iterations 2 >/dev/null 2>&1; served
GET /items 200 1
GET /json 200 1

$ katydid many/one.lua many/two.lua Second --headless --iterations 1 >/dev/null 2>&1; served
GET /items 200 1

# --host wins over the class.
$ served >/dev/null; katydid bad/no_host.lua --headless --iterations 2 -H "$TARGET" >/dev/null 2>&1; served
GET / 200 2

# Tags.
$ katydid two.lua --headless -u 4 -r 1000 --iterations 30 --tags money 2>/dev/null | grep -c '^GET  '
0
[1]

$ katydid two.lua --headless -u 4 -r 1000 --iterations 30 --exclude-tags money 2>/dev/null | grep -c '^POST\|^PUT'
0
[1]

# A label of the run, in its log and below its tables.
$ katydid hello.lua --headless --iterations 1 --profile 'after the change' 2>&1 | grep -i profile
[*] */INFO/katydid.main: Profile: after the change
Profile after the change

# Classes by the environment, where the command line names none.
$ served >/dev/null; KATYDID_USER_CLASSES=Second katydid many --headless --iterations 1 >/dev/null 2>&1; served
GET /items 200 1

# The same seed, the same run.
$ katydid two.lua Reader --headless --iterations 50 --seed 11 2>/dev/null | grep '^GET.*(\|^POST.*(' | cut -c1-106 >one; katydid two.lua Reader --headless --iterations 50 --seed 11 2>/dev/null | grep '^GET.*(\|^POST.*(' | cut -c1-106 | cmp - one && wc -l <one
2

$ katydid two.lua --headless --iterations 3 --seed 11 2>&1 | grep -o 'seed 11$\|^Seed 11 (--seed 11 '
seed 11
Seed 11 (--seed 11

# Two runs without a seed have different ones.
$ for i in 1 2; do katydid two.lua --headless --iterations 1 2>/dev/null | grep '^Seed' >seed$i; done; cmp -s seed1 seed2
[1]

# The periodic table goes where the final one goes.
$ katydid two.lua --headless --iterations 20 --print-stats 2>/dev/null | grep -c '^Type.*failures/s$'
2

# Names beyond --max-names are counted in one row, which is said when it begins and at the end.
$ katydid ids.lua --headless --iterations 9 --max-names 2 2>&1 | grep '(other)\|^GET\|Aggregated\|WARNING'
[*] */WARNING/katydid.stats: There are more than 2 names: further requests are counted together, as "(other)". Give requests to URLs with an id one name (name = "/items/[id]"), or raise --max-names
         (other) *7     0(0.00%) |*
GET      /items/1 *1     0(0.00%) |*
GET      /items/2 *1     0(0.00%) |*
         Aggregated *9     0(0.00%) |*
         (other) *7
GET      /items/1 *1
GET      /items/2 *1
         Aggregated *9
7 requests are counted under "(other)": there were more than 2 names (name = "/items/[id]" gives all URLs with an id one name; --max-names raises the limit)

$ katydid ids.lua --headless --iterations 9 --max-names 0
2> katydid: error: --max-names: expected a whole number from 1 to 1000000, got '0'
[2]

# --reset-stats begins anew when all users are there.
$ when 'Resetting stats' - waiting INT -- katydid waiting.lua --headless -u 2 -r 2 --reset-stats 2>/dev/null | grep -c '^ *Aggregated  *1  *0(0.00%)'
1

# The events, in their order.
$ katydid events.lua --headless --iterations 1 2>/dev/null | grep -v '^ \|^$\|^-\|^Type\|^GET\|^Resp\|^Seed'
init
test_start
spawning_complete	1
test_stopping
test_stop
quitting, the one that was added last
quitting
quit	0

# What this machine lacks is said to be no fault of the server, once.
$ (ulimit -n 40; katydid waiting.lua --headless -u 60 -r 1000 -t 1 2>&1 >/dev/null) | grep ERROR
[*] */ERROR/katydid.usage: Requests fail because this process may not open more files: a limit of this machine (ulimit -n), not of the server

# Fixed counts that are more than all users.
$ katydid two.lua --headless -u 4 -r 1000 --iterations 5 --config-users '{"user_class_name": "Reader", "fixed_count": 5}' 2>&1 >/dev/null | grep fixed_count
[*] */INFO/katydid.main: Total fixed_count of User classes (5) is greater than the specified number of users (4), so not all will be spawned.

$ katydid two.lua --headless -u 5 -r 1000 --iterations 5 --config-users '{"user_class_name": "Reader", "fixed_count": 5}' 2>&1 >/dev/null | grep -c fixed_count
0
[1]

# A shape that looks at the options itself: no warning, and it sees them.
$ cat >common.lua <<'END'
> local k = require "katydid"
> local Shape = k.LoadTestShape:extend("Shape", { use_common_options = true })
> function Shape:tick()
>   local options = self.environment.parsed_options
>   print("users " .. options.users .. ", rate " .. options.spawn_rate .. ", time " .. options.run_time)
> end
> local A = k.User:extend("A", { tasks = { function() end } })
> return { A, Shape }
> END

$ katydid common.lua --headless -u 7 -r 2.5 -t 1m 2>&1 | grep 'WARNING\|^users'
users 7, rate 2.5, time 60

# Of several shapes the one that is named, with a user class beside it or without; and no script by its URL.
$ cat >shapes.lua <<'END'
> local k = require "katydid"
> local function shape(name, users)
>   local Shape = k.LoadTestShape:extend(name)
>   function Shape:tick()
>     if self:get_run_time() < 1 then return users, 100 end
>   end
>   return Shape
> end
> local function user(name)
>   return k.User:extend(name, { wait_time = k.constant(9), tasks = { function() end } })
> end
> return { user "A", user "B", shape("Small", 1), shape("Large", 3) }
> END

$ katydid shapes.lua --headless Large 2>&1 | grep -o 'All users spawned.*'
All users spawned: {"A": 2, "B": 1} (3 total users)

$ katydid shapes.lua --headless B Small 2>&1 | grep -o 'All users spawned.*'
All users spawned: {"B": 1} (1 total users)

$ katydid shapes.lua --headless
2> katydid: error: there are two shapes, Small and Large; a run has one: name it behind the scripts, as in `katydid shop.lua Small`
[2]

$ katydid -f https://ada:pw@example.org/load/shop.lua --headless
2> katydid: error: https://ada:***@example.org/load/shop.lua: scripts are files here: fetch it first (curl -fsSL -o shop.lua URL), and name the file
[2]

# What a script's finalizers ask at the very end is answered, though its users and their clients are gone.
$ katydid finalizers.lua --headless -u 1 2>/dev/null | grep ':get\|k\.sleep' | sort
client:get may only be called by a running user
finalizers.lua:*: client:get: called on a userdata; expected a client, as in self.client:get(path)
finalizers.lua:*: k.sleep may only be called by a running user
