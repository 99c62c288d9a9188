/* page_metrics -- checks and metrics of the page, as every report shows them. */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PAGE_METRICS_H
#define REPORT_PAGE_METRICS_H

#include "stats/stats.h"

#include <jansson.h>

/* Sets checks (rows, the last of all together; none where nothing was checked) and metrics (rows, whose
 * values are texts, "" where a kind has none) of the page's data. */
void page_metrics_add(json_t *data, const struct stats *s);

#endif
