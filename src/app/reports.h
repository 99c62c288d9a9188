/*
 * reports -- what a run prints and writes, while it lasts and at its end, as its options ask.
 *
 * Tables go to standard output; with --json the JSON goes there alone, and tables to standard error.
 * The progress line is for standard error in any case.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_REPORTS_H
#define APP_REPORTS_H

#include "app/options.h"
#include "base/clock.h"
#include "base/err.h"
#include "report/result.h"
#include "loop/loop.h"
#include "run/hooks.h"
#include "run/runner.h"
#include "stats/stats.h"

struct reports;

/* Whether all that the options name can be written, before anything is sent. */
int reports_check(const struct options *o, struct err *err) ERR_CHECKED;

/* Opens files, and listens from now on. All are borrowed for its life. */
struct reports *reports_new(const struct options *o, const struct clock *clock, struct stats *stats,
                            struct runner *runner, struct hooks *hooks, struct err *err);
/* From now on the progress line follows the terminal's width (SIGWINCH), until reports_finish. */
void reports_follow_terminal(struct reports *r, struct loop *loop);
/* Whether one of them shows the run in pieces of ten seconds (stats/slots). */
bool reports_want_slots(const struct options *o);
/* The final ones of a run, with what was open. What can't be written is logged. */
void reports_finish(struct reports *r, const struct result *result);
/* The final ones that are made of a result alone, of a run or of files (`katydid report`): those whose
 * options (rows of run_options, each with .in_report) are given, and the tables. What can't be
 * written is logged. */
void reports_write(const struct options *o, const struct result *result);
void reports_free(struct reports *r); /* NULL is fine */

#endif
