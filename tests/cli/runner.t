# What scripts make of the run by environment.runner.

# A test follows the first one, with statistics of its own; the reports are the last one's.
$ served >/dev/null; katydid phases.lua --headless -t 60s --csv out/p >out.txt 2>log; echo $?; grep '^phase\|^enough\|^users' out.txt
0
phase 1	0
users	2	2
enough	true	0
phase 2	0
users	4	4
enough	true	0

$ grep -o 'The script ended the test.*\|Shutting down.*' log
The script ended the test: ten are enough
The script ended the test: ten are enough
Shutting down (exit code 0)

$ grep -c '^GET,/json,' out/p_stats.csv; n=$(grep -o '^GET,/json,[0-9]*' out/p_stats.csv | cut -d, -f3); all=$(served | sed -n 's/.*\/json 200 //p'); test "$all" -gt "$n" && echo "more were served than the last test counted"
1
more were served than the last test counted
