/*
 * snapshot -- the figures of a run at one moment, in little room: what live outputs show.
 *
 * It is made a row at a time, so that the loop that drives users is never held up by it, however many
 * names there are: each row is of one moment, rows that were made one after the other may be some
 * milliseconds apart. Once it is whole it never changes, and may be read by any thread, until the last
 * who holds it lets it go.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_SNAPSHOT_H
#define REPORT_SNAPSHOT_H

#include "report/view.h"
#include "run/state.h"
#include "stats/stats.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNAPSHOT_BOUNDS 17
/* Upper bounds of times, ascending. A time that is equal to one is within it; times are known by the
 * slots of stats/histogram, so those that are longer by up to a thousandth may be within it too. */
struct snapshot_bound {
    double ms;
    const char *seconds; /* the same bound as text, as OpenMetrics wants it */
};
extern const struct snapshot_bound snapshot_bounds[SNAPSHOT_BOUNDS];

struct snapshot_row {
    const char *method, *name; /* of the total "" and VIEW_TOTAL_NAME */
    uint64_t requests, failures, bytes;
    uint64_t timed; /* requests with a response time: those that the following is of */
    double sum_ms, min_ms, max_ms;
    uint64_t within[SNAPSHOT_BOUNDS];        /* so many took no longer than that bound */
    double percentiles_ms[VIEW_PERCENTILES]; /* as view_percentile_values has them */
    double rate, failure_rate;               /* a second: current ones */
    double run_rate;                         /* requests a second of the whole run */
    double fail_ratio;
};

struct snapshot_failure {
    const char *method, *name, *text;
    uint64_t count;
};

/* What a script counts beside its requests; see stats/metric for what each kind has. */
struct snapshot_metric {
    enum metric_kind kind;
    const char *name;
    uint64_t count, passes;
    double sum, min, max, last;
    double percentiles[VIEW_PERCENTILES]; /* of a trend, as view_value has them */
};

#define SNAPSHOT_LAG_SHARES 3
extern const double snapshot_lag_shares[SNAPSHOT_LAG_SHARES]; /* 0.5, 0.9, 0.99 */

/* What a run that goes on has beside its statistics; all zero in a snapshot of statistics alone. */
struct snapshot_run {
    enum run_state state;
    size_t users, users_wanted;                     /* who are there; of the present ramp */
    double lag_ms[SNAPSHOT_LAG_SHARES], lag_max_ms; /* of the loop, as run/usage has it */
    double cpu_s;                                   /* of the process so far */
    uint64_t memory_bytes;                          /* resident */
};

struct snapshot_text; /* private: where the texts stand */

struct snapshot {
    double start_s, at_s; /* wall time: since when it was counted, and when it was whole */
    struct snapshot_row *rows;
    size_t n_rows;
    struct snapshot_row total;
    struct snapshot_failure *failures;
    size_t n_failures;
    struct snapshot_metric *metrics;
    size_t n_metrics;
    uint64_t exceptions, in_flight_at_end;
    struct snapshot_run run; /* filled by whoever took it, before anybody else sees it */
    /* private */
    atomic_uint holders;
    size_t room_for_rows, room_for_failures, room_for_metrics;
    struct snapshot_text *texts;
};

/* All at once. Whoever asked holds it. */
struct snapshot *snapshot_take(const struct stats *s, double now_s);
/* One more who holds it; returns it. */
struct snapshot *snapshot_hold(struct snapshot *s);
/* One less; the last one frees it. NULL is fine. */
void snapshot_release(struct snapshot *s);

/* One that is being made. Embedded in its owner; all zero is one that has not begun. */
struct snapshot_maker {
    const struct stats *stats;
    struct snapshot *snapshot;
    struct entry *entry;     /* the next ones */
    struct failure *failure; /* likewise */
    struct metric *metric;   /* likewise */
    uint64_t generation;
};

/* Begins one of these statistics, which are borrowed until it is whole or cancelled. What was being
 * made is dropped. */
void snapshot_begin(struct snapshot_maker *m, const struct stats *s);
/* One more row. Where statistics were emptied in between, it begins anew. NULL: it isn't whole yet;
 * else whoever called holds it, and the maker is at rest. */
struct snapshot *snapshot_step(struct snapshot_maker *m, double now_s);
void snapshot_cancel(struct snapshot_maker *m); /* nothing where none is being made */
bool snapshot_is_being_made(const struct snapshot_maker *m);

#endif
