/*
 * console -- the tables on standard output, in Locust's layout: statistics, percentiles, failures,
 * exceptions. Foreign text is made visible, so that no server can steer a terminal.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_CONSOLE_H
#define REPORT_CONSOLE_H

#include "base/buf.h"
#include "report/style.h"
#include "stats/stats.h"

#include <stdbool.h>

/* style: of the terminal that they are for; they fit its width, and without one (STYLE_PLAIN) the
 * name column is 76 wide. With `current` the
 * rates are those of the last ten seconds, else those of the whole run. */
void console_add_stats(struct buf *out, const struct stats *s, const struct style *style,
                       bool current, double now_s);
void console_add_percentiles(struct buf *out, const struct stats *s, const struct style *style);
void console_add_failures(struct buf *out, const struct stats *s,
                          const struct style *style); /* nothing if none */
void console_add_exceptions(struct buf *out, const struct stats *s,
                            const struct style *style); /* nothing if none */
/* All of them, with checks and metrics, and what stands in no table or was left out, where there are
 * any. */
void console_add_summary(struct buf *out, const struct stats *s, const struct style *style,
                         double now_s);

#endif
