/*
 * outcome -- how a run ended, in a word and in a line: what a person or a CI system asks first.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_OUTCOME_H
#define REPORT_OUTCOME_H

#include "base/buf.h"
#include "report/result.h"

#include <stdbool.h>
#include <stddef.h>

enum outcome {
    OUTCOME_PASSED,
    OUTCOME_FAILED,     /* thresholds, requests or scripts did */
    OUTCOME_NOT_JUDGED, /* no threshold was crossed, but some could not be judged */
    OUTCOME_BROKEN      /* the run itself: it could not start, or was ended at once by a signal */
};

enum outcome outcome_of(const struct result *r);
/* "passed", "failed", "not judged", "broken off"; borrowed for ever. */
const char *outcome_name(enum outcome outcome);

/* How many of the thresholds have that verdict. */
size_t outcome_count(const struct result *r, enum threshold_verdict verdict);
/* Whether the exit code is that of a threshold: those that are listed then say why. */
bool outcome_is_of_thresholds(const struct result *r);

/* Why, in one line without a full stop: "1 of 3 thresholds crossed, 2 of 100 requests failed". Never
 * empty. The reason of a script or of a signal is foreign text, and is not made visible. */
void outcome_add_reason(struct buf *out, const struct result *r);

/* What was run, for a title: the scripts' names without folders and ".lua", joined by "+"; "katydid"
 * where none is known. Foreign. */
void outcome_add_title(struct buf *out, const struct result *r);

#endif
