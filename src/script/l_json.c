/* l_json -- katydid.core.json: script/json_reader and script/json_writer. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "script/json_reader.h"
#include "script/json_writer.h"
#include "script/lx.h"

#define INDENT_LIMIT 16

/* --- decode -------------------------------------------------------------------------------- */

static void push_object(lua_State *L, const json_t *object)
{
    const char *key;
    json_t *item;
    lua_createtable(L, 0, (int)json_object_size(object));
    json_object_foreach ((json_t *)object, key, item) {
        core_push_json(L, item);
        lua_setfield(L, -2, key);
    }
}

static void push_array(lua_State *L, const json_t *array)
{
    size_t i;
    json_t *item;
    lua_createtable(L, (int)json_array_size(array), 0);
    luaL_getmetatable(L, JSON_ARRAY_TYPE);
    lua_setmetatable(L, -2);
    json_array_foreach (array, i, item) {
        core_push_json(L, item);
        lua_rawseti(L, -2, (int)i + 1);
    }
}

void core_push_json(lua_State *L, const json_t *value)
{
    luaL_checkstack(L, 4, "JSON is nested too deep");
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        push_object(L, value);
        break;
    case JSON_ARRAY:
        push_array(L, value);
        break;
    case JSON_STRING:
        lua_pushlstring(L, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        lua_pushnumber(L, json_number_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        lua_pushboolean(L, json_is_true(value));
        break;
    case JSON_NULL:
        lua_pushlightuserdata(L, NULL);
        break;
    }
}

/* decode(text) -> value */
static int l_decode(lua_State *L)
{
    struct err err = ERR_INIT;
    if (json_read(L, lx_check_str(L, 1), &err) == 0)
        return 1;
    lua_pushstring(L, err.text); // without a position: callers add theirs
    return lua_error(L);
}

/* --- encode -------------------------------------------------------------------------------- */

/* encode(value, indent) -> text */
static int l_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    int indent = (int)luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, indent >= 0 && indent <= INDENT_LIMIT, 2, "expected 0 to 16 blanks");
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    int rc = json_write(L, 1, indent, &out, &err);
    if (rc == 0)
        lx_push_str(L, buf_slice(&out));
    else
        lua_pushstring(L, err.text); // without a position: callers add theirs
    buf_release(&out);
    return rc == 0 ? 1 : lua_error(L);
}

/* array(t) -> t */
static int l_array(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_isnil(L, 1)) {
        lua_newtable(L);
        lua_replace(L, 1);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_getmetatable(L, JSON_ARRAY_TYPE);
    if (lua_getmetatable(L, 1)) {
        luaL_argcheck(L, lua_rawequal(L, -1, -2), 1, "a table with a metatable can't be marked");
        lua_pop(L, 1);
    }
    lua_setmetatable(L, 1);
    return 1;
}

static const luaL_Reg json_functions[] = {
    {"encode", l_encode}, {"decode", l_decode}, {"array", l_array}, {NULL, NULL}};

void l_json_open(lua_State *L, struct vm *vm)
{
    luaL_newmetatable(L, JSON_ARRAY_TYPE);
    lua_pop(L, 1);
    core_new_table(L, vm, json_functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
}
