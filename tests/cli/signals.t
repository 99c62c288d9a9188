# The first signal ends a run in good order, the second at once.

$ when waiting INT -- katydid waiting.lua --headless 2>/dev/null
waiting
on_stop ran
Type     Name*
--------|*
GET      /json*1     0(0.00%) |*
...
Seed*

$ when waiting - waiting - waiting TERM -- katydid waiting.lua --headless -u 3 -r 1000 2>/dev/null | grep -c 'on_stop ran'
3

# A script that never gives the loop its turn is ended by the second.
$ when turning INT+ -- katydid endless.lua --headless 2>&1 | tail -1
katydid: ended at once by a second signal, SIGINT

$ when turning INT+ -- katydid endless.lua --headless >/dev/null 2>&1
[130]

$ when turning TERM+ -- katydid endless.lua --headless >/dev/null 2>&1
[143]

# A shape is ended too, by a signal and by --run-time.
$ when waiting INT -- katydid endless_shape.lua --headless >/dev/null 2>&1

$ katydid endless_shape.lua --headless -t 1 2>&1 >/dev/null | grep 'limit'
[*] */INFO/katydid.main: Run time limit set to 1 seconds
[*] */INFO/katydid.main: --run-time limit reached, shutting down

# What a shape makes of the number of users is said.
$ katydid endless_shape.lua --headless -t 1 -u 5 -r 2 2>&1 >/dev/null | grep WARNING/katydid.main
[*] */WARNING/katydid.main: --users and --spawn-rate have no effect on the LoadTestShape of the script, which says itself how many users there are
