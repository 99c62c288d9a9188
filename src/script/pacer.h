/*
 * pacer -- when Lua's garbage is collected, and how much of it at a time.
 *
 * LuaJIT's own collector works wherever a script happens to allocate, and one phase of it (the atomic
 * one) visits every coroutine and every userdata, dead ones too, in one piece; the more was left undone
 * before, the longer that takes. So the collector is driven from here, between two resumes: a cycle
 * begins when the bytes in use have grown by half since the end of the last one, and by 7 MB at least (or
 * small runs would visit their modules again and again); and does a multiple of what is allocated meanwhile, so that it always outruns
 * it. A slice of it ends after half a millisecond, but for the atomic phase.
 *
 *     bytes     . . . . . . . . . . . . . . . . . . . . . . . . . . net: LuaJIT's own collector
 *       ^                                  /|\
 *       |      goal ----------------------/-|-\------  <- a cycle begins
 *       |                            ____/  |  \       <- work: RATIO times what is allocated
 *       |   live ___________________/       |   \____  <- it is over: there is a new goal
 *
 * Who allocates without end in one resume meets the net: LuaJIT's automatic collector, armed far above
 * the goal, works as it always did.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_PACER_H
#define SCRIPT_PACER_H

#include "base/clock.h"
#include "run/usage.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACER_REST_KB 7168 /* at least so much is allocated between two cycles */
#define PACER_SLICE_KB 16  /* while a cycle is under way: a slice for each so much */
#define PACER_RATIO 6      /* work done for what is allocated */
#define PACER_SLICE_US 500 /* a slice is over after so long */
#define PACER_NET_KB 32768 /* how far at least the net is above */

/* Embedded in its owner. Fields are for tests to read. */
struct pacer {
    lua_State *L;
    const struct clock *clock;
    struct usage *usage; /* told of each slice, as a pause; NULL: nobody is */
    size_t next_kb;      /* in use, from which on there is something to do */
    size_t goal_kb;      /* in use, at which the next cycle begins */
    size_t seen_kb;      /* in use after the last slice */
    size_t last_kb;      /* in use at the last step: less than that, and somebody else collects */
    size_t owed_kb;      /* work that the cycle is behind with */
    bool is_collecting;
    bool may_be_begun;    /* a cycle, by somebody else: it spares what was made since */
    bool collects_always; /* KATYDID_DEV_GC=stress */
    uint64_t cycles, slices;
};

/* Takes the collector of a state over. State and clock are borrowed for the pacer's life; by a virtual
 * clock no slice is cut short. KATYDID_DEV_GC=stress collects fully at each step instead, and tells no
 * pauses. */
void pacer_init(struct pacer *p, lua_State *L, const struct clock *clock);

/* What pacer_step does when there is something to do. [-0, +0, -] */
void pacer_work(struct pacer *p);

/* Called between two resumes, while no Lua runs. Calls finalizers; what one raises is logged.
 * [-0, +0, -] */
static inline void pacer_step(struct pacer *p)
{
    size_t used_kb = (size_t)lua_gc(p->L, LUA_GCCOUNT, 0);
    if (used_kb >= p->next_kb || used_kb < p->last_kb)
        pacer_work(p);
    else
        p->last_kb = used_kb;
}

#endif
