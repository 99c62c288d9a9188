/* l_metric -- katydid.core.metric: checks, and what scripts measure by themselves. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <math.h>

#include "script/lx.h"

/* What a script holds of a metric. */
struct handle {
    const void *type; /* &handle_key */
    struct metric *of;
};

/* Its address tells a handle from other userdata, without asking for its metatable. */
static const char handle_key;

static struct metrics *metrics_of(lua_State *L)
{
    return &core_vm(L)->options.stats->metrics;
}

static double wall_s(lua_State *L)
{
    return clock_wall_s(loop_clock(core_vm(L)->options.loop));
}

/* new(kind, name, metatable) -> handle, or nil and the kind that the name has */
static int l_new(lua_State *L)
{
    struct metrics *m = metrics_of(L);
    int kind = metric_kind_of(lx_check_str(L, 1));
    struct str name = lx_check_str(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    luaL_argcheck(L, kind >= 0 && kind != METRIC_CHECK, 1, "no such kind");
    struct handle *h = lua_newuserdata(L, sizeof *h);
    h->type = &handle_key;
    h->of = metrics_get(m, (enum metric_kind)kind, name);
    if (h->of == NULL) {
        lua_pushnil(L);
        lua_pushstring(L, metric_kind_name(metrics_find(m, name)->kind));
        return 2;
    }
    lua_pushvalue(L, 3);
    lua_setmetatable(L, -2);
    return 1;
}

/* NULL: it is none. */
static struct metric *metric_at(lua_State *L, int arg)
{
    const struct handle *h = lua_touserdata(L, arg);
    bool is_handle = h != NULL && lua_type(L, arg) == LUA_TUSERDATA &&
                     lua_objlen(L, arg) == sizeof *h && h->type == &handle_key;
    return is_handle ? h->of : NULL;
}

/* add(handle, value) -> whether that could be added */
static int l_add(lua_State *L)
{
    struct metric *of = metric_at(L, 1);
    int type = lua_type(L, 2);
    bool is_fine = false;
    if (of != NULL && of->kind == METRIC_RATE && type == LUA_TBOOLEAN) {
        metric_add_bool(metrics_of(L), of, lua_toboolean(L, 2), wall_s(L));
        is_fine = true;
    } else if (of != NULL && of->kind != METRIC_RATE && type == LUA_TNUMBER) {
        double value = lua_tonumber(L, 2);
        is_fine = isfinite(value) && (of->kind != METRIC_COUNTER || value >= 0);
        if (is_fine)
            metric_add(metrics_of(L), of, value, wall_s(L));
    }
    lua_pushboolean(L, is_fine);
    return 1;
}

/* describe(value) -> kind and name, or nil */
static int l_describe(lua_State *L)
{
    const struct metric *of = metric_at(L, 1);
    if (of == NULL)
        return 0;
    lua_pushstring(L, metric_kind_name(of->kind));
    lua_pushstring(L, of->name);
    return 2;
}

/* check(name, condition) */
static int l_check(lua_State *L)
{
    struct metrics *m = metrics_of(L);
    struct metric *of = metrics_get(m, METRIC_CHECK, lx_check_str(L, 1));
    metric_add_bool(m, of, lua_toboolean(L, 2), wall_s(L));
    return 0;
}

/* cut_off(): a transaction that its user's end has cut off */
static int l_cut_off(lua_State *L)
{
    core_vm(L)->options.stats->transactions_cut_off++;
    return 0;
}

static const luaL_Reg metric_functions[] = {{"new", l_new},           {"add", l_add},
                                            {"describe", l_describe}, {"check", l_check},
                                            {"cut_off", l_cut_off},   {NULL, NULL}};

void l_metric_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, metric_functions);
}
