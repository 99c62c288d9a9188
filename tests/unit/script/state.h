/*
 * state -- a Lua state with a part of katydid.core and katydid.co, on a loop with a virtual clock:
 * what the tests of script/ stand on, without a run and without HTTP.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_SCRIPT_STATE_H
#define TESTS_SCRIPT_STATE_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "loop/loop.h"
#include "script/core.h"
#include "script/embed.h"
#include "script/lx.h"
#include "script/sched.h"

struct state {
    struct clock clock;
    struct loop *loop;
    struct vm vm; /* by hand: the state, the scheduler, the loop */
    lua_State *L;
};

static int state_load_co(lua_State *L)
{
    for (const struct embedded *m = embedded_modules; m->module != NULL; m++)
        if (strcmp(m->module, "katydid.co") == 0 &&
            luaL_loadbuffer(L, m->source, m->length, m->chunk) != 0)
            return lua_error(L);
    return 1;
}

static void state_open(struct state *s, uint64_t seed)
{
    clock_init_virtual(&s->clock, NS_PER_S, 1700000000.0);
    s->loop = loop_new(&s->clock);
    s->L = lx_new_state();
    luaL_openlibs(s->L);
    memset(&s->vm, 0, sizeof s->vm);
    s->vm.L = s->L;
    s->vm.options.loop = s->loop;
    s->vm.sched = sched_new(s->L, s->loop, seed);
    lua_getglobal(s->L, "package");
    lua_getfield(s->L, -1, "loaded");
    lua_newtable(s->L);
    l_sched_open(s->L, &s->vm);
    lua_setfield(s->L, -2, "sched");
    l_spawn_open(s->L, &s->vm);
    lua_setfield(s->L, -2, "spawn");
    l_time_open(s->L, &s->vm);
    lua_setfield(s->L, -2, "time");
    l_rand_open(s->L, &s->vm);
    lua_setfield(s->L, -2, "rand");
    l_json_open(s->L, &s->vm);
    lua_setfield(s->L, -2, "json");
    lua_setfield(s->L, -2, "katydid.core");
    lua_getfield(s->L, -2, "preload");
    lua_pushcfunction(s->L, state_load_co);
    lua_call(s->L, 0, 1);
    lua_setfield(s->L, -2, "katydid.co");
    lua_settop(s->L, 0);
    if (luaL_dostring(s->L,
                      "require('katydid.co').install() out = {}\n"
                      "function say(...) out[#out + 1] = table.concat({ ... }, ' ') end") != 0)
        BUG(lua_tostring(s->L, -1));
}

static bool state_close(struct state *s)
{
    lx_close_state(s->L);
    sched_free(s->vm.sched);
    bool idle = loop_is_idle(s->loop);
    loop_free(s->loop);
    return idle;
}

/* Runs a chunk; NULL, or the error (the caller's). */
static inline char *state_do(struct state *s, const char *source)
{
    struct err err = ERR_INIT;
    if (luaL_loadbuffer(s->L, source, strlen(source), "@chunk") != 0)
        BUG(lua_tostring(s->L, -1));
    return lx_call(s->L, 0, 0, NULL, &err) == 0 ? NULL : xstrdup(err.text);
}

/* What was said, joined by "|"; borrowed until the next call. */
static inline const char *state_said(struct state *s)
{
    lua_settop(s->L, 0);
    if (luaL_dostring(s->L, "local all = table.concat(out, '|') out = {} return all") != 0)
        BUG(lua_tostring(s->L, -1));
    return lua_tostring(s->L, -1);
}

#endif
