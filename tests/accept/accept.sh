#!/bin/bash
# accept.sh -- `make accept`: what takes long or measures time; each figure is printed beside its bound.
#
# ACCEPT_ONLY=NAME[,NAME...] runs those whose name contains one of them; ACCEPT_SHORT=1 takes a tenth of the time or 15 s,
# to try the script itself.
set -eu
cd "$(dirname "$0")/../.."
make --no-print-directory -s VARIANT=asan build/asan/katydid
exec /usr/bin/python3 tests/accept/accept.py
