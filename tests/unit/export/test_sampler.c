/* test_sampler -- snapshots that are made between the turns of a loop. */
// SPDX-License-Identifier: MIT
#include "live.h"

static void take(void *self, struct snapshot *s)
{
    struct snapshot **taken = self;
    snapshot_release(*taken);
    *taken = s;
}

TEST(is_told_later_with_what_only_a_run_has)
{
    struct stage g;
    struct snapshot *taken = NULL;
    struct sampler sampler;
    stage_open(&g);
    stage_log(&g, "GET", "/", 12, "");
    histogram_add_many(&g.usage.lag, 0, 90);
    histogram_add_many(&g.usage.lag, 7, 10);
    g.usage.lag_peak.ns = 7 * NS_PER_MS;
    sampler_init(&sampler, &g.run, take, &taken);
    sampler_start(&sampler);
    sampler_start(&sampler);
    CHECK(taken == NULL);
    while (loop_turn(g.t.loop, true))
        ;
    CHECK(taken != NULL);
    CHECK_INT(taken->rows[0].requests, 1);
    CHECK_INT(taken->run.state, RUN_READY);
    CHECK_INT(taken->run.users, 0);
    CHECK_DOUBLE(taken->run.lag_ms[0], 0, 0);
    CHECK_DOUBLE(taken->run.lag_ms[2], 7, 0);
    CHECK_DOUBLE(taken->run.lag_max_ms, 7, 0);
    CHECK(taken->run.cpu_s > 0 && taken->run.memory_bytes > 0);
    CHECK_DOUBLE(taken->at_s, RUN_WALL_S, 0);
    snapshot_release(taken);
    CHECK(stage_close(&g));
}

TEST(others_have_their_turn_between_slices)
{
    struct stage g;
    struct snapshot *taken = NULL;
    struct sampler sampler;
    int turns = 0;
    stage_open(&g);
    stage_log_names(&g, 5 * SAMPLER_SLICE_ROWS + 1);
    sampler_init(&sampler, &g.run, take, &taken);
    sampler_start(&sampler);
    for (; taken == NULL; turns++)
        loop_turn(g.t.loop, true);
    CHECK(turns >= 6);
    CHECK_INT(taken->n_rows, 5 * SAMPLER_SLICE_ROWS + 1);
    snapshot_release(taken);
    CHECK(stage_close(&g));
}

TEST(one_that_is_cancelled_leaves_nothing)
{
    struct stage g;
    struct snapshot *taken = NULL;
    struct sampler sampler;
    stage_open(&g);
    stage_log_names(&g, 2 * SAMPLER_SLICE_ROWS);
    sampler_init(&sampler, &g.run, take, &taken);
    sampler_start(&sampler);
    loop_turn(g.t.loop, true);
    sampler_cancel(&sampler);
    sampler_cancel(&sampler);
    CHECK(loop_is_idle(g.t.loop));
    CHECK(taken == NULL);
    struct snapshot *last = sampler_take(&sampler);
    CHECK_INT(last->n_rows, 2 * SAMPLER_SLICE_ROWS);
    CHECK(last->run.cpu_s > 0);
    snapshot_release(last);
    CHECK(stage_close(&g));
}

TEST_MAIN(RUN(is_told_later_with_what_only_a_run_has); RUN(others_have_their_turn_between_slices);
          RUN(one_that_is_cancelled_leaves_nothing);)
