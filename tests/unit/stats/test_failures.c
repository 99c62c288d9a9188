/* test_failures -- grouped by method, name and text, up to a limit. */
// SPDX-License-Identifier: MIT
#include "stats/failures.h"

#include "../check.h"

static const struct failure *at(const struct failures *f, size_t i)
{
    const struct failure *failure = f->all;
    while (i-- > 0 && failure != NULL)
        failure = failure->hh.next;
    return failure;
}

TEST(equal_ones_are_counted_together)
{
    struct failures f;
    failures_init(&f);
    failures_add(&f, STR("GET"), STR("/a"), STR("refused"), 10.5);
    failures_add(&f, STR("GET"), STR("/b"), STR("refused"), 11);
    failures_add(&f, STR("GET"), STR("/a"), STR("refused"), 12);
    failures_add(&f, STR("POST"), STR("/a"), STR("refused"), 13);
    failures_add(&f, STR("GET"), STR("/a"), STR("reset"), 14);
    CHECK_INT(f.n, 4);
    CHECK_TEXT(at(&f, 0)->method, "GET");
    CHECK_TEXT(at(&f, 0)->name, "/a");
    CHECK_TEXT(at(&f, 0)->text, "refused");
    CHECK_INT(at(&f, 0)->count, 2);
    CHECK_DOUBLE(at(&f, 0)->first_s, 10.5, 0);
    CHECK_DOUBLE(at(&f, 0)->last_s, 12, 0);
    CHECK_TEXT(at(&f, 1)->name, "/b");
    CHECK_TEXT(at(&f, 2)->method, "POST");
    CHECK_TEXT(at(&f, 3)->text, "reset");
    CHECK(at(&f, 4) == NULL);
    failures_release(&f);
}

TEST(parts_do_not_run_into_one_another)
{
    struct failures f;
    failures_init(&f);
    failures_add(&f, STR("A"), STR("BC"), STR("D"), 0);
    failures_add(&f, STR("AB"), STR("C"), STR("D"), 0);
    failures_add(&f, STR("A"), STR("B"), STR("CD"), 0);
    CHECK_INT(f.n, 3);
    failures_release(&f);
}

TEST(long_texts_are_cut_and_nuls_shown)
{
    struct failures f;
    failures_init(&f);
    static char text[FAILURES_TEXT_LIMIT + 10];
    memset(text, 'x', sizeof text);
    failures_add(&f, STR("GET"), STR("/"), str_make(text, sizeof text), 0);
    failures_add(&f, STR("GET"), STR("/"), str_make(text, sizeof text - 1), 0);
    failures_add(&f, STR("GET"), STR("/"), STR("a\0b"), 0);
    CHECK_INT(f.n, 2);
    CHECK_INT(at(&f, 0)->count, 2);
    CHECK_INT(strlen(at(&f, 0)->text), FAILURES_TEXT_LIMIT);
    CHECK_TEXT(at(&f, 0)->text + FAILURES_TEXT_LIMIT - 4, "x...");
    CHECK_TEXT(at(&f, 1)->text, "a\\x00b");
    failures_release(&f);
}

TEST(beyond_the_limit_they_are_counted_by_name)
{
    struct failures f;
    failures_init(&f);
    for (int i = 0; i < FAILURES_LIMIT + 100; i++) {
        char text[32];
        int n = snprintf(text, sizeof text, "id %d", i);
        failures_add(&f, STR("GET"), STR("/"), str_make(text, (size_t)n), i);
    }
    failures_add(&f, STR("GET"), STR("/other"), STR("new"), 9000);
    failures_add(&f, STR("GET"), STR("/"), STR("id 7"), 9001); // one that is known
    CHECK_INT(f.n, FAILURES_LIMIT + 2);
    CHECK_TEXT(at(&f, FAILURES_LIMIT)->text, FAILURES_OTHER);
    CHECK_INT(at(&f, FAILURES_LIMIT)->count, 100);
    CHECK_DOUBLE(at(&f, FAILURES_LIMIT)->first_s, FAILURES_LIMIT, 0);
    CHECK_TEXT(at(&f, FAILURES_LIMIT + 1)->name, "/other");
    CHECK_INT(at(&f, 7)->count, 2);
    failures_clear(&f);
    CHECK_INT(f.n, 0);
    CHECK(f.all == NULL);
    failures_add(&f, STR("GET"), STR("/"), STR("x"), 0);
    CHECK_INT(f.n, 1);
    failures_release(&f);
}

TEST(the_first_place_is_kept)
{
    struct failures f;
    failures_init(&f);
    failures_set_place(&f, STR("GET"), STR("/"), STR("no"), STR("a.lua:1")); // there is none yet
    failures_add(&f, STR("GET"), STR("/"), STR("no"), 1);
    CHECK(f.all->place == NULL);
    failures_set_place(&f, STR("GET"), STR("/"), STR("no"), STR_EMPTY);
    CHECK(f.all->place == NULL);
    failures_set_place(&f, STR("GET"), STR("/"), STR("no"), STR("a.lua:2"));
    failures_set_place(&f, STR("GET"), STR("/"), STR("no"), STR("a.lua:3"));
    CHECK_TEXT(f.all->place, "a.lua:2");
    failures_release(&f);
}

TEST_MAIN(RUN(the_first_place_is_kept); RUN(equal_ones_are_counted_together);
          RUN(parts_do_not_run_into_one_another); RUN(long_texts_are_cut_and_nuls_shown);
          RUN(beyond_the_limit_they_are_counted_by_name);)
