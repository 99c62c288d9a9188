/*
 * vm -- a Lua state with everything a scenario can require, and what its C half needs to reach.
 *
 * For development: KATYDID_DEV_LUA=FOLDER loads the Lua half from there instead of the embedded one;
 * KATYDID_DEV_GC=stress collects fully before each resume (script/pacer).
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_VM_H
#define SCRIPT_VM_H

#include "base/err.h"
#include "http/session.h"
#include "http/transport.h"
#include "loop/loop.h"
#include "run/hooks.h"
#include "run/monitor.h"
#include "run/runner.h"
#include "run/thresholds.h"
#include "run/usage.h"
#include "script/bases.h"
#include "script/sched.h"
#include "stats/stats.h"

#include <jansson.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* All borrowed for the vm's life. */
struct vm_options {
    struct loop *loop;
    struct stats *stats;
    struct hooks *hooks;
    struct usage *usage;              /* told of the collector's pauses; may be NULL */
    struct thresholds *thresholds;    /* k.thresholds adds to them; NULL: they are only read */
    const struct monitor *monitor;    /* runner.current_cpu_usage; NULL: it is 0 */
    struct transport *transport;      /* HttpUser's */
    struct transport *fast_transport; /* FastHttpUser's */
    uint64_t seed;
    bool print_to_stderr; /* with --json */
    bool tells_phases;    /* of requests, to HOOK_REQUEST */
};

struct vm {
    lua_State *L;
    struct sched *sched;
    struct vm_options options;
    struct runner *runner;        /* set once there is one; core.run answers "ready" and 0 before */
    struct session_box *sessions; /* list: its clients that no finalizer has freed yet */
    struct bases *bases;          /* of its clients */
    unsigned n_doubts;            /* how often a client's may have become another one */
    int response_type;            /* registry: the metatable of responses */
    struct detail *detail;        /* script/detail; NULL: nobody asks for it */
    bool has_exit_code;
    int exit_code;          /* environment.process_exit_code */
    size_t listener_errors; /* what listeners of events threw */
    bool stop_asked;        /* k.stop_test or os.exit before there was a runner */
};

/* Opens the state: libraries, katydid.core, the Lua half in package.preload (or from the folder that
 * KATYDID_DEV_LUA names), and the replaced coroutine, pcall, math.random, os.exit and print. */
struct vm *vm_new(const struct vm_options *options, struct err *err);
/* No task may be left. */
void vm_free(struct vm *vm);

/* The vm of a state. [-0, +0, -] */
struct vm *vm_of(lua_State *L);

/* Pushes the function `name` of one of our modules, which is loaded where it wasn't. [-0, +1, -];
 * on an error -1, and nothing pushed. */
int vm_push_function(struct vm *vm, const char *module, const char *name,
                     struct err *err) ERR_CHECKED;

/* lx_call, while `phase` is what goes on: no user runs meanwhile. [-(n_args + 1), +n_results, -] */
int vm_call(struct vm *vm, const char *phase, int n_args, int n_results, char **traceback,
            struct err *err) ERR_CHECKED;

/* Ends the test in good order; before there is a runner, it is not begun. */
void vm_stop_test(struct vm *vm, struct str reason);

const char *vm_luajit_version(void);

#endif
