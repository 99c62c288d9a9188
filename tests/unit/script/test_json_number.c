/* test_json_number -- numbers of JSON, and what is none. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "script/json_number.h"

#include <stdio.h>
#include <string.h>

/* The number as C writes it exactly and how long it was, or what is wrong and where. */
static const char *read_text(const char *text)
{
    static char said[100];
    double value;
    size_t n;
    const char *wrong = json_number_read(str_of(text), &n, &value);
    if (wrong != NULL)
        snprintf(said, sizeof said, "%s at %zu", wrong, n);
    else
        snprintf(said, sizeof said, "%.17g, %zu", value, n);
    return said;
}

TEST(numbers_are_the_nearest_doubles)
{
    CHECK_TEXT(read_text("0"), "0, 1");
    CHECK_TEXT(read_text("-0"), "-0, 2");
    CHECK_TEXT(read_text("7,"), "7, 1");
    CHECK_TEXT(read_text("12.50]"), "12.5, 5");
    CHECK_TEXT(read_text("-12.25E-7 "), "-1.2249999999999999e-06, 9");
    CHECK_TEXT(read_text("1e+3"), "1000, 4");
    CHECK_TEXT(read_text("0.1"), "0.10000000000000001, 3");
    CHECK_TEXT(read_text("9007199254740993"), "9007199254740992, 16");
    CHECK_TEXT(read_text("9007199254740993.0000001"), "9007199254740994, 24");
    CHECK_TEXT(read_text("123456789012345678901234567890"), "1.2345678901234568e+29, 30");
    CHECK_TEXT(read_text("1e23"), "9.9999999999999992e+22, 4");
    CHECK_TEXT(read_text("4.9e-324"), "4.9406564584124654e-324, 8");
    CHECK_TEXT(read_text("1e-99999999999999999999"), "0, 23");
    CHECK_TEXT(read_text("0e99999999999999999999"), "0, 22");
    CHECK_TEXT(read_text("1.7976931348623157e308"), "1.7976931348623157e+308, 22");
}

TEST(what_is_no_number_is_wrong_where_it_is)
{
    CHECK_TEXT(read_text("-"), "invalid token at 1");
    CHECK_TEXT(read_text("-x"), "invalid token at 1");
    CHECK_TEXT(read_text("01"), "invalid token at 1");
    CHECK_TEXT(read_text("-00"), "invalid token at 2");
    CHECK_TEXT(read_text("1."), "invalid token at 2");
    CHECK_TEXT(read_text("1.x"), "invalid token at 2");
    CHECK_TEXT(read_text("1e"), "invalid token at 2");
    CHECK_TEXT(read_text("1e+"), "invalid token at 3");
    CHECK_TEXT(read_text("1e400"), "real number overflow at 5");
    CHECK_TEXT(read_text("-1e400"), "real number overflow at 6");
}

TEST(the_text_ends_where_it_is_said_to_end)
{
    double value;
    size_t n;
    CHECK(json_number_read(str_make("1234", 2), &n, &value) == NULL);
    CHECK(value == 12 && n == 2);
    CHECK(json_number_read(str_make("1e5", 2), &n, &value) != NULL);
    CHECK(json_number_read(str_make("1234567890123456789012", 21), &n, &value) == NULL);
    CHECK(value == 123456789012345678901.0);
}

TEST(a_long_number_needs_no_end_of_its_own)
{
    static char text[5001];
    double value;
    size_t n;
    memset(text, '0', sizeof text);
    text[1] = '.';
    text[4999] = '5';
    CHECK(json_number_read(str_make(text, 5000), &n, &value) == NULL);
    CHECK(value == 0 && n == 5000);
    memset(text, '9', sizeof text);
    CHECK(json_number_read(str_make(text, 5000), &n, &value) != NULL);
}

TEST_MAIN(RUN(numbers_are_the_nearest_doubles); RUN(what_is_no_number_is_wrong_where_it_is);
          RUN(the_text_ends_where_it_is_said_to_end); RUN(a_long_number_needs_no_end_of_its_own);)
