/*
 * fuzz_json -- texts of whatever bytes: script/json_reader must find in them what jansson finds, and
 * refuse what jansson refuses, at the same place and in the same words.
 *
 * links: base script/json_reader script/json_number
 */
// SPDX-License-Identifier: MIT
#include "script/json_reader.h"
#include "script/json_writer.h"

#include <jansson.h>
#include <lauxlib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Strings, numbers and names as both must have them. The value is on top of the stack. */
static bool is_same(lua_State *L, const json_t *value);

static bool is_same_string(lua_State *L, const json_t *value)
{
    size_t n;
    const char *p = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &n) : NULL;
    return p != NULL && n == json_string_length(value) &&
           memcmp(p, json_string_value(value), n) == 0;
}

/* To the bit: a zero has a sign. */
static bool is_same_number(lua_State *L, const json_t *value)
{
    double ours = lua_tonumber(L, -1), theirs = json_number_value(value);
    return lua_type(L, -1) == LUA_TNUMBER && memcmp(&ours, &theirs, sizeof ours) == 0;
}

static bool has_array_type(lua_State *L)
{
    if (!lua_getmetatable(L, -1))
        return false;
    luaL_getmetatable(L, JSON_ARRAY_TYPE);
    bool is_equal = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return is_equal;
}

static size_t count_members(lua_State *L)
{
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1))
        n++;
    return n;
}

static bool is_same_table(lua_State *L, const json_t *value)
{
    const char *name;
    json_t *item;
    size_t i, n = json_is_array(value) ? json_array_size(value) : json_object_size(value);
    bool same =
        lua_istable(L, -1) && has_array_type(L) == json_is_array(value) && count_members(L) == n;
    if (same && json_is_array(value)) {
        json_array_foreach (value, i, item) {
            lua_rawgeti(L, -1, (int)i + 1);
            same = same && is_same(L, item);
            lua_pop(L, 1);
        }
    } else if (same) {
        json_object_foreach ((json_t *)value, name, item) {
            lua_getfield(L, -1, name);
            same = same && is_same(L, item);
            lua_pop(L, 1);
        }
    }
    return same;
}

static bool is_same(lua_State *L, const json_t *value)
{
    if (!lua_checkstack(L, 8))
        return false;
    switch (json_typeof(value)) {
    case JSON_STRING:
        return is_same_string(L, value);
    case JSON_INTEGER:
    case JSON_REAL:
        return is_same_number(L, value);
    case JSON_TRUE:
    case JSON_FALSE:
        return lua_isboolean(L, -1) && lua_toboolean(L, -1) == json_is_true(value);
    case JSON_NULL:
        return lua_islightuserdata(L, -1) && lua_touserdata(L, -1) == NULL;
    default:
        return is_same_table(L, value);
    }
}

/* What is shown of a token may differ where it is no text. */
static bool is_same_refusal(const struct err *ours, const json_error_t *theirs)
{
    char begin[256];
    const char *near = strstr(theirs->text, " near '");
    size_t n = near != NULL ? (size_t)(near - theirs->text) : strlen(theirs->text);
    snprintf(begin, sizeof begin, "not JSON at line %d, column %d: %.*s", theirs->line,
             theirs->column, (int)n, theirs->text);
    return strncmp(ours->text, begin, strlen(begin)) == 0;
}

static lua_State *new_state(void)
{
    lua_State *L = luaL_newstate();
    luaL_newmetatable(L, JSON_ARRAY_TYPE);
    lua_settop(L, 0);
    return L;
}

static void complain(const char *what, const struct err *ours, const json_error_t *theirs)
{
    fprintf(stderr, "%s\nours: %s\njansson: %d:%d %s\n", what, ours->text, theirs->line,
            theirs->column, theirs->text);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lua_State *L;
    struct err err = ERR_INIT;
    json_error_t why = {.line = 0};
    struct str text = str_make((const char *)data, size);
    if (L == NULL)
        L = new_state();
    json_t *value = json_loadb(text.p, text.n,
                               JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &why);
    int rc = json_read(L, text, &err);
    // jansson loses a NUL behind a number or a word, and ends a message at one; none is JSON.
    bool has_nul = size > 0 && memchr(data, '\0', size) != NULL;
    if (has_nul ? rc == 0 : (rc == 0) != (value != NULL))
        complain("one accepts it, and the other does not", &err, &why);
    if (lua_gettop(L) != (rc == 0))
        complain("the stack is not as it was", &err, &why);
    if (rc == 0 && !is_same(L, value))
        complain("the values differ", &err, &why);
    if (rc < 0 && !has_nul && !is_same_refusal(&err, &why))
        complain("the refusals differ", &err, &why);
    lua_settop(L, 0);
    json_decref(value);
    return 0;
}
