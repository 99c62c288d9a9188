/*
 * entry -- one method and name: how many requests, failures, bytes, and how long they took.
 *
 * One whose method is ENTRY_TRANSACTION is not of requests but of transactions, each of which is some
 * requests that are counted by themselves: it is a row like others, and no part of the total.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_ENTRY_H
#define STATS_ENTRY_H

#include "base/str.h"
#include "stats/histogram.h"
#include "stats/phases.h"
#include "stats/window.h"

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#define ENTRY_TRANSACTION "TRANSACTION"

struct recent; /* the last ten seconds' response times */

struct entry {
    char *method, *name; /* both "" for the total, whose shown name is "Aggregated" */
    bool is_transaction; /* no part of the total */
    bool is_other;       /* of several names: the one beyond the cap on names */
    /* what each request touches stands together */
    size_t method_n, name_n;
    uint64_t requests;       /* failed ones included */
    uint64_t content_length; /* sum, bytes */
    double last_s;           /* wall time at which the last request was logged; 0: none */
    struct recent *recent;   /* NULL where current percentiles are not kept */
    struct window per_second;
    struct histogram times;
    uint64_t untimed; /* requests that came without a response time */
    uint64_t failures;
    struct window failures_per_second;
    double start_s;        /* wall time at which it was made or reset */
    double counted_from_s; /* current rates look no further back: in stats the total's start */
    struct phases *phases; /* owned; NULL: not kept */
    /* private */
    char *key; /* method, NUL, name, NUL: method and name lie in it */
    size_t key_n;
    UT_hash_handle hh;
};

/* Neither text may hold a NUL. */
struct entry *entry_new(struct str method, struct str name, double now_s, bool keep_recent);
void entry_free(struct entry *e);
void entry_reset(struct entry *e, double now_s); /* all zero, names kept */

/* One request, with its response time, or without one (timed = false). */
void entry_log(struct entry *e, bool timed, double ms, uint64_t length, double now_s);
/* One with its response time in two entries, of which `total` alone keeps current times, where nothing
 * has to be made for it, as is nearly always the case. False: something has, and nothing was logged. */
bool entry_log_quickly(struct entry *e, struct entry *total, double ms, uint64_t length,
                       double now_s);
/* What such a request's time was made of. */
void entry_log_phases(struct entry *e, const double ms[PHASES]);
void entry_log_failure(struct entry *e, double now_s);
/* Adds what `from` counted, but for its current times: those belong to the one who ticks. */
void entry_merge(struct entry *into, const struct entry *from);

double entry_average(const struct entry *e); /* ms; 0 when there is none */
double entry_median(const struct entry *e);
double entry_percentile(const struct entry *e, double q);
double entry_average_length(const struct entry *e); /* bytes */
/* 0..1; 1 where there are failures and no requests. */
double entry_fail_ratio(const struct entry *e);
double entry_current_rate(const struct entry *e, double now_s);
double entry_current_failure_rate(const struct entry *e, double now_s);

/* The response times of the last ten seconds (of the seconds that entry_tick has seen), added to
 * `into`. Nothing where they aren't kept. */
void entry_current_times(const struct entry *e, struct histogram *into);
/* A second is over: to be called once a second where current percentiles are kept. */
void entry_tick(struct entry *e);

#endif
