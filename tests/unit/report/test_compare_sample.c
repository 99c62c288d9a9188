/* test_compare_sample -- what one run says of one name, and how sure it is of that. */
// SPDX-License-Identifier: MIT
#include "report/compare_sample.h"

#include "compare.h"

static struct compare_sample sample;
static struct compare_estimate e[COMPARE_FIGURES];

/* Batches of ten seconds, each with so many requests, whose times are given by `ms`. */
static void fill(size_t batches, int requests, double (*ms)(struct rng *r, size_t batch))
{
    struct rng rng;
    rng_init(&rng, 1, 0);
    compare_sample_release(&sample);
    for (size_t j = 0; j < batches; j++) {
        sample.batches[j] = (struct compare_batch){.seconds = 10, .requests = (uint64_t)requests};
        for (int i = 0; i < requests; i++)
            histogram_add(&sample.batches[j].times, ms(&rng, j));
    }
    sample.n = batches;
    compare_estimate(&sample, 1, 1, e);
}

static double even(struct rng *r, size_t batch)
{
    (void)batch;
    return 100 + 100 * rng_double(r);
}

static double constant(struct rng *r, size_t batch)
{
    (void)r;
    (void)batch;
    return 50;
}

static double rising(struct rng *r, size_t batch)
{
    return 100 + 10 * (double)batch + rng_double(r);
}

TEST(values_are_those_of_all_batches)
{
    fill(20, 100, even);
    CHECK_DOUBLE(e[COMPARE_RATE].value, 10, 1e-9);
    CHECK_DOUBLE(e[COMPARE_P50].value, 150, 5);
    CHECK_DOUBLE(e[COMPARE_P95].value, 195, 2);
    CHECK_DOUBLE(e[COMPARE_P50].at, log(e[COMPARE_P50].value), 1e-12);
    CHECK_DOUBLE(e[COMPARE_FAILURES].value, 0, 0);
    CHECK_INT(e[COMPARE_P99].batches, 20);
}

/* Of 2,000 even times between 100 and 200 the median's standard error is 100 * sqrt(1/4 / 2000). */
TEST(the_variance_is_that_of_theory)
{
    fill(20, 100, even);
    double error = sqrt(e[COMPARE_P50].variance) * 150;
    CHECK(error > 1.118 * 0.6 && error < 1.118 * 1.6);
    CHECK(e[COMPARE_RATE].variance < 1e-6); // each batch has as many
}

TEST(what_never_varies_is_known_no_better_than_it_is_measured)
{
    fill(20, 100, constant);
    CHECK_DOUBLE(e[COMPARE_P95].variance, 0.0005 * 0.0005, 1e-12);
    // None of 2,000 failed: fewer than a few in a thousand would.
    CHECK(sqrt(e[COMPARE_FAILURES].variance) > 0.0004 &&
          sqrt(e[COMPARE_FAILURES].variance) < 0.001);
}

TEST(neighbours_that_are_alike_count_less)
{
    fill(20, 100, even);
    const struct compare_estimate *const one[] = {&e[COMPARE_P50]};
    double loose = compare_correlation(one, 1);
    CHECK(loose >= 0 && loose < 0.6);
    fill(20, 100, rising);
    double tight = compare_correlation(one, 1);
    CHECK_DOUBLE(tight, 0.8, 1e-9); // the most there is
    CHECK_DOUBLE(compare_variance(one[0], 0.8), one[0]->variance * 9, 1e-9);
    CHECK_DOUBLE(compare_variance(one[0], 0), one[0]->variance, 1e-12);
    CHECK_DOUBLE(compare_freedom(one[0], 0), 19, 1e-9);
    CHECK(compare_freedom(one[0], 0.8) < 5);
}

TEST(too_little_is_said_to_be_so)
{
    fill(2, 1000, even);
    CHECK(!e[COMPARE_RATE].is_enough && !e[COMPARE_P50].is_enough);
    CHECK_DOUBLE(e[COMPARE_P50].value, 150, 5);
    fill(3, 33, even); // 99 requests: 4.95 beyond p95
    CHECK(e[COMPARE_RATE].is_enough && e[COMPARE_P50].is_enough && !e[COMPARE_P95].is_enough);
    fill(4, 25, even);
    CHECK(e[COMPARE_P95].is_enough && !e[COMPARE_P99].is_enough);
    fill(20, 0, even);
    for (int f = 0; f < COMPARE_FIGURES; f++)
        CHECK(!e[f].is_enough && isnan(e[f].value));
    fill(0, 0, even);
    CHECK(!e[COMPARE_RATE].is_enough);
    fill(4, 50, even);
    for (size_t j = 0; j < 4; j++)
        sample.batches[j].seconds = 0;
    compare_estimate(&sample, 1, 1, e);
    CHECK(!e[COMPARE_RATE].is_enough && e[COMPARE_P50].is_enough);
}

TEST_MAIN(RUN(values_are_those_of_all_batches); RUN(the_variance_is_that_of_theory);
          RUN(what_never_varies_is_known_no_better_than_it_is_measured);
          RUN(neighbours_that_are_alike_count_less); RUN(too_little_is_said_to_be_so);
          compare_sample_release(&sample);)
