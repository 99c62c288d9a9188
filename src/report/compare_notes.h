/* compare_notes -- what is to be known of runs before their figures are compared. */
// SPDX-License-Identifier: MIT
#ifndef REPORT_COMPARE_NOTES_H
#define REPORT_COMPARE_NOTES_H

#include "report/compare.h"

/* Adds to c->notes in what the runs differ, and what makes their figures doubtful; the last of the n
 * runs is the new one. */
void compare_add_notes(struct comparison *c, const struct result *const *runs, size_t n);

#endif
