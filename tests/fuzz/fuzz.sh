#!/bin/bash
# fuzz.sh [SECONDS [NAME...]] -- each tests/fuzz/fuzz_NAME.c for so long (60 s), with the inputs of
# tests/fuzz/corpus/NAME, under ASan and UBSan: by libFuzzer where clang is there, else by mutate.c.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for target in tests/fuzz/fuzz_*.c; do
        target=${target#tests/fuzz/fuzz_}
        names+=("${target%.c}")
    done
fi
root=$PWD passed=0 failed=0
flags=(-std=c11 -D_GNU_SOURCE -DKATYDID_ASAN '-DKATYDID_VERSION="fuzz"' -Isrc -O1 -g -fno-omit-frame-pointer)
for name in "${names[@]}"; do
    source=tests/fuzz/fuzz_$name.c folder=build/fuzz/$name
    mkdir -p "$folder/found"
    # The target says itself what it needs.
    read -ra links < <(sed -n 's/^ \* links: //p' "$source")
    # shellcheck disable=SC2206 # the patterns are meant to be
    links=(${links[@]})
    if command -v clang >/dev/null && clang -fsanitize=fuzzer -x c /dev/null -o /dev/null 2>/dev/null; then
        clang "${flags[@]}" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
            "$source" "${links[@]}" -o "$folder/run" -lm
    else
        gcc "${flags[@]}" -fsanitize=address,undefined -fno-sanitize-recover=all \
            "$source" tests/fuzz/mutate.c "${links[@]}" -o "$folder/run" -lm
    fi
    # libFuzzer writes what it finds new into the first folder.
    if (cd "$folder" && ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=abort_on_error=1 \
        ./run -max_total_time="$seconds" found "$root/tests/fuzz/corpus/$name") >"$folder/log" 2>&1; then
        passed=$((passed + 1))
        echo "ok     $name ($(tail -n 1 "$folder/log"))"
    else
        failed=$((failed + 1))
        echo "FAILED $name: the input is in $folder"
        tail -n 40 "$folder/log"
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
