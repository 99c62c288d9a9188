/* threshold_row -- one threshold and what came of it, as every report shows it. */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLD_ROW_H
#define RUN_THRESHOLD_ROW_H

#include <stdbool.h>
#include <stddef.h>

enum threshold_verdict { THRESHOLD_PASSED, THRESHOLD_CROSSED, THRESHOLD_NOT_JUDGED };

struct threshold_row {
    char *text; /* as it was written */
    enum threshold_verdict verdict;
    bool has_value;
    double value; /* what was measured, in the unit of the limit */
    char *unit;   /* "ms", "%", "/s"; "" for a plain number */
    char *reason; /* why it was not judged, or where it was crossed; "": nothing to tell */
};

/* "passed", "crossed", "not judged"; borrowed for ever. */
const char *threshold_verdict_name(enum threshold_verdict verdict);

/* Frees the n rows and the array. NULL is fine. */
void threshold_rows_free(struct threshold_row *rows, size_t n);

#endif
