# Katydid. `make help` lists what can be made.
VARIANT ?= release
FUZZ_SECONDS ?= 60
PREFIX  ?= /usr/local
BUILD   := build/$(VARIANT)
VERSION := 0.1.0

PKGS := luajit libcurl openssl jansson libmicrohttpd libcares libidn2 zlib libbrotlidec libzstd
# Optimized as one program: the hot path is many small functions in many files.
OPT.release := -O2 -g -flto=auto -fno-plt
OPT.debug   := -O0 -g3
OPT.asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DKATYDID_ASAN
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
        -Wwrite-strings -Wvla -Wundef -Wformat=2
ifdef DEVELOPER
WARN += -Werror
endif
# Asked once, and not before the packages are there.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
KATYDID_CFLAGS = -std=c11 -D_GNU_SOURCE -DKATYDID_VERSION='"$(VERSION)"' $(WARN) $(OPT.$(VARIANT)) \
                 -Isrc $(PKG_CFLAGS) $(CFLAGS)
# Its malloc takes the place of libc's for everything that the program loads. Not where memory is to be
# checked: sanitizers and valgrind bring their own.
ALLOCATOR.release := -Wl,--no-as-needed -lmimalloc -Wl,--as-needed
LDLIBS = $(ALLOCATOR.$(VARIANT)) $(PKG_LIBS) -lev -lm

# As many jobs as there are cores, unless the caller said how many; V=1 shows the commands.
JOBS = $(if $(findstring j,$(MAKEFLAGS)),,-j$(shell nproc))
# What sets up first has a make of its own build the files; several of these (make -j all build-tests, or make in
# two terminals) take turns, so that none builds what another is building.
ALONE = mkdir -p $(BUILD) && flock -o $(BUILD)/.lock
ifndef V
Q = @
SAY = @echo "  $(1)";
endif

FLOORS  := base loop stats net http serve target run report export script app
SOURCES := $(filter-out src/app/main.c,$(wildcard $(FLOORS:%=src/%/*.c)))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/embed.o $(BUILD)/page.o
LIBRARY := $(BUILD)/libkatydid.a
PROGRAM := $(BUILD)/katydid
LUA     := $(shell find lua -name '*.lua' -not -path 'lua/katydid/meta/*' 2>/dev/null | sort)
UI      := $(wildcard src/web/ui/*.js src/web/ui/*.css)
NPM     := third_party/npm/node_modules/.katydid
UNITS   := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*/test_*.c))
SPECS   := $(BUILD)/tests/spec
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))

.DEFAULT_GOAL := all
.PHONY: all run test check unit specs cli e2e accept bench fuzz lint format debug asan scenarios install \
        uninstall clean help setup-%

all: setup-build                                 ## build build/release/katydid
	@$(ALONE) $(MAKE) --no-print-directory $(JOBS) $(PROGRAM)

run: all                                         ## set up, build, and run the shop scenario against the practice server
	@./scenarios/run-shop.sh $(PROGRAM)

test: setup-build setup-test setup-page setup-lint ## set up and run all suites; one line of counts at the end
	@./tests/run-all.sh

check: setup-build setup-test                    ## unit tests, Lua specs and command-line transcripts
	@./tests/run-all.sh unit specs cli

e2e: setup-page
unit specs cli e2e scenarios: setup-build setup-test ## one suite
	@./tests/run-all.sh $@

accept: all setup-test setup-accept              ## full-length scenarios, soaks, accuracy, parity with Locust
	@./tests/accept/accept.sh

bench: all setup-test setup-bench                ## cost per request and per user, as ratios to wrk's
	@./tests/bench/bench.sh $(BENCH)

fuzz: setup-build                                ## feed each parser of foreign bytes nonsense (FUZZ_SECONDS=60 each)
	@./tests/fuzz/fuzz.sh $(FUZZ_SECONDS)

lint: setup-build setup-lint                     ## floors, headers, sizes, names, formatting, luacheck, shellcheck
	@./tests/lint/lint.sh

format: setup-lint                               ## format the C sources
	@git ls-files -co --exclude-standard 'src/*.c' 'src/*.h' 'tests/*.c' 'tests/*.h' | xargs clang-format -i

debug asan: setup-build                          ## build build/debug or build/asan
	@$(MAKE) --no-print-directory $(JOBS) VARIANT=$@ all

install: all                                     ## install the program under PREFIX (default /usr/local)
	install -D -s -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/katydid

uninstall:                                       ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/katydid

clean:                                           ## remove build/
	rm -rf build

help:                                            ## this list
	@sed -n 's/^\([a-z][a-z0-9 -]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 34

.PHONY: setup-page
setup-page:
	@[ "$(KATYDID_SETUP)" = no ] || flock third_party/debian.txt ./third_party/install.sh page || \
	    echo "make: without a browser its tests are skipped"

# Packages of a group of third_party/debian.txt; KATYDID_SETUP=no leaves the machine alone.
setup-%:
	@[ "$(KATYDID_SETUP)" = no ] || flock third_party/debian.txt ./third_party/install.sh $*

$(PROGRAM): $(BUILD)/src/app/main.o $(LIBRARY)
	$(call SAY,LINK $@)
	$(Q)$(CC) $(KATYDID_CFLAGS) -o $@ $^ $(LDFLAGS) $(LDLIBS)

$(LIBRARY): $(OBJECTS)
	$(Q)rm -f $@
	$(Q)gcc-ar rcs $@ $^

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call SAY,CC $<)
	$(Q)$(CC) $(KATYDID_CFLAGS) -MMD -MP -c -o $@ $<

# The Lua half, as source, inside the program.
$(BUILD)/embed.c: src/script/embed.lua $(LUA)
	@mkdir -p $(@D)
	$(call SAY,EMBED lua/)
	$(Q)luajit src/script/embed.lua $@ $(LUA)
$(BUILD)/embed.o: $(BUILD)/embed.c Makefile
	$(Q)$(CC) $(KATYDID_CFLAGS) -c -o $@ $<

# The page of reports: one script and one style sheet, inside the program.
$(NPM): third_party/npm/package-lock.json third_party/npm/package.json
	$(Q)./third_party/npm/install.sh
$(BUILD)/page.c: src/report/page.lua $(UI) $(NPM)
	@mkdir -p $(@D)
	$(call SAY,BUNDLE src/web/ui/)
	$(Q)NODE_PATH=third_party/npm/node_modules esbuild src/web/ui/main.js --bundle --minify --charset=utf8 \
	    --target=chrome90,firefox90,safari14 --legal-comments=none --log-level=warning --outdir=$(BUILD)/ui
	$(Q)luajit src/report/page.lua $@ $(BUILD)/ui/main.js $(BUILD)/ui/main.css \
	    third_party/npm/node_modules/uplot/LICENSE
$(BUILD)/page.o: $(BUILD)/page.c Makefile
	$(Q)$(CC) $(KATYDID_CFLAGS) -c -o $@ $<

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KATYDID_CFLAGS) -o $@ $^ $(LDFLAGS) $(LDLIBS)
$(SPECS): $(BUILD)/tests/lua/spec.o $(LIBRARY)
	$(Q)$(CC) $(KATYDID_CFLAGS) -o $@ $^ $(LDFLAGS) $(LDLIBS)
$(FUZZERS): $(BUILD)/tests/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/mutate.o $(LIBRARY)
	$(Q)$(CC) $(KATYDID_CFLAGS) -o $@ $^ $(LDFLAGS) $(LDLIBS)
.PHONY: build-tests build-fuzzers tests-now fuzzers-now
build-tests build-fuzzers:
	@$(ALONE) $(MAKE) --no-print-directory $(JOBS) $(@:build-%=%-now)
tests-now: $(UNITS) $(SPECS) $(FUZZERS)
fuzzers-now: $(FUZZERS)
.SECONDARY:

-include $(OBJECTS:.o=.d) $(BUILD)/src/app/main.d $(wildcard $(BUILD)/tests/unit/*/*.d $(BUILD)/tests/lua/*.d $(BUILD)/tests/fuzz/*.d)
