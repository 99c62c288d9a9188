/*
 * page_data -- what a page in a browser draws of a run: one JSON object, in which all figures are
 * rounded as every report shows them.
 *
 * It is kept small: of a long run a sample of the history stands for several seconds (of users and
 * percentiles the highest of them, so that no peak is lost; of rates the average), and a distribution
 * is a curve of some sixty points, closer together towards its end, instead of a histogram.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PAGE_DATA_H
#define REPORT_PAGE_DATA_H

#include "report/result.h"

#include <jansson.h>

#define PAGE_SAMPLES 3600 /* of the history, at most */

/* The caller owns it. Foreign texts in it are UTF-8, and foreign still. */
json_t *page_data(const struct result *r);

#endif
