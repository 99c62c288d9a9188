/*
 * core -- the parts of the module katydid.core, one file each; lua/katydid/meta/core.lua is their
 * contract.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_CORE_H
#define SCRIPT_CORE_H

#include "script/vm.h"

#include <lua.h>
#include <lauxlib.h>

/* Each pushes its table. [-0, +1, m] */
void l_sched_open(lua_State *L, struct vm *vm);
void l_spawn_open(lua_State *L, struct vm *vm);
void l_time_open(lua_State *L, struct vm *vm);
void l_rand_open(lua_State *L, struct vm *vm);
void l_http_open(lua_State *L, struct vm *vm);
void l_json_open(lua_State *L, struct vm *vm);
void l_url_open(lua_State *L, struct vm *vm);
void l_text_open(lua_State *L, struct vm *vm);
void l_file_open(lua_State *L, struct vm *vm);
void l_log_open(lua_State *L, struct vm *vm);
void l_run_open(lua_State *L, struct vm *vm);
void l_stats_open(lua_State *L, struct vm *vm);
void l_metric_open(lua_State *L, struct vm *vm);

/* A table of these functions, each with the vm as its first upvalue. [-0, +1, m] */
void core_new_table(lua_State *L, struct vm *vm, const luaL_Reg *functions);
/* The vm, in one of them. [-0, +0, -] */
static inline struct vm *core_vm(lua_State *L)
{
    return (struct vm *)lua_touserdata(L, lua_upvalueindex(1));
}

/* The running task, which may wait here; raises otherwise, and raises STOP where the task is to
 * end. `what` and `level` as in sched.check. [-0, +0, e] */
struct task *core_check_user(lua_State *L, struct vm *vm, const char *what, int level);

/* The user begins to wait between tasks: of the functions that it spawned, those that failed wait for
 * nobody to join them any more. */
void core_settle_spawned(struct task *user);

/* A JSON value as json.decode gives it; raises where it is nested too deep for the stack.
 * [-0, +1, e] */
void core_push_json(lua_State *L, const json_t *value);

#endif
