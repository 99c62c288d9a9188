# Thresholds, and the exit codes that come of them.

# All hold: 0.
$ katydid hello.lua --headless --iterations 30 --threshold 'p95 < 10m' --threshold 'GET /json: p(50)<600000' --threshold 'fail_ratio < 1%' --threshold 'requests == 30' --allow-saturated 2>log | sed -n '/^Thresholds/,$p'; grep -c threshold log || true
Thresholds
Verdict    Measured     Threshold
----------|------------|----------------------------------------
passed     * ms * p95 < 10m
passed     * ms * GET /json: p(50)<600000
passed     0%           fail_ratio < 1%
passed     30           requests == 30
----------|------------|----------------------------------------

Seed *
0

$ katydid hello.lua --headless --iterations 30 --threshold 'fail_ratio < 1%' >/dev/null 2>&1

# 3: one was crossed, whatever else there is.
$ katydid failing.lua Failing --headless --iterations 4 --threshold 'fail_ratio < 50%' --threshold 'p95 of /nope < 3' 2>log | sed -n '/^Verdict/,/^$/p'; grep -o 'ERROR.*' log; grep -o 'Shutting.*' log
Verdict    Measured     Threshold
----------|------------|----------------------------------------
crossed    100%         fail_ratio < 50%
not judged -            p95 of /nope < 3
                          no request has a name that it is of
----------|------------|----------------------------------------

ERROR/katydid.main: 1 of 2 thresholds was crossed
ERROR/katydid.main: 1 of 2 thresholds could not be judged
Shutting down (exit code 3)

$ katydid failing.lua Failing --headless --iterations 4 --threshold 'fail_ratio < 50%' --threshold 'p95 of /nope < 3' >/dev/null 2>&1
[3]

# 4: one could not be judged: too few samples, a name that is nobody's.
$ katydid hello.lua --headless --iterations 19 --threshold 'p95 < 10m' --allow-saturated 2>/dev/null | sed -n '/^not judged/,/needs/p'
not judged * ms * p95 < 10m
                          19 response times: p95 needs 20

$ katydid hello.lua --headless --iterations 19 --threshold 'p95 < 10m' >/dev/null 2>&1
[4]

$ katydid hello.lua --headless --iterations 3 --threshold 'max of GET /jsn < 10m' --allow-saturated 2>/dev/null | grep 'no request'
                          no request has a name that it is of (did you mean 'GET /json'?)

$ katydid hello.lua --headless --iterations 3 --threshold 'max of GET /jsn < 10m' >/dev/null 2>&1
[4]

# A signal ended the run before its time; where none was set, that was its end.
$ when waiting INT -- katydid waiting.lua --headless -t 1h --threshold 'requests == 1' 2>/dev/null | grep -A1 '^not judged'
not judged 1            requests == 1
                          a signal ended the run before its time

$ when waiting INT -- katydid waiting.lua --headless -t 1h --threshold 'requests == 1' >/dev/null 2>&1
[4]

$ when waiting TERM -- katydid waiting.lua --headless --threshold 'requests == 1' >/dev/null 2>&1

# Ended at once, nothing is judged.
$ when turning INT+ -- katydid endless.lua --headless -t 1h --threshold 'requests == 1' >/dev/null 2>&1
[130]

# This machine's limits are no verdict on the server.
$ (ulimit -n 40; katydid waiting.lua --headless -u 60 -r 1000 --iterations 60 --threshold 'fail_ratio < 1%' 2>/dev/null) | grep -A1 '^not judged'
not judged * fail_ratio < 1%
                          this process's file descriptors ran out: * requests failed for that

$ (ulimit -n 40; katydid waiting.lua --headless -u 60 -r 1000 --iterations 60 --threshold 'fail_ratio < 1%' >/dev/null 2>&1)
[4]

# Nor are times that katydid was too busy for; counts are.
$ katydid busy.lua --headless --iterations 3 --threshold 'max < 1s' --threshold 'requests > 0' 2>/dev/null | sed -n '/^not judged/,/^passed/p'
not judged * ms * max < 1s
                          katydid's own lag was too high: p99 * ms, over 1 ms and 5% of the limit (--allow-saturated judges all the same)
passed     3            requests > 0

$ katydid busy.lua --headless --iterations 3 --threshold 'max < 1s' >/dev/null 2>&1
[4]

$ katydid busy.lua --headless --iterations 3 --threshold 'max < 60m' --threshold 'max < 1us' --allow-saturated >/dev/null 2>&1
[3]

# Thresholds alone judge failed requests, unless --exit-code-on-error is given too.
$ katydid failing.lua Failing --headless --iterations 4 --threshold 'requests > 1' >/dev/null 2>&1

$ katydid failing.lua Failing --headless --iterations 4 --threshold 'requests > 1' --exit-code-on-error 7 >/dev/null 2>&1
[7]

$ katydid failing.lua Failing --headless --iterations 4 --threshold 'requests > 100' --exit-code-on-error 7 >/dev/null 2>&1
[3]

# What the script throws is still an error, unless a threshold is on exceptions.
$ katydid failing.lua Throwing --headless --iterations 4 --threshold 'requests > 1' >/dev/null 2>&1
[1]

$ katydid failing.lua Throwing --headless --iterations 4 --threshold 'requests > 1' --threshold 'exceptions < 10' >/dev/null 2>&1

$ katydid failing.lua Throwing --headless --iterations 4 --threshold 'exceptions < 3' 2>/dev/null | grep exceptions
crossed    4            exceptions < 3

# The script's own code comes before all.
$ CODE=42 katydid exit_code.lua --headless --threshold 'requests > 100' >/dev/null 2>&1
[42]

# 2: a mistake is found before anything is sent.
$ served >/dev/null; katydid hello.lua --headless --threshold 'p95 <> 3'
2> katydid: error: --threshold: 'p95 <> 3': expected a time such as 300ms or 1.5s, got '> 3'
[2]

$ KATYDID_THRESHOLD='p101 < 3' katydid hello.lua --headless
2> katydid: error: KATYDID_THRESHOLD: 'p101 < 3': expected a percentile above p0 and below p100 (else 'min' or 'max'), got 'p101'
[2]

$ printf 'users = 3\nthreshold = p95 of < 3\n' >own.conf; katydid hello.lua --headless --config own.conf
2> katydid: error: own.conf:2: threshold: 'p95 of < 3': expected a name behind 'of'
[2]

$ printf '[tool.katydid]\nthresholds = [ "p95 < 3", "avg < x" ]\n' >own.toml; katydid hello.lua --headless --config own.toml
2> katydid: error: own.toml:2: thresholds: 'avg < x': expected a time such as 300ms or 1.5s, got 'x'
[2]

$ katydid hello.lua --headless --threshold 'p95s < 3' 2>&1 >/dev/null | grep error
katydid: error: 'p95s < 3': unknown metric 'p95s' (did you mean 'p95'?)

$ katydid hello.lua --headless --threshold 'p95s < 3' >/dev/null 2>&1
[2]

$ served
nothing

# Those of all places count together, the same one once.
$ printf 'threshold = requests < 3\nthresholds = ["requests < 4", "requests < 5"]\n' >own.conf; KATYDID_THRESHOLD='requests < 6' katydid hello.lua --headless --iterations 30 --config own.conf --threshold 'requests < 7' --threshold 'requests < 4' 2>/dev/null | grep '^crossed'
crossed    30           requests < 7
crossed    30           requests < 4
crossed    30           requests < 6
crossed    30           requests < 3
crossed    30           requests < 5

# One that aborts ends the run as soon as it is crossed.
$ katydid hello.lua --headless -t 10m --threshold 'requests < 1 abort' 2>log | grep -A1 '^crossed'; grep -o 'The threshold.*' log
crossed * requests < 1 abort
                          ended the run after 1s
The threshold 'requests < 1 abort' was crossed (*), shutting down

$ katydid hello.lua --headless -t 10m --threshold 'requests < 1 abort' >/dev/null 2>&1
[3]

# In every window of so many seconds.
$ katydid hello.lua --headless -t 3s --threshold 'requests < 1 for 1s' --threshold 'max < 60m for 20s' 2>/dev/null | sed -n '/^crossed/,/whole/p'
crossed * requests < 1 for 1s
                          in * of * windows, the first from *s to *s
not judged -            max < 60m for 20s
                          no whole window of 20s after all users were there

$ katydid hello.lua --headless -t 10m --threshold 'requests < 1 for 1s abort' 2>/dev/null | grep -A1 '^crossed'
crossed * requests < 1 for 1s abort
                          in * windows, the first from *s to *s; ended the run

# katydid debug judges nothing.
$ katydid debug hello.lua --threshold 'requests < 1'
2> katydid: error: katydid debug takes no --threshold: it runs one user
[2]

$ KATYDID_THRESHOLD='requests < 1' katydid debug hello.lua >/dev/null 2>&1

# In the script, beside those of the command line.
$ katydid thresholds.lua --headless --iterations 30 --threshold 'requests < 40' 2>/dev/null | sed -n '/^Verdict/,/^$/p'
Verdict    Measured     Threshold
----------|------------|----------------------------------------
passed     30           requests > 20
passed     100%         check_ratio of status is 200 >= 100%
crossed    60           orders < 50
passed     30           requests < 40
----------|------------|----------------------------------------

$ katydid thresholds.lua --headless --iterations 30 >/dev/null 2>&1
[3]

$ ALSO='orders of x < 3' katydid thresholds.lua --headless --iterations 30
2> katydid: error: thresholds.lua:7: k.thresholds: 'orders of x < 3': unknown metric 'orders' before 'of' (one of the script has no 'of')
[2]

$ ALSO='ordres < 3' katydid thresholds.lua --headless --iterations 30 2>&1 >/dev/null | grep error
katydid: error: 'ordres < 3': unknown metric 'ordres' (did you mean 'orders'?)

$ ALSO='ordres < 3' katydid check thresholds.lua
thresholds.lua:7: k.thresholds: 'ordres < 3': unknown metric 'ordres' (did you mean 'orders'?)
1 mistake
[2]

# Of a counter there are no percentiles: that name is no request's.
$ ALSO='p95 of orders < 3' katydid thresholds.lua --headless --iterations 30 2>/dev/null | grep -A1 'not judged'
not judged -            p95 of orders < 3
                          no request has a name that it is of

$ ALSO='p95 <> 3' katydid check thresholds.lua
thresholds.lua:7: k.thresholds: 'p95 <> 3': expected a time such as 300ms or 1.5s, got '> 3'
1 mistake
[2]
