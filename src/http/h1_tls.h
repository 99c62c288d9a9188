/*
 * h1_tls -- the TLS contexts of a transport: one for each kind of settings that requests have had.
 *
 * They are few (a script's options), they are read from files, and they live as long as the transport.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_TLS_H
#define HTTP_H1_TLS_H

#include "base/err.h"
#include "http/transport.h"
#include "net/tls.h"

/* Embedded in its owner; all zero is an empty one. */
struct h1_tls {
    struct h1_tls_kind *kinds; /* list: the last that was asked for is first */
};

void h1_tls_release(struct h1_tls *t); /* no connection may use one */

/* Lives as long as `t`. NULL: a file can't be used. */
struct tls_context *h1_tls_get(struct h1_tls *t, const struct http_settings *settings,
                               struct err *err);

#endif
