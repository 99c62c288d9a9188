# Results, and the reports that are made of them again.

$ katydid two.lua --headless --iterations 6 --seed 7 --profile nightly --result deep/run.json 2>/dev/null >run.txt; head -1 deep/run.json; ls deep
{"katydid_result":1,
run.json

# What the run printed is printed again; what is written again is the same file.
$ katydid report deep/run.json --result again.json >again.txt; cmp run.txt again.txt && cmp deep/run.json again.json && cat again.txt | tail -2
Seed 7 (--seed 7 draws the same random numbers again)
Profile nightly

$ katydid report deep/run.json --json-file again 2>&1 | grep -c Aggregated; katydid report deep/run.json --json 2>/dev/null | cmp - again.json
2

# Of several, the sums.
$ katydid report --json deep/run.json deep/run.json 2>/dev/null | python3 -c 'import json, sys
> print(sum(e["num_requests"] for e in json.load(sys.stdin)))'
12

$ katydid report deep/run.json deep/run.json 2>/dev/null | tail -2
Merged of 2 results
Profile nightly

$ katydid reprot again.json
2> katydid: error: unknown command 'reprot' (did you mean 'report'?)
[2]

# The exit code is the run's.
$ katydid failing.lua Failing --headless --iterations 3 --result failed.json >/dev/null 2>&1
[1]

$ katydid report failed.json >failed.txt; echo $?; grep 'status/404.*(' failed.txt
1
GET      /status/404 *3   3(100.00%)*
3                  GET /status/404: HTTPError('404 Client Error: Not Found for url: /status/404')

$ katydid report deep/run.json failed.json >/dev/null
2> *WARNING/katydid.report: The results differ in their profile: 'nightly' and ''
2> *WARNING/katydid.report: The results are of different scripts: not all have failing.lua
2> *WARNING/katydid.report: The results are of different scripts: not all have two.lua
2> ...
[1]

# Passwords are nowhere in it.
$ katydid hello.lua --headless --iterations 1 -H "http://user:secret@${TARGET#http://}" --result secret.json >/dev/null 2>&1; grep -c secret@ secret.json
0
[1]

# What is no result.
$ katydid report
2> katydid: error: expected the files of results (katydid report FILE...; they are written by --result FILE)
[2]

$ katydid report nowhere.json
2> katydid: error: nowhere.json: No such file or directory
[2]

$ katydid report hello.lua
2> katydid: error: hello.lua: not JSON at line 1, column *
[2]

$ echo '{"a": 1}' >other.json; katydid report deep/run.json other.json
2> katydid: error: other.json: no result of katydid: "katydid_result" is missing
[2]

$ sed 's/"katydid_result":1/"katydid_result":99/' deep/run.json >new.json; katydid report new.json
2> katydid: error: new.json: written in schema 99, and katydid {n}.{n}.{n} reads schema 1: a newer katydid is needed
[2]

$ head -c 500 deep/run.json >half.json; katydid report half.json
2> katydid: error: half.json: not JSON at line *
[2]

$ katydid report deep/run.json --users 5
2> katydid: error: katydid report takes no --users (katydid report --help)
[2]

$ katydid report deep/run.json --jsn
2> katydid: error: unknown option --jsn (did you mean --json?)
[2]

$ katydid report --help | head -1
Usage: katydid report FILE... [options]

# A place that can't be written is found before the run begins, or before anything is read.
$ katydid hello.lua --headless --iterations 1 --result hello.lua/run.json
2> katydid: error: --result: *
[2]

$ katydid report deep/run.json --result hello.lua/run.json
2> katydid: error: --result: *
[2]

# A disk that is full costs this file alone.
$ katydid hello.lua --headless --iterations 1 --result /dev/full --csv kept 2>&1 >/dev/null | grep missing; ls kept_stats.csv
*ERROR/katydid.main: The result file is missing: /dev/full: No space left on device
kept_stats.csv

# Thresholds are judged again, and others as well.
$ katydid failing.lua Failing --headless --iterations 3 --result judged.json --threshold 'requests >= 3' >/dev/null 2>&1

$ katydid report judged.json 2>/dev/null | grep requests
passed     3            requests >= 3

$ katydid report judged.json --threshold 'fail_ratio < 50%' >judged.txt
[3]

$ grep -A4 '^Threshold' judged.txt
Thresholds
Verdict    Measured     Threshold
----------|------------|----------------------------------------
passed     3            requests >= 3
crossed    100%         fail_ratio < 50%

# With one, failed requests are no matter of the exit code any more, unless it is asked for.
$ katydid report failed.json --threshold 'requests > 1' >/dev/null

$ katydid report failed.json --threshold 'requests > 1' --exit-code-on-error 7 >/dev/null
[7]

# All of them together; what matched nothing is never passed.
$ katydid report judged.json judged.json --threshold 'requests > 5' >/dev/null

$ katydid report judged.json --threshold 'requests > 5' >/dev/null
[3]

$ katydid report judged.json --threshold 'p95 of /none < 1s' >/dev/null
[4]

$ katydid report judged.json --threshold 'avg < 9s for 1s' 2>/dev/null | grep 'for 1s'
not judged -            avg < 9s for 1s

$ katydid report judged.json --threshold 'p9x < 1s'
2> katydid: error: *'p9x < 1s': unknown metric 'p9x' (did you mean 'p90'?)
[2]

$ katydid report judged.json --threshold 'sold > 3'
2> katydid: error: *
[2]
