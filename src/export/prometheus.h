/*
 * prometheus -- the figures of a run for Prometheus to fetch: GET /metrics.
 *
 * The server stands in a thread of its own and answers from a snapshot, so that whoever fetches, however
 * slow, many or hostile, never touches the loop that drives users. The loop makes a snapshot when one is
 * asked for, and from then on each second, until nobody has asked for a minute.
 */
// SPDX-License-Identifier: MIT
#ifndef EXPORT_PROMETHEUS_H
#define EXPORT_PROMETHEUS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "export/sampler.h"

#include <stdint.h>

#define PROMETHEUS_CONNECTIONS 16 /* at a time; others wait */
#define PROMETHEUS_IDLE_S 30      /* a connection over which nothing moves for so long is closed */
#define PROMETHEUS_FORGOTTEN_NS (60 * NS_PER_S)

/* Where it listens. */
struct prometheus_place {
    char host[64]; /* an address in numbers */
    uint16_t port; /* 0: any free one */
};

/* "9464", "0.0.0.0:9464", "[::]:9464", "localhost:9464". Without a host it is 127.0.0.1. */
int prometheus_parse(struct prometheus_place *place, struct str text, struct err *err) ERR_CHECKED;

struct prometheus;

/* Listens from now on, for a run that is borrowed for its life. NULL: it can't listen there. */
struct prometheus *prometheus_new(const struct prometheus_place *place, const struct live_run *run,
                                  struct err *err);
/* The run is over, and its loop turns no more: what is asked from now on is answered by its last state. */
void prometheus_finish(struct prometheus *p);
void prometheus_free(struct prometheus *p); /* NULL is fine */

/* Adds where it is: "http://127.0.0.1:9464/metrics". */
void prometheus_add_url(const struct prometheus *p, struct buf *out);

#endif
