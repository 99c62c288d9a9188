/*
 * threshold_text -- what a threshold asks, as it is written:
 *
 *     METRIC [of ENTRY] OP VALUE [for DURATION] [abort]      p95 of GET /items/[id] < 300ms for 10s
 *     ENTRY: AGGREGATE OP VALUE [for DURATION] [abort]       GET /items/[id]: p(95)<300   (as k6 has it)
 *
 * Pure text: whether a custom metric is there, and whether an entry is, others know.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLD_TEXT_H
#define RUN_THRESHOLD_TEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

#define THRESHOLD_LENGTH 8192 /* bytes of a text, at most */

enum threshold_metric {
    THRESHOLD_PERCENTILE, /* of response times; also of a trend */
    THRESHOLD_AVERAGE,    /* likewise */
    THRESHOLD_MIN,        /* likewise */
    THRESHOLD_MAX,        /* likewise */
    THRESHOLD_MEDIAN,     /* likewise */
    THRESHOLD_RATE,       /* requests a second */
    THRESHOLD_REQUESTS,
    THRESHOLD_FAILURES,
    THRESHOLD_FAIL_RATIO,
    THRESHOLD_EXCEPTIONS,
    THRESHOLD_CHECK_RATIO, /* ENTRY: the name of a check */
    THRESHOLD_CUSTOM       /* a metric of the script */
};

/* Which figure of a custom metric: that which its kind has (where none was named), or the one that
 * k6's word asks for. */
enum threshold_part { THRESHOLD_OWN, THRESHOLD_COUNT, THRESHOLD_SHARE, THRESHOLD_VALUE };

enum threshold_op {
    THRESHOLD_LESS,
    THRESHOLD_AT_MOST,
    THRESHOLD_GREATER,
    THRESHOLD_AT_LEAST,
    THRESHOLD_EQUAL,
    THRESHOLD_NOT_EQUAL
};

/* Of limit and value. */
enum threshold_unit {
    THRESHOLD_NUMBER,
    THRESHOLD_MS,
    THRESHOLD_RATIO, /* 0..1; written as percent */
    THRESHOLD_A_SECOND
};

struct threshold {
    char *text;        /* as it was given, without white space at its ends */
    char *metric_name; /* "p95", "fail_ratio", or the custom metric's name */
    char *entry;       /* NULL: the total; may hold "*" */
    enum threshold_metric metric;
    enum threshold_part part;
    double percent; /* of a percentile: 99.9 */
    enum threshold_op op;
    double limit;
    enum threshold_unit unit;
    unsigned window_s; /* in every window of so many seconds; 0: over the whole run */
    bool aborts;
};

/* Reads it, or says what is wrong with it: "'p95 <> 3': expected a time such as 300ms or 1.5s, got '> 3'".
 * On an error there is nothing to release. */
int threshold_parse(struct threshold *t, struct str text, struct err *err) ERR_CHECKED;
void threshold_release(struct threshold *t);

/* Whether it is one, for an option that takes thresholds. */
int threshold_check(struct str text, struct err *err) ERR_CHECKED;

bool threshold_is_of_times(const struct threshold *t); /* percentiles, avg, min, max, median */
const char *threshold_op_text(enum threshold_op op);   /* "<" */

/* All metrics that every run has, for whoever names the nearest; ends with NULL. */
extern const char *const threshold_metrics[];

#endif
