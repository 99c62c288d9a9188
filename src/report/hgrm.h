/*
 * hgrm -- percentiles as HdrHistogram's plotter and others draw them (`--hgrm PREFIX`): a text file for
 * the total, and one for each name.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_HGRM_H
#define REPORT_HGRM_H

#include "base/buf.h"
#include "base/err.h"
#include "report/result.h"
#include "stats/histogram.h"

/* The lines of HdrHistogram's outputPercentileDistribution, in milliseconds: five for each halving of
 * the distance to 100%. Mean and maximum are the exact ones. */
void hgrm_add(struct buf *out, const struct histogram *h);

/* PREFIX_total.hgrm, and PREFIX_METHOD_NAME.hgrm of each name that has times, with "_" where a name
 * has what seldom stands in those of files. Folders are made. */
int hgrm_write(const char *prefix, const struct result *r, struct err *err) ERR_CHECKED;

#endif
