/* h1_tls -- the TLS contexts of a transport. */
// SPDX-License-Identifier: MIT
#include "http/h1_tls.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

struct h1_tls_kind {
    struct h1_tls_kind *next;
    struct tls_context *context;
    bool verify;
    char *ca_file, *cert_file, *key_file; /* NULL: none */
};

static bool is_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_kind(const struct h1_tls_kind *k, const struct http_settings *s)
{
    return k->verify == s->verify && is_same(k->ca_file, s->ca_file) &&
           is_same(k->cert_file, s->cert_file) && is_same(k->key_file, s->key_file);
}

static char *copy_of(const char *s)
{
    return s == NULL ? NULL : xstrdup(s);
}

static struct h1_tls_kind *kind_new(const struct http_settings *s, struct err *err)
{
    const struct tls_settings settings = {.verify = s->verify,
                                          .ca_file = s->ca_file,
                                          .cert_file = s->cert_file,
                                          .key_file = s->key_file,
                                          .alpn = "http/1.1"};
    struct tls_context *context = tls_context_new(&settings, err);
    if (context == NULL)
        return NULL;
    struct h1_tls_kind *k = xmalloc(sizeof *k);
    *k = (struct h1_tls_kind){.context = context,
                              .verify = s->verify,
                              .ca_file = copy_of(s->ca_file),
                              .cert_file = copy_of(s->cert_file),
                              .key_file = copy_of(s->key_file)};
    return k;
}

static void kind_free(struct h1_tls_kind *k)
{
    tls_context_free(k->context);
    free(k->ca_file);
    free(k->cert_file);
    free(k->key_file);
    free(k);
}

void h1_tls_release(struct h1_tls *t)
{
    struct h1_tls_kind *k, *next;
    LL_FOREACH_SAFE (t->kinds, k, next)
        kind_free(k);
    t->kinds = NULL;
}

struct tls_context *h1_tls_get(struct h1_tls *t, const struct http_settings *settings,
                               struct err *err)
{
    struct h1_tls_kind *k = t->kinds;
    if (k != NULL && is_kind(k, settings)) // nearly always
        return k->context;
    while (k != NULL && !is_kind(k, settings))
        k = k->next;
    if (k != NULL)
        LL_DELETE(t->kinds, k);
    else
        k = kind_new(settings, err);
    if (k == NULL)
        return NULL;
    LL_PREPEND(t->kinds, k);
    return k->context;
}
