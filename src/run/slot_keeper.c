/* slot_keeper -- keeps the statistics' slots while a test lasts. */
// SPDX-License-Identifier: MIT
#include "run/slot_keeper.h"

#include "stats/slots.h"

#include <math.h>

#define SHAPE_BEGIN_S 10 /* as thresholds have it */

static void work(void *self)
{
    struct slot_keeper *k = self;
    struct clock *clock = loop_clock(k->loop);
    uint64_t end_ns = clock_now_ns(clock) + SLOT_KEEPER_PART_NS;
    bool is_more = true;

    while (is_more && clock_now_ns(clock) < end_ns)
        is_more = slots_work(k->stats->slots);
    if (is_more)
        deferred_start(k->loop, &k->work);
}

static void count_users(struct slot_keeper *k)
{
    uint64_t users = runner_user_count(k->runner);

    k->users = users > k->users ? users : k->users;
}

static void on_second(void *self, const struct hook *what)
{
    struct slot_keeper *k = self;

    (void)what;
    count_users(k);
    size_t n = k->stats->slots->n;
    if (slots_tick(k->stats->slots, k->stats->entries, k->users,
                   clock_wall_at_s(loop_clock(k->loop), loop_now_ns(k->loop))))
        deferred_start(k->loop, &k->work);
    if (k->stats->slots->n > n)
        k->users = runner_user_count(k->runner);
}

static void on_start(void *self, const struct hook *what)
{
    struct slot_keeper *k = self;

    (void)what;
    k->spawned_at_s = 0;
    k->users = 0;
}

/* A shape's users come and go: what it first wanted is there, and ten seconds are over. */
static void on_spawned(void *self, const struct hook *what)
{
    struct slot_keeper *k = self;

    (void)what;
    if (k->spawned_at_s > 0)
        return;
    k->spawned_at_s = clock_wall_at_s(loop_clock(k->loop), loop_now_ns(k->loop));
    if (runner_config(k->runner)->has_shape)
        k->spawned_at_s = fmax(k->spawned_at_s, k->stats->slots->start_s + SHAPE_BEGIN_S);
}

/* The last moment at which all are there. */
static void on_stopping(void *self, const struct hook *what)
{
    (void)what;
    count_users(self);
}

static void on_stop(void *self, const struct hook *what)
{
    struct slot_keeper *k = self;

    (void)what;
    deferred_cancel(k->loop, &k->work);
}

void slot_keeper_init(struct slot_keeper *k, struct loop *loop, struct stats *stats,
                      const struct runner *runner, struct hooks *hooks)
{
    *k = (struct slot_keeper){.loop = loop, .stats = stats, .runner = runner, .is_on = true};
    deferred_init(&k->work, work, k);
    stats->slots = slots_new(stats->total->start_s, SLOTS_LIMIT);
    hooks_add(hooks, HOOK_TEST_START, on_start, k);
    hooks_add(hooks, HOOK_SPAWNING_COMPLETE, on_spawned, k);
    hooks_add(hooks, HOOK_SECOND, on_second, k);
    hooks_add(hooks, HOOK_TEST_STOPPING, on_stopping, k);
    hooks_add(hooks, HOOK_TEST_STOP, on_stop, k);
}

void slot_keeper_finish(struct slot_keeper *k, double now_s)
{
    if (!k->is_on)
        return;
    deferred_cancel(k->loop, &k->work);
    slots_finish(k->stats->slots, k->stats->entries, k->users, now_s);
    if (k->spawned_at_s > 0)
        k->stats->slots->spawned_s = fmax(k->spawned_at_s - k->stats->slots->start_s, 0);
    k->is_on = false;
}
