/*
 * spawner -- the users of this process: carries out ramps, and keeps count of who is there.
 *
 * The dispatcher is asked for one user at a time, just when he is due: so its books are never ahead
 * of what was done, and a ramp can be left for another at any moment.
 */
// SPDX-License-Identifier: MIT
#include "run/spawner.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "loop/timer.h"
#include "run/ramp.h"

/* Changes in one turn of the loop: answers of those who run already are waiting too. */
#define CHANGES_A_TURN 100

/* Of a class, in the dispatcher's order. */
struct tally {
    size_t present;  /* made and not ended */
    size_t leaving;  /* of these: asked to end */
    size_t missing;  /* ended by themselves, and not replaced */
    size_t replaced; /* to be replaced in this step: at most `missing` */
    size_t extra;    /* made beside the dispatcher's books */
};

struct spawner {
    struct loop *loop;
    struct driver driver;
    double grace_s;
    const struct dispatch_class *classes;
    size_t n_classes;
    struct spawner_events events;

    struct dispatch *dispatch;
    struct tally *tallies;
    size_t present;

    struct ramp ramp;
    struct timer timer;
    size_t target;
    bool is_ramping;
    bool is_last_step;
};

static void work(void *self);

static struct dispatch *new_dispatch(const struct spawner *s)
{
    return dispatch_new(s->classes, s->n_classes, &STR("local"), 1);
}

struct spawner *spawner_new(struct loop *loop, struct driver driver, double grace_s,
                            const struct dispatch_class *classes, size_t n_classes,
                            struct spawner_events events)
{
    struct spawner *s = xcalloc(1, sizeof(*s));

    s->loop = loop;
    s->driver = driver;
    s->grace_s = grace_s;
    s->classes = classes;
    s->n_classes = n_classes;
    s->events = events;
    s->dispatch = new_dispatch(s);
    s->tallies = xcalloc(n_classes, sizeof(*s->tallies));
    timer_init(&s->timer, work, s);
    return s;
}

void spawner_free(struct spawner *s)
{
    if (s == NULL)
        return;
    spawner_cancel(s);
    dispatch_free(s->dispatch);
    free(s->tallies);
    free(s);
}

void spawner_clear(struct spawner *s)
{
    if (s->present > 0)
        BUG("a user is left from the test before");
    spawner_cancel(s);
    dispatch_free(s->dispatch);
    s->dispatch = new_dispatch(s);
    for (size_t c = 0; c < s->n_classes; c++)
        s->tallies[c] = (struct tally){0};
}

// --- a step --------------------------------------------------------------------------------------

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t count_missing(const struct spawner *s)
{
    size_t n = 0;

    for (size_t c = 0; c < s->n_classes; c++)
        n += s->tallies[c].missing;
    return n;
}

/* How many changes the next step has; 0: the ramp is complete. */
static size_t plan_step(const struct spawner *s)
{
    size_t total = dispatch_total(s->dispatch);

    if (s->is_last_step)
        return 0;
    if (total > s->target)
        return smaller(s->ramp.batch, total - s->target);
    return count_missing(s) + smaller(s->ramp.batch, s->target - total);
}

static void begin_step(struct spawner *s)
{
    size_t total = dispatch_total(s->dispatch);

    ramp_begin_step(&s->ramp, plan_step(s));
    if (total > s->target)
        return;
    for (size_t c = 0; c < s->n_classes; c++)
        s->tallies[c].replaced = s->tallies[c].missing;
    // What goes missing from now on waits for the next ramp, else users that end as soon as they
    // begin would keep this one busy for ever.
    s->is_last_step = s->target - total <= s->ramp.batch;
}

/* False: he could not be made. */
static bool spawn(struct spawner *s, size_t c)
{
    struct str name = dispatch_class_name(s->dispatch, c);
    struct err err = ERR_INIT;

    if (s->driver.spawn(s->driver.self, name, 1, &err) < 0) {
        spawner_cancel(s);
        s->events.failed(s->events.self, name, &err);
        return false;
    }
    s->tallies[c].present++;
    s->present++;
    return true;
}

static void let_go(struct spawner *s, size_t c)
{
    struct tally *t = &s->tallies[c];

    if (t->missing > 0) {
        t->missing--; // he has gone already
        return;
    }
    t->leaving++;
    s->driver.stop(s->driver.self, dispatch_class_name(s->dispatch, c), 1, s->grace_s);
}

/* Those who came beside the books leave when the books are followed again. */
static void let_extra_go(struct spawner *s, size_t c)
{
    struct tally *t = &s->tallies[c];

    if (t->extra == 0)
        return;
    t->leaving += t->extra;
    s->driver.stop(s->driver.self, dispatch_class_name(s->dispatch, c), t->extra, s->grace_s);
    t->extra = 0;
}

/* The class that is to be replaced next; n_classes: none. */
static size_t next_replaced(const struct spawner *s)
{
    size_t c = 0;

    while (c < s->n_classes && s->tallies[c].replaced == 0)
        c++;
    return c;
}

/* The next change of the present step. */
static void make_change(struct spawner *s)
{
    size_t c = next_replaced(s);
    size_t before = dispatch_total(s->dispatch);
    double pause_s;

    ramp_count_change(&s->ramp);
    if (c < s->n_classes) {
        s->tallies[c].replaced--;
        s->tallies[c].missing--;
        spawn(s, c);
        return;
    }
    dispatch_step(s->dispatch, &pause_s);
    c = dispatch_last_class(s->dispatch);
    if (c == SIZE_MAX) {
        // Nobody may be added: the ramp ends below its target.
        s->is_last_step = true;
        s->ramp.n_made = s->ramp.n_changes;
    } else if (dispatch_total(s->dispatch) > before) {
        spawn(s, c);
    } else {
        let_go(s, c);
    }
}

/* Makes what is due, and waits for the next. */
static void work(void *self)
{
    struct spawner *s = self;
    uint64_t now_ns = clock_now_ns(loop_clock(s->loop));

    for (size_t n = 0; s->is_ramping; n++) {
        if (ramp_step_is_over(&s->ramp) && plan_step(s) == 0) {
            s->is_ramping = false;
            s->events.complete(s->events.self);
            return;
        }
        uint64_t due_ns = ramp_due_ns(&s->ramp);
        if (due_ns > now_ns || n == CHANGES_A_TURN) {
            timer_start_at(s->loop, &s->timer, due_ns);
            return;
        }
        if (ramp_step_is_over(&s->ramp))
            begin_step(s);
        make_change(s);
    }
}

// --- ramps ---------------------------------------------------------------------------------------

void spawner_start(struct spawner *s, size_t users, double rate, const struct str *allowed,
                   size_t n_allowed)
{
    uint64_t now_ns = clock_now_ns(loop_clock(s->loop));

    // A rate of 1 is a step for each user: when they come is the ramp's matter.
    dispatch_start(s->dispatch, users, 1, allowed, n_allowed);
    for (size_t c = 0; c < s->n_classes; c++) {
        s->tallies[c].replaced = 0;
        let_extra_go(s, c);
    }
    s->target = users;
    s->is_last_step = false;
    s->is_ramping = true;
    ramp_start(&s->ramp, now_ns, rate);
    timer_start_at(s->loop, &s->timer, now_ns);
}

void spawner_cancel(struct spawner *s)
{
    s->is_ramping = false;
    timer_cancel(s->loop, &s->timer);
}

bool spawner_is_ramping(const struct spawner *s)
{
    return s->is_ramping;
}

void spawner_add(struct spawner *s, size_t class_index, size_t n)
{
    struct tally *t = &s->tallies[class_index];

    for (size_t i = 0; i < n; i++) {
        if (!spawn(s, class_index))
            return;
        if (t->missing > t->replaced)
            t->missing--;
        else
            t->extra++;
    }
}

void spawner_stop_all(struct spawner *s, double grace_s)
{
    for (size_t c = 0; c < s->n_classes; c++) {
        struct tally *t = &s->tallies[c];
        if (t->present == 0)
            continue;
        t->leaving = t->present;
        t->extra = 0;
        s->driver.stop(s->driver.self, dispatch_class_name(s->dispatch, c), SIZE_MAX, grace_s);
    }
}

void spawner_user_ended(struct spawner *s, struct str user_class, enum user_end why)
{
    size_t c = dispatch_find_class(s->dispatch, user_class);

    if (c == SIZE_MAX || s->tallies[c].present == 0)
        BUG("a user ended that was never there");
    struct tally *t = &s->tallies[c];
    t->present--;
    s->present--;
    if (why == USER_STOPPED && t->leaving > 0)
        t->leaving--;
    else if (t->extra > 0)
        t->extra--;
    else
        t->missing++;
    t->leaving = smaller(t->leaving, t->present);
}

size_t spawner_user_count(const struct spawner *s)
{
    return s->present;
}

size_t spawner_wanted(const struct spawner *s)
{
    return dispatch_total(s->dispatch);
}

struct str spawner_class_name(const struct spawner *s, size_t class_index)
{
    return dispatch_class_name(s->dispatch, class_index);
}

size_t spawner_class_count(const struct spawner *s, size_t class_index)
{
    return s->tallies[class_index].present;
}

size_t spawner_class_wanted(const struct spawner *s, size_t class_index)
{
    return dispatch_class_total(s->dispatch, class_index);
}

void spawner_add_counts(struct buf *out, const struct spawner *s)
{
    json_t *counts = json_object();
    size_t total = 0;

    for (size_t c = 0; c < s->n_classes; c++) {
        size_t n = s->tallies[c].present - s->tallies[c].leaving;
        struct str name = dispatch_class_name(s->dispatch, c);
        json_object_setn_new_nocheck(counts, name.p, name.n, json_integer((json_int_t)n));
        total += n;
    }
    char *text = json_dumps(counts, 0);
    buf_addf(out, "%s (%zu total users)", text != NULL ? text : "{}", total);
    free(text);
    json_decref(counts);
}
