/*
 * slot_keeper -- keeps the statistics' slots (stats/slots) while a test lasts.
 *
 * Every ten seconds there is work of some microseconds for each name. With a thousand names that is
 * more than a turn of the loop may take: it is spread over turns, a part of at most
 * SLOT_KEEPER_PART_NS in each, so that no answer waits for it.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_SLOT_KEEPER_H
#define RUN_SLOT_KEEPER_H

#include "loop/loop.h"
#include "run/hooks.h"
#include "run/runner.h"
#include "stats/stats.h"

#include <stdbool.h>

#define SLOT_KEEPER_PART_NS (300 * NS_PER_US)

/* Embedded in its owner. */
struct slot_keeper {
    struct loop *loop;
    struct stats *stats;
    const struct runner *runner;
    struct deferred work;
    uint64_t users;      /* the most since the slot before ended */
    double spawned_at_s; /* wall time: all users were there; 0: not yet */
    bool is_on;
};

/* Gives the statistics slots, and works on HOOK_SECOND. All are borrowed. */
void slot_keeper_init(struct slot_keeper *k, struct loop *loop, struct stats *stats,
                      const struct runner *runner, struct hooks *hooks);
/* The run is over: takes what has come since the last slot. Does nothing for one that was never
 * initialised (all zero), nor a second time. */
void slot_keeper_finish(struct slot_keeper *k, double now_s);

#endif
