/* test_csv_rows -- columns and dialect, beside recordings of Locust's files. */
// SPDX-License-Identifier: MIT
#include "report/csv_rows.h"

#include "report.h"

#define TRACEBACK(line, code)                                                          \
    "  File \"locust/user/task.py\", line 363, in run\n    self.execute_next_task()\n" \
    "  File \"locust/user/task.py\", line 396, in execute_next_task\n"                 \
    "    self.execute_task(self._task_queue.popleft())\n"                              \
    "  File \"locust/user/task.py\", line 513, in execute_task\n    task(self.user)\n" \
    "  File \"inputs/lf_exc.py\", line " line ", in raises\n    " code "\n"

static const char *header(struct buf *file)
{
    static char line[1024];
    snprintf(line, sizeof line, "%s\n", line_of(buf_cstr(file), 0));
    return line;
}

/* The field with this number (from 0) of a row without quotes. */
static struct str field(struct str row, size_t number)
{
    struct str found = STR_EMPTY;
    for (size_t i = 0; i <= number; i++)
        found = str_cut(&row, ',');
    return str_trim(found);
}

TEST(statistics_of_nothing_are_locusts_to_the_byte)
{
    struct buf theirs = BUF_INIT, ours = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    csv_add_stats(&ours, s);
    CHECK_TEXT(buf_cstr(&ours), recording(&theirs, FIXTURES "csv/no_requests_stats.csv"));
    stats_free(s);
    buf_release(&theirs);
    buf_release(&ours);
}

TEST(history_of_nothing_is_locusts_to_the_byte)
{
    struct buf theirs = BUF_INIT, ours = BUF_INIT;
    recording(&theirs, FIXTURES "csv/no_requests_stats_history.csv");
    struct stats *s = stats_new(1795187621, false);
    csv_add_history_header(&ours);
    CHECK_TEXT(buf_cstr(&ours), header(&theirs));
    for (int second = 0; second < 4; second++)
        csv_add_history(&ours, s, second > 0, false, 1795187621.7 + second);
    CHECK(str_starts(buf_slice(&theirs), buf_slice(&ours)));
    CHECK_INT(ours.n, theirs.n);
    stats_free(s);
    buf_release(&theirs);
    buf_release(&ours);
}

TEST(failures_are_locusts_to_the_byte)
{
    struct buf theirs = BUF_INIT, ours = BUF_INIT;
    struct stats *s = stats_new(0, false);
    csv_add_failures(&ours, s);
    CHECK_TEXT(buf_cstr(&ours), recording(&theirs, FIXTURES "csv/no_requests_failures.csv"));
    buf_clear(&ours);
    const double at = 1795187575; // 2026-11-20T15:12:55Z
    for (int i = 0; i < 3; i++)
        failures_add(&s->failures, STR("GET"), STR("/status/500"),
                     STR("HTTPError('500 Server Error: Internal Server Error for url: "
                         "/status/500')"),
                     at + 7 + (i == 2 ? 5.9 : 0.2));
    for (int i = 0; i < 14; i++)
        failures_add(&s->failures, STR("GET"), STR("/status/404"),
                     STR("HTTPError('404 Client Error: Not Found for url: /status/404')"), at + i);
    csv_add_failures(&ours, s);
    CHECK_TEXT(buf_cstr(&ours), recording(&theirs, FIXTURES "csv/mixed_failures.csv"));
    stats_free(s);
    buf_release(&theirs);
    buf_release(&ours);
}

TEST(exceptions_are_locusts_to_the_byte)
{
    struct buf theirs = BUF_INIT, ours = BUF_INIT;
    struct stats *s = stats_new(0, false);
    csv_add_exceptions(&ours, s);
    recording(&theirs, FIXTURES "csv/exceptions_exceptions.csv");
    CHECK_TEXT(buf_cstr(&ours), header(&theirs));
    buf_clear(&ours);
    for (int i = 0; i < 7; i++)
        exceptions_add(&s->exceptions, STR("boom, \"quoted\" <b>"),
                       STR(TRACEBACK("14", "raise ValueError(\"boom, \\\"quoted\\\" <b>\")")),
                       STR("local"));
    csv_add_exceptions(&ours, s);
    CHECK_TEXT(buf_cstr(&ours), buf_cstr(&theirs));
    stats_free(s);
    buf_release(&theirs);
    buf_release(&ours);
}

TEST(statistics_stand_in_their_columns)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    log_one(s, "GET", "/a", 1.98432, NULL, 1002);
    log_one(s, "GET", "/a", 2.5, "x", 1003);
    log_one(s, "GET", "/a", 151.92484099998183, NULL, 1004);
    csv_add_stats(&out, s);
    struct str rest = buf_slice(&out);
    str_cut(&rest, '\n');
    struct str row = str_cut(&rest, '\n');
    const char *const slowest = "151.9"; // 152 would be more than the maximum
    const char *const expected[] = {"GET",     "/a",
                                    "3",       "1",
                                    "2.5",     "52.13638699999394",
                                    "1.98432", "151.92484099998183",
                                    "10.0",    "0.75",
                                    "0.25",    "2.5",
                                    "2.5",     slowest,
                                    slowest,   slowest,
                                    slowest,   slowest,
                                    slowest,   slowest,
                                    slowest,   slowest};
    for (size_t i = 0; i < 22; i++)
        CHECK_STR(field(row, i), expected[i]);
    CHECK(row.p[row.n - 1] == '\r');
    CHECK(str_starts(rest, STR(",Aggregated,3,1,2.5,")));
    stats_free(s);
    buf_release(&out);
}

TEST(rows_are_sorted_and_the_total_is_last)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, true);
    log_one(s, "POST", "/b", 1, NULL, 1001);
    log_one(s, "GET", "/b", 1, NULL, 1001);
    log_one(s, "GET", "/a", 1, NULL, 1001);
    csv_add_stats(&out, s);
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 1)), STR("GET,/a,")));
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 2)), STR("GET,/b,")));
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 3)), STR("POST,/b,")));
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 4)), STR(",Aggregated,")));
    CHECK_TEXT(line_of(buf_cstr(&out), 5), "");
    buf_clear(&out);
    csv_add_history(&out, s, 7, true, 1002.9);
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 0)), STR("1002,7,GET,/a,0.500000,0.000000,")));
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 2)), STR("1002,7,POST,/b,0.500000,")));
    CHECK(str_starts(str_of(line_of(buf_cstr(&out), 3)), STR("1002,7,,Aggregated,1.500000,")));
    CHECK_TEXT(line_of(buf_cstr(&out), 4), "");
    buf_clear(&out);
    csv_add_history(&out, s, 7, false, 1002.9);
    CHECK(str_starts(buf_slice(&out), STR("1002,7,,Aggregated,")));
    stats_free(s);
    buf_release(&out);
}

TEST(the_history_is_of_the_last_ten_seconds_in_both_ways)
{
    for (int full = 0; full <= 1; full++) {
        struct buf out = BUF_INIT;
        struct stats *s = stats_new(1000, full);
        log_one(s, "GET", "/a", 800, "x", 1000.5);
        stats_tick(s, 1, 1001);
        for (int second = 2; second <= 20; second++) {
            if (second > 10)
                log_one(s, "GET", "/a", 20, NULL, 999.5 + second);
            stats_tick(s, 1, 1000 + second);
        }
        csv_add_history(&out, s, 3, full, 1020);
        struct str rest = buf_slice(&out);
        for (struct str row; row = str_cut(&rest, '\n'), row.n > 0;) {
            CHECK_STR(field(row, 4), "1.000000");
            CHECK_STR(field(row, 5), "0.000000");
            CHECK_STR(field(row, 6), "20");
            CHECK_STR(field(row, 16), "20");
            CHECK_STR(field(row, 17), "11");
            CHECK_STR(field(row, 18), "1");
            CHECK_STR(field(row, 22), "800.0");
            CHECK_STR(field(row, 23), "10.0");
        }
        for (int second = 21; second <= 31; second++)
            stats_tick(s, 1, 1000 + second);
        buf_clear(&out);
        csv_add_history(&out, s, 3, full, 1031);
        CHECK_STR(field(buf_slice(&out), 6), "N/A");
        CHECK_STR(field(buf_slice(&out), 16), "N/A");
        CHECK_STR(field(buf_slice(&out), 17), "11");
        stats_free(s);
        buf_release(&out);
    }
}

TEST(foreign_text_stays_one_field)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    failures_add(&s->failures, STR("GET"), STR("/a,b"), STR("say \"x\"\n\xff\0\r"), 0);
    csv_add_failures(&out, s);
    struct str rest = buf_slice(&out);
    str_cut(&rest, '\n');
    CHECK_STR(rest, "GET,\"/a,b\",\"say \"\"x\"\"\n\\xff\\x00\\r\",1,,\r\n");
    stats_free(s);
    buf_release(&out);
}

TEST(checks_and_metrics_have_what_their_kind_has)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    csv_add_metrics(&out, s);
    CHECK_STR(buf_slice(&out),
              "Type,Name,Count,Passed,Failed,Ratio,Sum,Sum/s,Last,Average,Min,Max,50%,66%,75%,80%,"
              "90%,95%,98%,99%,99.9%,99.99%,100%\r\n");
    buf_clear(&out);
    add_metrics(s, 1004);
    csv_add_metrics(&out, s);
    struct str rest = buf_slice(&out);
    str_cut(&rest, '\n');
    CHECK_STR(rest,
              "check,\"has a \x1b[1mtoken, \"\"x\"\"\",1,1,0,1,,,,,,,,,,,,,,,,,\r\n"
              "check,status is 200,4,3,1,0.75,,,,,,,,,,,,,,,,,\r\n"
              "counter,orders,4,,,,8,2,,,,,,,,,,,,,,,\r\n"
              "gauge,queue,4,,,,,,-5,,-5,7,,,,,,,,,,,\r\n"
              "trend,size,200,,,,25125,,,125.625,1.25,250,125,165,188,200,225,238,245,248,250,"
              "250,250\r\n"
              "rate,cached,4,1,3,0.25,,,,,,,,,,,,,,,,,\r\n");
    stats_free(s);
    buf_release(&out);
}

TEST(a_second_that_is_known_by_its_sample)
{
    struct buf out = BUF_INIT;
    csv_add_history_sample(&out, &(struct history_sample){.at_s = 1000.25,
                                                          .users = 10,
                                                          .requests = 300,
                                                          .failures = 2,
                                                          .rate = 12.5,
                                                          .failure_rate = 0.25,
                                                          .p50_ms = 12.3456,
                                                          .average_ms = 0.1});
    CHECK_STR(buf_slice(&out), "1000,10,,Aggregated,12.500000,0.250000,12.3,N/A,N/A,N/A,N/A,N/A,"
                               "N/A,N/A,N/A,N/A,N/A,300,2,N/A,0.1,N/A,N/A,N/A\r\n");
    buf_release(&out);
}

TEST_MAIN(RUN(statistics_of_nothing_are_locusts_to_the_byte);
          RUN(history_of_nothing_is_locusts_to_the_byte); RUN(failures_are_locusts_to_the_byte);
          RUN(exceptions_are_locusts_to_the_byte); RUN(statistics_stand_in_their_columns);
          RUN(rows_are_sorted_and_the_total_is_last);
          RUN(the_history_is_of_the_last_ten_seconds_in_both_ways);
          RUN(foreign_text_stays_one_field); RUN(a_second_that_is_known_by_its_sample);
          RUN(checks_and_metrics_have_what_their_kind_has);)
