#!/bin/bash
# bare.sh [run] [test] -- shows, in a bare Debian 12, that `make run` and `make test` each work as the first
# command after `apt-get install make`, that both work again without a network, and that they leave no process.
#
# The system is made by debootstrap from the package source that this machine uses, in a folder that is removed
# at the end (KATYDID_BARE=FOLDER keeps a pristine one there for the next time). Needs root. Takes a quarter of an hour.
set -eu
cd "$(dirname "$0")/.."

passed=0 failed=0
if [ "$(id -u)" != 0 ]; then
    echo "skipped: bare: needs root, for debootstrap and chroot"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
./third_party/install.sh accept

work=$(mktemp -d /tmp/katydid-bare.XXXXXX)
cleanup() { rm -rf --one-file-system "$work"; }
trap cleanup EXIT

# The suite and address of Debian 12 that apt uses here, in either of its two formats.
source_address() {
    local found
    found=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
        awk '/^URIs:/ { uri = $2 } /^Suites:.*bookworm/ && uri && !/security/ { print uri; exit }')
    [ -n "$found" ] || found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        awk '/^deb / && / bookworm / { for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) { print $i; exit } }')
    echo "$found"
}

pristine=${KATYDID_BARE:-$work/pristine}
if [ ! -e "$pristine/etc/debian_version" ]; then
    debootstrap --variant=minbase bookworm "$pristine" "$(source_address)" >"$work/debootstrap.log" 2>&1 ||
        { tail -n 20 "$work/debootstrap.log"; exit 1; }
fi

# bare_system NAME: a fresh copy with apt and trust set up as here, `make`, and the committed tree in /katydid.
bare_system() {
    local root=$work/$1 item
    cp -a --reflink=auto "$pristine" "$root"
    rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"
    for item in sources.list sources.list.d apt.conf.d auth.conf.d preferences.d trusted.gpg.d keyrings; do
        [ ! -e "/etc/apt/$item" ] || cp -a "/etc/apt/$item" "$root/etc/apt/"
    done
    cp /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
    # Whom this machine trusts beside those whom Debian does, for npm.
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp -a /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
    git clone -q . "$root/katydid"
    inside "$1" "apt-get update -q && apt-get install -y -q --no-install-recommends make" >"$work/$1.apt.log" 2>&1 ||
        { tail -n 20 "$work/$1.apt.log"; return 1; }
}

# What runs as process 1 of a system's own process tree: ROOT COMMAND NETWORK.
cat >"$work/init" <<'INIT'
root=$1 command=$2 network=$3
[ "$network" = yes ] || ip link set lo up
mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev"
chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 CI=true \
    DEBIAN_FRONTEND=noninteractive sh -c "cd /katydid && $command"
status=$?
for process in "$root"/proc/[0-9]*; do
    [ "${process##*/}" = 1 ] && continue
    read -r name <"$process/comm" 2>/dev/null || continue
    echo "still running afterwards: ${process##*/} $name"
    status=99
done
exit $status
INIT

# inside NAME COMMAND [no-network]: runs it in a system of its own processes, without a network if asked.
inside() {
    local network=yes unshared=(--mount --pid --fork --kill-child)
    [ "${3:-}" != no-network ] || { network=no; unshared+=(--net); }
    unshare "${unshared[@]}" sh "$work/init" "$work/$1" "$2" "$network" </dev/null
}

# show NAME TITLE COMMAND [no-network]
show() {
    local started=$SECONDS
    if inside "$1" "$3" "${4:-}" >"$work/$1.log" 2>&1; then
        passed=$((passed + 1))
        echo "ok     $2 ($((SECONDS - started)) s): $(grep -E '^[0-9]+ passed' "$work/$1.log" | tail -n 1)"
    else
        failed=$((failed + 1))
        echo "FAILED $2"
        tail -n 60 "$work/$1.log" | sed 's/^/    /'
    fi
}

targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(run test)
for target in "${targets[@]}"; do
    bare_system "$target"
    show "$target" "make $target, first command on a bare Debian 12" "make $target"
    show "$target" "make $target again, without a network" "make $target" no-network
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
