/*
 * slots -- what each entry counted in each ten seconds of a run, with its whole histogram.
 *
 * Kept only where something asked for it: nothing of it stands in the way of a request. Every ten
 * seconds the present state of each entry is held against what was known of it, and what came since
 * is kept as a row of a slot. That is work in the loop that measures, so it is done in pieces:
 * slots_tick says that a slot is over, slots_work takes one entry at a time (its row then ends
 * some milliseconds later than that of the entry before).
 *
 * What is kept has a limit: above it the times of the oldest slots become coarse (to a hundredth
 * instead of a thousandth, then to three hundredths), and when all are, slots become twice as long and
 * neighbours one. Counts,
 * bytes and sums stay exact: those of all slots together are those of the run.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_SLOTS_H
#define STATS_SLOTS_H

#include "base/buf.h"
#include "base/err.h"
#include "stats/entry.h"
#include "stats/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOTS_SECONDS 10
#define SLOTS_LIMIT (10u << 20) /* bytes, about as a file of them has */
#define SLOTS_ROW_BYTES 40      /* what a row takes beside its times */

/* One entry in one slot of time, where it counted anything. */
struct slot_row {
    uint32_t entry; /* struct slots.entries */
    uint8_t
        coarse; /* how its times are kept: 0 to a thousandth, 1 to a hundredth, 2 to three hundredths */
    uint64_t requests, failures, content_length;
    double sum_ms; /* of the response times, in whole microseconds */
    char *times;   /* the histogram, as text (stats/pairs); how many there are is told by it */
};

struct slot {
    double from_s, to_s;   /* since the begin of the statistics */
    uint64_t users;        /* the most that were there in it */
    struct slot_row *rows; /* by `entry`, ascending */
    size_t n, capacity;
};

struct slots {
    double start_s; /* wall time at which from_s is 0 */
    double
        spawned_s; /* from when on all users were there, with a shape: that were first wanted, and 10 s
                       * are over; whoever makes slots says it. -1: never, or not known */
    unsigned seconds; /* of a slot: SLOTS_SECONDS, times two, times four... */
    struct slot *all; /* one after the other */
    size_t n, capacity;
    const struct entry **entries; /* borrowed from their stats; in order of first occurrence */
    size_t n_entries, entries_capacity;
    size_t bytes, limit; /* of all rows */
    /* private */
    struct slots_known *known; /* one for each entry */
    size_t next;               /* the entry that slots_work takes next */
    bool is_taking;
    uint8_t coarse;                 /* as which rows are to be, from the oldest on */
    size_t coarse_slot, coarse_row; /* all rows before this one are */
};

struct slots *slots_new(double start_s, size_t limit);
void slots_free(struct slots *s); /* NULL is fine */
/* Empty again, entries too: they may be dropped after it. */
void slots_clear(struct slots *s, double start_s);

/* Seconds have passed: whether a slot is over now, so that there is work. `first` is the table of
 * entries, in order of first occurrence. */
bool slots_tick(struct slots *s, struct entry *first, uint64_t users, double now_s);
/* One piece of work, some microseconds long; false: there is none left. */
bool slots_work(struct slots *s);
/* The run is over: the slot that has begun, and all work. A last slot that is empty is left out. */
void slots_finish(struct slots *s, struct entry *first, uint64_t users, double now_s);

/* Adds the row's times to a histogram; sum and extremes are those of the row: the sum exact, the
 * extremes as precise as its times, within those of the entry's whole run. */
void slots_row_times(const struct slots *s, const struct slot_row *row, struct histogram *into);
/* The row of an entry; NULL: it counted nothing then. */
const struct slot_row *slots_find(const struct slots *s, const struct slot *slot,
                                  const struct entry *e);

/* Where an entry stands in `entries`; SIZE_MAX: it is not among them. */
size_t slots_index(const struct slots *s, const struct entry *e);

/* For those who make slots of others: a number for an entry (a new one, or the one it has), a slot at
 * the end, and a row's counts added to the slot's row of that entry; `times` is as pairs_add_histogram
 * writes it. -1 where it isn't; then nothing was added. */
void slots_add_entry(struct slots *s, const struct entry *e); /* a new one, at the end */
uint32_t slots_entry(struct slots *s, const struct entry *e);
struct slot *slots_add(struct slots *s, double from_s, double to_s, uint64_t users);
int slots_add_row(struct slots *s, struct slot *slot, const struct slot_row *row,
                  struct err *err) ERR_CHECKED;
/* How many times a row has. */
uint64_t slots_row_count(const struct slot_row *row);

#endif
