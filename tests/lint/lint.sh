#!/bin/bash
# lint.sh -- what a machine can check, each check a line; ends with one line of counts.
set -u
cd "$(dirname "$0")/../.." || exit 1

passed=0 failed=0
# check NAME COMMAND...: passes when the command ends with 0; shows what it printed when not.
check() {
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "lint: $name"
        printf '%s\n' "$out" | sed 's/^/    /'
    fi
}

c_files() { git ls-files -co --exclude-standard 'src/*.c' 'src/*.h' 'tests/*.c' 'tests/*.h'; }
lua_files() { git ls-files -co --exclude-standard '*.lua' | grep -v '^tests/fixtures/'; }
sh_files() { git ls-files -co --exclude-standard '*.sh' '.ci/run'; }

formatting() { c_files | xargs clang-format --dry-run --Werror; }

# Each header compiles alone.
headers() {
    local flags header bad=0
    flags="-std=c11 -D_GNU_SOURCE -Isrc -fsyntax-only -Wall -Wextra -Werror $(pkg-config --cflags luajit jansson)"
    for header in src/*/*.h; do
        # shellcheck disable=SC2086 # the flags are words
        gcc $flags -x c "$header" || { echo "$header doesn't compile alone"; bad=1; }
    done
    return $bad
}

# Nothing that is for one machine alone.
traces() { ! git grep -nE '(/wo[r]k/|/fa[r]m/|/ro[o]t/|/ho[m]e/[a-z])' -- . ':!tests/fixtures'; }

sources() { c_files | xargs luajit "tests/lint/$1.lua"; }
luachecks() { lua_files | xargs luacheck --quiet --no-color; }
shellchecks() { sh_files | xargs shellcheck; }
pythons() { git ls-files -co --exclude-standard '*.py' | grep -v '^tests/fixtures/' | xargs -r -n1 /usr/bin/python3 -c 'import ast,sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])'; }

check "floors: who may include whom (tests/lint/layers.lua)" sources layers
check "headers compile alone" headers
check "forbidden functions (tests/lint/banned.lua)" sources banned
check "sizes of files and functions (tests/lint/sizes.lua)" sources sizes
check "each module has its unit test (tests/lint/mirror.lua)" sources mirror
check "the tour names each room (tests/lint/rooms.lua)" sources rooms
check "the Lua half's C is annotated (tests/lint/meta.lua)" luajit tests/lint/meta.lua
check "formatting of C (make format mends it)" formatting
check "luacheck" luachecks
check "shellcheck" shellchecks
check "Python parses" pythons
check "no path of one machine" traces

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
