/*
 * threshold_slots -- windows of a run that is over, from what was kept of each ten seconds (stats/slots).
 *
 * While a run goes on a window begins with each second (run/threshold_windows); from a result file with
 * each slot, the first of them after the one in which all users came to be there.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLD_SLOTS_H
#define RUN_THRESHOLD_SLOTS_H

#include "run/threshold.h"
#include "stats/stats.h"

/* The row of a threshold that has a window; the lag is that of the whole run. Not judged where there are no
 * slots, or where it is not of requests. */
struct threshold_row threshold_slots_judge(const struct threshold *t, const struct stats *s,
                                           const struct threshold_doubts *doubts);

#endif
