/* history -- the series behind progress line and charts: one sample a second. */
// SPDX-License-Identifier: MIT
#ifndef STATS_HISTORY_H
#define STATS_HISTORY_H

#include <stddef.h>
#include <stdint.h>

struct history_sample {
    double at_s;                        /* wall time */
    uint64_t users, requests, failures; /* present users; totals so far */
    double rate, failure_rate;          /* current */
    double p50_ms, p95_ms;              /* of the last ten seconds; 0 when there were none */
    double average_ms;                  /* of the whole run */
};

struct history {
    struct history_sample *samples;
    size_t n, capacity;
};

void history_init(struct history *h);
void history_release(struct history *h);
void history_clear(struct history *h);
void history_add(struct history *h, const struct history_sample *sample);
const struct history_sample *history_last(const struct history *h); /* NULL when there is none */

#endif
