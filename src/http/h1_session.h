/*
 * h1_session -- what the files of the transport share: itself, what it keeps of a session, its transfers.
 *
 * For h1_transport and h1_limits alone.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_SESSION_H
#define HTTP_H1_SESSION_H

#include "http/h1_connection.h"
#include "http/h1_tls.h"
#include "http/quick.h"
#include "http/session.h"
#include "http/transport.h"
#include "loop/timer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct h1_transport {
    struct transport base; /* first */
    struct h1_line line;
    struct h1_tls tls;
    struct h1_transfer *spare; /* with the memory of their heads */
    size_t n_spare;
    struct deferred kick;
    struct h1_transfer *failed; /* list */
    size_t n_failed;
    unsigned n_untried; /* quick requests, since they were found to be none */
    size_t n_sessions;  /* so far: each has a number, its `choice` */
};

struct h1_session {
    struct h1_transport *transport;
    struct h1_connection *idle; /* list: the last that was used is first */
    size_t n_idle;
    struct h1_transfer *active;  /* list, also of those that failed */
    struct http_quick *quick;    /* under way; NULL: none */
    bool is_handed_over;         /* it: the next transfer takes its place */
    struct tls_tickets *tickets; /* NULL until it speaks TLS */
    size_t choice;
    struct timer limit;
    uint64_t limit_ns;
};

struct h1_transfer {
    struct h1_exchange exchange; /* first */
    struct h1_session *session;
    uint64_t start_ns;
    enum http_failure failure; /* it is among the failed; HTTP_OK: it isn't */
    struct buf text;
    struct h1_transfer *prev, *next, *next_failed;
};

/* It breaks off: told at the end of the turn, with x->text. */
void h1_transfer_fail(struct h1_transfer *x, enum http_failure failure);
/* Its quick request goes on as a transfer. */
void h1_session_hand_over(struct h1_session *s);

#endif
