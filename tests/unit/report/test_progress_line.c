/* test_progress_line -- what the line says, and what it leaves out where there is no room. */
// SPDX-License-Identifier: MIT
#include "report/progress_line.h"

#include "report.h"

static const char *line(struct buf *out, const struct stats *s, struct progress_facts facts,
                        unsigned columns)
{
    buf_clear(out);
    progress_add_line(out, s, &facts, columns);
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

TEST_MAIN(RUN(all_of_it_is_said); RUN(before_the_first_second_there_is_no_p95);
          RUN(few_failures_are_not_none); RUN(no_part_is_cut);)
