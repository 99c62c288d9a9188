/* test_page_json -- values of the page's data. */
// SPDX-License-Identifier: MIT
#include "report/page_json.h"

#include "report.h"

/* A value as it stands in the page. */
static const char *dumped(json_t *value)
{
    static char text[256];
    char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

    snprintf(text, sizeof text, "%s", dump);
    free(dump);
    json_decref(value);
    return text;
}

TEST(whole_numbers_are_short)
{
    CHECK_TEXT(dumped(page_number(12)), "12");
    CHECK_TEXT(dumped(page_number(-3)), "-3");
    CHECK_TEXT(dumped(page_number(0.35)), "0.35");
    CHECK_TEXT(dumped(page_number(1e300 * 1e300)), "null");
    CHECK_TEXT(dumped(page_number(nan(""))), "null");
}

/* As view_add_time shows them, half to even where a double stands between two. */
TEST(times_are_those_of_the_tables)
{
    CHECK_TEXT(dumped(page_time(0)), "0");
    CHECK_TEXT(dumped(page_time(0.04249)), "0.042");
    CHECK_TEXT(dumped(page_time(2.125)), "2.12");
    CHECK_TEXT(dumped(page_time(10.5)), "10");
    CHECK_TEXT(dumped(page_time(11.5)), "12");
    CHECK_TEXT(dumped(page_time(12345.6)), "12346");
    CHECK_TEXT(dumped(page_fixed(2.0 / 3, 2)), "0.67");
}

TEST(foreign_text_is_utf8)
{
    struct buf text = BUF_INIT;

    CHECK_TEXT(dumped(page_text("\xff<b>")), "\"\\\\xff<b>\"");
    buf_add_cstr(&text, "taken");
    CHECK_TEXT(dumped(page_taken(&text)), "\"taken\"");
    CHECK_INT(text.n, 0);
}

TEST_MAIN(RUN(whole_numbers_are_short); RUN(times_are_those_of_the_tables);
          RUN(foreign_text_is_utf8);)
