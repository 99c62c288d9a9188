/*
 * progress -- one line on how far a run is: elapsed of total, users, requests a second, failures, p95,
 * and bars of the last seconds' requests.
 *
 * On a terminal it redraws itself below whatever else is written; elsewhere, and where TERM=dumb or
 * CI is set, it is a line every five seconds. A terminal or pipe that takes nothing is not waited
 * for. Goes to standard error.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PROGRESS_H
#define REPORT_PROGRESS_H

#include "base/buf.h"
#include "run/hooks.h"
#include "run/runner.h"
#include "stats/stats.h"

struct progress;

/* Draws on HOOK_SECOND of `hooks`; all are borrowed. */
struct progress *progress_new(struct stats *s, struct runner *r, struct hooks *hooks, int fd);
/* The terminal has another width now (SIGWINCH): draws the line, if there is one, anew. */
void progress_resized(struct progress *p);
/* Removes the line from the terminal for good. After it the hooks may fire no HOOK_SECOND any more. */
void progress_free(struct progress *p);

#endif
