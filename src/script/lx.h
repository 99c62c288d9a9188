/*
 * lx -- the few ways in which C and Lua touch.
 *
 * Each function states its effect on the stack as the Lua manual does: [-popped, +pushed, errors],
 * where `-` never raises, `m` only for want of memory, `e` may raise.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_LX_H
#define SCRIPT_LX_H

#include "base/err.h"
#include "base/str.h"

#include <lua.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A new state, without libraries; an error outside of any protected call ends the process. */
lua_State *lx_new_state(void);
/* Ends a state that lx_new_state made. */
void lx_close_state(lua_State *L);

/* Where a state's stack lies, in LuaJIT's layout of it (GC64): a hint for the processor alone, for in another
 * one it is some other word of the state. */
struct lx_stack {
    const char *begin, *top;
};
static inline struct lx_stack lx_stack_of(lua_State *L)
{
    enum { TOP_AT = 40, BEGIN_AT = 56 }; // bytes
    struct lx_stack stack;
    memcpy(&stack.begin, (const char *)L + BEGIN_AT, sizeof stack.begin);
    memcpy(&stack.top, (const char *)L + TOP_AT, sizeof stack.top);
    return stack;
}

/* The one door from C to Lua, besides sched: calls the function below its n_args arguments, with a
 * traceback. On an error: -1, nothing pushed, message in err; the traceback alone in *traceback
 * where that isn't NULL (the caller owns it). [-(n_args + 1), +n_results, -] */
int lx_call(lua_State *L, int n_args, int n_results, char **traceback, struct err *err) ERR_CHECKED;

/* A text of the message of an error value: strings as they are, tables and others by tostring. The
 * caller owns it. [-0, +0, -] */
char *lx_error_text(lua_State *L, int index);

/* A string argument, borrowed while it is on the stack. [-0, +0, e] */
struct str lx_check_str(lua_State *L, int arg);
struct str lx_opt_str(lua_State *L, int arg, struct str otherwise);
void lx_push_str(lua_State *L, struct str s); /* [-0, +1, m] */

/* A box: a userdata that holds one pointer, its metatable named `type`. The pointer is NULL until it
 * is set, and again once it was released. [-0, +1, m] */
void **lx_box(lua_State *L, const char *type);
/* The pointer in it; raises where the argument is no such box or is closed. [-0, +0, e] */
void *lx_check_box(lua_State *L, int arg, const char *type);

/* Makes the metatable `type` with these methods as __index, and `gc` for __gc. [-0, +0, m] */
void lx_new_type(lua_State *L, const char *type, const luaL_Reg *methods, lua_CFunction gc);

/* Raises `message` with the position of the caller at `level` (1: the function that called us).
 * [-0, +0, e] */
int lx_raise(lua_State *L, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same without a position: the Lua half puts the script's line before it. */
int lx_throw(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
