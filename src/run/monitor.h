/*
 * monitor -- how much of a core and of memory this process uses: asked every ten seconds, told by
 * HOOK_USAGE_MONITOR, and by HOOK_CPU_WARNING where it is over nine tenths of a core.
 *
 * Whether response times suffer from it is run/usage's matter, which measures that.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_MONITOR_H
#define RUN_MONITOR_H

#include "loop/loop.h"
#include "loop/timer.h"
#include "run/hooks.h"

#include <stdbool.h>
#include <stdint.h>

#define MONITOR_INTERVAL_NS (10 * NS_PER_S)
#define MONITOR_LIMIT 90.0 /* percent of a core */

/* What this process has used so far. */
struct monitor_reading {
    double cpu_s;          /* of all its threads */
    uint64_t memory_bytes; /* resident */
};

/* Embedded in its owner. */
struct monitor {
    struct loop *loop;
    struct hooks *hooks;
    void (*read)(struct monitor_reading *reading);
    struct timer timer;
    struct monitor_reading last;
    uint64_t last_ns;
    bool was_busy;         /* in this test */
    double cpu_usage;      /* percent of one core, of the last ten seconds; 0: not known yet */
    uint64_t memory_usage; /* bytes; 0: not known yet */
};

/* Loop and hooks are borrowed for its life. `read` is monitor_read, but in tests. */
void monitor_init(struct monitor *m, struct loop *loop, struct hooks *hooks,
                  void (*read)(struct monitor_reading *reading));
void monitor_start(struct monitor *m);
void monitor_cancel(struct monitor *m);

/* By the system; what it doesn't tell is 0. */
void monitor_read(struct monitor_reading *reading);

#endif
