#!/bin/bash
# profile.sh [SCRIPT [USERS [SECONDS]]] -- where a run's CPU goes, by library and by function (perf).
#
# The script is one of those beside this file (get.lua), run with its FastHttpUser on the client's core against
# the responder on the server's. The samples stay in build/bench/perf.data: `perf report -i` shows more of them.
set -eu
cd "$(dirname "$0")/../.."
script=${1:-get.lua} users=${2:-64} seconds=${3:-10}
out=build/bench
mkdir -p "$out"
command -v perf >/dev/null || { echo "profile.sh: perf is missing (Debian's linux-perf)" >&2; exit 2; }
cc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -o "$out/responder" tests/bench/responder.c

# The responder ends with its standard input, which this shell holds.
coproc SERVER { exec taskset -c 0 "$out/responder" "$out/counters"; }
read -r port <&"${SERVER[0]}"

taskset -c "$(($(nproc) - 1))" perf record -q -e cpu-clock -F 1999 -g -o "$out/perf.data" -- \
    build/release/katydid "tests/bench/$script" BenchFastHttpUser --headless --only-summary \
    -u "$users" -r 20000 -t "$seconds" -H "http://127.0.0.1:$port" >"$out/profile.log" 2>&1
tail -n 3 "$out/profile.log"

for fields in overhead,dso overhead,dso,symbol; do
    perf report -q -i "$out/perf.data" --no-children -g none --percent-limit 0.7 --fields "$fields" 2>/dev/null |
        sed '/^$/d; s/ *$//'
    echo
done
