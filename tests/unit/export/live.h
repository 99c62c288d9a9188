/* live -- a run on a virtual clock, for the tests of what shows one while it goes on. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_LIVE_H
#define TESTS_LIVE_H

#include "export/sampler.h"
#include "loop/timer.h"

#include "../check.h"
#include "../report/run.h"

struct stage {
    struct test_run t;
    struct usage usage;
    struct live_run run;
};

static inline void stage_open(struct stage *g)
{
    test_run_init(&g->t, 0, false);
    usage_init(&g->usage, g->t.loop, g->t.hooks);
    g->run = (struct live_run){.loop = g->t.loop,
                               .stats = g->t.stats,
                               .runner = g->t.runner,
                               .usage = &g->usage,
                               .seed = 42,
                               .profile = "night"};
}

/* Whether nothing was left on the loop. */
static inline bool stage_close(struct stage *g)
{
    bool is_idle = loop_is_idle(g->t.loop);
    usage_release(&g->usage);
    if (is_idle)
        test_run_release(&g->t);
    return is_idle;
}

static inline void stage_log(struct stage *g, const char *method, const char *name, double ms,
                             const char *failure)
{
    double now_s = test_run_wall_s(&g->t);
    struct entry *e = stats_entry(g->t.stats, str_of(method), str_of(name), now_s);
    stats_log(g->t.stats, e, true, ms, 10, str_of(failure), now_s);
}

static inline void stage_log_names(struct stage *g, int n)
{
    char name[32];
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "/%d", i);
        stage_log(g, "GET", name, 1, "");
    }
}

/* Moves the virtual clock on, with all that is due on the way. */
static inline void stage_go_on(struct stage *g, double seconds)
{
    struct timer timer;
    timer_init(&timer, test_run_ended, &g->t);
    timer_start(g->t.loop, &timer, s_to_ns(seconds));
    loop_run(g->t.loop);
}

#endif
