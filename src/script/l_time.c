/* l_time -- katydid.core.time: what time it is, and sleeping. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include "base/clock.h"

/* now() -> seconds */
static int l_now(lua_State *L)
{
    lua_pushnumber(L, ns_to_s(clock_now_ns(loop_clock(core_vm(L)->options.loop))));
    return 1;
}

/* wall() -> seconds */
static int l_wall(lua_State *L)
{
    lua_pushnumber(L, clock_wall_s(loop_clock(core_vm(L)->options.loop)));
    return 1;
}

static void cancel_sleep(void *op)
{
    struct task *t = op;
    timer_cancel(sched_loop(t->sched), &t->sleep);
}

/* start(seconds, between_tasks) */
static int l_start(lua_State *L)
{
    struct vm *vm = core_vm(L);
    double seconds = luaL_checknumber(L, 1);
    bool between_tasks = lua_toboolean(L, 2);
    struct task *t = core_check_user(L, vm, "a sleep", 2);
    sched_park(t, cancel_sleep, t);
    t->is_between_tasks = between_tasks;
    if (between_tasks && t->spawned != NULL)
        core_settle_spawned(t);
    timer_start(vm->options.loop, &t->sleep, s_to_ns(seconds));
    return 0;
}

static const luaL_Reg time_functions[] = {
    {"now", l_now}, {"wall", l_wall}, {"start", l_start}, {NULL, NULL}};

void l_time_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, time_functions);
}
