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

/* Whether it was asked to end while it slept between two tasks; who gets true, ends. */
static int push_is_stopping(void *op, lua_State *L)
{
    struct task *t = op;
    if (t->is_stopping)
        sched_set_ending(t);
    lua_pushboolean(L, t->is_stopping);
    return 1;
}

/* sleep(seconds, between_tasks, what, level) -> after a wait nil and, between tasks, whether the user is
 * to end; or STOP */
static int l_sleep(lua_State *L)
{
    struct vm *vm = core_vm(L);
    double seconds = luaL_checknumber(L, 1);
    bool between_tasks = lua_toboolean(L, 2);
    const char *what = luaL_optstring(L, 3, "a sleep");
    struct task *t = core_check_user(L, vm, what, (int)luaL_optinteger(L, 4, 1));
    sched_park_for(t, cancel_sleep, between_tasks ? push_is_stopping : NULL, t);
    t->is_between_tasks = between_tasks;
    if (between_tasks && t->spawned != NULL)
        core_settle_spawned(t);
    timer_start(vm->options.loop, &t->sleep, s_to_ns(seconds));
    sched_push_wait(vm->sched, L);
    return lua_yield(L, 1);
}

static const luaL_Reg time_functions[] = {
    {"now", l_now}, {"wall", l_wall}, {"sleep", l_sleep}, {NULL, NULL}};

void l_time_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, time_functions);
}
