/* timer -- something that is due at a time of the loop's clock. */
// SPDX-License-Identifier: MIT
#include "loop/timer.h"

#include "base/err.h"
#include "base/mem.h"
#include "loop/timers.h"

#include <stdlib.h>

#define CHILDREN 4
#define FIRST_CAPACITY 64

static bool comes_before(const struct timer_node *a, const struct timer_node *b)
{
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns;
    return a->timer->order < b->timer->order;
}

static void put(struct timers *timers, size_t i, struct timer_node node)
{
    timers->heap[i] = node;
    node.timer->slot = (uint32_t)(i + 1);
}

static void sift_up(struct timers *timers, size_t i, struct timer_node node)
{
    while (i > 0) {
        size_t parent = (i - 1) / CHILDREN;
        if (!comes_before(&node, &timers->heap[parent]))
            break;
        put(timers, i, timers->heap[parent]);
        i = parent;
    }
    put(timers, i, node);
}

static void sift_down(struct timers *timers, size_t i, struct timer_node node)
{
    for (;;) {
        size_t first = i * CHILDREN + 1, best = first;
        if (first >= timers->n)
            break;
        size_t end = first + CHILDREN < timers->n ? first + CHILDREN : timers->n;
        for (size_t child = first + 1; child < end; child++) {
            if (comes_before(&timers->heap[child], &timers->heap[best]))
                best = child;
        }
        if (!comes_before(&timers->heap[best], &node))
            break;
        put(timers, i, timers->heap[best]);
        i = best;
    }
    put(timers, i, node);
}

/* The node goes to where it belongs, from place i on. */
static void settle(struct timers *timers, size_t i, struct timer_node node)
{
    if (i > 0 && comes_before(&node, &timers->heap[(i - 1) / CHILDREN]))
        sift_up(timers, i, node);
    else
        sift_down(timers, i, node);
}

static void heap_remove(struct timers *timers, struct timer *t)
{
    size_t i = t->slot - 1;
    struct timer_node last = timers->heap[--timers->n];
    t->slot = 0;
    if (i < timers->n)
        settle(timers, i, last);
}

static void heap_add(struct timers *timers, struct timer *t)
{
    if (timers->n == timers->capacity) {
        if (timers->n >= UINT32_MAX / 2)
            BUG("too many timers");
        timers->capacity = timers->n > 0 ? timers->n * 2 : FIRST_CAPACITY;
        timers->heap = xreallocarray(timers->heap, timers->capacity, sizeof(timers->heap[0]));
    }
    sift_up(timers, timers->n++, (struct timer_node){t->at_ns, t});
}

void timers_release(struct timers *timers)
{
    free(timers->heap);
    free(timers->due);
    *timers = (struct timers){.n = 0};
}

bool timers_are_empty(const struct timers *timers)
{
    return timers->n == 0 && timers->due_n == 0;
}

uint64_t timers_first_ns(const struct timers *timers)
{
    return timers->n > 0 ? timers->heap[0].at_ns : UINT64_MAX;
}

void timers_add(struct timers *timers, struct timer *t, uint64_t at_ns)
{
    t->at_ns = at_ns;
    t->order = timers->order++;
    if (t->is_due)
        timers_remove(timers, t);
    if (t->slot > 0)
        settle(timers, t->slot - 1, (struct timer_node){at_ns, t});
    else
        heap_add(timers, t);
}

void timers_remove(struct timers *timers, struct timer *t)
{
    if (!t->is_due) {
        heap_remove(timers, t);
        return;
    }
    timers->due[t->slot - 1] = NULL;
    t->slot = 0;
    t->is_due = false;
}

/* Off the heap, onto the list. */
static void collect_due(struct timers *timers, uint64_t now_ns)
{
    while (timers_first_ns(timers) <= now_ns) {
        if (timers->due_n == timers->due_capacity) {
            timers->due_capacity = timers->due_n > 0 ? timers->due_n * 2 : FIRST_CAPACITY;
            timers->due = xreallocarray(timers->due, timers->due_capacity, sizeof(timers->due[0]));
        }
        struct timer *t = timers->heap[0].timer;
        heap_remove(timers, t);
        timers->due[timers->due_n++] = t;
        t->slot = (uint32_t)timers->due_n;
        t->is_due = true;
    }
}

void timers_run(struct timers *timers, uint64_t now_ns)
{
    collect_due(timers, now_ns);
    for (size_t i = 0; i < timers->due_n; i++) {
        struct timer *t = timers->due[i];
        if (t == NULL)
            continue;
        timers_remove(timers, t);
        t->fire(t->self);
    }
    timers->due_n = 0;
}

void timer_init(struct timer *t, void (*fire)(void *self), void *self)
{
    *t = (struct timer){.fire = fire, .self = self};
}

void timer_start_at(struct loop *loop, struct timer *t, uint64_t at_ns)
{
    // UINT64_MAX stands for "no timer" (timers_first_ns).
    timers_add(loop_timers(loop), t, at_ns < UINT64_MAX ? at_ns : UINT64_MAX - 1);
}

void timer_start(struct loop *loop, struct timer *t, uint64_t after_ns)
{
    uint64_t at_ns;
    if (__builtin_add_overflow(loop_now_ns(loop), after_ns, &at_ns))
        at_ns = UINT64_MAX - 1;
    timer_start_at(loop, t, at_ns);
}

void timer_cancel(struct loop *loop, struct timer *t)
{
    if (timer_is_started(t))
        timers_remove(loop_timers(loop), t);
}

bool timer_is_started(const struct timer *t)
{
    return t->slot > 0;
}
