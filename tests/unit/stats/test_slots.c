/* test_slots -- what each entry counted in each ten seconds, and how it is made smaller. */
// SPDX-License-Identifier: MIT
#include "stats/slots.h"

#include "stats/stats.h"

#include "../check.h"

#include <stdio.h>

#define START 1000.0

static struct stats *with_slots(size_t limit)
{
    struct stats *s = stats_new(START, false);
    s->slots = slots_new(START, limit);
    return s;
}

static void log_one(struct stats *s, const char *name, double ms, const char *failure, double at_s)
{
    struct entry *e = stats_entry(s, STR("GET"), str_of(name), START + at_s);
    stats_log(s, e, true, ms, 10, str_of(failure), START + at_s);
}

static void work(struct stats *s, double at_s)
{
    if (slots_tick(s->slots, s->entries, 5, START + at_s))
        while (slots_work(s->slots))
            continue;
}

static const struct slot_row *row_of(const struct stats *s, size_t slot, const char *name)
{
    return slots_find(s->slots, &s->slots->all[slot], stats_find(s, STR("GET"), str_of(name)));
}

TEST(ten_seconds_are_a_slot)
{
    struct stats *s = with_slots(SLOTS_LIMIT);
    log_one(s, "/a", 1, NULL, 1);
    log_one(s, "/a", 1, "refused", 2);
    log_one(s, "/b", 300, NULL, 3);
    for (int second = 1; second <= 9; second++)
        work(s, second);
    CHECK_INT(s->slots->n, 0);
    work(s, 10);
    CHECK_INT(s->slots->n, 1);
    CHECK_INT(s->slots->all[0].n, 2);
    CHECK_INT(s->slots->all[0].users, 5);
    log_one(s, "/a", 2, NULL, 11);
    log_one(s, "/c", 2, NULL, 12);
    work(s, 20.25);
    CHECK_INT(s->slots->n, 2);
    CHECK_DOUBLE(s->slots->all[1].from_s, 10, 0);
    CHECK_DOUBLE(s->slots->all[1].to_s, 20.25, 0);
    const struct slot_row *row = row_of(s, 0, "/a");
    CHECK_INT(row->requests, 2);
    CHECK_INT(row->failures, 1);
    CHECK_INT(row->content_length, 20);
    CHECK_DOUBLE(row->sum_ms, 2, 0);
    CHECK_TEXT(row->times, "1000x2");
    CHECK_INT(slots_row_count(row), 2);
    CHECK_TEXT(row_of(s, 1, "/a")->times, "2000");
    CHECK(row_of(s, 1, "/b") == NULL);
    CHECK_INT(row_of(s, 1, "/c")->requests, 1);
    stats_free(s);
}

TEST(the_end_takes_what_is_left)
{
    struct stats *s = with_slots(SLOTS_LIMIT);
    log_one(s, "/a", 1, NULL, 1);
    work(s, 10);
    log_one(s, "/a", 5, NULL, 11);
    slots_finish(s->slots, s->entries, 3, START + 12.5);
    CHECK_INT(s->slots->n, 2);
    CHECK_DOUBLE(s->slots->all[1].to_s, 12.5, 0);
    CHECK_INT(row_of(s, 1, "/a")->requests, 1);
    // Once more, when nothing came: no slot.
    slots_finish(s->slots, s->entries, 3, START + 13);
    CHECK_INT(s->slots->n, 2);
    stats_free(s);
}

TEST(a_run_that_is_over_in_the_middle_of_the_work)
{
    struct stats *s = with_slots(SLOTS_LIMIT);
    log_one(s, "/a", 1, NULL, 1);
    log_one(s, "/b", 1, NULL, 1);
    CHECK(slots_tick(s->slots, s->entries, 1, START + 10));
    CHECK(slots_work(s->slots));
    CHECK_INT(s->slots->all[0].n, 1);
    log_one(s, "/b", 2, NULL, 10.1); // before its turn: it counts in the slot that ends
    log_one(s, "/a", 2, NULL, 10.1);
    slots_finish(s->slots, s->entries, 1, START + 10.5);
    CHECK_INT(row_of(s, 0, "/b")->requests, 2);
    CHECK_INT(row_of(s, 0, "/a")->requests, 1);
    CHECK_INT(row_of(s, 1, "/a")->requests, 1);
    stats_free(s);
}

TEST(a_reset_begins_anew)
{
    struct stats *s = with_slots(SLOTS_LIMIT);
    log_one(s, "/a", 1, NULL, 1);
    work(s, 10);
    stats_reset(s, START + 15);
    CHECK_INT(s->slots->n, 0);
    CHECK_DOUBLE(s->slots->start_s, START + 15, 0);
    log_one(s, "/a", 7, NULL, 16);
    slots_finish(s->slots, s->entries, 1, START + 17);
    CHECK_INT(s->slots->n, 1);
    CHECK_DOUBLE(s->slots->all[0].to_s, 2, 0);
    CHECK_TEXT(row_of(s, 0, "/a")->times, "3798");
    stats_clear(s, START + 20);
    CHECK_INT(s->slots->n_entries, 0);
    stats_free(s);
}

/* So many slots of three names, in which everything differs. */
static void run_long(struct stats *s, int slots)
{
    char name[8];
    unsigned random = 7;
    for (int i = 0; i < slots; i++) {
        for (int k = 0; k < 300; k++) {
            random = random * 1103515245u + 12345u;
            snprintf(name, sizeof name, "/%u", k % 3);
            log_one(s, name, 100 + (double)(random >> 8 & 2047) / 97.0, k % 50 == 0 ? "no" : NULL,
                    i * 10 + 5);
        }
        work(s, (i + 1) * 10);
    }
    slots_finish(s->slots, s->entries, 0, START + slots * 10);
}

/* Whether the slots of an entry are together what it counted; the first difference as text. */
static const char *difference(const struct stats *s, const struct entry *e)
{
    uint64_t requests = 0, failures = 0, length = 0;
    struct histogram sum = {0};
    const char *found = "";
    for (size_t i = 0; i < s->slots->n; i++) {
        const struct slot_row *row = slots_find(s->slots, &s->slots->all[i], e);
        if (row == NULL)
            continue;
        requests += row->requests;
        failures += row->failures;
        length += row->content_length;
        slots_row_times(s->slots, row, &sum);
    }
    if (requests != e->requests || failures != e->failures || length != e->content_length)
        found = "the counts";
    if (sum.count != e->times.count || fabs(sum.sum_ms - e->times.sum_ms) > 0.01)
        found = "the times";
    for (double q = 0.1; q < 1; q += 0.1)
        if (fabs(histogram_percentile(&sum, q) / histogram_percentile(&e->times, q) - 1) >
            (s->slots->coarse == 2 ? 0.02 : 0.01))
            found = "a percentile";
    histogram_release(&sum);
    return found;
}

static bool is_in_order(const struct slots *s)
{
    double to_s = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->all[i].from_s != to_s || s->all[i].to_s <= to_s)
            return false;
        to_s = s->all[i].to_s;
    }
    return true;
}

TEST(with_room_all_is_kept)
{
    struct stats *s = with_slots(SLOTS_LIMIT);
    run_long(s, 50);
    CHECK_INT(s->slots->n, 50);
    CHECK_INT(s->slots->seconds, 10);
    CHECK(is_in_order(s->slots));
    for (struct entry *e = s->entries; e != NULL; e = e->hh.next)
        CHECK_TEXT(difference(s, e), "");
    CHECK_INT(s->slots->all[0].rows[0].coarse, 0);
    stats_free(s);
}

TEST(above_the_limit_times_become_coarse_and_then_slots_long)
{
    struct stats *s = with_slots(36000);
    run_long(s, 50);
    CHECK_INT(s->slots->all[0].rows[0].coarse, 1);
    CHECK_INT(s->slots->seconds, 10);
    CHECK_INT(s->slots->n, 50);
    CHECK(s->slots->bytes <= 36000);
    for (struct entry *e = s->entries; e != NULL; e = e->hh.next)
        CHECK_TEXT(difference(s, e), "");
    stats_free(s);

    s = with_slots(12000);
    run_long(s, 50);
    CHECK(s->slots->seconds > 10);
    CHECK(s->slots->n < 50);
    CHECK(s->slots->n > 3);
    CHECK(s->slots->bytes <= 12000);
    CHECK(is_in_order(s->slots));
    CHECK_DOUBLE(s->slots->all[s->slots->n - 1].to_s, 500, 0);
    CHECK_DOUBLE(s->slots->all[0].to_s, s->slots->seconds, 0);
    for (struct entry *e = s->entries; e != NULL; e = e->hh.next)
        CHECK_TEXT(difference(s, e), "");
    stats_free(s);
}

TEST(a_limit_that_cannot_be_held)
{
    struct stats *s = with_slots(1);
    run_long(s, 9);
    CHECK_INT(s->slots->n, 2);
    for (struct entry *e = s->entries; e != NULL; e = e->hh.next)
        CHECK_TEXT(difference(s, e), "");
    stats_free(s);
    slots_free(NULL);
}

TEST_MAIN(RUN(ten_seconds_are_a_slot); RUN(the_end_takes_what_is_left);
          RUN(a_run_that_is_over_in_the_middle_of_the_work); RUN(a_reset_begins_anew);
          RUN(with_room_all_is_kept); RUN(above_the_limit_times_become_coarse_and_then_slots_long);
          RUN(a_limit_that_cannot_be_held);)
