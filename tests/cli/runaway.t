# A script that runs on without a wait is named, and ended with the run; the reports come out.

$ when turning INT -- katydid runaway/counter.lua --headless 2>/dev/null
turning
Type     Name*
...
Exceptions
...
1                  runaway/counter.lua:*: ran on without a wait, and was ended with the run (on local)
...
Seed*
[1]

# Compiled code, with nothing in it.
$ when turning - 'stand still' INT -- katydid endless.lua --headless 2>&1 >/dev/null | grep -v INFO | head -4
[*] */WARNING/katydid.script: endless.lua:*: has run for a second without a wait: all users stand still
[*] */ERROR/katydid.user.task: endless.lua:*: ran on without a wait, and was ended with the run
stack traceback:
	endless.lua:*: in function <endless.lua:6>

$ when turning TERM -- katydid runaway/interpreted.lua --headless 2>/dev/null | grep -v '^Type\|---\|^ \|^$\|^Seed\|^#'
turning
on_stop ran
Response time percentiles (approximated)
Exceptions
1                  runaway/interpreted.lua:*: ran on without a wait, and was ended with the run (on local)

# A script's own pcall doesn't hold it up.
$ when turning INT -- katydid runaway/protected.lua --headless 2>/dev/null | grep -c 'ran on without a wait'
1

# The end of --run-time.
$ katydid runaway/counter.lua --headless -t 1 2>&1 >/dev/null | grep 'ran on'
[*] */ERROR/katydid.user.task: runaway/counter.lua:*: ran on without a wait, and was ended with the run

$ when turning INT -- katydid runaway/spawned.lua --headless 2>/dev/null | grep 'ran on'
1                  runaway/spawned.lua:*: ran on without a wait, and was ended with the run (on local)

# Where no user runs.
$ when turning - 'stand still' INT -- katydid runaway/tick.lua --headless 2>&1 >/dev/null | grep -o 'runaway/tick.lua:[0-9]*: [hr]a.*' | uniq
runaway/tick.lua:*: has run for a second in a shape's tick: all users stand still
runaway/tick.lua:*: ran on without a wait, and was ended with the run

$ when turning - 'stand still' INT -- katydid runaway/listener.lua --headless 2>&1 >/dev/null | grep -o 'runaway/listener.lua:[0-9]*: [hr]a.*'
runaway/listener.lua:*: has run for a second in a listener of test_start: all users stand still
runaway/listener.lua:*: ran on without a wait, and was ended with the run

# What is inside of a function of C can't be ended; that is said, and the second signal ends everything.
$ when turning - 'stand still' INT 'at once' INT -- katydid runaway/inside.lua --headless 2>&1 >/dev/null | grep -v INFO
[*] */WARNING/katydid.script: runaway/inside.lua:*: has run for a second without a wait, inside of find: all users stand still
[*] */ERROR/katydid.script: runaway/inside.lua:*: is inside of find, which can't be ended before it returns (a second signal ends everything at once)
katydid: ended at once by a second signal, SIGINT
