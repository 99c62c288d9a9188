/* overrides -- addresses of hosts that are given beforehand. */
// SPDX-License-Identifier: MIT
#include "net/overrides.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/addr.h"
#include "net/idn.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

struct rule {
    char *key; /* "host:port", lower case */
    size_t n;
    char *addresses[OVERRIDE_ADDRESSES_MAX];
    UT_hash_handle hh;
};

struct overrides {
    struct rule *all;
};

struct overrides *overrides_new(void)
{
    return xcalloc(1, sizeof(struct overrides));
}

static void free_rule(struct rule *rule)
{
    for (size_t i = 0; i < rule->n; i++)
        free(rule->addresses[i]);
    free(rule->key);
    free(rule);
}

void overrides_free(struct overrides *o)
{
    struct rule *rule, *next;
    if (o == NULL)
        return;
    HASH_ITER (hh, o->all, rule, next) {
        HASH_DEL(o->all, rule);
        free_rule(rule);
    }
    free(o);
}

static void add_key(struct buf *out, struct str host, uint16_t port)
{
    if (host.n > 1 && host.p[host.n - 1] == '.')
        host.n--;
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        buf_add_char(out, (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    buf_addf(out, ":%u", port);
}

static struct rule *find(const struct overrides *o, struct str host, uint16_t port)
{
    struct buf key = BUF_INIT;
    struct rule *rule;
    add_key(&key, host, port);
    HASH_FIND(hh, o->all, key.p, key.n, rule);
    buf_release(&key);
    return rule;
}

const char *const *overrides_find(const struct overrides *o, struct str host, uint16_t port,
                                  size_t *n)
{
    if (o == NULL || o->all == NULL)
        return NULL;
    const struct rule *rule = find(o, host, port);
    if (rule == NULL)
        rule = find(o, STR("*"), port);
    if (rule == NULL)
        return NULL;
    *n = rule->n;
    return (const char *const *)rule->addresses;
}

/* NULL, or what is wrong with them. */
static const char *read_addresses(struct rule *rule, struct str list)
{
    bool has_more;
    do {
        has_more = str_index(list, ',') < list.n;
        struct str text = str_cut(&list, ',');
        if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
            text = str_slice(text, 1, text.n - 1);
        if (!addr_is_literal(text))
            return "expected IPv4 or IPv6 addresses behind HOST:PORT:";
        if (rule->n == OVERRIDE_ADDRESSES_MAX)
            return "expected at most 16 addresses";
        rule->addresses[rule->n++] = str_dup(text);
    } while (has_more);
    return NULL;
}

/* NULL, or what is wrong with it. */
static const char *read_rule(struct rule *rule, struct str text)
{
    if (str_starts(text, STR("+")) || str_starts(text, STR("-")))
        return "expected no + or - before HOST: an address holds for the whole run";
    if (str_starts(text, STR("[")))
        return "expected a name, an IPv4 address or * as HOST";
    struct str host = str_cut(&text, ':'), number = str_cut(&text, ':');
    struct buf ascii = BUF_INIT, key = BUF_INIT;
    int64_t port;
    const char *why = NULL;
    if (host.n == 0 || text.n == 0)
        why = "expected HOST:PORT:ADDRESS[,ADDRESS...]";
    else if (text_parse_int(number, 1, UINT16_MAX, &port, NULL) < 0)
        why = "expected a port from 1 to 65535 behind HOST:";
    else if (idn_host(&host, &ascii) < 0)
        why = "expected a name, an IPv4 address or * as HOST";
    if (why == NULL) {
        add_key(&key, host, (uint16_t)port);
        rule->key = buf_detach(&key);
        why = read_addresses(rule, text);
    }
    buf_release(&ascii);
    return why;
}

int overrides_add(struct overrides *o, struct str text, struct err *err)
{
    struct rule *rule = xcalloc(1, sizeof *rule), *old;
    const char *why = read_rule(rule, text);
    if (why != NULL) {
        free_rule(rule);
        return err_set(err, "%s, got '%.*s'", why, STR_ARG(text));
    }
    size_t n = strlen(rule->key);
    HASH_FIND(hh, o->all, rule->key, n, old);
    if (old != NULL) {
        HASH_DEL(o->all, old);
        free_rule(old);
    }
    HASH_ADD_KEYPTR(hh, o->all, rule->key, n, rule);
    return 0;
}
