/* threshold_table -- on standard output: each threshold, what was measured, and its verdict. */
// SPDX-License-Identifier: MIT
#ifndef REPORT_THRESHOLD_TABLE_H
#define REPORT_THRESHOLD_TABLE_H

#include "base/buf.h"
#include "report/style.h"
#include "run/threshold_row.h"

#include <stddef.h>

/* Nothing where there are none. Texts of scripts and servers are made visible. */
void threshold_table_add(struct buf *out, const struct threshold_row *rows, size_t n,
                         const struct style *style);

#endif
