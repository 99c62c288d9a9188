/* test_vm -- a whole state: our modules, the replaced functions, the options. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "script/lx.h"
#include "script/vm.h"

struct world {
    struct clock clock;
    struct loop *loop;
    struct stats *stats;
    struct hooks *hooks;
    struct vm *vm;
};

static bool world_open(struct world *w, struct err *err)
{
    clock_init_virtual(&w->clock, NS_PER_S, 1700000000.0);
    w->loop = loop_new(&w->clock);
    w->stats = stats_new(1700000000.0, false);
    w->hooks = hooks_new();
    struct vm_options options = {.loop = w->loop, .stats = w->stats, .hooks = w->hooks, .seed = 1};
    w->vm = vm_new(&options, err);
    return w->vm != NULL;
}

static bool world_close(struct world *w)
{
    vm_free(w->vm);
    hooks_free(w->hooks);
    stats_free(w->stats);
    bool idle = loop_is_idle(w->loop);
    loop_free(w->loop);
    return idle;
}

/* What a chunk returns, as text; or its error. The caller owns it. */
static char *run(struct vm *vm, const char *source)
{
    struct err err = ERR_INIT;
    if (luaL_loadbuffer(vm->L, source, strlen(source), "@chunk") != 0)
        BUG(lua_tostring(vm->L, -1));
    if (lx_call(vm->L, 0, 1, NULL, &err) < 0)
        return xstrdup(err.text);
    char *text = lx_error_text(vm->L, -1);
    lua_pop(vm->L, 1);
    return text;
}

#define CHECK_RUN(vm, source, expected) \
    do {                                \
        char *got = run(vm, source);    \
        CHECK_TEXT(got, expected);      \
        free(got);                      \
    } while (0)

TEST(it_holds_our_modules)
{
    struct world w;
    struct err err = ERR_INIT;
    CHECK(world_open(&w, &err));
    CHECK_RUN(w.vm, "return require('katydid.core').version", KATYDID_VERSION);
    CHECK_RUN(w.vm, "return debug.getinfo(require('katydid.co').sleep, 'S').source",
              "@lua/katydid/co.lua");
    CHECK_RUN(w.vm,
              "return (select(2, pcall(require, 'katydid.none')):match('katydid has no [^\\n]*'))",
              "katydid has no module 'katydid.none'");
    CHECK(vm_of(w.vm->L) == w.vm);
    CHECK(strncmp(vm_luajit_version(), "LuaJIT 2.1", 10) == 0);
    CHECK_INT(lua_gettop(w.vm->L), 0);
    CHECK(world_close(&w));
}

TEST(it_finds_functions_of_our_modules)
{
    struct world w;
    struct err err = ERR_INIT;
    CHECK(world_open(&w, &err));
    CHECK_INT(vm_push_function(w.vm, "katydid.co", "sleep", &err), 0);
    CHECK(lua_isfunction(w.vm->L, -1));
    lua_pop(w.vm->L, 1);
    CHECK_INT(vm_push_function(w.vm, "katydid.co", "nap", &err), -1);
    CHECK_TEXT(err.text, "katydid.co.nap is a nil, not a function");
    err_clear(&err);
    CHECK_INT(vm_push_function(w.vm, "katydid.none", "nap", &err), -1);
    CHECK(strstr(err.text, "katydid has no module 'katydid.none'") != NULL);
    CHECK_INT(lua_gettop(w.vm->L), 0);
    CHECK(world_close(&w));
}

TEST(a_stop_before_there_is_a_runner_is_noted)
{
    struct world w;
    struct err err = ERR_INIT;
    CHECK(world_open(&w, &err));
    CHECK_RUN(w.vm, "require('katydid.core').run.stop_test('why') return 'on'", "on");
    CHECK(w.vm->stop_asked);
    CHECK(!w.vm->has_exit_code);
    CHECK_RUN(w.vm, "os.exit(12) return 'on'", "the signal that ends a user");
    CHECK(w.vm->has_exit_code);
    CHECK_INT(w.vm->exit_code, 12);
    CHECK(world_close(&w));
}

TEST(two_states_know_nothing_of_each_other)
{
    struct world a, b;
    struct err err = ERR_INIT;
    CHECK(world_open(&a, &err) && world_open(&b, &err));
    CHECK_RUN(a.vm, "x = 1 return tostring(x)", "1");
    CHECK_RUN(b.vm, "return tostring(x)", "nil");
    CHECK(world_close(&a) && world_close(&b));
}

/* A folder with the Lua half in it, as KATYDID_DEV_LUA names it. */
static void write_lua(const char *folder, const char *name, const char *source)
{
    struct err err = ERR_INIT;
    char *path = xasprintf("%s/katydid/%s", folder, name);
    if (file_make_parents(path, &err) < 0 || file_write(path, str_of(source), &err) < 0)
        BUG(err.text);
    free(path);
}

static void remove_lua(const char *folder, const char *name)
{
    char *path = xasprintf("%s/katydid/%s", folder, name);
    unlink(path);
    free(path);
}

TEST(a_folder_takes_the_place_of_the_embedded_half)
{
    char folder[] = "/tmp/katydid-test-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    write_lua(folder, "co.lua",
              "return { install = function() installed = 'from the folder' end }");
    write_lua(folder, "init.lua", "return { 'init' }");
    write_lua(folder, "broken.lua", "return return");
    setenv("KATYDID_DEV_LUA", folder, 1);
    struct world w;
    struct err err = ERR_INIT;
    bool opened = world_open(&w, &err);
    char *installed = opened ? run(w.vm, "return installed .. ' ' .. require('katydid')[1]") : NULL;
    char *broken = opened ? run(w.vm, "require 'katydid.broken'") : NULL;
    char *none = opened ? run(w.vm, "require 'katydid.none'") : NULL;
    unsetenv("KATYDID_DEV_LUA");
    bool idle = opened && world_close(&w);
    remove_lua(folder, "co.lua");
    remove_lua(folder, "init.lua");
    remove_lua(folder, "broken.lua");
    remove_lua(folder, "");
    char *inner = xasprintf("%s/katydid", folder);
    bool removed = rmdir(inner) == 0 && rmdir(folder) == 0;
    free(inner);
    CHECK(removed);
    CHECK_TEXT(installed, "from the folder init");
    CHECK(strstr(broken, "/katydid/broken.lua:1:") != NULL);
    CHECK(strstr(none, "cannot open") != NULL && strstr(none, "/katydid/none/init.lua") != NULL);
    CHECK(idle);
    free(installed);
    free(broken);
    free(none);
}

TEST_MAIN(RUN(it_holds_our_modules); RUN(it_finds_functions_of_our_modules);
          RUN(a_stop_before_there_is_a_runner_is_noted); RUN(two_states_know_nothing_of_each_other);
          RUN(a_folder_takes_the_place_of_the_embedded_half);)
