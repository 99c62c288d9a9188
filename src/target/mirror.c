/* mirror -- routes that show what was sent: echo, headers, cookies, credentials. */
// SPDX-License-Identifier: MIT
#include "target/routes.h"

#include "base/codec.h"
#include "target/json.h"

/* One that comes twice is joined, as a header's values are (RFC 9110 5.3). */
static void add_joined(void *self, struct str name, struct str value)
{
    json_t *object = self, *before = json_member(object, name);
    struct buf both = BUF_INIT;

    if (before != NULL) {
        buf_addf(&both, "%s, ", json_string_value(before));
        buf_add_str(&both, value);
        value = buf_slice(&both);
    }
    json_add(object, name, json_text(value));
    buf_release(&both);
}

static void add_last(void *self, struct str name, struct str value)
{
    json_add(self, name, json_text(value));
}

static json_t *headers_of(struct call *call)
{
    json_t *headers = json_object();

    server_each_header(call->x, add_joined, headers);
    return headers;
}

void mirror_headers(struct call *call)
{
    call_json(call, 200, json_pack("{s:o}", "headers", headers_of(call)));
}

void mirror_ip(struct call *call)
{
    struct buf peer = BUF_INIT;

    server_add_peer(call->x, &peer);
    call_json(call, 200, json_pack("{s:o}", "origin", json_text(buf_slice(&peer))));
    buf_release(&peer);
}

void mirror_echo(struct call *call)
{
    json_t *query = json_object();

    server_each_query(call->x, add_joined, query);
    call_json(call, 200,
              json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",                //
                        "method", json_text(server_method(call->x)),     //
                        "path", json_text(server_path(call->x)),         //
                        "target", json_text(server_raw_target(call->x)), //
                        "query", query, "headers", headers_of(call),     //
                        "body", json_text(server_body(call->x))));
}

void mirror_cookies(struct call *call)
{
    json_t *cookies = json_object();

    server_each_cookie(call->x, add_last, cookies);
    call_json(call, 200, json_pack("{s:o}", "cookies", cookies));
}

static bool is_cookie_text(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c >= 0x7f || c == ';' || c == ',' || c == '"' || c == '\\')
            return false;
    }
    return true;
}

static void set_cookie(void *self, struct str name, struct str value)
{
    struct call *call = self;
    struct buf text = BUF_INIT;

    if (call->status == 400)
        return;
    if (name.n == 0 || !is_cookie_text(name) || !is_cookie_text(value)) {
        call_error(call, 400,
                   "a cookie's name and value are letters, digits and signs but \" , ; \\");
        return;
    }
    buf_addf(&text, "%.*s=%.*s; Path=/", STR_ARG(name), STR_ARG(value));
    call_header(call, STR("Set-Cookie"), buf_slice(&text));
    buf_release(&text);
}

void mirror_set_cookies(struct call *call)
{
    call->status = 302;
    server_each_query(call->x, set_cookie, call);
    if (call->status == 302)
        call_header(call, STR("Location"), STR("/cookies"));
}

static bool has_credentials(struct call *call)
{
    struct str header = server_header(call->x, "Authorization");
    struct buf sent = BUF_INIT, expected = BUF_INIT;
    bool is_right = false;

    if (header.p == NULL || !str_starts_nocase(header, STR("Basic ")))
        return false;
    buf_addf(&expected, "%.*s:%.*s", STR_ARG(call->args[0]), STR_ARG(call->args[1]));
    if (base64_decode(&sent, str_trim(str_slice(header, 6, header.n)), NULL) == 0)
        is_right = str_equal(buf_slice(&sent), buf_slice(&expected));
    buf_release(&sent);
    buf_release(&expected);
    return is_right;
}

void mirror_basic_auth(struct call *call)
{
    if (has_credentials(call)) {
        call_json(call, 200,
                  json_pack("{s:b, s:o}", "authenticated", 1, "user", json_text(call->args[0])));
        return;
    }
    call_error(call, 401, "other credentials are expected");
    call_header(call, STR("WWW-Authenticate"), STR("Basic realm=\"target\""));
}
