/* state -- where a run is. */
// SPDX-License-Identifier: MIT
#include "run/state.h"

#include "base/err.h"

const char *run_state_name(enum run_state state)
{
    switch (state) {
    case RUN_READY:
        return "ready";
    case RUN_SPAWNING:
        return "spawning";
    case RUN_RUNNING:
        return "running";
    case RUN_CLEANUP:
        return "cleanup";
    case RUN_STOPPED:
        return "stopped";
    }
    BUG("no such state");
}

bool run_state_may_follow(enum run_state from, enum run_state to)
{
    switch (from) {
    case RUN_READY:
        return to == RUN_SPAWNING || to == RUN_CLEANUP || to == RUN_STOPPED;
    case RUN_SPAWNING:
        return to == RUN_RUNNING || to == RUN_CLEANUP;
    case RUN_RUNNING:
        return to == RUN_SPAWNING || to == RUN_CLEANUP;
    case RUN_CLEANUP:
        return to == RUN_STOPPED;
    case RUN_STOPPED:
        return to == RUN_READY;
    }
    BUG("no such state");
}
