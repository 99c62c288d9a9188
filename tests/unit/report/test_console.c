/* test_console -- the tables, beside recordings of Locust's. */
// SPDX-License-Identifier: MIT
#include "report/console.h"

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
    console_add_percentiles(&ours, s, &(struct style){.columns = 160});
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

/* Recorded from a terminal of 80 and of 100 columns. */
TEST(widths_follow_the_terminal)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    console_add_stats(&out, s, &(struct style){.columns = 80}, false, 1000);
    CHECK_TEXT(line_of(buf_cstr(&out), 0), "Type     Name  # reqs      # fails |    Avg     Min    "
                                           " Max    Med |   req/s  failures/s");
    CHECK_TEXT(
        line_of(buf_cstr(&out), 1),
        "--------||-------|-------------|-------|-------|-------|-------|--------|-----------");
    CHECK_TEXT(line_of(buf_cstr(&out), 3), "         Aggregated       0     0(0.00%) |      0      "
                                           " 0       0      0 |    0.00        0.00");
    buf_clear(&out);
    console_add_stats(&out, s, &(struct style){.columns = 100}, false, 1000);
    CHECK(
        str_starts(str_of(line_of(buf_cstr(&out), 1)), STR("--------|----------------|-------|")));
    buf_clear(&out);
    console_add_stats(&out, s, &(struct style){.columns = 500}, false, 1000);
    CHECK_INT(strlen(line_of(buf_cstr(&out), 1)), 160);
    buf_clear(&out);
    console_add_percentiles(&out, s, &(struct style){.columns = 80});
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 1)), STR("Type     Name      50%    66%")));
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 2)), STR("--------||--------|------|")));
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
    log_one(s, "TRANSACTION", "/z", 1, NULL, 1001);
    log_one(s, "GET", "/\xe5\x95\x86\xe5\x93\x81", 1, NULL, 1001); // two wide characters
    console_add_stats(&out, s, &no_terminal, false, 1001);
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 2)), STR("TRANSACTION  /z ")));
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
          RUN(an_empty_table_has_its_total); RUN(widths_follow_the_terminal);
          RUN(long_and_wide_names_keep_what_they_are); RUN(no_text_can_steer_the_terminal);
          RUN(exceptions_show_the_first_lines_of_their_traceback);
          RUN(the_summary_says_what_the_tables_cannot);)
