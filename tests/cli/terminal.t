# What a terminal shows: colours, and tables and a progress line that fit its width.

$ LC_ALL=C tty -t '00:02' '\x03' katydid waiting.lua --headless | grep -om1 '.r.00:01.[^\\]*..e.K'
\\r[00:01] 1 user  {n} req/s  0.0% failed  p95 * ms  running\\e[K

# Bars of the last seconds, in characters that the locale has.
$ tty -t '00:05' '\x03' katydid waiting.lua --headless | grep -o 'running  [^\\]*..e.K' | tail -1
running  *█*\\e[K

$ LC_ALL=C tty -t '00:05' '\x03' katydid waiting.lua --headless | grep -o 'running  [^\\]*..e.K' | tail -1
running  *#*\\e[K

# The line follows the width.
$ tty -w 'running' 34 -t $'req/s\x1b[K' '\x03' katydid waiting.lua --headless | grep -o '\[00:0.. 1 user *[0-9.]* req/s.e.K' | head -1
[00:0{n}] 1 user  {n} req/s\\e[K

# Failures are red, and only where somebody sees it.
$ tty katydid failing.lua Failing --headless --iterations 3 2>&1 | grep 'status/404' | grep -v INFO
GET      /status/404            3   \\e[31m3(100.00%)\\e[0m |*
GET   /status/404*      3
\\e[31m3                 \\e[0m GET /status/404: HTTPError('404 Client Error: Not Found for url: /status/404')

$ for poor in NO_COLOR=1 TERM=dumb CI=true; do tty env $poor katydid failing.lua Failing --headless --iterations 3 | grep -c '3(100.00%) |'; tty env $poor katydid failing.lua Failing --headless --iterations 3 | grep -c '.e.3[0-9]m'; done
2
0
2
0
2
0
[1]

# Neither is the line redrawn on a terminal that can't: it comes every five seconds, and holds no control characters.
$ for poor in TERM=dumb CI=true; do tty -t '00:05' '\x03' env $poor katydid waiting.lua --headless | grep '1 user '; done
[00:05] 1 user  {n} req/s  0.0% failed  p95 {n} ms  running
[00:05] 1 user  {n} req/s  0.0% failed  p95 {n} ms  running

# On a narrow terminal columns shrink, and what has no room is named; text is folded.
$ NO_COLOR=1 tty -w '' 60 katydid failing.lua Failing --headless --iterations 3 | grep -A99 '^Type'
Type Name*# reqs*# fails |*Med*
----|-----------|*
GET  /status/404*3*3(100.00%) |*
----|-----------|*
     Aggregated*3*3(100.00%) |*
No room for *failures/s

Response time percentiles (approximated)
Type Name* 50%* 95%* 99%*
----|-----------|*
GET  /status/404 *3
----|-----------|*
     Aggregated  *3
No room for 66%*

Error report
\# occurrences      Error
------------------|-----------------------------------------
3                  GET /status/404: HTTPError('404 Client
                   Error: Not Found for url: /status/404')
------------------|-----------------------------------------

Seed {n} (--seed {n} draws the same random numbers again)

$ NO_COLOR=1 tty -w '' 60 katydid failing.lua Failing --headless --iterations 3 | grep -A99 '^Type' | awk 'length > 60' | grep -v Seed
[1]
