/*
 * timers -- the timers of a loop: a heap of those to come, a list of those that are due.
 *
 * For loop.c and timer.c alone. The heap has four children to a node and its times in the nodes, so
 * that sifting touches few cache lines and no timer (but where times are equal).
 */
// SPDX-License-Identifier: MIT
#ifndef LOOP_TIMERS_H
#define LOOP_TIMERS_H

#include "loop/timer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer_node {
    uint64_t at_ns;
    struct timer *timer;
};

struct timers {
    struct timer_node *heap;
    struct timer **due; /* cancelled ones are NULL */
    size_t n, capacity;
    size_t due_n, due_capacity;
    uint64_t order; /* of the next start */
};

void timers_release(struct timers *timers);
bool timers_are_empty(const struct timers *timers); /* none to come, none due */

/* When the first is due; UINT64_MAX when there is none. */
uint64_t timers_first_ns(const struct timers *timers);

void timers_add(struct timers *timers, struct timer *t, uint64_t at_ns);
void timers_remove(struct timers *timers, struct timer *t); /* one that is started */

/* Takes all that are due at now_ns off the heap, then runs them. */
void timers_run(struct timers *timers, uint64_t now_ns);

#endif
