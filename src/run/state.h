/*
 * state -- where a run is.
 *
 *   ready ----> spawning <----> running
 *     ^  |          |              |
 *     |  +----------+---> cleanup <+
 *     |                      |
 *     +------ stopped <------+
 *
 * Back to ready goes what begins a new test. A test that is called off before its start goes from
 * ready to stopped at once.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include <stdbool.h>

enum run_state { RUN_READY, RUN_SPAWNING, RUN_RUNNING, RUN_CLEANUP, RUN_STOPPED };

const char *run_state_name(enum run_state state); /* "ready", ..., as Locust has them */
bool run_state_may_follow(enum run_state from, enum run_state to);

#endif
