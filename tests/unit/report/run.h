/* run -- a run of users that do nothing, on a virtual clock, for the tests of what listens to one. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include "base/log.h"
#include "loop/loop.h"
#include "run/hooks.h"
#include "run/runner.h"
#include "stats/stats.h"

#define RUN_WALL_S 1795187621.25 /* when it begins */

struct test_run {
    struct clock clock;
    struct loop *loop;
    struct stats *stats;
    struct hooks *hooks;
    struct runner *runner;
    size_t users;
    unsigned seconds;                             /* that are over */
    void (*second)(void *self, unsigned seconds); /* called in each, before the reports */
    void *self;
};

static inline int test_run_spawn(void *self, struct str user_class, size_t n, struct err *err)
{
    struct test_run *t = self;
    (void)user_class;
    (void)err;
    t->users += n;
    return 0;
}

static inline size_t test_run_stop(void *self, struct str user_class, size_t n, double grace_s)
{
    struct test_run *t = self;
    (void)grace_s;
    for (; n > 0 && t->users > 0; n--) {
        t->users--;
        hooks_fire(t->hooks,
                   &(struct hook){.kind = HOOK_USER_ENDED, .u.ended = {user_class, USER_STOPPED}});
    }
    return 0;
}

static inline void test_run_second(void *self, const struct hook *what)
{
    struct test_run *t = self;
    (void)what;
    t->seconds++;
    if (t->second != NULL)
        t->second(t->self, t->seconds);
}

static inline void test_run_ended(void *self)
{
    struct test_run *t = self;
    loop_stop(t->loop);
}

/* Two users at once, for so long. */
static inline void test_run_init(struct test_run *t, double run_time_s, bool keep_recent)
{
    *t = (struct test_run){.users = 0};
    log_set_level(LOG_WARNING); // what the runner says of a run is not looked at
    clock_init_virtual(&t->clock, 1000 * NS_PER_S, RUN_WALL_S);
    t->loop = loop_new(&t->clock);
    t->stats = stats_new(RUN_WALL_S, keep_recent);
    t->hooks = hooks_new();
    struct driver driver = {.self = t, .spawn = test_run_spawn, .stop = test_run_stop};
    struct run_config config = {.users = 2, .spawn_rate = 100, .run_time_s = run_time_s};
    struct dispatch_class class = {.name = STR("Idle"), .weight = 1};
    t->runner = runner_new(t->loop, t->stats, t->hooks, driver, &config, &class, 1);
    runner_on_end(t->runner, test_run_ended, t);
    hooks_add(t->hooks, HOOK_SECOND, test_run_second, t);
}

static inline void test_run_start(struct test_run *t)
{
    runner_start(t->runner);
    loop_run(t->loop);
}

static inline double test_run_wall_s(const struct test_run *t)
{
    return clock_wall_s(&t->clock);
}

static inline void test_run_release(struct test_run *t)
{
    runner_free(t->runner);
    hooks_free(t->hooks);
    stats_free(t->stats);
    loop_free(t->loop);
}

#endif
