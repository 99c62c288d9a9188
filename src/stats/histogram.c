/* histogram -- times, counted in log-linear slots. */
// SPDX-License-Identifier: MIT
#include "stats/histogram.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * The layout, in whole microseconds: slots 0 to 2047 hold one value each; from there on every power
 * of two has 1024 slots, each twice as wide as those of the power before.
 *
 *     block    0         1            2            3          ...  22
 *     values   0..1023   1024..2047   2048..4095   4096..8191      2^31..2^32-1
 *     width    1         1            2            4               2^21
 */
static unsigned slot_shift(size_t slot)
{
    size_t block = slot / HISTOGRAM_BLOCK;
    return block > 1 ? (unsigned)(block - 1) : 0;
}

size_t histogram_slot(double ms)
{
    return histogram_time(ms).slot;
}

double histogram_slot_low_ms(size_t slot)
{
    unsigned shift = slot_shift(slot);
    uint64_t us = (uint64_t)(slot - (size_t)shift * HISTOGRAM_BLOCK) << shift;
    return (double)us / 1000.0;
}

double histogram_slot_mid_ms(size_t slot)
{
    // Times were rounded to the nearest microsecond: a slot of width 1 has its own value as middle.
    double width_us = (double)(1ull << slot_shift(slot));
    return histogram_slot_low_ms(slot) + (width_us - 1) / 2000.0;
}

void histogram_init(struct histogram *h)
{
    memset(h, 0, sizeof *h);
}

void histogram_release(struct histogram *h)
{
    for (size_t i = 0; i < HISTOGRAM_BLOCKS; i++)
        free(h->blocks[i].slots);
    memset(h, 0, sizeof *h);
}

void histogram_clear(struct histogram *h)
{
    histogram_release(h);
}

static struct histogram_block *block_of(struct histogram *h, size_t i)
{
    if (h->blocks[i].slots == NULL)
        h->blocks[i].slots = xcalloc(HISTOGRAM_BLOCK, sizeof h->blocks[i].slots[0]);
    return &h->blocks[i];
}

static void widen(struct histogram *h, double min_ms, double max_ms)
{
    if (h->count == 0 || min_ms < h->min_ms)
        h->min_ms = min_ms;
    if (h->count == 0 || max_ms > h->max_ms)
        h->max_ms = max_ms;
}

void histogram_make_room(struct histogram *h, struct histogram_time time)
{
    block_of(h, time.slot / HISTOGRAM_BLOCK);
    widen(h, time.ms, time.ms);
}

struct histogram_time histogram_time(double ms)
{
    struct histogram_time time = {0, 0};
    if (histogram_find(ms, &time) || !(ms > 0))
        return time;
    time.ms = isinf(ms) ? (double)HISTOGRAM_MAX_US / 1000.0 : ms;
    time.slot = ms < 1 ? 0 : histogram_slot_of(HISTOGRAM_MAX_US);
    return time;
}

void histogram_add(struct histogram *h, double ms)
{
    histogram_add_time(h, histogram_time(ms));
}

void histogram_add_many(struct histogram *h, double ms, uint64_t count)
{
    if (count == 0)
        return;
    struct histogram_time time = histogram_time(ms);
    struct histogram_block *block = block_of(h, time.slot / HISTOGRAM_BLOCK);
    block->slots[time.slot % HISTOGRAM_BLOCK] += count;
    block->count += count;
    widen(h, time.ms, time.ms);
    h->count += count;
    h->sum_ms += time.ms * (double)count;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    if (from->count == 0)
        return;
    for (size_t i = 0; i < HISTOGRAM_BLOCKS; i++) {
        const struct histogram_block *more = &from->blocks[i];
        if (more->slots == NULL)
            continue;
        struct histogram_block *block = block_of(into, i);
        for (size_t k = 0; k < HISTOGRAM_BLOCK; k++)
            block->slots[k] += more->slots[k];
        block->count += more->count;
    }
    widen(into, from->min_ms, from->max_ms);
    into->count += from->count;
    into->sum_ms += from->sum_ms;
}

void histogram_copy(struct histogram *to, const struct histogram *from)
{
    if (to == from)
        return;
    histogram_clear(to);
    histogram_merge(to, from);
}

/* The extremes of what is left are known by their slots only, and lie within the old ones. */
static void narrow(struct histogram *h)
{
    uint64_t count;
    size_t lowest = histogram_next(h, 0, &count), highest = lowest;
    for (size_t slot = lowest; slot < HISTOGRAM_SLOTS; slot = histogram_next(h, slot + 1, &count))
        highest = slot;
    double min_ms = histogram_slot_mid_ms(lowest), max_ms = histogram_slot_mid_ms(highest);
    h->min_ms = fmin(fmax(min_ms, h->min_ms), h->max_ms);
    h->max_ms = fmin(fmax(max_ms, h->min_ms), h->max_ms);
}

void histogram_subtract(struct histogram *from, const struct histogram *what)
{
    uint64_t left = 0;
    for (size_t i = 0; i < HISTOGRAM_BLOCKS; i++) {
        uint64_t *counts = from->blocks[i].slots, sum = 0;
        for (size_t k = 0; counts != NULL && k < HISTOGRAM_BLOCK; k++) {
            uint64_t less = what->blocks[i].slots != NULL ? what->blocks[i].slots[k] : 0;
            counts[k] -= less < counts[k] ? less : counts[k];
            sum += counts[k];
        }
        from->blocks[i].count = sum;
        left += sum;
    }
    if (left == 0) {
        histogram_clear(from);
        return;
    }
    if (left != from->count)
        narrow(from);
    from->count = left;
    from->sum_ms = fmax(from->sum_ms - what->sum_ms, 0);
}

size_t histogram_next(const struct histogram *h, size_t slot, uint64_t *count)
{
    while (slot < HISTOGRAM_SLOTS) {
        const uint64_t *counts = h->blocks[slot / HISTOGRAM_BLOCK].slots;
        if (counts == NULL) {
            slot = (slot / HISTOGRAM_BLOCK + 1) * HISTOGRAM_BLOCK;
            continue;
        }
        if (counts[slot % HISTOGRAM_BLOCK] != 0) {
            *count = counts[slot % HISTOGRAM_BLOCK];
            return slot;
        }
        slot++;
    }
    *count = 0;
    return HISTOGRAM_SLOTS;
}

/* ceil(q * count), where a product that is whole but for the error of doubles counts as whole
 * (0.07 * 100 is 7.000000000000001). */
static uint64_t rank_of(const struct histogram *h, double q)
{
    double exact = q * (double)h->count;
    double rank = ceil(exact - exact * 1e-15);
    if (!(rank >= 1))
        return 1;
    return rank < (double)h->count ? (uint64_t)rank : h->count;
}

static double value_at(const struct histogram *h, size_t slot, uint64_t rank)
{
    if (rank == 1)
        return h->min_ms;
    if (rank == h->count)
        return h->max_ms;
    return fmin(fmax(histogram_slot_mid_ms(slot), h->min_ms), h->max_ms);
}

/* Where a walk from the lowest slot on has come to. */
struct place {
    size_t block, slot; /* the slot within the block */
    uint64_t before;    /* how many lie below the block */
    uint64_t seen;      /* how many lie below the slot and in it */
};

/* Moves on to the slot that holds this rank, which is not below the place's. */
static size_t walk_to(const struct histogram *h, struct place *at, uint64_t rank)
{
    while (at->before + h->blocks[at->block].count < rank) {
        at->before += h->blocks[at->block].count;
        at->seen = at->before;
        at->slot = 0;
        at->block++;
    }
    const uint64_t *counts = h->blocks[at->block].slots;
    while (at->seen < rank)
        at->seen += counts[at->slot++];
    return at->block * HISTOGRAM_BLOCK + at->slot - 1;
}

void histogram_percentiles(const struct histogram *h, const double *q, size_t n, double *values)
{
    struct place at = {0};
    for (size_t i = 0; i < n; i++) {
        uint64_t rank = rank_of(h, q[i]);
        values[i] = h->count > 0 ? value_at(h, walk_to(h, &at, rank), rank) : 0;
    }
}

double histogram_percentile(const struct histogram *h, double q)
{
    double value;
    histogram_percentiles(h, &q, 1, &value);
    return value;
}

/* Of the slots from..to-1 of a block; a loop that does nothing else, for it has many rounds. */
static uint64_t sum_of(const uint64_t *counts, size_t from, size_t to)
{
    uint64_t sum = 0;
    for (size_t i = from; i < to; i++)
        sum += counts[i];
    return sum;
}

void histogram_counts_within(const struct histogram *h, const double *ms, size_t n,
                             uint64_t *counts)
{
    size_t block = 0, slot = 0;
    uint64_t below = 0, seen = 0; // below the block; of its slots before `slot`
    for (size_t i = 0; i < n; i++) {
        size_t last = histogram_slot(ms[i]), end = last % HISTOGRAM_BLOCK + 1;
        for (; block < last / HISTOGRAM_BLOCK; block++, slot = 0, seen = 0)
            below += h->blocks[block].count;
        if (h->blocks[block].count > 0 && slot < end) {
            seen += sum_of(h->blocks[block].slots, slot, end);
            slot = end;
        }
        counts[i] = below + seen;
    }
}

double histogram_average(const struct histogram *h)
{
    return h->count > 0 ? h->sum_ms / (double)h->count : 0;
}
