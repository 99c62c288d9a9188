/* l_session -- one user's session, his client: base URL, cookies, default headers and connections. */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include <stdlib.h>
#include <utlist.h>

#include "base/clock.h"
#include "base/mem.h"
#include "script/core.h"
#include "script/l_stream.h"
#include "script/lx.h"

#define SESSION_TYPE "katydid.session"

static const char session_key; /* its address marks sessions */

/* The userdata. */
struct session_handle {
    const void *type; /* first: what kind of userdata this is, without asking for its metatable */
    struct session_box *box; /* NULL: it was collected */
};

struct session_box *l_session_at(lua_State *L, int arg)
{
    const struct session_handle *h = lua_touserdata(L, arg);
    return h != NULL && lua_objlen(L, arg) == sizeof *h && h->type == &session_key ? h->box : NULL;
}

struct session_box *l_session_check(lua_State *L, int arg)
{
    struct session_box *box = l_session_at(L, arg);
    if (box != NULL)
        return box;
    luaL_checkudata(L, arg, SESSION_TYPE);
    luaL_error(L, "this client's user is gone");
    return NULL;
}

static void free_box(struct session_box *box)
{
    buf_release(&box->fetch.texts);
    DL_DELETE(box->vm->sessions, box);
    http_session_release(&box->session);
    free(box);
}

static int collect_session(lua_State *L)
{
    struct session_handle *h = lua_touserdata(L, 1);
    struct session_box *box = h->box;
    if (box == NULL)
        return 0;
    if (box->request != NULL)
        l_http_forget_request(box->request); // both are garbage, and which goes first is open
    l_stream_forget_all(box);
    free_box(box);
    h->box = NULL;
    return 0;
}

/* A finalizer that had to run while a script's stack was full never did its work. */
void l_session_free_all(struct vm *vm)
{
    struct session_box *box, *next;
    DL_FOREACH_SAFE (vm->sessions, box, next)
        free_box(box);
}

static struct session_handle *new_handle(lua_State *L)
{
    struct session_handle *h = lua_newuserdata(L, sizeof *h);
    *h = (struct session_handle){.type = &session_key};
    luaL_getmetatable(L, SESSION_TYPE);
    lua_setmetatable(L, -2);
    return h;
}

/* session(kind, user) -> session */
static int l_session(lua_State *L)
{
    static const char *const kinds[] = {"curl", "h1", NULL};
    struct vm *vm = core_vm(L);
    const struct vm_options *options = &vm->options;
    bool is_fast = luaL_checkoption(L, 1, "curl", kinds) == 1;
    lua_settop(L, 2);
    struct session_handle *handle = new_handle(L);
    struct session_box *box = handle->box = xmalloc(sizeof *box);
    *box = (struct session_box){
        .vm = vm, .handle = handle, .user_at = lua_topointer(L, 2), .fetch = {.texts = BUF_INIT}};
    http_session_init(&box->session, is_fast ? options->fast_transport : options->transport);
    DL_APPEND(vm->sessions, box);
    lua_createtable(L, SESSION_USER, 0); // session environment
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, SESSION_SELF);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, SESSION_USER);
    lua_setfenv(L, -2);
    return 1;
}

/* is_session(value) -> boolean */
static int l_is_session(lua_State *L)
{
    lua_pushboolean(L, l_session_at(L, 1) != NULL);
    return 1;
}

/* set_client_methods(metamethods): what scripts can do with sessions */
static int l_set_client_methods(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_getmetatable(L, SESSION_TYPE); // methods metatable
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, -5);
    }
    return 0;
}

/* set_base(session, url or nil, own_host or nil) -> boolean */
static int l_set_base(lua_State *L)
{
    struct session_box *session = l_session_check(L, 1);
    struct vm *vm = session->vm;
    session->base = lua_isnoneornil(L, 2) ? NULL : bases_get(vm->bases, lx_check_str(L, 2));
    session->own_host = lua_tostring(L, 3);
    session->n_doubts = vm->n_doubts;
    lua_pushboolean(L, session->base != NULL);
    return 1;
}

/* doubt_bases() */
static int l_doubt_bases(lua_State *L)
{
    core_vm(L)->n_doubts++;
    return 0;
}

/* rename(session, name or nil) */
static int l_rename(lua_State *L)
{
    struct session_box *session = l_session_check(L, 1);
    session->is_renamed = !lua_isnoneornil(L, 2);
    lua_settop(L, 2);
    lua_getfenv(L, 1);
    lua_insert(L, 2); // session environment name
    lua_rawseti(L, 2, SESSION_NAME);
    return 0;
}

/* disconnect(session) */
static int l_disconnect(lua_State *L)
{
    http_session_disconnect(&l_session_check(L, 1)->session);
    return 0;
}

/* --- default headers ----------------------------------------------------------------------- */

/* set_header(session, name, value) */
static int l_set_header(lua_State *L)
{
    struct http_session *session = &l_session_check(L, 1)->session;
    struct str name = lx_check_str(L, 2), value = lx_opt_str(L, 3, STR_EMPTY);
    struct err err = ERR_INIT;
    if (http_header_check(name, value, &err) < 0)
        return lx_throw(L, "%s", err.text);
    if (!lua_isnoneornil(L, 3))
        http_headers_set(http_session_headers(session), name, value);
    else if (session->headers != NULL)
        http_headers_remove(session->headers, name);
    return 0;
}

/* get_header(session, name) -> value or nil */
static int l_get_header(lua_State *L)
{
    struct http_session *session = &l_session_check(L, 1)->session;
    struct str value;
    if (session->headers == NULL || !http_headers_get(session->headers, lx_check_str(L, 2), &value))
        return 0;
    lx_push_str(L, value);
    return 1;
}

/* all_headers(session) -> table */
static int l_all_headers(lua_State *L)
{
    const struct http_headers *headers = l_session_check(L, 1)->session.headers;
    lua_newtable(L);
    for (size_t i = 0; headers != NULL && i < headers->n; i++) {
        lx_push_str(L, http_headers_name(headers, i));
        lx_push_str(L, http_headers_value(headers, i));
        lua_rawset(L, -3);
    }
    return 1;
}

/* --- cookies ------------------------------------------------------------------------------- */

/* Bytes that would end a cookie, or the header. */
static bool holds_any(struct str s, const char *bytes)
{
    if (str_index(s, '\0') < s.n)
        return true;
    for (; *bytes != '\0'; bytes++)
        if (str_index(s, *bytes) < s.n)
            return true;
    return false;
}

/* set_cookie(session, name, value, domain, path) */
static int l_set_cookie(lua_State *L)
{
    struct http_session *session = &l_session_check(L, 1)->session;
    struct str name = lx_check_str(L, 2), value = lx_opt_str(L, 3, STR_EMPTY);
    struct str domain = lx_opt_str(L, 4, STR_EMPTY), path = lx_opt_str(L, 5, STR("/"));
    if (lua_isnoneornil(L, 3)) { // servers may name one as scripts may not
        if (session->cookies != NULL)
            cookies_remove(session->cookies, name);
        return 0;
    }
    if (name.n == 0 || holds_any(name, "=;,\r\n\t "))
        return lx_throw(L, "a cookie can't be named '%.*s'", STR_ARG(name));
    if (holds_any(value, ";\r\n"))
        return lx_throw(L, "the value of cookie '%.*s' holds ';' or a line's end", STR_ARG(name));
    cookies_set(http_session_cookies(session), name, value, domain, path);
    return 0;
}

static double wall_now_s(lua_State *L)
{
    return clock_wall_s(loop_clock(core_vm(L)->options.loop));
}

/* get_cookie(session, name) -> value or nil */
static int l_get_cookie(lua_State *L)
{
    const struct cookies *cookies = l_session_check(L, 1)->session.cookies;
    struct str value;
    if (cookies == NULL || !cookies_get(cookies, lx_check_str(L, 2), &value, wall_now_s(L)))
        return 0;
    lx_push_str(L, value);
    return 1;
}

/* all_cookies(session) -> table */
static int l_all_cookies(lua_State *L)
{
    const struct cookies *cookies = l_session_check(L, 1)->session.cookies;
    double now_s = wall_now_s(L);
    size_t at = 0;
    struct str name, value;
    lua_newtable(L);
    while (cookies != NULL && cookies_next(cookies, &at, &name, &value, now_s)) {
        lx_push_str(L, name);
        lx_push_str(L, value);
        lua_rawset(L, -3);
    }
    return 1;
}

/* clear_cookies(session) */
static int l_clear_cookies(lua_State *L)
{
    struct http_session *session = &l_session_check(L, 1)->session;
    if (session->cookies != NULL)
        cookies_clear(session->cookies);
    return 0;
}

static const luaL_Reg http_functions[] = {{"session", l_session},
                                          {"is_session", l_is_session},
                                          {"set_client_methods", l_set_client_methods},
                                          {"set_base", l_set_base},
                                          {"doubt_bases", l_doubt_bases},
                                          {"rename", l_rename},
                                          {"disconnect", l_disconnect},
                                          {"set_header", l_set_header},
                                          {"get_header", l_get_header},
                                          {"all_headers", l_all_headers},
                                          {"set_cookie", l_set_cookie},
                                          {"get_cookie", l_get_cookie},
                                          {"all_cookies", l_all_cookies},
                                          {"clear_cookies", l_clear_cookies},
                                          {NULL, NULL}};

void l_session_open(lua_State *L, struct vm *vm)
{
    lx_new_type(L, SESSION_TYPE, NULL, collect_session);
    lua_pushlightuserdata(L, vm);
    luaL_setfuncs(L, http_functions, 1);
}
