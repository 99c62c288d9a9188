/* test_runner -- tests from their start to every kind of end, in what order which hook is told. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "fake.h"
#include "run/runner.h"

#include <math.h>

struct world {
    struct fake fake;
    struct stats *stats;
    struct run_config config;
    struct runner *runner;
    size_t ends, seconds;
    bool refused;           /* another test, when the last one ended */
    enum hook_kind stop_at; /* the listener of this hook ends the test; HOOK_KINDS: none */
    char states[256];       /* "test_start:ready ..." */
};

static const struct {
    enum hook_kind kind;
    const char *name;
} traced[] = {
    {HOOK_TEST_START, "test_start"},       {HOOK_SPAWNING_COMPLETE, "complete"},
    {HOOK_TEST_STOPPING, "test_stopping"}, {HOOK_TEST_STOP, "test_stop"},
    {HOOK_RESET_STATS, "reset_stats"},
};

static void hear(void *self, const struct hook *what)
{
    struct world *w = self;
    char count[32] = "";
    size_t i = 0, n = strlen(w->states);

    while (traced[i].kind != what->kind)
        i++;
    if (what->kind == HOOK_SPAWNING_COMPLETE)
        snprintf(count, sizeof(count), "(%zu)", what->u.users);
    fake_trace(&w->fake, traced[i].name, str_of(count));
    snprintf(w->states + n, sizeof(w->states) - n, "%s%s:%s", n > 0 ? " " : "", traced[i].name,
             run_state_name(runner_state(w->runner)));
    if (what->kind == w->stop_at)
        runner_stop(w->runner, RUN_END_SCRIPT, STR_EMPTY);
}

static void second(void *self, const struct hook *what)
{
    struct world *w = self;

    (void)what;
    w->seconds++;
}

static void ended(void *self)
{
    struct world *w = self;

    w->ends++;
    fake_trace(&w->fake, "end", STR_EMPTY);
}

static void set_up(struct world *w, size_t users, double rate)
{
    static const double weights[] = {1, 1};

    *w = (struct world){.stop_at = HOOK_KINDS};
    fake_init(&w->fake, weights, 2);
    w->stats = stats_new(clock_wall_s(&w->fake.clock), false);
    w->config = (struct run_config){.users = users, .spawn_rate = rate};
    for (size_t i = 0; i < sizeof(traced) / sizeof(traced[0]); i++)
        hooks_add(w->fake.hooks, traced[i].kind, hear, w);
    hooks_add(w->fake.hooks, HOOK_SECOND, second, w);
}

/* Makes the runner by w->config, and starts it. */
static void start(struct world *w)
{
    w->runner = runner_new(w->fake.loop, w->stats, w->fake.hooks, fake_driver(&w->fake), &w->config,
                           w->fake.classes, w->fake.n_classes);
    runner_on_end(w->runner, ended, w);
    runner_start(w->runner);
}

/* Starts it with a shape. */
static void start_shape(struct world *w, int (*plan)(struct fake *f, double t_s,
                                                     struct ramp_step *step, struct err *err))
{
    w->config.has_shape = true;
    w->fake.shape_plan = plan;
    start(w);
}

/* False: something was left on the loop. A test that goes on is left as it is. */
static bool tear_down(struct world *w)
{
    runner_free(w->runner);
    stats_free(w->stats);
    return fake_release(&w->fake);
}

#define TRACE(w) buf_cstr(&(w).fake.trace)
#define LOG(w) buf_cstr(&(w).fake.log)

TEST(a_test_from_start_to_end)
{
    struct world w;

    set_up(&w, 3, 2);
    w.config.run_time_s = 4;
    start(&w);
    CHECK_INT(runner_state(w.runner), RUN_SPAWNING);
    CHECK_INT(runner_user_count(w.runner), 0);
    fake_run_to(&w.fake, 0.9);
    CHECK_INT(runner_state(w.runner), RUN_SPAWNING);
    CHECK_INT(runner_user_count(w.runner), 2);
    CHECK_INT(runner_target(w.runner), 3);
    fake_run_to(&w.fake, 1);
    CHECK_INT(runner_state(w.runner), RUN_RUNNING);
    CHECK_INT(runner_why(w.runner), RUN_END_NONE);
    fake_run_to(&w.fake, 20);
    CHECK_TEXT(TRACE(w), "0 test_start +A 0.5 +B 1 +A complete(3) "
                         "4 test_stopping -A -A -B test_stop end");
    CHECK_TEXT(w.states, "test_start:ready complete:spawning test_stopping:running "
                         "test_stop:stopped");
    CHECK_TEXT(LOG(w), "INFO/katydid.runners: Ramping to 3 users at a rate of 2.00 per second\n"
                       "INFO/katydid.runners: All users spawned: {\"A\": 2, \"B\": 1} "
                       "(3 total users)\n"
                       "INFO/katydid.main: --run-time limit reached, shutting down\n");
    CHECK_INT(runner_state(w.runner), RUN_STOPPED);
    CHECK_INT(runner_why(w.runner), RUN_END_RUN_TIME);
    CHECK_INT(w.ends, 1);
    CHECK(tear_down(&w));
}

TEST(counts_the_seconds_of_the_run)
{
    struct world w;

    set_up(&w, 1, 1);
    w.config.run_time_s = 2.5;
    w.config.stop_timeout_s = 10;
    w.fake.task_s = 2;
    fake_run_to(&w.fake, 0.3); // seconds are those of the run, not of the clock
    start(&w);
    fake_run_to(&w.fake, 1.29);
    CHECK_INT(w.seconds, 0);
    CHECK_INT(w.stats->history.n, 0);
    fake_run_to(&w.fake, 1.31);
    CHECK_INT(w.seconds, 1);
    CHECK_INT(w.stats->history.n, 1);
    CHECK_INT(w.stats->history.samples[0].users, 1);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 1.01, 1e-6);
    // It is over when the last user has ended: 2.5 s, and 2 s for the task.
    fake_run_to(&w.fake, 4.5);
    CHECK_INT(runner_state(w.runner), RUN_CLEANUP);
    CHECK_INT(w.seconds, 4);
    fake_run_to(&w.fake, 50);
    CHECK_INT(w.seconds, 4);
    CHECK_INT(w.stats->history.n, 5);
    CHECK_INT(w.stats->history.samples[4].users, 0);
    CHECK_DOUBLE(w.stats->history.samples[4].at_s - w.stats->history.samples[0].at_s, 3.5, 1e-6);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 4.5, 1e-6);
    CHECK(tear_down(&w));
}

TEST(a_blocked_loop_makes_up_for_no_second)
{
    struct world w;

    set_up(&w, 1, 1);
    start(&w);
    fake_run_to(&w.fake, 1.5);
    CHECK_INT(w.seconds, 1);
    clock_advance_to(&w.fake.clock, 1000 * NS_PER_S + s_to_ns(5.2));
    fake_run_to(&w.fake, 5.9);
    CHECK_INT(w.seconds, 2);
    fake_run_to(&w.fake, 6);
    CHECK_INT(w.seconds, 3);
    CHECK(tear_down(&w));
}

TEST(run_time_ends_a_ramp)
{
    struct world w;

    set_up(&w, 100, 1);
    w.config.run_time_s = 2.5;
    start(&w);
    fake_run_to(&w.fake, 100);
    CHECK_TEXT(TRACE(w), "0 test_start +A 1 +B 2 +A 2.5 test_stopping -A -A -B test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_RUN_TIME);
    CHECK_INT(w.fake.spawned, 3);
    CHECK(tear_down(&w));
}

TEST(statistics_begin_empty)
{
    struct world w;
    double now_s;

    set_up(&w, 1, 1);
    now_s = clock_wall_s(&w.fake.clock);
    stats_log(w.stats, stats_entry(w.stats, STR("GET"), STR("/"), now_s), true, 1, 1, STR_EMPTY,
              now_s);
    start(&w);
    CHECK_INT(w.stats->n_entries, 0);
    CHECK(tear_down(&w));
}

TEST(reset_stats_after_each_ramp)
{
    struct world w;

    set_up(&w, 2, 1);
    w.config.reset_stats = true;
    start(&w);
    double now_s = clock_wall_s(&w.fake.clock);
    struct entry *e = stats_entry(w.stats, STR("GET"), STR("/"), now_s);
    stats_log(w.stats, e, true, 1, 1, STR_EMPTY, now_s);
    fake_run_to(&w.fake, 0.5);
    CHECK_INT(w.stats->total->requests, 1);
    fake_run_to(&w.fake, 1);
    CHECK_INT(w.stats->total->requests, 0);
    CHECK_INT(w.stats->n_entries, 1);
    CHECK(strstr(LOG(w), "(2 total users)\nINFO/katydid.runners: Resetting stats\n") != NULL);
    CHECK(strstr(TRACE(w), "reset_stats") == NULL); // that hook is for a reset on request
    CHECK(tear_down(&w));
}

TEST(edits_in_the_middle_of_a_ramp)
{
    struct world w;

    set_up(&w, 10, 1);
    start(&w);
    fake_run_to(&w.fake, 2.5); // 3 users
    runner_edit(w.runner, 5, 2);
    CHECK_INT(runner_target(w.runner), 5);
    fake_run_to(&w.fake, 3.5);
    CHECK_INT(runner_state(w.runner), RUN_RUNNING);
    runner_edit(w.runner, 2, 2);
    CHECK_INT(runner_state(w.runner), RUN_SPAWNING);
    fake_run_to(&w.fake, 4.2); // 3 users again
    runner_edit(w.runner, 4, 1);
    fake_run_to(&w.fake, 30);
    CHECK_TEXT(TRACE(w), "0 test_start +A 1 +B 2 +A 2.5 +B 3 +A complete(5) "
                         "3.5 -A 4 -B 4.2 +B complete(4)");
    CHECK_INT(runner_state(w.runner), RUN_RUNNING);
    CHECK_INT(runner_user_count(w.runner), 4);
    CHECK(tear_down(&w));
}

TEST(an_edit_without_a_test_changes_nothing)
{
    struct world w;

    set_up(&w, 1, 1);
    w.config.run_time_s = 1;
    start(&w);
    fake_run_to(&w.fake, 5);
    CHECK_INT(runner_state(w.runner), RUN_STOPPED);
    runner_edit(w.runner, 5, 1);
    fake_run_to(&w.fake, 20);
    CHECK_INT(runner_state(w.runner), RUN_STOPPED);
    CHECK_INT(w.fake.spawned, 1);
    CHECK(tear_down(&w));
}

static int want(struct runner *r, size_t users, double spawn_rate, struct err *err)
{
    return runner_want(r, &(struct ramp_step){.users = users, .spawn_rate = spawn_rate}, err);
}

/* In a listener of test_stop: another test, unless there were two. */
static void want_more(void *self, const struct hook *what)
{
    struct world *w = self;
    struct err err = ERR_INIT;

    (void)what;
    w->refused = want(w->runner, 3, 1000, &err) < 0;
}

TEST(a_test_that_the_script_wants_after_the_first)
{
    struct world w;
    struct err err = ERR_INIT;

    set_up(&w, 1, 1);
    w.config.run_time_s = 10;
    hooks_add(w.fake.hooks, HOOK_TEST_STOP, want_more, &w);
    start(&w);
    fake_run_to(&w.fake, 2);
    runner_stop(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    fake_run_to(&w.fake, 5);
    CHECK_INT(runner_user_count(w.runner), 3);
    CHECK_INT(runner_why(w.runner), RUN_END_NONE);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 3, 1e-9);
    CHECK_INT(want(w.runner, 2, 1000, &err), 0); // in its middle
    fake_run_to(&w.fake, 6);
    CHECK_INT(runner_user_count(w.runner), 2);
    fake_run_to(&w.fake, 20); // --run-time counts from the first one
    CHECK_INT(runner_why(w.runner), RUN_END_RUN_TIME);
    CHECK(w.refused);
    CHECK(strstr(TRACE(w), "10 test_stopping") != NULL);
    CHECK_INT(runner_state(w.runner), RUN_STOPPED);
    CHECK(tear_down(&w));
}

/* In a listener of test_start: it begins with B alone. */
static void want_b(void *self, const struct hook *what)
{
    struct world *w = self;
    struct err err = ERR_INIT;
    struct str b = STR("B");

    (void)what;
    w->refused =
        runner_want(
            w->runner,
            &(struct ramp_step){
                .users = 2, .spawn_rate = 1000, .has_classes = true, .classes = &b, .n_classes = 1},
            &err) < 0;
}

TEST(classes_that_the_script_wants)
{
    struct world w;
    struct err err = ERR_INIT;
    struct str name = STR("A");
    struct ramp_step wish = {
        .users = 3, .spawn_rate = 1000, .has_classes = true, .classes = &name, .n_classes = 1};

    set_up(&w, 1, 1);
    hooks_add(w.fake.hooks, HOOK_TEST_START, want_b, &w);
    start(&w);
    fake_run_to(&w.fake, 1);
    CHECK(!w.refused);
    CHECK_INT(runner_want(w.runner, &wish, &err), 0);
    fake_run_to(&w.fake, 2);
    CHECK_INT(want(w.runner, 4, 1000, &err), 0); // A alone, as before
    fake_run_to(&w.fake, 3);
    CHECK_TEXT(TRACE(w), "0 test_start +B 0.001 +B complete(2) 1 +A complete(3) 2 +A complete(4)");
    name = STR("C");
    CHECK_INT(runner_want(w.runner, &wish, &err), -1);
    CHECK_TEXT(err.text, "there is no user class 'C'");
    runner_stop(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    fake_run_to(&w.fake, 4);
    CHECK(tear_down(&w));
}

/* In a listener of test_start: three times as many A as B. */
static void weigh_a(void *self, const struct hook *what)
{
    struct world *w = self;
    struct err err = ERR_INIT;

    (void)what;
    w->refused = runner_set_class(w->runner, STR("A"), 3, 0, &err) < 0;
}

TEST(what_classes_weigh_when_a_test_begins)
{
    struct world w;
    struct err err = ERR_INIT;

    set_up(&w, 4, 1000);
    hooks_add(w.fake.hooks, HOOK_TEST_START, weigh_a, &w);
    start(&w);
    CHECK(!w.refused);
    CHECK_INT(runner_set_class(w.runner, STR("C"), 1, 0, &err), -1);
    CHECK_TEXT(err.text, "there is no user class 'C'");
    err_clear(&err);
    CHECK_INT(runner_set_class(w.runner, STR("A"), 1, 0, &err), 0); // for the next one
    fake_run_to(&w.fake, 1);
    CHECK_INT(w.fake.present[0], 3);
    CHECK_INT(w.fake.present[1], 1);
    runner_stop(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    fake_run_to(&w.fake, 2);
    CHECK(tear_down(&w));
}

TEST(no_test_follows_a_quit)
{
    struct world w;

    set_up(&w, 1, 1);
    hooks_add(w.fake.hooks, HOOK_TEST_STOP, want_more, &w);
    start(&w);
    runner_quit(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    fake_run_to(&w.fake, 5);
    CHECK(w.refused);
    CHECK_INT(runner_state(w.runner), RUN_STOPPED);
    CHECK(tear_down(&w));
}

TEST(a_quit_takes_back_a_test_that_is_wanted)
{
    struct world w;
    struct err err = ERR_INIT;

    set_up(&w, 1, 1);
    w.config.stop_timeout_s = 10;
    w.fake.task_s = 3;
    start(&w);
    fake_run_to(&w.fake, 1);
    runner_stop(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    CHECK_INT(want(w.runner, 3, 1000, &err), 0);
    fake_run_to(&w.fake, 2);
    runner_quit(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    fake_run_to(&w.fake, 10);
    CHECK_INT(w.fake.spawned, 1);
    CHECK_INT(w.ends, 1);
    CHECK_INT(runner_state(w.runner), RUN_STOPPED);
    CHECK(tear_down(&w));
}

TEST(who_came_beside_the_ramp_and_went_is_not_replaced)
{
    struct world w;
    struct err err = ERR_INIT;

    set_up(&w, 2, 1000);
    start(&w);
    fake_run_to(&w.fake, 1);
    CHECK_INT(runner_spawn(w.runner, STR("A"), 1, &err), 0);
    fake_end(&w.fake, 0, 1);
    fake_run_to(&w.fake, 2);
    CHECK_INT(runner_user_count(w.runner), 2);
    CHECK_INT(want(w.runner, 3, 1000, &err), 0);
    fake_run_to(&w.fake, 3);
    CHECK_INT(runner_user_count(w.runner), 3);
    CHECK_INT(w.fake.spawned, 4);
    CHECK(tear_down(&w));
}

TEST(users_beside_the_ramp)
{
    struct world w;
    struct err err = ERR_INIT;
    struct str name;
    size_t users, wanted;

    set_up(&w, 2, 1000);
    start(&w);
    CHECK_INT(runner_spawn(w.runner, STR("A"), 1, &err), 0);
    CHECK_INT(runner_spawn(w.runner, STR("C"), 1, &err), -1);
    CHECK_TEXT(err.text, "there is no user class 'C'");
    fake_run_to(&w.fake, 1);
    CHECK(runner_class_users(w.runner, 0, &name, &users, &wanted));
    CHECK_INT(users, 2);
    CHECK_INT(wanted, 1);
    CHECK(!runner_class_users(w.runner, 2, &name, &users, &wanted));
    CHECK_INT(runner_user_count(w.runner), 3);
    CHECK_INT(want(w.runner, 4, 1000, &err), 0);
    fake_run_to(&w.fake, 2);
    CHECK_INT(runner_user_count(w.runner), 4);
    CHECK_TEXT(TRACE(w), "0 test_start +A +A 0.001 +B complete(2) 1 -A +A 1.001 +B complete(4)");
    runner_stop(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    fake_run_to(&w.fake, 3);
    err_clear(&err);
    CHECK_INT(runner_spawn(w.runner, STR("A"), 1, &err), -1);
    CHECK_TEXT(err.text, "no test goes on that users could come to");
    CHECK(tear_down(&w));
}

TEST(stop_gives_tasks_their_time)
{
    struct world w;

    set_up(&w, 2, 1000);
    w.config.stop_timeout_s = 10;
    w.fake.task_s = 3;
    start(&w);
    fake_run_to(&w.fake, 5);
    runner_stop(w.runner, RUN_END_SIGNAL, STR("Got SIGTERM signal"));
    CHECK_INT(runner_why(w.runner), RUN_END_SIGNAL);
    CHECK(strstr(TRACE(w), "test_stopping") == NULL); // never from inside the call
    runner_stop(w.runner, RUN_END_SCRIPT, STR("too late"));
    fake_run_to(&w.fake, 7);
    CHECK_INT(runner_state(w.runner), RUN_CLEANUP);
    CHECK_INT(runner_user_count(w.runner), 2);
    CHECK_DOUBLE(w.fake.last_grace_s, 10, 0);
    fake_run_to(&w.fake, 50);
    CHECK_TEXT(TRACE(w), "0 test_start +A 0.001 +B complete(2) 5 test_stopping 8 -A -B test_stop "
                         "end");
    CHECK_INT(runner_why(w.runner), RUN_END_SIGNAL);
    CHECK(strstr(LOG(w), "INFO/katydid.main: Got SIGTERM signal\n") != NULL);
    CHECK(strstr(LOG(w), "too late") == NULL);
    CHECK(tear_down(&w));
}

TEST(stop_cuts_tasks_off_after_their_time)
{
    struct world w;

    set_up(&w, 1, 1);
    w.config.stop_timeout_s = 2;
    w.fake.task_s = 30;
    start(&w);
    fake_run_to(&w.fake, 5);
    runner_stop(w.runner, RUN_END_SCRIPT, STR("enough"));
    fake_run_to(&w.fake, 50);
    CHECK_TEXT(TRACE(w), "0 test_start +A complete(1) 5 test_stopping 7 -A test_stop end");
    CHECK(strstr(LOG(w), "INFO/katydid.main: The script ended the test: enough\n") != NULL);
    CHECK(tear_down(&w));
}

TEST(who_was_leaving_is_waited_for)
{
    struct world w;

    set_up(&w, 2, 1000);
    w.config.stop_timeout_s = 4;
    w.fake.task_s = 30;
    start(&w);
    fake_run_to(&w.fake, 1);
    runner_edit(w.runner, 1, 1);
    fake_run_to(&w.fake, 2);
    CHECK_INT(runner_user_count(w.runner), 2);
    runner_stop(w.runner, RUN_END_SIGNAL, STR_EMPTY);
    fake_run_to(&w.fake, 50);
    CHECK_TEXT(TRACE(w), "0 test_start +A 0.001 +B complete(2) 1 complete(1) 2 test_stopping "
                         "6 -A -B test_stop end");
    CHECK(tear_down(&w));
}

TEST(a_listener_ends_the_test_at_its_start)
{
    struct world w;

    set_up(&w, 5, 1);
    w.stop_at = HOOK_TEST_START;
    start(&w);
    fake_run_to(&w.fake, 5);
    CHECK_TEXT(TRACE(w), "0 test_start test_stopping test_stop end");
    CHECK_TEXT(LOG(w), "INFO/katydid.main: The script ended the test\n");
    CHECK_INT(w.fake.spawned, 0);
    CHECK(tear_down(&w));
}

TEST(a_listener_ends_the_test_when_all_are_there)
{
    struct world w;

    set_up(&w, 1, 1);
    w.config.reset_stats = true;
    w.stop_at = HOOK_SPAWNING_COMPLETE;
    start(&w);
    fake_run_to(&w.fake, 5);
    CHECK_TEXT(TRACE(w), "0 test_start +A complete(1) test_stopping -A test_stop end");
    CHECK_TEXT(w.states, "test_start:ready complete:spawning test_stopping:spawning "
                         "test_stop:stopped");
    CHECK(tear_down(&w));
}

TEST(called_off_before_the_start)
{
    struct world w;

    set_up(&w, 5, 1);
    w.runner = runner_new(w.fake.loop, w.stats, w.fake.hooks, fake_driver(&w.fake), &w.config,
                          w.fake.classes, w.fake.n_classes);
    runner_on_end(w.runner, ended, &w);
    runner_stop(w.runner, RUN_END_SIGNAL, STR("Got SIGINT signal"));
    fake_run_to(&w.fake, 1);
    CHECK_INT(w.ends, 0);
    CHECK_INT(runner_state(w.runner), RUN_READY);
    runner_start(w.runner);
    CHECK_INT(w.ends, 0);
    fake_run_to(&w.fake, 2);
    CHECK_TEXT(TRACE(w), "1 end");
    CHECK_INT(runner_state(w.runner), RUN_STOPPED);
    CHECK_INT(runner_why(w.runner), RUN_END_SIGNAL);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 0, 0);
    CHECK(tear_down(&w));
}

static void stop_from_init(void *self)
{
    struct world *w = self;

    runner_stop(w->runner, RUN_END_SCRIPT, STR_EMPTY);
}

TEST(a_user_ends_the_test_while_he_is_made)
{
    struct world w;

    set_up(&w, 5, 100000);
    w.fake.on_spawn = stop_from_init;
    w.fake.on_spawn_self = &w;
    start(&w);
    fake_run_to(&w.fake, 5);
    CHECK_TEXT(TRACE(w), "0 test_start +A test_stopping -A test_stop end");
    CHECK(tear_down(&w));
}

TEST(ends_when_all_users_have_ended)
{
    struct world w;

    set_up(&w, 2, 1);
    w.config.run_time_s = 100;
    start(&w);
    fake_run_to(&w.fake, 0.5);
    fake_end(&w.fake, 0, 1); // one is still to come: the test goes on
    fake_run_to(&w.fake, 0.9);
    CHECK_INT(runner_user_count(w.runner), 0);
    CHECK_INT(runner_why(w.runner), RUN_END_NONE);
    fake_run_to(&w.fake, 3);
    fake_end(&w.fake, 0, 1);
    fake_run_to(&w.fake, 4);
    CHECK_INT(runner_why(w.runner), RUN_END_NONE);
    fake_end(&w.fake, 1, 1);
    fake_run_to(&w.fake, 10);
    CHECK_TEXT(TRACE(w), "0 test_start +A 0.5 ~A 1 +A 1.5 +B complete(2) 3 ~A "
                         "4 ~B test_stopping test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_USERS_GONE);
    CHECK(strstr(LOG(w), "INFO/katydid.main: All users have ended, shutting down\n") != NULL);
    CHECK(tear_down(&w));
}

TEST(ends_when_all_had_ended_before_the_last_was_made)
{
    struct world w;

    set_up(&w, 2, 1);
    w.fake.die_at_once = true;
    start(&w);
    fake_run_to(&w.fake, 100);
    CHECK_INT(runner_why(w.runner), RUN_END_USERS_GONE);
    CHECK_INT(w.fake.spawned, 3);
    CHECK(tear_down(&w));
}

TEST(no_users_and_no_run_time_end_at_once)
{
    struct world w;

    set_up(&w, 0, 1);
    start(&w);
    fake_run_to(&w.fake, 1);
    CHECK_TEXT(TRACE(w), "0 test_start complete(0) test_stopping test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_USERS_GONE);
    CHECK(tear_down(&w));
}

TEST(no_users_stay_for_the_run_time)
{
    struct world w;

    set_up(&w, 0, 1);
    w.config.run_time_s = 3;
    start(&w);
    fake_run_to(&w.fake, 2);
    CHECK_INT(runner_state(w.runner), RUN_RUNNING);
    fake_run_to(&w.fake, 5);
    CHECK_TEXT(TRACE(w), "0 test_start complete(0) 3 test_stopping test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_RUN_TIME);
    CHECK(tear_down(&w));
}

TEST(a_user_that_cant_be_made_ends_the_test)
{
    struct world w;

    set_up(&w, 5, 1);
    w.fake.fail_at = 2;
    start(&w);
    fake_run_to(&w.fake, 10);
    CHECK_TEXT(TRACE(w), "0 test_start +A 1 test_stopping -A test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_SPAWN_ERROR);
    CHECK(strstr(LOG(w),
                 "ERROR/katydid.runners: A user of class B could not be made: init failed\n") !=
          NULL);
    CHECK(tear_down(&w));
}

// --- shapes --------------------------------------------------------------------------------------

static int steps(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    (void)err;
    *step = (struct ramp_step){.users = t_s < 3   ? 2
                                        : t_s < 6 ? 4
                                                  : 1,
                               .spawn_rate = t_s < 3 ? 1 : 2};
    return t_s < 9 ? 1 : 0;
}

/* As recorded from Locust, but that users of one step are not all made at its begin. */
TEST(a_shape_of_steps)
{
    struct world w;

    set_up(&w, 0, 0);
    start_shape(&w, steps);
    fake_run_to(&w.fake, 20);
    CHECK_TEXT(TRACE(w), "0 test_start +A 1 +B complete(2) 3 +A 3.5 +B complete(4) "
                         "6 -B 6.5 -A 7 complete(1) -B 9 test_stopping -A test_stop end");
    CHECK_TEXT(LOG(w),
               "INFO/katydid.runners: Shape test starting.\n"
               "INFO/katydid.runners: Shape test updating to 2 users at 1.00 spawn rate\n"
               "INFO/katydid.runners: Ramping to 2 users at a rate of 1.00 per second\n"
               "INFO/katydid.runners: All users spawned: {\"A\": 1, \"B\": 1} (2 total users)\n"
               "INFO/katydid.runners: Shape test updating to 4 users at 2.00 spawn rate\n"
               "INFO/katydid.runners: Ramping to 4 users at a rate of 2.00 per second\n"
               "INFO/katydid.runners: All users spawned: {\"A\": 2, \"B\": 2} (4 total users)\n"
               "INFO/katydid.runners: Shape test updating to 1 users at 2.00 spawn rate\n"
               "INFO/katydid.runners: Ramping to 1 users at a rate of 2.00 per second\n"
               "INFO/katydid.runners: All users spawned: {\"A\": 1, \"B\": 0} (1 total users)\n"
               "INFO/katydid.runners: Shape test stopping\n"
               "INFO/katydid.main: Shape test completed, shutting down\n");
    CHECK_INT(runner_why(w.runner), RUN_END_SHAPE);
    CHECK(tear_down(&w));
}

static int climbs(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    (void)err;
    *step = (struct ramp_step){.users = t_s < 2 ? 100 : 1, .spawn_rate = 2};
    return 1;
}

TEST(a_shape_leaves_a_ramp_for_the_next)
{
    struct world w;

    set_up(&w, 0, 0);
    w.config.run_time_s = 8.5;
    start_shape(&w, climbs);
    fake_run_to(&w.fake, 1.9);
    CHECK_INT(runner_target(w.runner), 100);
    fake_run_to(&w.fake, 20);
    // The run time counts from the start, with a shape too.
    CHECK_TEXT(TRACE(w), "0 test_start +A 0.5 +B 1 +A 1.5 +B 2 -B 2.5 -A 3 complete(1) "
                         "-B 8.5 test_stopping -A test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_RUN_TIME);
    CHECK(tear_down(&w));
}

TEST(a_shape_goes_on_without_users)
{
    struct world w;

    set_up(&w, 0, 0);
    start_shape(&w, steps);
    fake_run_to(&w.fake, 1.5);
    fake_end(&w.fake, 0, 1);
    fake_end(&w.fake, 1, 1);
    fake_run_to(&w.fake, 2.5);
    CHECK_INT(runner_user_count(w.runner), 0);
    CHECK_INT(runner_why(w.runner), RUN_END_NONE);
    fake_run_to(&w.fake, 5);
    CHECK_INT(runner_user_count(w.runner), 4); // the next step brings them back
    CHECK(tear_down(&w));
}

static int throws(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    *step = (struct ramp_step){.users = 1, .spawn_rate = 1};
    return t_s < 2 ? 1 : err_set(err, "steps.lua:7: attempt to index nil");
}

TEST(a_shape_that_throws_ends_the_test)
{
    struct world w;

    set_up(&w, 0, 0);
    start_shape(&w, throws);
    fake_run_to(&w.fake, 20);
    CHECK_TEXT(TRACE(w), "0 test_start +A complete(1) 2 test_stopping -A test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_SHAPE_ERROR);
    CHECK(strstr(LOG(w), "ERROR/katydid.runners: Shape test failed: steps.lua:7: attempt to index "
                         "nil\n") != NULL);
    CHECK(tear_down(&w));
}

static int backwards(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    (void)t_s;
    (void)err;
    *step = (struct ramp_step){.users = 1, .spawn_rate = -1};
    return 1;
}

TEST(a_shape_that_wants_what_cant_be_ends_the_test)
{
    struct world w;

    set_up(&w, 0, 0);
    start_shape(&w, backwards);
    fake_run_to(&w.fake, 20);
    CHECK_TEXT(TRACE(w), "0 test_start test_stopping test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_SHAPE_ERROR);
    CHECK(tear_down(&w));
}

static int nobody(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    (void)err;
    *step = (struct ramp_step){.users = 3, .spawn_rate = 1, .has_classes = true};
    return t_s < 2 ? 1 : 0;
}

TEST(a_shape_that_allows_no_class)
{
    struct world w;

    set_up(&w, 0, 0);
    start_shape(&w, nobody);
    fake_run_to(&w.fake, 20);
    CHECK_TEXT(TRACE(w), "0 test_start complete(0) 2 test_stopping test_stop end");
    CHECK(tear_down(&w));
}

TEST(a_signal_ends_a_shape)
{
    struct world w;

    set_up(&w, 0, 0);
    start_shape(&w, climbs);
    fake_run_to(&w.fake, 0.7);
    runner_stop(w.runner, RUN_END_SIGNAL, STR_EMPTY);
    fake_run_to(&w.fake, 20);
    CHECK_TEXT(TRACE(w), "0 test_start +A 0.5 +B 0.7 test_stopping -A -B test_stop end");
    CHECK_INT(w.fake.ticks, 1);
    CHECK(tear_down(&w));
}

// --- iterations ----------------------------------------------------------------------------------

TEST(without_a_limit_there_is_always_one_left)
{
    struct world w;

    set_up(&w, 1, 1);
    start(&w);
    for (int i = 0; i < 1000; i++) {
        CHECK(runner_take_iteration(w.runner));
        runner_iteration_done(w.runner);
    }
    fake_run_to(&w.fake, 10);
    CHECK_INT(runner_why(w.runner), RUN_END_NONE);
    CHECK(tear_down(&w));
}

TEST(the_last_iteration_ends_the_ramp)
{
    struct world w;

    set_up(&w, 10, 1);
    w.config.iterations = 2;
    w.fake.task_s = 3; // nobody waits: who was asked to end has his time
    start(&w);
    fake_run_to(&w.fake, 1.5); // two users
    CHECK(runner_take_iteration(w.runner));
    CHECK_INT(runner_state(w.runner), RUN_SPAWNING);
    CHECK(runner_take_iteration(w.runner));
    CHECK_INT(runner_state(w.runner), RUN_RUNNING);
    CHECK(!runner_take_iteration(w.runner));
    runner_edit(w.runner, 20, 1);
    fake_run_to(&w.fake, 4);
    CHECK_INT(w.fake.spawned, 2);
    runner_iteration_done(w.runner);
    fake_end(&w.fake, 1, 1); // he saw that none was left
    fake_run_to(&w.fake, 5);
    CHECK_INT(w.fake.stopped, 0); // the other is at it yet
    runner_iteration_done(w.runner);
    fake_run_to(&w.fake, 6);
    CHECK_INT(w.fake.stopped, 1);
    CHECK(isinf(w.fake.last_grace_s));
    CHECK_INT(runner_why(w.runner), RUN_END_NONE);
    fake_run_to(&w.fake, 50);
    CHECK_TEXT(TRACE(w), "0 test_start +A 1 +B 4 ~B 8 -A test_stopping test_stop end");
    CHECK_INT(runner_why(w.runner), RUN_END_ITERATIONS);
    CHECK(strstr(LOG(w), "INFO/katydid.main: --iterations limit reached, shutting down\n") != NULL);
    CHECK(tear_down(&w));
}

TEST(a_run_of_a_task_that_was_cut_off_keeps_nobody_waiting)
{
    struct world w;

    set_up(&w, 1, 1);
    w.config.iterations = 1;
    start(&w);
    fake_run_to(&w.fake, 1);
    CHECK(runner_take_iteration(w.runner));
    fake_end(&w.fake, 0, 1); // never told that it was done
    fake_run_to(&w.fake, 5);
    CHECK_INT(runner_why(w.runner), RUN_END_ITERATIONS);
    CHECK_INT(w.ends, 1);
    CHECK(tear_down(&w));
}

TEST(the_last_iteration_ends_a_shape)
{
    struct world w;

    set_up(&w, 0, 0);
    w.config.iterations = 1;
    start_shape(&w, climbs);
    fake_run_to(&w.fake, 0.7);
    CHECK(runner_take_iteration(w.runner));
    runner_iteration_done(w.runner);
    fake_run_to(&w.fake, 10);
    CHECK_TEXT(TRACE(w), "0 test_start +A 0.5 +B 0.7 -A -B test_stopping test_stop end");
    CHECK_INT(w.fake.ticks, 1);
    CHECK_INT(runner_why(w.runner), RUN_END_ITERATIONS);
    CHECK(tear_down(&w));
}

TEST(a_signal_ends_a_run_that_waits_for_its_last_users)
{
    struct world w;

    set_up(&w, 1, 1);
    w.config.iterations = 1;
    w.config.stop_timeout_s = 1;
    w.fake.task_s = 1e6;
    start(&w);
    fake_run_to(&w.fake, 1);
    CHECK(runner_take_iteration(w.runner));
    runner_iteration_done(w.runner);
    fake_run_to(&w.fake, 5);
    CHECK_INT(runner_user_count(w.runner), 1);
    runner_stop(w.runner, RUN_END_SIGNAL, STR_EMPTY);
    fake_run_to(&w.fake, 10);
    CHECK_TEXT(TRACE(w), "0 test_start +A complete(1) 5 test_stopping 6 -A test_stop end");
    CHECK(tear_down(&w));
}

TEST(a_second_test_begins_anew)
{
    struct world w;

    set_up(&w, 2, 1000);
    w.config.iterations = 1;
    start(&w);
    fake_run_to(&w.fake, 1);
    CHECK(runner_take_iteration(w.runner));
    runner_iteration_done(w.runner);
    fake_run_to(&w.fake, 2);
    CHECK_INT(w.ends, 1);
    CHECK_DOUBLE(runner_run_time_s(w.runner), 1, 1e-6);
    buf_clear(&w.fake.trace);
    runner_start(w.runner);
    CHECK_INT(runner_why(w.runner), RUN_END_NONE);
    CHECK_INT(w.stats->history.n, 0);
    fake_run_to(&w.fake, 3);
    CHECK(runner_take_iteration(w.runner));
    runner_stop(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    fake_run_to(&w.fake, 4);
    CHECK_TEXT(TRACE(w), "2 test_start +A 2.001 +B complete(2) 3 test_stopping -A -B test_stop "
                         "end");
    CHECK_INT(w.ends, 2);
    CHECK(tear_down(&w));
}

TEST(a_second_test_replaces_nobody_of_the_first)
{
    struct world w;

    set_up(&w, 2, 1000);
    w.config.run_time_s = 1000;
    start(&w);
    fake_run_to(&w.fake, 1);
    fake_end(&w.fake, 0, 1);
    fake_end(&w.fake, 1, 1);
    fake_run_to(&w.fake, 2);
    CHECK_INT(runner_why(w.runner), RUN_END_USERS_GONE);
    CHECK(loop_is_idle(w.fake.loop)); // the run time isn't waited for
    runner_start(w.runner);
    fake_run_to(&w.fake, 3);
    CHECK_INT(w.fake.spawned, 4);
    CHECK_INT(runner_user_count(w.runner), 2);
    CHECK(tear_down(&w));
}

static void free_runner(void *self)
{
    struct world *w = self;

    runner_free(w->runner);
    w->runner = NULL;
}

TEST(the_end_may_free_the_runner)
{
    struct world w;

    set_up(&w, 2, 1000);
    start(&w);
    runner_on_end(w.runner, free_runner, &w);
    fake_run_to(&w.fake, 1);
    runner_stop(w.runner, RUN_END_SCRIPT, STR_EMPTY);
    fake_run_to(&w.fake, 2);
    CHECK(w.runner == NULL);
    CHECK(loop_is_idle(w.fake.loop));
    CHECK(tear_down(&w));
}

TEST_MAIN(RUN(a_test_from_start_to_end); RUN(counts_the_seconds_of_the_run);
          RUN(a_blocked_loop_makes_up_for_no_second); RUN(run_time_ends_a_ramp);
          RUN(statistics_begin_empty); RUN(reset_stats_after_each_ramp);
          RUN(edits_in_the_middle_of_a_ramp); RUN(an_edit_without_a_test_changes_nothing);
          RUN(a_test_that_the_script_wants_after_the_first); RUN(classes_that_the_script_wants);
          RUN(what_classes_weigh_when_a_test_begins); RUN(no_test_follows_a_quit);
          RUN(users_beside_the_ramp); RUN(a_quit_takes_back_a_test_that_is_wanted);
          RUN(who_came_beside_the_ramp_and_went_is_not_replaced); RUN(stop_gives_tasks_their_time);
          RUN(stop_cuts_tasks_off_after_their_time); RUN(who_was_leaving_is_waited_for);
          RUN(a_listener_ends_the_test_at_its_start);
          RUN(a_listener_ends_the_test_when_all_are_there); RUN(called_off_before_the_start);
          RUN(a_user_ends_the_test_while_he_is_made); RUN(ends_when_all_users_have_ended);
          RUN(ends_when_all_had_ended_before_the_last_was_made);
          RUN(no_users_and_no_run_time_end_at_once); RUN(no_users_stay_for_the_run_time);
          RUN(a_user_that_cant_be_made_ends_the_test); RUN(a_shape_of_steps);
          RUN(a_shape_leaves_a_ramp_for_the_next); RUN(a_shape_goes_on_without_users);
          RUN(a_shape_that_throws_ends_the_test);
          RUN(a_shape_that_wants_what_cant_be_ends_the_test); RUN(a_shape_that_allows_no_class);
          RUN(a_signal_ends_a_shape); RUN(without_a_limit_there_is_always_one_left);
          RUN(the_last_iteration_ends_the_ramp);
          RUN(a_run_of_a_task_that_was_cut_off_keeps_nobody_waiting);
          RUN(the_last_iteration_ends_a_shape);
          RUN(a_signal_ends_a_run_that_waits_for_its_last_users); RUN(a_second_test_begins_anew);
          RUN(a_second_test_replaces_nobody_of_the_first); RUN(the_end_may_free_the_runner);)
