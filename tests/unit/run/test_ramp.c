/* test_ramp -- when changes are due. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "base/clock.h"
#include "run/ramp.h"

#define START (7 * NS_PER_S)

/* When user i of a ramp to n users is due, in seconds from its start. */
static double due_s(double rate, size_t n, size_t i)
{
    struct ramp r;

    ramp_start(&r, START, rate);
    for (size_t k = 0; k < i; k++) {
        if (ramp_step_is_over(&r))
            ramp_begin_step(&r, n - k < r.batch ? n - k : r.batch);
        ramp_count_change(&r);
    }
    return ns_to_s(ramp_due_ns(&r) - START);
}

TEST(user_i_is_due_at_i_by_the_rate)
{
    static const double rates[] = {0.1, 0.5, 1, 2.4, 3, 12.7, 1000, 100000};

    for (size_t k = 0; k < sizeof(rates) / sizeof(rates[0]); k++) {
        double rate = rates[k];
        for (size_t i = 0; i < 40; i++)
            CHECK_DOUBLE(due_s(rate, 1000000, i), (double)i / rate, 1e-9);
    }
}

TEST(the_last_step_is_spread_too)
{
    // 4 a second, 9 users: the last is alone in his step.
    CHECK_DOUBLE(due_s(4, 9, 7), 1.75, 1e-9);
    CHECK_DOUBLE(due_s(4, 9, 8), 2, 1e-9);
    // 4 a second, 6 users: two in the last step, not a second apart.
    CHECK_DOUBLE(due_s(4, 6, 5), 1.25, 1e-9);
}

TEST(nothing_drifts)
{
    struct ramp r;

    // 0.3 s is no whole number of nanoseconds at this rate, nor a binary fraction.
    ramp_start(&r, START, 3.3333);
    for (int i = 0; i < 1000000; i++) {
        ramp_begin_step(&r, r.batch);
        for (size_t k = 0; k < r.batch; k++)
            ramp_count_change(&r);
    }
    CHECK_DOUBLE(ns_to_s(ramp_due_ns(&r) - START), 3e6 / 3.3333, 1e-6);
}

TEST(more_changes_than_a_batch_are_closer_together)
{
    struct ramp r;

    ramp_start(&r, START, 10);
    ramp_begin_step(&r, 40);
    for (int i = 0; i < 30; i++)
        ramp_count_change(&r);
    CHECK_DOUBLE(ns_to_s(ramp_due_ns(&r) - START), 0.75, 1e-9);
    for (int i = 0; i < 10; i++)
        ramp_count_change(&r);
    CHECK(ramp_step_is_over(&r));
    CHECK_DOUBLE(ns_to_s(ramp_due_ns(&r) - START), 1, 1e-9);
}

TEST(fewer_changes_than_a_batch_leave_time)
{
    struct ramp r;

    ramp_start(&r, START, 10);
    ramp_begin_step(&r, 2);
    ramp_count_change(&r);
    CHECK_DOUBLE(ns_to_s(ramp_due_ns(&r) - START), 0.1, 1e-9);
    ramp_count_change(&r);
    CHECK_DOUBLE(ns_to_s(ramp_due_ns(&r) - START), 1, 1e-9);
}

TEST(extreme_rates)
{
    CHECK_DOUBLE(due_s(1e9, 1000, 999), 999e-9, 1e-9);
    CHECK_DOUBLE(due_s(1e300, 1000, 999), 0, 0);
    CHECK_DOUBLE(due_s(1e-9, 3, 2), 2e9, 1);
    // Once in a longer time than there is: far away, and not round the corner.
    CHECK(due_s(1e-300, 3, 1) > 1e9);
}

TEST_MAIN(RUN(user_i_is_due_at_i_by_the_rate); RUN(the_last_step_is_spread_too);
          RUN(nothing_drifts); RUN(more_changes_than_a_batch_are_closer_together);
          RUN(fewer_changes_than_a_batch_leave_time); RUN(extreme_rates);)
