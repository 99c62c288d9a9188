/* l_log -- katydid.core.log: the log's lines, and print. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include "base/buf.h"
#include "base/log.h"
#include "script/lx.h"

/* write(level, logger, message) */
static int l_write(lua_State *L)
{
    static const char *const names[] = {"debug", "info", "warning", "error", "critical", NULL};
    enum log_level level = (enum log_level)luaL_checkoption(L, 1, NULL, names);
    const char *logger = luaL_checkstring(L, 2);
    struct str message = lx_check_str(L, 3);
    if (log_is_on(level))
        log_text(level, logger, message);
    return 0;
}

/* print(line) */
static int l_print(lua_State *L)
{
    log_print(lx_check_str(L, 1), core_vm(L)->options.print_to_stderr);
    return 0;
}

/* print_all(...): Lua's print */
static int l_print_all(lua_State *L)
{
    int n = lua_gettop(L);
    lua_getglobal(L, "tostring"); // ... tostring
    for (int i = 1; i <= n; i++) {
        lua_pushvalue(L, n + 1);
        lua_pushvalue(L, i);
        lua_call(L, 1, 1);
        if (!lua_isstring(L, -1))
            return luaL_error(L, "'tostring' must return a string to 'print'");
        lua_replace(L, i);
    }
    struct buf line = BUF_INIT;
    for (int i = 1; i <= n; i++) {
        size_t length;
        const char *p = lua_tolstring(L, i, &length);
        if (i > 1)
            buf_add_char(&line, '\t');
        buf_add(&line, p, length);
    }
    log_print(buf_slice(&line), core_vm(L)->options.print_to_stderr);
    buf_release(&line);
    return 0;
}

static const luaL_Reg log_functions[] = {
    {"write", l_write}, {"print", l_print}, {"print_all", l_print_all}, {NULL, NULL}};

void l_log_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, log_functions);
}
