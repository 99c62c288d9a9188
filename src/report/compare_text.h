/*
 * compare_text -- a comparison for people: tables for a terminal, Markdown for a merge request; and
 * JSON for machines.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_COMPARE_TEXT_H
#define REPORT_COMPARE_TEXT_H

#include "base/buf.h"
#include "report/compare.h"
#include "report/style.h"

/* Notes, a table, what is only in one of the runs, and the verdict as the last line. */
void compare_add_text(struct buf *out, const struct comparison *c, const struct style *style);

/* The verdict, what is worse and better, and behind a fold the rest; below 64 KiB, which is what GitHub
 * takes as a comment. */
void compare_add_markdown(struct buf *out, const struct comparison *c);

/* One object; a figure that there is none of is null. */
void compare_add_json(struct buf *out, const struct comparison *c);

#endif
