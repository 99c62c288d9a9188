/* lx -- the few ways in which C and Lua touch. */
// SPDX-License-Identifier: MIT
#include "script/lx.h"

#include "base/heap.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_LIMIT 2048 /* of a message */

static int on_panic(lua_State *L)
{
    (void)L;
    BUG("an error of Lua outside of any protected call");
}

lua_State *lx_new_state(void)
{
    lua_State *L = lua_newstate(heap_resize, heap_new());
    if (L == NULL)
        BUG("LuaJIT gave no state");
    lua_atpanic(L, on_panic);
    return L;
}

void lx_close_state(lua_State *L)
{
    void *heap;
    lua_getallocf(L, &heap);
    lua_close(L);
    heap_free(heap);
}

/* Of the innermost lx_call that runs. Not the handler's upvalue: with it he would be as large as a table,
 * and between the tables of any two users there would be a hole. */
static _Thread_local char **traceback_wanted;

/* Runs where the error was thrown, while the stack still stands. [-1, +1, m] */
static int on_error(lua_State *L)
{
    char **traceback = traceback_wanted;
    if (traceback != NULL && *traceback == NULL) {
        luaL_traceback(L, L, NULL, 1);
        *traceback = xstrdup(lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return 1;
}

int lx_call(lua_State *L, int n_args, int n_results, char **traceback, struct err *err)
{
    if (traceback != NULL)
        *traceback = NULL;
    int at = lua_gettop(L) - n_args;
    lua_pushcfunction(L, on_error);
    lua_insert(L, at); // handler function arguments
    char **outer = traceback_wanted;
    traceback_wanted = traceback;
    int status = lua_pcall(L, n_args, n_results, at);
    traceback_wanted = outer;
    lua_remove(L, at); // results, or the error value
    if (status == 0)
        return 0;
    if (traceback != NULL && *traceback == NULL)
        *traceback = xstrdup("(no traceback)"); // of a lack of memory Lua tells no handler
    char *text = lx_error_text(L, -1);
    lua_pop(L, 1);
    err_set(err, "%s", text);
    free(text);
    return -1;
}

/* [-1, +1, e] */
static int to_text(lua_State *L)
{
    lua_getglobal(L, "tostring");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    if (!lua_isstring(L, -1))
        return luaL_error(L, "'tostring' must return a string");
    return 1;
}

char *lx_error_text(lua_State *L, int index)
{
    if (lua_type(L, index) == LUA_TSTRING) {
        size_t n;
        const char *p = lua_tolstring(L, index, &n);
        return xmemdup0(p, n);
    }
    lua_pushvalue(L, index);
    lua_pushcfunction(L, to_text);
    lua_insert(L, -2);
    const char *type = luaL_typename(L, -1);
    char *text;
    if (lua_pcall(L, 1, 1, 0) == 0) {
        text = xstrdup(lua_tostring(L, -1));
    } else {
        text = xasprintf("(an error value of type %s, which has no text)", type);
    }
    lua_pop(L, 1);
    return text;
}

struct str lx_check_str(lua_State *L, int arg)
{
    size_t n;
    const char *p = luaL_checklstring(L, arg, &n);
    return str_make(p, n);
}

struct str lx_opt_str(lua_State *L, int arg, struct str otherwise)
{
    return lua_isnoneornil(L, arg) ? otherwise : lx_check_str(L, arg);
}

void lx_push_str(lua_State *L, struct str s)
{
    lua_pushlstring(L, s.p, s.n);
}

void **lx_box(lua_State *L, const char *type)
{
    void **box = lua_newuserdata(L, sizeof *box);
    *box = NULL;
    luaL_getmetatable(L, type);
    lua_setmetatable(L, -2);
    return box;
}

void *lx_check_box(lua_State *L, int arg, const char *type)
{
    void **box = luaL_checkudata(L, arg, type);
    if (*box == NULL) {
        const char *dot = strrchr(type, '.');
        luaL_argerror(L, arg,
                      lua_pushfstring(L, "this %s is closed", dot != NULL ? dot + 1 : type));
    }
    return *box;
}

void lx_new_type(lua_State *L, const char *type, const luaL_Reg *methods, lua_CFunction gc)
{
    luaL_newmetatable(L, type); // metatable
    lua_newtable(L);            // metatable methods
    if (methods != NULL)
        luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index"); // metatable
    if (gc != NULL) {
        lua_pushcfunction(L, gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_pushstring(L, type);
    lua_setfield(L, -2, "__metatable"); // scripts neither see nor replace it
    lua_pop(L, 1);
}

int lx_raise(lua_State *L, int level, const char *format, ...)
{
    char text[TEXT_LIMIT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    luaL_where(L, level);
    lua_pushstring(L, text);
    lua_concat(L, 2);
    return lua_error(L);
}

int lx_throw(lua_State *L, const char *format, ...)
{
    char text[TEXT_LIMIT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    lua_pushstring(L, text);
    return lua_error(L);
}
