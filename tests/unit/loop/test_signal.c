/* test_signal -- signals that arrive as events of the loop. */
// SPDX-License-Identifier: MIT
#include "loop/signal.h"

#include "loop/timer.h"

#include "../check.h"

#include <signal.h>

struct seen {
    struct loop *loop;
    int calls, number;
};

static void caught(void *self, int number)
{
    struct seen *s = self;
    s->calls++;
    s->number = number;
    loop_stop(s->loop);
}

static void stop(void *self)
{
    loop_stop(self);
}

static void send_signal(void *self)
{
    (void)self;
    raise(SIGUSR1);
}

TEST(comes_in_the_next_turn_not_at_once)
{
    struct clock clock;
    clock_init(&clock);
    struct loop *loop = loop_new(&clock);
    struct seen seen = {.loop = loop};
    struct signal_watch watch;
    signal_watch_init(&watch, caught, &seen);
    signal_watch_start(loop, &watch, SIGUSR1);
    CHECK(!loop_is_idle(loop));
    raise(SIGUSR1);
    CHECK_INT(seen.calls, 0);
    CHECK(!loop_turn(loop, false));
    CHECK_INT(seen.calls, 1);
    CHECK_INT(seen.number, SIGUSR1);
    raise(SIGUSR1);
    loop_turn(loop, true);
    CHECK_INT(seen.calls, 2);
    signal_watch_cancel(&watch);
    signal_watch_cancel(&watch);
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(ends_a_run_that_waits)
{
    struct clock clock;
    clock_init(&clock);
    struct loop *loop = loop_new(&clock);
    struct seen seen = {.loop = loop};
    struct signal_watch watch;
    struct timer sender, never;
    signal_watch_init(&watch, caught, &seen);
    signal_watch_start(loop, &watch, SIGUSR1);
    timer_init(&sender, send_signal, NULL);
    timer_init(&never, stop, loop);
    timer_start(loop, &sender, NS_PER_MS);
    timer_start(loop, &never, 3600 * NS_PER_S);
    loop_run(loop);
    CHECK_INT(seen.calls, 1);
    CHECK(timer_is_started(&never));
    timer_cancel(loop, &never);
    signal_watch_cancel(&watch);
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(alone_keeps_nothing_running)
{
    struct clock clock;
    clock_init_virtual(&clock, 0, 0);
    struct loop *loop = loop_new(&clock);
    struct seen seen = {.loop = loop};
    struct signal_watch watch;
    signal_watch_init(&watch, caught, &seen);
    signal_watch_start(loop, &watch, SIGUSR2);
    loop_run(loop);
    CHECK_INT(seen.calls, 0);
    CHECK(!loop_is_idle(loop));
    signal_watch_cancel(&watch);
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(two_watches_hear_one_signal)
{
    struct clock clock;
    clock_init_virtual(&clock, 0, 0);
    struct loop *loop = loop_new(&clock);
    struct seen first = {.loop = loop}, second = {.loop = loop};
    struct signal_watch a, b;
    signal_watch_init(&a, caught, &first);
    signal_watch_init(&b, caught, &second);
    signal_watch_start(loop, &a, SIGUSR1);
    signal_watch_start(loop, &b, SIGUSR1);
    raise(SIGUSR1);
    loop_turn(loop, false);
    CHECK_INT(first.calls, 1);
    CHECK_INT(second.calls, 1);
    signal_watch_cancel(&a);
    raise(SIGUSR1);
    loop_turn(loop, false);
    CHECK_INT(first.calls, 1);
    CHECK_INT(second.calls, 2);
    signal_watch_cancel(&b);
    loop_free(loop);
}

TEST_MAIN(RUN(comes_in_the_next_turn_not_at_once); RUN(ends_a_run_that_waits);
          RUN(alone_keeps_nothing_running); RUN(two_watches_hear_one_signal);)
