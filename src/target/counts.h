/*
 * counts -- what the target has served: the truth that reports are held against.
 *
 * As JSON (GET /_counts, which is not counted itself):
 *
 *   {"seconds": since the start or the last reset,
 *    "connections": {"open": now, the asking one among them, "accepted": so many},
 *    "received": requests that came in whole, "waiting": for their answer, now,
 *    "count": ended ones = answered + dropped + gone,
 *    "answered": …, "dropped": closed without an answer, "gone": whose client left before it,
 *    "bytes_in": of bodies received, "bytes_out": of bodies in answers,
 *    "routes": [{"method", "pattern": "/delay/<ms>", "count", "gone", "bytes_in", "bytes_out",
 *                "statuses": {"200": …, "0": dropped},
 *                "times": {"count", "mean", "p50", "p90", "p95", "p99", "max", "slots": [[ms, n], …]}}],
 *    "paths": {"GET /delay/5?a=b": {"200": …}}, "paths_left_out": …}
 *
 * Times are milliseconds from when a request's headers were there until its answer was queued, of
 * those that were answered; a slot begins at `ms`. "paths" are method and target as received, the
 * first 10,000 distinct ones; "paths_left_out" requests were to others. A path that matches no
 * route counts under the pattern "(unknown)".
 */
// SPDX-License-Identifier: MIT
#ifndef TARGET_COUNTS_H
#define TARGET_COUNTS_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct counts;

/* One request that has ended. */
struct served {
    struct str method;
    struct str pattern; /* borrowed for the life of the counts */
    struct str target;
    int status; /* of the answer; 0: dropped; -1: the client left before */
    size_t bytes_in, bytes_out;
    uint64_t took_ns;
};

/* What the server knows. */
struct counts_now {
    size_t open;
    uint64_t accepted;
};

/* The clock is borrowed. */
struct counts *counts_new(const struct clock *clock);
void counts_free(struct counts *c); /* NULL is fine */
void counts_receive(struct counts *c);
void counts_add(struct counts *c, const struct served *what);
/* Forgets all but the requests that wait. */
void counts_reset(struct counts *c, uint64_t accepted);
void counts_add_json(const struct counts *c, struct counts_now now, struct buf *out);

#endif
