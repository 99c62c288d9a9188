/*
 * markdown -- a summary of a run for a merge request or a job's page (`--markdown`), in the Markdown of
 * GitHub and GitLab: verdict, thresholds, the table by name, checks and metrics, failures,
 * exceptions.
 *
 * It is bounded, whatever a run brings: long texts are cut, and long lists end with how much more there
 * is. Nothing of a script or a server becomes markup, a link, or a mention of somebody.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "base/buf.h"
#include "report/result.h"

/* GitHub takes 1 MiB of each step; what is written is far below. */
#define MARKDOWN_LIMIT 262144

void markdown_add(struct buf *out, const struct result *r);

#endif
