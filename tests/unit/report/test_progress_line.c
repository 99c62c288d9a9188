/* test_progress_line -- what the line says, and what it leaves out where there is no room. */
// SPDX-License-Identifier: MIT
#include "report/progress_line.h"

#include "report.h"

static const char *line(struct buf *out, const struct stats *s, struct progress_facts facts,
                        unsigned columns)
{
    buf_clear(out);
    progress_add_line(out, s, &facts, &(struct style){.columns = columns});
    return buf_cstr(out);
}

static struct stats *some(size_t n, size_t failures, double ms)
{
    struct stats *s = stats_new(1000, false);
    for (size_t i = 0; i < n; i++)
        log_one(s, "GET", "/", ms, i < failures ? "x" : NULL, 1000.5);
    stats_tick(s, 20, 1001);
    return s;
}

TEST(all_of_it_is_said)
{
    struct buf out = BUF_INIT;
    struct stats *s = some(148, 0, 23.4);
    struct progress_facts facts = {12.0001, 30, 20, 20, "running"};
    CHECK_TEXT(line(&out, s, facts, 0),
               "[00:12/00:30] 20 users  148.0 req/s  0.0% failed  p95 23 ms  running");
    facts = (struct progress_facts){3599.9996, 0, 5, 20, "spawning"};
    CHECK_TEXT(line(&out, s, facts, 0),
               "[1:00:00] 5/20 users  148.0 req/s  0.0% failed  p95 23 ms  spawning");
    facts = (struct progress_facts){61, 7200, 1, 1, "running"};
    CHECK_TEXT(line(&out, s, facts, 0),
               "[01:01/2:00:00] 1 user  148.0 req/s  0.0% failed  p95 23 ms  running");
    stats_free(s);
    buf_release(&out);
}

TEST(before_the_first_second_there_is_no_p95)
{
    struct buf out = BUF_INIT;
    struct stats *s = stats_new(1000, false);
    struct progress_facts facts = {0, 30, 0, 10, "ready"};
    CHECK_TEXT(line(&out, s, facts, 0),
               "[00:00/00:30] 0/10 users  0.0 req/s  0.0% failed  p95 -  ready");
    stats_free(s);
    buf_release(&out);
}

TEST(few_failures_are_not_none)
{
    struct buf out = BUF_INIT;
    struct progress_facts facts = {1, 30, 20, 20, "running"};
    struct stats *s = some(10000, 1, 1.984);
    CHECK(strstr(line(&out, s, facts, 0), "  <0.1% failed  p95 1.98 ms") != NULL);
    stats_free(s);
    s = some(8, 1, 1);
    CHECK(strstr(line(&out, s, facts, 0), "  12.5% failed") != NULL);
    stats_free(s);
    buf_release(&out);
}

TEST(no_part_is_cut)
{
    struct buf out = BUF_INIT;
    struct stats *s = some(148, 0, 23.4);
    struct progress_facts facts = {12, 30, 20, 20, "running"};
    const char *all = "[00:12/00:30] 20 users  148.0 req/s  0.0% failed  p95 23 ms  running";
    CHECK_TEXT(line(&out, s, facts, (unsigned)strlen(all)), all);
    CHECK_TEXT(line(&out, s, facts, (unsigned)strlen(all) - 1),
               "[00:12/00:30] 20 users  148.0 req/s  0.0% failed  p95 23 ms");
    CHECK_TEXT(line(&out, s, facts, 40), "[00:12/00:30] 20 users  148.0 req/s");
    CHECK_TEXT(line(&out, s, facts, 34), "[00:12/00:30] 20 users");
    CHECK_TEXT(line(&out, s, facts, 5), "");
    stats_free(s);
    buf_release(&out);
}

/* A run of these many requests in each second, on a terminal of 120 columns. */
static const char *bars(struct buf *out, const int *counts, size_t n, struct style style)
{
    static char line[512];
    struct progress_facts facts = {(double)n, 30, 2, 2, "running"};
    struct stats *s = stats_new(1000, false);
    stats_tick(s, 2, 1000);
    for (size_t i = 0; i < n; i++) {
        for (int j = 0; j < counts[i]; j++)
            log_one(s, "GET", "/", 5, NULL, 1000.5 + (double)i);
        stats_tick(s, 2, 1001 + (double)i);
    }
    buf_clear(out);
    progress_add_line(out, s, &facts, &style);
    snprintf(line, sizeof line, "%s", strstr(buf_cstr(out), "running"));
    stats_free(s);
    return line;
}

TEST(bars_show_the_last_seconds_requests)
{
    static const int counts[] = {0, 1, 8, 40, 80, 79, 0, 20};
    struct buf out = BUF_INIT;
    struct style style = {.columns = 120, .has_unicode = true};
    CHECK_TEXT(bars(&out, counts, 8, style), "running    \xe2\x96\x81"
                                             "\xe2\x96\x81"
                                             "\xe2\x96\x84"
                                             "\xe2\x96\x88"
                                             "\xe2\x96\x88"
                                             " \xe2\x96\x82"
                                             "");
    style.has_unicode = false;
    CHECK_TEXT(bars(&out, counts, 8, style), "running    __-## .");
    // As many as there is room for, the last ones; not fewer than five; none without a terminal.
    style.columns = (unsigned)(strstr(buf_cstr(&out), "running") - buf_cstr(&out)) + 7 + 2 + 5;
    CHECK_TEXT(bars(&out, counts, 8, style), "running  -## .");
    style.columns--;
    CHECK_TEXT(bars(&out, counts, 8, style), "running");
    CHECK_TEXT(bars(&out, counts, 8, STYLE_PLAIN), "running");
    CHECK_TEXT(bars(&out, counts, 2, (struct style){.columns = 120}), "running");
    buf_release(&out);
}

TEST(failures_are_red)
{
    struct buf out = BUF_INIT;
    struct progress_facts facts = {1, 30, 20, 20, "running"};
    struct style style = {.columns = 80, .has_colours = true};
    struct stats *s = some(8, 1, 1);
    progress_add_line(&out, s, &facts, &style);
    CHECK_TEXT(buf_cstr(&out), "[00:01/00:30] 20 users  8.0 req/s\x1b"
                               "[31m  12.5% failed\x1b"
                               "[0m  p95 1.00 ms  running");
    stats_free(s);
    s = some(8, 0, 1);
    buf_clear(&out);
    progress_add_line(&out, s, &facts, &style);
    CHECK(strchr(buf_cstr(&out), '\x1b') == NULL);
    stats_free(s);
    buf_release(&out);
}

TEST_MAIN(RUN(bars_show_the_last_seconds_requests); RUN(failures_are_red); RUN(all_of_it_is_said);
          RUN(before_the_first_second_there_is_no_p95); RUN(few_failures_are_not_none);
          RUN(no_part_is_cut);)
