/* routes -- which path is answered by which function. */
// SPDX-License-Identifier: MIT
#include "target/routes.h"

#include <string.h>

#include "target/target.h"

static void show_table(struct call *call)
{
    struct buf text = BUF_INIT;

    routes_add_table(&text);
    call_text(call, buf_slice(&text));
    buf_release(&text);
}

struct route {
    const char *method; // GET serves HEAD too
    const char *pattern;
    route_function *answer;
    const char *says; // for people
};

static const struct route routes[] = {
    {"any", "/delay/<ms>", plain_delay, "answers after so many milliseconds"},
    {"GET", "/json", plain_json, "a small JSON document"},
    {"any", "/lognormal", plain_lognormal,
     "?median=&sigma= a delay drawn log-normally, median in ms"},
    {"any", "/uniform", plain_uniform, "?min=&max= a delay drawn evenly, in ms"},
    {"any", "/stall/<s>", plain_stall, "answers after so many seconds"},
    {"any", "/drop", plain_drop, "closes the connection without an answer"},
    {"any", "/status/<code>", plain_status, "that status, 200 to 599"},
    {"any", "/bytes/<n>", plain_bytes, "so many bytes"},
    {"any", "/chunked/<n>", plain_chunked, "so many chunks of a body of unknown length"},
    {"any", "/events/<n>", plain_events, "so many server-sent events; ?every= ms (1000)"},
    {"any", "/echo", mirror_echo, "method, path, query, headers and body, as JSON"},
    {"any", "/headers", mirror_headers, "the headers, as JSON"},
    {"any", "/ip", mirror_ip, "the address that the request came from, as JSON"},
    {"any", "/redirect/<n>", plain_redirect, "so many redirects; ?status= and ?to="},
    {"GET", "/cookies", mirror_cookies, "the cookies, as JSON"},
    {"any", "/cookies/set", mirror_set_cookies, "?name=value sets cookies, then goes to /cookies"},
    {"GET", "/basic-auth/<user>/<password>", mirror_basic_auth, "401 without these credentials"},
    {"GET", "/items", shop_items, "the shop's items; ?page="},
    {"GET", "/items/<id>", shop_item, "one item, 1 to 1000"},
    {"GET", "/search", shop_search, "?q= items by name"},
    {"POST", "/login", shop_login, "JSON {user, password}; sets the cookie session"},
    {"GET", "/cart", shop_cart, "the session's cart"},
    {"POST", "/cart", shop_fill_cart, "JSON {item, quantity} into the cart"},
    {"POST", "/orders", shop_order, "orders what is in the cart; 401 without login"},
    {"POST", "/spam_detection_path", service_spam, "JSON {message}; 401 without a bearer token"},
    {"GET", "/health", service_health, "status of the model's API"},
    {"POST", "/predict", service_predict, "JSON with five fields; 400 names a missing one"},
    {"GET", "/api/status", service_films, "status of the film database"},
    {"GET", "/api/films/<id>", service_film, "one film, 1 to 500"},
    {"GET", "/api/films/title/<title>", service_film_by_title, "one film, such as The General"},
    {"GET", "/_counts", target_counts, "what was served, as JSON; ?reset=1 begins again"},
    {"GET", "/", show_table, "this table"},
};

#define N_ROUTES (sizeof routes / sizeof *routes)

void routes_add_table(struct buf *out)
{
    for (size_t i = 0; i < N_ROUTES; i++)
        buf_addf(out, "%-5s %-31s %s\n", routes[i].method, routes[i].pattern, routes[i].says);
}

void target_add_routes(struct buf *out)
{
    routes_add_table(out);
}

static bool matches(const char *pattern, struct str path, struct call *call)
{
    size_t at = 0;

    call->n_args = 0;
    while (*pattern != '\0') {
        if (*pattern != '<') {
            if (at == path.n || path.p[at] != *pattern)
                return false;
            at++;
            pattern++;
            continue;
        }
        struct str rest = str_slice(path, at, path.n);
        struct str value = str_slice(rest, 0, str_index(rest, '/'));
        if (value.n == 0)
            return false;
        call->args[call->n_args++] = value;
        at += value.n;
        pattern = strchr(pattern, '>') + 1;
    }
    return at == path.n;
}

static bool allows(const struct route *route, struct str method)
{
    return strcmp(route->method, "any") == 0 || str_equal(str_of(route->method), method) ||
           (strcmp(route->method, "GET") == 0 && str_equal(method, STR("HEAD")));
}

static void refuse_method(struct call *call)
{
    struct str path = server_path(call->x), method = server_method(call->x);
    struct buf allow = BUF_INIT;

    for (size_t i = 0; i < N_ROUTES; i++) {
        if (!matches(routes[i].pattern, path, call))
            continue;
        buf_addf(&allow, "%s%s", allow.n > 0 ? ", " : "",
                 strcmp(routes[i].method, "GET") == 0 ? "GET, HEAD" : routes[i].method);
    }
    call_error(call, 405, "%.*s is not allowed here", STR_ARG(method));
    call_header(call, STR("Allow"), buf_slice(&allow));
    buf_release(&allow);
}

static void refuse_path(struct call *call)
{
    call_error(call, 404, "no such path; GET / lists what there is");
}

route_function *routes_find(struct call *call)
{
    struct str path = server_path(call->x), method = server_method(call->x);

    call->pattern = STR("(unknown)");
    for (size_t i = 0; i < N_ROUTES; i++) {
        if (!matches(routes[i].pattern, path, call))
            continue;
        call->pattern = str_of(routes[i].pattern);
        if (allows(&routes[i], method))
            return routes[i].answer;
    }
    return str_equal(call->pattern, STR("(unknown)")) ? refuse_path : refuse_method;
}
