/* vm -- a Lua state with everything a scenario can require. */
// SPDX-License-Identifier: MIT
#include "script/vm.h"

#include <lauxlib.h>
#include <luajit.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "script/core.h"
#include "script/detail.h"
#include "script/embed.h"
#include "script/l_http.h"
#include "script/lx.h"
#include "script/pacer.h"

static const char vm_key; /* its address: the vm in the registry */

struct vm *vm_of(lua_State *L)
{
    lua_pushlightuserdata(L, (void *)&vm_key);
    lua_rawget(L, LUA_REGISTRYINDEX);
    struct vm *vm = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return vm;
}

const char *vm_luajit_version(void)
{
    return LUAJIT_VERSION;
}

/* --- our own modules ----------------------------------------------------------------------- */

static const struct embedded *find_embedded(const char *module)
{
    for (const struct embedded *m = embedded_modules; m->module != NULL; m++)
        if (strcmp(m->module, module) == 0)
            return m;
    return NULL;
}

/* The file of a module under the folder that KATYDID_DEV_LUA names, NAME.lua or NAME/init.lua; 0: the
 * chunk was pushed, else why not. [-0, +1, m] */
static int load_from_folder(lua_State *L, const char *folder, const char *module)
{
    const char *base = lua_pushfstring(L, "%s/%s", folder, luaL_gsub(L, module, ".", "/"));
    const char *path = lua_pushfstring(L, "%s.lua", base);
    if (!file_exists(path))
        path = lua_pushfstring(L, "%s/init.lua", base);
    return luaL_loadfile(L, path);
}

/* The searcher of our own modules, ahead of every path: they can't be shadowed. [-1, +1, e] */
static int search_our_modules(lua_State *L)
{
    const char *module = luaL_checkstring(L, 1);
    if (strcmp(module, "katydid") != 0 && strncmp(module, "katydid.", 8) != 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    const char *folder = getenv("KATYDID_DEV_LUA");
    if (folder != NULL && folder[0] != '\0') {
        if (load_from_folder(L, folder, module) != 0)
            return lua_error(L);
        return 1;
    }
    const struct embedded *found = find_embedded(module);
    if (found == NULL)
        lua_pushfstring(L, "\n\tkatydid has no module '%s'", module);
    else if (luaL_loadbuffer(L, found->source, found->length, found->chunk) != 0)
        return lua_error(L);
    return 1;
}

/* Puts the searcher behind package.preload's. [-0, +0, m] */
static void install_searcher(lua_State *L)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "loaders"); // package loaders
    for (int i = (int)lua_objlen(L, -1); i >= 2; i--) {
        lua_rawgeti(L, -1, i);
        lua_rawseti(L, -2, i + 1);
    }
    lua_pushcfunction(L, search_our_modules);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 2);
}

/* --- what C gives to the Lua half ---------------------------------------------------------- */

/* package.loaded["katydid.core"]. [-0, +0, m] */
static void open_core(lua_State *L, struct vm *vm)
{
    static const struct {
        const char *name;
        void (*open)(lua_State *L, struct vm *vm);
    } parts[] = {{"sched", l_sched_open},  {"spawn", l_spawn_open}, {"time", l_time_open},
                 {"rand", l_rand_open},    {"http", l_http_open},   {"json", l_json_open},
                 {"url", l_url_open},      {"text", l_text_open},   {"file", l_file_open},
                 {"log", l_log_open},      {"run", l_run_open},     {"stats", l_stats_open},
                 {"metric", l_metric_open}};
    luaL_findtable(L, LUA_REGISTRYINDEX, "_LOADED", 16);
    lua_newtable(L); // loaded core
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        parts[i].open(L, vm);
        lua_setfield(L, -2, parts[i].name);
    }
    lua_pushliteral(L, KATYDID_VERSION);
    lua_setfield(L, -2, "version");
    lua_setfield(L, -2, "katydid.core");
    lua_pop(L, 1);
}

/* Puts core.MODULE.FUNCTION in the place of a library's (a global where library is NULL). [-0, +0, e] */
static void replace(lua_State *L, const char *library, const char *name, const char *module,
                    const char *function)
{
    luaL_findtable(L, LUA_REGISTRYINDEX, "_LOADED", 16);
    lua_getfield(L, -1, "katydid.core");
    lua_getfield(L, -1, module);
    lua_getfield(L, -1, function); // loaded core module function
    lua_getfield(L, -4, library);
    lua_insert(L, -2);
    lua_setfield(L, -2, name);
    lua_pop(L, 4);
}

/* Everything that may raise; runs under lx_call. Its one argument is the vm. [-1, +0, e] */
static int open_everything(lua_State *L)
{
    struct vm *vm = lua_touserdata(L, 1);
    luaL_openlibs(L);
    install_searcher(L);
    open_core(L, vm);
    replace(L, "math", "random", "rand", "random");
    replace(L, "math", "randomseed", "rand", "seed");
    replace(L, "os", "exit", "run", "exit");
    replace(L, "_G", "print", "log", "print_all");
    lua_getglobal(L, "require");
    lua_pushliteral(L, "katydid.co");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "install");
    lua_call(L, 0, 0);
    return 0;
}

struct vm *vm_new(const struct vm_options *options, struct err *err)
{
    struct vm *vm = xcalloc(1, sizeof *vm);
    vm->options = *options;
    vm->L = lx_new_state();
    lua_pushlightuserdata(vm->L, (void *)&vm_key);
    lua_pushlightuserdata(vm->L, vm);
    lua_rawset(vm->L, LUA_REGISTRYINDEX);
    vm->bases = bases_new();
    vm->sched = sched_new(vm->L, options->loop, options->seed);
    sched_pacer(vm->sched)->usage = options->usage;

    lua_pushcfunction(vm->L, open_everything);
    lua_pushlightuserdata(vm->L, vm);
    if (lx_call(vm->L, 1, 0, NULL, err) < 0) {
        vm_free(vm);
        return NULL;
    }
    return vm;
}

void vm_free(struct vm *vm)
{
    if (vm == NULL)
        return;
    lx_close_state(vm->L); // a script's finalizers may still ask the others
    sched_free(vm->sched);
    l_session_free_all(vm);
    bases_free(vm->bases);
    detail_free(vm->detail);
    free(vm);
}

/* [-2, +1, e] */
static int get_function(lua_State *L)
{
    const char *module = lua_tostring(L, 1);
    const char *name = lua_tostring(L, 2);
    lua_getglobal(L, "require");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    lua_getfield(L, -1, name);
    if (!lua_isfunction(L, -1))
        return luaL_error(L, "%s.%s is a %s, not a function", module, name, luaL_typename(L, -1));
    return 1;
}

int vm_push_function(struct vm *vm, const char *module, const char *name, struct err *err)
{
    lua_pushcfunction(vm->L, get_function);
    lua_pushstring(vm->L, module);
    lua_pushstring(vm->L, name);
    return lx_call(vm->L, 2, 1, NULL, err);
}

int vm_call(struct vm *vm, const char *phase, int n_args, int n_results, char **traceback,
            struct err *err)
{
    struct sched_phase before = sched_begin_phase(vm->sched, phase);
    int rc = lx_call(vm->L, n_args, n_results, traceback, err);
    sched_end_phase(vm->sched, before);
    return rc;
}

void vm_stop_test(struct vm *vm, struct str reason)
{
    if (vm->runner != NULL)
        runner_stop(vm->runner, RUN_END_SCRIPT, reason);
    else
        vm->stop_asked = true;
}
