/* l_run -- katydid.core.run: what users tell the run, and what scripts ask of it. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <math.h>

#include "base/buf.h"
#include "base/log.h"
#include "script/detail.h"
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
    if (core_vm(L)->detail != NULL)
        what.u.request.detail = detail_of(core_vm(L), sched_current(core_vm(L)->sched), NULL,
                                          what.u.request.failure.n > 0);
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

/* The runner; raises where there is none yet. [-0, +0, e] */
static struct runner *check_runner(lua_State *L)
{
    struct vm *vm = core_vm(L);
    if (vm->runner == NULL)
        luaL_error(L, "there is no run yet");
    return vm->runner;
}

/* Raises what err holds, without a position. [-0, +0, e] */
static int throw_err(lua_State *L, const struct err *err)
{
    lua_pushstring(L, err->text);
    return lua_error(L);
}

/* start(users, spawn_rate, user_classes or nil) */
static int l_start(lua_State *L)
{
    struct err err = ERR_INIT;
    struct runner *runner = check_runner(L);
    double users = luaL_checknumber(L, 1), rate = luaL_checknumber(L, 2);
    if (!(users >= 0 && users < 1e9) || !(rate > 0) || isinf(rate))
        return luaL_error(L, "no such number of users or spawn rate");
    struct ramp_step wish = {.users = (size_t)users, .spawn_rate = rate};
    if (!lua_isnoneornil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
        wish.has_classes = true;
        wish.n_classes = lua_objlen(L, 3);
        luaL_argcheck(L, wish.n_classes > 0, 3, "no class");
        wish.classes = lua_newuserdata(L, wish.n_classes * sizeof *wish.classes);
        for (size_t i = 0; i < wish.n_classes; i++) {
            lua_rawgeti(L, 3, (int)i + 1);
            wish.classes[i] = lx_check_str(L, -1); // the list keeps it
            lua_pop(L, 1);
        }
    }
    if (runner_want(runner, &wish, &err) < 0)
        return throw_err(L, &err);
    return 0;
}

/* quit(reason) */
static int l_quit(lua_State *L)
{
    struct vm *vm = core_vm(L);
    runner_quit(check_runner(L), RUN_END_SCRIPT, lx_opt_str(L, 1, STR_EMPTY));
    return sched_current(vm->sched) != NULL ? throw_stop(L, vm) : 0;
}

/* set_class(class, weight, fixed_count) */
static int l_set_class(lua_State *L)
{
    struct err err = ERR_INIT;
    struct str name = lx_check_str(L, 1);
    double weight = luaL_checknumber(L, 2), fixed_count = luaL_checknumber(L, 3);
    luaL_argcheck(L, weight >= 0, 2, "expected a weight");
    luaL_argcheck(L, fixed_count >= 0 && fixed_count < 1e10, 3, "expected a number of users");
    if (runner_set_class(check_runner(L), name, weight, (size_t)fixed_count, &err) < 0)
        return throw_err(L, &err);
    return 0;
}

/* spawn_users(class, n) */
static int l_spawn_users(lua_State *L)
{
    struct err err = ERR_INIT;
    struct str name = lx_check_str(L, 1);
    double n = luaL_checknumber(L, 2);
    if (!(n >= 0 && n < 1e9))
        return luaL_argerror(L, 2, "expected a number of users");
    if (runner_spawn(check_runner(L), name, (size_t)n, &err) < 0)
        return throw_err(L, &err);
    return 0;
}

/* class_counts() -> table of users by class, table of those that are wanted */
static int l_class_counts(lua_State *L)
{
    struct vm *vm = core_vm(L);
    struct str name;
    size_t users, wanted;
    lua_newtable(L);
    lua_newtable(L);
    for (size_t i = 0;
         vm->runner != NULL && runner_class_users(vm->runner, i, &name, &users, &wanted); i++) {
        lx_push_str(L, name);
        lua_pushvalue(L, -1); // counts wanted name name
        lua_pushnumber(L, (double)users);
        lua_rawset(L, -5);
        lua_pushnumber(L, (double)wanted);
        lua_rawset(L, -3);
    }
    return 2;
}

/* target_user_count() -> integer */
static int l_target_user_count(lua_State *L)
{
    struct vm *vm = core_vm(L);
    lua_pushnumber(L, vm->runner != NULL ? (double)runner_target(vm->runner) : 0);
    return 1;
}

/* usage() -> percent of a core, bytes */
static int l_usage(lua_State *L)
{
    const struct monitor *m = core_vm(L)->options.monitor;
    lua_pushnumber(L, m != NULL ? m->cpu_usage : 0);
    lua_pushnumber(L, m != NULL ? (double)m->memory_usage : 0);
    return 2;
}

/* listener_failed() */
static int l_listener_failed(lua_State *L)
{
    core_vm(L)->listener_errors++;
    return 0;
}

/* add_threshold(text) -> why not, or nil */
static int l_add_threshold(lua_State *L)
{
    struct err err = ERR_INIT;
    struct vm *vm = core_vm(L);
    struct str text = lx_check_str(L, 1);
    bool has_begun = vm->runner != NULL && runner_state(vm->runner) != RUN_READY;
    int rc;
    if (has_begun)
        rc =
            err_set(&err, "the test has begun: thresholds are said before, at the top of a script");
    else if (vm->options.thresholds != NULL)
        rc = thresholds_add(vm->options.thresholds, text, &err);
    else
        rc = threshold_check(text, &err);
    if (rc == 0)
        return 0;
    lua_pushstring(L, err.text);
    return 1;
}

/* check_threshold(text) -> why not, or nil */
static int l_check_threshold(lua_State *L)
{
    struct err err = ERR_INIT;
    struct threshold t;
    if (threshold_parse(&t, lx_check_str(L, 1), &err) < 0) {
        lua_pushstring(L, err.text);
        return 1;
    }
    int rc = threshold_check_metric(&t, &core_vm(L)->options.stats->metrics, &err);
    threshold_release(&t);
    if (rc == 0)
        return 0;
    lua_pushstring(L, err.text);
    return 1;
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
                                         {"add_threshold", l_add_threshold},
                                         {"check_threshold", l_check_threshold},
                                         {"get_exit_code", l_get_exit_code},
                                         {"set_exit_code", l_set_exit_code},
                                         {"exit", l_exit},
                                         {"state", l_state},
                                         {"user_count", l_user_count},
                                         {"run_time", l_run_time},
                                         {"start", l_start},
                                         {"quit", l_quit},
                                         {"set_class", l_set_class},
                                         {"spawn_users", l_spawn_users},
                                         {"class_counts", l_class_counts},
                                         {"target_user_count", l_target_user_count},
                                         {"usage", l_usage},
                                         {"listener_failed", l_listener_failed},
                                         {NULL, NULL}};

void l_run_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, run_functions);
}
