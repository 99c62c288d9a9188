# Checks, transactions, and what scripts measure by themselves.

$ katydid measured.lua Measured --headless --iterations 2 --csv m 2>/dev/null
Type        Name*# reqs      # fails |    Avg     Min     Max    Med |   req/s  failures/s
-----------|*
GET         /json*8     0(0.00%) |*
TRANSACTION buy*2     0(0.00%) |*
-----------|*
            Aggregated*8     0(0.00%) |*

Response time percentiles*
Type        Name*50%    66%    75%    80%    90%    95%    98%    99%  99.9% 99.99%   100% # reqs
-----------|*
GET         /json*8
TRANSACTION buy*2
-----------|*
            Aggregated*8

Checks
Name * # checks   # passed   # failed |  passed
----*
has a \\x1b[1mtoken, "x" *          8          6          2 |  75.00%
status is 200 *          8          8          0 | 100.00%
----*
Aggregated *         16         14          2 |  87.50%

Metrics
Type     Name *  # values        Value    Value/s |      Avg       Min       Max       Med       95%       99%
----*
counter  orders *         8           12 * |
gauge    queue *          8            1            |                 -2         1
trend    size *           8                         |      250       100       400       200       400       400
rate     cached *         8       25.00%            |

Seed {n} (--seed {n} draws the same random numbers again)

# A file of their own beside Locust's four; the transaction is a row of theirs.
$ ls m_*; cut -d, -f1-7 m_metrics.csv | tr '\033' '?'; cut -d, -f1-4 m_stats.csv
m_exceptions.csv
m_failures.csv
m_metrics.csv
m_stats.csv
m_stats_history.csv
Type,Name,Count,Passed,Failed,Ratio,Sum
check,"has a ?[1mtoken, ""x""",8,6,2,0.75
check,status is 200,8,8,0,1,
counter,orders,8,,,,12
gauge,queue,8,,,,
trend,size,8,,,,2000
rate,cached,8,2,6,0.25,
Type,Name,Request Count,Failure Count
GET,/json,8,0
TRANSACTION,buy,2,0
,Aggregated,8,0

$ katydid measured.lua Measured --headless --iterations 1 --json 2>/dev/null | python3 -c 'import json, sys
> for e in json.load(sys.stdin): print(e["method"], e["name"], e["num_requests"], e["num_failures"])'
GET /json 4 0
TRANSACTION buy 1 0

# The next run with that prefix leaves nothing of it.
$ katydid hello.lua --headless --iterations 1 --csv m >/dev/null 2>&1; cat m_metrics.csv | cut -d, -f1-7
Type,Name,Count,Passed,Failed,Ratio,Sum

# Who only checks has measured something, and a check that fails is no failed request.
$ katydid measured.lua Alone --headless --iterations 3 >/dev/null
2> [*] */INFO/katydid.main: Starting Katydid {n}.{n}.{n}, seed {n}
2> ...
2> [*] */INFO/katydid.main: Shutting down (exit code 0)

# A transaction that fails is listed as such, and is not in the total.
$ katydid measured.lua Refused --headless --iterations 2 2>/dev/null | grep 'buy\|bought\|Aggregated'
TRANSACTION buy *2   2(100.00%) |*
            Aggregated *0     0(0.00%) |*
TRANSACTION buy *2
bought *          2          0          2 |   0.00%
Aggregated *          2          0          2 |   0.00%
2                  TRANSACTION buy: sold out

# One that the end of the run cuts off is counted as that.
$ when 'req/s' INT -- katydid measured.lua Cut --headless -u 3 -r 100 2>/dev/null | grep 'cut off\|buy'
3 transactions were cut off by the end, and counted nowhere above

# Names beyond --max-names.
$ katydid measured.lua Measured --headless --iterations 1 --max-names 1 2>&1 >/dev/null | grep WARNING
[*] */WARNING/katydid.stats: There are more than 1 names of metrics: those of further gauges are counted together, as "(other)". Give them names without an id in it, or raise --max-names
[*] */WARNING/katydid.stats: There are more than 1 names of metrics: those of further trends are counted together, as "(other)". Give them names without an id in it, or raise --max-names
[*] */WARNING/katydid.stats: There are more than 1 names of metrics: those of further rates are counted together, as "(other)". Give them names without an id in it, or raise --max-names
[*] */WARNING/katydid.stats: There are more than 1 names of checks: those of further checks are counted together, as "(other)". Give them names without an id in it, or raise --max-names
[*] */WARNING/katydid.stats: There are more than 1 names: further transactions are counted together, as "(other)". Give transactions names without an id in them, or raise --max-names

# katydid debug tells of each as it comes.
$ katydid debug measured.lua Measured 2>&1 | grep '^[*]\|WARN'
\* check 'status is 200': passed
\* check 'has a \\x1b[1mtoken, "x"': passed
\* check 'status is 200': passed
\* check 'has a \\x1b[1mtoken, "x"': failed
\* check 'status is 200': passed
\* check 'has a \\x1b[1mtoken, "x"': passed
\* check 'status is 200': passed
\* check 'has a \\x1b[1mtoken, "x"': passed
\* transaction 'buy': {n} ms, a success

$ katydid debug measured.lua Refused 2>&1 | grep '^[*]'
\* transaction 'buy': {n} ms, failed: sold out
\* check 'bought': failed
