/*
 * exposition -- what a scrape of /metrics is answered: OpenMetrics, or Prometheus' older text format.
 *
 * The older one is made of the newer one, line by line, so that both say the same.
 */
// SPDX-License-Identifier: MIT
#ifndef EXPORT_EXPOSITION_H
#define EXPORT_EXPOSITION_H

#include "base/buf.h"
#include "base/str.h"
#include "report/snapshot.h"

#include <stdint.h>

enum exposition { EXPOSITION_OPENMETRICS, EXPOSITION_CLASSIC, EXPOSITIONS };

/* What stays the same as long as the process lives; borrowed. */
struct exposition_run {
    const char *version, *profile; /* profile: NULL where there is none */
    uint64_t seed;
};

/* The format that an Accept header prefers (RFC 9110 12.5.1); p NULL: there is none. Whoever doesn't ask
 * for OpenMetrics gets the older one. */
enum exposition exposition_wanted(struct str accept);
struct str exposition_type(enum exposition format); /* for Content-Type */

void exposition_add(struct buf *out, enum exposition format, const struct snapshot *s,
                    const struct exposition_run *run);
/* OpenMetrics text as the older format. */
void exposition_add_classic(struct buf *out, struct str openmetrics);

#endif
