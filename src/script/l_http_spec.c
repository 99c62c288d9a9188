/* l_http_spec -- the table that http.start is given, as http/request wants it. */
// SPDX-License-Identifier: MIT
#include "script/l_http.h"

#include <math.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/url.h"
#include "script/lx.h"

#define REDIRECTS_LIMIT 1000000
#define SHOWN_BYTES 80

enum field {
    METHOD,
    URL,
    HEADERS,
    COOKIES,
    BODY,
    SOURCE,
    CONTENT_TYPE,
    USER,
    PASSWORD,
    CONNECT,
    READ,
    TOTAL,
    ALLOW_REDIRECTS,
    MAX_REDIRECTS,
    VERIFY,
    CERT,
    KEY,
    PROXY,
    VERSION,
    COMPRESS,
    FIELDS
};

static const char *const names[FIELDS] = {
    [METHOD] = "method",
    [URL] = "url",
    [HEADERS] = "headers",
    [COOKIES] = "cookies",
    [BODY] = "body",
    [SOURCE] = "source",
    [CONTENT_TYPE] = "content_type",
    [USER] = "user",
    [PASSWORD] = "password",
    [CONNECT] = "connect",
    [READ] = "read",
    [TOTAL] = "total",
    [ALLOW_REDIRECTS] = "allow_redirects",
    [MAX_REDIRECTS] = "max_redirects",
    [VERIFY] = "verify",
    [CERT] = "cert",
    [KEY] = "key",
    [PROXY] = "proxy",
    [VERSION] = "http_version",
    [COMPRESS] = "compress",
};

struct spec_reader {
    /* Lua keeps one string for each text, so that a key is known by its address. */
    const char *interned[FIELDS];
    struct http_headers headers, cookies;
    bool is_special; /* a setting that a transport may refuse was given */
};

static int release_reader(lua_State *L)
{
    struct spec_reader *reader = lua_touserdata(L, 1);
    http_headers_release(&reader->headers);
    http_headers_release(&reader->cookies);
    return 0;
}

struct spec_reader *spec_reader_new(lua_State *L)
{
    lx_new_type(L, "katydid.spec_reader", NULL, release_reader);
    struct spec_reader *reader = lua_newuserdata(L, sizeof *reader); // reader
    http_headers_init(&reader->headers);
    http_headers_init(&reader->cookies);
    luaL_getmetatable(L, "katydid.spec_reader");
    lua_setmetatable(L, -2);
    lua_createtable(L, FIELDS, 1); // reader kept
    for (int i = 0; i < FIELDS; i++) {
        lua_pushstring(L, names[i]);
        reader->interned[i] = lua_tostring(L, -1);
        lua_rawseti(L, -2, i + 1);
    }
    lua_insert(L, -2); // kept reader
    lua_setfield(L, -2, "reader");
    lua_setfield(L, LUA_REGISTRYINDEX, "katydid.spec_reader.kept");
    return reader;
}

static enum field find_field(const struct spec_reader *reader, const char *key)
{
    int i = 0;
    while (i < FIELDS && reader->interned[i] != key)
        i++;
    return (enum field)i;
}

static int refuse(lua_State *L, enum field f, const char *expected)
{
    return lx_throw(L, "%s: expected %s, got %s", names[f], expected,
                    lua_type(L, -1) == LUA_TNUMBER ? lua_tostring(L, -1) : luaL_typename(L, -1));
}

/* The value on top as a text. [-0, +0, e] */
static struct str text_of(lua_State *L, enum field f)
{
    if (lua_type(L, -1) != LUA_TSTRING)
        refuse(L, f, "a string");
    size_t n;
    const char *p = lua_tolstring(L, -1, &n);
    return str_make(p, n);
}

static const char *path_of(lua_State *L, enum field f)
{
    struct str s = text_of(L, f);
    if (str_index(s, '\0') < s.n)
        refuse(L, f, "a text without NUL");
    return s.p;
}

static double seconds_of(lua_State *L, enum field f)
{
    double s = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
    if (!(s >= 0))
        refuse(L, f, "a number of seconds");
    return isinf(s) ? 0 : s;
}

static unsigned count_of(lua_State *L, enum field f)
{
    double n = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
    if (!(n >= 0) || n != floor(n))
        refuse(L, f, "a whole number of at least 0");
    return n > REDIRECTS_LIMIT ? REDIRECTS_LIMIT : (unsigned)n;
}

static bool truth_of(lua_State *L, enum field f)
{
    if (lua_type(L, -1) != LUA_TBOOLEAN)
        refuse(L, f, "true or false");
    return lua_toboolean(L, -1);
}

static struct http_body **source_of(lua_State *L)
{
    struct http_body **source = l_body_check(L, lua_gettop(L));
    if (*source == NULL)
        lx_throw(L, "a source is sent once");
    return source;
}

static enum http_version version_of(lua_State *L)
{
    static const struct {
        const char *text;
        enum http_version version;
    } versions[] = {{"1.0", HTTP_VERSION_1_0},
                    {"1.1", HTTP_VERSION_1_1},
                    {"2", HTTP_VERSION_2},
                    {"2-prior-knowledge", HTTP_VERSION_2_PRIOR}};
    struct str s = text_of(L, VERSION);
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (str_equal(s, str_of(versions[i].text)))
            return versions[i].version;
    refuse(L, VERSION, "'1.0', '1.1', '2' or '2-prior-knowledge'");
    return HTTP_VERSION_DEFAULT;
}

/* The list on top: name, value, name, value, … [-0, +0, e] */
static struct http_headers *pairs_of(lua_State *L, enum field f, struct http_headers *into)
{
    if (lua_type(L, -1) != LUA_TTABLE)
        refuse(L, f, "a list of names and values");
    http_headers_clear(into);
    int n = (int)lua_objlen(L, -1);
    for (int i = 1; i < n; i += 2) {
        lua_rawgeti(L, -1, i);
        struct str name = text_of(L, f);
        lua_rawgeti(L, -2, i + 1);
        struct str value = text_of(L, f);
        struct err err = ERR_INIT;
        if (http_header_check(name, value, &err) < 0)
            lx_throw(L, "%s", err.text);
        http_headers_add(into, name, value);
        lua_pop(L, 2);
    }
    return into;
}

/* One of what a transport may refuse. [-0, +0, e] */
static void read_setting(lua_State *L, enum field f, struct http_settings *to)
{
    switch (f) {
    case VERIFY:
        if (lua_type(L, -1) == LUA_TSTRING)
            to->ca_file = path_of(L, f);
        else
            to->verify = truth_of(L, f);
        break;
    case CERT:
        to->cert_file = path_of(L, f);
        break;
    case KEY:
        to->key_file = path_of(L, f);
        break;
    case PROXY:
        to->proxy = path_of(L, f);
        break;
    case VERSION:
        to->version = version_of(L);
        break;
    default:
        break;
    }
}

/* One field, its value on top. [-0, +0, e] */
static void read_field(struct spec_reader *reader, lua_State *L, enum field f, struct http_spec *to)
{
    switch (f) {
    case METHOD:
        to->method = text_of(L, f);
        break;
    case URL:
        to->url = text_of(L, f);
        break;
    case HEADERS:
        to->headers = pairs_of(L, f, &reader->headers);
        break;
    case COOKIES:
        to->cookies = pairs_of(L, f, &reader->cookies);
        break;
    case BODY:
        to->body = text_of(L, f);
        to->has_body = true;
        break;
    case SOURCE:
        to->source = source_of(L);
        to->has_body = true;
        break;
    case CONTENT_TYPE:
        to->content_type = text_of(L, f);
        break;
    case USER:
        to->user = text_of(L, f);
        to->has_auth = true;
        break;
    case PASSWORD:
        to->password = text_of(L, f);
        break;
    case CONNECT:
        to->settings.connect_s = seconds_of(L, f);
        break;
    case READ:
        to->settings.read_s = seconds_of(L, f);
        break;
    case TOTAL:
        to->settings.total_s = seconds_of(L, f);
        break;
    case ALLOW_REDIRECTS:
        to->follow_redirects = truth_of(L, f);
        break;
    case MAX_REDIRECTS:
        to->max_redirects = count_of(L, f);
        break;
    case COMPRESS:
        to->compress = truth_of(L, f) ? HTTP_COMPRESS_ALL : HTTP_COMPRESS_NONE;
        break;
    default:
        reader->is_special = true;
        read_setting(L, f, &to->settings);
        break;
    }
}

/* What can't be sent, whatever the server is. [-0, +0, e] */
static void check_spec(lua_State *L, const struct http_spec *spec)
{
    struct err err = ERR_INIT;
    struct url parts;
    if (url_parse(&parts, spec->url, &err) < 0)
        lx_throw(L, "%s", err.text);
    if (spec->method.n == 0 || http_header_check(spec->method, STR_EMPTY, &err) < 0) {
        struct buf shown = BUF_INIT;
        text_add_visible(&shown, str_slice(spec->method, 0, SHOWN_BYTES), false);
        lua_pushstring(L, buf_cstr(&shown));
        buf_release(&shown);
        lx_throw(L, "'%s' is no HTTP method", lua_tostring(L, -1));
    }
    if (spec->content_type.n > 0 &&
        http_header_check(STR("Content-Type"), spec->content_type, &err) < 0)
        lx_throw(L, "%s", err.text);
}

void spec_reader_read(struct spec_reader *reader, lua_State *L, int arg,
                      struct transport *transport, struct http_spec *spec)
{
    luaL_checktype(L, arg, LUA_TTABLE);
    *spec = (struct http_spec){.follow_redirects = true,
                               .max_redirects = HTTP_REDIRECTS_DEFAULT,
                               .settings = {.connect_s = HTTP_TIMEOUT_DEFAULT_S,
                                            .read_s = HTTP_TIMEOUT_DEFAULT_S,
                                            .verify = true}};
    reader->is_special = false;
    lua_pushnil(L);
    while (lua_next(L, arg) != 0) {
        enum field f =
            lua_type(L, -2) == LUA_TSTRING ? find_field(reader, lua_tostring(L, -2)) : FIELDS;
        if (f == FIELDS)
            luaL_error(L, "http.start knows no field '%s'",
                       lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : luaL_typename(L, -2));
        read_field(reader, L, f, spec);
        lua_pop(L, 1);
    }
    check_spec(L, spec);
    struct err err = ERR_INIT;
    if (reader->is_special && transport->check != NULL &&
        transport->check(transport, &spec->settings, &err) < 0)
        lx_throw(L, "%s", err.text);
}
