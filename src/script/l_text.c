/* l_text -- katydid.core.text: names that were probably meant, and texts as Python shows them. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include "base/buf.h"
#include "base/nearest.h"
#include "base/text.h"
#include "script/lx.h"

/* nearest(name, known) -> string or nil */
static int l_nearest(lua_State *L)
{
    struct str name = lx_check_str(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    size_t n = lua_objlen(L, 2);
    const char **known = lua_newuserdata(L, (n + 1) * sizeof *known);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 2, (int)i + 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            return luaL_argerror(L, 2, "expected a list of strings");
        known[i] = lua_tostring(L, -1); // the list keeps it
        lua_pop(L, 1);
    }
    lua_pushstring(L, nearest_name(name, known, n)); // NULL gives nil
    return 1;
}

/* python_repr(s) -> string */
static int l_python_repr(lua_State *L)
{
    struct buf out = BUF_INIT;
    text_add_python_repr(&out, lx_check_str(L, 1));
    lx_push_str(L, buf_slice(&out));
    buf_release(&out);
    return 1;
}

static const luaL_Reg text_functions[] = {
    {"nearest", l_nearest}, {"python_repr", l_python_repr}, {NULL, NULL}};

void l_text_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, text_functions);
}
