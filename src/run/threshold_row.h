/* threshold_row -- one threshold and what came of it, as every report shows it. */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLD_ROW_H
#define RUN_THRESHOLD_ROW_H

#include <stdbool.h>
#include <stddef.h>

enum threshold_verdict { THRESHOLD_PASSED, THRESHOLD_CROSSED, THRESHOLD_NOT_JUDGED };

/* All texts are the row's own, and none is NULL. */
struct threshold_row {
    char *text;        /* as it was written: "p95 of GET /items < 300ms for 10s" */
    char *metric;      /* "p95", "fail_ratio", or a custom metric's name */
    char *entry;       /* the names that it is of, maybe with "*"; "": the total */
    char *op;          /* "<" */
    double limit;      /* in `unit` */
    unsigned window_s; /* it is to hold in every window of so many seconds; 0: over the whole run */
    bool aborts;       /* it ends the run as soon as it is crossed */
    enum threshold_verdict verdict;
    bool has_value;
    double value; /* what was measured, in the unit of the limit; of windows the worst */
    char *unit;   /* "ms", "%", "/s"; "" for a plain number */
    char *shown;  /* the value as every report shows it: "312 ms", "1.25%"; "-": there is none */
    char *reason; /* why it was not judged, or where it was crossed; "": nothing to tell */
};

/* "passed", "crossed", "not judged"; borrowed for ever. */
const char *threshold_verdict_name(enum threshold_verdict verdict);

/* Frees the n rows and the array. NULL is fine. */
void threshold_rows_free(struct threshold_row *rows, size_t n);

#endif
