/* l_rand -- katydid.core.rand: math.random and math.randomseed, from the running user's stream. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"

/* random(m, n) -> number; as math.random of Lua 5.1 */
static int l_random(lua_State *L)
{
    int n_args = lua_gettop(L);
    if (n_args > 2)
        return luaL_error(L, "wrong number of arguments (random takes at most two)");
    double low = 1, high = 0;
    if (n_args == 1) {
        high = luaL_checknumber(L, 1);
    } else if (n_args == 2) {
        low = luaL_checknumber(L, 1);
        high = luaL_checknumber(L, 2);
    }
    low = floor(low);
    high = floor(high);
    luaL_argcheck(L, n_args == 0 || low <= high, n_args, "interval is empty");
    double r = rng_double(sched_rng(core_vm(L)->sched));
    lua_pushnumber(L, n_args == 0 ? r : floor(r * (high - low + 1)) + low);
    return 1;
}

/* seed(seed) */
static int l_seed(lua_State *L)
{
    double seed = luaL_checknumber(L, 1);
    uint64_t bits;
    memcpy(&bits, &seed, sizeof bits);
    rng_init(sched_rng(core_vm(L)->sched), bits, 0);
    return 0;
}

static const luaL_Reg rand_functions[] = {{"random", l_random}, {"seed", l_seed}, {NULL, NULL}};

void l_rand_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, rand_functions);
}
