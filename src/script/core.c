/* core -- what the parts of the module katydid.core share. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

void core_new_table(lua_State *L, struct vm *vm, const luaL_Reg *functions)
{
    lua_newtable(L);
    lua_pushlightuserdata(L, vm);
    luaL_setfuncs(L, functions, 1);
}
