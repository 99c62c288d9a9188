/* test_lx -- calls with traceback, texts of errors, boxes. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include <lualib.h>

#include "base/mem.h"
#include "script/lx.h"

static lua_State *open_state(void)
{
    lua_State *L = lx_new_state();
    luaL_openlibs(L);
    return L;
}

/* The function that a chunk returns. */
static void push_chunk(lua_State *L, const char *source)
{
    if (luaL_loadbuffer(L, source, strlen(source), "@chunk") != 0 || lua_pcall(L, 0, 1, 0) != 0)
        BUG(lua_tostring(L, -1));
}

TEST(a_call_gives_results)
{
    lua_State *L = open_state();
    struct err err = ERR_INIT;
    push_chunk(L, "return function(a, b) return a + b, a * b end");
    lua_pushnumber(L, 3);
    lua_pushnumber(L, 4);
    char *traceback;
    CHECK_INT(lx_call(L, 2, 2, &traceback, &err), 0);
    CHECK(traceback == NULL);
    CHECK_INT(lua_tointeger(L, -2), 7);
    CHECK_INT(lua_tointeger(L, -1), 12);
    CHECK_INT(lua_gettop(L), 2);
    lx_close_state(L);
}

TEST(a_failed_call_tells_message_and_place)
{
    lua_State *L = open_state();
    struct err err = ERR_INIT;
    push_chunk(L, "local function deep() error('no bread') end\n"
                  "return function() deep() end");
    char *traceback;
    CHECK_INT(lx_call(L, 0, 3, &traceback, &err), -1);
    CHECK_TEXT(err.text, "chunk:1: no bread");
    CHECK(strstr(traceback, "stack traceback:") != NULL);
    CHECK(strstr(traceback, "chunk:2:") != NULL);
    CHECK_INT(lua_gettop(L), 0);
    free(traceback);
    lx_close_state(L);
}

/* Lua calls no handler then, and its state is as good as before. */
TEST(a_lack_of_memory_is_an_error_like_others)
{
    lua_State *L = open_state();
    struct err err = ERR_INIT;
    push_chunk(L, "return function() return ('x'):rep(2^31 - 1) end");
    char *traceback;
    CHECK_INT(lx_call(L, 0, 1, &traceback, &err), -1);
    CHECK_TEXT(err.text, "not enough memory");
    CHECK_TEXT(traceback, "(no traceback)");
    CHECK_INT(lua_gettop(L), 0);
    free(traceback);
    lx_close_state(L);
}

TEST(error_values_have_texts)
{
    lua_State *L = open_state();
    char *text;
    push_chunk(L, "return setmetatable({}, { __tostring = function() return 'speaking' end })");
    text = lx_error_text(L, -1);
    CHECK_TEXT(text, "speaking");
    free(text);
    lua_pushnumber(L, 12);
    text = lx_error_text(L, -1);
    CHECK_TEXT(text, "12");
    free(text);
    lua_pushnil(L);
    text = lx_error_text(L, -1);
    CHECK_TEXT(text, "nil");
    free(text);
    push_chunk(L, "return setmetatable({}, { __tostring = function() error('mute') end })");
    text = lx_error_text(L, -1);
    CHECK_TEXT(text, "(an error value of type table, which has no text)");
    free(text);
    CHECK_INT(lua_gettop(L), 4);
    lx_close_state(L);
}

static int released;

static int release_box(lua_State *L)
{
    void **box = lua_touserdata(L, 1);
    released += *box != NULL;
    *box = NULL;
    return 0;
}

static int use_box(lua_State *L)
{
    lua_pushstring(L, lx_check_box(L, 1, "katydid.thing"));
    return 1;
}

static const luaL_Reg thing_methods[] = {{"use", use_box}, {"close", release_box}, {NULL, NULL}};

TEST(boxes_answer_until_they_are_closed)
{
    lua_State *L = open_state();
    struct err err = ERR_INIT;
    lx_new_type(L, "katydid.thing", thing_methods, release_box);
    push_chunk(L, "return function(thing)\n"
                  "  assert(thing:use() == 'inside' and getmetatable(thing) == 'katydid.thing')\n"
                  "  thing:close()\n"
                  "  return thing:use()\n"
                  "end");
    static char inside[] = "inside";
    *lx_box(L, "katydid.thing") = inside;
    CHECK_INT(lx_call(L, 1, 1, NULL, &err), -1);
    CHECK(strstr(err.text, "this thing is closed") != NULL);
    CHECK_INT(released, 1);

    err_clear(&err);
    lua_pushcfunction(L, use_box);
    lua_pushliteral(L, "no box");
    CHECK_INT(lx_call(L, 1, 1, NULL, &err), -1);
    CHECK(strstr(err.text, "katydid.thing expected, got string") != NULL);
    lx_close_state(L);
    CHECK_INT(released, 1);
}

TEST(the_collector_releases_a_box)
{
    lua_State *L = open_state();
    released = 0;
    lx_new_type(L, "katydid.thing", thing_methods, release_box);
    static char inside[] = "inside";
    *lx_box(L, "katydid.thing") = inside;
    lua_pop(L, 1);
    lua_gc(L, LUA_GCCOLLECT, 0);
    CHECK_INT(released, 1);
    lx_close_state(L);
}

static int raise_at_caller(lua_State *L)
{
    return lx_raise(L, 1, "no %s on %d", "bread", 7);
}

TEST(errors_name_the_callers_line)
{
    lua_State *L = open_state();
    struct err err = ERR_INIT;
    lua_pushcfunction(L, raise_at_caller);
    lua_setglobal(L, "ask");
    push_chunk(L, "return function()\n\n  ask()\nend");
    CHECK_INT(lx_call(L, 0, 0, NULL, &err), -1);
    CHECK_TEXT(err.text, "chunk:3: no bread on 7");
    lx_close_state(L);
}

TEST_MAIN(RUN(a_call_gives_results); RUN(a_failed_call_tells_message_and_place);
          RUN(a_lack_of_memory_is_an_error_like_others); RUN(error_values_have_texts);
          RUN(boxes_answer_until_they_are_closed); RUN(the_collector_releases_a_box);
          RUN(errors_name_the_callers_line);)
