/* test_timer -- timers: their order, and what may be done to them while they run. */
// SPDX-License-Identifier: MIT
#include "loop/timer.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/rng.h"

#include "../check.h"

/* A loop under a virtual clock, and what happened on it. */
struct world {
    struct clock clock;
    struct loop *loop;
    struct buf trace;
};

static void world_init(struct world *w)
{
    *w = (struct world){.trace = BUF_INIT};
    clock_init_virtual(&w->clock, 1000, 0);
    w->loop = loop_new(&w->clock);
}

/* Whether nothing was left open. */
static bool world_release(struct world *w)
{
    bool idle = loop_is_idle(w->loop);
    if (idle)
        loop_free(w->loop);
    buf_release(&w->trace);
    return idle;
}

struct bell {
    struct timer timer;
    struct world *world;
    char name;
    struct bell *other;
    int rings; /* how often it starts itself again */
    uint64_t after_ns;
};

static void ring(void *self)
{
    struct bell *b = self;
    buf_add_char(&b->world->trace, b->name);
}

static void ring_again(void *self)
{
    struct bell *b = self;
    ring(self);
    if (--b->rings > 0)
        timer_start(b->world->loop, &b->timer, b->after_ns);
}

static void ring_and_cancel(void *self)
{
    struct bell *b = self;
    ring(self);
    timer_cancel(b->world->loop, &b->other->timer);
}

static void ring_and_start(void *self)
{
    struct bell *b = self;
    ring(self);
    timer_start(b->world->loop, &b->other->timer, b->after_ns);
}

static void bell_init(struct bell *b, struct world *w, char name, void (*fire)(void *self))
{
    *b = (struct bell){.world = w, .name = name};
    timer_init(&b->timer, fire, b);
}

TEST(fires_in_order_of_time)
{
    struct world w;
    struct bell bells[5];
    static const uint64_t after_ns[5] = {30, 10, 50, 20, 40};
    world_init(&w);
    for (int i = 0; i < 5; i++) {
        bell_init(&bells[i], &w, (char)('a' + i), ring);
        CHECK(!timer_is_started(&bells[i].timer));
        timer_start(w.loop, &bells[i].timer, after_ns[i]);
        CHECK(timer_is_started(&bells[i].timer));
    }
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "bdaec");
    CHECK_INT(loop_now_ns(w.loop), 1050);
    for (int i = 0; i < 5; i++)
        CHECK(!timer_is_started(&bells[i].timer));
    CHECK(world_release(&w));
}

TEST(equal_times_run_in_order_of_start)
{
    struct world w;
    struct bell bells[26];
    world_init(&w);
    for (int i = 0; i < 26; i++) {
        bell_init(&bells[i], &w, (char)('a' + i), ring);
        timer_start_at(w.loop, &bells[i].timer, 5000);
    }
    timer_start_at(w.loop, &bells[2].timer, 5000); // starting again is a new start
    timer_start_at(w.loop, &bells[0].timer, 6000);
    timer_start_at(w.loop, &bells[0].timer, 5000);
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "bdefghijklmnopqrstuvwxyzca");
    CHECK(world_release(&w));
}

TEST(moves_and_cancels)
{
    struct world w;
    struct bell a, b, c;
    world_init(&w);
    bell_init(&a, &w, 'a', ring);
    bell_init(&b, &w, 'b', ring);
    bell_init(&c, &w, 'c', ring);
    timer_cancel(w.loop, &a.timer); // nothing where it isn't started
    timer_start(w.loop, &a.timer, 10);
    timer_start(w.loop, &b.timer, 20);
    timer_start(w.loop, &c.timer, 30);
    timer_start(w.loop, &a.timer, 40); // later
    timer_start(w.loop, &c.timer, 5);  // earlier
    timer_cancel(w.loop, &b.timer);
    timer_cancel(w.loop, &b.timer);
    CHECK(!timer_is_started(&b.timer));
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "ca");
    CHECK(world_release(&w));
}

TEST(past_times_fire_next_turn)
{
    struct world w;
    struct bell a, b;
    world_init(&w);
    bell_init(&a, &w, 'a', ring);
    bell_init(&b, &w, 'b', ring);
    timer_start_at(w.loop, &b.timer, 7);
    timer_start_at(w.loop, &a.timer, 0);
    CHECK(!loop_turn(w.loop, false));
    CHECK_TEXT(buf_cstr(&w.trace), "ab");
    CHECK_INT(loop_now_ns(w.loop), 1000);
    CHECK(world_release(&w));
}

TEST(due_ones_can_be_cancelled_by_each_other)
{
    struct world w;
    struct bell a, b, c;
    world_init(&w);
    bell_init(&a, &w, 'a', ring_and_cancel);
    bell_init(&b, &w, 'b', ring);
    bell_init(&c, &w, 'c', ring);
    a.other = &b;
    timer_start(w.loop, &a.timer, 10);
    timer_start(w.loop, &b.timer, 10);
    timer_start(w.loop, &c.timer, 10);
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "ac");
    CHECK(!timer_is_started(&b.timer));
    CHECK(world_release(&w));
}

TEST(cancelling_oneself_while_running_is_nothing)
{
    struct world w;
    struct bell a;
    world_init(&w);
    bell_init(&a, &w, 'a', ring_and_cancel);
    a.other = &a;
    timer_start(w.loop, &a.timer, 10);
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "a");
    CHECK(world_release(&w));
}

TEST(due_ones_can_be_moved_by_each_other)
{
    struct world w;
    struct bell a, b, c;
    world_init(&w);
    bell_init(&a, &w, 'a', ring_and_start);
    bell_init(&b, &w, 'b', ring);
    bell_init(&c, &w, 'c', ring);
    a.other = &b;
    a.after_ns = 100;
    timer_start(w.loop, &a.timer, 10);
    timer_start(w.loop, &b.timer, 10);
    timer_start(w.loop, &c.timer, 50);
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "acb");
    CHECK_INT(loop_now_ns(w.loop), 1110);
    CHECK(world_release(&w));
}

TEST(starting_at_once_again_does_not_starve_others)
{
    struct world w;
    struct bell a, b, c;
    world_init(&w);
    bell_init(&a, &w, 'a', ring_again);
    bell_init(&b, &w, 'b', ring);
    bell_init(&c, &w, 'c', ring);
    a.rings = 3;
    a.after_ns = 0;
    timer_start(w.loop, &a.timer, 10);
    timer_start(w.loop, &b.timer, 10);
    timer_start(w.loop, &c.timer, 11);
    CHECK(loop_turn(w.loop, true));
    CHECK_TEXT(buf_cstr(&w.trace), "ab");
    CHECK(loop_turn(w.loop, true));
    CHECK_TEXT(buf_cstr(&w.trace), "aba");
    CHECK_INT(loop_now_ns(w.loop), 1010); // what is due is not waited for
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "abaac");
    CHECK(world_release(&w));
}

TEST(one_time_for_a_whole_turn)
{
    struct world w;
    struct bell a, b;
    world_init(&w);
    bell_init(&a, &w, 'a', ring_and_start);
    bell_init(&b, &w, 'b', ring);
    a.other = &b;
    a.after_ns = 5;
    timer_start(w.loop, &a.timer, 10);
    timer_start(w.loop, &b.timer, 10);
    loop_turn(w.loop, true);
    CHECK_INT(b.timer.at_ns, 1015);
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "ab");
    CHECK(world_release(&w));
}

TEST(virtual_hour_of_seconds)
{
    struct world w;
    struct bell a;
    world_init(&w);
    bell_init(&a, &w, '.', ring_again);
    a.rings = 3600;
    a.after_ns = NS_PER_S;
    timer_start(w.loop, &a.timer, NS_PER_S);
    loop_run(w.loop);
    CHECK_INT(w.trace.n, 3600);
    CHECK_INT(clock_now_ns(&w.clock), 1000 + 3600 * NS_PER_S);
    CHECK(world_release(&w));
}

TEST(never_is_far_but_comes)
{
    struct world w;
    struct bell a, b;
    world_init(&w);
    bell_init(&a, &w, 'a', ring);
    bell_init(&b, &w, 'b', ring);
    timer_start(w.loop, &a.timer, UINT64_MAX);
    timer_start(w.loop, &b.timer, s_to_ns(INFINITY));
    loop_run(w.loop);
    CHECK_TEXT(buf_cstr(&w.trace), "ba");
    CHECK(world_release(&w));
}

struct checker {
    struct timer timer;
    struct loop *loop;
    uint64_t *last_ns;
    size_t *fired, *wrong;
};

static void check_time(void *self)
{
    struct checker *c = self;
    uint64_t now_ns = loop_now_ns(c->loop);
    *c->wrong += now_ns < *c->last_ns || now_ns != c->timer.at_ns;
    *c->last_ns = now_ns;
    *c->fired += 1;
}

/* Starts n timers at random times, cancels each seventh, moves each fifth, and runs the rest. */
static bool runs_many(size_t n, uint64_t span_ns)
{
    struct world w;
    struct rng rng;
    uint64_t last_ns = 0;
    size_t fired = 0, wrong = 0, left = n;
    struct checker *checkers = xcalloc(n, sizeof(*checkers));
    world_init(&w);
    rng_init(&rng, 1, 0);
    for (size_t i = 0; i < n; i++) {
        checkers[i] =
            (struct checker){.loop = w.loop, .last_ns = &last_ns, .fired = &fired, .wrong = &wrong};
        timer_init(&checkers[i].timer, check_time, &checkers[i]);
        timer_start(w.loop, &checkers[i].timer, rng_below(&rng, span_ns));
    }
    for (size_t i = 0; i < n; i += 5)
        timer_start(w.loop, &checkers[i].timer, rng_below(&rng, span_ns));
    for (size_t i = 0; i < n; i += 7) {
        timer_cancel(w.loop, &checkers[i].timer);
        left--;
    }
    loop_run(w.loop);
    free(checkers);
    return world_release(&w) && wrong == 0 && fired == left;
}

TEST(many_with_many_equal_times)
{
    CHECK(runs_many(5000, 40));
}

TEST(a_million)
{
    CHECK(runs_many(1000000, 3600 * NS_PER_S));
}

TEST(machine_time_never_fires_early)
{
    struct clock clock;
    struct world w = {.trace = BUF_INIT};
    struct bell a, b, c;
    clock_init(&clock);
    w.loop = loop_new(&clock);
    bell_init(&a, &w, 'a', ring);
    bell_init(&b, &w, 'b', ring);
    bell_init(&c, &w, 'c', ring);
    uint64_t start_ns = clock_now_ns(&clock);
    timer_start_at(w.loop, &c.timer, start_ns + 1 * NS_PER_MS);
    timer_start_at(w.loop, &a.timer, start_ns + 3 * NS_PER_MS);
    timer_start_at(w.loop, &b.timer, start_ns + 9 * NS_PER_MS);
    CHECK(loop_turn(w.loop, false));
    timer_cancel(w.loop, &c.timer);
    loop_run(w.loop);
    CHECK(clock_now_ns(&clock) >= start_ns + 9 * NS_PER_MS);
    CHECK(str_ends(buf_slice(&w.trace), STR("ab")));
    CHECK(world_release(&w));
}

TEST(machine_time_survives_a_first_timer_that_went_away)
{
    struct clock clock;
    struct world w = {.trace = BUF_INIT};
    struct bell a, b;
    clock_init(&clock);
    w.loop = loop_new(&clock);
    bell_init(&a, &w, 'a', ring_again);
    bell_init(&b, &w, 'b', ring);
    a.rings = 20;
    a.after_ns = 100 * NS_PER_US;
    timer_start(w.loop, &a.timer, 0);
    while (a.rings > 0) {
        // A time limit as requests have them: started and cancelled again and again.
        timer_start(w.loop, &b.timer, 150 * NS_PER_US);
        loop_turn(w.loop, true);
        timer_cancel(w.loop, &b.timer);
    }
    timer_start(w.loop, &a.timer, NS_PER_MS);
    loop_run(w.loop);
    CHECK(w.trace.n >= 21);
    CHECK(world_release(&w));
}

TEST_MAIN(RUN(fires_in_order_of_time); RUN(equal_times_run_in_order_of_start);
          RUN(moves_and_cancels); RUN(past_times_fire_next_turn);
          RUN(due_ones_can_be_cancelled_by_each_other);
          RUN(cancelling_oneself_while_running_is_nothing);
          RUN(due_ones_can_be_moved_by_each_other);
          RUN(starting_at_once_again_does_not_starve_others); RUN(one_time_for_a_whole_turn);
          RUN(virtual_hour_of_seconds); RUN(never_is_far_but_comes);
          RUN(many_with_many_equal_times); RUN(a_million); RUN(machine_time_never_fires_early);
          RUN(machine_time_survives_a_first_timer_that_went_away);)
