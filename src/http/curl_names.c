/* curl_names -- the addresses that libcurl has been given for a host and a port. */
// SPDX-License-Identifier: MIT
#include "http/curl_names.h"

#include "base/buf.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

struct entry {
    struct curl_name name; /* first: an entry is its name */
    char *key;             /* "host:port" */
    UT_hash_handle hh;
};

struct curl_names {
    struct resolver *resolver;
    struct entry *all;
    struct buf key; /* for looking up */
};

struct curl_names *curl_names_new(struct resolver *resolver)
{
    struct curl_names *n = xcalloc(1, sizeof *n);
    n->resolver = resolver;
    return n;
}

void curl_names_free(struct curl_names *n)
{
    if (n == NULL)
        return;
    struct entry *e, *next;
    HASH_ITER (hh, n->all, e, next) {
        HASH_DEL(n->all, e);
        if (e->name.refreshing != NULL)
            resolver_cancel(e->name.refreshing);
        free(e->name.addresses);
        free(e->name.line);
        free(e->key);
        free(e);
    }
    buf_release(&n->key);
    free(n);
}

static bool is_literal(struct str host)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    host.n = str_index(host, '%'); // a zone
    if (host.n >= sizeof(text))
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

struct curl_name *curl_names_get(struct curl_names *n, struct str host, uint16_t port)
{
    struct entry *e;
    buf_clear(&n->key);
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        buf_add_char(&n->key, (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    buf_addf(&n->key, ":%u", port);
    HASH_FIND(hh, n->all, n->key.p, n->key.n, e);
    if (e == NULL) {
        e = xcalloc(1, sizeof *e);
        e->key = str_dup(buf_slice(&n->key));
        e->name = (struct curl_name){
            .names = n,
            .host = str_make(e->key, host.n),
            .port = port,
            .is_literal = is_literal(host) && !resolver_is_overridden(n->resolver, host, port)};
        HASH_ADD_KEYPTR(hh, n->all, e->key, n->key.n, e);
    }
    return &e->name;
}

static void keep_addresses(struct curl_name *name, const struct resolver_answer *answer)
{
    name->addresses = xreallocarray(name->addresses, answer->n, sizeof *name->addresses);
    name->n_addresses = 0;
    for (size_t i = 0; i < answer->n; i++) {
        struct addr *a = &name->addresses[name->n_addresses];
        name->n_addresses += addr_from_text(a, str_of(answer->addresses[i]), name->port) == 0;
    }
}

const struct addr *curl_name_turn(const struct curl_name *name, const struct sockaddr *address,
                                  size_t user)
{
    for (size_t i = 0; i < name->n_addresses; i++) {
        if (addr_is(&name->addresses[i], address))
            return &name->addresses[(i + user) % name->n_addresses];
    }
    return NULL;
}

void curl_name_learn(struct curl_name *name, const struct resolver_answer *answer)
{
    struct buf line = BUF_INIT;
    if (!answer->ok || answer->id == name->id)
        return;
    buf_addf(&line, "%.*s:%u:", STR_ARG(name->host), name->port);
    for (size_t i = 0; i < answer->n; i++) {
        bool is_ipv6 = strchr(answer->addresses[i], ':') != NULL;
        buf_addf(&line, is_ipv6 ? "%s[%s]" : "%s%s", i > 0 ? "," : "", answer->addresses[i]);
    }
    name->id = answer->id;
    keep_addresses(name, answer);
    if (name->line != NULL && strcmp(name->line, buf_cstr(&line)) == 0) {
        if (name->loaded_id != 0)
            name->loaded_id = answer->id; // what libcurl has is the same
        buf_release(&line);
        return;
    }
    name->loaded_id = 0;
    free(name->line);
    name->line = buf_detach(&line);
}

static void on_refreshed(void *self, const struct resolver_answer *answer)
{
    struct curl_name *name = self;
    name->refreshing = NULL;
    curl_name_learn(name, answer);
}

enum curl_name_state curl_name_look(struct curl_name *name, bool may_be_old,
                                    struct resolver_answer *answer)
{
    struct resolver *resolver = name->names->resolver;
    if (name->is_literal)
        return CURL_NAME_READY;
    if (resolver_peek(resolver, name->host, name->port, answer) == 0 &&
        (answer->ok || !may_be_old)) {
        curl_name_learn(name, answer);
        return answer->ok ? CURL_NAME_READY : CURL_NAME_FAILED;
    }
    if (!may_be_old || name->line == NULL)
        return CURL_NAME_UNKNOWN;
    if (name->refreshing == NULL)
        name->refreshing = resolver_start(resolver, name->host, on_refreshed, name);
    return CURL_NAME_READY;
}
