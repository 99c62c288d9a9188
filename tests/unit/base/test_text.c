/* test_text -- numbers, times and foreign text as people read and write them. */
// SPDX-License-Identifier: MIT
#include "base/text.h"

#include "../check.h"

/* What `add` puts into a buffer, compared with what is expected. */
#define CHECK_ADDS(add, expected)                      \
    do {                                               \
        struct buf check_out = BUF_INIT;               \
        struct buf *out = &check_out;                  \
        add;                                           \
        char check_got[512];                           \
        snprintf(check_got, 512, "%s", buf_cstr(out)); \
        buf_release(out);                              \
        CHECK_TEXT(check_got, expected);               \
    } while (0)

static const char *int_error(const char *s, int64_t min, int64_t max)
{
    static struct err err;
    int64_t value;
    err_clear(&err);
    return text_parse_int(str_of(s), min, max, &value, &err) == 0 ? "none" : err.text;
}

TEST(whole_numbers)
{
    struct err err = ERR_INIT;
    int64_t v;
    CHECK_INT(text_parse_int(STR("8089"), 1, 65535, &v, &err), 0);
    CHECK_INT(v, 8089);
    CHECK_INT(text_parse_int(STR("-007"), -10, 10, &v, &err), 0);
    CHECK_INT(v, -7);
    CHECK_INT(text_parse_int(STR("9223372036854775807"), 0, INT64_MAX, &v, &err), 0);
    CHECK_INT(v, INT64_MAX);
    CHECK_INT(text_parse_int(STR("-9223372036854775808"), INT64_MIN, 0, &v, &err), 0);
    CHECK(v == INT64_MIN);
}

TEST(whole_numbers_refused)
{
    static const char *const bad[] = {
        "", " 1", "1 ", "+1", "-", "--1", "1.0", "0x1", "1e3", "0", "65536", "99999999999999999999",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(
            strstr(int_error(bad[i], 1, 65535), "expected a whole number from 1 to 65535, got '"));
    CHECK_TEXT(int_error("x", 1, 65535), "expected a whole number from 1 to 65535, got 'x'");
    CHECK_TEXT(int_error("0", 1, INT64_MAX), "expected a whole number of at least 1, got '0'");
    CHECK_TEXT(int_error("9", INT64_MIN, 5), "expected a whole number of at most 5, got '9'");
    CHECK_TEXT(int_error("?", INT64_MIN, INT64_MAX), "expected a whole number, got '?'");
    CHECK_TEXT(int_error("\x1b[31m", 0, 1), "expected a whole number from 0 to 1, got '\\x1b[31m'");
}

TEST(refused_value_stays_and_long_text_is_cut)
{
    char text[200];
    struct err err = ERR_INIT;
    int64_t v = 42;
    memset(text, 'y', sizeof(text));
    CHECK_INT(text_parse_int(str_make(text, sizeof(text)), 0, 9, &v, &err), -1);
    CHECK_INT(v, 42);
    CHECK(strlen(err.text) < 150);
    CHECK(strstr(err.text, "yyy...'") != NULL);
}

static const char *double_error(const char *s, double min, double max)
{
    static struct err err;
    double value;
    err_clear(&err);
    return text_parse_double(str_of(s), min, max, &value, &err) == 0 ? "none" : err.text;
}

TEST(numbers)
{
    static const struct {
        const char *text;
        double value;
    } good[] = {{"0.5", 0.5},    {"12", 12},       {".25", 0.25},
                {"-1e3", -1000}, {"2.5E-1", 0.25}, {"3.", 3}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct err err = ERR_INIT;
        double v;
        CHECK_INT(text_parse_double(str_of(good[i].text), -INFINITY, INFINITY, &v, &err), 0);
        CHECK_DOUBLE(v, good[i].value, 0);
    }
}

TEST(numbers_refused)
{
    static const char *const bad[] = {
        "",      " 1", "1 ", "+1",    "nan", "inf",   "-inf",
        "0x1p3", "1e", "e5", "1.2.3", "1,5", "1e999", "-",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(strstr(double_error(bad[i], -INFINITY, INFINITY), "expected a number, got '"));
    CHECK_TEXT(double_error("-1", 0, 1.5), "expected a number from 0 to 1.5, got '-1'");
    CHECK_TEXT(double_error("-1", 0, INFINITY), "expected a number of at least 0, got '-1'");
    CHECK_TEXT(double_error("7", -INFINITY, 6), "expected a number of at most 6, got '7'");
}

TEST(timespans)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"90", 90},      {"0", 0},         {"45s", 45},    {"3m", 180},   {"1h", 3600},
                {"1h30m", 5400}, {"1h3m7s", 3787}, {"2h5s", 7205}, {"100m", 6000}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct err err = ERR_INIT;
        int64_t v;
        CHECK_INT(text_parse_timespan(str_of(good[i].text), &v, &err), 0);
        CHECK_INT(v, good[i].seconds);
    }
}

TEST(timespans_refused)
{
    static const char *const bad[] = {
        "",
        "s",
        "1.5m",
        "-5",
        "5m1h",
        "1h1h",
        "1h30",
        "5 m",
        "1d",
        "10mx",
        "h1",
        "1H",
        "9999999999999999999",
        "9223372036854775807h",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = ERR_INIT;
        int64_t v;
        CHECK_INT(text_parse_timespan(str_of(bad[i]), &v, &err), -1);
        CHECK(strstr(err.text, "expected a time span such as 90, 45s or 1h30m, got '") == err.text);
    }
}

TEST(booleans)
{
    static const char *const yes[] = {"true", "True", "YES", "on", "1"};
    static const char *const no[] = {"false", "FALSE", "no", "Off", "0"};
    struct err err = ERR_INIT;
    for (size_t i = 0; i < 5; i++) {
        bool v = false;
        CHECK_INT(text_parse_bool(str_of(yes[i]), &v, &err), 0);
        CHECK(v);
        CHECK_INT(text_parse_bool(str_of(no[i]), &v, &err), 0);
        CHECK(!v);
    }
    bool v;
    CHECK_INT(text_parse_bool(STR("y"), &v, &err), -1);
    CHECK_TEXT(err.text, "expected true or false, got 'y'");
}

TEST(durations)
{
    CHECK_ADDS(text_add_duration(out, 0), "0s");
    CHECK_ADDS(text_add_duration(out, 45), "45s");
    CHECK_ADDS(text_add_duration(out, 44.6), "45s");
    CHECK_ADDS(text_add_duration(out, 3780), "1h 3m");
    CHECK_ADDS(text_add_duration(out, 3787), "1h 3m 7s");
    CHECK_ADDS(text_add_duration(out, 7205), "2h 5s");
    CHECK_ADDS(text_add_duration(out, 59.7), "1m");
    CHECK_ADDS(text_add_duration(out, -3), "0s");
    CHECK_ADDS(text_add_duration(out, NAN), "0s");
    CHECK_ADDS(text_add_duration(out, 360000), "100h");
}

TEST(byte_counts)
{
    CHECK_ADDS(text_add_bytes(out, 0), "0 B");
    CHECK_ADDS(text_add_bytes(out, 999), "999 B");
    CHECK_ADDS(text_add_bytes(out, 999.7), "1.0 kB");
    CHECK_ADDS(text_add_bytes(out, 1000), "1.0 kB");
    CHECK_ADDS(text_add_bytes(out, 1234567), "1.2 MB");
    CHECK_ADDS(text_add_bytes(out, 999960), "1.0 MB");
    CHECK_ADDS(text_add_bytes(out, 5e9), "5.0 GB");
    CHECK_ADDS(text_add_bytes(out, 7e12), "7.0 TB");
    CHECK_ADDS(text_add_bytes(out, 12e18), "12000.0 PB");
}

TEST(csv_fields)
{
    CHECK_ADDS(text_add_csv(out, STR("/plain path;'x'")), "/plain path;'x'");
    CHECK_ADDS(text_add_csv(out, STR("")), "");
    CHECK_ADDS(text_add_csv(out, STR("a,b")), "\"a,b\"");
    CHECK_ADDS(text_add_csv(out, STR("say \"hi\"")), "\"say \"\"hi\"\"\"");
    CHECK_ADDS(text_add_csv(out, STR("two\nlines")), "\"two\nlines\"");
    CHECK_ADDS(text_add_csv(out, STR("two\rlines")), "\"two\rlines\"");
}

TEST(visible_text)
{
    CHECK_ADDS(text_add_visible(out, STR("caf\xc3\xa9 \xe2\x82\xac"), false),
               "caf\xc3\xa9 \xe2\x82\xac");
    CHECK_ADDS(text_add_visible(out, STR("a\nb\tc\rd"), false), "a\\nb\\tc\\rd");
    CHECK_ADDS(text_add_visible(out, STR("a\nb\tc\rd"), true), "a\nb\tc\\rd");
    CHECK_ADDS(text_add_visible(out, STR("\x1b[2J\x7f\x01"), true), "\\x1b[2J\\x7f\\x01");
    CHECK_ADDS(text_add_visible(out, str_make("a\0b", 3), false), "a\\x00b");
    CHECK_ADDS(text_add_visible(out, STR("\xff\xc3("), false), "\\xff\\xc3(");
    CHECK_ADDS(text_add_visible(out, STR("\xc2\x9b\xe2\x80\xae!\xe2\x81\xa6"), false),
               "\\u{9b}\\u{202e}!\\u{2066}");
}

TEST(widths)
{
    CHECK_INT(text_width(STR("")), 0);
    CHECK_INT(text_width(STR("abc")), 3);
    CHECK_INT(text_width(STR("caf\xc3\xa9")), 4);
    CHECK_INT(text_width(STR("cafe\xcc\x81")), 4);             // a combining accent
    CHECK_INT(text_width(STR("\xe6\x97\xa5\xe6\x9c\xac")), 4); // two wide characters
    CHECK_INT(text_width(STR("\xf0\x9f\x98\x80")), 2);
    CHECK_INT(text_width(STR("\xff\xfe")), 2);
}

TEST(utc_times)
{
    CHECK_ADDS(text_add_utc(out, 0), "1970-01-01T00:00:00Z");
    CHECK_ADDS(text_add_utc(out, 1700000000.999), "2023-11-14T22:13:20Z");
    CHECK_ADDS(text_add_utc(out, 951782400), "2000-02-29T00:00:00Z");
}

TEST(python_repr)
{
    CHECK_ADDS(text_add_python_repr(out, STR("plain")), "'plain'");
    CHECK_ADDS(text_add_python_repr(out, STR("it's")), "\"it's\"");
    CHECK_ADDS(text_add_python_repr(out, STR("\"q\"")), "'\"q\"'");
    CHECK_ADDS(text_add_python_repr(out, STR("it's \"q\"")), "'it\\'s \"q\"'");
    CHECK_ADDS(text_add_python_repr(out, STR("a\\b\n\r\t\x01\x7f")), "'a\\\\b\\n\\r\\t\\x01\\x7f'");
    CHECK_ADDS(text_add_python_repr(out, STR("\xc3\xa9\xf0\x9f\x98\x80")),
               "'\xc3\xa9\xf0\x9f\x98\x80'");
    CHECK_ADDS(text_add_python_repr(out, STR("\xc2\xa0\xe2\x80\xa8\xf3\xa0\x80\x81")),
               "'\\xa0\\u2028\\U000e0001'");
    CHECK_ADDS(text_add_python_repr(out, STR("\xff")), "'\\udcff'");
}

/* GitHub's runner looks behind blanks for "::", and anywhere for "##[". */
TEST(tame_lines)
{
    CHECK_ADDS(text_add_tame(out, STR("a ::b\nc::d")), "a ::b\nc::d");
    CHECK_ADDS(text_add_tame(out, STR("::error::x\n::y")), "\\x3a:error::x\n\\x3a:y");
    CHECK_ADDS(text_add_tame(out, STR("a\n \t::stop-commands::x")), "a\n \t\\x3a:stop-commands::x");
    CHECK_ADDS(text_add_tame(out, STR("a ##[error]x ###[")), "a \\x23#[error]x #\\x23#[");
    CHECK_ADDS(text_add_tame(out, STR("a: b\n:c\n")), "a: b\n:c\n");
}

TEST_MAIN(RUN(whole_numbers); RUN(whole_numbers_refused);
          RUN(refused_value_stays_and_long_text_is_cut); RUN(numbers); RUN(numbers_refused);
          RUN(timespans); RUN(timespans_refused); RUN(booleans); RUN(durations); RUN(byte_counts);
          RUN(csv_fields); RUN(visible_text); RUN(tame_lines); RUN(widths); RUN(utc_times);
          RUN(python_repr);)
