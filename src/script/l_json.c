/* l_json -- katydid.core.json: read by jansson, written by script/json_writer. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "script/json_writer.h"
#include "script/lx.h"

#define SHOWN_BYTES 60
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

/* Throws "not JSON at line L, column C: what (in '…')", without a position: callers add theirs. */
static int throw_not_json(lua_State *L, struct str text, const json_error_t *why)
{
    size_t n = text.n < SHOWN_BYTES ? text.n : SHOWN_BYTES;
    while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--; // no half character
    struct buf out = BUF_INIT;
    buf_addf(&out, "not JSON at line %d, column %d: ", why->line, why->column);
    text_add_visible(&out, str_of(why->text), false);
    buf_add_cstr(&out, " (in '");
    text_add_visible(&out, str_make(text.p, n), false);
    buf_add_cstr(&out, "')");
    lx_push_str(L, buf_slice(&out));
    buf_release(&out);
    return lua_error(L);
}

/* [-1, +1, e] */
static int push_decoded(lua_State *L)
{
    core_push_json(L, lua_touserdata(L, 1));
    return 1;
}

/* decode(text) -> value */
static int l_decode(lua_State *L)
{
    struct str text = lx_check_str(L, 1);
    json_error_t why;
    // Integers as doubles, which is what Lua makes of them: those beyond 64 bits are no error then.
    json_t *value = json_loadb(text.p, text.n,
                               JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &why);
    if (value == NULL)
        return throw_not_json(L, text, &why);
    lua_pushcfunction(L, push_decoded);
    lua_pushlightuserdata(L, value);
    int status = lua_pcall(L, 1, 1, 0);
    json_decref(value);
    return status == 0 ? 1 : lua_error(L);
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
