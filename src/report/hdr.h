/*
 * hdr -- histograms in HdrHistogram's own format (`--hdr FILE`): a log of intervals, as its tools and
 * libraries read it.
 *
 * Each is a histogram of whole microseconds, 1 us to 1 h, three digits, in the V2 encoding, deflated, in
 * base64. Our slots are HdrHistogram's, so that nothing is lost or moved.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_HDR_H
#define REPORT_HDR_H

#include "base/buf.h"
#include "report/result.h"
#include "stats/histogram.h"

/* "HISTFAAA...": the encoded histogram. */
void hdr_add_histogram(struct buf *out, const struct histogram *h);

/* The log: for each ten seconds of the run a line for the total, and one for each name, which is its
 * tag; where those are not known, of the whole run. Version 1.3. */
void hdr_add_log(struct buf *out, const struct result *r);

#endif
