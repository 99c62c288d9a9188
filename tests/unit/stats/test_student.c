/* test_student -- beside values of printed tables, and closed forms. */
// SPDX-License-Identifier: MIT
#include "stats/student.h"

#include "../check.h"

TEST(tails_are_those_of_closed_forms)
{
    CHECK_DOUBLE(student_tail(0, 3), 0.5, 1e-12);
    for (double t = -20; t < 20; t += 0.37) {
        // One degree of freedom: Cauchy's; two: algebraic.
        CHECK_DOUBLE(student_tail(t, 1), 0.5 - atan(t) / acos(-1), 1e-10);
        CHECK_DOUBLE(student_tail(t, 2), 0.5 - t / (2 * sqrt(2 + t * t)), 1e-10);
        // Very many: the normal distribution.
        CHECK_DOUBLE(student_tail(t, 1e7), erfc(t / sqrt(2)) / 2, 1e-6);
    }
    CHECK(student_tail(40, 30) > 0 && student_tail(40, 30) < 1e-20);
}

TEST(quantiles_are_those_of_the_tables)
{
    CHECK_DOUBLE(student_quantile(0.025, 1), 12.7062, 5e-5);
    CHECK_DOUBLE(student_quantile(0.025, 5), 2.5706, 5e-5);
    CHECK_DOUBLE(student_quantile(0.005, 10), 3.1693, 5e-5);
    CHECK_DOUBLE(student_quantile(0.025, 30), 2.0423, 5e-5);
    CHECK_DOUBLE(student_quantile(0.0005, 4), 8.6103, 5e-5);
    CHECK_DOUBLE(student_quantile(0.5, 4), 0, 1e-9);
    CHECK_DOUBLE(student_tail(student_quantile(1e-5, 3.7), 3.7), 1e-5, 1e-12);
}

TEST_MAIN(RUN(tails_are_those_of_closed_forms); RUN(quantiles_are_those_of_the_tables);)
