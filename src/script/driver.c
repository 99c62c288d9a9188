/* driver -- run/driver.h over Lua: classes, users, the shape. */
// SPDX-License-Identifier: MIT
#include "script/driver.h"

#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "script/core.h"
#include "script/lx.h"
#include "script/users.h"

#define LUA_HALF "katydid.driver"

struct script_driver {
    struct vm *vm;
    struct dispatch_class *classes; /* names are ours */
    size_t n_classes;
    struct users *users;
    bool has_shape, shape_uses_common_options;
    struct str *tick_classes;
    size_t n_tick_classes;
};

struct script_driver *script_driver_new(struct vm *vm, struct err *err)
{
    // A Lua half that doesn't load is better known now than at the first user.
    if (vm_push_function(vm, LUA_HALF, "load", err) < 0)
        return NULL;
    lua_pop(vm->L, 1);
    struct script_driver *d = xcalloc(1, sizeof *d);
    d->vm = vm;
    d->users = users_new(vm);
    return d;
}

static void forget_classes(struct script_driver *d)
{
    for (size_t i = 0; i < d->n_classes; i++)
        free((char *)d->classes[i].name.p);
    free(d->classes);
    d->classes = NULL;
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
    users_free(d->users);
    forget_classes(d);
    forget_tick(d);
    free(d);
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

/* classes, shape or nil, driver -> ; copies what driver.choose returned. [-3, +0, e] */
static int read_classes(lua_State *L)
{
    struct script_driver *d = lua_touserdata(L, 3);
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t n = lua_objlen(L, 1);
    d->classes = xcalloc(n + 1, sizeof *d->classes);
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
    users_set_classes(d->users, d->classes, d->n_classes);
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
                       struct err *err)
{
    lua_State *L = d->vm->L;
    forget_classes(d);
    if (n_scripts > 0) {
        lua_pushcfunction(L, note_script_folder);
        lua_pushstring(L, scripts[0]);
        if (lx_call(L, 1, 0, NULL, err) < 0)
            return -1;
    }
    if (vm_push_function(d->vm, LUA_HALF, "load", err) < 0)
        return -1;
    push_list(L, scripts, n_scripts);
    struct err why = ERR_INIT;
    if (vm_call(d->vm, "while the script is loaded", 1, 0, NULL, &why) < 0)
        return err_set(err, "%s",
                       d->vm->stop_asked ? "the script ended the run while it was loaded"
                                         : why.text);
    return 0;
}

json_t *script_driver_declare_options(struct script_driver *d, const char *const *taken,
                                      size_t n_taken, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "declare_options", err) < 0)
        return NULL;
    push_list(d->vm->L, taken, n_taken);
    if (vm_call(d->vm, "in a listener of init_command_line_parser", 1, 1, NULL, err) < 0)
        return NULL;
    size_t n;
    const char *text = lua_tolstring(d->vm->L, -1, &n);
    json_t *rows = json_loadb(text, n, 0, NULL);
    lua_pop(d->vm->L, 1);
    if (!json_is_array(rows))
        BUG("driver.declare_options gave no list");
    return rows;
}

/* options, as light userdata -> table: what isn't set is nil there. [-1, +1, e] */
static int push_options(lua_State *L)
{
    json_t *options = lua_touserdata(L, 1), *value;
    const char *name;
    lua_newtable(L);
    json_object_foreach (options, name, value) {
        core_push_json(L, value);
        lua_setfield(L, -2, name);
    }
    return 1;
}

int script_driver_set_options(struct script_driver *d, const json_t *options, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "set_options", err) < 0)
        return -1;
    lua_pushcfunction(d->vm->L, push_options);
    lua_pushlightuserdata(d->vm->L, (void *)options);
    if (lx_call(d->vm->L, 1, 1, NULL, err) < 0) {
        lua_pop(d->vm->L, 1);
        return -1;
    }
    return vm_call(d->vm, "before the test starts", 1, 0, NULL, err);
}

int script_driver_configure(struct script_driver *d, const char *const *configs, size_t n_configs,
                            bool equal_weights, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "configure", err) < 0)
        return -1;
    push_list(d->vm->L, configs, n_configs);
    lua_pushboolean(d->vm->L, equal_weights);
    return vm_call(d->vm, "before the test starts", 2, 0, NULL, err);
}

int script_driver_choose(struct script_driver *d, const char *const *chosen, size_t n_chosen,
                         struct err *err)
{
    lua_State *L = d->vm->L;
    forget_classes(d);
    lua_pushcfunction(L, read_classes);
    if (vm_push_function(d->vm, LUA_HALF, "choose", err) < 0) {
        lua_pop(L, 1);
        return -1;
    }
    push_list(L, chosen, n_chosen);
    if (vm_call(d->vm, "before the test starts", 1, 2, NULL, err) < 0) {
        lua_pop(L, 1);
        return -1;
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
    return vm_call(d->vm, "before the test starts", 1, 0, NULL, err);
}

int script_driver_check_hosts(struct script_driver *d, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "check_hosts", err) < 0)
        return -1;
    return vm_call(d->vm, "before the test starts", 0, 0, NULL, err);
}

int script_driver_filter_tags(struct script_driver *d, const char *const *tags, size_t n_tags,
                              const char *const *exclude, size_t n_exclude, struct err *err)
{
    if (vm_push_function(d->vm, LUA_HALF, "filter_tags", err) < 0)
        return -1;
    push_list(d->vm->L, tags, n_tags);
    push_list(d->vm->L, exclude, n_exclude);
    return vm_call(d->vm, "before the test starts", 2, 0, NULL, err);
}

/* Calls the function on the stack, whose one result is a text: the caller owns it. */
static char *call_for_text(struct script_driver *d, int n_args, struct err *err)
{
    if (vm_call(d->vm, "before the test starts", n_args, 1, NULL, err) < 0)
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
        if (users_spawn(d->users, of, err) < 0)
            return -1;
    return 0;
}

static size_t stop(void *self, struct str user_class, size_t n, double grace_s)
{
    struct script_driver *d = self;
    size_t of = find_class(d, user_class);
    return of < d->n_classes ? users_stop(d->users, of, n, grace_s) : 0;
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
    if (vm_call(d->vm, "in a shape's tick", 0, 3, &traceback, &why) < 0) {
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
    return users_count(d->users);
}
