/* tool -- the commands that are written in Lua. */
// SPDX-License-Identifier: MIT
#include "script/tool.h"

#include <lua.h>
#include <stdlib.h>

#include "base/mem.h"
#include "script/core.h"
#include "script/lx.h"

/* arguments, as light userdata -> table. [-1, +1, e] */
static int push_arguments(lua_State *L)
{
    json_t *arguments = lua_touserdata(L, 1), *value;
    const char *name;
    lua_newtable(L);
    json_object_foreach (arguments, name, value) {
        core_push_json(L, value);
        if (json_is_null(value)) {
            lua_pop(L, 1);
            lua_pushnil(L);
        }
        lua_setfield(L, -2, name);
    }
    return 1;
}

int tool_call(struct vm *vm, const char *name, const char *function, const char *phase,
              const json_t *arguments, struct buf *out, struct err *err)
{
    lua_State *L = vm->L;
    char *module = xasprintf("katydid.tools.%s", name);
    int code = vm_push_function(vm, module, function, err);
    free(module);
    if (code < 0)
        return -1;
    lua_pushcfunction(L, push_arguments);
    lua_pushlightuserdata(L, (void *)arguments);
    if (lx_call(L, 1, 1, NULL, err) < 0) {
        lua_pop(L, 1);
        return -1;
    }
    if (vm_call(vm, phase, 1, 2, NULL, err) < 0)
        return -1;
    size_t n;
    const char *text = lua_tolstring(L, -2, &n);
    if (text != NULL)
        buf_add(out, text, n);
    code = (int)lua_tointeger(L, -1);
    lua_pop(L, 2);
    return code;
}
