/*
 * spread -- any values, counted in slots whose width is a thousandth of the value.
 *
 * stats/histogram is for times; this is for what scripts measure: negative values, shares of one,
 * bytes. Each power of two from 2^-30 (about 1e-9) to 2^63 (about 9e18), above zero and below it,
 * has 1024 slots, made block by block (8 KB) as values come. So two spreads merge by adding slot to
 * slot, and a percentile is exact to a thousandth. What is nearer to zero counts as zero, what is
 * farther off in the last slot; extremes and sum are exact whatever comes. Knows neither clock nor
 * loop; not for two threads.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_SPREAD_H
#define STATS_SPREAD_H

#include <stddef.h>
#include <stdint.h>

#define SPREAD_BLOCK 1024
#define SPREAD_LOWEST_POWER (-30)
#define SPREAD_HIGHEST_POWER 63
#define SPREAD_POWERS (SPREAD_HIGHEST_POWER - SPREAD_LOWEST_POWER + 1)
/* Slots are numbered by their distance from zero: -SPREAD_SLOTS (the lowest values), ..., 0 (zero),
 * ..., SPREAD_SLOTS. */
#define SPREAD_SLOTS (SPREAD_POWERS * SPREAD_BLOCK)

/* Embedded in its owner; all zero is an empty one. */
struct spread {
    uint64_t *above[SPREAD_POWERS], *below[SPREAD_POWERS]; /* NULL: all of that block are 0 */
    uint64_t zeros;
    uint64_t count;
    double sum, min, max; /* exact; min and max mean something only where count > 0 */
};

void spread_init(struct spread *s);
void spread_release(struct spread *s);
void spread_clear(struct spread *s);

void spread_add(struct spread *s, double value); /* finite */
/* So many values that are known by their slot alone, as a file has them: sum and extremes are then
 * the caller's to set. */
void spread_add_slot(struct spread *s, int slot, uint64_t count);

/* Adds the counts of `from`, which stays as it was. */
void spread_merge(struct spread *into, const struct spread *from);
/* Takes the counts of `what` (an earlier copy of `from`) away. The extremes are then those of the
 * slots that are left, to a thousandth. */
void spread_subtract(struct spread *from, const struct spread *what);
void spread_copy(struct spread *to, const struct spread *from); /* `to` is initialised */

/* The value below which the share q (0..1) lies: the one at rank ceil(q * count), at least 1: the
 * shortest decimal in its slot, never outside the extremes; the first rank is the exact minimum, the
 * last the exact maximum. 0 when there are none. */
double spread_percentile(const struct spread *s, double q);
/* Several of them, by one walk: the shares `q` ascend, `values` has room for n. */
void spread_percentiles(const struct spread *s, const double *q, size_t n, double *values);
double spread_average(const struct spread *s); /* 0 when there are none */

/* Slots that are not empty, from the lowest on: the next at or after `slot`, or SPREAD_SLOTS + 1. */
int spread_next(const struct spread *s, int slot, uint64_t *count);
int spread_slot(double value); /* where a value counts */
/* The shortest decimal that counts there: 0.1, 250, -12.34. */
double spread_slot_value(int slot);

#endif
