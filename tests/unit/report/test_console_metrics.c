/* test_console_metrics -- the tables of checks and of metrics. */
// SPDX-License-Identifier: MIT
#include "report/console_metrics.h"

#include "base/text.h"
#include "report.h"

TEST(nothing_is_shown_where_there_is_nothing)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    metrics_get(&s->metrics, METRIC_TREND, STR("never"));
    console_add_checks(&out, s, &STYLE_PLAIN);
    console_add_metrics(&out, s, &STYLE_PLAIN);
    CHECK_INT(out.n, 0);
    stats_free(s);
    buf_release(&out);
}

TEST(checks_stand_by_name_and_together)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    add_metrics(s, 1004);
    console_add_checks(&out, s, &(struct style){.columns = 70});
    CHECK_TEXT(buf_cstr(&out),
               "Checks\n"
               "Name                          # checks   # passed   # failed |  passed\n"
               "---------------------------|----------|----------|-----------|--------\n"
               "has a \\x1b[1mtoken, \"x\"              1          1          0 | 100.00%\n"
               "status is 200                        4          3          1 |  75.00%\n"
               "---------------------------|----------|----------|-----------|--------\n"
               "Aggregated                           5          4          1 |  80.00%\n"
               "\n");
    stats_free(s);
    buf_release(&out);
}

TEST(each_kind_shows_what_it_has)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    add_metrics(s, 1004);
    console_add_metrics(&out, s, &(struct style){.columns = 120});
    CHECK_TEXT(buf_cstr(&out), "Metrics\n"
                               "Type     Name              # values        Value    Value/s |      "
                               "Avg       Min       Max       Med       95%       99%\n"
                               "--------|---------------|----------|------------|-----------|------"
                               "---|---------|---------|---------|---------|---------\n"
                               "counter  orders                   4            8          2 |\n"
                               "gauge    queue                    4           -5            |      "
                               "           -5         7\n"
                               "trend    size                   200                         |      "
                               "126      1.25       250       125       238       248\n"
                               "rate     cached                   4       25.00%            |\n"
                               "\n");
    stats_free(s);
    buf_release(&out);
}

TEST(a_narrow_terminal_is_told_what_is_left_out)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    add_metrics(s, 1004);
    console_add_metrics(&out, s, &(struct style){.columns = 60});
    CHECK_TEXT(buf_cstr(&out), "Metrics\n"
                               "Type    Name   # values  Value Value/s | Avg Max Med 95% 99%\n"
                               "-------|------|--------|------|--------|----|---|---|---|---\n"
                               "counter orders        4      8       2 |\n"
                               "gauge   queue         4     -5         |       7\n"
                               "trend   size        200                | 126 250 125 238 248\n"
                               "rate    cached        4 25.00%         |\n"
                               "No room for Min\n"
                               "\n");
    stats_free(s);
    buf_release(&out);
}

TEST_MAIN(RUN(nothing_is_shown_where_there_is_nothing); RUN(checks_stand_by_name_and_together);
          RUN(each_kind_shows_what_it_has); RUN(a_narrow_terminal_is_told_what_is_left_out);)
