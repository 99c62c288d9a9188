/* test_compare_slots -- which slots of a run are compared. */
// SPDX-License-Identifier: MIT
#include "report/compare_slots.h"

#include "compare.h"

/* A run of slots with so many users at their ends, one request in each; the last so long. */
static struct stats *with_users(const int *users, size_t n, double last_s)
{
    struct stats *s = stats_new(COMPARE_START, false);
    s->slots = slots_new(COMPARE_START, SLOTS_LIMIT);
    for (size_t i = 0; i < n; i++) {
        double end = 10.0 * (double)i + (i + 1 < n ? 10 : last_s);
        struct entry *e = stats_entry(s, STR("GET"), STR("/"), COMPARE_START + end - 1);
        struct entry *t = stats_entry(s, STR("TRANSACTION"), STR("buy"), COMPARE_START + end - 1);
        stats_log(s, e, true, 5, 10, STR_EMPTY, COMPARE_START + end - 1);
        stats_log(s, t, true, 50, 10, i == 0 ? STR("x") : STR_EMPTY, COMPARE_START + end - 1);
        if (i + 1 == n)
            slots_finish(s->slots, s->entries, (uint64_t)users[i], COMPARE_START + end);
        else if (slots_tick(s->slots, s->entries, (uint64_t)users[i], COMPARE_START + end))
            while (slots_work(s->slots))
                continue;
    }
    return s;
}

static struct compare_slots chosen(const int *users, size_t n, double last_s)
{
    struct stats *s = with_users(users, n, last_s);
    struct compare_slots slots;
    compare_slots_choose(&slots, s);
    stats_free(s);
    return slots;
}

TEST(those_in_which_all_users_were_there)
{
    static const int ramp[] = {4, 8, 10, 10, 10, 10, 10, 0};
    struct compare_slots s = chosen(ramp, 8, 10);
    CHECK_INT(s.from,
              3); // at the end of the third they were all there; at the run's end they leave
    CHECK_INT(s.to, 8);
    CHECK_INT(s.batches, 5);
    static const int at_once[] = {10, 10, 10, 10, 0};
    s = chosen(at_once, 5, 10);
    CHECK_INT(s.from, 1);
    CHECK_INT(s.to, 5);
}

TEST(all_of_it_where_that_would_leave_little)
{
    static const int shape[] = {2, 4, 6, 8, 10, 10, 2, 0};
    struct compare_slots s = chosen(shape, 8, 10);
    CHECK_INT(s.from, 0);
    CHECK_INT(s.to, 8);
    static const int brief[] = {10, 10, 0};
    s = chosen(brief, 3, 10);
    CHECK_INT(s.from, 0);
    CHECK_INT(s.to, 3);
}

TEST(a_short_end_is_left_out)
{
    static const int users[] = {10, 10, 10, 10, 10, 0};
    CHECK_INT(chosen(users, 6, 4).to, 5);
    CHECK_INT(chosen(users, 6, 6).to, 6);
}

TEST(slots_are_batches)
{
    int users[50];
    struct compare_slots slots;
    struct compare_sample sample;
    for (size_t i = 0; i < 50; i++)
        users[i] = 10;
    struct stats *s = with_users(users, 50, 8);
    compare_slots_choose(&slots, s);
    CHECK_INT(slots.batches, 20);
    CHECK(compare_slots_sample(&slots, "GET", "/", &sample));
    CHECK_INT(sample.n, 20);
    uint64_t requests = 0;
    double seconds = 0;
    for (size_t i = 0; i < sample.n; i++) {
        CHECK(sample.batches[i].requests == 2 || sample.batches[i].requests == 3);
        CHECK_INT(sample.batches[i].times.count, sample.batches[i].requests);
        requests += sample.batches[i].requests;
        seconds += sample.batches[i].seconds;
    }
    CHECK_INT(requests, 49);
    CHECK_DOUBLE(seconds, 488, 1e-9);
    compare_sample_release(&sample);
    // Transactions are in no total.
    CHECK(compare_slots_sample(&slots, "", "", &sample));
    CHECK_DOUBLE(sample.batches[0].times.sum_ms, 5.0 * (double)sample.batches[0].requests, 1e-9);
    compare_sample_release(&sample);
    CHECK(compare_slots_sample(&slots, "TRANSACTION", "buy", &sample));
    compare_sample_release(&sample);
    CHECK(!compare_slots_sample(&slots, "POST", "/", &sample));
    CHECK_INT(sample.n, 20);
    CHECK_INT(sample.batches[3].requests, 0);
    compare_sample_release(&sample);
    stats_free(s);
}

TEST_MAIN(RUN(those_in_which_all_users_were_there); RUN(all_of_it_where_that_would_leave_little);
          RUN(a_short_end_is_left_out); RUN(slots_are_batches);)
