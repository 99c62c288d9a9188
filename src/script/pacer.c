/* pacer -- when Lua's garbage is collected, and how much of it at a time. */
// SPDX-License-Identifier: MIT
#include "script/pacer.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "script/lx.h"

#define LOGGER "katydid.script"

/* LuaJIT's LUA_GCSTEP of 0 does 10 * stepmul bytes of work and counts an object it visits by its size. */
#define STEPMUL 800
#define STEP_KB (10 * STEPMUL / 1024 + 1)
#define OWN_PAUSE 200 /* percent: LuaJIT's own, for what happens above the net */

static size_t in_use_kb(const struct pacer *p)
{
    return (size_t)lua_gc(p->L, LUA_GCCOUNT, 0);
}

static size_t max_kb(size_t a, size_t b)
{
    return a > b ? a : b;
}

/*
 * Stops the automatic collector until the net is reached. A step arms it at once, and there is no call
 * that sets its threshold: it becomes a percentage of the bytes in use when it is restarted. What
 * it does afterwards, if it comes to that, is by its own pause again.
 */
static void spread_net(struct pacer *p)
{
    size_t used_kb = in_use_kb(p);
    size_t above_kb = max_kb(used_kb, p->goal_kb);
    size_t net_kb = above_kb + max_kb(above_kb / 2, PACER_NET_KB);

    lua_gc(p->L, LUA_GCSETPAUSE, (int)(net_kb * 100 / (used_kb + 1)));
    lua_gc(p->L, LUA_GCRESTART, -1);
    lua_gc(p->L, LUA_GCSETPAUSE, OWN_PAUSE);
}

/* How much is allocated until the next cycle begins. */
static size_t rest_kb(size_t live_kb)
{
    return max_kb(live_kb / 2, PACER_REST_KB);
}

static void rest(struct pacer *p)
{
    size_t live_kb = in_use_kb(p);

    p->is_collecting = false;
    p->goal_kb = live_kb + rest_kb(live_kb);
    p->next_kb = p->goal_kb;
}

void pacer_init(struct pacer *p, lua_State *L, const struct clock *clock)
{
    const char *mode = getenv("KATYDID_DEV_GC");

    *p = (struct pacer){.L = L, .clock = clock};
    p->last_kb = in_use_kb(p);
    p->may_be_begun = true;
    if (mode != NULL && strcmp(mode, "stress") == 0) {
        p->collects_always = true; // next_kb stays 0
        return;
    }
    rest(p);
    spread_net(p);
}

/* What is owed for what was allocated since the last slice. */
static void charge(struct pacer *p)
{
    size_t used_kb = in_use_kb(p);

    if (!p->is_collecting) {
        p->is_collecting = true;
        p->seen_kb = used_kb > PACER_SLICE_KB ? used_kb - PACER_SLICE_KB : 0;
        p->owed_kb = 0;
    }
    if (used_kb > p->seen_kb)
        p->owed_kb += (used_kb - p->seen_kb) * PACER_RATIO;
}

/* True: the cycle is over. */
static bool work_off(struct pacer *p)
{
    uint64_t end_ns = clock_now_ns(p->clock) + PACER_SLICE_US * NS_PER_US;

    lua_gc(p->L, LUA_GCSETSTEPMUL, STEPMUL); // scripts may have set another
    do {
        if (lua_gc(p->L, LUA_GCSTEP, 0) != 0)
            return true;
        p->owed_kb = p->owed_kb > STEP_KB ? p->owed_kb - STEP_KB : 0;
    } while (p->owed_kb > 0 && clock_now_ns(p->clock) < end_ns);
    return false;
}

static void run_slice(struct pacer *p)
{
    charge(p);
    p->slices++;
    bool is_over = work_off(p);
    if (is_over && !p->may_be_begun) {
        p->cycles++;
        rest(p);
    } else {
        p->may_be_begun &= !is_over;
        p->seen_kb = in_use_kb(p);
        p->next_kb = p->owed_kb > 0 ? 0 : p->seen_kb + PACER_SLICE_KB;
    }
}

/* Runs under lx_call: a script's finalizer may raise. Its one argument is the pacer. [-1, +0, e] */
static int run_protected(lua_State *L)
{
    struct pacer *p = lua_touserdata(L, 1);

    if (p->collects_always)
        lua_gc(L, LUA_GCCOLLECT, 0);
    else
        run_slice(p);
    return 0;
}

/* A pause is counted in CPU time: what other programs take meanwhile is not the collector's. */
static void work(struct pacer *p)
{
    struct err err = ERR_INIT;
    bool is_told = p->usage != NULL && !p->collects_always;
    uint64_t before_ns = is_told ? clock_cpu_ns() : 0;

    lua_pushcfunction(p->L, run_protected);
    lua_pushlightuserdata(p->L, p);
    if (lx_call(p->L, 1, 0, NULL, &err) < 0)
        log_error(LOGGER, "Error in a finalizer (__gc): %s", err.text);
    if (is_told)
        usage_add_pause(p->usage, clock_cpu_ns() - before_ns);
}

/* Somebody else has collected: what is in use is less than the goal was made for. */
static void rest_less(struct pacer *p)
{
    size_t used_kb = in_use_kb(p), goal_kb = used_kb + rest_kb(used_kb);

    p->may_be_begun = true;
    if (p->is_collecting || goal_kb >= p->goal_kb)
        return;
    p->goal_kb = goal_kb;
    p->next_kb = goal_kb;
}

void pacer_work(struct pacer *p)
{
    if (in_use_kb(p) >= p->next_kb)
        work(p);
    else
        rest_less(p);
    if (!p->collects_always)
        spread_net(p);
    p->last_kb = in_use_kb(p);
}
