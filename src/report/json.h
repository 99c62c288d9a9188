/*
 * json -- Locust's list of entries (`--json`, `--json-file`): its fields, in its order, with its
 * buckets, rounded by its rule when written, and nowhere else.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/buf.h"
#include "stats/stats.h"

#define JSON_IN_FLIGHT_NAME "(in flight at the end)"

/* Entries with requests or failures in order of first occurrence, indent 4, a line feed at the end.
 * Requests in flight at the end, where there are any, are told by a last element of that name, which
 * has counted nothing, in a field of its own: "in_flight_at_end". Resets nothing. */
void json_add_stats(struct buf *out, const struct stats *s);

/* Locust's rounding of a response time: half to even, to 1, 10, 100 or 1000 ms by its size. All
 * times of a slot go where its middle goes. */
double json_bucket(double ms);

#endif
