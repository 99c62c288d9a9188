/*
 * histogram -- times, counted in log-linear slots.
 *
 * HdrHistogram's layout (Tene): microseconds from 1 us to 1 h with three significant digits, in
 * 23,552 slots. So two histograms merge by adding slot to slot, and a percentile is exact to a
 * thousandth. The slots are made block by block, one power of two (8 KB) at a time, as values come.
 * The extremes and the sum are kept exactly beside them. Knows neither clock nor loop; not for two
 * threads.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_HISTOGRAM_H
#define STATS_HISTOGRAM_H

#include "base/apart.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_SLOTS 23552
#define HISTOGRAM_BLOCK_BITS 10
#define HISTOGRAM_BLOCK (1 << HISTOGRAM_BLOCK_BITS)
#define HISTOGRAM_BLOCKS (HISTOGRAM_SLOTS / HISTOGRAM_BLOCK)
#define HISTOGRAM_MAX_US 3600000000ull

/* One power of two. */
struct histogram_block {
    uint64_t *slots; /* NULL: all of them are 0 */
    uint64_t count;  /* the sum of all: ranks are found without a walk */
};

/* Embedded in its owner; all zero is an empty one. */
struct histogram {
    uint64_t count;
    double sum_ms, min_ms, max_ms; /* exact; all 0 where there are none */
    struct histogram_block blocks[HISTOGRAM_BLOCKS];
};

/* A time, and where it counts: worked out once for all the histograms that it is counted in. */
struct histogram_time {
    double ms; /* within bounds, see histogram_add */
    size_t slot;
};

void histogram_init(struct histogram *h);
void histogram_release(struct histogram *h);
void histogram_clear(struct histogram *h);

/* Counts one time in milliseconds, by its nearest microsecond. Negative times and NaN count as 0;
 * times over 1 h count in the slot of 1 h (sum and extremes stay exact; an infinite one is 1 h). */
void histogram_add(struct histogram *h, double ms);
void histogram_add_many(struct histogram *h, double ms, uint64_t count);
/* The two steps of histogram_add. */
struct histogram_time histogram_time(double ms);
static inline void histogram_add_time(struct histogram *h, struct histogram_time time);
/* The same in smaller steps, for who wants to know first that nothing has to be made: where a time counts
 * (false: it is less than a microsecond or an hour and more, so ask histogram_time); whether its slot is
 * there and it is no new extreme; and it is counted. */
static inline bool histogram_find(double ms, struct histogram_time *time);
static inline bool histogram_has_room(const struct histogram *h, struct histogram_time time);
static inline void histogram_count(struct histogram *h, struct histogram_time time);

/* Adds the counts of `from`, which stays as it was. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* Takes the counts of `what` (an earlier copy of `from`) away. The extremes are then those of the
 * slots that are left, to a thousandth. */
void histogram_subtract(struct histogram *from, const struct histogram *what);
void histogram_copy(struct histogram *to, const struct histogram *from); /* `to` is initialised */

/* The time within which the share q (0..1) of the samples came: the value at rank ceil(q * count),
 * at least 1: the middle of its slot, never outside the exact extremes; the first rank is the exact
 * minimum, the last the exact maximum. 0 when there are none. */
double histogram_percentile(const struct histogram *h, double q);
/* Several of them, by one walk: the shares `q` ascend, `values` has room for n. */
void histogram_percentiles(const struct histogram *h, const double *q, size_t n, double *values);

/* How many lie in the slots up to that of each of n times, which ascend, by one walk: all that are no
 * longer than it, and those that share its slot. */
void histogram_counts_within(const struct histogram *h, const double *ms, size_t n,
                             uint64_t *counts);

double histogram_average(const struct histogram *h); /* 0 when there are none */

/* Slots that are not empty, from the lowest on: the next at or after `slot`, or HISTOGRAM_SLOTS. */
size_t histogram_next(const struct histogram *h, size_t slot, uint64_t *count);
size_t histogram_slot(double ms);          /* where a time counts */
double histogram_slot_low_ms(size_t slot); /* the smallest whole microsecond that counts there */
double histogram_slot_mid_ms(size_t slot);

SELDOM void histogram_make_room(struct histogram *h,
                                struct histogram_time time); /* histogram_add_time's */

/* What follows is here, for each request takes it two or three times. */

/* The layout is told in histogram.c. */
static inline size_t histogram_slot_of(uint64_t us)
{
    // The block's bit is set so that what lies below it has no shift either.
    unsigned shift = 63u - (unsigned)__builtin_clzll(us | HISTOGRAM_BLOCK) - HISTOGRAM_BLOCK_BITS;
    return (size_t)shift * HISTOGRAM_BLOCK + (size_t)(us >> shift);
}

static inline bool histogram_find(double ms, struct histogram_time *time)
{
    double us = ms * 1000.0 + 0.5;
    if (!(us >= 1.0 && us < (double)HISTOGRAM_MAX_US))
        return false;
    // By way of int64_t: there is an instruction for that.
    *time = (struct histogram_time){ms, histogram_slot_of((uint64_t)(int64_t)us)};
    return true;
}

static inline bool histogram_has_room(const struct histogram *h, struct histogram_time time)
{
    return h->blocks[time.slot / HISTOGRAM_BLOCK].slots != NULL && time.ms >= h->min_ms &&
           time.ms <= h->max_ms;
}

static inline void histogram_count(struct histogram *h, struct histogram_time time)
{
    struct histogram_block *block = &h->blocks[time.slot / HISTOGRAM_BLOCK];
    block->slots[time.slot % HISTOGRAM_BLOCK]++;
    block->count++;
    h->count++;
    h->sum_ms += time.ms;
}

static inline void histogram_add_time(struct histogram *h, struct histogram_time time)
{
    if (!histogram_has_room(h, time))
        histogram_make_room(h, time);
    histogram_count(h, time);
}

#endif
