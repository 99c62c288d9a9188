#!/bin/sh
# install.sh GROUP... -- installs what third_party/debian.txt lists for the groups, from Debian's packages.
#
# Asks dpkg first, so that where all is there already nothing is asked of the network and no rights are needed.
# No package's daemon is started: a policy-rc.d says so while this runs (and is left alone where one exists).
set -eu

list=$(dirname "$0")/debian.txt
missing=""
# is_there NAME: installed, or brought by another package (some makers' nodejs has npm in it).
is_there() {
    [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null || true)" != "install ok installed" ] || return 0
    dpkg-query -W -f='${db:Status-Abbrev},${Provides}\n' 2>/dev/null | sed -n 's/^ii *,//p' |
        tr ',' '\n' | sed 's/(.*//; s/ //g' | grep -qxF "$1"
}
# packages_of GROUP: the names in the list, one a line.
packages_of() {
    awk -F'|' -v group="$1" '!/^#/ { gsub(/ /, "", $1); gsub(/ /, "", $2); if ($2 == group) print $1 }' "$list"
}
for group in "$@"; do
    # shellcheck disable=SC2013 # names are words
    for name in $(packages_of "$group"); do
        is_there "$name" || missing="$missing $name"
    done
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "third_party/install.sh: these packages are missing, and there is no apt-get here:$missing" >&2
    exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "third_party/install.sh: not root, and there is no sudo; as root: apt-get install$missing" >&2
        exit 1
    fi
    as_root="sudo"
fi

echo "third_party/install.sh: installing$missing" >&2
policy=/usr/sbin/policy-rc.d
made_policy=""
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
    made_policy=yes
fi
cleanup() {
    [ -z "$made_policy" ] || $as_root rm -f "$policy"
}
trap cleanup EXIT

# shellcheck disable=SC2086 # the names are words
install_all() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
}
# A machine's package lists may be absent or old: refresh them, and only then give up.
{ $as_root apt-get update -q && install_all; } >&2
