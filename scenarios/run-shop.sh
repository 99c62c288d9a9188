#!/bin/bash
# run-shop.sh PROGRAM -- runs the shop scenario against the practice server, for `make run`.
#
# The server takes any free port of this machine, and ends when the run does. Ctrl-C ends the run in good order; the
# server, in a session of its own, goes on until the reports are out. The exit code is the run's.
set -u
program=$1
here=$(dirname "$0")

# Its first line of output says where it listens.
exec {said}< <(exec setsid "$program" target --port 0)
server=$!
# Nothing is left running when this returns: the server is waited for, too.
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null' EXIT
trap ':' INT

read -r -t 10 -u "$said" line || { echo "run-shop.sh: the practice server didn't start" >&2; exit 2; }
host=${line##* }
case $host in
    http://*) ;;
    *) echo "run-shop.sh: expected where the practice server listens, got: $line" >&2; exit 2 ;;
esac
echo "$line"

"$program" "$here/shop.lua" --headless --host "$host" -u 50 -r 10 -t 15s --csv results/shop
