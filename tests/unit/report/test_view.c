/* test_view -- names, rounding, foreign text. */
// SPDX-License-Identifier: MIT
#include "report/view.h"

#include "base/text.h"

#include "report.h"

static const char *time_text(struct buf *out, double ms, int width)
{
    buf_clear(out);
    view_add_time(out, ms, width);
    return buf_cstr(out);
}

static const char *rounded(struct buf *out, double ms)
{
    buf_clear(out);
    view_add_rounded(out, ms);
    return buf_cstr(out);
}

static const char *text(struct buf *out, struct str s)
{
    buf_clear(out);
    view_add_text(out, s);
    return buf_cstr(out);
}

static const char *failure(struct buf *out, const char *words)
{
    struct failures f;
    failures_init(&f);
    failures_add(&f, STR("GET"), STR("/a b"), str_of(words), 0);
    buf_clear(out);
    view_add_failure(out, f.all);
    failures_release(&f);
    return buf_cstr(out);
}

TEST(the_total_is_called_aggregated)
{
    struct stats *s = stats_new(0, false);
    CHECK_TEXT(view_name(s->total), "Aggregated");
    CHECK_TEXT(view_name(stats_entry(s, STR("GET"), STR("/a"), 0)), "/a");
    CHECK_TEXT(view_name(stats_entry(s, STR("GET"), STR_EMPTY, 0)), "");
    stats_free(s);
}

TEST(percentiles_stand_under_their_labels)
{
    CHECK_TEXT(view_percentile_labels[0], "50%");
    CHECK_DOUBLE(view_percentiles[0], 0.5, 0);
    CHECK_TEXT(view_percentile_labels[9], "99.99%");
    CHECK_DOUBLE(view_percentiles[9], 0.9999, 0);
    for (size_t i = 0; i < VIEW_PERCENTILES; i++)
        CHECK_DOUBLE(strtod(view_percentile_labels[i], NULL), view_percentiles[i] * 100, 1e-9);
}

TEST(percentiles_have_three_significant_digits)
{
    struct histogram h = {0};
    double values[VIEW_PERCENTILES];
    view_percentile_values(&h, values);
    CHECK_DOUBLE(values[0], 0, 0);
    histogram_add(&h, 1);
    histogram_add_many(&h, 1.98432, 49);
    histogram_add_many(&h, 151.92, 16);
    histogram_add_many(&h, 12345.678, 34);
    view_percentile_values(&h, values);
    histogram_release(&h);
    CHECK_DOUBLE(values[0], 1.98, 0);
    CHECK_DOUBLE(values[1], 152, 0);
    CHECK_DOUBLE(values[2], 12300, 0);
    CHECK_DOUBLE(values[10], 12300, 0);
}

TEST(rounding_takes_no_percentile_past_an_extreme)
{
    const double times[] = {0.175367, 9.9951, 1236.4, 12356};
    struct histogram h = {0};
    double values[VIEW_PERCENTILES];
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        histogram_add_many(&h, times[i], 3);
        view_percentile_values(&h, values);
        for (size_t k = 0; k < VIEW_PERCENTILES; k++)
            CHECK_DOUBLE(values[k], times[i], 0);
        histogram_clear(&h);
    }
    struct stats *s = stats_new(0, false);
    log_one(s, "GET", "/", 1236.4, NULL, 1);
    CHECK_DOUBLE(view_median(s->total), 1236.4, 0);
    stats_free(s);
}

TEST(digits_are_added_only_where_three_go_too_far)
{
    struct histogram h = {0};
    double values[VIEW_PERCENTILES];
    histogram_add(&h, 400.177513);
    histogram_add_many(&h, 400.30, 2);
    histogram_add(&h, 407.919446);
    view_percentile_values(&h, values);
    histogram_release(&h);
    CHECK_DOUBLE(values[0], 400.3, 0.1001);
    CHECK_DOUBLE(values[10], 407.9, 0);
}

TEST(the_median_is_the_50_percentile)
{
    struct stats *s = stats_new(0, false);
    log_one(s, "GET", "/", 0.3456, NULL, 1);
    log_one(s, "GET", "/", 0.1, NULL, 1);
    log_one(s, "GET", "/", 0.9, NULL, 1);
    CHECK_DOUBLE(view_median(s->total), 0.346, 0);
    stats_free(s);
}

TEST(tables_show_decimals_below_ten_milliseconds)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(time_text(&out, 0, 7), "      0");
    CHECK_TEXT(time_text(&out, 1.98, 7), "   1.98");
    CHECK_TEXT(time_text(&out, 0.35, 6), "  0.35");
    CHECK_TEXT(time_text(&out, 0.042, 6), " 0.042");
    CHECK_TEXT(time_text(&out, 0.0999, 0), "0.10");
    CHECK_TEXT(time_text(&out, 2, 0), "2.00");
    CHECK_TEXT(time_text(&out, 9.994, 0), "9.99");
    CHECK_TEXT(time_text(&out, 9.996, 0), "10");
    CHECK_TEXT(time_text(&out, 10.4, 6), "    10");
    CHECK_TEXT(time_text(&out, 152.68, 7), "    153");
    CHECK_TEXT(time_text(&out, 3600000, 6), "3600000");
    buf_release(&out);
}

/* What a report says of a time that is the median and no extreme. */
static double shown(double ms)
{
    struct histogram h = {0};
    double values[VIEW_PERCENTILES];
    histogram_add(&h, ms / 2);
    histogram_add(&h, ms);
    histogram_add(&h, ms * 2);
    view_percentile_values(&h, values);
    histogram_release(&h);
    return values[0];
}

TEST(rounding_is_to_the_nearest_decimal)
{
    CHECK_DOUBLE(shown(0.001), 0.001, 0);
    CHECK_DOUBLE(shown(0.9996), 1, 0);
    CHECK_DOUBLE(shown(9.995001), 10, 0);
    CHECK_DOUBLE(shown(99.94), 99.9, 0);
    CHECK_DOUBLE(shown(99.98), 100, 0);
    CHECK_DOUBLE(shown(999.6), 1000, 0);
    CHECK_DOUBLE(shown(1234.9), 1230, 0);
    CHECK_DOUBLE(shown(3599900), 3600000, 0);
    for (int i = 100; i < 1000; i++) { // each is the double that its text means
        char text[16];
        snprintf(text, sizeof text, "%d.%02d", i / 100, i % 100);
        CHECK_DOUBLE(shown(i / 100.0 + 0.0001), strtod(text, NULL), 0);
    }
}

TEST(files_hold_the_shortest_decimal)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(rounded(&out, 0), "0");
    CHECK_TEXT(rounded(&out, 1.98), "1.98");
    CHECK_TEXT(rounded(&out, 2.5), "2.5");
    CHECK_TEXT(rounded(&out, 152), "152");
    CHECK_TEXT(rounded(&out, 12300), "12300");
    CHECK_TEXT(rounded(&out, 3600000), "3600000");
    CHECK_TEXT(rounded(&out, 0.001), "0.001");
    buf_release(&out);
}

TEST(foreign_text_becomes_valid)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(text(&out, STR("caf\xc3\xa9 \xe2\x82\xac, \"x\"\n\t")),
               "caf\xc3\xa9 \xe2\x82\xac, \"x\"\n\t");
    CHECK_TEXT(text(&out, STR("a\0b")), "a\\x00b");
    CHECK_TEXT(text(&out, STR("a\xff\xc3")), "a\\xff\\xc3");
    CHECK_TEXT(text(&out, STR("a\rb\r\nc\r")), "a\\rb\r\nc\\r");
    buf_release(&out);
}

TEST(failures_are_shown_with_method_and_name)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(failure(&out, "refused"), "GET /a b: refused");
    buf_release(&out);
}

TEST(a_scripts_own_text_is_shown_bare)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(failure(&out, "CatchResponseError('too slow')"), "GET /a b: too slow");
    CHECK_TEXT(failure(&out, "CatchResponseError(\"it's\")"), "GET /a b: it's");
    CHECK_TEXT(failure(&out, "CatchResponseError('')"), "GET /a b: ");
    CHECK_TEXT(failure(&out, "CatchResponseError(too slow)"),
               "GET /a b: CatchResponseError(too slow)");
    CHECK_TEXT(failure(&out, "CatchResponseError('a\\')"), "GET /a b: CatchResponseError('a\\')");
    CHECK_TEXT(failure(&out, "CatchResponseError('a\\q')"), "GET /a b: CatchResponseError('a\\q')");
    CHECK_TEXT(failure(&out, "CatchResponseError('a\\xg1')"),
               "GET /a b: CatchResponseError('a\\xg1')");
    CHECK_TEXT(failure(&out, "CatchResponseError('a\")"), "GET /a b: CatchResponseError('a\")");
    CHECK_TEXT(failure(&out, "CatchResponseError(')"), "GET /a b: CatchResponseError(')");
    buf_release(&out);
}

TEST(what_was_quoted_is_read_back)
{
    static const char *const words[] = {
        "plain",
        "it's \"both\"",
        "back\\slash",
        "line\nfeed\ttab\r",
        "\x01\x7f",
        "caf\xc3\xa9",
        "nbsp \xc2\xa0",
        "bidi \xe2\x80\xae",
        "tag \xf3\xa0\x80\x81",
        "bad \xff\xc3 bytes",
    };
    struct buf quoted = BUF_INIT, out = BUF_INIT, expected = BUF_INIT;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        buf_clear(&quoted);
        buf_add_cstr(&quoted, "CatchResponseError(");
        text_add_python_repr(&quoted, str_of(words[i]));
        buf_add_cstr(&quoted, ")");
        buf_clear(&expected);
        buf_addf(&expected, "GET /a b: %s", words[i]);
        CHECK_TEXT(failure(&out, buf_cstr(&quoted)), buf_cstr(&expected));
    }
    buf_release(&quoted);
    buf_release(&out);
    buf_release(&expected);
}

static const char *value(struct buf *out, double value)
{
    buf_clear(out);
    view_add_value(out, value);
    return buf_cstr(out);
}

TEST(values_of_metrics_have_three_digits_or_are_whole)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(value(&out, 0), "0");
    CHECK_TEXT(value(&out, -0.0), "0");
    CHECK_TEXT(value(&out, 3), "3");
    CHECK_TEXT(value(&out, 12.345), "12.3");
    CHECK_TEXT(value(&out, -12.355), "-12.4");
    CHECK_TEXT(value(&out, 0.0012345), "0.00123");
    CHECK_TEXT(value(&out, 99.99), "100");
    CHECK_TEXT(value(&out, 123.5), "124");
    CHECK_TEXT(value(&out, 123456.7), "123457");
    CHECK_TEXT(value(&out, -1234567890), "-1234567890");
    CHECK_TEXT(value(&out, 1e300), "1e+300");
    CHECK_TEXT(value(&out, 2.5e-8), "2.5e-08");
    buf_clear(&out);
    view_add_ratio(&out, 2 / 3.0);
    CHECK_TEXT(buf_cstr(&out), "66.67%");
    buf_release(&out);
}

TEST(a_time_alone_has_three_digits)
{
    CHECK_DOUBLE(view_rounded(12.3456), 12.3, 1e-12);
    CHECK_DOUBLE(view_rounded(123456), 123000, 0);
    CHECK_DOUBLE(view_rounded(0), 0, 0);
    // Halves go to the even one, though 1.035 and 1.055 times a hundred are none as doubles.
    CHECK_DOUBLE(view_rounded(1.025), 1.02, 1e-12);
    CHECK_DOUBLE(view_rounded(1.035), 1.04, 1e-12);
    CHECK_DOUBLE(view_rounded(1.055), 1.06, 1e-12);
    CHECK_DOUBLE(view_rounded(1.0349), 1.03, 1e-12);
    CHECK_DOUBLE(view_rounded(12350), 12400, 0);
    CHECK_DOUBLE(view_rounded(12450), 12400, 0);
}

TEST_MAIN(RUN(a_time_alone_has_three_digits); RUN(the_total_is_called_aggregated);
          RUN(percentiles_stand_under_their_labels); RUN(percentiles_have_three_significant_digits);
          RUN(rounding_takes_no_percentile_past_an_extreme);
          RUN(digits_are_added_only_where_three_go_too_far); RUN(the_median_is_the_50_percentile);
          RUN(tables_show_decimals_below_ten_milliseconds); RUN(rounding_is_to_the_nearest_decimal);
          RUN(files_hold_the_shortest_decimal); RUN(foreign_text_becomes_valid);
          RUN(failures_are_shown_with_method_and_name); RUN(a_scripts_own_text_is_shown_bare);
          RUN(what_was_quoted_is_read_back); RUN(values_of_metrics_have_three_digits_or_are_whole);)
