/* test_compare -- verdicts on runs whose truth is known, by chance drawn anew many times. */
// SPDX-License-Identifier: MIT
#include "compare.h"

#define TRIALS 100

static const struct compare_cell *cell(const struct comparison *c, size_t row,
                                       enum compare_figure figure)
{
    return &c->rows[row].cells[figure];
}

/* How many of the comparisons of equal runs find a change in any figure. */
static int false_alarms(const struct scene *scene, double tolerance, uint64_t seed)
{
    struct rng rng;
    int alarms = 0;
    rng_init(&rng, seed, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct scene scenes[2] = {*scene, *scene};
        struct compare_settings settings = {tolerance, tolerance / 50, (uint64_t)trial};
        struct result *runs[2];
        struct comparison *c = act_and_compare(scenes, 2, &rng, &settings, runs);
        alarms += c->counts[COMPARE_WORSE] + c->counts[COMPARE_BETTER] > 0;
        free_all(c, runs, 2);
    }
    return alarms;
}

TEST(equal_runs_raise_few_false_alarms)
{
    struct scene scene = {.names = 4,
                          .slots = 13,
                          .requests = 20,
                          .median_ms = 20,
                          .fail_ratio = 0.02,
                          .noise = 0.05};
    CHECK(false_alarms(&scene, 0.05, 1) < 5);
    CHECK(false_alarms(&scene, 0, 2) < 5);
}

TEST(equal_runs_whose_slots_hang_together_raise_few_false_alarms)
{
    struct scene scene = {.names = 4,
                          .slots = 13,
                          .requests = 20,
                          .median_ms = 20,
                          .fail_ratio = 0.02,
                          .noise = 0.1,
                          .lag = 0.5};
    CHECK(false_alarms(&scene, 0.05, 3) < 5);
}

TEST(short_equal_runs_raise_few_false_alarms)
{
    struct scene scene = {
        .names = 4, .slots = 4, .requests = 40, .median_ms = 20, .noise = 0.05, .lag = 0.3};
    CHECK(false_alarms(&scene, 0.05, 4) < 5);
}

TEST(a_fifth_more_is_found_with_enough_data)
{
    struct scene before = {.names = 3,
                           .slots = 30,
                           .requests = 150,
                           .median_ms = 30,
                           .noise = 0.02},
                 after = before;
    struct rng rng;
    int found = 0, alike = 0;
    after.slower = 1.2;
    rng_init(&rng, 5, 0);
    for (int trial = 0; trial < 10; trial++) {
        struct scene scenes[2] = {before, after};
        struct result *runs[2];
        struct comparison *c = act_and_compare(scenes, 2, &rng, &COMPARE_DEFAULTS, runs);
        const struct compare_cell *p95 = cell(c, 0, COMPARE_P95);
        found += p95->verdict == COMPARE_WORSE;
        CHECK(p95->low < 0.2 && p95->high > 0.2 - 0.1);
        CHECK(cell(c, 1, COMPARE_P95)->verdict < COMPARE_BETTER);
        alike += cell(c, 2, COMPARE_P50)->verdict == COMPARE_ALIKE;
        free_all(c, runs, 2);
    }
    CHECK(found >= 9);
    CHECK(alike >= 7);
}

TEST(better_is_worse_the_other_way_round)
{
    struct scene slow = {.names = 2,
                         .slots = 20,
                         .requests = 100,
                         .median_ms = 30,
                         .noise = 0.02,
                         .slower = 1.6,
                         .fail_ratio = 0.2};
    struct scene fast = slow;
    struct rng rng;
    struct result *runs[2];
    fast.slower = 1;
    fast.fail_ratio = 0;
    fast.requests = 150;
    rng_init(&rng, 6, 0);
    struct scene scenes[2] = {slow, fast};
    struct comparison *c = act_and_compare(scenes, 2, &rng, &COMPARE_DEFAULTS, runs);
    CHECK_INT(c->n, 3);
    CHECK_TEXT(c->rows[2].name, "");
    CHECK_INT(cell(c, 0, COMPARE_P50)->verdict, COMPARE_BETTER);
    CHECK_INT(cell(c, 0, COMPARE_RATE)->verdict, COMPARE_BETTER);
    CHECK_INT(cell(c, 1, COMPARE_FAILURES)->verdict, COMPARE_BETTER);
    CHECK_DOUBLE(cell(c, 1, COMPARE_FAILURES)->change, -0.2, 0.03);
    CHECK_INT(comparison_verdict(c), COMPARE_BETTER);
    comparison_free(c);
    c = compare_results((const struct result *const[]){runs[1]}, 1, runs[0], &COMPARE_DEFAULTS);
    CHECK_INT(cell(c, 0, COMPARE_P50)->verdict, COMPARE_WORSE);
    CHECK_INT(cell(c, 0, COMPARE_RATE)->verdict, COMPARE_WORSE);
    CHECK_INT(cell(c, 1, COMPARE_FAILURES)->verdict, COMPARE_WORSE);
    CHECK_INT(comparison_verdict(c), COMPARE_WORSE);
    free_all(c, runs, 2);
}

TEST(a_tolerance_lets_small_changes_pass)
{
    struct scene before = {.names = 1,
                           .slots = 30,
                           .requests = 200,
                           .median_ms = 30,
                           .noise = 0.01},
                 after = before;
    struct rng rng;
    struct result *runs[2];
    after.slower = 1.2;
    rng_init(&rng, 7, 0);
    struct scene scenes[2] = {before, after};
    struct compare_settings settings = COMPARE_DEFAULTS;
    settings.tolerance = 0.3;
    struct comparison *c = act_and_compare(scenes, 2, &rng, &settings, runs);
    CHECK_INT(c->n, 1); // one name: no total that would say the same
    CHECK_INT(cell(c, 0, COMPARE_P50)->verdict, COMPARE_ALIKE);
    comparison_free(c);
    settings.tolerance = 0.1;
    c = compare_results((const struct result *const *)runs, 1, runs[1], &settings);
    CHECK_INT(cell(c, 0, COMPARE_P50)->verdict, COMPARE_WORSE);
    free_all(c, runs, 2);
}

TEST(what_differs_between_runs_by_chance_is_no_change)
{
    struct rng rng;
    struct result *runs[5];
    struct scene scenes[5];
    // Each run has a level of its own; the new one is as far off as those before are from each other.
    static const double medians[] = {30, 33, 28, 31, 34};
    for (size_t i = 0; i < 5; i++)
        scenes[i] = (struct scene){
            .names = 1, .slots = 20, .requests = 200, .median_ms = medians[i], .noise = 0.01};
    rng_init(&rng, 8, 0);
    struct comparison *c = act_and_compare(scenes, 5, &rng, &COMPARE_DEFAULTS, runs);
    CHECK_INT(cell(c, 0, COMPARE_P50)->verdict, COMPARE_TOO_LITTLE);
    CHECK(cell(c, 0, COMPARE_P50)->low < 0 && cell(c, 0, COMPARE_P50)->high > 0.1);
    comparison_free(c);
    // With one of them as base nobody could know.
    c = compare_results((const struct result *const *)&runs[2], 1, runs[4], &COMPARE_DEFAULTS);
    CHECK_INT(cell(c, 0, COMPARE_P50)->verdict, COMPARE_WORSE);
    free_all(c, runs, 5);
}

TEST(the_same_seed_gives_the_same_figures)
{
    struct scene scenes[2] = {
        {.names = 2, .slots = 8, .requests = 50, .median_ms = 30, .noise = 0.05},
        {.names = 3, .slots = 8, .requests = 50, .median_ms = 31, .noise = 0.05}};
    struct rng rng;
    struct result *runs[2];
    rng_init(&rng, 9, 0);
    struct compare_settings settings = COMPARE_DEFAULTS;
    struct comparison *a = act_and_compare(scenes, 2, &rng, &settings, runs);
    struct comparison *b =
        compare_results((const struct result *const *)runs, 1, runs[1], &settings);
    settings.seed = 2;
    struct comparison *other =
        compare_results((const struct result *const *)runs, 1, runs[1], &settings);
    CHECK(a->rows[2].is_in_new && !a->rows[2].is_in_base);
    CHECK(cell(a, 0, COMPARE_P95)->low == cell(b, 0, COMPARE_P95)->low);
    CHECK(cell(a, 0, COMPARE_P95)->low != cell(other, 0, COMPARE_P95)->low);
    comparison_free(b);
    comparison_free(other);
    free_all(a, runs, 2);
}

TEST(too_few_requests_say_nothing)
{
    struct scene scenes[2] = {{.names = 1, .slots = 8, .requests = 8, .median_ms = 30},
                              {.names = 1, .slots = 8, .requests = 8, .median_ms = 90}};
    struct rng rng;
    struct result *runs[2];
    rng_init(&rng, 10, 0);
    struct comparison *c = act_and_compare(scenes, 2, &rng, &COMPARE_DEFAULTS, runs);
    CHECK(!cell(c, 0, COMPARE_P99)->has_interval);
    CHECK_INT(cell(c, 0, COMPARE_P99)->verdict, COMPARE_TOO_LITTLE);
    CHECK_INT(cell(c, 0, COMPARE_FAILURES)->verdict,
              COMPARE_TOO_LITTLE); // none of 64 are not none of many
    CHECK_INT(cell(c, 0, COMPARE_P50)->verdict, COMPARE_WORSE);
    free_all(c, runs, 2);
}

TEST_MAIN(RUN(equal_runs_raise_few_false_alarms);
          RUN(equal_runs_whose_slots_hang_together_raise_few_false_alarms);
          RUN(short_equal_runs_raise_few_false_alarms); RUN(a_fifth_more_is_found_with_enough_data);
          RUN(better_is_worse_the_other_way_round); RUN(a_tolerance_lets_small_changes_pass);
          RUN(what_differs_between_runs_by_chance_is_no_change);
          RUN(the_same_seed_gives_the_same_figures); RUN(too_few_requests_say_nothing);)
