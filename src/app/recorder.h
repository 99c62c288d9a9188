/*
 * recorder -- what the hooks tell of a run, into its statistics: requests, errors, seconds.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_RECORDER_H
#define APP_RECORDER_H

#include "base/clock.h"
#include "run/hooks.h"
#include "stats/stats.h"

#include <stdint.h>

/* Embedded in its owner; clock and statistics are borrowed for its life, which is the hooks'. */
struct recorder {
    struct stats *stats;
    const struct clock *clock;
    uint64_t requests; /* of the whole process: --reset-stats forgets none of them */
};

void recorder_init(struct recorder *r, struct stats *stats, const struct clock *clock,
                   struct hooks *hooks);

#endif
