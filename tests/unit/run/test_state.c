/* test_state -- the names of states, and who may follow whom. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "run/state.h"

TEST(names_are_those_of_locust)
{
    CHECK_TEXT(run_state_name(RUN_READY), "ready");
    CHECK_TEXT(run_state_name(RUN_SPAWNING), "spawning");
    CHECK_TEXT(run_state_name(RUN_RUNNING), "running");
    CHECK_TEXT(run_state_name(RUN_CLEANUP), "cleanup");
    CHECK_TEXT(run_state_name(RUN_STOPPED), "stopped");
}

TEST(who_may_follow_whom)
{
    static const char *const allowed[] = {
        [RUN_READY] = ".s.cx",                             /* spawning, or called off */
        [RUN_SPAWNING] = "..rc.",                          /* running, cleanup */
        [RUN_RUNNING] = ".s.c.",                           /* another ramp, cleanup */
        [RUN_CLEANUP] = "....x",  [RUN_STOPPED] = "r....", /* a new test */
    };

    for (int from = RUN_READY; from <= RUN_STOPPED; from++) {
        for (int to = RUN_READY; to <= RUN_STOPPED; to++)
            CHECK_INT(run_state_may_follow((enum run_state)from, (enum run_state)to),
                      allowed[from][to] != '.');
    }
}

TEST_MAIN(RUN(names_are_those_of_locust); RUN(who_may_follow_whom);)
