/*
 * page_series -- by name: how many there were and how long they took, in each piece of a run.
 *
 * Made of stats/slots, where they were kept. A piece is ten seconds long, or as many times that as it
 * takes for all names together to have no more than PAGE_SERIES_POINTS, so that the page stays small.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PAGE_SERIES_H
#define REPORT_PAGE_SERIES_H

#include "report/result.h"

#include <jansson.h>

#define PAGE_SERIES_POINTS 30000
#define PAGE_SERIES_LEAST 30 /* pieces, however many names there are */

/* {seconds, at: [of the run, at the end of each piece], rows: [of the total, then of each of the n
 * entries: {rate, failures, p50, p95, p99}, a value for each piece]}; null where slots weren't kept.
 * The caller owns it. */
json_t *page_series(const struct result *r, struct entry *const *entries, size_t n);

#endif
