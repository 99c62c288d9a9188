/* driver -- run/driver.h over Lua: classes, users, the shape. */
// SPDX-License-Identifier: MIT
#include "script/driver.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "loop/timer.h"
#include "script/lx.h"

#define LUA_HALF "katydid.driver"

/* A user from its making to its end. */
struct script_user {
    struct script_driver *driver;
    size_t of; /* its class */
    struct task *task;
    uint64_t deadline_ns; /* of a graceful stop; UINT64_MAX: none */
    bool was_stopped;     /* by the runner */
    struct script_user *prev, *next;
};

struct script_driver {
    struct vm *vm;
    struct dispatch_class *classes; /* names are ours */
    struct script_user **users;     /* of each class, newest first */
    size_t n_classes, n_users;
    bool has_shape, shape_uses_common_options;
    uint64_t last_id;
    struct timer grace; /* due at the earliest deadline */
    size_t n_deadlines;
    double grace_s; /* of the last graceful stop: for the log */
    struct str *tick_classes;
    size_t n_tick_classes;
};

static void grace_is_over(void *self);

struct script_driver *script_driver_new(struct vm *vm, struct err *err)
{
    // A Lua half that doesn't load is better known now than at the first user.
    if (vm_push_function(vm, LUA_HALF, "load", err) < 0)
        return NULL;
    lua_pop(vm->L, 1);
    struct script_driver *d = xcalloc(1, sizeof *d);
    d->vm = vm;
    timer_init(&d->grace, grace_is_over, d);
    return d;
}

static void forget_classes(struct script_driver *d)
{
    for (size_t i = 0; i < d->n_classes; i++)
        free((char *)d->classes[i].name.p);
    free(d->classes);
    free(d->users);
    d->classes = NULL;
    d->users = NULL;
    d->n_classes = 0;
    d->has_shape = d->shape_uses_common_options = false;
}

static void forget_tick(struct script_driver *d)
{
    for (size_t i = 0; i < d->n_tick_classes; i++)
        free((char *)d->tick_classes[i].p);
    free(d->tick_classes);
    d->tick_classes = NULL;
    d->n_tick_classes = 0;
}

void script_driver_free(struct script_driver *d)
{
    if (d == NULL)
        return;
    if (d->n_users > 0)
        BUG("a user is left at the end");
    forget_classes(d);
    forget_tick(d);
    free(d);
}

/* Calls the Lua half's function below its arguments, while `phase` is what goes on.
 * [-(n_args + 1), +n_results, -] */
static int call(struct script_driver *d, const char *phase, int n_args, int n_results,
                char **traceback, struct err *err)
{
    struct sched_phase before = sched_begin_phase(d->vm->sched, phase);
    int rc = lx_call(d->vm->L, n_args, n_results, traceback, err);
    sched_end_phase(d->vm->sched, before);
    return rc;
}

/* [-0, +1, m] */
static void push_list(lua_State *L, const char *const *texts, size_t n)
{
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        lua_pushstring(L, texts[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

/* --- what is to be run --------------------------------------------------------------------- */

/* The number at `field` of the table on top. [-0, +0, e] */
static double number_field(lua_State *L, const char *field)
{
    lua_getfield(L, -1, field);
    double value = luaL_checknumber(L, -1);
    lua_pop(L, 1);
    return value;
}

/* classes, shape or nil, driver -> ; copies what driver.load returned. [-3, +0, e] */
static int read_classes(lua_State *L)
{
    struct script_driver *d = lua_touserdata(L, 3);
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t n = lua_objlen(L, 1);
    d->classes = xcalloc(n + 1, sizeof *d->classes);
    d->users = xcalloc(n + 1, sizeof(struct script_user *));
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 1, (int)i + 1);
        lua_getfield(L, -1, "name");
        d->classes[i].name = str_of(xstrdup(luaL_checkstring(L, -1)));
        d->n_classes++;
        lua_pop(L, 1);
        d->classes[i].weight = number_field(L, "weight");
        d->classes[i].fixed_count = (size_t)number_field(L, "fixed_count");
        lua_pop(L, 1);
    }
    d->has_shape = lua_istable(L, 2);
    if (d->has_shape) {
        lua_getfield(L, 2, "use_common_options");
        d->shape_uses_common_options = lua_toboolean(L, -1);
    }
    return 0;
}

/* core.run.script_folder: where the first script lies. [-0, +0, e] */
static int note_script_folder(lua_State *L)
{
    luaL_findtable(L, LUA_REGISTRYINDEX, "_LOADED", 16);
    lua_getfield(L, -1, "katydid.core");
    lua_getfield(L, -1, "file");
    lua_getfield(L, -1, "kind");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    bool is_folder = lua_isstring(L, -1) && strcmp(lua_tostring(L, -1), "folder") == 0;
    lua_getfield(L, -2, "absolute");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1); // path loaded core file kind absolute
    const char *path = lua_tostring(L, -1);
    const char *slash = strrchr(path, '/');
    if (!is_folder && slash != NULL)
        lua_pushlstring(L, path, slash == path ? 1 : (size_t)(slash - path));
    lua_getfield(L, 3, "run");
    lua_insert(L, -2);
    lua_setfield(L, -2, "script_folder");
    return 0;
}

int script_driver_load(struct script_driver *d, const char *const *scripts, size_t n_scripts,
                       const char *const *chosen, size_t n_chosen, struct err *err)
{
    lua_State *L = d->vm->L;
    forget_classes(d);
    if (n_scripts > 0) {
        lua_pushcfunction(L, note_script_folder);
        lua_pushstring(L, scripts[0]);
        if (lx_call(L, 1, 0, NULL, err) < 0)
            return -1;
    }
    lua_pushcfunction(L, read_classes);
    if (vm_push_function(d->vm, LUA_HALF, "load", err) < 0) {
        lua_pop(L, 1);
        return -1;
    }
    push_list(L, scripts, n_scripts);
    push_list(L, chosen, n_chosen);
    struct err why = ERR_INIT;
    if (call(d, "while the script is loaded", 2, 2, NULL, &why) < 0) {
        lua_pop(L, 1);
        return err_set(err, "%s",
                       d->vm->stop_asked ? "the script ended the run while it was loaded"
                                         : why.text);
    }
    lua_pushlightuserdata(L, d); // read_classes classes shape driver
    return lx_call(L, 3, 0, NULL, err);
}

const struct dispatch_class *script_driver_classes(const struct script_driver *d, size_t *n)
{
    *n = d->n_classes;
    return d->classes;
}

bool script_driver_has_shape(const struct script_driver *d)
{
    return d->has_shape;
}

bool script_driver_shape_uses_common_options(const struct script_driver *d)
{
    return d->shape_uses_common_options;
}

int script_driver_set_host(struct script_driver *d, const char *host, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "set_host", err) < 0)
        return -1;
    lua_pushstring(d->vm->L, host); // NULL gives nil
    return call(d, "before the test starts", 1, 0, NULL, err);
}

int script_driver_filter_tags(struct script_driver *d, const char *const *tags, size_t n_tags,
                              const char *const *exclude, size_t n_exclude, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "filter_tags", err) < 0)
        return -1;
    push_list(d->vm->L, tags, n_tags);
    push_list(d->vm->L, exclude, n_exclude);
    return call(d, "before the test starts", 2, 0, NULL, err);
}

/* Calls the function on the stack, whose one result is a text: the caller owns it. */
static char *call_for_text(struct script_driver *d, int n_args, struct err *err)
{
    if (call(d, "before the test starts", n_args, 1, NULL, err) < 0)
        return NULL;
    char *text = lx_error_text(d->vm->L, -1);
    lua_pop(d->vm->L, 1);
    return text;
}

char *script_driver_list(struct script_driver *d, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "list", err) < 0)
        return NULL;
    return call_for_text(d, 0, err);
}

char *script_driver_ratio(struct script_driver *d, size_t users, bool as_json, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "ratio", err) < 0)
        return NULL;
    lua_pushnumber(d->vm->L, (double)users);
    lua_pushboolean(d->vm->L, as_json);
    return call_for_text(d, 2, err);
}

/* --- users --------------------------------------------------------------------------------- */

static void forget_deadline(struct script_user *u)
{
    struct script_driver *d = u->driver;
    if (u->deadline_ns == UINT64_MAX)
        return;
    u->deadline_ns = UINT64_MAX;
    if (--d->n_deadlines == 0)
        timer_cancel(d->vm->options.loop, &d->grace);
}

static enum user_end why_ended(const struct script_user *u, const struct task *t, enum task_end how)
{
    if (u->was_stopped)
        return USER_STOPPED; // whatever became of it then: nobody is to come in its place
    if (how == TASK_THREW)
        return USER_FAILED;
    bool failed = how == TASK_RETURNED && lua_type(t->co, 1) == LUA_TSTRING &&
                  strcmp(lua_tostring(t->co, 1), "failed") == 0;
    return failed ? USER_FAILED : USER_FINISHED;
}

static void user_ended(void *self, struct task *t, enum task_end how, const char *message,
                       const char *traceback)
{
    struct script_user *u = self;
    struct script_driver *d = u->driver;
    struct hook what = {.kind = HOOK_USER_ENDED};
    what.u.ended.user_class = d->classes[u->of].name;
    what.u.ended.why = why_ended(u, t, how);
    if (how == TASK_THREW)
        log_error("katydid.user", "%s\n%s", message, traceback);
    forget_deadline(u);
    DL_DELETE(d->users[u->of], u);
    d->n_users--;
    free(u);
    hooks_fire(d->vm->options.hooks, &what);
}

/* Makes and starts one user; its instance draws from its own stream from the beginning. */
static int spawn_one(struct script_driver *d, size_t of, struct err *err)
{
    lua_State *L = d->vm->L;
    if (vm_push_function(d->vm, LUA_HALF, "run_user", err) < 0)
        return -1;
    if (vm_push_function(d->vm, LUA_HALF, "new_user", err) < 0) {
        lua_pop(L, 1);
        return -1;
    }
    uint64_t id = ++d->last_id;
    lx_push_str(L, d->classes[of].name);
    lua_pushnumber(L, (double)id); // run_user new_user class id
    struct rng stream = sched_stream(d->vm->sched, id);
    sched_lend_stream(d->vm->sched, &stream);
    int rc = call(d, "in a user's init", 2, 1, NULL, err);
    sched_lend_stream(d->vm->sched, NULL);
    if (rc < 0) {
        lua_pop(L, 1);
        return -1;
    }
    struct script_user *u = xcalloc(1, sizeof *u);
    u->driver = d;
    u->of = of;
    u->deadline_ns = UINT64_MAX;
    u->task = sched_spawn(d->vm->sched, L, &stream, user_ended, u);
    DL_PREPEND(d->users[of], u);
    d->n_users++;
    return 0;
}

/* The place of a class; n_classes: there is none of that name. */
static size_t find_class(const struct script_driver *d, struct str name)
{
    size_t i = 0;
    while (i < d->n_classes && !str_equal(d->classes[i].name, name))
        i++;
    return i;
}

static int spawn(void *self, struct str user_class, size_t n, struct err *err)
{
    struct script_driver *d = self;
    size_t of = find_class(d, user_class);
    if (of == d->n_classes)
        return err_set(err, "there is no user class '%.*s'", STR_ARG(user_class));
    for (size_t i = 0; i < n; i++)
        if (spawn_one(d, of, err) < 0)
            return -1;
    return 0;
}

static void kill_user(struct script_user *u)
{
    forget_deadline(u);
    sched_kill(u->task);
}

static void set_deadline(struct script_user *u, uint64_t at_ns)
{
    struct script_driver *d = u->driver;
    if (u->deadline_ns == UINT64_MAX)
        d->n_deadlines++;
    if (at_ns < u->deadline_ns)
        u->deadline_ns = at_ns;
    if (!timer_is_started(&d->grace) || at_ns < d->grace.at_ns)
        timer_start_at(d->vm->options.loop, &d->grace, at_ns);
}

/* Whether it is busy with its task until then. */
static bool stop_one(struct script_user *u, double grace_s)
{
    if (u->task->is_ending)
        return false;
    u->was_stopped = true;
    if (!(grace_s > 0) || u->task->is_between_tasks) {
        kill_user(u);
        return false;
    }
    sched_stop(u->task);
    if (!isinf(grace_s))
        set_deadline(u, loop_now_ns(u->driver->vm->options.loop) + s_to_ns(grace_s));
    return true;
}

static size_t stop(void *self, struct str user_class, size_t n, double grace_s)
{
    struct script_driver *d = self;
    size_t of = find_class(d, user_class);
    size_t busy = 0;
    if (of == d->n_classes)
        return 0;
    d->grace_s = grace_s;
    struct script_user *u;
    DL_FOREACH (d->users[of], u) {
        if (n == 0)
            break;
        if (n != SIZE_MAX && (u->was_stopped || u->task->is_ending))
            continue;
        if (stop_one(u, grace_s))
            busy++;
        if (n != SIZE_MAX)
            n--;
    }
    return busy;
}

static void grace_is_over(void *self)
{
    struct script_driver *d = self;
    uint64_t now_ns = loop_now_ns(d->vm->options.loop), next_ns = UINT64_MAX;
    struct buf seconds = BUF_INIT;
    text_add_double(&seconds, d->grace_s);
    log_info("katydid.runners",
             "Not all users finished their tasks & terminated in %s seconds. Stopping them...",
             buf_cstr(&seconds));
    buf_release(&seconds);
    for (size_t i = 0; i < d->n_classes; i++) {
        struct script_user *u;
        DL_FOREACH (d->users[i], u) {
            if (u->deadline_ns <= now_ns)
                kill_user(u);
            else if (u->deadline_ns < next_ns)
                next_ns = u->deadline_ns;
        }
    }
    if (next_ns != UINT64_MAX)
        timer_start_at(d->vm->options.loop, &d->grace, next_ns);
}

/* --- the shape ----------------------------------------------------------------------------- */

/* The third result of tick: a list of names, or nil. */
static int read_tick_classes(struct script_driver *d, struct ramp_step *step, struct err *err)
{
    lua_State *L = d->vm->L;
    step->has_classes = !lua_isnil(L, -1);
    if (!step->has_classes)
        return 0;
    if (!lua_istable(L, -1))
        return err_set(err, "the shape's tick: expected a list of user classes, got a %s",
                       luaL_typename(L, -1));
    size_t n = lua_objlen(L, -1);
    d->tick_classes = xcalloc(n + 1, sizeof *d->tick_classes);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (int)i + 1);
        char *name = lx_error_text(L, -1);
        lua_pop(L, 1);
        d->tick_classes[d->n_tick_classes++] = str_of(name);
        if (find_class(d, str_of(name)) == d->n_classes)
            return err_set(err, "the shape's tick: there is no user class '%s'", name);
    }
    step->classes = d->tick_classes;
    step->n_classes = n;
    return 0;
}

/* The three results of tick on the stack. 1, 0 (the test is over) or -1. */
static int read_tick(struct script_driver *d, struct ramp_step *step, struct err *err)
{
    lua_State *L = d->vm->L;
    if (lua_isnil(L, -3))
        return 0;
    double users = lua_tonumber(L, -3), rate = lua_tonumber(L, -2);
    if (lua_type(L, -3) != LUA_TNUMBER || !(users >= 0 && users < 1e9))
        return err_set(err, "the shape's tick: expected a number of users of at least 0, got %s",
                       lua_type(L, -3) == LUA_TNUMBER ? lua_tostring(L, -3) : luaL_typename(L, -3));
    if (lua_type(L, -2) != LUA_TNUMBER || !(rate > 0) || isinf(rate))
        return err_set(err, "the shape's tick: expected a spawn rate above 0, got %s",
                       lua_type(L, -2) == LUA_TNUMBER ? lua_tostring(L, -2) : luaL_typename(L, -2));
    step->users = (size_t)llround(users);
    step->spawn_rate = rate;
    return read_tick_classes(d, step, err) < 0 ? -1 : 1;
}

static int tick(void *self, struct ramp_step *step, struct err *err)
{
    struct script_driver *d = self;
    *step = (struct ramp_step){.users = 0};
    forget_tick(d);
    if (vm_push_function(d->vm, LUA_HALF, "tick", err) < 0)
        return -1;
    char *traceback;
    struct err why = ERR_INIT;
    if (call(d, "in a shape's tick", 0, 3, &traceback, &why) < 0) {
        bool is_over = runner_why(d->vm->runner) == RUN_END_SCRIPT; // os.exit threw
        // The runner ends the test with the message; where it was thrown helps to mend it.
        if (!is_over)
            log_error("katydid.shape", "%s\n%s", why.text, traceback);
        free(traceback);
        return is_over ? 0 : err_set(err, "%s", why.text);
    }
    int rc = read_tick(d, step, err);
    lua_pop(d->vm->L, 3);
    return rc;
}

struct driver script_driver_interface(struct script_driver *d)
{
    return (
        struct driver){.self = d, .spawn = spawn, .stop = stop, .tick = d->has_shape ? tick : NULL};
}

size_t script_driver_user_count(const struct script_driver *d)
{
    return d->n_users;
}
