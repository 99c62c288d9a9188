#!/bin/bash
# bench.sh [NAME...] -- cost per request, per user and of a start; see bench.py.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p build/bench
cc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -o build/bench/responder tests/bench/responder.c
exec /usr/bin/python3 tests/bench/bench.py build/release/katydid build/bench/responder "$@"
