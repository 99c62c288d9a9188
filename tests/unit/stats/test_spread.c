/* test_spread -- any values: slots, percentiles, extremes, merging. */
// SPDX-License-Identifier: MIT
#include "stats/spread.h"

#include "../check.h"

TEST(every_slot_holds_its_own_value)
{
    for (int slot = -SPREAD_SLOTS; slot <= SPREAD_SLOTS; slot++) {
        if (spread_slot(spread_slot_value(slot)) != slot)
            CHECK_INT(spread_slot(spread_slot_value(slot)), slot);
    }
    CHECK_INT(spread_slot(0), 0);
    CHECK_INT(spread_slot(-0.0), 0);
    CHECK_INT(spread_slot(1e-12), 0);
    CHECK_INT(spread_slot(-1e-12), 0);
    CHECK_INT(spread_slot(1e300), SPREAD_SLOTS);
    CHECK_INT(spread_slot(-1e300), -SPREAD_SLOTS);
}

TEST(slots_ascend_with_their_values_and_are_a_thousandth_wide)
{
    double last = -1e300;
    for (int slot = -SPREAD_SLOTS; slot <= SPREAD_SLOTS; slot++) {
        double value = spread_slot_value(slot);
        if (!(value > last))
            CHECK_DOUBLE(value, last, 0);
        if (slot > 1 && !(value / last < 1.002))
            CHECK_DOUBLE(value / last, 1.002, 0);
        last = value;
    }
}

TEST(round_numbers_come_back_as_they_are)
{
    static const double values[] = {0.1, 0.25, 1, 3, 12.34, 999, 1023, 1e6, 25e8, 0.003, 1e-6};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        CHECK_DOUBLE(spread_slot_value(spread_slot(values[i])), values[i], 0);
        CHECK_DOUBLE(spread_slot_value(spread_slot(-values[i])), -values[i], 0);
    }
}

TEST(percentiles_of_values_below_and_above_zero)
{
    struct spread s;
    spread_init(&s);
    CHECK_DOUBLE(spread_percentile(&s, 0.5), 0, 0);
    CHECK_DOUBLE(spread_average(&s), 0, 0);
    for (int i = -50; i <= 49; i++)
        spread_add(&s, i / 10.0);
    CHECK_INT(s.count, 100);
    CHECK_DOUBLE(s.sum, -5, 1e-9);
    CHECK_DOUBLE(s.min, -5, 0);
    CHECK_DOUBLE(s.max, 4.9, 0);
    CHECK_DOUBLE(spread_percentile(&s, 0), -5, 0);
    CHECK_DOUBLE(spread_percentile(&s, 0.02), -4.9, 0);
    CHECK_DOUBLE(spread_percentile(&s, 0.10), -4.1, 0);
    CHECK_DOUBLE(spread_percentile(&s, 0.51), 0, 0);
    CHECK_DOUBLE(spread_percentile(&s, 0.52), 0.1, 0);
    CHECK_DOUBLE(spread_percentile(&s, 0.95), 4.4, 0);
    CHECK_DOUBLE(spread_percentile(&s, 1), 4.9, 0);
    spread_release(&s);
}

TEST(extremes_and_sum_are_exact_beyond_the_range)
{
    struct spread s;
    spread_init(&s);
    spread_add(&s, 1e300);
    spread_add(&s, -1e-300);
    spread_add(&s, 123456.789);
    CHECK_DOUBLE(s.min, -1e-300, 0);
    CHECK_DOUBLE(s.max, 1e300, 0);
    CHECK_DOUBLE(spread_percentile(&s, 0.5), 123456.789, 123);
    CHECK_DOUBLE(spread_percentile(&s, 1), 1e300, 0);
    spread_release(&s);
}

TEST(two_merge_and_part_again)
{
    struct spread a, b, before;
    spread_init(&a);
    spread_init(&b);
    spread_init(&before);
    for (int i = 1; i <= 10; i++)
        spread_add(&a, i);
    spread_copy(&before, &a);
    spread_add(&b, -3);
    spread_add(&b, 0);
    spread_add(&b, 100);
    spread_merge(&a, &b);
    CHECK_INT(a.count, 13);
    CHECK_DOUBLE(a.sum, 152, 0);
    CHECK_DOUBLE(a.min, -3, 0);
    CHECK_DOUBLE(a.max, 100, 0);
    spread_subtract(&a, &before);
    CHECK_INT(a.count, 3);
    CHECK_DOUBLE(a.sum, 97, 0);
    CHECK_DOUBLE(a.min, -3, 0);
    CHECK_DOUBLE(a.max, 100, 0);
    CHECK_DOUBLE(spread_percentile(&a, 0.5), 0, 0);
    spread_subtract(&a, &b);
    CHECK_INT(a.count, 0);
    spread_release(&a);
    spread_release(&b);
    spread_release(&before);
}

TEST(slots_are_walked_from_the_lowest_on)
{
    struct spread s;
    uint64_t count;
    spread_init(&s);
    CHECK_INT(spread_next(&s, -SPREAD_SLOTS, &count), SPREAD_SLOTS + 1);
    static const double values[] = {5e9, 0, -2, -7000, -2, 1e-5};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        spread_add(&s, values[i]);
    static const double ascending[] = {-7000, -2, 0, 1e-5, 5e9};
    int slot = -SPREAD_SLOTS;
    for (size_t i = 0; i < sizeof ascending / sizeof ascending[0]; i++) {
        slot = spread_next(&s, slot, &count);
        CHECK_DOUBLE(spread_slot_value(slot), ascending[i], 0);
        CHECK_INT(count, ascending[i] == -2 ? 2 : 1);
        slot++;
    }
    CHECK_INT(spread_next(&s, slot, &count), SPREAD_SLOTS + 1);

    struct spread again;
    spread_init(&again);
    for (slot = spread_next(&s, -SPREAD_SLOTS, &count); slot <= SPREAD_SLOTS;
         slot = spread_next(&s, slot + 1, &count))
        spread_add_slot(&again, slot, count);
    again.min = s.min;
    again.max = s.max;
    CHECK_INT(again.count, 6);
    CHECK_DOUBLE(spread_percentile(&again, 0.5), spread_percentile(&s, 0.5), 0);
    spread_release(&s);
    spread_release(&again);
}

TEST_MAIN(RUN(every_slot_holds_its_own_value);
          RUN(slots_ascend_with_their_values_and_are_a_thousandth_wide);
          RUN(round_numbers_come_back_as_they_are); RUN(percentiles_of_values_below_and_above_zero);
          RUN(extremes_and_sum_are_exact_beyond_the_range); RUN(two_merge_and_part_again);
          RUN(slots_are_walked_from_the_lowest_on);)
