# Keys while a run goes on in a terminal: w and W add a user or ten, s and S take one or ten away.

$ tty -t 'g": 1}' w -t 'g": 2}' W -t 'g": 12}' s -t 'g": 11}' S -t 'g": 1}' S -t 'g": 0}' W -t 'g": 10}' '\x03' katydid waiting.lua --headless | grep -o 'Ramping.*\|All users.*\|the terminal.*'; echo ${PIPESTATUS[0]}
Ramping to 1 users at a rate of 1.00 per second
All users spawned: {"Waiting": 1} (1 total users)
Ramping to 2 users at a rate of 100.00 per second
All users spawned: {"Waiting": 2} (2 total users)
Ramping to 12 users at a rate of 100.00 per second
All users spawned: {"Waiting": 12} (12 total users)
Ramping to 11 users at a rate of 100.00 per second
All users spawned: {"Waiting": 11} (11 total users)
Ramping to 1 users at a rate of 100.00 per second
All users spawned: {"Waiting": 1} (1 total users)
Ramping to 0 users at a rate of 100.00 per second
All users spawned: {"Waiting": 0} (0 total users)
Ramping to 10 users at a rate of 100.00 per second
All users spawned: {"Waiting": 10} (10 total users)
0

# Other keys are nobody's, and none is shown.
$ tty -t 'All users' 'xyzq' -t 'waiting' w -t '(2 total' '\x03' katydid waiting.lua --headless | grep -c 'xyzq\|Ramping to 2 \|WARNING'
1

# While users are on their way, and with a shape, they change nothing, and say so.
$ tty -t 'Ramping' w -t 'WARNING' '\x03' katydid waiting.lua --headless -u 1000 -r 1 | grep -o 'WARNING.*'
WARNING/katydid.main: Users are still on their way: their number can be changed after that

$ tty -t 'All users' w -t 'WARNING' '\x03' katydid endless_shape.lua --headless | grep -o 'WARNING.*shape.*'
WARNING/katydid.main: The script's shape says how many users there are: keys change nothing

# The terminal is left as it was found, however the run ends. (tty says so where it isn't.)
$ tty -s 'waiting' TERM katydid waiting.lua --headless | grep 'the terminal'; echo ${PIPESTATUS[0]}
0

$ MS=600000 tty -t '1 user ' '\x03' -t 'Got SIGINT' '\x03' katydid slow.lua --headless -s 50 | tail -1; echo ${PIPESTATUS[0]}
katydid: ended at once by a second signal, SIGINT
130

$ (ulimit -c 0; tty -t 'All users' '\x1c' katydid waiting.lua --headless | grep 'the terminal'; echo ${PIPESTATUS[0]})
131

$ (ulimit -c 0; tty -s 'All users' SEGV katydid waiting.lua --headless | grep 'the terminal'; echo ${PIPESTATUS[0]})
139

$ tty katydid hello.lua --headless --iterations 1 | grep 'the terminal'
[1]

# Ctrl-Z, and back: keys are taken again.
$ tty -s 'All users' TSTP -t '00:02' w -t '(2 total' '\x03' katydid waiting.lua --headless | grep -o 'Ramping to 2 \|the terminal.*'
Ramping to 2

# Without a terminal they are no keys.
$ echo wwww | katydid waiting.lua --headless -t 1 2>&1 | grep -c 'Ramping to 2'
0
[1]
