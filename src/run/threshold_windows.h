/*
 * threshold_windows -- a threshold that is to hold in every window of so many seconds.
 *
 * Time comes in pieces of the same length, seconds as a rule; a window is as many of them as it takes,
 * and one begins with each piece. What a piece holds is what was counted in it: so counts and sums
 * of a window are exact, and its times are to a thousandth, as those of every histogram here; that holds
 * for their extremes too.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLD_WINDOWS_H
#define RUN_THRESHOLD_WINDOWS_H

#include "base/buf.h"
#include "run/threshold.h"
#include "stats/histogram.h"
#include "stats/metric.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

struct threshold_windows;

/* t is borrowed for its life, and has a window that is a multiple of piece_s. */
struct threshold_windows *threshold_windows_new(const struct threshold *t, unsigned piece_s);
void threshold_windows_free(struct threshold_windows *w); /* NULL is fine */

/* What was counted in a piece of time. All borrowed. */
struct threshold_piece {
    bool has_matched;              /* by now there is something of that name */
    const struct histogram *times; /* NULL: none */
    const struct histogram *lag;   /* of our own loop; NULL: none */
    uint64_t requests, failures, exceptions, checks, passes;
    uint64_t left_out;           /* by now: see struct threshold_figures */
    const struct metric *metric; /* as it is at the end of the piece; NULL: none */
};

/* The first piece begins so many seconds after the test did. */
void threshold_windows_begin_at(struct threshold_windows *w, double at_s);
/* The next piece. Where a window ends with it: its verdict; else "not judged". doubts: what holds besides
 * the lag of the pieces; where these have none, that too. */
enum threshold_verdict threshold_windows_add(struct threshold_windows *w,
                                             const struct threshold_piece *piece,
                                             const struct threshold_doubts *doubts);

/* The same of the statistics of a run that goes on. At `begin` what came before counts no more, and
 * the first piece begins so many seconds after the test did; `next` ends a piece. */
void threshold_windows_begin(struct threshold_windows *w, const struct stats *s, double at_s);
enum threshold_verdict threshold_windows_next(struct threshold_windows *w, const struct stats *s,
                                              const struct histogram *lag,
                                              const struct threshold_doubts *doubts);
/* A piece in which nothing was counted. */
void threshold_windows_skip(struct threshold_windows *w, const struct threshold_doubts *doubts);

/* What became of all windows together: crossed in one is crossed; else, not judged in one is not
 * judged. The value is that of the worst that was judged; where none was, of the worst. */
enum threshold_verdict threshold_windows_judge(const struct threshold_windows *w,
                                               const struct threshold_doubts *doubts, double *value,
                                               struct buf *reason);

#endif
