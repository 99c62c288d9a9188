/* test_histogram -- the layout, the ranks, and what merging and subtracting leave. */
// SPDX-License-Identifier: MIT
#include "stats/histogram.h"

#include "base/rng.h"
#include "../check.h"

#define N(array) (sizeof(array) / sizeof(array)[0])

static void add_all(struct histogram *h, const double *ms, size_t n)
{
    for (size_t i = 0; i < n; i++)
        histogram_add(h, ms[i]);
}

TEST(slots_follow_one_another_without_a_gap)
{
    CHECK_INT(histogram_slot(0), 0);
    for (size_t slot = 1; slot < HISTOGRAM_SLOTS; slot++) {
        double low = histogram_slot_low_ms(slot);
        if (low > HISTOGRAM_MAX_US / 1000.0)
            break;
        CHECK_INT(histogram_slot(low), slot);
        CHECK_INT(histogram_slot(low - 0.001), slot - 1);
        CHECK_INT(histogram_slot(histogram_slot_mid_ms(slot)), slot);
    }
}

TEST(slots_are_as_wide_as_the_layout_says)
{
    CHECK_INT(histogram_slot(0.001), 1);
    CHECK_INT(histogram_slot(2.047), 2047);
    CHECK_INT(histogram_slot(2.048), 2048);
    CHECK_INT(histogram_slot(2.049), 2048);
    CHECK_INT(histogram_slot(2.050), 2049);
    CHECK_INT(histogram_slot(4.096), 3072);
    CHECK_INT(histogram_slot(4.099), 3072);
    CHECK_DOUBLE(histogram_slot_mid_ms(1500), 1.5, 0);
    CHECK_DOUBLE(histogram_slot_mid_ms(2048), 2.0485, 1e-12);
    CHECK_DOUBLE(histogram_slot_low_ms(HISTOGRAM_SLOTS - 1), 4292870.144, 1e-6);
}

TEST(times_count_by_their_nearest_microsecond)
{
    CHECK_INT(histogram_slot(0.0004), 0);
    CHECK_INT(histogram_slot(0.0005), 1);
    CHECK_INT(histogram_slot(0.0014), 1);
    CHECK_INT(histogram_slot(1.2346), 1235);
}

TEST(any_percentile_is_within_a_thousandth)
{
    struct rng rng;
    rng_init(&rng, 7, 0);
    for (int i = 0; i < 20000; i++) {
        double ms = pow(10, rng_double(&rng) * 9.5 - 3); // 1 us to 53 min
        struct histogram h = {0};
        histogram_add(&h, 0);
        histogram_add(&h, ms);
        histogram_add(&h, 3600000);
        double got = histogram_percentile(&h, 0.5);
        histogram_release(&h);
        CHECK_DOUBLE(got, ms, fmax(ms * 0.0005, 0.0005) + 1e-12);
    }
}

TEST(strange_times_count_at_the_ends)
{
    struct histogram h = {0};
    histogram_add(&h, -5);
    histogram_add(&h, NAN);
    histogram_add(&h, -INFINITY);
    CHECK_INT(h.count, 3);
    CHECK_DOUBLE(h.min_ms, 0, 0);
    CHECK_DOUBLE(h.max_ms, 0, 0);
    CHECK_DOUBLE(h.sum_ms, 0, 0);
    histogram_add(&h, 7200000);
    histogram_add(&h, INFINITY);
    CHECK_DOUBLE(h.max_ms, 7200000, 0);
    CHECK_DOUBLE(h.sum_ms, 10800000, 0);
    CHECK_INT(histogram_slot(7200000), histogram_slot(3600000));
    CHECK_INT(histogram_slot(INFINITY), histogram_slot(3600000));
    CHECK_DOUBLE(histogram_percentile(&h, 1), 7200000, 0);
    histogram_release(&h);
}

TEST(nothing_gives_nothing)
{
    struct histogram h = {0};
    CHECK_DOUBLE(histogram_percentile(&h, 0.5), 0, 0);
    CHECK_DOUBLE(histogram_percentile(&h, 1), 0, 0);
    CHECK_DOUBLE(histogram_average(&h), 0, 0);
    uint64_t count;
    CHECK_INT(histogram_next(&h, 0, &count), HISTOGRAM_SLOTS);
    CHECK_INT(count, 0);
}

TEST(ranks_are_the_ceiling_of_the_share)
{
    struct histogram h = {0};
    for (int i = 1; i <= 100; i++)
        histogram_add(&h, i / 10.0);
    CHECK_DOUBLE(histogram_percentile(&h, 0), 0.1, 0);
    CHECK_DOUBLE(histogram_percentile(&h, 0.07), 0.7, 0.0005); // 0.07 * 100 > 7 in doubles
    CHECK_DOUBLE(histogram_percentile(&h, 0.071), 0.8, 0.0005);
    CHECK_DOUBLE(histogram_percentile(&h, 0.5), 5.0, 0.005);
    CHECK_DOUBLE(histogram_percentile(&h, 0.501), 5.1, 0.005);
    CHECK_DOUBLE(histogram_percentile(&h, 0.99), 9.9, 0.005);
    CHECK_DOUBLE(histogram_percentile(&h, 0.991), 10.0, 0);
    CHECK_DOUBLE(histogram_percentile(&h, 1), 10.0, 0);
    CHECK_DOUBLE(histogram_percentile(&h, 2), 10.0, 0);
    CHECK_DOUBLE(histogram_percentile(&h, -1), 0.1, 0);
    histogram_release(&h);
}

TEST(a_percentile_is_never_beyond_the_extremes)
{
    // The middle of the slot of 6034 and of 6099 is another number.
    static const double single[] = {6034, 6099, 0.0001, 152.68};
    for (size_t i = 0; i < N(single); i++) {
        struct histogram h = {0};
        histogram_add_many(&h, single[i], 3);
        double low = histogram_percentile(&h, 0.01), middle = histogram_percentile(&h, 0.5);
        histogram_release(&h);
        CHECK_DOUBLE(low, single[i], 0);
        CHECK_DOUBLE(middle, single[i], 0);
    }
}

TEST(the_first_rank_is_the_exact_minimum_and_the_last_the_maximum)
{
    // Some lie below the middle of their slot, some above.
    for (int us = 6033000; us < 6042000; us += 500) {
        struct histogram h = {0};
        histogram_add(&h, us / 1000.0);
        histogram_add(&h, us / 1000.0 + 4.2);
        double first = histogram_percentile(&h, 0.5), last = histogram_percentile(&h, 0.51);
        histogram_release(&h);
        CHECK_DOUBLE(first, us / 1000.0, 0);
        CHECK_DOUBLE(last, us / 1000.0 + 4.2, 0);
    }
}

TEST(several_percentiles_are_those_one_by_one)
{
    struct histogram h = {0};
    struct rng rng;
    rng_init(&rng, 3, 1);
    for (int i = 0; i < 5000; i++)
        histogram_add(&h, rng_double(&rng) * rng_double(&rng) * 3000);
    static const double q[] = {0, 0.01, 0.25, 0.5, 0.5, 0.66, 0.9, 0.999, 0.9999, 1, 1};
    double values[N(q)];
    histogram_percentiles(&h, q, N(q), values);
    for (size_t i = 0; i < N(q); i++) {
        CHECK_DOUBLE(values[i], histogram_percentile(&h, q[i]), 0);
        CHECK(i == 0 || values[i] >= values[i - 1]);
    }
    histogram_release(&h);
}

/* Locust's tests, where its buckets and our slots agree. */
TEST(medians_and_averages_of_known_samples)
{
    static const double a[] = {45, 135, 44, 375, 601, 35, 79};
    struct histogram h = {0};
    add_all(&h, a, N(a));
    CHECK_DOUBLE(histogram_percentile(&h, 0.5), 79, 0.04);
    CHECK_DOUBLE(histogram_average(&h), 187.71428571428572, 1e-9);
    CHECK_DOUBLE(h.min_ms, 35, 0);
    CHECK_DOUBLE(h.max_ms, 601, 0);
    histogram_clear(&h);

    static const double b[] = {122, 992, 142, 552, 557, 387, 557, 977};
    add_all(&h, b, N(b));
    CHECK_DOUBLE(histogram_percentile(&h, 0.5), 552, 0.3);
    CHECK_DOUBLE(histogram_average(&h), 535.75, 1e-9);
    histogram_clear(&h);

    for (int i = 0; i < 100; i++)
        histogram_add(&h, i);
    CHECK_DOUBLE(histogram_percentile(&h, 0.5), 49, 0.03);
    CHECK_DOUBLE(histogram_percentile(&h, 0.6), 59, 0.03);
    CHECK_DOUBLE(histogram_percentile(&h, 0.95), 94, 0.05);
    histogram_release(&h);
}

TEST(merging_is_counting_both)
{
    struct histogram a = {0}, b = {0}, both = {0};
    struct rng rng;
    rng_init(&rng, 11, 0);
    for (int i = 0; i < 3000; i++) {
        double ms = rng_double(&rng) * (i % 7 == 0 ? 40000 : 90);
        histogram_add(i % 3 == 0 ? &a : &b, ms);
        histogram_add(&both, ms);
    }
    histogram_merge(&a, &b);
    CHECK_INT(a.count, both.count);
    CHECK_DOUBLE(a.sum_ms, both.sum_ms, 1e-6);
    CHECK_DOUBLE(a.min_ms, both.min_ms, 0);
    CHECK_DOUBLE(a.max_ms, both.max_ms, 0);
    uint64_t x, y;
    for (size_t slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
        CHECK_INT(histogram_next(&a, slot, &x), histogram_next(&both, slot, &y));
        CHECK_INT(x, y);
    }
    CHECK_INT(b.count, 2000); // stays as it was
    histogram_release(&a);
    histogram_release(&b);
    histogram_release(&both);
}

TEST(merging_nothing_leaves_the_extremes)
{
    struct histogram a = {0}, nothing = {0};
    histogram_add(&a, 5);
    histogram_merge(&a, &nothing);
    CHECK_DOUBLE(a.min_ms, 5, 0);
    histogram_merge(&nothing, &a);
    CHECK_DOUBLE(nothing.min_ms, 5, 0);
    CHECK_DOUBLE(nothing.max_ms, 5, 0);
    histogram_release(&a);
    histogram_release(&nothing);
}

TEST(subtracting_leaves_what_came_later)
{
    struct histogram h = {0}, earlier = {0};
    histogram_add(&h, 1);
    histogram_add(&h, 9000);
    histogram_add(&h, 20);
    histogram_copy(&earlier, &h);
    histogram_add(&h, 20);
    histogram_add(&h, 40);
    histogram_add(&h, 333);
    histogram_subtract(&h, &earlier);
    CHECK_INT(h.count, 3);
    CHECK_DOUBLE(h.sum_ms, 393, 1e-9);
    CHECK_DOUBLE(h.min_ms, 20, 0.02);
    CHECK_DOUBLE(h.max_ms, 333, 0.333);
    CHECK_DOUBLE(histogram_percentile(&h, 0.5), 40, 0.04);
    CHECK_INT(earlier.count, 3);

    histogram_subtract(&h, &h);
    CHECK_INT(h.count, 0);
    CHECK_DOUBLE(h.sum_ms, 0, 0);
    histogram_release(&h);
    histogram_release(&earlier);
}

TEST(subtracting_nothing_keeps_the_exact_extremes)
{
    struct histogram h = {0}, nothing = {0};
    histogram_add(&h, 6034);
    histogram_subtract(&h, &nothing);
    CHECK_DOUBLE(h.max_ms, 6034, 0);
    histogram_release(&h);
}

TEST(a_copy_is_a_histogram_of_its_own)
{
    struct histogram a = {0}, b = {0};
    histogram_add(&a, 3);
    histogram_add(&b, 700);
    histogram_copy(&b, &a);
    histogram_add(&a, 4);
    CHECK_INT(b.count, 1);
    CHECK_DOUBLE(b.max_ms, 3, 0);
    CHECK_DOUBLE(histogram_percentile(&b, 0.5), 3, 0);
    histogram_copy(&a, &a);
    CHECK_INT(a.count, 2);
    histogram_release(&a);
    histogram_release(&b);
}

/* Also that of a histogram that was full before. */
TEST(the_first_time_is_both_extremes)
{
    static const double times[] = {7.5, 0, 0.0001, 3599999, INFINITY};
    struct histogram h = {0};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        histogram_clear(&h);
        histogram_add(&h, times[i]);
        double expected = isinf(times[i]) ? 3600000 : times[i];
        CHECK_DOUBLE(h.min_ms, expected, 0);
        CHECK_DOUBLE(h.max_ms, expected, 0);
        histogram_add(&h, 5);
        CHECK_DOUBLE(h.min_ms, fmin(expected, 5), 0);
        CHECK_DOUBLE(h.max_ms, fmax(expected, 5), 0);
        CHECK_DOUBLE(h.sum_ms, expected + 5, 0);
    }
    histogram_release(&h);
}

TEST(blocks_are_made_as_values_come)
{
    struct histogram h = {0};
    histogram_add(&h, 0.5);
    histogram_add(&h, 100);
    size_t made = 0;
    for (size_t i = 0; i < HISTOGRAM_BLOCKS; i++)
        made += h.blocks[i].slots != NULL;
    histogram_release(&h);
    CHECK_INT(made, 2);
}

TEST(many_at_once_are_so_many)
{
    struct histogram h = {0};
    histogram_add_many(&h, 2, 3);
    histogram_add_many(&h, 99, 0);
    uint64_t count;
    CHECK_INT(histogram_next(&h, 0, &count), 2000);
    CHECK_INT(count, 3);
    CHECK_INT(h.count, 3);
    CHECK_DOUBLE(h.sum_ms, 6, 0);
    CHECK_DOUBLE(h.max_ms, 2, 0);
    histogram_release(&h);
}

TEST(counts_what_lies_within_bounds_by_one_walk)
{
    static const double bounds[] = {0, 0.001, 1, 1, 1.0004, 5, 1e4, 1e7};
    struct histogram h = {0};
    uint64_t counts[8];
    histogram_counts_within(&h, bounds, 8, counts);
    CHECK_INT(counts[7], 0);
    const double times[] = {0, 0.001, 0.999, 1, 1.001, 4.999, 5, 5.1, 9e3, 9e6};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        histogram_add(&h, times[i]);
    histogram_counts_within(&h, bounds, 8, counts);
    CHECK_INT(counts[0], 1);
    CHECK_INT(counts[1], 2);
    CHECK_INT(counts[2], 4);
    CHECK_INT(counts[3], 4);
    CHECK_INT(counts[4], 4);
    CHECK_INT(counts[5], 7); // one that is equal is within
    CHECK_INT(counts[6], 9);
    CHECK_INT(counts[7], 10); // beyond an hour is an hour
    histogram_release(&h);
}

TEST_MAIN(RUN(slots_follow_one_another_without_a_gap); RUN(the_first_time_is_both_extremes);
          RUN(slots_are_as_wide_as_the_layout_says); RUN(times_count_by_their_nearest_microsecond);
          RUN(any_percentile_is_within_a_thousandth); RUN(strange_times_count_at_the_ends);
          RUN(nothing_gives_nothing); RUN(ranks_are_the_ceiling_of_the_share);
          RUN(a_percentile_is_never_beyond_the_extremes);
          RUN(the_first_rank_is_the_exact_minimum_and_the_last_the_maximum);
          RUN(several_percentiles_are_those_one_by_one); RUN(medians_and_averages_of_known_samples);
          RUN(merging_is_counting_both); RUN(merging_nothing_leaves_the_extremes);
          RUN(subtracting_leaves_what_came_later);
          RUN(subtracting_nothing_keeps_the_exact_extremes); RUN(a_copy_is_a_histogram_of_its_own);
          RUN(blocks_are_made_as_values_come); RUN(many_at_once_are_so_many);
          RUN(counts_what_lies_within_bounds_by_one_walk);)
