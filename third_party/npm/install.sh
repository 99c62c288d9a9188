#!/bin/sh
# install.sh -- fetches what package-lock.json names into node_modules beside it: once, and again when the lock changes.
#
# A file is taken only where its hash is the lock's; no package's script is run. What was fetched stays when build/ is
# removed, so that everything works offline from then on.
set -eu
cd "$(dirname "$0")"

there=node_modules/.katydid # a copy of the lock that it was fetched for
exec 9<package-lock.json
flock 9 # two builds at once: one fetches
if cmp -s package-lock.json "$there"; then
    touch "$there"
    exit 0
fi
if ! command -v npm >/dev/null 2>&1; then
    echo "third_party/npm/install.sh: npm is missing: ./third_party/install.sh build" >&2
    exit 1
fi
# Whom the system trusts, not whom this node was built to trust: they differ where a proxy stands between.
trusted=${npm_config_cafile:-/etc/ssl/certs/ca-certificates.crt}
[ ! -r "$trusted" ] || export npm_config_cafile="$trusted"
npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --no-update-notifier --loglevel=error >&2
cp package-lock.json "$there"
