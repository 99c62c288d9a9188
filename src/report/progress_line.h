/* progress_line -- what the progress line says. */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PROGRESS_LINE_H
#define REPORT_PROGRESS_LINE_H

#include "base/buf.h"
#include "stats/stats.h"

#include <stddef.h>

struct progress_facts {
    double elapsed_s, run_time_s; /* 0: without end */
    size_t users, target_users;
    const char *state;
};

/* "[00:12/00:30] 20 users  148.2 req/s  0.0% failed  p95 23 ms  running", without an end. Rate and
 * p95 are those of the last ten seconds. What doesn't fit into `columns` is left out from the right,
 * part by part, so that no figure is cut; 0: all fits. */
void progress_add_line(struct buf *out, const struct stats *s, const struct progress_facts *facts,
                       unsigned columns);

#endif
