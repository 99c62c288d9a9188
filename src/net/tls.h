/*
 * tls -- TLS for net/stream: what connections share, what a client remembers, one connection.
 *
 * Errors are in words that group: OpenSSL's reason, and for certificates why they are not trusted,
 * without host names.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "net/stream_error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What many connections share: certificates and settings. Reading the system's certificates takes
 * milliseconds and their memory a megabyte: one for each kind of settings, not for each user. */
struct tls_context;

struct tls_settings {
    bool verify;
    const char *ca_file;   /* trusts these alone; NULL: the system's */
    const char *cert_file; /* what the client shows, with its chain; NULL: nothing */
    const char *key_file;  /* NULL: in cert_file */
    const char *alpn;      /* one protocol, "http/1.1"; NULL: none is offered */
};

/* NULL, and an error that names the file. */
struct tls_context *tls_context_new(const struct tls_settings *settings, struct err *err);
/* No connection may be left that uses it. NULL is fine. */
void tls_context_free(struct tls_context *context);

/*
 * What one client remembers of the servers it has met, so that it can resume: the last ticket of each
 * name and port, of some servers at most (the one unused for longest is forgotten). Never used across
 * contexts: what one has not verified is no proof to another.
 */
struct tls_tickets;
#define TLS_TICKETS_MAX 8
struct tls_tickets *tls_tickets_new(void);
void tls_tickets_free(struct tls_tickets *tickets); /* NULL is fine */
size_t tls_tickets_count(const struct tls_tickets *tickets);

/* ---- One connection: for stream.c alone. ---- */

struct tls;

enum tls_status {
    TLS_DONE,
    TLS_WANTS_READ,
    TLS_WANTS_WRITE,
    TLS_ENDED /* see *why */
};

/* Borrows context and tickets (NULL: starts afresh each time) for its life. A name with letters beyond
 * ASCII is asked for and verified as name servers know it. */
struct tls *tls_new(struct tls_context *context, struct tls_tickets *tickets, struct str name,
                    uint16_t port);
/* Says goodbye where that makes sense, without waiting. Leaves the descriptor open. */
void tls_free(struct tls *t);

/* The connected socket; stays the caller's. */
void tls_attach(struct tls *t, int fd);
/* The loop says that the socket can be read. Until then it is not asked again once it was empty. */
void tls_wake(struct tls *t);

enum tls_status tls_handshake(struct tls *t, struct stream_error *why);
/* TLS_DONE: *done bytes (> 0) have come. */
enum tls_status tls_read(struct tls *t, char *into, size_t n, size_t *done,
                         struct stream_error *why);
/* As much as goes now: *done bytes (of n > 0) went, also where the status isn't TLS_DONE; what did
 * not go must be offered again, as it is, before anything else. */
enum tls_status tls_write(struct tls *t, const char *p, size_t n, size_t *done,
                          struct stream_error *why);

/* Whether tls_read may give something without an event of the loop. */
bool tls_has_pending(const struct tls *t);
/* Whether the peer has said more than TLS's own housekeeping, or has closed. */
bool tls_is_dead(struct tls *t);

bool tls_is_resumed(const struct tls *t);
struct str tls_alpn(const struct tls *t); /* empty: none */

/* "OpenSSL 3.0.11": of the library that is loaded. */
void tls_add_version(struct buf *out);

#endif
