/* test_runaway -- what runs on without a wait is named, and ended when somebody asks for it. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "script/lx.h"
#include "script/runaway.h"

#define LOOK_MS 20 /* what comes of an error takes less than four of these */

static _Atomic bool is_asked;

static bool was_asked(void)
{
    return is_asked;
}

/* What was logged last, and how many lines. */
static struct {
    char text[512];
    int n;
} logged;

static void keep_line(void *self, struct str line)
{
    (void)self;
    logged.n++;
    snprintf(logged.text, sizeof logged.text, "%.*s", STR_ARG(line));
}

struct world {
    struct clock clock;
    struct loop *loop;
    struct stats *stats;
    struct hooks *hooks;
    struct vm *vm;
    struct usage usage;
    struct runaway *runaway;
};

/* n_logged() -> how many lines were logged */
static int n_logged(lua_State *L)
{
    lua_pushinteger(L, logged.n);
    return 1;
}

/* has_place() -> whether run/usage was told where the script is */
static int has_place(lua_State *L)
{
    lua_pushboolean(L, vm_of(L)->options.usage->place[0] != '\0');
    return 1;
}

static bool world_open(struct world *w)
{
    struct err err = ERR_INIT;
    is_asked = false;
    logged.n = 0;
    log_set_sink(keep_line, NULL);
    clock_init_virtual(&w->clock, NS_PER_S, 1700000000.0);
    w->loop = loop_new(&w->clock);
    w->stats = stats_new(1700000000.0, false);
    w->hooks = hooks_new();
    usage_init(&w->usage, w->loop, w->hooks);
    w->vm = vm_new(
        &(struct vm_options){
            .loop = w->loop, .stats = w->stats, .hooks = w->hooks, .usage = &w->usage, .seed = 1},
        &err);
    if (w->vm == NULL)
        return false;
    lua_register(w->vm->L, "n_logged", n_logged);
    lua_register(w->vm->L, "has_place", has_place);
    w->runaway = runaway_new(w->vm, LOOK_MS, was_asked, &err);
    return w->runaway != NULL;
}

static bool world_close(struct world *w)
{
    runaway_free(w->runaway);
    vm_free(w->vm);
    usage_release(&w->usage);
    hooks_free(w->hooks);
    stats_free(w->stats);
    bool idle = loop_is_idle(w->loop);
    loop_free(w->loop);
    log_set_sink(NULL, NULL);
    return idle;
}

/* What a chunk throws, or "" (the caller's). */
static char *error_of(struct world *w, const char *source)
{
    struct err err = ERR_INIT;
    if (luaL_loadbuffer(w->vm->L, source, strlen(source), "@chunk") != 0)
        BUG(lua_tostring(w->vm->L, -1));
    return xstrdup(vm_call(w->vm, "in a test", 0, 0, NULL, &err) == 0 ? "" : err.text);
}

#define CHECK_ERROR(w, source, expected)    \
    do {                                    \
        char *got = error_of(&(w), source); \
        CHECK_TEXT(got, expected);          \
        free(got);                          \
    } while (0)

#define ENDED ": ran on without a wait, and was ended with the run"

TEST(it_is_named_once_and_may_go_on)
{
    struct world w;
    CHECK(world_open(&w));
    CHECK_ERROR(w, "repeat until n_logged() > 0", "");
    CHECK(strstr(logged.text,
                 "WARNING/katydid.script: chunk:1: has run for a second in a test: all "
                 "users stand still") != NULL);
    CHECK_ERROR(w, "while n_logged() == 0 do end", "");
    CHECK_INT(logged.n, 1);
    CHECK(world_close(&w));
}

/* A turn that is not so long is no runaway: its place is noted, and nothing is said. */
TEST(a_shorter_one_is_noted)
{
    struct world w;
    CHECK(world_open(&w));
    CHECK_ERROR(w, "local n = 0\nrepeat until has_place()", "");
    CHECK_TEXT(w.usage.place, "chunk:2");
    w.usage.place[0] = '\0';
    CHECK_ERROR(w, "jit.on()\n\nwhile not has_place() do end", "");
    CHECK_TEXT(w.usage.place, "chunk:3");
    CHECK(world_close(&w));
}

TEST(it_is_ended)
{
    struct world w;
    CHECK(world_open(&w));
    is_asked = true;
    CHECK_ERROR(w, "local n = 0\nwhile true do n = n + 1 end", "chunk:2" ENDED);
    CHECK_ERROR(w, "while true do end", "chunk:1" ENDED);
    CHECK_ERROR(w, "jit.off()\nwhile true do end", "chunk:2" ENDED);
    CHECK_ERROR(w, "jit.on() local function f(n)\nreturn f(n + 1) end\nf(1)", "chunk:2" ENDED);
    CHECK(world_close(&w));
}

TEST(no_pcall_and_no_coroutine_holds_it_up)
{
    struct world w;
    CHECK(world_open(&w));
    is_asked = true;
    CHECK_ERROR(w, "while true do pcall(error, 'no') end", "chunk:1" ENDED);
    CHECK_ERROR(w, "while true do xpcall(function() error('no') end, print) end", "chunk:1" ENDED);
    CHECK_ERROR(w, "coroutine.wrap(function() while true do end end)()", "chunk:1" ENDED);
    CHECK_ERROR(w, "table.sort({ 1, 2 }, function() while true do end end)", "chunk:1" ENDED);
    CHECK(world_close(&w));
}

TEST(a_hook_of_the_script_stays)
{
    struct world w;
    CHECK(world_open(&w));
    is_asked = true;
    CHECK_ERROR(w, "mine = function() end debug.sethook(mine, 'c')\nwhile true do end",
                "chunk:2" ENDED);
    is_asked = false;
    CHECK_ERROR(w, "assert(debug.gethook() == mine) debug.sethook()", "");
    CHECK(world_close(&w));
}

/* A function that never asks for hooks is named from outside, by a copy of the process. */
TEST(inside_of_c_it_is_named_too)
{
    struct world w;
    CHECK(world_open(&w));
    log_set_sink(NULL, NULL);
    char path[] = "/tmp/test_runaway.XXXXXX";
    struct err err = ERR_INIT;
    close(mkstemp(path));
    CHECK_INT(log_open_file(path, &err), 0);
    lua_pushstring(w.vm->L, path);
    lua_setglobal(w.vm->L, "path");
    // The pattern's work grows with each round, until it took long enough.
    CHECK_ERROR(
        w,
        "local said\n"
        "for n = 14, 60 do\n"
        "  local text = ('a'):rep(n)\n"
        "  text:find(('a*'):rep(n) .. 'b')\n"
        "  for line in io.lines(path) do said = line end\n"
        "  if said then break end\n"
        "end\n"
        "said = said:match('chunk.*')\n"
        "assert(said:find('^chunk:4: has run for a second in a test, inside of find: all '), said)",
        "");
    log_close();
    unlink(path);
    CHECK(world_close(&w));
}

#define PATIENCE_S 300 /* what is not ended runs on */

TEST_MAIN(alarm(PATIENCE_S); RUN(it_is_named_once_and_may_go_on); RUN(a_shorter_one_is_noted);
          RUN(it_is_ended); RUN(no_pcall_and_no_coroutine_holds_it_up);
          RUN(a_hook_of_the_script_stays); RUN(inside_of_c_it_is_named_too);)
