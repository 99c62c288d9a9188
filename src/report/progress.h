/*
 * progress -- one line on how far a run is: elapsed of total, users, requests a second, failures, p95.
 *
 * On a terminal it redraws itself below whatever else is written; elsewhere it is a line every five
 * seconds. Goes to standard error.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PROGRESS_H
#define REPORT_PROGRESS_H

#include "base/buf.h"
#include "run/runner.h"
#include "stats/stats.h"

struct progress;

/* The line itself, without an end: elapsed_s of run_time_s (0: without end). */
void progress_add_line(struct buf *out, const struct stats *s, double elapsed_s, double run_time_s,
                       size_t users, size_t target_users, const char *state);

/* Draws on HOOK_SECOND of `hooks`; all are borrowed. */
struct progress *progress_new(struct stats *s, struct runner *r, struct hooks *hooks, int fd);
/* Removes the line from the terminal for good. */
void progress_free(struct progress *p);

#endif
