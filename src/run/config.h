/* config -- the settled settings of a run: what options, files and script came to. */
// SPDX-License-Identifier: MIT
#ifndef RUN_CONFIG_H
#define RUN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_config {
    size_t users;          /* wanted; without a shape */
    double spawn_rate;     /* users a second, > 0 */
    double run_time_s;     /* 0: without end */
    double stop_timeout_s; /* 0: users are ended at once */
    uint64_t iterations;   /* task runs of all users together; 0: without limit */
    bool reset_stats;      /* zero the statistics when spawning is complete */
    bool has_shape;
    bool is_attended; /* where no users are wanted, somebody may want some again */
};

#endif
