/* test_metric -- checks, counters, gauges, trends, rates: by name, capped, merged. */
// SPDX-License-Identifier: MIT
#include "stats/metric.h"

#include "base/log.h"

#include "../check.h"

static struct metrics new_metrics(size_t limit)
{
    struct metrics m;
    metrics_init(&m, limit);
    return m;
}

static void check(struct metrics *m, const char *name, bool value, double now_s)
{
    metric_add_bool(m, metrics_get(m, METRIC_CHECK, str_of(name)), value, now_s);
}

static void add(struct metrics *m, enum metric_kind kind, const char *name, double value)
{
    metric_add(m, metrics_get(m, kind, str_of(name)), value, 10);
}

TEST(checks_count_passes_and_fails)
{
    struct metrics m = new_metrics(10);
    uint64_t count, passes;
    metrics_checks(&m, &count, &passes);
    CHECK_INT(count, 0);
    check(&m, "status is 200", true, 5);
    check(&m, "status is 200", false, 6);
    check(&m, "status is 200", true, 7);
    check(&m, "has a token", true, 8);
    const struct metric *of = metrics_find_check(&m, STR("status is 200"));
    CHECK_INT(of->count, 3);
    CHECK_INT(of->passes, 2);
    CHECK_INT(metric_fails(of), 1);
    CHECK_DOUBLE(metric_ratio(of), 2 / 3.0, 1e-12);
    metrics_checks(&m, &count, &passes);
    CHECK_INT(count, 4);
    CHECK_INT(passes, 3);
    CHECK_DOUBLE(m.last_s, 8, 0);
    CHECK(metrics_find_check(&m, STR("status")) == NULL);
    CHECK(metrics_find(&m, STR("status is 200")) == NULL);
    metrics_release(&m);
}

TEST(numbers_of_each_kind)
{
    struct metrics m = new_metrics(10);
    add(&m, METRIC_COUNTER, "orders", 2);
    add(&m, METRIC_COUNTER, "orders", 0.5);
    const struct metric *of = metrics_find(&m, STR("orders"));
    CHECK_INT(of->count, 2);
    CHECK_DOUBLE(of->sum, 2.5, 0);
    CHECK_DOUBLE(metric_per_second(of, 5), 0.5, 0);
    CHECK_DOUBLE(metric_per_second(of, 0), 0, 0);
    CHECK_DOUBLE(metric_percentile(of, 0.5), 0, 0);

    static const double queue[] = {4, -7, 5};
    for (size_t i = 0; i < 3; i++)
        add(&m, METRIC_GAUGE, "queue", queue[i]);
    of = metrics_find(&m, STR("queue"));
    CHECK_DOUBLE(of->last, 5, 0);
    CHECK_DOUBLE(of->min, -7, 0);
    CHECK_DOUBLE(of->max, 5, 0);
    CHECK_DOUBLE(metric_per_second(of, 6), 0.5, 0);

    for (int i = 1; i <= 100; i++)
        add(&m, METRIC_TREND, "size", i * 1e7);
    of = metrics_find(&m, STR("size"));
    CHECK_DOUBLE(metric_average(of), 50.5e7, 0);
    CHECK_DOUBLE(metric_percentile(of, 0.95), 95e7, 0);
    CHECK_DOUBLE(of->max, 1e9, 0);

    metric_add_bool(&m, metrics_get(&m, METRIC_RATE, STR("cached")), true, 10);
    metric_add_bool(&m, metrics_get(&m, METRIC_RATE, STR("cached")), false, 10);
    of = metrics_find(&m, STR("cached"));
    CHECK_DOUBLE(metric_ratio(of), 0.5, 0);
    CHECK_DOUBLE(metric_average(of), 0, 0);
    metrics_release(&m);
}

TEST(a_name_has_one_kind_but_a_check_may_share_it)
{
    struct metrics m = new_metrics(10);
    struct metric *of = metrics_get(&m, METRIC_TREND, STR("latency"));
    CHECK(metrics_get(&m, METRIC_TREND, STR("latency")) == of);
    CHECK(metrics_get(&m, METRIC_COUNTER, STR("latency")) == NULL);
    CHECK(metrics_get(&m, METRIC_CHECK, STR("latency")) != of);
    CHECK(metrics_find(&m, STR("latency")) == of);
    CHECK_INT(m.n_custom, 1);
    CHECK_INT(m.n_checks, 1);
    metrics_release(&m);
}

static size_t lines_logged;
static char last_line[512];

static void take_line(void *self, struct str line)
{
    (void)self;
    lines_logged++;
    snprintf(last_line, sizeof last_line, "%.*s", STR_ARG(line));
}

TEST(names_beyond_the_cap_are_counted_together_and_told_of_once)
{
    struct metrics m = new_metrics(2);
    lines_logged = 0;
    log_set_sink(take_line, NULL);
    for (int i = 0; i < 1000; i++) {
        char name[32];
        snprintf(name, sizeof name, "item %d", i);
        check(&m, name, i % 2 == 0, 1);
    }
    CHECK_INT(lines_logged, 1);
    CHECK(strstr(last_line, "more than 2 names of checks") != NULL);
    add(&m, METRIC_TREND, "t", 1);
    add(&m, METRIC_GAUGE, "g", 1);
    CHECK_INT(lines_logged, 1);
    add(&m, METRIC_COUNTER, "(other)", 3);
    add(&m, METRIC_COUNTER, "c", 4);
    CHECK_INT(lines_logged, 2);
    add(&m, METRIC_TREND, "u", 5);
    log_set_sink(NULL, NULL);

    CHECK_INT(m.left_out, 998 + 3);
    size_t n;
    struct metric **sorted = metrics_sorted(&m, &n);
    CHECK_INT(n, 7);
    CHECK_TEXT(sorted[2]->name, METRIC_OTHER_NAME);
    CHECK(sorted[2]->is_other);
    CHECK_INT(sorted[2]->kind, METRIC_CHECK);
    CHECK_INT(sorted[2]->count, 998);
    CHECK_INT(sorted[2]->passes, 499);
    CHECK_INT(sorted[3]->kind, METRIC_COUNTER);
    CHECK_DOUBLE(sorted[3]->sum, 7, 0);
    CHECK_DOUBLE(sorted[6]->max, 5, 0);
    free(sorted);
    metrics_release(&m);
}

TEST(a_new_test_drops_checks_and_keeps_what_scripts_hold)
{
    struct metrics m = new_metrics(10);
    check(&m, "a", true, 1);
    struct metric *trend = metrics_get(&m, METRIC_TREND, STR("t"));
    metric_add(&m, trend, 4, 2);
    metrics_reset(&m);
    CHECK_INT(trend->count, 0);
    CHECK_DOUBLE(metric_percentile(trend, 0.5), 0, 0);
    CHECK_INT(metrics_find_check(&m, STR("a"))->count, 0);
    metric_add(&m, trend, -4, 2);
    CHECK_DOUBLE(trend->max, -4, 0);
    uint64_t generation = m.generation;
    metrics_clear(&m);
    CHECK(m.generation != generation);
    CHECK(metrics_find_check(&m, STR("a")) == NULL);
    CHECK(metrics_find(&m, STR("t")) == trend);
    CHECK_INT(trend->count, 0);
    CHECK_DOUBLE(m.last_s, 0, 0);
    CHECK_INT(m.added, 3);
    size_t n;
    free(metrics_sorted(&m, &n));
    CHECK_INT(n, 0);
    metrics_release(&m);
}

TEST(two_runs_merge)
{
    struct metrics a = new_metrics(10), b = new_metrics(10);
    struct err err = ERR_INIT;
    check(&a, "ok", true, 1);
    check(&b, "ok", false, 2);
    check(&b, "new", true, 3);
    metric_add(&b, metrics_get(&b, METRIC_GAUGE, STR("g")), 9, 10);
    add(&a, METRIC_TREND, "t", 1);
    add(&b, METRIC_TREND, "t", -3);
    metric_add(&a, metrics_get(&a, METRIC_GAUGE, STR("g")), 5, 20);
    CHECK_INT(metrics_merge(&a, &b, &err), 0);
    CHECK_INT(metrics_find_check(&a, STR("ok"))->count, 2);
    CHECK_INT(metrics_find_check(&a, STR("ok"))->passes, 1);
    CHECK_INT(metrics_find_check(&a, STR("new"))->passes, 1);
    CHECK_DOUBLE(metrics_find(&a, STR("g"))->last, 5, 0);
    CHECK_DOUBLE(metrics_find(&a, STR("g"))->max, 9, 0);
    CHECK_DOUBLE(metric_average(metrics_find(&a, STR("t"))), -1, 0);
    CHECK_DOUBLE(metrics_find(&a, STR("t"))->min, -3, 0);
    CHECK_DOUBLE(a.last_s, 20, 0);

    struct metrics c = new_metrics(10);
    add(&c, METRIC_COUNTER, "new", 1);
    add(&c, METRIC_COUNTER, "t", 1);
    CHECK_INT(metrics_merge(&a, &c, &err), -1);
    CHECK_TEXT(err.text, "the metric 't' is a trend in one and a counter in the other");
    CHECK(metrics_find(&a, STR("new")) == NULL);
    metrics_release(&a);
    metrics_release(&b);
    metrics_release(&c);
}

TEST(what_came_since_a_copy)
{
    struct metrics m = new_metrics(10);
    for (int i = 1; i <= 10; i++)
        add(&m, METRIC_TREND, "t", i);
    struct metric *of = metrics_find(&m, STR("t"));
    struct metric *before = metric_copy(of);
    CHECK_INT(before->count, 10);
    add(&m, METRIC_TREND, "t", 7);
    add(&m, METRIC_TREND, "t", 8);
    add(&m, METRIC_TREND, "t", 9);
    struct metric *now = metric_copy(of);
    metric_subtract(now, before);
    CHECK_TEXT(now->name, "t");
    CHECK_INT(now->count, 3);
    CHECK_DOUBLE(metric_average(now), 8, 0);
    CHECK_DOUBLE(now->min, 7, 0);
    CHECK_DOUBLE(metric_percentile(now, 0.5), 8, 0);
    metric_free(now);
    metric_free(before);
    metric_free(NULL);
    metrics_release(&m);
}

TEST(kinds_have_names)
{
    for (int i = 0; i < METRIC_KINDS; i++)
        CHECK_INT(metric_kind_of(str_of(metric_kind_name((enum metric_kind)i))), i);
    CHECK_INT(metric_kind_of(STR("histogram")), -1);
}

TEST(foreign_names)
{
    struct metrics m = new_metrics(10);
    metrics_get(&m, METRIC_CHECK, STR("a\0b"));
    CHECK_TEXT(metrics_find_check(&m, STR("a\0b"))->name, "a\\x00b");
    static char text[2 * METRIC_NAME_LIMIT];
    memset(text, 'x', sizeof text);
    struct metric *of = metrics_get(&m, METRIC_RATE, str_make(text, sizeof text));
    CHECK_INT(strlen(of->name), METRIC_NAME_LIMIT);
    metrics_release(&m);
}

TEST_MAIN(RUN(checks_count_passes_and_fails); RUN(numbers_of_each_kind);
          RUN(a_name_has_one_kind_but_a_check_may_share_it);
          RUN(names_beyond_the_cap_are_counted_together_and_told_of_once);
          RUN(a_new_test_drops_checks_and_keeps_what_scripts_hold); RUN(two_runs_merge);
          RUN(what_came_since_a_copy); RUN(kinds_have_names); RUN(foreign_names);)
