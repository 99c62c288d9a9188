/*
 * timer -- something that is due at a time of the loop's clock, in nanoseconds.
 *
 * A heap of our own, armed through one timerfd: libev takes no clock from outside and waits in
 * whole milliseconds. Due timers leave the heap before any of them runs, so that one which starts
 * itself again can't starve the loop; equal times run in the order of their start.
 */
// SPDX-License-Identifier: MIT
#ifndef LOOP_TIMER_H
#define LOOP_TIMER_H

#include "loop/loop.h"

#include <stdbool.h>
#include <stdint.h>

/* Embedded in its owner. */
struct timer {
    void (*fire)(void *self);
    void *self;
    uint64_t at_ns; /* private, from here */
    uint64_t order;
    uint32_t slot; /* place among those to come or due, from 1; 0: not started */
    bool is_due;
};

void timer_init(struct timer *t, void (*fire)(void *self), void *self);
/* One that is started already moves to the new time. A time that is past fires next turn. */
void timer_start_at(struct loop *loop, struct timer *t, uint64_t at_ns);
/* `after_ns` from loop_now_ns. */
void timer_start(struct loop *loop, struct timer *t, uint64_t after_ns);
void timer_cancel(struct loop *loop, struct timer *t); /* nothing where it isn't started */
bool timer_is_started(const struct timer *t);

#endif
