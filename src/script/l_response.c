/*
 * l_response -- a response as scripts see it: a userdata that holds a struct packed.
 *
 * Lua's strings and tables are made when a script asks for them; tables are kept then, with what the
 * Lua half sets, in the userdata's environment.
 */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "http/exchange.h"
#include "script/lx.h"
#include "script/packed.h"

#define RESPONSE_TYPE "katydid.response"
#define HEADERS_TYPE "katydid.headers"
#define SIZE_LIMIT 0x7f000000u /* LuaJIT's own, of a userdata, less a little */
#define NAMES_LIMIT 64         /* known names, for the nearest */

/* Its address tells a response from other userdata, without asking for its metatable. */
static const char response_key;

/* A large body, with what the response on top alone has. [-0, +0, m] */
static void keep_body(lua_State *L, struct packed *r, struct str body)
{
    lua_createtable(L, 0, 1);
    lua_pushlstring(L, body.p, body.n);
    lua_setfield(L, -2, "text");
    lua_setfenv(L, -2);
    r->has_own = true;
}

/* The packed response on top becomes a response. [-0, +0, m] */
static void finish(lua_State *L, int metatable, struct packed *packed, struct str body)
{
    packed->type = &response_key;
    lua_rawgeti(L, LUA_REGISTRYINDEX, metatable);
    lua_setmetatable(L, -2);
    if (body.n >= PACKED_BODY_MAX)
        keep_body(L, packed, body);
}

bool l_response_push(lua_State *L, int metatable, const struct http_response *r,
                     const struct packed_label *label)
{
    size_t size = packed_size(r, label);
    if (size > SIZE_LIMIT || r->body.n > SIZE_LIMIT)
        return false;
    struct packed *packed = lua_newuserdata(L, size);
    packed_copy(packed, r, label);
    finish(L, metatable, packed, buf_slice(&r->body));
    return true;
}

struct packed *l_response_push_quick(lua_State *L, int metatable, const struct packed_quick *q,
                                     const struct packed_label *label)
{
    struct packed *packed = lua_newuserdata(L, packed_quick_size(q, label));
    packed_quick_copy(packed, q, label);
    finish(L, metatable, packed, q->answer->body);
    return packed;
}

struct packed *l_response_check(lua_State *L, int arg)
{
    struct packed *r = lua_touserdata(L, arg);
    if (r == NULL || lua_objlen(L, arg) < sizeof *r || r->type != &response_key)
        return luaL_checkudata(L, arg, RESPONSE_TYPE);
    return r;
}

/* --- fields -------------------------------------------------------------------------------- */

static void push_text(lua_State *L, const struct packed *r, struct piece piece)
{
    lx_push_str(L, packed_text(r, piece));
}

static void push_text_or_nil(lua_State *L, const struct packed *r, struct piece piece)
{
    if (piece.at != 0)
        push_text(L, r, piece);
    else
        lua_pushnil(L);
}

/* headers[name], for a name that isn't written as the server wrote it */
static int find_header(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE); // scripts can reach it
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    struct str wanted = lx_check_str(L, 2);
    lua_pushnil(L);
    while (lua_next(L, 1) != 0) {
        size_t n;
        const char *p = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &n) : NULL;
        if (p != NULL && str_equal_nocase(str_make(p, n), wanted))
            return 1;
        lua_pop(L, 1);
    }
    return 0;
}

/* The first of the headers before `end` that has this name, as it is written there. */
static struct str first_name(const struct packed *r, struct piece headers, struct str name,
                             size_t end)
{
    struct str other, value;
    for (size_t at = 0; at < end && packed_next_header(r, headers, &at, &other, &value);)
        if (str_equal_nocase(other, name))
            return other;
    return name;
}

/* Adds a header to the table on top; values of one name are joined by ", ". [-0, +0, m] */
static void add_header(lua_State *L, struct str name, struct str value)
{
    lx_push_str(L, name);
    lua_pushvalue(L, -1);
    lua_rawget(L, -3); // headers name before
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lx_push_str(L, value);
    } else {
        lua_pushliteral(L, ", ");
        lx_push_str(L, value);
        lua_concat(L, 3);
    }
    lua_rawset(L, -3);
}

/* A table whose names are found in any case. [-0, +1, m] */
static void new_headers(lua_State *L)
{
    lua_newtable(L);
    luaL_getmetatable(L, HEADERS_TYPE);
    lua_setmetatable(L, -2);
}

/* To the table on top. [-0, +0, m] */
static void add_headers(lua_State *L, const struct packed *r, struct piece headers)
{
    struct str name, value;
    size_t at = 0, begin = 0;
    for (; packed_next_header(r, headers, &at, &name, &value); begin = at)
        add_header(L, first_name(r, headers, name, begin), value);
}

static void push_headers(lua_State *L, const struct packed *r, struct piece headers)
{
    new_headers(L);
    add_headers(L, r, headers);
}

static void push_request_headers(lua_State *L, const struct packed *r,
                                 const struct packed_rest *rest)
{
    const struct http_headers *usual = exchange_default_headers(rest->compress);
    new_headers(L);
    for (size_t i = 0; i < usual->n && !rest->replaces; i++)
        add_header(L, http_headers_name(usual, i), http_headers_value(usual, i));
    if (rest->request_headers.at != 0)
        add_headers(L, r, rest->request_headers);
}

/* What this answer set: the names and values of its Set-Cookie headers. [-0, +1, m] */
static void push_cookies(lua_State *L, const struct packed *r, struct piece headers)
{
    struct str name, value;
    size_t at = 0;
    lua_newtable(L);
    while (packed_next_header(r, headers, &at, &name, &value)) {
        if (!str_equal_nocase(name, STR("Set-Cookie")))
            continue;
        struct str pair = str_cut(&value, ';');
        if (str_index(pair, '=') == pair.n)
            continue;
        lx_push_str(L, str_trim(str_cut(&pair, '=')));
        lx_push_str(L, str_trim(pair));
        lua_rawset(L, -3);
    }
}

static void push_history(lua_State *L, const struct packed *r, struct piece hops)
{
    lua_createtable(L, (int)hops.n, 0);
    for (size_t i = 0; i < hops.n; i++) {
        struct packed_hop hop = packed_hop_at(r, hops, i);
        lua_createtable(L, 0, 4);
        lua_pushinteger(L, hop.status);
        lua_setfield(L, -2, "status_code");
        push_text(L, r, hop.method);
        lua_setfield(L, -2, "method");
        push_text(L, r, hop.url);
        lua_setfield(L, -2, "url");
        push_headers(L, r, hop.headers);
        lua_setfield(L, -2, "headers");
        lua_rawseti(L, -2, (int)i + 1);
    }
}

static void set_number(lua_State *L, const char *name, double value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
}

static void push_timings(lua_State *L, const struct packed *r, const struct packed_rest *rest)
{
    struct transfer_timings timings = packed_timings(r, rest);
    lua_createtable(L, 0, 5);
    set_number(L, "dns", timings.dns);
    set_number(L, "connect", timings.connect);
    set_number(L, "tls", timings.tls);
    set_number(L, "wait", timings.wait);
    set_number(L, "receive", timings.receive);
}

static void push_request(lua_State *L, const struct packed *r, const struct packed_rest *rest)
{
    lua_createtable(L, 0, 5);
    push_text(L, r, rest->request_method);
    lua_setfield(L, -2, "method");
    push_text(L, r, rest->request_url);
    lua_setfield(L, -2, "url");
    lx_push_str(L, packed_target(r, rest));
    lua_setfield(L, -2, "target");
    push_request_headers(L, r, rest);
    lua_setfield(L, -2, "headers");
    push_text_or_nil(L, r, rest->request_body);
    lua_setfield(L, -2, "body");
}

enum field {
    STATUS_CODE = 1,
    OK,
    REASON,
    TEXT,
    URL,
    ERROR,
    RESPONSE_TIME,
    LENGTH,
    START_TIME,
    FIRST_TABLE, /* from here on: tables, which are made once */
    HEADERS = FIRST_TABLE,
    HISTORY,
    COOKIES,
    TIMINGS,
    REQUEST,
    FIELDS
};

static const char *const names[FIELDS] = {
    [STATUS_CODE] = "status_code",
    [OK] = "ok",
    [REASON] = "reason",
    [TEXT] = "text",
    [URL] = "url",
    [ERROR] = "error",
    [RESPONSE_TIME] = "response_time",
    [LENGTH] = "length",
    [START_TIME] = "start_time",
    [HEADERS] = "headers",
    [HISTORY] = "history",
    [COOKIES] = "cookies",
    [TIMINGS] = "timings",
    [REQUEST] = "request",
};

static void push_table(lua_State *L, const struct packed *r, enum field f)
{
    struct packed_rest room;
    const struct packed_rest *rest = packed_rest(r, &room);
    switch (f) {
    case HEADERS:
        push_headers(L, r, rest->headers);
        break;
    case HISTORY:
        push_history(L, r, rest->hops);
        break;
    case COOKIES:
        push_cookies(L, r, rest->headers);
        break;
    case TIMINGS:
        push_timings(L, r, rest);
        break;
    default:
        push_request(L, r, rest);
        break;
    }
}

static void push_plain(lua_State *L, const struct packed *r, enum field f)
{
    struct packed_rest room;
    const struct packed_rest *rest = packed_rest(r, &room);
    switch (f) {
    case STATUS_CODE:
        lua_pushinteger(L, r->status);
        break;
    case OK:
        lua_pushboolean(L, rest->failure == HTTP_OK && r->status > 0 && r->status < 400);
        break;
    case REASON:
        push_text(L, r, rest->reason);
        break;
    case TEXT:
        push_text(L, r, rest->body);
        break;
    case URL:
        push_text(L, r, rest->url);
        break;
    case ERROR:
        push_text_or_nil(L, r, rest->failure_text);
        break;
    case RESPONSE_TIME:
        lua_pushnumber(L, r->response_time_ms);
        break;
    case LENGTH:
        lua_pushnumber(L, (double)rest->length);
        break;
    default:
        lua_pushnumber(L, r->start_s);
        break;
    }
}

/* --- response.name ------------------------------------------------------------------------- */

/* The table of what this response alone has; made where there is none. [-0, +1, m] */
static void push_own(lua_State *L, struct packed *r)
{
    if (r->has_own) {
        lua_getfenv(L, 1);
        return;
    }
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_setfenv(L, 1);
    r->has_own = true;
}

/* Of a field that is a table: the one that was made before, or a new one that is kept. [-0, +1, m] */
static void push_kept_table(lua_State *L, struct packed *r, enum field f)
{
    push_own(L, r);
    lua_rawgeti(L, -1, f);
    if (!lua_isnil(L, -1))
        return;
    lua_pop(L, 1);
    push_table(L, r, f);
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, f);
}

/* The longer first: of two that are as near, what was meant is the one with the letters left out. */
static int compare_names(const void *a, const void *b)
{
    const char *first = *(const char *const *)a, *second = *(const char *const *)b;
    size_t n = strlen(first), m = strlen(second);
    return n != m ? (n < m ? 1 : -1) : strcmp(first, second);
}

/* An error that names the nearest of all names. The known ones are in the table at upvalue 1. */
static int no_such_field(lua_State *L, struct str name)
{
    const char *known[NAMES_LIMIT];
    size_t n = 0;
    lua_pushnil(L);
    while (lua_next(L, lua_upvalueindex(1)) != 0) {
        lua_pop(L, 1);
        const char *text = lua_tostring(L, -1); // the table keeps it
        if (n < NAMES_LIMIT && text[0] != '_')
            known[n++] = text;
    }
    qsort(known, n, sizeof *known, compare_names);
    const char *nearest = nearest_name(name, known, n);
    return lx_raise(L, 1,
                    nearest != NULL ? "a response has no '%.*s'; did you mean '%s'?"
                                    : "a response has no '%.*s'",
                    STR_ARG(name), nearest);
}

/* Whether the value at `index` is this text. [-0, +0, -] */
static bool is_text(lua_State *L, int index, struct str text)
{
    struct str s;
    s.p = lua_tolstring(L, index, &s.n);
    return str_equal(s, text);
}

/* response[name]; upvalue 1: name -> a field's number, a method, or a getter in a table of one */
static int response_index(lua_State *L)
{
    struct packed *r = lua_touserdata(L, 1);
    if (r->has_own) {
        lua_getfenv(L, 1);
        lua_pushvalue(L, 2);
        lua_rawget(L, -2);
        if (!lua_isnil(L, -1) && lua_type(L, 2) == LUA_TSTRING)
            return 1;
        lua_settop(L, 2);
    }
    if (is_text(L, 2, STR("status_code"))) { // what most handlers ask for
        lua_pushinteger(L, r->status);
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    switch (lua_type(L, -1)) {
    case LUA_TNUMBER: {
        enum field f = (enum field)lua_tointeger(L, -1);
        if (f < FIRST_TABLE)
            push_plain(L, r, f);
        else
            push_kept_table(L, r, f);
        return 1;
    }
    case LUA_TFUNCTION:
        return 1;
    case LUA_TTABLE:
        lua_rawgeti(L, -1, 1);
        lua_pushvalue(L, 1);
        lua_call(L, 1, 1);
        return 1;
    default:
        return no_such_field(L, lx_check_str(L, 2));
    }
}

/* response[name] = value: what the Lua half, or a script, keeps with it */
static int response_newindex(lua_State *L)
{
    struct packed *r = lua_touserdata(L, 1);
    struct str name = lx_check_str(L, 2);
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (lua_type(L, -1) == LUA_TNUMBER || lua_type(L, -1) == LUA_TFUNCTION)
        return lx_raise(L, 1, "a response's '%.*s' can't be changed", STR_ARG(name));
    push_own(L, r);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, 3);
    lua_rawset(L, -3);
    return 0;
}

static int response_tostring(lua_State *L)
{
    const struct packed *r = lua_touserdata(L, 1);
    lua_pushfstring(L, "<Response [%d]>", r->status);
    return 1;
}

/* --- verdicts ------------------------------------------------------------------------------ */

#define VERDICT_TEXT FIELDS /* its place in what the response alone has */

/* open_verdict(response) */
int l_response_open_verdict(lua_State *L)
{
    l_response_check(L, 1)->verdict = VERDICT_OPEN;
    return 0;
}

/* decide(response, failure or nil) -> boolean */
int l_response_decide(lua_State *L)
{
    struct packed *r = l_response_check(L, 1);
    lua_settop(L, 2);
    bool is_asked = r->verdict != VERDICT_NONE;
    if (is_asked && lua_isnil(L, 2)) {
        r->verdict = VERDICT_SUCCESS;
    } else if (is_asked) {
        luaL_checktype(L, 2, LUA_TSTRING);
        r->verdict = VERDICT_FAILURE;
        push_own(L, r);
        lua_pushvalue(L, 2);
        lua_rawseti(L, -2, VERDICT_TEXT);
    }
    lua_pushboolean(L, is_asked);
    return 1;
}

void l_response_push_verdict_text(lua_State *L, int arg)
{
    lua_getfenv(L, arg);
    lua_rawgeti(L, -1, VERDICT_TEXT);
    lua_remove(L, -2);
}

/* verdict(response) -> "none", "open", "success", or "failure" and its text */
int l_response_verdict(lua_State *L)
{
    static const char *const said[] = {"none", "open", "success", "failure"};
    const struct packed *r = l_response_check(L, 1);
    lua_pushstring(L, said[r->verdict]);
    if (r->verdict != VERDICT_FAILURE)
        return 1;
    l_response_push_verdict_text(L, 1);
    return 2;
}

/* Copies the table at `arg` into the one on top, each value in a table of its own if `wrap`.
 * [-0, +0, e] */
static void add_names(lua_State *L, int arg, bool wrap)
{
    lua_pushnil(L);
    while (lua_next(L, arg) != 0) { // … names name function
        luaL_checktype(L, -1, LUA_TFUNCTION);
        lua_pushvalue(L, -2);
        if (wrap) {
            lua_createtable(L, 1, 0);
            lua_pushvalue(L, -3);
            lua_rawseti(L, -2, 1);
        } else {
            lua_pushvalue(L, -2);
        }
        lua_rawset(L, -5);
        lua_pop(L, 1);
    }
}

int l_response_set_methods(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    luaL_getmetatable(L, RESPONSE_TYPE);
    lua_getfield(L, -1, "names");
    add_names(L, 1, false);
    if (!lua_isnil(L, 2))
        add_names(L, 2, true);
    return 0;
}

int l_response_open(lua_State *L)
{
    luaL_newmetatable(L, HEADERS_TYPE);
    lua_pushcfunction(L, find_header);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);

    luaL_newmetatable(L, RESPONSE_TYPE); // metatable
    lua_createtable(L, 0, FIELDS + 8);   // metatable names
    for (int i = 1; i < FIELDS; i++) {
        lua_pushinteger(L, i);
        lua_setfield(L, -2, names[i]);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "names");
    lua_pushvalue(L, -1);
    lua_pushcclosure(L, response_newindex, 1);
    lua_setfield(L, -3, "__newindex");
    lua_pushcclosure(L, response_index, 1); // metatable index
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, response_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, RESPONSE_TYPE);
    lua_setfield(L, -2, "__metatable");
    return luaL_ref(L, LUA_REGISTRYINDEX);
}
