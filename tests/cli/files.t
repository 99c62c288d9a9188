# JSON, CSV and log files.

# With --json, standard output holds the JSON alone.
$ katydid hello.lua --headless --iterations 4 --json 2>/dev/null | python3 -c 'import json, sys
> for e in json.load(sys.stdin): print(e["method"], e["name"], e["num_requests"], e["num_failures"])'
GET /json 4 0

$ katydid hello.lua --headless --iterations 4 --json 2>&1 >/dev/null | grep '^GET.*(\|^Seed'
GET      /json*4     0(0.00%) |*
Seed {n}*

# What a script prints goes to standard error then.
$ katydid events.lua --headless --iterations 1 --json 2>/dev/null | head -1
[

$ katydid hello.lua --headless --iterations 3 --json-file deep/down/stats >/dev/null 2>&1; python3 -c 'import json; print(json.load(open("deep/down/stats.json"))[0]["num_requests"])'
3

$ katydid hello.lua --headless --iterations 3 --json-file stats.json >/dev/null 2>&1; ls stats.json*
stats.json

# The four CSV files, in folders that are made.
$ katydid failing.lua Failing --headless --iterations 3 --csv results/of/x >/dev/null 2>&1; ls results/of
x_exceptions.csv
x_failures.csv
x_stats.csv
x_stats_history.csv

$ head -1 results/of/x_stats.csv results/of/x_failures.csv results/of/x_exceptions.csv
==> results/of/x_stats.csv <==
Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%

==> results/of/x_failures.csv <==
Method,Name,Error,Occurrences,First Seen,Last Seen

==> results/of/x_exceptions.csv <==
Count,Message,Traceback,Nodes

$ cut -d, -f1-4 results/of/x_stats.csv | tail -2
GET,/status/404,3,3
,Aggregated,3,3

$ grep '^GET,/status/404,' results/of/x_failures.csv | cut -d, -f1-4
GET,/status/404,HTTPError('404 Client Error: Not Found for url: /status/404'),3

$ katydid failing.lua Throwing --headless --iterations 2 --csv t >/dev/null 2>&1; sed -n 2p t_exceptions.csv
2,failing.lua:14: out of paper,*

# The last state of the files is the state of the end.
$ katydid hello.lua --headless --iterations 7 --csv y >/dev/null 2>&1; grep Aggregated y_stats.csv | cut -d, -f1-4
,Aggregated,7,0

$ katydid two.lua --headless -u 4 -r 100 -t 2 --csv z --csv-full-history >/dev/null 2>&1; cut -d, -f3,4 z_stats_history.csv | sort -u
,Aggregated
GET,browse
POST,buy
PUT,write
Type,Name

# Log lines go to a file; tables don't.
$ katydid hello.lua --headless --iterations 1 --logfile logs/run.log --only-summary 2>&1 | grep -c INFO
0
[1]

$ grep -c 'INFO/katydid.main' logs/run.log
3

$ katydid hello.lua --headless --iterations 1 -L warning --only-summary 2>&1 >/dev/null

# A report that can't be written is said, and costs nothing else.
$ katydid hello.lua --headless --iterations 1 --json -L error >/dev/full 2>log; tail -1 log; grep -c '^GET' log
2> ...
*ERROR/katydid.main: The JSON is incomplete: writing to standard output: No space left on device
2

# A limit on the size of files ends no run.
$ (ulimit -f 1; katydid waiting.lua --headless -t 4 --csv limited/x --csv-full-history 2>&1) | grep 'ERROR\|^Seed'
[*] */ERROR/katydid.stats: limited/x_stats_history.csv: File too large. It ends before *
Seed*
