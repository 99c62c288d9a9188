/* test_headers -- names and values in order, names in any case. */
// SPDX-License-Identifier: MIT
#include "http/headers.h"

#include "../check.h"

static const char *value(const struct http_headers *h, const char *name)
{
    static char text[256];
    struct str v;
    if (!http_headers_get(h, str_of(name), &v))
        return "(none)";
    snprintf(text, sizeof(text), "%.*s", STR_ARG(v));
    return text;
}

TEST(keeps_order_and_finds_in_any_case)
{
    struct http_headers h = {.n = 0};
    http_headers_add(&h, STR("B"), STR("1"));
    http_headers_add(&h, STR("a"), STR("2"));
    http_headers_add(&h, STR("b"), STR("3"));
    CHECK_INT(h.n, 3);
    CHECK_STR(http_headers_name(&h, 0), "B");
    CHECK_STR(http_headers_value(&h, 2), "3");
    CHECK_TEXT(value(&h, "b"), "1");
    CHECK_TEXT(value(&h, "A"), "2");
    CHECK_TEXT(value(&h, "c"), "(none)");
    CHECK(http_headers_has(&h, STR("A")));
    CHECK(!http_headers_has(&h, STR("ab")));
    CHECK_TEXT(http_headers_line(&h, 1), "a: 2");
    http_headers_release(&h);
}

TEST(set_takes_the_first_place_and_removes_the_rest)
{
    struct http_headers h = {.n = 0};
    http_headers_add(&h, STR("X"), STR("1"));
    http_headers_add(&h, STR("Y"), STR("2"));
    http_headers_add(&h, STR("x"), STR("3"));
    http_headers_set(&h, STR("x"), STR("longer than before"));
    CHECK_INT(h.n, 2);
    CHECK_TEXT(http_headers_line(&h, 0), "x: longer than before");
    CHECK_TEXT(value(&h, "Y"), "2");
    http_headers_set(&h, STR("Z"), STR(""));
    CHECK_INT(h.n, 3);
    CHECK_TEXT(http_headers_line(&h, 2), "Z: ");
    http_headers_release(&h);
}

TEST(remove_takes_all_of_a_name)
{
    struct http_headers h = {.n = 0};
    http_headers_add(&h, STR("X"), STR("1"));
    http_headers_add(&h, STR("Y"), STR("2"));
    http_headers_add(&h, STR("x"), STR("3"));
    http_headers_remove(&h, STR("X"));
    CHECK_INT(h.n, 1);
    CHECK_STR(http_headers_name(&h, 0), "Y");
    http_headers_remove(&h, STR("absent"));
    CHECK_INT(h.n, 1);
    http_headers_release(&h);
}

TEST(takes_pieces_of_itself)
{
    struct http_headers h = {.n = 0};
    http_headers_add(&h, STR("Name"), STR("value"));
    for (int i = 0; i < 100; i++)
        http_headers_add(&h, http_headers_name(&h, 0), http_headers_value(&h, 0));
    CHECK_INT(h.n, 101);
    CHECK_TEXT(http_headers_line(&h, 100), "Name: value");
    http_headers_set(&h, http_headers_name(&h, 50), http_headers_value(&h, 50));
    CHECK_INT(h.n, 1);
    CHECK_TEXT(http_headers_line(&h, 0), "Name: value");
    http_headers_release(&h);
}

TEST(set_again_and_again)
{
    struct http_headers h = {.n = 0};
    char value[20];
    http_headers_add(&h, STR("B"), STR("3"));
    for (int i = 0; i < 100000; i++) {
        snprintf(value, sizeof(value), "%d", i);
        http_headers_set(&h, STR("A"), str_of(value));
    }
    CHECK_TEXT(http_headers_line(&h, 0), "B: 3");
    CHECK_TEXT(http_headers_line(&h, 1), "A: 99999");
    CHECK(h.bytes.n < 10000); // what was replaced goes
    http_headers_release(&h);
}

TEST(copy_is_the_same)
{
    struct http_headers h = {.n = 0}, copy = {.n = 0};
    http_headers_add(&h, STR("A"), STR("first"));
    http_headers_set(&h, STR("A"), STR("second"));
    http_headers_add(&h, STR("B"), STR("3"));
    http_headers_add(&copy, STR("old"), STR("gone"));
    http_headers_copy(&copy, &h);
    http_headers_release(&h);
    CHECK_INT(copy.n, 2);
    CHECK_TEXT(http_headers_line(&copy, 0), "A: second");
    CHECK_TEXT(http_headers_line(&copy, 1), "B: 3");
    http_headers_release(&copy);
    http_headers_copy(&copy, &h); // nothing of nothing
    CHECK_INT(copy.n, 0);
    http_headers_release(&copy);
}

TEST(folds_lines)
{
    struct http_headers h = {.n = 0};
    http_headers_fold(&h, STR("nothing to fold to"));
    CHECK_INT(h.n, 0);
    http_headers_add(&h, STR("A"), STR("one"));
    http_headers_fold(&h, STR("two"));
    http_headers_fold(&h, STR(""));
    CHECK_TEXT(http_headers_line(&h, 0), "A: one two");
    http_headers_add(&h, STR("B"), STR(""));
    http_headers_fold(&h, STR("x"));
    CHECK_TEXT(value(&h, "B"), "x");
    CHECK_TEXT(value(&h, "A"), "one two");
    http_headers_release(&h);
}

/* Found by fuzzing: the last header's text is not always the last in the block. */
TEST(folding_keeps_what_was_replaced_before)
{
    struct http_headers h = {.n = 0};
    http_headers_add(&h, STR("A"), STR("one"));
    http_headers_add(&h, STR("B"), STR("two"));
    http_headers_set(&h, STR("A"), STR("three"));
    http_headers_fold(&h, STR("x"));
    http_headers_fold(&h, STR("y"));
    CHECK_TEXT(http_headers_line(&h, 0), "A: three");
    CHECK_TEXT(http_headers_line(&h, 1), "B: two x y");
    http_headers_release(&h);
}

TEST(checks_what_a_script_sends)
{
    struct err err = ERR_INIT;
    CHECK_INT(http_header_check(STR("X-Any_1.name"), STR("a value: \"x\"; \xc3\xa9"), &err), 0);
    CHECK_INT(http_header_check(STR("A"), STR(""), &err), 0);
    CHECK_INT(http_header_check(STR(""), STR("x"), &err), -1);
    CHECK_TEXT(err.text, "a header's name is empty");
    err_clear(&err);
    CHECK_INT(http_header_check(STR("X Y"), STR("x"), &err), -1);
    CHECK(strstr(err.text, "'X Y'") != NULL);
    err_clear(&err);
    CHECK_INT(http_header_check(STR("X:"), STR("x"), &err), -1);
    CHECK_INT(http_header_check(STR("X\0"), STR("x"), &err), -1);
    CHECK_INT(http_header_check(STR("\xc3\xa9"), STR("x"), &err), -1);
    err_clear(&err);
    CHECK_INT(http_header_check(STR("X"), STR("a\r\nInjected: yes"), &err), -1);
    CHECK_TEXT(err.text, "the value of header X holds a line break");
    err_clear(&err);
    CHECK_INT(http_header_check(STR("X"), STR("a\nb"), &err), -1);
    err_clear(&err);
    CHECK_INT(http_header_check(STR("X"), STR("a\0b"), &err), -1);
    CHECK_TEXT(err.text, "the value of header X holds a NUL");
}

TEST_MAIN(RUN(keeps_order_and_finds_in_any_case);
          RUN(set_takes_the_first_place_and_removes_the_rest); RUN(remove_takes_all_of_a_name);
          RUN(takes_pieces_of_itself); RUN(copy_is_the_same); RUN(set_again_and_again);
          RUN(folds_lines); RUN(folding_keeps_what_was_replaced_before);
          RUN(checks_what_a_script_sends);)
