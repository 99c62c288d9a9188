/* shape -- asks the load shape about once a second what it wants, and tells what is new. */
// SPDX-License-Identifier: MIT
#include "run/shape.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "loop/timer.h"

struct shape {
    struct loop *loop;
    struct driver driver;
    const struct dispatch_class *classes;
    size_t n_classes;
    struct shape_events events;

    struct timer timer;
    uint64_t due_ns;
    bool is_asking;
    bool has_last;
    struct ramp_step last; /* its classes are ours */
};

static void ask(void *self);

struct shape *shape_new(struct loop *loop, struct driver driver,
                        const struct dispatch_class *classes, size_t n_classes,
                        struct shape_events events)
{
    assert(driver.tick != NULL);
    struct shape *s = xcalloc(1, sizeof(*s));

    s->loop = loop;
    s->driver = driver;
    s->classes = classes;
    s->n_classes = n_classes;
    s->events = events;
    timer_init(&s->timer, ask, s);
    return s;
}

static void forget_last(struct shape *s)
{
    for (size_t i = 0; i < s->last.n_classes; i++)
        free((char *)s->last.classes[i].p);
    free(s->last.classes);
    s->last = (struct ramp_step){0};
    s->has_last = false;
}

void shape_free(struct shape *s)
{
    if (s == NULL)
        return;
    shape_cancel(s);
    forget_last(s);
    free(s);
}

void shape_start(struct shape *s)
{
    forget_last(s);
    s->is_asking = true;
    s->due_ns = clock_now_ns(loop_clock(s->loop));
    timer_start_at(s->loop, &s->timer, s->due_ns);
}

void shape_cancel(struct shape *s)
{
    s->is_asking = false;
    timer_cancel(s->loop, &s->timer);
}

static bool is_as_last(const struct shape *s, const struct ramp_step *step)
{
    const struct ramp_step *last = &s->last;

    if (!s->has_last || step->users != last->users || step->spawn_rate != last->spawn_rate ||
        step->has_classes != last->has_classes || step->n_classes != last->n_classes)
        return false;
    for (size_t i = 0; i < step->n_classes; i++) {
        if (!str_equal(step->classes[i], last->classes[i]))
            return false;
    }
    return true;
}

static void keep_last(struct shape *s, const struct ramp_step *step)
{
    forget_last(s);
    s->has_last = true;
    s->last = *step;
    s->last.classes = xcalloc(step->n_classes + 1, sizeof(*s->last.classes));
    for (size_t i = 0; i < step->n_classes; i++)
        s->last.classes[i] = str_make(str_dup(step->classes[i]), step->classes[i].n);
}

static int check_class(struct str name, const struct dispatch_class *classes, size_t n_classes,
                       struct err *err)
{
    const char **known = xcalloc(n_classes + 1, sizeof(*known));
    bool is_known = false;

    for (size_t i = 0; i < n_classes; i++) {
        known[i] = str_dup(classes[i].name);
        is_known = is_known || str_equal(classes[i].name, name);
    }
    if (!is_known) {
        const char *nearest = nearest_name(name, known, n_classes);
        err_set(err, "there is no user class '%.*s'%s%s%s", STR_ARG(name),
                nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "'?" : "");
    }
    for (size_t i = 0; i < n_classes; i++)
        free((char *)known[i]);
    free(known);
    return is_known ? 0 : -1;
}

int shape_check(const struct ramp_step *step, const struct dispatch_class *classes,
                size_t n_classes, struct err *err)
{
    if (step->users > UINT32_MAX)
        return err_set(err, "expected a number of users from 0 to %u, got %zu", UINT32_MAX,
                       step->users);
    if (!(step->spawn_rate > 0) || isinf(step->spawn_rate))
        return err_set(err, "expected a spawn rate above 0, got %g", step->spawn_rate);
    for (size_t i = 0; i < step->n_classes; i++) {
        if (check_class(step->classes[i], classes, n_classes, err) < 0)
            return -1;
    }
    return 0;
}

static void ask(void *self)
{
    struct shape *s = self;
    struct ramp_step step = {0};
    struct err err = ERR_INIT;

    int answer = s->driver.tick(s->driver.self, &step, &err);
    if (!s->is_asking)
        return; // the script ended the test from its tick
    if (answer > 0 && shape_check(&step, s->classes, s->n_classes, &err) < 0) {
        err_prefix(&err, "the shape's tick");
        answer = -1;
    }
    if (answer < 0) {
        shape_cancel(s);
        s->events.failed(s->events.self, &err);
        return;
    }
    if (answer == 0) {
        shape_cancel(s);
        s->events.over(s->events.self);
        return;
    }
    uint64_t now_ns = clock_now_ns(loop_clock(s->loop));
    // A shape begins its own time in its first tick. Seconds count from the end of that, so that the
    // tick after n of them finds n seconds over by the shape's time too, and never a little less.
    if (!s->has_last)
        s->due_ns = now_ns;
    s->due_ns = s->due_ns + NS_PER_S > now_ns ? s->due_ns + NS_PER_S : now_ns;
    timer_start_at(s->loop, &s->timer, s->due_ns);
    if (!is_as_last(s, &step)) {
        keep_last(s, &step);
        s->events.changed(s->events.self, &step);
    }
}
