/* l_url -- katydid.core.url: percent-encoding, and the parts of a URL. */
// SPDX-License-Identifier: MIT
#include "script/core.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/url.h"
#include "script/lx.h"

/* encode(text, plus_for_space) -> string */
static int l_encode(lua_State *L)
{
    struct str text = lx_check_str(L, 1);
    bool plus_for_space = lua_toboolean(L, 2);
    struct buf out = BUF_INIT;
    url_encode(&out, text, plus_for_space);
    lx_push_str(L, buf_slice(&out));
    buf_release(&out);
    return 1;
}

/* decode(text) -> string */
static int l_decode(lua_State *L)
{
    struct str text = lx_check_str(L, 1);
    struct buf out = BUF_INIT;
    url_decode(&out, text);
    lx_push_str(L, buf_slice(&out));
    buf_release(&out);
    return 1;
}

/* mask(text) -> string */
static int l_mask(lua_State *L)
{
    struct str text = lx_check_str(L, 1);
    struct buf out = BUF_INIT;
    url_mask(&out, text);
    lx_push_str(L, buf_slice(&out));
    buf_release(&out);
    return 1;
}

static void set_part(lua_State *L, const char *name, struct str part)
{
    lx_push_str(L, part);
    lua_setfield(L, -2, name);
}

/* parse(text) -> table */
static int l_parse(lua_State *L)
{
    struct url u;
    struct err err = ERR_INIT;
    if (url_parse(&u, lx_check_str(L, 1), &err) < 0)
        return lx_throw(L, "%s", err.text);
    lua_createtable(L, 0, 8);
    set_part(L, "scheme", u.scheme);
    set_part(L, "host", u.host);
    set_part(L, "path", u.path);
    if (u.has_user)
        set_part(L, "user", u.user);
    if (u.has_password)
        set_part(L, "password", u.password);
    if (u.has_query)
        set_part(L, "query", u.query);
    if (u.has_fragment)
        set_part(L, "fragment", u.fragment);
    lua_pushinteger(L, u.port);
    lua_setfield(L, -2, "port");
    return 1;
}

static const luaL_Reg url_functions[] = {
    {"encode", l_encode}, {"decode", l_decode}, {"mask", l_mask}, {"parse", l_parse}, {NULL, NULL}};

void l_url_open(lua_State *L, struct vm *vm)
{
    core_new_table(L, vm, url_functions);
}
