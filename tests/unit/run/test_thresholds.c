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

// --- windows -------------------------------------------------------------------------------------

static double slow_from_20_to_25(double t_s)
{
    return t_s > 20 && t_s < 25 ? 500 : 10;
}

/* In ten seconds there are 100 requests: p95 is slow in a window with more than five slow ones. Those are
 * the windows from 11..20 to 20..30 that have a second of 20..25 in them: from 11 to 24. */
TEST(a_window_that_is_crossed)
{
    struct world w;

    set_up(&w);
    w.ms = slow_from_20_to_25;
    CHECK(add(&w, "p95 < 100ms for 10s"));
    CHECK(add(&w, "p95 < 100ms for 1m"));
    CHECK(add(&w, "p90 < 100ms"));
    CHECK(add(&w, "max of /a < 501ms for 10s"));
    run(&w);
    CHECK_INT(runner_why(w.runner), RUN_END_RUN_TIME);
    CHECK_TEXT(became(&w, 0), "crossed 500 ms: in 14 of 51 windows, the first from 11s to 21s");
    CHECK_TEXT(became(&w, 1), "crossed 500 ms: in 1 of 1 windows, the first from 0s to 1m");
    CHECK_TEXT(became(&w, 2), "passed 10 ms");
    CHECK_TEXT(became(&w, 3), "passed 500 ms");
    CHECK(tear_down(&w));
}

TEST(a_window_that_aborts)
{
    struct world w;

    set_up(&w);
    w.ms = slow_from_20_to_25;
    CHECK(add(&w, "p95 < 100ms for 10s abort"));
    run(&w);
    CHECK_INT(runner_why(w.runner), RUN_END_THRESHOLD);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 21, 1e-6);
    CHECK_TEXT(became(&w, 0),
               "crossed 500 ms: in 1 of 12 windows, the first from 11s to 21s; ended the run");
    CHECK(has_logged(&w, "The threshold 'p95 < 100ms for 10s abort' was crossed (500 ms)"));
    CHECK(tear_down(&w));
}

/* The last user comes after (20 - 1) / 2 seconds: windows begin at 10 s. */
TEST(windows_begin_when_all_users_are_there)
{
    struct world w;

    set_up(&w);
    w.config.users = 20;
    w.config.spawn_rate = 2;
    w.ms = fast_from_now_on;
    CHECK(add(&w, "max < 100ms for 5s"));
    CHECK(add(&w, "requests == 50 for 5s"));
    CHECK(add(&w, "rps >= 10 for 50s"));
    CHECK(add(&w, "rps >= 10 for 51s"));
    run(&w);
    CHECK_TEXT(became(&w, 0), "passed 1.00 ms");
    CHECK_TEXT(became(&w, 1), "passed 50");
    CHECK_TEXT(became(&w, 2), "passed 10/s");
    CHECK_TEXT(became(&w, 3), "not judged -: no whole window of 51s after all users were there");
    CHECK(tear_down(&w));
}

TEST(users_that_never_were_there)
{
    struct world w;

    set_up(&w);
    w.config.users = 200;
    w.config.spawn_rate = 2;
    CHECK(add(&w, "max < 100ms for 5s"));
    run(&w);
    CHECK_TEXT(became(&w, 0), "not judged -: not all users were there yet: no whole window of 5s");
    CHECK(tear_down(&w));
}

static double slow_until_10(double t_s)
{
    return t_s < 10 ? 500 : 10;
}

TEST(with_a_shape_windows_begin_after_ten_seconds)
{
    struct world w;

    set_up(&w);
    w.config.has_shape = true;
    w.fake.shape = (struct ramp_step){.users = 1, .spawn_rate = 1};
    w.ms = slow_until_10;
    CHECK(add(&w, "max < 100ms for 5s"));
    CHECK(add(&w, "requests >= 500 for 50s"));
    run(&w);
    CHECK_TEXT(became(&w, 0), "passed 10 ms");
    CHECK_TEXT(became(&w, 1), "passed 500");
    CHECK(tear_down(&w));
}

static const char *rare(double t_s)
{
    return fmod(t_s, 5) < TICK_S ? "/rare" : "/a";
}

TEST(windows_that_can_not_be_judged)
{
    struct world w;

    set_up(&w);
    w.name = rare;
    w.fails = fails_at_30;
    CHECK(add(&w, "p95 of /rare < 100ms for 10s"));
    CHECK(add(&w, "requests of /rare >= 2 for 10s"));
    CHECK(add(&w, "fail_ratio of /rare <= 100% for 2s"));
    CHECK(add(&w, "p95 of /nobody < 1 for 10s"));
    CHECK(add(&w, "fail_ratio < 1.01% for 10s"));
    CHECK(add(&w, "fail_ratio < 1% for 10s"));
    run(&w);
    CHECK_TEXT(became(&w, 0),
               "not judged 10 ms: 51 of 51 windows can't be judged: 2 response times: "
               "p95 needs 20");
    CHECK_TEXT(became(&w, 1), "passed 2");
    CHECK(strstr(became(&w, 2), "windows can't be judged: no request came in it"));
    CHECK_TEXT(became(&w, 3),
               "not judged -: 51 of 51 windows can't be judged: no request has a name "
               "that it is of");
    CHECK_TEXT(became(&w, 4), "passed 1%");
    CHECK_TEXT(became(&w, 5), "crossed 1%: in 10 of 51 windows, the first from 21s to 31s");
    w.doubts.is_cut_short = true;
    CHECK_TEXT(became(&w, 5), "not judged 1%: a signal ended the run before its time");
    CHECK(tear_down(&w));
}

static void lag_from_30_to_31(struct world *w)
{
    if (w->t_s > 30 && w->t_s < 31)
        usage_add_turn(&w->usage, &(struct loop_times){.worked_ns = 90 * NS_PER_MS});
    else
        usage_add_turn(&w->usage, &(struct loop_times){.waited_ns = 100 * NS_PER_MS});
}

/* A second of lag is too much for the windows that it is in, and for no other. */
TEST(lag_counts_in_its_windows)
{
    struct world w;

    set_up(&w);
    w.at_tick = lag_from_30_to_31;
    CHECK(add(&w, "max < 100ms for 5s"));
    CHECK(add(&w, "requests > 1 for 5s"));
    run(&w);
    CHECK(strstr(became(&w, 0), "not judged 10 ms: 5 of 56 windows can't be judged: katydid's own "
                                "lag was too high: p99 90 ms") != NULL);
    CHECK_TEXT(became(&w, 1), "passed 50");
    CHECK(tear_down(&w));
}

static void count_orders(struct world *w)
{
    double now_s = clock_wall_s(&w->fake.clock);
    struct metrics *m = &w->stats->metrics;

    metric_add(m, metrics_get(m, METRIC_COUNTER, STR("orders")), w->t_s > 30 ? 1 : 2, now_s);
    metric_add(m, metrics_get(m, METRIC_TREND, STR("queue")), w->t_s > 40 ? 7 : 5, now_s);
    metric_add_bool(m, metrics_get(m, METRIC_CHECK, STR("ok")), w->t_s < 50, now_s);
}

TEST(windows_of_the_scripts_metrics)
{
    struct world w;

    set_up(&w);
    w.at_tick = count_orders;
    CHECK(add(&w, "orders >= 100 for 10s"));
    CHECK(add(&w, "orders > 100 for 10s"));
    CHECK(add(&w, "median of queue < 6 for 10s"));
    CHECK(add(&w, "check_ratio >= 50% for 20s"));
    run(&w);
    CHECK_TEXT(became(&w, 0), "passed 100");
    CHECK_TEXT(became(&w, 1), "crossed 100: in 21 of 51 windows, the first from 30s to 40s");
    CHECK_TEXT(became(&w, 2), "crossed 7.00 ms: in 15 of 51 windows, the first from 36s to 46s");
    CHECK_TEXT(became(&w, 3), "passed 50%");
    CHECK(tear_down(&w));
}

TEST(statistics_that_are_reset_begin_windows_anew)
{
    struct world w;

    set_up(&w);
    w.config.users = 20;
    w.config.spawn_rate = 2;
    w.config.reset_stats = true;
    w.ms = slow_until_10;
    CHECK(add(&w, "max < 100ms for 5s"));
    CHECK(add(&w, "requests == 50 for 5s"));
    run(&w);
    CHECK_TEXT(became(&w, 0), "passed 10 ms");
    CHECK_TEXT(became(&w, 1), "passed 50");
    CHECK(tear_down(&w));
}

static void block_at_30(struct world *w)
{
    if (w->t_s > 30 && w->t_s < 30.1)
        clock_advance_to(&w->fake.clock, clock_now_ns(&w->fake.clock) + 3 * NS_PER_S);
}

/* Nobody counts while the loop is blocked: those seconds are empty, and no others are. */
TEST(a_loop_that_was_blocked)
{
    struct world w;

    set_up(&w);
    w.at_tick = block_at_30;
    CHECK(add(&w, "requests >= 70 for 10s"));
    CHECK(add(&w, "requests >= 1 for 2s"));
    run(&w);
    CHECK_TEXT(became(&w, 0), "passed 71");
    CHECK_TEXT(became(&w, 1), "crossed 0: in 1 of 59 windows, the first from 30s to 32s");
    CHECK(tear_down(&w));
}

TEST_MAIN(RUN(the_same_text_twice_is_one); RUN(a_run_that_holds_them);
          RUN(one_that_aborts_is_looked_at_once_a_second); RUN(it_waits_for_the_samples);
          RUN(counts_end_a_run_only_when_they_can_not_come_right);
          RUN(what_can_not_be_judged_ends_nothing); RUN(what_ended_the_run_stays_crossed);
          RUN(a_window_that_is_crossed); RUN(a_window_that_aborts);
          RUN(windows_begin_when_all_users_are_there); RUN(users_that_never_were_there);
          RUN(with_a_shape_windows_begin_after_ten_seconds); RUN(windows_that_can_not_be_judged);
          RUN(lag_counts_in_its_windows); RUN(windows_of_the_scripts_metrics);
          RUN(statistics_that_are_reset_begin_windows_anew); RUN(a_loop_that_was_blocked);)
