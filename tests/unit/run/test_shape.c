/* test_shape -- when the shape is asked, and what is told of its answers. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "fake.h"
#include "run/shape.h"

#include <math.h>

struct world {
    struct fake fake;
    struct shape *shape;
    size_t changes;
    struct err err;
};

static void changed(void *self, const struct ramp_step *step)
{
    struct world *w = self;
    char text[64];

    w->changes++;
    snprintf(text, sizeof(text), "%zu@%g%s", step->users, step->spawn_rate,
             step->has_classes ? ":" : "");
    fake_trace(&w->fake, text, step->n_classes > 0 ? step->classes[0] : STR_EMPTY);
}

static void over(void *self)
{
    struct world *w = self;

    fake_trace(&w->fake, "over", STR_EMPTY);
}

static void failed(void *self, const struct err *err)
{
    struct world *w = self;

    w->err = *err;
    fake_trace(&w->fake, "failed", STR_EMPTY);
}

static void set_up(struct world *w,
                   int (*plan)(struct fake *f, double t_s, struct ramp_step *step, struct err *err))
{
    *w = (struct world){0};
    fake_init(&w->fake, (const double[]){1, 1}, 2);
    w->fake.shape_plan = plan;
    w->fake.shape = (struct ramp_step){.users = 1, .spawn_rate = 1};
    w->shape = shape_new(
        w->fake.loop, fake_driver(&w->fake), w->fake.classes, 2,
        (struct shape_events){.changed = changed, .over = over, .failed = failed, .self = w});
}

static bool tear_down(struct world *w)
{
    shape_free(w->shape);
    return fake_release(&w->fake);
}

static int steps(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    (void)err;
    step->users = t_s < 3 ? 2 : 4;
    step->spawn_rate = t_s < 5 ? 1 : 2;
    return t_s < 6 ? 1 : 0;
}

TEST(asks_at_once_and_each_second)
{
    struct world w;

    set_up(&w, steps);
    shape_start(w.shape);
    CHECK_INT(w.fake.ticks, 0); // never from inside the start
    fake_run_to(&w.fake, 0);
    CHECK_INT(w.fake.ticks, 1);
    fake_run_to(&w.fake, 0.999);
    CHECK_INT(w.fake.ticks, 1);
    fake_run_to(&w.fake, 1);
    CHECK_INT(w.fake.ticks, 2);
    fake_run_to(&w.fake, 100);
    CHECK_INT(w.fake.ticks, 7);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 2@1 3 4@1 5 4@2 6 over");
    CHECK(tear_down(&w));
}

static int slow(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)t_s;
    (void)err;
    step->users = f->ticks;
    // The second one takes two seconds and a half.
    if (f->ticks == 2)
        clock_advance_to(&f->clock, clock_now_ns(&f->clock) + s_to_ns(2.5));
    return 1;
}

TEST(a_slow_tick_delays_the_next_and_none_is_made_up_for)
{
    struct world w;

    set_up(&w, slow);
    shape_start(w.shape);
    fake_run_to(&w.fake, 6);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 1@1 3.5 2@1 3@1 4.5 4@1 5.5 5@1");
    shape_cancel(w.shape);
    fake_run_to(&w.fake, 10);
    CHECK_INT(w.fake.ticks, 5);
    CHECK(tear_down(&w));
}

static int slow_to_begin(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)t_s;
    (void)err;
    step->users = f->ticks;
    // It begins its own time in here.
    if (f->ticks == 1)
        clock_advance_to(&f->clock, clock_now_ns(&f->clock) + s_to_ns(0.25));
    return 1;
}

TEST(seconds_count_from_the_end_of_the_first_tick)
{
    struct world w;

    set_up(&w, slow_to_begin);
    shape_start(w.shape);
    fake_run_to(&w.fake, 3);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0.25 1@1 1.25 2@1 2.25 3@1");
    CHECK(tear_down(&w));
}

static int classes(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    static struct str a, b;
    bool is_b = t_s >= 2;

    (void)err;
    a = f->classes[0].name;
    b = f->classes[1].name;
    step->has_classes = t_s >= 1 && t_s < 5;
    step->classes = is_b ? &b : &a;
    step->n_classes = t_s >= 1 && t_s < 4 ? 1 : 0;
    return 1;
}

TEST(other_classes_are_another_step)
{
    struct world w;

    set_up(&w, classes);
    shape_start(w.shape);
    fake_run_to(&w.fake, 9);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 1@1 1 1@1:A 2 1@1:B 4 1@1: 5 1@1");
    CHECK(tear_down(&w));
}

static int throws(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    (void)step;
    return t_s < 2 ? 1 : err_set(err, "steps.lua:7: no");
}

TEST(one_that_throws_is_asked_no_more)
{
    struct world w;

    set_up(&w, throws);
    shape_start(w.shape);
    fake_run_to(&w.fake, 9);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 1@1 2 failed");
    CHECK_TEXT(w.err.text, "steps.lua:7: no");
    CHECK_INT(w.fake.ticks, 3);
    CHECK(tear_down(&w));
}

static int bad_rate(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    (void)t_s;
    (void)err;
    step->spawn_rate = 0;
    return 1;
}

TEST(one_that_wants_what_cant_be_is_asked_no_more)
{
    struct world w;

    set_up(&w, bad_rate);
    shape_start(w.shape);
    fake_run_to(&w.fake, 9);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 failed");
    CHECK_TEXT(w.err.text, "the shape's tick: expected a spawn rate above 0, got 0");
    CHECK(tear_down(&w));
}

static struct world *cancelled;

static int cancels(struct fake *f, double t_s, struct ramp_step *step, struct err *err)
{
    (void)f;
    (void)t_s;
    (void)step;
    (void)err;
    shape_cancel(cancelled->shape);
    return 1;
}

TEST(one_that_ends_the_test_is_heard_no_more)
{
    struct world w;

    set_up(&w, cancels);
    cancelled = &w;
    shape_start(w.shape);
    fake_run_to(&w.fake, 9);
    CHECK_INT(w.fake.ticks, 1);
    CHECK_INT(w.changes, 0);
    CHECK(tear_down(&w));
}

TEST(begins_anew)
{
    struct world w;

    set_up(&w, NULL);
    shape_start(w.shape);
    fake_run_to(&w.fake, 0.5);
    shape_cancel(w.shape);
    shape_start(w.shape);
    fake_run_to(&w.fake, 9);
    CHECK_TEXT(buf_cstr(&w.fake.trace), "0 1@1 0.5 1@1");
    CHECK(tear_down(&w));
}

/* The error; empty: it is fine. */
static const char *check(struct ramp_step step)
{
    static char text[sizeof(struct err) + 8];
    struct err err = ERR_INIT;
    const struct dispatch_class known[] = {{.name = STR("Shopper"), .weight = 1},
                                           {.name = STR("Admin"), .weight = 1}};

    int rc = shape_check(&step, known, 2, &err);
    snprintf(text, sizeof(text), "%s%s", rc == 0 ? "" : "-1 ", err.text);
    return text;
}

TEST(checks_what_a_ramp_can_be_made_of)
{
    struct str good[] = {STR("Admin"), STR("Shopper")}, bad[] = {STR("Admin"), STR("Shoper")};
    struct str strange[] = {STR("Robot")};

    CHECK_TEXT(check((struct ramp_step){.users = 0, .spawn_rate = 0.001}), "");
    CHECK_TEXT(check((struct ramp_step){.users = 1, .spawn_rate = 1e6}), "");
    CHECK_TEXT(check((struct ramp_step){.users = SIZE_MAX, .spawn_rate = 1}),
               "-1 expected a number of users from 0 to 4294967295, got 18446744073709551615");
    CHECK_TEXT(check((struct ramp_step){.users = 1, .spawn_rate = -2}),
               "-1 expected a spawn rate above 0, got -2");
    CHECK_TEXT(check((struct ramp_step){.users = 1, .spawn_rate = (double)NAN}),
               "-1 expected a spawn rate above 0, got nan");
    CHECK_TEXT(check((struct ramp_step){.users = 1, .spawn_rate = (double)INFINITY}),
               "-1 expected a spawn rate above 0, got inf");
    CHECK_TEXT(
        check((struct ramp_step){
            .users = 1, .spawn_rate = 1, .has_classes = true, .classes = good, .n_classes = 2}),
        "");
    CHECK_TEXT(
        check((struct ramp_step){
            .users = 1, .spawn_rate = 1, .has_classes = true, .classes = bad, .n_classes = 2}),
        "-1 there is no user class 'Shoper', did you mean 'Shopper'?");
    CHECK_TEXT(
        check((struct ramp_step){
            .users = 1, .spawn_rate = 1, .has_classes = true, .classes = strange, .n_classes = 1}),
        "-1 there is no user class 'Robot'");
}

TEST_MAIN(RUN(asks_at_once_and_each_second);
          RUN(a_slow_tick_delays_the_next_and_none_is_made_up_for);
          RUN(seconds_count_from_the_end_of_the_first_tick); RUN(other_classes_are_another_step);
          RUN(one_that_throws_is_asked_no_more); RUN(one_that_wants_what_cant_be_is_asked_no_more);
          RUN(one_that_ends_the_test_is_heard_no_more); RUN(begins_anew);
          RUN(checks_what_a_ramp_can_be_made_of);)
