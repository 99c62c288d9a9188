/*
 * annotate -- what a run tells GitHub, when it runs there: annotations, and a summary on the job's page.
 *
 * By --github, and where that is "auto" by GITHUB_ACTIONS. The summary is appended to the file that
 * GITHUB_STEP_SUMMARY names, as long as GitHub would still show it (1 MiB of each step).
 */
// SPDX-License-Identifier: MIT
#ifndef APP_ANNOTATE_H
#define APP_ANNOTATE_H

#include "app/options.h"
#include "report/result.h"

#include <stdbool.h>

/* Whether GitHub is told. `get`: getenv. */
bool annotate_is_on(const struct options *o, char *(*get)(const char *name));

/* Annotations to the descriptor, the summary to its file. What can't be written is logged. */
void annotate(const struct result *r, int fd, char *(*get)(const char *name));

/* The same of a run that could not start, and why. */
void annotate_error(const char *why, int fd, char *(*get)(const char *name));

#endif
