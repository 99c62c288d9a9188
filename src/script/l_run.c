/* l_run -- katydid.core.run: what users tell the run, and what scripts ask of it. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <math.h>

#include "base/buf.h"
#include "base/log.h"
#include "script/lx.h"

/* Throws STOP: the caller's end. [-0, +0, e] */
static int throw_stop(lua_State *L, struct vm *vm)
{
    struct task *t = sched_current(vm->sched);
    if (t != NULL)
        sched_set_ending(t); // this is its STOP
    sched_push_stop(vm->sched, L);
    return lua_error(L);
}

/* request(method, name, milliseconds, length, failure) */
static int l_request(lua_State *L)
{
    struct hook what = {.kind = HOOK_REQUEST};
    what.u.request.method = lx_check_str(L, 1);
    what.u.request.name = lx_check_str(L, 2);
    what.u.request.timed = !lua_isnoneornil(L, 3);
    double ms = what.u.request.timed ? luaL_checknumber(L, 3) : 0;
    double length = luaL_checknumber(L, 4);
    what.u.request.failure = lx_opt_str(L, 5, STR_EMPTY);
    if (!lua_isnoneornil(L, 5) && what.u.request.failure.n == 0)
        what.u.request.failure = STR("(a failure without a text)");
    if (isnan(ms) || isinf(ms))
        return luaL_argerror(L, 3, "expected a finite number of milliseconds");
    what.u.request.ms = ms > 0 ? ms : 0;
    what.u.request.length = length > 0 && length < 0x1p63 ? (uint64_t)length : 0;
    hooks_fire(core_vm(L)->options.hooks, &what);
    return 0;
}

/* user_error(message, traceback) */
static int l_user_error(lua_State *L)
{
    struct hook what = {.kind = HOOK_USER_ERROR};
    what.u.error.message = lx_check_str(L, 1);
    what.u.error.traceback = lx_check_str(L, 2);
    struct buf text = BUF_INIT;
    buf_add_str(&text, what.u.error.message);
    if (what.u.error.traceback.n > 0)
        buf_add_char(&text, '\n');
    buf_add_str(&text, what.u.error.traceback);
    log_text(LOG_ERROR, "katydid.user.task", buf_slice(&text)); // whole, whatever it holds
    buf_release(&text);
    hooks_fire(core_vm(L)->options.hooks, &what);
    return 0;
}

/* counts_iterations() -> boolean */
static int l_counts_iterations(lua_State *L)
{
    struct vm *vm = core_vm(L);
    lua_pushboolean(L, vm->runner != NULL && runner_counts_iterations(vm->runner));
    return 1;
}

/* take_iteration() -> boolean */
static int l_take_iteration(lua_State *L)
{
    struct vm *vm = core_vm(L);
    lua_pushboolean(L, vm->runner == NULL || runner_take_iteration(vm->runner));
    return 1;
}

/* iteration_done() */
static int l_iteration_done(lua_State *L)
{
    struct vm *vm = core_vm(L);
    if (vm->runner != NULL)
        runner_iteration_done(vm->runner);
    return 0;
}

/* stop_test(reason) */
static int l_stop_test(lua_State *L)
{
    struct vm *vm = core_vm(L);
    vm_stop_test(vm, lx_opt_str(L, 1, STR_EMPTY));
    return sched_current(vm->sched) != NULL ? throw_stop(L, vm) : 0;
}

/* get_exit_code() -> integer or nil */
static int l_get_exit_code(lua_State *L)
{
    struct vm *vm = core_vm(L);
    if (!vm->has_exit_code)
        return 0;
    lua_pushinteger(L, vm->exit_code);
    return 1;
}

/* set_exit_code(code) */
static int l_set_exit_code(lua_State *L)
{
    struct vm *vm = core_vm(L);
    if (lua_isnoneornil(L, 1)) {
        vm->has_exit_code = false;
        return 0;
    }
    double code = luaL_checknumber(L, 1);
    if (!(code >= 0 && code <= 255) || code != floor(code))
        return luaL_argerror(L, 1, "expected a whole number from 0 to 255");
    vm->exit_code = (int)code;
    vm->has_exit_code = true;
    return 0;
}

/* exit(code): os.exit */
static int l_exit(lua_State *L)
{
    struct vm *vm = core_vm(L);
    if (lua_isboolean(L, 1) || lua_isnoneornil(L, 1)) {
        lua_pushinteger(L, lua_isboolean(L, 1) && !lua_toboolean(L, 1));
        lua_insert(L, 1);
    }
    lua_settop(L, 1);
    l_set_exit_code(L);
    vm_stop_test(vm, STR("os.exit"));
    return throw_stop(L, vm);
}

/* state() -> string */
static int l_state(lua_State *L)
{
    struct vm *vm = core_vm(L);
    lua_pushstring(L, run_state_name(vm->runner != NULL ? runner_state(vm->runner) : RUN_READY));
    return 1;
}

/* user_count() -> integer */
static int l_user_count(lua_State *L)
{
    struct vm *vm = core_vm(L);
    lua_pushnumber(L, vm->runner != NULL ? (double)runner_user_count(vm->runner) : 0);
    return 1;
}

/* run_time() -> seconds */
static int l_run_time(lua_State *L)
{
    struct vm *vm = core_vm(L);
    lua_pushnumber(L, vm->runner != NULL ? runner_run_time_s(vm->runner) : 0);
    return 1;
}

static const luaL_Reg run_functions[] = {{"request", l_request},
                                         {"user_error", l_user_error},
                                         {"counts_iterations", l_counts_iterations},
                                         {"take_iteration", l_take_iteration},
                                         {"iteration_done", l_iteration_done},
                                         {"stop_test", l_stop_test},
                                         {"get_exit_code", l_get_exit_code},
                                         {"set_exit_code", l_set_exit_code},
                                         {"exit", l_exit},
                                         {"state", l_state},
                                         {"user_count", l_user_count},
                                         {"run_time", l_run_time},
                                         {NULL, NULL}};

void l_run_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, run_functions);
}
