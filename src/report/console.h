/*
 * console -- the tables on standard output, in Locust's layout: statistics, percentiles, failures,
 * exceptions. Foreign text is made visible, so that no server can steer a terminal.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_CONSOLE_H
#define REPORT_CONSOLE_H

#include "base/buf.h"
#include "stats/stats.h"

#include <stdbool.h>

/* columns: the terminal's width; 0: none (the name column is then 76 wide). With `current` the
 * rates are those of the last ten seconds, else those of the whole run. */
void console_add_stats(struct buf *out, const struct stats *s, unsigned columns, bool current,
                       double now_s);
void console_add_percentiles(struct buf *out, const struct stats *s, unsigned columns);
void console_add_failures(struct buf *out, const struct stats *s,
                          unsigned columns); /* nothing if none */
void console_add_exceptions(struct buf *out, const struct stats *s,
                            unsigned columns); /* nothing if none */
/* All of them, with requests in flight at the end and names left out, where there are any. */
void console_add_summary(struct buf *out, const struct stats *s, unsigned columns, double now_s);

#endif
