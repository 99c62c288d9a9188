#!/bin/bash
# run-all.sh [SUITE...] -- runs the suites, and adds their counts up in one closing line.
#
# A suite is a program whose lines "N passed, N failed[, N skipped]" are counted; one that ends badly
# without such a line counts as a failure of its own, and so does one that takes an hour: it hangs. Everything
# that it printed is shown when it failed.
set -u
cd "$(dirname "$0")/.." || exit 1

passed=0 failed=0 skipped=0
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# job NAME COMMAND...: a program of a suite, to be run once everything is built.
names=() commands=()
job() {
    names+=("$1")
    shift
    commands+=("$(printf '%q ' "$@")")
}

# tell INDEX STATUS SECONDS: what came of a job whose output lies in $logs/INDEX.
tell() {
    local name=${names[$1]} log=$logs/$1 status=$2 p f s
    read -r p f s < <(awk '/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ { p += $1; f += $3; s += $5; n++ }
                           END { print p + 0, f + 0, (n ? s + 0 : "none") }' "$log")
    if [ "$s" = none ]; then
        p=0 f=1 s=0
        echo "  $name: ended with status $status and no line of counts" >>"$log"
    elif [ "$status" != 0 ] && [ "$f" = 0 ]; then
        f=1
        echo "  $name: ended with status $status" >>"$log"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$f" != 0 ]; then
        echo "FAILED $name ($p passed, $f failed)"
        sed 's/^/    /' "$log"
    else
        echo "ok     $name ($p passed, $3 s)"
        grep '^skipped: ' "$log" | sed 's/^/    /'
    fi
    rm "$log"
}

# As many jobs at a time as there are cores. Each is told when it is over.
run_jobs() {
    local -A index=() started=()
    local next=0 pid status
    while [ "$next" -lt ${#names[@]} ] || [ ${#index[@]} -gt 0 ]; do
        while [ "$next" -lt ${#names[@]} ] && [ ${#index[@]} -lt "$(nproc)" ]; do
            eval "exec timeout --foreground -k 10 3600 ${commands[next]}" >"$logs/$next" 2>&1 </dev/null &
            index[$!]=$next started[$!]=$SECONDS next=$((next + 1))
        done
        status=0
        wait -n -p pid "${!index[@]}" || status=$?
        tell "${index[$pid]}" "$status" $((SECONDS - started[$pid]))
        unset "index[$pid]" "started[$pid]"
    done
}

# build [VARIABLE=VALUE...] TARGET: what the jobs need; a failed build is a failure, and its jobs aren't run.
build() {
    make --no-print-directory -s -j"$(nproc)" DEVELOPER=1 KATYDID_SETUP=no "$@" >"$logs/build" 2>&1 && return
    cat "$logs/build"
    failed=$((failed + 1))
    return 1
}

suite_unit() { # the C modules, in the ordinary build and under ASan and UBSan
    local variant t
    for variant in debug asan; do
        build VARIANT=$variant build-tests || return
        for t in tests/unit/*/test_*.c; do
            t=${t#tests/unit/}
            job "unit $variant ${t%.c}" "build/$variant/tests/${t%.c}"
        done
    done
}

suite_specs() { # lua/katydid, by our own binary; under ASan with the most aggressive collector too
    local variant t
    for variant in debug asan; do
        build VARIANT=$variant build-tests || return
        for t in tests/lua/*_spec.lua tests/lua/*/*_spec.lua; do
            [ -e "$t" ] || continue
            job "specs $variant $t" "build/$variant/tests/spec" "$t"
            [ $variant = asan ] && job "specs $variant, collecting at each resume, $t" \
                env KATYDID_DEV_GC=stress "build/$variant/tests/spec" "$t"
        done
    done
}

suite_fuzz() { # the parsers of foreign bytes, with inputs that are the same everywhere
    job "fuzz" ./tests/fuzz/fuzz.sh --runs 3000
}

suite_cli() { # what a user types and sees
    local t
    build VARIANT=release all || return
    for t in tests/cli/*.t; do
        job "cli $t" /usr/bin/python3 tests/cli/run.py build/release/katydid "$t"
    done
}

suite_scenarios() { # each scenario for a short time
    build VARIANT=release all && job "scenarios" /usr/bin/python3 tests/e2e/run.py scenarios
}

suite_e2e() { # real servers
    local t
    build VARIANT=release all && build VARIANT=asan all || return
    for t in tests/e2e/test_*.py; do
        t=${t##*/}
        job "e2e ${t%.py}" /usr/bin/python3 tests/e2e/run.py "${t%.py}."
    done
}

suite_lint() {
    build VARIANT=release all && job "lint" ./tests/lint/lint.sh
}

suites=("$@")
# The long ones first, so that no core waits for the last of them.
[ ${#suites[@]} -gt 0 ] || suites=(e2e cli lint fuzz specs unit)
for s in "${suites[@]}"; do
    "suite_$s"
done
run_jobs

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
