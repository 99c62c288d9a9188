/*
 * metric -- what a script counts by name besides requests: checks, counters, gauges, trends, rates.
 *
 * | kind    | what is added       | what is known of it                                              |
 * | ---     | ---                 | ---                                                              |
 * | check   | passed or not       | count, passes, fails, ratio (`k.check`)                          |
 * | counter | a number, not < 0   | count, sum, sum a second                                         |
 * | gauge   | any finite number   | count, last, min, max                                            |
 * | trend   | any finite number   | count, sum, average, min, max: exact; percentiles: to a thousandth |
 * | rate    | true or false       | count, passes (the true ones), ratio                             |
 *
 * Trends are not of milliseconds only: see stats/spread.h for the range of their percentiles. Checks
 * have names of their own; the other four kinds share theirs, and a name has one kind.
 *
 * Pure data: whoever adds says what time it is (wall time in seconds). The number of names is capped,
 * as that of entries is: checks beyond it are counted in one named METRIC_OTHER_NAME, and so are the
 * metrics of each kind; `left_out` says how many values that were. What begins to be left out is said
 * in the log, once.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_METRIC_H
#define STATS_METRIC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "stats/spread.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#define METRIC_OTHER_NAME "(other)"
#define METRIC_NAME_LIMIT 4096 /* bytes; longer names are cut */

enum metric_kind {
    METRIC_CHECK,
    METRIC_COUNTER,
    METRIC_GAUGE,
    METRIC_TREND,
    METRIC_RATE,
    METRIC_KINDS
};

struct metric {
    enum metric_kind kind;
    char *name;            /* without a NUL; foreign text */
    bool is_other;         /* the one beyond the cap: of several names */
    uint64_t count;        /* values that were added; of checks: how often it was checked */
    uint64_t passes;       /* check, rate: those that were true */
    double sum;            /* counter, gauge, trend */
    double min, max;       /* gauge, trend: exact; mean something only where count > 0 */
    double last;           /* gauge: the latest value */
    double last_s;         /* wall time of the latest value; 0: none */
    struct spread *spread; /* trend; NULL in all others */
    /* private */
    char *key; /* a letter, then the name */
    size_t key_n;
    UT_hash_handle hh;
};

/* Embedded in its owner. */
struct metrics {
    struct metric *all; /* a uthash table, in order of first occurrence: HASH_ITER(hh, ...). Those
                         * that scripts have named and added nothing to have a count of 0 */
    size_t n_checks, n_custom; /* names, without METRIC_OTHER_NAME */
    size_t limit;              /* of each of the two */
    uint64_t left_out;         /* values that are counted under METRIC_OTHER_NAME */
    double last_s;             /* wall time of the latest value of all; 0: none */
    uint64_t added;            /* values since metrics_init: nothing makes it forget them */
    uint64_t generation; /* changes when checks are dropped: pointers to checks are then void */
    struct buf key;      /* private: the one that is looked for */
};

void metrics_init(struct metrics *m, size_t limit);
void metrics_release(struct metrics *m);
/* A new test: checks are dropped. The others stay, with nothing in them: scripts hold them. */
void metrics_clear(struct metrics *m);
void metrics_reset(struct metrics *m); /* all stay, with nothing in them */

/* The metric of this name and kind, made where there is none, or METRIC_OTHER_NAME's where there is
 * no room. NULL, and nothing made, where the name is one of another kind. Borrowed: checks until the
 * generation changes, all others for the life of m. */
struct metric *metrics_get(struct metrics *m, enum metric_kind kind, struct str name);
/* METRIC_OTHER_NAME's of a kind, for those who make metrics of others. */
struct metric *metrics_other(struct metrics *m, enum metric_kind kind);
/* The counter, gauge, trend or rate of this name, whatever its kind; NULL where there is none. */
struct metric *metrics_find(const struct metrics *m, struct str name);
struct metric *metrics_find_check(const struct metrics *m, struct str name);

/* A value of a counter, gauge or trend. Allocates at most a trend's slots. */
void metric_add(struct metrics *m, struct metric *of, double value, double now_s);
/* A value of a check or rate. */
void metric_add_bool(struct metrics *m, struct metric *of, bool value, double now_s);

/* Adds all that `from` counted. -1, and nothing added, where a name has another kind there. */
int metrics_merge(struct metrics *into, const struct metrics *from, struct err *err) ERR_CHECKED;

/* A copy that belongs to nobody, for whoever asks later what came since; metric_free ends it. */
struct metric *metric_copy(const struct metric *of);
void metric_free(struct metric *copy); /* NULL: nothing happens */
/* Takes what was counted in `what`, an earlier copy of `from`'s original, away from the copy `from`:
 * count, passes, sum, percentiles are then of the time between. `last` stays; the extremes of a trend
 * are those of its slots, of a gauge or counter those since the start. */
void metric_subtract(struct metric *from, const struct metric *what);

/* --- what is read of one ------------------------------------------------------------------- */

const char *metric_kind_name(enum metric_kind kind); /* "check", "counter", ... */
/* The kind of this name; -1: there is no such. */
int metric_kind_of(struct str name);
uint64_t metric_fails(const struct metric *of); /* check, rate: those that were false */
/* Check, rate: the share of true ones, 0..1; 0 where there are none (see count). */
double metric_ratio(const struct metric *of);
double metric_average(const struct metric *of); /* counter, gauge, trend; 0 where there are none */
/* Trend: see spread_percentile and spread_percentiles; 0 for the others. */
double metric_percentile(const struct metric *of, double q);
void metric_percentiles(const struct metric *of, const double *q, size_t n, double *values);
/* Counter: its sum, all others: their count, by so many seconds (stats_seconds); 0 where these are 0. */
double metric_per_second(const struct metric *of, double seconds);

/* All checks together: how often was checked, and how often it passed. */
void metrics_checks(const struct metrics *m, uint64_t *count, uint64_t *passes);

/* Those that have a value, as every table shows them: checks, counters, gauges, trends, rates, each by
 * name, bytewise. The array is the caller's, the metrics borrowed. Their number in *n. Each
 * kind's METRIC_OTHER_NAME stands behind its names. */
struct metric **metrics_sorted(const struct metrics *m, size_t *n);

#endif
