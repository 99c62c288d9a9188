/* progress_line -- what the progress line says. */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PROGRESS_LINE_H
#define REPORT_PROGRESS_LINE_H

#include "base/buf.h"
#include "report/style.h"
#include "stats/stats.h"

#include <stddef.h>

struct progress_facts {
    double elapsed_s, run_time_s; /* 0: without end */
    size_t users, target_users;
    const char *state;
};

/* "[00:12/00:30] 20 users  148.2 req/s  0.0% failed  p95 23 ms  running", without an end; rate and p95
 * are those of the last ten seconds. On a terminal the requests of each of the last seconds follow,
 * as bars between none and the most of them. What doesn't fit into style->columns is left out from
 * the right, part by part, so that no figure is cut; 0: no terminal, and all fits. */
void progress_add_line(struct buf *out, const struct stats *s, const struct progress_facts *facts,
                       const struct style *style);

#endif
