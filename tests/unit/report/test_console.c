/* test_console -- the tables, beside recordings of Locust's. */
// SPDX-License-Identifier: MIT
#include "report/console.h"

#include "base/text.h"
#include "report.h"

static const struct style no_terminal;

/* What the recording ok.err says of GET /slow: 5 requests, 152 to 154 ms, 1.91 a second. */
static struct stats *slow_ones(void)
{
    static const double ms[] = {152, 152.2, 152.4, 153.4, 154};
    struct stats *s = stats_new(1000, false);
    for (size_t i = 0; i < 5; i++)
        log_one(s, "GET", "/slow", ms[i], NULL, 1002.62);
    return s;
}

TEST(the_statistics_table_is_laid_out_as_locusts)
{
    struct buf theirs = BUF_INIT, ours = BUF_INIT;
    recording(&theirs, FIXTURES "console/ok.err");
    struct stats *s = slow_ones();
    console_add_stats(&ours, s, &no_terminal, false, 1003);
    const char *text = buf_cstr(&ours);
    for (size_t i = 0; i <= 3; i++)
        CHECK(has_line(buf_cstr(&theirs), line_of(text, i)));
    CHECK_INT(str_of(line_of(text, 0)).n, str_of(line_of(text, 2)).n);
    CHECK_TEXT(line_of(text, 4),
               "         Aggregated                                                              "
               "           5     0(0.00%) |    153     152     154    152 |    1.91        0.00");
    CHECK_TEXT(line_of(text, 5), "");
    stats_free(s);
    buf_release(&theirs);
    buf_release(&ours);
}

TEST(the_percentile_table_is_laid_out_as_locusts)
{
    struct buf theirs = BUF_INIT, ours = BUF_INIT;
    recording(&theirs, FIXTURES "console/ok.err");
    struct stats *s = stats_new(1000, false);
    for (size_t i = 0; i < 5; i++)
        log_one(s, "GET", "/slow", 150, NULL, 1001);
    stats_entry(s, STR("GET"), STR("/never"), 1000);
    stats_log(s, stats_entry(s, STR("GET"), STR("/untimed"), 1000), false, 0, 0, STR_EMPTY, 1001);
    console_add_percentiles(&ours, s, &no_terminal);
    const char *text = buf_cstr(&ours);
    for (size_t i = 0; i <= 4; i++)
        CHECK(has_line(buf_cstr(&theirs), line_of(text, i)));
    CHECK(str_starts(str_of(line_of(text, 3)), STR("GET      /slow  ")));
    CHECK(str_starts(str_of(line_of(text, 5)), STR("         Aggregated  ")));
    CHECK(str_ends(str_of(line_of(text, 5)), STR("  150    150      6")));
    CHECK_TEXT(line_of(text, 6), "");
    CHECK(!str_contains(buf_slice(&ours), STR("/never")));
    CHECK(!str_contains(buf_slice(&ours), STR("/untimed")));
    stats_free(s);
    buf_release(&theirs);
    buf_release(&ours);
}

TEST(the_error_report_is_laid_out_as_locusts)
{
    struct buf theirs = BUF_INIT, ours = BUF_INIT;
    recording(&theirs, FIXTURES "console/mixed.err");
    struct stats *s = stats_new(1000, false);
    for (int i = 0; i < 9; i++)
        log_one(s, "GET", "/status/404", 1,
                "HTTPError('404 Client Error: Not Found for url: /status/404')", 1001);
    for (int i = 0; i < 2; i++)
        log_one(s, "GET", "/status/500", 1,
                "HTTPError('500 Server Error: Internal Server Error for url: /status/500')", 1001);
    console_add_failures(&ours, s, &no_terminal);
    CHECK(str_starts(buf_slice(&ours), STR("Error report\n")));
    CHECK(strstr(buf_cstr(&theirs), buf_cstr(&ours)) != NULL);
    stats_free(s);
    buf_release(&theirs);
    buf_release(&ours);
}

TEST(rows_are_sorted_by_name_then_method)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    log_one(s, "POST", "/b", 1, NULL, 1001);
    log_one(s, "GET", "/b", 1, NULL, 1001);
    log_one(s, "GET", "/a", 1, NULL, 1001);
    console_add_stats(&out, s, &no_terminal, false, 1002);
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 2)), STR("GET      /a ")));
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 3)), STR("GET      /b ")));
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 4)), STR("POST     /b ")));
    stats_free(s);
    buf_release(&out);
}

TEST(small_times_have_decimals_and_failures_a_share)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    log_one(s, "GET", "/", 0.042, NULL, 1001);
    log_one(s, "GET", "/", 0.35, "x", 1001);
    log_one(s, "GET", "/", 9.5, NULL, 1002);
    console_add_stats(&out, s, &no_terminal, false, 1002);
    CHECK(str_ends(str_of(line_of(buf_cstr(&out), 2)),
                   STR("  3    1(33.33%) |   3.30   0.042    9.50   0.35 |    1.50        0.50")));
    stats_free(s);
    buf_release(&out);
}

TEST(current_rates_are_asked_for)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    for (int i = 0; i < 30; i++)
        log_one(s, "GET", "/", 1, i < 10 ? "x" : NULL, 1001 + i);
    console_add_stats(&out, s, &no_terminal, true, 1035);
    CHECK(str_ends(str_of(line_of(buf_cstr(&out), 2)), STR("|    0.60        0.00")));
    stats_free(s);
    buf_release(&out);
}

TEST(an_empty_table_has_its_total)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    console_add_stats(&out, s, &no_terminal, true, 1000);
    CHECK(str_ends(str_of(line_of(buf_cstr(&out), 3)),
                   STR(" 0     0(0.00%) |      0       0       0      0 |    0.00        0.00")));
    buf_clear(&out);
    console_add_failures(&out, s, &no_terminal);
    console_add_exceptions(&out, s, &no_terminal);
    CHECK_INT(out.n, 0);
    stats_free(s);
    buf_release(&out);
}

/* A run of many names: long ones, wide ones, and ones that differ in their middle alone. */
static struct stats *many_names(void)
{
    static const char *const names[] = {
        "/",
        "/api/v2/customers/[id]/orders/[id]/items",
        "/api/v2/customers/[id]/drafts/[id]/items",
        "/\xe5\x95\x86\xe5\x93\x81/\xe5\x95\x86\xe5\x93\x81/"
        "\xe5\x95\x86\xe5\x93\x81/\xe5\x95\x86\xe5\x93\x81",
        "/cafe\xcc\x81s/cre\xcc\x80me-bru\xcc\x82le\xcc\x81"
        "e",
    };
    struct stats *s = stats_new(1000, false);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        for (int j = 0; j < 2000; j++)
            log_one(s, i % 2 == 0 ? "GET" : "DELETE", names[i], j * 1.7,
                    j == 7
                        ? "a reason of many words that is longer than a line of a narrow terminal"
                        : NULL,
                    1001 + j * 0.01);
    }
    exceptions_add(&s->exceptions, STR("shop.lua:7: something went wrong that takes long to tell"),
                   STR("stack traceback:\n\tshop.lua:7: in function 'a_function_of_a_long_name'\n"),
                   STR("local"));
    s->in_flight_at_end = 12;
    s->names_left_out = 7;
    return s;
}

TEST(tables_fit_the_terminal)
{
    struct buf out = BUF_INIT;
    struct stats *s = many_names();
    for (unsigned columns = 40; columns < 220; columns++) {
        for (int unicode = 0; unicode < 2; unicode++) {
            buf_clear(&out);
            struct style style = {.columns = columns, .has_unicode = unicode};
            console_add_summary(&out, s, &style, 1030);
            struct str rest = buf_slice(&out);
            while (rest.n > 0) {
                struct str line = str_cut(&rest, '\n');
                // Names that would look alike stand by themselves, whole.
                bool is_name = str_starts(line, STR("GET")) || str_starts(line, STR("DELETE"));
                if (text_width(line) > columns && !(is_name && str_ends(line, STR("items"))))
                    printf("%u: %.*s\n", columns, STR_ARG(line));
                CHECK(text_width(line) <= columns || (is_name && str_ends(line, STR("items"))));
            }
        }
    }
    stats_free(s);
    buf_release(&out);
}

TEST(a_wide_terminal_has_locusts_layout)
{
    struct buf wide = BUF_INIT, plain = BUF_INIT;
    struct stats *s = slow_ones();
    console_add_stats(&wide, s, &(struct style){.columns = 160}, false, 1003);
    console_add_percentiles(&wide, s, &(struct style){.columns = 175});
    console_add_stats(&plain, s, &no_terminal, false, 1003);
    console_add_percentiles(&plain, s, &no_terminal);
    CHECK_TEXT(buf_cstr(&wide), buf_cstr(&plain));
    stats_free(s);
    buf_release(&wide);
    buf_release(&plain);
}

TEST(a_narrow_terminal_has_narrower_and_fewer_columns)
{
    struct buf out = BUF_INIT;
    struct stats *s = slow_ones();
    console_add_stats(&out, s, &(struct style){.columns = 80}, false, 1003);
    CHECK_TEXT(buf_cstr(&out),
               "Type  Name        # reqs   # fails |  Avg  Min   Max   Med |   req/s  failures/s\n"
               "-----|----------|-------|----------|-----|----|-----|------|--------|-----------\n"
               "GET   /slow            5  0(0.00%) |  153  152   154   152 |    1.91        0.00\n"
               "-----|----------|-------|----------|-----|----|-----|------|--------|-----------\n"
               "      Aggregated       5  0(0.00%) |  153  152   154   152 |    1.91        0.00\n"
               "\n");
    buf_clear(&out);
    console_add_percentiles(&out, s, &(struct style){.columns = 60});
    CHECK_TEXT(buf_cstr(&out), "Response time percentiles (approximated)\n"
                               "Type Name       50% 90% 95% 98% 99% 99.9% 99.99% 100% # reqs\n"
                               "----|----------|---|---|---|---|---|-----|------|----|------\n"
                               "GET  /slow      152 154 154 154 154   154    154  154      5\n"
                               "----|----------|---|---|---|---|---|-----|------|----|------\n"
                               "     Aggregated 152 154 154 154 154   154    154  154      5\n"
                               "No room for 66%, 75%, 80%\n"
                               "\n");
    stats_free(s);
    buf_release(&out);
}

/* Three long names; two of which differ in their middle alone. */
static struct stats *long_names(void)
{
    struct stats *s = stats_new(1000, false);
    log_one(s, "GET", "/api/v2/customers/[id]/orders", 1, "x", 1001);
    log_one(s, "GET", "/api/v2/products/all/stocks/by/shelf/now", 1, NULL, 1001);
    log_one(s, "GET", "/api/v2/products/one/stocks/by/shelf/now", 1, NULL, 1001);
    return s;
}

TEST(a_cut_name_keeps_both_ends)
{
    struct buf out = BUF_INIT;
    struct stats *s = long_names();
    log_one(s, "GET", "/a/of/twelve/words/that/take/so/much/room/z", 1, NULL, 1001);
    console_add_stats(&out, s, &(struct style){.columns = 80, .has_unicode = true}, false, 1001);
    CHECK_TEXT(buf_cstr(&out),
               "Type Name                        # reqs    # fails |  Avg  Min  Max  Med | req/s\n"
               "----|---------------------------|------|-----------|-----|----|----|-----|------\n"
               "GET  /a/of/twelve/\xe2\x80\xa6"
               "o/much/room/z      1   0(0.00%) | 1.00 1.00 1.00 1.00 |  1.00\n"
               "GET  /api/v2/custo\xe2\x80\xa6"
               "s/[id]/orders      1 1(100.00%) | 1.00 1.00 1.00 1.00 |  1.00\n"
               "GET  /api/v2/products/all/stocks/by/shelf/now\n"
               "                                      1   0(0.00%) | 1.00 1.00 1.00 1.00 |  1.00\n"
               "GET  /api/v2/products/one/stocks/by/shelf/now\n"
               "                                      1   0(0.00%) | 1.00 1.00 1.00 1.00 |  1.00\n"
               "----|---------------------------|------|-----------|-----|----|----|-----|------\n"
               "     Aggregated                       4  1(25.00%) | 1.00 1.00 1.00 1.00 |  4.00\n"
               "No room for failures/s\n"
               "\n");
    buf_clear(&out);
    console_add_stats(&out, s, &(struct style){.columns = 80}, false, 1001);
    CHECK_TEXT(buf_cstr(&out),
               "Type Name                        # reqs    # fails |  Avg  Min  Max  Med | req/s\n"
               "----|---------------------------|------|-----------|-----|----|----|-----|------\n"
               "GET  /a/of/twelve.../much/room/z      1   0(0.00%) | 1.00 1.00 1.00 1.00 |  1.00\n"
               "GET  /api/v2/cust.../[id]/orders      1 1(100.00%) | 1.00 1.00 1.00 1.00 |  1.00\n"
               "GET  /api/v2/products/all/stocks/by/shelf/now\n"
               "                                      1   0(0.00%) | 1.00 1.00 1.00 1.00 |  1.00\n"
               "GET  /api/v2/products/one/stocks/by/shelf/now\n"
               "                                      1   0(0.00%) | 1.00 1.00 1.00 1.00 |  1.00\n"
               "----|---------------------------|------|-----------|-----|----|----|-----|------\n"
               "     Aggregated                       4  1(25.00%) | 1.00 1.00 1.00 1.00 |  4.00\n"
               "No room for failures/s\n"
               "\n");
    stats_free(s);
    buf_release(&out);
}

TEST(failures_are_red_where_there_are_colours)
{
    struct buf out = BUF_INIT;
    struct stats *s = long_names();
    struct style style = {.columns = 160, .has_colours = true};
    console_add_stats(&out, s, &style, false, 1001);
    CHECK(str_contains(buf_slice(&out), STR(" \x1b[31m1(100.00%)\x1b[0m |")));
    CHECK(str_contains(buf_slice(&out), STR("     0(0.00%) |")));
    buf_clear(&out);
    console_add_failures(&out, s, &style);
    CHECK(
        str_contains(buf_slice(&out), STR("\n\x1b[31m1                 \x1b[0m GET /api/v2/cus")));
    stats_free(s);
    buf_release(&out);
}

TEST(long_and_wide_names_keep_what_they_are)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    char name[101];
    memset(name, 'n', 100);
    name[100] = '\0';
    log_one(s, "GET", name, 1, NULL, 1001);
    log_one(s, "UNSUBSCRIBE", "/z", 1, NULL, 1001);
    log_one(s, "GET", "/\xe5\x95\x86\xe5\x93\x81", 1, NULL, 1001); // two wide characters
    console_add_stats(&out, s, &no_terminal, false, 1001);
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 2)), STR("UNSUBSCRIBE  /z ")));
    CHECK(str_contains(str_of(line_of(buf_cstr(&out), 4)), str_of(name)));
    size_t wide = str_of(line_of(buf_cstr(&out), 3)).n;
    size_t plain = str_of(line_of(buf_cstr(&out), 6)).n;
    CHECK_INT(wide, plain + 2); // six bytes in four columns
    stats_free(s);
    buf_release(&out);
}

TEST(no_text_can_steer_the_terminal)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    log_one(s, "G\x1b[2JT", "/\x1b]0;x\x07", 1, "bad\x1b[31m\nline", 1001);
    exceptions_add(&s->exceptions, STR("m\x1b[0m"), STR("t\x1b[1m\rx"), STR("n\x1b[7m"));
    console_add_summary(&out, s, &no_terminal, 1001);
    CHECK(str_index(buf_slice(&out), '\x1b') == out.n);
    CHECK(str_index(buf_slice(&out), '\r') == out.n);
    CHECK(str_contains(buf_slice(&out), STR("bad\\x1b[31m\\nline")));
    stats_free(s);
    buf_release(&out);
}

TEST(exceptions_show_the_first_lines_of_their_traceback)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    exceptions_add(&s->exceptions, STR("shop.lua:7: boom"),
                   STR("shop.lua:7: boom\nstack traceback:\n\t[C]: in function 'error'\n\tl2\n\tl3"
                       "\n\tl4\n\tl5\n\tl6\n\tl7\n\tl8\n\tl9\n"),
                   STR("local"));
    exceptions_add(&s->exceptions, STR("other"), STR_EMPTY, STR("w1"));
    exceptions_add(&s->exceptions, STR("other"), STR_EMPTY, STR("w2"));
    console_add_exceptions(&out, s, &no_terminal);
    const char *text = buf_cstr(&out);
    CHECK_TEXT(line_of(text, 1), "# occurrences      Exception");
    CHECK_TEXT(line_of(text, 3), "1                  shop.lua:7: boom (on local)");
    CHECK_TEXT(line_of(text, 4), "                     stack traceback:");
    CHECK_TEXT(line_of(text, 5), "                       [C]: in function 'error'");
    CHECK_TEXT(line_of(text, 11), "                       l7");
    CHECK_TEXT(line_of(text, 12), "                     ... and 2 more lines");
    CHECK_TEXT(line_of(text, 13), "2                  other (on w1, w2)");
    CHECK_TEXT(line_of(text, 14), line_of(text, 2));
    CHECK_TEXT(line_of(text, 15), "");
    stats_free(s);
    buf_release(&out);
}

TEST(the_summary_says_what_the_tables_cannot)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    log_one(s, "GET", "/", 5, NULL, 1001);
    console_add_summary(&out, s, &no_terminal, 1001);
    CHECK(!str_contains(buf_slice(&out), STR("in flight")));
    CHECK(!str_contains(buf_slice(&out), STR("Error report")));
    CHECK(!str_contains(buf_slice(&out), STR("Exceptions")));
    CHECK(!str_contains(buf_slice(&out), STR("(other)")));
    CHECK(str_contains(buf_slice(&out), STR("Response time percentiles")));

    buf_clear(&out);
    s->in_flight_at_end = 12;
    s->names_left_out = 1;
    console_add_summary(&out, s, &no_terminal, 1001);
    CHECK(str_contains(buf_slice(&out), STR("\n12 requests were in flight at the end")));
    CHECK(str_contains(buf_slice(&out), STR("\n1 request is counted under \"(other)\": there were "
                                            "more than 1000 names (name = ")));
    stats_free(s);
    buf_release(&out);
}

TEST_MAIN(RUN(the_statistics_table_is_laid_out_as_locusts);
          RUN(the_percentile_table_is_laid_out_as_locusts);
          RUN(the_error_report_is_laid_out_as_locusts); RUN(rows_are_sorted_by_name_then_method);
          RUN(small_times_have_decimals_and_failures_a_share); RUN(current_rates_are_asked_for);
          RUN(an_empty_table_has_its_total); RUN(tables_fit_the_terminal);
          RUN(a_wide_terminal_has_locusts_layout);
          RUN(a_narrow_terminal_has_narrower_and_fewer_columns);
          RUN(failures_are_red_where_there_are_colours); RUN(a_cut_name_keeps_both_ends);
          RUN(long_and_wide_names_keep_what_they_are); RUN(no_text_can_steer_the_terminal);
          RUN(exceptions_show_the_first_lines_of_their_traceback);
          RUN(the_summary_says_what_the_tables_cannot);)
