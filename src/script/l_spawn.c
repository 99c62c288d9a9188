/* l_spawn -- katydid.core.spawn: functions that run beside the one that spawned them, as the same user. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <utlist.h>

#include "base/log.h"
#include "script/lx.h"

#define SPAWNED_TYPE "katydid.spawned"

/* What Lua has of a spawned function. */
struct spawned {
    struct task *task; /* NULL: it is over */
};

/* What these three wait for needs no cancelling: whoever ends it looks for them. */

static void cancel_join(void *op)
{
    (void)op; // the task whose end is waited for
}

static void cancel_linger(void *op)
{
    (void)op;
}

static void cancel_rest(void *op)
{
    (void)op;
}

static bool joins(const struct task *t, const struct task *whom)
{
    return t->cancel == cancel_join && t->op == whom;
}

static bool is_joined(const struct task *t)
{
    const struct task *other;
    if (joins(t->user, t))
        return true;
    DL_FOREACH (t->user->spawned, other) {
        if (joins(other, t))
            return true;
    }
    return false;
}

static void spawned_ended(void *self, struct task *t, enum task_end how, const char *message,
                          const char *traceback)
{
    struct spawned *box = self;
    struct task *user = t->user, *other;
    if (box != NULL)
        box->task = NULL;
    if (how == TASK_THREW) // our own half, not the script's function
        log_error("katydid.user", "%s\n%s", message, traceback);
    if (joins(user, t))
        sched_wake(user);
    DL_FOREACH (user->spawned, other) {
        if (joins(other, t))
            sched_wake(other);
    }
    if (user->spawned == NULL && user->cancel == cancel_rest)
        sched_wake(user);
}

/* Nobody is left who could ask for its task. */
static int collect_spawned(lua_State *L)
{
    const struct spawned *box = lua_touserdata(L, 1);
    if (box->task != NULL)
        box->task->ended_self = NULL;
    return 0;
}

void core_settle_spawned(struct task *user)
{
    struct task *t;
    DL_FOREACH (user->spawned, t) {
        if (t->is_waiting && t->cancel == cancel_linger)
            sched_wake(t);
    }
}

/* start(run, handle) -> spawned */
static int l_start(lua_State *L)
{
    struct task *by = sched_current(core_vm(L)->sched);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_checkany(L, 2);
    if (by == NULL)
        return luaL_error(L, "no user runs");
    struct spawned *box = lua_newuserdata(L, sizeof *box);
    box->task = NULL;
    luaL_getmetatable(L, SPAWNED_TYPE);
    lua_setmetatable(L, -2);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    box->task = sched_spawn_within(by, L, spawned_ended, box);
    return 1;
}

/* join(spawned) -> whether it waits */
static int l_join(lua_State *L)
{
    struct task *t = core_check_user(L, core_vm(L), "a join", 2);
    const struct spawned *box = luaL_checkudata(L, 1, SPAWNED_TYPE);
    if (box->task == t)
        return lx_throw(L, "a function can't wait for its own end");
    for (const struct task *x = box->task; x != NULL; x = x->cancel == cancel_join ? x->op : NULL) {
        if (x == t)
            return lx_throw(L, "it waits for this one in its turn: neither would ever end");
    }
    if (box->task != NULL)
        sched_park(t, cancel_join, box->task);
    lua_pushboolean(L, box->task != NULL);
    return 1;
}

/* kill(spawned) */
static int l_kill(lua_State *L)
{
    struct vm *vm = core_vm(L);
    const struct spawned *box = luaL_checkudata(L, 1, SPAWNED_TYPE);
    if (box->task == NULL)
        return 0;
    if (box->task != sched_current(vm->sched)) {
        sched_end(box->task);
        return 0;
    }
    sched_set_ending(box->task); // this is its STOP
    sched_push_stop(vm->sched, L);
    return lua_error(L);
}

/* linger() -> "joined", "alone" or "waits" */
static int l_linger(lua_State *L)
{
    struct task *t = sched_current(core_vm(L)->sched);
    if (t == NULL || t->user == t)
        return luaL_error(L, "no spawned function runs");
    if (is_joined(t)) {
        lua_pushliteral(L, "joined");
    } else if (t->user->is_between_tasks || t->user->cancel == cancel_rest) {
        lua_pushliteral(L, "alone");
    } else {
        sched_park(t, cancel_linger, NULL);
        lua_pushliteral(L, "waits");
    }
    return 1;
}

/* rest(kill) -> whether it waits */
static int l_rest(lua_State *L)
{
    struct task *user = sched_current(core_vm(L)->sched), *t;
    if (user == NULL || user->user != user)
        return luaL_error(L, "no user runs by itself");
    if (lua_toboolean(L, 1)) {
        DL_FOREACH (user->spawned, t)
            sched_end(t);
    }
    core_settle_spawned(user);
    if (user->spawned != NULL)
        sched_park(user, cancel_rest, NULL);
    lua_pushboolean(L, user->spawned != NULL);
    return 1;
}

/* stop_user() */
static int l_stop_user(lua_State *L)
{
    struct task *t = sched_current(core_vm(L)->sched);
    if (t != NULL && t->user != t)
        sched_kill(t->user);
    return 0;
}

static const luaL_Reg spawn_functions[] = {{"start", l_start}, {"join", l_join},
                                           {"kill", l_kill},   {"linger", l_linger},
                                           {"rest", l_rest},   {"stop_user", l_stop_user},
                                           {NULL, NULL}};

void l_spawn_open(lua_State *L, struct vm *vm)
{
    lx_new_type(L, SPAWNED_TYPE, NULL, collect_spawned);
    core_new_table(L, vm, spawn_functions);
}
