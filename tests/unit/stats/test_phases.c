/* test_phases -- of what the time of an answer was made. */
// SPDX-License-Identifier: MIT
#include "stats/phases.h"

#include "../check.h"

static const double first[PHASES] = {1, 2, 4, 8, 1}, kept[PHASES] = {0, 0, 0, 4, 1};

TEST(a_kept_connection_needs_no_name)
{
    struct phases p = {0};

    CHECK_DOUBLE(phases_average(&p, PHASE_WAIT), 0, 0);
    phases_add(&p, first);
    phases_add(&p, kept);
    CHECK_INT(p.requests, 2);
    CHECK_INT(p.of[PHASE_DNS].count, 1);
    CHECK_INT(p.of[PHASE_WAIT].count, 2);
    CHECK_DOUBLE(p.of[PHASE_WAIT].sum_ms, 12, 0);
    CHECK_DOUBLE(p.of[PHASE_WAIT].max_ms, 8, 0);
    CHECK_DOUBLE(phases_average(&p, PHASE_DNS), 0.5, 0);
    CHECK_TEXT(phase_name(PHASE_TLS), "tls");
}

TEST(merged_they_are_those_of_all)
{
    struct phases a = {0}, b = {0};

    phases_add(&a, kept);
    phases_add(&b, first);
    phases_merge(&a, &b);
    CHECK_INT(a.requests, 2);
    CHECK_INT(a.of[PHASE_CONNECT].count, 1);
    CHECK_DOUBLE(a.of[PHASE_WAIT].sum_ms, 12, 0);
    CHECK_DOUBLE(a.of[PHASE_WAIT].max_ms, 8, 0);
}

/* Times that no clock gives are none. */
TEST(what_is_no_time_is_none)
{
    struct phases p = {0};
    static const double odd[PHASES] = {-1, 0.0 / 0.0, 0, 3, 0};

    phases_add(&p, odd);
    CHECK_INT(p.of[PHASE_DNS].count, 0);
    CHECK_INT(p.of[PHASE_CONNECT].count, 0);
    CHECK_DOUBLE(p.of[PHASE_WAIT].sum_ms, 3, 0);
}

TEST_MAIN(RUN(a_kept_connection_needs_no_name); RUN(merged_they_are_those_of_all);
          RUN(what_is_no_time_is_none);)
