/*
 * l_http_quick -- the options that most requests have, read straight from the script's table.
 *
 * What is here goes to C in one call. Whatever else a table holds, and whatever is wrong with it, is left
 * to lua/katydid/options and http.start, which know all options and say what they want.
 */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include "base/buf.h"
#include "script/json_writer.h"
#include "script/lx.h"

#define HEADERS_MAX 16

enum option { NAME, HEADERS, JSON, DATA, CATCH_RESPONSE, CONTEXT, ALLOW_REDIRECTS, OPTIONS };

static const char *const names[OPTIONS] = {
    [NAME] = "name",
    [HEADERS] = "headers",
    [JSON] = "json",
    [DATA] = "data",
    [CATCH_RESPONSE] = "catch_response",
    [CONTEXT] = "context",
    [ALLOW_REDIRECTS] = "allow_redirects",
};

struct quick_reader {
    /* Lua keeps one string for each text, so that a key is known by its address. */
    const char *interned[OPTIONS];
    struct http_headers headers;
    struct buf body;
};

static int release_reader(lua_State *L)
{
    struct quick_reader *reader = lua_touserdata(L, 1);
    http_headers_release(&reader->headers);
    buf_release(&reader->body);
    return 0;
}

struct quick_reader *quick_reader_new(lua_State *L)
{
    lx_new_type(L, "katydid.quick_reader", NULL, release_reader);
    struct quick_reader *reader = lua_newuserdata(L, sizeof *reader); // reader
    *reader = (struct quick_reader){.body = BUF_INIT};
    luaL_getmetatable(L, "katydid.quick_reader");
    lua_setmetatable(L, -2);
    lua_createtable(L, OPTIONS, 1); // reader kept
    for (int i = 0; i < OPTIONS; i++) {
        lua_pushstring(L, names[i]);
        reader->interned[i] = lua_tostring(L, -1);
        lua_rawseti(L, -2, i + 1);
    }
    lua_insert(L, -2); // kept reader
    lua_setfield(L, -2, "reader");
    lua_setfield(L, LUA_REGISTRYINDEX, "katydid.quick_reader.kept");
    return reader;
}

/* The string at `index`, no conversion; false: it is none. [-0, +0, -] */
static bool string_at(lua_State *L, int index, struct str *s)
{
    if (lua_type(L, index) != LUA_TSTRING)
        return false;
    s->p = lua_tolstring(L, index, &s->n);
    return true;
}

struct pair {
    struct str name, value;
};

/* Into the order of their names. */
static void insert(struct pair *pairs, size_t n, struct pair pair)
{
    for (; n > 0 && str_compare(pair.name, pairs[n - 1].name) < 0; n--)
        pairs[n] = pairs[n - 1];
    pairs[n] = pair;
}

/* Adds one to `n` others. False: it can't be sent as it is. */
static bool add_pair(struct pair *pairs, size_t n, struct pair pair)
{
    if (n == HEADERS_MAX || http_header_check(pair.name, pair.value, NULL) < 0)
        return false;
    insert(pairs, n, pair);
    return true;
}

static void set_headers(struct http_headers *headers, const struct pair *pairs, size_t n)
{
    http_headers_clear(headers);
    for (size_t i = 0; i < n; i++)
        http_headers_add(headers, pairs[i].name, pairs[i].value);
}

/* The table on top: names and values that can be sent as they are. [-0, +0, -] */
static bool read_headers(lua_State *L, struct http_headers *into)
{
    struct pair pairs[HEADERS_MAX], pair;
    size_t n = 0;
    if (lua_type(L, -1) != LUA_TTABLE)
        return false;
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1), n++) {
        if (!string_at(L, -2, &pair.name) || !string_at(L, -1, &pair.value) ||
            !add_pair(pairs, n, pair)) {
            lua_pop(L, 2);
            return false;
        }
    }
    set_headers(into, pairs, n);
    return true;
}

bool quick_reader_read_pairs(struct quick_reader *reader, lua_State *L, int first,
                             struct http_spec *spec)
{
    struct pair pairs[HEADERS_MAX], pair;
    size_t n = 0;
    for (; (pair.name.p = lua_tolstring(L, first, &pair.name.n)) != NULL; first += 2, n++) {
        pair.value.p = lua_tolstring(L, first + 1, &pair.value.n);
        if (pair.value.p == NULL || !add_pair(pairs, n, pair))
            return false;
    }
    if (n == 0)
        return true;
    set_headers(&reader->headers, pairs, n);
    spec->headers = &reader->headers;
    spec->gives_headers = true;
    return true;
}

/* The name on top; an empty one names nothing, and leaves what the client's requests are renamed to.
 * [-0, +0, -] */
static bool read_name(lua_State *L, struct str *name)
{
    struct str s;
    if (!string_at(L, -1, &s) || !str_is_line(s))
        return false;
    if (s.n > 0)
        *name = s;
    return true;
}

static bool read_json(lua_State *L, struct buf *body)
{
    buf_clear(body);
    return json_write(L, lua_gettop(L), 0, body, NULL) == 0;
}

/* One option, its value on top. [-0, +0, m] */
static bool read_option(struct quick_reader *reader, lua_State *L, const char *key,
                        struct http_spec *to, struct str *name)
{
    const char *const *known = reader->interned;
    if (key == known[NAME])
        return read_name(L, name);
    if (key == known[HEADERS]) {
        to->headers = &reader->headers;
        to->gives_headers = true;
        return read_headers(L, &reader->headers);
    }
    if (key == known[JSON] && !to->has_body) {
        to->has_body = read_json(L, &reader->body);
        to->body = buf_slice(&reader->body);
        to->content_type = STR("application/json");
        return to->has_body;
    }
    if (key == known[DATA] && !to->has_body) {
        to->has_body = string_at(L, -1, &to->body);
        return to->has_body;
    }
    if (key == known[CATCH_RESPONSE])
        return lua_type(L, -1) == LUA_TBOOLEAN;
    if (key == known[CONTEXT])
        return lua_type(L, -1) == LUA_TTABLE;
    if (key == known[ALLOW_REDIRECTS]) {
        to->follow_redirects = lua_toboolean(L, -1);
        return lua_type(L, -1) == LUA_TBOOLEAN;
    }
    return false;
}

bool quick_reader_read(struct quick_reader *reader, lua_State *L, int arg, struct http_spec *spec,
                       struct str *name)
{
    for (lua_pushnil(L); lua_next(L, arg) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING &&
            read_option(reader, L, lua_tostring(L, -2), spec, name))
            continue;
        lua_pop(L, 2);
        return false;
    }
    return true;
}
