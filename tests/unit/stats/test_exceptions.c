/* test_exceptions -- grouped by traceback, up to a limit. */
// SPDX-License-Identifier: MIT
#include "stats/exceptions.h"

#include "../check.h"

TEST(one_row_a_traceback_with_its_first_message)
{
    struct exceptions x;
    exceptions_init(&x);
    exceptions_add(&x, STR("id 1"), STR("a.lua:3"), STR("local"));
    exceptions_add(&x, STR("id 2"), STR("a.lua:3"), STR("local"));
    exceptions_add(&x, STR("id 1"), STR("a.lua:4"), STR("local"));
    CHECK_INT(x.n, 2);
    CHECK_INT(x.total, 3);
    CHECK_TEXT(x.all->message, "id 1");
    CHECK_TEXT(x.all->traceback, "a.lua:3");
    CHECK_INT(x.all->count, 2);
    CHECK_TEXT(x.all->nodes, "local");
    exceptions_release(&x);
}

TEST(each_node_is_named_once)
{
    struct exceptions x;
    exceptions_init(&x);
    static const char *const nodes[] = {"host_12", "host_1", "host_12", "host_1", "h"};
    for (size_t i = 0; i < 5; i++)
        exceptions_add(&x, STR("m"), STR("t"), str_of(nodes[i]));
    CHECK_TEXT(x.all->nodes, "host_12, host_1, h");
    exceptions_release(&x);
}

TEST(messages_tell_rows_apart_where_no_place_is_known)
{
    struct exceptions x;
    exceptions_init(&x);
    exceptions_add(&x, STR("A has no tasks"), STR_EMPTY, STR("local"));
    exceptions_add(&x, STR("B has no tasks"), STR_EMPTY, STR("local"));
    exceptions_add(&x, STR("A has no tasks"), STR_EMPTY, STR("local"));
    CHECK_INT(x.n, 2);
    CHECK_INT(x.all->count, 2);
    exceptions_release(&x);
}

TEST(strange_texts_are_kept)
{
    struct exceptions x;
    exceptions_init(&x);
    exceptions_add(&x, STR_EMPTY, STR_EMPTY, STR("local"));
    exceptions_add(&x, STR_EMPTY, STR_EMPTY, STR("local"));
    exceptions_add(&x, STR("a\0b"), STR("t\0"), STR("local"));
    CHECK_INT(x.n, 2);
    CHECK_TEXT(x.all->message, "");
    const struct exception *second = x.all->hh.next;
    CHECK_TEXT(second->message, "a\\x00b");
    CHECK_TEXT(second->traceback, "t\\x00");
    static char text[EXCEPTIONS_TEXT_LIMIT * 2];
    memset(text, 'x', sizeof text);
    exceptions_add(&x, str_make(text, sizeof text), str_make(text, sizeof text), STR("local"));
    const struct exception *third = second->hh.next;
    CHECK_INT(strlen(third->message), EXCEPTIONS_TEXT_LIMIT);
    CHECK_INT(strlen(third->traceback), EXCEPTIONS_TEXT_LIMIT);
    exceptions_release(&x);
}

TEST(beyond_the_limit_they_are_one_row)
{
    struct exceptions x;
    exceptions_init(&x);
    for (int i = 0; i < EXCEPTIONS_LIMIT + 20; i++) {
        char text[32];
        int n = snprintf(text, sizeof text, "a.lua:%d", i);
        exceptions_add(&x, STR("m"), str_make(text, (size_t)n), STR("local"));
    }
    CHECK_INT(x.n, EXCEPTIONS_LIMIT + 1);
    CHECK_INT(x.total, EXCEPTIONS_LIMIT + 20);
    const struct exception *last = x.all->hh.tbl->tail->prev;
    last = last->hh.next;
    CHECK_TEXT(last->message, EXCEPTIONS_OTHER);
    CHECK_INT(last->count, 20);
    exceptions_clear(&x);
    CHECK_INT(x.n, 0);
    CHECK_INT(x.total, 0);
    CHECK(x.all == NULL);
    exceptions_release(&x);
}

TEST_MAIN(RUN(one_row_a_traceback_with_its_first_message); RUN(each_node_is_named_once);
          RUN(messages_tell_rows_apart_where_no_place_is_known); RUN(strange_texts_are_kept);
          RUN(beyond_the_limit_they_are_one_row);)
