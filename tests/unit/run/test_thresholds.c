/* test_thresholds -- all thresholds of a run, while it goes on and when it is over. */
// SPDX-License-Identifier: MIT
#include "run/thresholds.h"

#include "../check.h"
#include "fake.h"

#include "base/buf.h"

#define TICK_S 0.1

/* A run on a virtual clock, with a request every tenth of a second. */
struct world {
    struct fake fake;
    struct stats *stats;
    struct usage usage;
    struct run_config config;
    struct runner *runner;
    struct thresholds *all;
    struct threshold_doubts doubts; /* at the end */
    struct timer tick;
    double t_s;                       /* of the run, at the tick */
    double (*ms)(double t_s);         /* how long a request takes; NULL: 10 ms */
    bool (*fails)(double t_s);        /* NULL: none does */
    const char *(*name)(double t_s);  /* NULL: "/a" */
    void (*at_tick)(struct world *w); /* NULL: nothing else happens */
};

static void on_tick(void *self)
{
    struct world *w = self;
    double now_s = clock_wall_s(&w->fake.clock);

    timer_start(w->fake.loop, &w->tick, s_to_ns(TICK_S));
    w->t_s = runner_run_time_s(w->runner);
    struct str name = str_of(w->name != NULL ? w->name(w->t_s) : "/a");
    stats_log(w->stats, stats_entry(w->stats, STR("GET"), name, now_s), true,
              w->ms != NULL ? w->ms(w->t_s) : 10, 1,
              w->fails != NULL && w->fails(w->t_s) ? STR("broken") : STR_EMPTY, now_s);
    if (w->at_tick != NULL)
        w->at_tick(w);
}

static void set_up(struct world *w)
{
    static const double weights[] = {1};

    *w = (struct world){.config = {.users = 1, .spawn_rate = 1, .run_time_s = 60}};
    fake_init(&w->fake, weights, 1);
    w->fake.has_no_trace = true;
    w->stats = stats_new(clock_wall_s(&w->fake.clock), false);
    usage_init(&w->usage, w->fake.loop, w->fake.hooks);
    w->all = thresholds_new();
    timer_init(&w->tick, on_tick, w);
}

static bool add(struct world *w, const char *text)
{
    return thresholds_add(w->all, str_of(text), NULL) == 0;
}

/* The whole run, as its run time or a threshold ends it. */
static void run(struct world *w)
{
    w->runner = runner_new(w->fake.loop, w->stats, w->fake.hooks, fake_driver(&w->fake), &w->config,
                           w->fake.classes, 1);
    thresholds_watch(w->all, &(struct thresholds_watch){.hooks = w->fake.hooks,
                                                        .stats = w->stats,
                                                        .usage = &w->usage,
                                                        .runner = w->runner});
    runner_start(w->runner);
    timer_start(w->fake.loop, &w->tick, s_to_ns(TICK_S / 2));
    while (runner_state(w->runner) != RUN_STOPPED)
        loop_turn(w->fake.loop, true);
    timer_cancel(w->fake.loop, &w->tick);
}

/* "crossed 10 ms: why" of the n-th. */
static const char *became(struct world *w, size_t i)
{
    static char shown[512];
    struct threshold_row *rows = thresholds_judge(w->all, w->stats, &w->doubts, true);

    snprintf(shown, sizeof shown, "%s %s%s%s", threshold_verdict_name(rows[i].verdict),
             rows[i].shown, rows[i].reason[0] != '\0' ? ": " : "", rows[i].reason);
    threshold_rows_free(rows, thresholds_count(w->all));
    return shown;
}

static bool tear_down(struct world *w)
{
    runner_free(w->runner);
    usage_release(&w->usage);
    thresholds_free(w->all);
    stats_free(w->stats);
    return fake_release(&w->fake);
}

static bool has_logged(const struct world *w, const char *text)
{
    return strstr(buf_cstr(&w->fake.log), text) != NULL;
}

TEST(the_same_text_twice_is_one)
{
    struct thresholds *all = thresholds_new();

    CHECK_INT(thresholds_add(all, STR("p95 < 3"), NULL), 0);
    CHECK_INT(thresholds_add(all, STR(" p95 < 3 "), NULL), 0);
    CHECK_INT(thresholds_add(all, STR("p95 < 4"), NULL), 0);
    CHECK_INT(thresholds_add(all, STR("p95 <"), NULL), -1);
    CHECK_INT(thresholds_count(all), 2);
    CHECK(!thresholds_have_exceptions(all));
    CHECK_INT(thresholds_add(all, STR("exceptions < 4"), NULL), 0);
    CHECK(thresholds_have_exceptions(all));
    thresholds_free(all);
}

TEST(a_run_that_holds_them)
{
    struct world w;

    set_up(&w);
    CHECK(add(&w, "p95 < 11ms abort"));
    CHECK(add(&w, "requests == 600"));
    CHECK(add(&w, "rps > 9.9"));
    run(&w);
    CHECK_INT(runner_why(w.runner), RUN_END_RUN_TIME);
    CHECK_TEXT(became(&w, 0), "passed 10 ms");
    CHECK_TEXT(became(&w, 1), "passed 600");
    CHECK_TEXT(became(&w, 2), "passed 10.01/s");
    CHECK(tear_down(&w));
}

static double slow_from_20(double t_s)
{
    return t_s > 20 ? 500 : 10;
}

/* p90 is over the limit when more than a tenth of all are slow: 22.3 s. */
TEST(one_that_aborts_is_looked_at_once_a_second)
{
    struct world w;

    set_up(&w);
    w.ms = slow_from_20;
    CHECK(add(&w, "p90 < 100ms abort"));
    CHECK(add(&w, "p99 < 100ms"));
    run(&w);
    CHECK_INT(runner_why(w.runner), RUN_END_THRESHOLD);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 23, 1e-6);
    CHECK_TEXT(became(&w, 0), "crossed 500 ms: ended the run after 23s");
    CHECK_TEXT(became(&w, 1), "crossed 500 ms");
    CHECK(has_logged(&w,
                     "WARNING/katydid.thresholds: The threshold 'p90 < 100ms abort' was crossed "
                     "(500 ms), shutting down"));
    CHECK(tear_down(&w));
}

static double always_slow(double t_s)
{
    (void)t_s;
    return 500;
}

/* Ten a second: p95 can be judged after two seconds, p99 after ten. */
TEST(it_waits_for_the_samples)
{
    struct world w;

    set_up(&w);
    w.ms = always_slow;
    CHECK(add(&w, "p99 < 100ms abort"));
    run(&w);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 10, 1e-6);
    CHECK(tear_down(&w));
}

static bool fails_at_30(double t_s)
{
    return t_s > 30 && t_s < 30.1;
}

TEST(counts_end_a_run_only_when_they_can_not_come_right)
{
    struct world w;

    set_up(&w);
    w.fails = fails_at_30;
    CHECK(add(&w, "requests == 600 abort"));
    CHECK(add(&w, "failures == 0 abort"));
    run(&w);
    CHECK_INT(runner_why(w.runner), RUN_END_THRESHOLD);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 31, 1e-6);
    CHECK_TEXT(became(&w, 0), "crossed 310");
    CHECK_TEXT(became(&w, 1), "crossed 1: ended the run after 31s");
    CHECK(tear_down(&w));
}

static void ports_run_out(struct world *w)
{
    if (w->usage.no_ports == 0)
        usage_add_no_port(&w->usage);
}

TEST(what_can_not_be_judged_ends_nothing)
{
    struct world w;

    set_up(&w);
    w.ms = always_slow;
    w.at_tick = ports_run_out;
    CHECK(add(&w, "avg < 100ms abort"));
    run(&w);
    CHECK_INT(runner_why(w.runner), RUN_END_RUN_TIME);
    CHECK(tear_down(&w));
}

static double fast_from_now_on(double t_s)
{
    return t_s > 2 ? 1 : 500;
}

/* While users end their tasks, requests still come: what ended the run stays crossed. */
TEST(what_ended_the_run_stays_crossed)
{
    struct world w;

    set_up(&w);
    w.ms = fast_from_now_on;
    w.fake.task_s = 30;
    w.config.stop_timeout_s = 30;
    CHECK(add(&w, "median < 100ms abort"));
    run(&w);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 31, 1e-6);
    CHECK_TEXT(became(&w, 0), "crossed 500 ms: ended the run after 1s");
    CHECK_DOUBLE(histogram_percentile(&w.stats->total->times, 0.5), 1, 0.01);
    CHECK(tear_down(&w));
}

TEST_MAIN(RUN(the_same_text_twice_is_one); RUN(a_run_that_holds_them);
          RUN(one_that_aborts_is_looked_at_once_a_second); RUN(it_waits_for_the_samples);
          RUN(counts_end_a_run_only_when_they_can_not_come_right);
          RUN(what_can_not_be_judged_ends_nothing); RUN(what_ended_the_run_stays_crossed);)
