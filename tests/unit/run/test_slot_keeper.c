/* test_slot_keeper -- slots of a run on a virtual clock. */
// SPDX-License-Identifier: MIT
#include "run/slot_keeper.h"

#include "stats/slots.h"

#include "../report/report.h"
#include "../report/run.h"

static struct test_run run;

/* Two names, ten requests of each a second. */
static void second(void *self, unsigned seconds)
{
    (void)seconds;
    for (int i = 0; i < 20; i++)
        log_one(run.stats, "GET", i % 2 == 0 ? "/a" : "/b", i, NULL, test_run_wall_s(&run));
    (void)self;
}

TEST(ten_seconds_of_a_run_are_a_slot)
{
    struct slot_keeper k;
    test_run_init(&run, 25, false);
    run.second = second;
    slot_keeper_init(&k, run.loop, run.stats, run.runner, run.hooks);
    test_run_start(&run);
    slot_keeper_finish(&k, test_run_wall_s(&run));
    slot_keeper_finish(&k, test_run_wall_s(&run));
    const struct slots *slots = run.stats->slots;
    CHECK_DOUBLE(slots->start_s, run.stats->total->start_s, 0);
    CHECK_INT(slots->n, 3);
    uint64_t requests = 0;
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(slots->all[i].n, 2);
        CHECK_INT(slots->all[i].users, 2);
        CHECK_DOUBLE(slots->all[i].from_s, 10.0 * (double)i, 0.001);
        requests += slots->all[i].rows[0].requests + slots->all[i].rows[1].requests;
    }
    CHECK_DOUBLE(slots->all[2].to_s, 25, 0.001);
    CHECK_DOUBLE(slots->spawned_s, 0.01, 0.005);
    CHECK_INT(requests, run.stats->total->requests);
    CHECK(loop_is_idle(run.loop));
    test_run_release(&run);
}

TEST(one_that_was_never_begun)
{
    struct slot_keeper k = {0};
    slot_keeper_finish(&k, 1);
}

TEST_MAIN(RUN(ten_seconds_of_a_run_are_a_slot); RUN(one_that_was_never_begun);)
