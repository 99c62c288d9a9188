/*
 * stats -- all entries and their total, the failures, the exceptions, the history, the metrics.
 *
 * Pure data: whoever logs says what time it is (wall time in seconds). The number of names is
 * capped: a script that puts an id into each name would otherwise fill the memory and every report;
 * what comes beyond the cap is counted under STATS_OTHER_NAME, and `names_left_out` says so. What
 * begins to be left out is said in the log, once a test. Transactions (see stats/entry.h) are in no
 * total; those beyond the cap have a STATS_OTHER_NAME of their own.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include "base/buf.h"
#include "base/str.h"
#include "stats/entry.h"
#include "stats/exceptions.h"
#include "stats/failures.h"
#include "stats/history.h"
#include "stats/metric.h"

#include <stdbool.h>
#include <stdint.h>

struct slots; /* what each entry counted in each ten seconds */

#define STATS_NAMES_DEFAULT 1000
#define STATS_OTHER_NAME "(other)"
#define STATS_NAME_LIMIT 4096  /* bytes; longer names are cut */
#define STATS_LAST_USED_BITS 8 /* so many entries, as a power of two, are found without the table */

/* An entry that was asked for, and by what. */
struct stats_used {
    struct entry *entry;           /* NULL: none */
    uint64_t method_end, name_end; /* the last eight bytes of each */
    uint32_t method_n, name_n;
};

struct stats {
    struct entry *entries; /* a uthash table in order of first occurrence: HASH_ITER(hh, ...) */
    size_t n_entries;
    struct entry *total;
    struct failures failures;
    struct exceptions exceptions;
    struct history history;
    struct metrics metrics;        /* and checks */
    uint64_t in_flight_at_end;     /* requests cut off when the run ended: in no entry */
    uint64_t transactions_cut_off; /* by the end of their users: in no entry */
    uint64_t names_left_out;       /* requests counted under STATS_OTHER_NAME, for want of room */
    uint64_t generation; /* changes when entries are dropped: cached pointers are then void */
    uint64_t emptied;    /* changes when anything that was counted is dropped */
    size_t names_limit;
    bool keep_recent;    /* current percentiles of each entry too (the total's always are) */
    struct slots *slots; /* owned; NULL: not kept. Whoever makes it says when seconds are over */
    struct entry *other; /* private: the one beyond the cap; NULL as long as there is none */
    struct entry *other_transaction; /* private: the same of transactions */
    struct buf key;                  /* private: the one that is looked for */
    struct stats_used last_used[1 << STATS_LAST_USED_BITS]; /* private: by a quick hash */
};

struct stats *stats_new(double now_s, bool keep_recent);
void stats_free(struct stats *s);
/* How many names of entries, of checks and of metrics there may be; to be said before there are any. */
void stats_limit_names(struct stats *s, size_t limit);

/* The entry, made where there is none. Borrowed until the generation changes. */
struct entry *stats_entry(struct stats *s, struct str method, struct str name, double now_s);
/* The same, NULL where there is none of its own. */
struct entry *stats_find(const struct stats *s, struct str method, struct str name);

/* One request, in the entry and, unless it is a transaction, in the total; then its failure, where `failure` is not empty. */
void stats_log(struct stats *s, struct entry *e, bool timed, double ms, uint64_t length,
               struct str failure, double now_s);
/* stats_entry and stats_log in one go: a request with a time that didn't fail, of an entry that was asked for
 * before. False: something has to be made for it, or there is more to it; nothing was logged. */
bool stats_log_quickly(struct stats *s, struct str method, struct str name, double ms,
                       uint64_t length, double now_s);

/* A failure by itself, without a request: failures may then be more than requests. */
void stats_log_failure(struct stats *s, struct entry *e, struct str failure, double now_s);

void stats_clear(struct stats *s, double now_s); /* a new test: entries dropped, metrics_clear */
/* Entries and metrics stay with zeros; failures, exceptions and history are emptied. */
void stats_reset(struct stats *s, double now_s);

/* A second is over: current percentiles move on, and the history gets a sample. */
void stats_tick(struct stats *s, uint64_t users, double now_s);

/* Entries sorted by name, then method, by bytes, as every table shows them; the array is the
 * caller's, the entries borrowed. Their number in *n. */
struct entry **stats_sorted(const struct stats *s, size_t *n);

/* How long the run lasts as far as is known: from the total's start to the last request, transaction or
 * metric's value. 0 if none. */
double stats_seconds(const struct stats *s);
/* Requests a second over the whole run: from the total's start to its last request (or this entry's, of
 * a transaction). 0 if none. */
double stats_total_rate(const struct stats *s, const struct entry *e);
double stats_total_failure_rate(const struct stats *s, const struct entry *e);

#endif
