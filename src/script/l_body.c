/* l_body -- bodies that are sent a slice at a time: what http.start is given as a source. */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include "script/lx.h"

#define BODY_TYPE "katydid.body"

struct http_body **l_body_check(lua_State *L, int arg)
{
    return luaL_checkudata(L, arg, BODY_TYPE);
}

static int collect_body(lua_State *L)
{
    struct http_body **box = lua_touserdata(L, 1);
    http_body_free(*box);
    *box = NULL;
    return 0;
}

/* The part on top: bytes, or { path }. [-0, +0, e] */
static void add_part(lua_State *L, struct http_body *body)
{
    struct err err = ERR_INIT;
    if (lua_type(L, -1) == LUA_TSTRING) {
        http_body_add(body, lx_check_str(L, -1));
        return;
    }
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_rawgeti(L, -1, 1);
    struct str path = lx_check_str(L, -1);
    if (str_index(path, '\0') < path.n)
        lx_throw(L, "the path of a file holds NUL");
    if (http_body_add_file(body, path.p, &err) < 0)
        lx_throw(L, "%s", err.text);
    lua_pop(L, 1);
}

int l_body(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    struct http_body **box = lua_newuserdata(L, sizeof *box);
    *box = NULL;
    luaL_getmetatable(L, BODY_TYPE);
    lua_setmetatable(L, -2);
    *box = http_body_new();
    for (int i = 1, n = (int)lua_objlen(L, 1); i <= n; i++) {
        lua_rawgeti(L, 1, i);
        add_part(L, *box);
        lua_pop(L, 1);
    }
    return 1;
}

void l_body_open(lua_State *L)
{
    lx_new_type(L, BODY_TYPE, NULL, collect_body);
}
