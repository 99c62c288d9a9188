/* request -- what a request says: path, query, headers, cookies, taken apart when somebody asks. */
// SPDX-License-Identifier: MIT
#include "serve/exchange.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/url.h"

#define ABSENT ((struct str){NULL, 0})

static void add_pair(struct pairs *pairs, struct str name, struct str value)
{
    if (pairs->n == pairs->capacity) {
        pairs->capacity = pairs->capacity ? 2 * pairs->capacity : 8;
        pairs->items = xreallocarray(pairs->items, pairs->capacity, sizeof *pairs->items);
    }
    pairs->items[pairs->n][0] = name;
    pairs->items[pairs->n][1] = value;
    pairs->n++;
}

static struct str find(const struct pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->n; i++) {
        if (str_equal(pairs->items[i][0], str_of(name)))
            return pairs->items[i][1];
    }
    return ABSENT;
}

static void each_pair(const struct pairs *pairs, server_each *each, void *self)
{
    for (size_t i = 0; i < pairs->n; i++)
        each(self, pairs->items[i][0], pairs->items[i][1]);
}

static void clear_pairs(struct pairs *pairs)
{
    pairs->n = 0;
    pairs->is_filled = false;
}

void exchange_clear_request(struct exchange_in *x)
{
    buf_clear(&x->target);
    buf_clear(&x->decoded);
    x->path = ABSENT;
    clear_pairs(&x->query);
    clear_pairs(&x->cookies);
}

void exchange_release_request(struct exchange_in *x)
{
    buf_release(&x->target);
    buf_release(&x->decoded);
    free(x->query.items);
    free(x->cookies.items);
}

/* The decoded text, which lives in x->decoded. All that a target can decode to fits into the room
 * that is made once, so that nothing there ever moves. */
static struct str decode(struct exchange_in *x, struct str text)
{
    if (x->decoded.n == 0)
        buf_reserve(&x->decoded, x->target.n + 1);
    size_t from = x->decoded.n;
    url_decode(&x->decoded, text);
    struct str all = buf_slice(&x->decoded);
    return str_slice(all, from, all.n);
}

/* Path and query as sent; a proxy's form (http://host/path) without scheme and host. */
static struct str without_origin(struct str target)
{
    if (!str_starts_nocase(target, STR("http://")) && !str_starts_nocase(target, STR("https://")))
        return target;
    size_t from = str_index(target, ':') + 3;
    struct str rest = str_slice(target, from, target.n);
    size_t at = 0;
    while (at < rest.n && rest.p[at] != '/' && rest.p[at] != '?')
        at++;
    return str_slice(rest, at, rest.n);
}

struct str server_method(const struct exchange_in *x)
{
    return x->method;
}

struct str server_raw_target(const struct exchange_in *x)
{
    return buf_slice(&x->target);
}

struct str server_path(struct exchange_in *x)
{
    if (x->path.p != NULL)
        return x->path;
    struct str rest = without_origin(server_raw_target(x));
    struct str path = str_cut(&rest, '?');
    if (path.n == 0)
        path = STR("/");
    x->path = str_index(path, '%') == path.n ? path : decode(x, path);
    return x->path;
}

static struct str decode_query(struct exchange_in *x, struct str text)
{
    if (str_index(text, '%') == text.n && str_index(text, '+') == text.n)
        return text;
    // '+' is a blank before the percent signs are resolved, and never after.
    size_t from = x->decoded.n;
    struct str rest = text;
    if (from == 0)
        buf_reserve(&x->decoded, x->target.n + 1);
    while (rest.n > 0) {
        size_t plus = str_index(rest, '+');
        url_decode(&x->decoded, str_slice(rest, 0, plus));
        if (plus < rest.n)
            buf_add_char(&x->decoded, ' ');
        rest = str_slice(rest, plus + 1, rest.n);
    }
    struct str all = buf_slice(&x->decoded);
    return str_slice(all, from, all.n);
}

static const struct pairs *query_of(struct exchange_in *x)
{
    if (x->query.is_filled)
        return &x->query;
    x->query.is_filled = true;
    struct str rest = server_raw_target(x);
    server_path(x);
    str_cut(&rest, '?');
    while (rest.n > 0) {
        struct str value = str_cut(&rest, '&');
        if (value.n == 0)
            continue;
        struct str name = str_cut(&value, '=');
        name = decode_query(x, name);
        add_pair(&x->query, name, decode_query(x, value));
    }
    return &x->query;
}

struct str server_query(struct exchange_in *x, const char *name)
{
    return find(query_of(x), name);
}

void server_each_query(struct exchange_in *x, server_each *each, void *self)
{
    each_pair(query_of(x), each, self);
}

static const struct pairs *cookies_of(struct exchange_in *x)
{
    if (x->cookies.is_filled)
        return &x->cookies;
    x->cookies.is_filled = true;
    struct str rest = server_header(x, "Cookie");
    if (rest.p == NULL)
        rest = STR_EMPTY;
    while (rest.n > 0) {
        struct str value = str_trim(str_cut(&rest, ';'));
        if (value.n == 0)
            continue;
        struct str name = str_cut(&value, '=');
        add_pair(&x->cookies, str_trim(name), str_trim(value));
    }
    return &x->cookies;
}

struct str server_cookie(struct exchange_in *x, const char *name)
{
    return find(cookies_of(x), name);
}

void server_each_cookie(struct exchange_in *x, server_each *each, void *self)
{
    each_pair(cookies_of(x), each, self);
}

struct str server_header(const struct exchange_in *x, const char *name)
{
    const char *value = NULL;
    size_t n = 0;

    if (MHD_lookup_connection_value_n(x->connection, MHD_HEADER_KIND, name, str_of(name).n, &value,
                                      &n) != MHD_YES ||
        value == NULL)
        return ABSENT;
    return str_make(value, n);
}

void server_add_peer(const struct exchange_in *x, struct buf *out)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *peer = info != NULL ? info->client_addr : NULL;
    char text[INET6_ADDRSTRLEN] = "";

    if (peer != NULL && peer->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)peer)->sin_addr, text, sizeof text);
    else if (peer != NULL && peer->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)peer)->sin6_addr, text, sizeof text);
    buf_add_cstr(out, text);
}

struct header_walk {
    server_each *each;
    void *self;
};

static enum MHD_Result step(void *self, enum MHD_ValueKind kind, const char *name, size_t name_n,
                            const char *value, size_t value_n)
{
    struct header_walk *walk = self;

    (void)kind;
    walk->each(walk->self, str_make(name, name_n),
               value != NULL ? str_make(value, value_n) : STR_EMPTY);
    return MHD_YES;
}

void server_each_header(const struct exchange_in *x, server_each *each, void *self)
{
    struct header_walk walk = {each, self};

    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, step, &walk);
}

struct str server_body(const struct exchange_in *x)
{
    return x->body.n > 0 ? buf_slice(&x->body) : STR_EMPTY;
}

uint64_t server_received_ns(const struct exchange_in *x)
{
    return x->received_ns;
}
