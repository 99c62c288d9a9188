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

# count NAME COMMAND...: runs one program of a suite.
count() {
    local name=$1 log
    shift
    log=$logs/out
    local started=$SECONDS status=0
    timeout --foreground -k 10 3600 "$@" >"$log" 2>&1 </dev/null || status=$?
    local p f s
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
        echo "ok     $name ($p passed, $((SECONDS - started)) s)"
        grep '^skipped: ' "$log" | sed 's/^/    /'
    fi
}

suite_unit() { # the C modules, in the ordinary build and under ASan and UBSan
    local variant
    for variant in debug asan; do
        make --no-print-directory -s -j"$(nproc)" DEVELOPER=1 VARIANT=$variant build-tests >"$logs/build" 2>&1 ||
            { cat "$logs/build"; failed=$((failed + 1)); return; }
        local t
        for t in tests/unit/*/test_*.c; do
            t=${t#tests/unit/}
            count "unit $variant ${t%.c}" "build/$variant/tests/${t%.c}"
        done
    done
}

suite_specs() { # lua/katydid, by our own binary; under ASan with the most aggressive collector too
    local variant
    for variant in debug asan; do
        make --no-print-directory -s -j"$(nproc)" DEVELOPER=1 VARIANT=$variant build-tests >"$logs/build" 2>&1 ||
            { cat "$logs/build"; failed=$((failed + 1)); return; }
        local t
        for t in tests/lua/*_spec.lua tests/lua/*/*_spec.lua; do
            [ -e "$t" ] || continue
            count "specs $variant $t" "build/$variant/tests/spec" "$t"
            [ $variant = asan ] && count "specs $variant, collecting at each resume, $t" \
                env KATYDID_DEV_GC=stress "build/$variant/tests/spec" "$t"
        done
    done
}

suite_fuzz() { # the parsers of foreign bytes, with inputs that are the same everywhere
    count "fuzz" ./tests/fuzz/fuzz.sh --runs 3000
}

build_program() {
    make --no-print-directory -s -j"$(nproc)" DEVELOPER=1 KATYDID_SETUP=no VARIANT="$1" all >"$logs/build" 2>&1 ||
        { cat "$logs/build"; failed=$((failed + 1)); return 1; }
}

suite_cli() { # what a user types and sees
    build_program release && count "cli" /usr/bin/python3 tests/cli/run.py build/release/katydid
}

suite_scenarios() { # each scenario for a short time
    build_program release && count "scenarios" /usr/bin/python3 tests/e2e/run.py scenarios
}

suite_e2e() { # real servers
    build_program release && build_program asan && count "e2e" /usr/bin/python3 tests/e2e/run.py
}

suite_lint() {
    build_program release && count "lint" ./tests/lint/lint.sh
}

suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(lint unit specs fuzz cli e2e)
for s in "${suites[@]}"; do
    "suite_$s"
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
