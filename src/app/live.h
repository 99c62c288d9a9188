/*
 * live -- the outputs that show a run while it goes on, as its options ask: --prometheus.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "app/options.h"
#include "base/err.h"
#include "export/sampler.h"

struct live;

/* Whether the options can be followed, as far as can be told before a script is loaded. */
int live_check(const struct options *o, struct err *err) ERR_CHECKED;

/* What the options ask for, of a run whose parts are borrowed for its life; `run` is copied. NULL: it
 * can't be had. */
struct live *live_new(const struct options *o, const struct live_run *run, struct err *err);
/* The run is over, and its loop turns no more. */
void live_finish(struct live *live);
void live_free(struct live *live); /* NULL is fine */

#endif
