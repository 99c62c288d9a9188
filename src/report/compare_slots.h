/*
 * compare_slots -- the slots of a run that are compared, cut into batches.
 *
 * Those in which all users were there: what a run does while they come is not what it does after it.
 * Where that leaves less than half of it (a shape, a short run), all of it. A last slot that is shorter than half
 * of the others is left out: it would count as much as they do.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_COMPARE_SLOTS_H
#define REPORT_COMPARE_SLOTS_H

#include "report/compare_sample.h"
#include "stats/slots.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stddef.h>

struct compare_slots {
    const struct slots *slots;
    size_t from, to; /* those that are compared */
    size_t batches;
};

/* The statistics are borrowed, and have slots. */
void compare_slots_choose(struct compare_slots *s, const struct stats *stats);

/* What counted under that name, batch by batch; both "": all requests. False, and all batches empty:
 * nothing did. The caller releases it in either case. */
bool compare_slots_sample(const struct compare_slots *s, const char *method, const char *name,
                          struct compare_sample *sample);

#endif
