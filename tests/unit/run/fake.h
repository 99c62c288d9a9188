/*
 * fake -- a driver of users that do nothing, and the world around it: a loop on a virtual clock,
 * hooks, and a trace of what happened when.
 *
 * Users are but numbers. Where `task_s` is 0 they always wait between two tasks, so that a stop ends
 * them at once; else they are busy, and end after the shorter of task_s and the grace.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_RUN_FAKE_H
#define TESTS_RUN_FAKE_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "run/dispatch.h"
#include "run/driver.h"
#include "run/hooks.h"

#include <stdlib.h>

#define FAKE_CLASSES 4

struct fake;

/* Users of a class that end together, later. */
struct fake_leaving {
    struct fake *fake;
    size_t class_index, n;
    enum user_end why;
    struct timer timer;
    struct fake_leaving *next;
};

struct fake {
    struct clock clock;
    struct loop *loop;
    struct hooks *hooks;
    struct dispatch_class classes[FAKE_CLASSES];
    size_t n_classes;

    size_t present[FAKE_CLASSES], asked[FAKE_CLASSES]; /* of these: to end */
    size_t spawned, stopped;
    double task_s, last_grace_s;
    bool die_at_once;             /* users end by themselves in the next turn */
    size_t fail_at;               /* the spawn of this number fails; 0: none */
    void (*on_spawn)(void *self); /* what a user's init does */
    void *on_spawn_self;
    struct fake_leaving *leaving;

    struct ramp_step shape; /* what tick answers; changed by shape_plan where that is set */
    int (*shape_plan)(struct fake *f, double t_s, struct ramp_step *step, struct err *err);
    size_t ticks;

    struct buf trace; /* "0 +A +B 1.5 -A": what happened, and when, where that is another time */
    bool has_no_trace;
    uint64_t traced_ns;
    struct buf log;
};

static double fake_now_s(const struct fake *f)
{
    return ns_to_s(clock_now_ns(&f->clock)) - 1000;
}

static void fake_trace(struct fake *f, const char *what, struct str detail)
{
    uint64_t now_ns = clock_now_ns(&f->clock);

    if (f->has_no_trace)
        return;
    if (f->trace.n > 0)
        buf_add_char(&f->trace, ' ');
    if (f->trace.n == 0 || now_ns != f->traced_ns)
        buf_addf(&f->trace, "%.4g ", fake_now_s(f));
    f->traced_ns = now_ns;
    buf_addf(&f->trace, "%s%.*s", what, STR_ARG(detail));
}

static size_t fake_class(const struct fake *f, struct str name)
{
    size_t i = 0;

    while (i < f->n_classes && !str_equal(f->classes[i].name, name))
        i++;
    return i;
}

static void fake_forget(struct fake_leaving *l)
{
    struct fake_leaving **at = &l->fake->leaving;

    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    timer_cancel(l->fake->loop, &l->timer);
    free(l);
}

static void fake_leave(void *self)
{
    struct fake_leaving l = *(struct fake_leaving *)self;
    struct fake *f = l.fake;
    struct hook what = {.kind = HOOK_USER_ENDED};

    fake_forget(self);
    what.u.ended.user_class = f->classes[l.class_index].name;
    what.u.ended.why = l.why;
    for (size_t i = 0; i < l.n; i++) {
        f->present[l.class_index]--;
        if (l.why == USER_STOPPED)
            f->asked[l.class_index]--;
        fake_trace(f, l.why == USER_STOPPED ? "-" : "~", what.u.ended.user_class);
        hooks_fire(f->hooks, &what);
    }
}

static void fake_leave_after(struct fake *f, size_t class_index, size_t n, enum user_end why,
                             double after_s)
{
    struct fake_leaving *l = xcalloc(1, sizeof(*l));

    *l = (struct fake_leaving){
        .fake = f, .class_index = class_index, .n = n, .why = why, .next = f->leaving};
    f->leaving = l;
    timer_init(&l->timer, fake_leave, l);
    timer_start(f->loop, &l->timer, s_to_ns(after_s));
}

/* n users of a class end by themselves, in the next turn. */
static inline void fake_end(struct fake *f, size_t class_index, size_t n)
{
    fake_leave_after(f, class_index, n, USER_FINISHED, 0);
}

static int fake_spawn(void *self, struct str user_class, size_t n, struct err *err)
{
    struct fake *f = self;
    size_t c = fake_class(f, user_class);

    if (f->fail_at > 0 && f->spawned + 1 == f->fail_at)
        return err_set(err, "init failed");
    f->spawned += n;
    fake_trace(f, "+", user_class);
    if (f->on_spawn != NULL)
        f->on_spawn(f->on_spawn_self);
    f->present[c] += n;
    if (f->die_at_once)
        fake_leave_after(f, c, n, USER_FAILED, 0);
    return 0;
}

static size_t fake_stop(void *self, struct str user_class, size_t n, double grace_s)
{
    struct fake *f = self;
    size_t c = fake_class(f, user_class);
    double after_s = grace_s < f->task_s ? grace_s : f->task_s;

    f->last_grace_s = grace_s;
    if (n == SIZE_MAX) {
        // All of them: who was about to end anyhow has the new time.
        struct fake_leaving *next;
        for (struct fake_leaving *l = f->leaving; l != NULL; l = next) {
            next = l->next;
            if (l->class_index == c)
                fake_forget(l);
        }
        n = f->present[c];
        f->asked[c] = 0;
    } else if (n > f->present[c] - f->asked[c]) {
        n = f->present[c] - f->asked[c];
    }
    f->stopped += n;
    f->asked[c] += n;
    fake_leave_after(f, c, n, USER_STOPPED, after_s);
    return after_s > 0 ? n : 0;
}

static int fake_tick(void *self, struct ramp_step *step, struct err *err)
{
    struct fake *f = self;

    f->ticks++;
    *step = f->shape;
    return f->shape_plan != NULL ? f->shape_plan(f, fake_now_s(f), step, err) : 1;
}

static void fake_log(void *self, struct str line)
{
    struct fake *f = self;
    struct str text = line;

    // Without time and host: "INFO/katydid.runners: ...".
    str_cut(&text, '/');
    buf_add_str(&f->log, text);
    buf_add_char(&f->log, '\n');
}

static inline struct driver fake_driver(struct fake *f)
{
    return (struct driver){.self = f, .spawn = fake_spawn, .stop = fake_stop, .tick = fake_tick};
}

/* Classes as "A", "B", ... of these weights. */
static inline void fake_init(struct fake *f, const double *weights, size_t n_classes)
{
    static const char *const names[FAKE_CLASSES] = {"A", "B", "C", "D"};

    *f = (struct fake){.trace = BUF_INIT, .log = BUF_INIT, .n_classes = n_classes};
    for (size_t i = 0; i < n_classes; i++)
        f->classes[i] = (struct dispatch_class){.name = str_of(names[i]), .weight = weights[i]};
    clock_init_virtual(&f->clock, 1000 * NS_PER_S, 1.7e9);
    f->loop = loop_new(&f->clock);
    f->hooks = hooks_new();
    log_set_sink(fake_log, f);
}

/* False: something was left on the loop. */
static inline bool fake_release(struct fake *f)
{
    while (f->leaving != NULL)
        fake_forget(f->leaving);
    bool is_idle = loop_is_idle(f->loop);
    log_set_sink(NULL, NULL);
    if (is_idle)
        loop_free(f->loop);
    hooks_free(f->hooks);
    buf_release(&f->trace);
    buf_release(&f->log);
    return is_idle;
}

static inline size_t fake_users(const struct fake *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n_classes; i++)
        n += f->present[i];
    return n;
}

static void fake_ring(void *self)
{
    *(bool *)self = true;
}

/* Turns until all that is due up to t_s is done. */
static inline void fake_run_to(struct fake *f, double t_s)
{
    bool has_rung = false;
    struct timer alarm;

    timer_init(&alarm, fake_ring, &has_rung);
    timer_start_at(f->loop, &alarm, s_to_ns(1000 + t_s) + 1);
    while (!has_rung)
        loop_turn(f->loop, true);
}

#endif
