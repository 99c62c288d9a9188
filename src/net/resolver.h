/*
 * resolver -- names without blocking (c-ares on our loop), once for all who ask.
 *
 * One question on the wire for all who ask the same at once; answers are kept for their TTL (at
 * least RESOLVER_TTL_MIN_S: a run must not spend itself on questions), failures for one second.
 * Literal addresses, "localhost" and what ends in ".localhost" are answered without asking, with or
 * without a dot at the end; /etc/hosts counts. `done` is never
 * called before resolver_start has returned.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_RESOLVER_H
#define NET_RESOLVER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "loop/loop.h"
#include "net/overrides.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESOLVER_TTL_MIN_S 5
#define RESOLVER_ADDRESSES_MAX 16

struct resolver_answer {
    bool ok;
    const char *error; /* where not ok: "Name or service not known" */
    int code; /* where not ok: as getaddrinfo's EAI_* (-2, -3), which Locust's texts show */
    const char *const *addresses; /* as text ("127.0.0.1", "::1"), in order of preference */
    size_t n;
    uint64_t id; /* changes when the addresses may have */
    bool asked;  /* the answer had to be waited for */
};

struct resolver;
struct resolution; /* one who asked */

struct resolver *resolver_new(struct loop *loop, struct err *err);
void resolver_free(struct resolver *r); /* no resolution may be under way */

/* Asks these servers ("127.0.0.1:53,[::1]:5353") instead of the system's, and forgets all answers. */
int resolver_use_servers(struct resolver *r, const char *servers, struct err *err) ERR_CHECKED;

/* The answer is borrowed for the call of `done`. The resolution ends with that call or a cancel. */
struct resolution *resolver_start(struct resolver *r, struct str host,
                                  void (*done)(void *self, const struct resolver_answer *answer),
                                  void *self);
void resolver_cancel(struct resolution *q);

/* An answer that is there already (given for this port, literal, kept): 0, borrowed until the next
 * call; -1: ask. */
int resolver_peek(struct resolver *r, struct str host, uint16_t port,
                  struct resolver_answer *answer);

/* Addresses that are given beforehand are the answer of resolver_peek. Borrowed for its life. */
void resolver_use_overrides(struct resolver *r, const struct overrides *overrides);
/* Whether they are, of this host and port. */
bool resolver_is_overridden(const struct resolver *r, struct str host, uint16_t port);

/* "c-ares 1.18.1": of the library that is loaded. */
void resolver_add_version(struct buf *out);

#endif
