/*
 * loop -- one thread's turn after turn: due timers, ready descriptors, signals, and what was put off.
 *
 * Takes its clock from outside. With a virtual clock nothing is waited for: when no descriptor is
 * ready and nothing is put off, the clock jumps to the next timer, so that an hour is tested in
 * milliseconds. One thread; no function may be called from another.
 */
// SPDX-License-Identifier: MIT
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include "base/buf.h"
#include "base/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;

/* The clock is borrowed for the loop's life. NULL, with errno, when the system has no descriptor
 * left for it. */
struct loop *loop_new(struct clock *clock);
/* Everything started on it must have been cancelled or have ended (asserted: loop_is_idle). NULL is
 * fine. */
void loop_free(struct loop *loop);

/* Turns until loop_stop, or until nothing is left that could ever happen (signal watches alone are
 * nothing). */
void loop_run(struct loop *loop);
/* Ends loop_run after this turn; the next loop_run at once, if none is running. */
void loop_stop(struct loop *loop);

#define LOOP_EVENTS_AT_ONCE 32

/*
 * One turn: what is ready, then what is due, then what was put off. Of descriptors each is told once, in the
 * order in which they became ready; behind every LOOP_EVENTS_AT_ONCE of them, what was put off is run as well,
 * so that what they have brought is worked off while it is in the processor's caches. Waits for an event (or
 * moves a virtual clock) only if `wait`, and may come back for nothing. False when nothing is left that could
 * ever happen.
 */
bool loop_turn(struct loop *loop, bool wait);

/* The time of this turn: taken once when the loop woke, so that all that happens in a turn happens
 * at one time. What is measured reads clock_now_ns itself. Outside of a turn, the clock's time. */
uint64_t loop_now_ns(const struct loop *loop);
struct clock *loop_clock(const struct loop *loop);

/* What became of the time between two turns' beginnings. */
struct loop_times {
    uint64_t worked_ns; /* the turn before: from when it woke until it was ready to wait again */
    uint64_t waited_ns; /* for an event, or for a timer that was not due yet */
    uint64_t late_ns;   /* from when a timer was due until the loop woke */
};
/* Tells one listener (NULL: nobody) of each turn from now on, before anything of it is run. Costs no
 * reading of a clock: the loop takes these times anyway. */
void loop_watch(struct loop *loop, void (*turn)(void *self, const struct loop_times *times),
                void *self);

/*
 * Something put off to the end of this turn, or of its part (see loop_turn); to the next if it is put off
 * from there. Embedded in
 * its owner; started again while it waits it stays where it is.
 */
struct deferred {
    void (*run)(void *self);
    void *self;
    struct deferred *prev, *next; /* private */
    bool is_waiting;              /* private */
};
void deferred_init(struct deferred *d, void (*run)(void *self), void *self);
void deferred_start(struct loop *loop, struct deferred *d);
/* Behind all of those, and this turn still where one of those puts it off: what others gather for
 * while they run, so that it goes out with this turn. From a late one: with the next turn. */
void deferred_start_late(struct loop *loop, struct deferred *d);
void deferred_cancel(struct loop *loop, struct deferred *d);

/* Whether nothing is left on it: no timer, descriptor, signal or deferred. Tests ask at their end. */
bool loop_is_idle(const struct loop *loop);

/* "libev 4.33": of the library that is loaded. */
void loop_add_version(struct buf *out);

/* For the other files of this folder alone. */
struct ev_loop *loop_ev(struct loop *loop);
struct poller *loop_poller(struct loop *loop);
struct timers *loop_timers(struct loop *loop);
void loop_count_io(struct loop *loop, int change);
void loop_count_signal(struct loop *loop, int change);

#endif
