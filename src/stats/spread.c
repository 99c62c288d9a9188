/* spread -- any values, counted in slots whose width is a thousandth of the value. */
// SPDX-License-Identifier: MIT
#include "stats/spread.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DIGITS 6 /* with so many some decimal lies in each slot */

void spread_init(struct spread *s)
{
    memset(s, 0, sizeof *s);
}

void spread_release(struct spread *s)
{
    for (size_t i = 0; i < SPREAD_POWERS; i++) {
        free(s->above[i]);
        free(s->below[i]);
    }
    memset(s, 0, sizeof *s);
}

void spread_clear(struct spread *s)
{
    spread_release(s);
}

/* The slot of a value that is not below zero. */
static int slot_of(double value)
{
    int power;
    double fraction = frexp(value, &power); // value = fraction * 2^power, 0.5 <= fraction < 1
    power--;
    if (value == 0 || power < SPREAD_LOWEST_POWER)
        return 0;
    if (power > SPREAD_HIGHEST_POWER)
        return SPREAD_SLOTS;
    int sub = (int)((fraction * 2 - 1) * SPREAD_BLOCK);
    return (power - SPREAD_LOWEST_POWER) * SPREAD_BLOCK + sub + 1;
}

int spread_slot(double value)
{
    return value < 0 ? -slot_of(-value) : slot_of(value);
}

/* The smallest value that counts in a slot above zero. */
static double low_of(int slot)
{
    int power = (slot - 1) / SPREAD_BLOCK + SPREAD_LOWEST_POWER;
    return ldexp(1 + (double)((slot - 1) % SPREAD_BLOCK) / SPREAD_BLOCK, power);
}

static double to_digits(double value, int digits)
{
    double places = digits - 1 - floor(log10(value));
    // Up or down by a whole number: a negative power of ten would not be exact.
    double scale = pow(10, fabs(places));
    return places >= 0 ? rint(value * scale) / scale : rint(value / scale) * scale;
}

double spread_slot_value(int slot)
{
    if (slot == 0)
        return 0;
    int distance = abs(slot);
    double low = low_of(distance), high = low_of(distance + 1), value = 0;
    for (int digits = 1; digits <= MOST_DIGITS && !(value >= low && value < high); digits++)
        value = to_digits((low + high) / 2, digits);
    return slot > 0 ? value : -value;
}

/* Where a slot is counted; its block is made if need be. */
static uint64_t *counter(struct spread *s, int slot)
{
    if (slot == 0)
        return &s->zeros;
    int at = abs(slot) - 1;
    uint64_t **block = &(slot > 0 ? s->above : s->below)[at / SPREAD_BLOCK];
    if (*block == NULL)
        *block = xcalloc(SPREAD_BLOCK, sizeof **block);
    return &(*block)[at % SPREAD_BLOCK];
}

static void widen(struct spread *s, double min, double max)
{
    if (s->count == 0 || min < s->min)
        s->min = min;
    if (s->count == 0 || max > s->max)
        s->max = max;
}

void spread_add(struct spread *s, double value)
{
    ++*counter(s, spread_slot(value));
    widen(s, value, value);
    s->count++;
    s->sum += value;
}

void spread_add_slot(struct spread *s, int slot, uint64_t count)
{
    *counter(s, slot) += count;
    s->count += count;
}

static void merge_blocks(uint64_t **into, uint64_t *const *from)
{
    for (size_t i = 0; i < SPREAD_POWERS; i++) {
        if (from[i] == NULL)
            continue;
        if (into[i] == NULL)
            into[i] = xcalloc(SPREAD_BLOCK, sizeof into[i][0]);
        for (size_t k = 0; k < SPREAD_BLOCK; k++)
            into[i][k] += from[i][k];
    }
}

void spread_merge(struct spread *into, const struct spread *from)
{
    if (from->count == 0)
        return;
    merge_blocks(into->above, from->above);
    merge_blocks(into->below, from->below);
    widen(into, from->min, from->max);
    into->zeros += from->zeros;
    into->count += from->count;
    into->sum += from->sum;
}

void spread_copy(struct spread *to, const struct spread *from)
{
    if (to == from)
        return;
    spread_clear(to);
    spread_merge(to, from);
}

/* Returns how many are left. */
static uint64_t subtract_blocks(uint64_t **from, uint64_t *const *what)
{
    uint64_t left = 0;
    for (size_t i = 0; i < SPREAD_POWERS; i++) {
        for (size_t k = 0; from[i] != NULL && k < SPREAD_BLOCK; k++) {
            uint64_t less = what[i] != NULL ? what[i][k] : 0;
            from[i][k] -= less < from[i][k] ? less : from[i][k];
            left += from[i][k];
        }
    }
    return left;
}

/* The extremes of what is left are known by their slots only, and lie within the old ones. */
static void narrow(struct spread *s)
{
    uint64_t count;
    int lowest = spread_next(s, -SPREAD_SLOTS, &count), highest = lowest;
    for (int slot = lowest; slot <= SPREAD_SLOTS; slot = spread_next(s, slot + 1, &count))
        highest = slot;
    double min = spread_slot_value(lowest), max = spread_slot_value(highest);
    s->min = fmin(fmax(min, s->min), s->max);
    s->max = fmin(fmax(max, s->min), s->max);
}

void spread_subtract(struct spread *from, const struct spread *what)
{
    from->zeros -= what->zeros < from->zeros ? what->zeros : from->zeros;
    uint64_t left = from->zeros + subtract_blocks(from->above, what->above) +
                    subtract_blocks(from->below, what->below);
    if (left == 0) {
        spread_clear(from);
        return;
    }
    if (left != from->count)
        narrow(from);
    from->count = left;
    from->sum -= what->sum;
}

/* The next place in a block, upwards or downwards, that is not empty; -1: there is none. */
static int next_in(uint64_t *const *blocks, int at, int end, int step)
{
    while (at != end) {
        const uint64_t *block = blocks[at / SPREAD_BLOCK];
        if (block != NULL && block[at % SPREAD_BLOCK] != 0)
            return at;
        // An empty block is passed at once.
        int in_block = at % SPREAD_BLOCK;
        if (block == NULL)
            at += step > 0 ? SPREAD_BLOCK - in_block : -(in_block + 1);
        else
            at += step;
    }
    return -1;
}

int spread_next(const struct spread *s, int slot, uint64_t *count)
{
    if (slot < 0) {
        int at = next_in(s->below, -slot - 1, -1, -1);
        if (at >= 0) {
            *count = s->below[at / SPREAD_BLOCK][at % SPREAD_BLOCK];
            return -(at + 1);
        }
        slot = 0;
    }
    if (slot == 0) {
        *count = s->zeros;
        if (s->zeros != 0)
            return 0;
        slot = 1;
    }
    int at = slot <= SPREAD_SLOTS ? next_in(s->above, slot - 1, SPREAD_SLOTS, 1) : -1;
    *count = at >= 0 ? s->above[at / SPREAD_BLOCK][at % SPREAD_BLOCK] : 0;
    return at >= 0 ? at + 1 : SPREAD_SLOTS + 1;
}

/* ceil(q * count), where a product that is whole but for the error of doubles counts as whole. */
static uint64_t rank_of(const struct spread *s, double q)
{
    double exact = q * (double)s->count;
    double rank = ceil(exact - exact * 1e-15);
    if (!(rank >= 1))
        return 1;
    return rank < (double)s->count ? (uint64_t)rank : s->count;
}

void spread_percentiles(const struct spread *s, const double *q, size_t n, double *values)
{
    uint64_t count = 0, seen = 0; // seen: how many lie below the slot and in it
    int slot = -SPREAD_SLOTS - 1;
    for (size_t i = 0; i < n; i++) {
        uint64_t rank = s->count > 0 ? rank_of(s, q[i]) : 0;
        for (; seen < rank; seen += count)
            slot = spread_next(s, slot + 1, &count);
        if (rank <= 1)
            values[i] = rank == 1 ? s->min : 0;
        else if (rank == s->count)
            values[i] = s->max;
        else
            values[i] = fmin(fmax(spread_slot_value(slot), s->min), s->max);
    }
}

double spread_percentile(const struct spread *s, double q)
{
    double value;
    spread_percentiles(s, &q, 1, &value);
    return value;
}

double spread_average(const struct spread *s)
{
    return s->count > 0 ? s->sum / (double)s->count : 0;
}
