/*
 * window -- how many there were in each second, and so the current rate.
 *
 * Seconds are whole seconds since 1970. Grows by four bytes a second of a run.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_WINDOW_H
#define STATS_WINDOW_H

#include "base/apart.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WINDOW_S 10 /* what "current" means */

/* Embedded in its owner; all zero is an empty one. */
struct window {
    int64_t first_s; /* the second that counts[0] stands for */
    uint32_t *counts;
    size_t n, capacity;
};

void window_init(struct window *w);
void window_release(struct window *w);
void window_clear(struct window *w);

/* One more in this second. Seconds may come out of order, but none before the first by more than an
 * hour, and none after the last by more than a year (those are left out). */
static inline void window_add(struct window *w, int64_t second, uint32_t count);
/* Whether that second is there; window_add makes it. */
static inline bool window_has(const struct window *w, int64_t second);
void window_merge(struct window *into, const struct window *from);

/* The number a second over the last ten whole seconds before now_s, or over the time from start_s to
 * the begin of now_s's second where that is shorter. It falls when nothing comes any more. 0 as long
 * as that time is less than a second. */
double window_rate(const struct window *w, double start_s, double now_s);
uint32_t window_at(const struct window *w, int64_t second);

SELDOM void window_add_beyond(struct window *w, int64_t second, uint32_t count); /* window_add's */

/* Here, for each request does it twice, nearly always in a second that is there. */
static inline bool window_has(const struct window *w, int64_t second)
{
    return (uint64_t)second - (uint64_t)w->first_s < w->n;
}

static inline void window_add(struct window *w, int64_t second, uint32_t count)
{
    if (window_has(w, second))
        w->counts[second - w->first_s] += count;
    else
        window_add_beyond(w, second, count);
}

#endif
