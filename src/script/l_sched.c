/* l_sched -- katydid.core.sched: what lua/katydid/co.lua makes users' waits of. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <string.h>

#include "script/lx.h"

/* The C function whose callback this is ("sort"), or NULL: nobody can wait inside one. pcall and
 * xpcall are none of those: LuaJIT lets a wait pass. Borrowed while the stack stands as it does. */
static const char *enclosing_c_function(lua_State *L)
{
    lua_Debug at;
    for (int level = 1; lua_getstack(L, level, &at) != 0; level++) {
        lua_getinfo(L, "nS", &at);
        if (strcmp(at.what, "C") == 0 && at.name != NULL && strcmp(at.name, "pcall") != 0 &&
            strcmp(at.name, "xpcall") != 0)
            return at.name;
    }
    return NULL;
}

/* Pushes "WHAT can't wait here: …". [-0, +1, m] */
static void push_refusal(lua_State *L, const char *what)
{
    const char *name = enclosing_c_function(L);
    if (name != NULL)
        lua_pushfstring(L,
                        "%s can't wait here: this function was called by %s, in the middle of "
                        "which a user can't be put aside",
                        what, name);
    else
        lua_pushfstring(L,
                        "%s can't wait here: this function was called by C code (a metamethod of "
                        "the collector, a sort, …), in the middle of which a user can't be put "
                        "aside",
                        what);
}

/* Why `what` is refused while no user runs. [-0, +1, m] */
static void push_phase_refusal(lua_State *L, struct vm *vm, const char *what)
{
    const char *phase = sched_phase(vm->sched);
    if (phase != NULL)
        lua_pushfstring(L, "%s may only be called by a running user, not %s", what, phase);
    else
        lua_pushfstring(L, "%s may only be called by a running user", what);
}

/* Throws the string on top, with the position of `level`. [-1, +0, e] */
static void throw_at(lua_State *L, int level)
{
    luaL_where(L, level);
    lua_insert(L, -2);
    lua_concat(L, 2);
    lua_error(L);
}

struct task *core_check_user(lua_State *L, struct vm *vm, const char *what, int level)
{
    struct task *t = sched_current(vm->sched);
    if (t == NULL) {
        push_phase_refusal(L, vm, what);
        throw_at(L, level);
    } else if (!lua_isyieldable(L)) {
        push_refusal(L, what);
        throw_at(L, level);
    } else if (sched_take_stop(t)) {
        sched_push_stop(vm->sched, L);
        lua_error(L);
    }
    return t;
}

/* check(what, level) */
static int l_check(lua_State *L)
{
    const char *what = luaL_checkstring(L, 1);
    core_check_user(L, core_vm(L), what, (int)luaL_checkinteger(L, 2));
    return 0;
}

/* is_stopping() -> boolean; who gets true, ends */
static int l_is_stopping(lua_State *L)
{
    struct task *t = sched_current(core_vm(L)->sched);
    if (t != NULL && t->is_stopping)
        sched_set_ending(t);
    lua_pushboolean(L, t != NULL && t->is_stopping);
    return 1;
}

/* ending() */
static int l_ending(lua_State *L)
{
    struct task *t = sched_current(core_vm(L)->sched);
    if (t != NULL)
        sched_set_ending(t);
    return 0;
}

/* user() -> user or nil */
static int l_user(lua_State *L)
{
    struct task *t = sched_current(core_vm(L)->sched);
    if (t == NULL)
        return 0;
    lua_rawgeti(L, LUA_REGISTRYINDEX, t->user->user_ref);
    return 1;
}

/* is_main() -> boolean */
static int l_is_main(lua_State *L)
{
    struct task *t = sched_current(core_vm(L)->sched);
    lua_pushboolean(L, t != NULL && t->co == L);
    return 1;
}

/* abandon(what) -> why */
static int l_abandon(lua_State *L)
{
    const char *what = luaL_checkstring(L, 1);
    struct task *t = sched_current(core_vm(L)->sched);
    if (t != NULL)
        sched_abandon(t);
    luaL_where(L, 1);
    push_refusal(L, what);
    lua_concat(L, 2);
    return 1;
}

static const luaL_Reg sched_functions[] = {
    {"check", l_check},     {"is_stopping", l_is_stopping}, {"ending", l_ending}, {"user", l_user},
    {"is_main", l_is_main}, {"abandon", l_abandon},         {NULL, NULL}};

void l_sched_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, sched_functions);
    sched_push_wait(vm->sched, L);
    lua_setfield(L, -2, "WAIT");
    sched_push_turn(vm->sched, L);
    lua_setfield(L, -2, "turn");
    sched_push_stop(vm->sched, L);
    lua_setfield(L, -2, "STOP");
}
