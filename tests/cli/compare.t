# katydid compare: is a run worse than others were? compared/ holds three runs of hello.lua: two against a server that takes
# 20 to 30 ms, one against another that takes 28 to 40.

$ katydid compare compared/base1.json compared/base2.json
Figure            Base       New    Change |         95% interval | Verdict
------------|*
GET /
  requests/s     29.20     29.20    +0.00% |     -0.73% to +0.74% | no difference
  p50            26 ms     26 ms    +0.18% |     -2.34% to +2.77% | no difference
  p95            32 ms     32 ms    -0.10% |     -4.92% to +4.97% | no difference
  p99            35 ms     36 ms    +3.38% |     -14.9% to +25.7% | too little data
  failures       0.00%     0.00%  +0.00 pt | -0.18 pt to +0.18 pt | no difference

Note: With one run as base, what differs from run to run by chance can't be told from what the new one changed: give several (katydid compare BASE1 BASE2 BASE3 NEW)
0 worse, 0 better, 4 no difference, 1 too little data (tolerance 5%, of failures 0.1 points)

$ katydid compare compared/base1.json compared/base2.json compared/slow.json | tail -5
Note: Another host: http://127.0.0.1:18431 in the base, http://127.0.0.1:18432 in the new run
Worse: p50 of GET /, 26 ms before, 35 ms now (+33.9%)
Worse: p95 of GET /, 32 ms before, 40 ms now (+25.6%)
Worse: p99 of GET /, 36 ms before, 42 ms now (+18.4%)
3 worse, 0 better, 2 no difference, 0 too little data (tolerance 5%, of failures 0.1 points)

# The exit code is 1 where anything is worse, beyond the tolerance.
$ katydid compare compared/base1.json compared/base2.json compared/slow.json >/dev/null
[1]

$ katydid compare compared/base1.json compared/base2.json compared/slow.json --tolerance 50% | tail -1; echo ${PIPESTATUS[0]}
0 worse, 0 better, 5 no difference, 0 too little data (tolerance 50%, of failures 0.1 points)
0

$ katydid compare compared/slow.json compared/base1.json | grep -o 'Better: p50 of GET /'; echo ${PIPESTATUS[0]}
Better: p50 of GET /
0

# The same files and the same seed: the same figures.
$ for seed in 1 1 2; do katydid compare compared/base1.json compared/slow.json --json --seed $seed | grep -v '"seed"' | md5sum; done | uniq -c | awk '{print $1}'
2
1

# Markdown, for a merge request; JSON, for machines.
$ katydid compare compared/base1.json compared/base2.json compared/slow.json --markdown compare.md >/dev/null; head -8 compare.md
\### Katydid: worse

Compared with 2 runs: 3 worse, 0 better, 2 no difference, 0 too little data (tolerance 5%, of failures 0.1 points).

| Name | Figure | Base | New | Change | 95% interval | Verdict |
| --- | --- | ---: | ---: | ---: | ---: | --- |
| GET / | p50 | 26 ms | 35 ms | +33.9% | +31.9% to +35.9% | \*\*worse\*\* |
| GET / | p95 | 32 ms | 40 ms | +25.6% | +22.6% to +28.8% | \*\*worse\*\* |

$ katydid compare compared/base1.json compared/base2.json --markdown - | head -1
\### Katydid: no difference

$ katydid compare compared/base1.json compared/slow.json --json | python3 -c 'import json, sys; r = json.load(sys.stdin); print(r["verdict"], r["bases"], r["rows"][0]["figures"]["p50"]["verdict"])'
worse 1 worse

# What is wrong with files and options.
$ katydid compare compared/base1.json
2> katydid: error: expected the files of two results and more (katydid compare BASE... NEW; they are written by --result FILE)
[2]

$ katydid compare compared/base1.json compared/nowhere.json
2> katydid: error: *compared/nowhere.json: No such file or directory
[2]

$ katydid compare hello.lua compared/base1.json
2> katydid: error: hello.lua: *
[2]

$ sed 's/^"slots": .*/"slots": null,/; /^"slots"/,$d' compared/base1.json | head -c 300 >broken.json; katydid compare broken.json compared/base1.json
2> katydid: error: broken.json: *
[2]

$ python3 -c 'import json; r = json.load(open("compared/base1.json")); r["slots"] = None; json.dump(r, open("no_slots.json", "w"))'; katydid compare compared/base1.json no_slots.json
2> katydid: error: no_slots.json: it has no slots of time, which a comparison needs
[2]

$ katydid compare compared/base1.json compared/base2.json --tolerance 5ms
2> katydid: error: --tolerance: expected a percentage from 0 to 100, got '5ms'
[2]

$ katydid compare compared/base1.json compared/base2.json --tolernace 5
2> katydid: error: unknown option --tolernace (did you mean --tolerance?)
[2]

$ katydid compare compared/base1.json compared/base2.json --markdown hello.lua/all.md
2> katydid: error: --markdown: *hello.lua*
[2]

$ katydid compar
2> katydid: error: unknown command 'compar' (did you mean 'compare'?)
[2]

$ katydid compare --help | head -1
Usage: katydid compare BASE... NEW [options]

# On a terminal verdicts have colours, and the table fits.
$ tty -w '' 60 katydid compare compared/base1.json compared/base2.json compared/slow.json | grep 'p50\|No room\|3 worse'
  p50 *35 ms *+33.9% | \\e[31mworse\\e[0m
\\e[2mNo room for *95% interval\\e[0m
\\e[31mWorse: p50 of GET /, 26 ms before, 35 ms now (+33.9%)\\e[0m
\\e[1m3 worse, 0 better, 2 no difference, 0 too little data
