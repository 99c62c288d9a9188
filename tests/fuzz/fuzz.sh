#!/bin/bash
# fuzz.sh [--runs N | SECONDS] [NAME...] -- each tests/fuzz/fuzz_NAME.c with the inputs of
# tests/fuzz/corpus/NAME, under ASan and UBSan.
#
# For so many seconds (60): by libFuzzer where clang has it, else by mutate.c; what libFuzzer finds new
# is kept in build/fuzz/NAME/found. With --runs: N inputs by mutate.c, the same ones everywhere.
set -eu
cd "$(dirname "$0")/../.."
limit=(-max_total_time=60) with_clang=no folders=(found)
if [ "${1:-}" = --runs ]; then
    limit=(-runs="$2") folders=()
    shift 2
else
    [ $# -eq 0 ] || limit=(-max_total_time="$1")
    [ $# -eq 0 ] || shift
    echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { return p == 0 && n > 0; }' |
        clang -fsanitize=fuzzer,address,undefined -x c - -o /dev/null 2>/dev/null && with_clang=yes
fi
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    for target in tests/fuzz/fuzz_*.c; do
        target=${target#tests/fuzz/fuzz_}
        names+=("${target%.c}")
    done
fi

# build_with_clang NAME OUTPUT: of the floors and files that the target itself says it links.
build_with_clang() {
    local flags sources=() link links
    flags=(-std=c11 -D_GNU_SOURCE -DKATYDID_ASAN '-DKATYDID_VERSION="fuzz"' -Isrc -O1 -g)
    read -ra links < <(sed -n 's/^ \* links: //p' "tests/fuzz/fuzz_$1.c")
    for link in "${links[@]}"; do
        if [ -d "src/$link" ]; then
            sources+=("src/$link"/*.c)
        else
            sources+=("src/$link.c")
        fi
    done
    local libraries
    read -ra libraries < <(pkg-config --cflags --libs luajit jansson zlib libbrotlidec libzstd libidn2)
    clang "${flags[@]}" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        "tests/fuzz/fuzz_$1.c" "${sources[@]}" -o "$2" "${libraries[@]}" -lm
}

root=$PWD passed=0 failed=0
if [ $with_clang = no ]; then
    make --no-print-directory -s -j"$(nproc)" VARIANT=asan build-fuzzers
fi
for name in "${names[@]}"; do
    folder=build/fuzz/$name
    mkdir -p "$folder/found"
    if [ $with_clang = yes ]; then
        build_with_clang "$name" "$folder/run"
    else
        cp --remove-destination "build/asan/tests/fuzz_$name" "$folder/run"
    fi
    # libFuzzer writes what it finds new into the first folder.
    if (cd "$folder" && ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=abort_on_error=1 \
        ./run "${limit[@]}" "${folders[@]}" "$root/tests/fuzz/corpus/$name") >"$folder/log" 2>&1; then
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
