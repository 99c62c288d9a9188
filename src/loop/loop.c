/* loop -- one thread's turn after turn. */
// SPDX-License-Identifier: MIT
#include "loop/loop.h"

#include "base/err.h"
#include "base/mem.h"
#include "loop/poller.h"
#include "loop/timers.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct loop {
    struct clock *clock;
    struct ev_loop *ev;
    uint64_t now_ns; /* when the last turn began */
    bool is_turning, is_stopped;
    uint64_t idle_ns; /* when the last turn's work was done */
    void (*watch)(void *self, const struct loop_times *times);
    void *watch_self;

    struct timers timers;
    struct deferred waiting; /* ring: those that run at the end of this turn */
    struct deferred late;    /* ring: those that run behind them */
    struct deferred running; /* ring: those that are being run */
    size_t ios, signals;

    struct poller poller;
    ev_io poller_watcher;
    bool is_io_ready;

    // The machine's clock only.
    int timer_fd;        /* -1 with a virtual clock */
    ev_io timer_watcher; /* so that timer_fd ends a wait */
    uint64_t armed_ns;   /* when timer_fd expires; UINT64_MAX: never */
    bool has_expired;    /* and stays readable until it is armed again */
};

/* libev only collects what is ready: what is called, and when, is decided here (loop_turn). */
static void leave_pending(struct ev_loop *ev)
{
    (void)ev;
}

static void timer_fd_expired(struct ev_loop *ev, ev_io *watcher, int events)
{
    struct loop *loop = watcher->data;
    (void)ev;
    (void)events;
    loop->has_expired = true;
}

static void poller_is_ready(struct ev_loop *ev, ev_io *watcher, int events)
{
    struct loop *loop = watcher->data;
    (void)ev;
    (void)events;
    loop->is_io_ready = true;
}

static void ring_init(struct deferred *ring)
{
    ring->prev = ring->next = ring;
}

static bool ring_is_empty(const struct deferred *ring)
{
    return ring->next == ring;
}

static void ring_remove(struct deferred *d)
{
    d->prev->next = d->next;
    d->next->prev = d->prev;
    d->prev = d->next = NULL;
    d->is_waiting = false;
}

static void watch(struct loop *loop, ev_io *watcher, int fd,
                  void (*happened)(struct ev_loop *ev, ev_io *watcher, int events))
{
    ev_io_init(watcher, happened, fd, EV_READ);
    watcher->data = loop;
    ev_io_start(loop->ev, watcher);
}

/* Makes the descriptors through which others, and timers, end a wait. 0, or -1 with errno. */
static int open_descriptors(struct loop *loop)
{
    loop->armed_ns = UINT64_MAX;
    loop->timer_fd = -1;
    if (poller_open(&loop->poller) < 0)
        return -1;
    watch(loop, &loop->poller_watcher, loop->poller.fd, poller_is_ready);
    if (loop->clock->is_virtual)
        return 0;
    loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (loop->timer_fd < 0)
        return -1;
    watch(loop, &loop->timer_watcher, loop->timer_fd, timer_fd_expired);
    return 0;
}

struct loop *loop_new(struct clock *clock)
{
    struct ev_loop *ev = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV | EVFLAG_NOTIMERFD);
    if (ev == NULL)
        return NULL;
    struct loop *loop = xcalloc(1, sizeof(*loop));
    loop->clock = clock;
    loop->ev = ev;
    ring_init(&loop->waiting);
    ring_init(&loop->late);
    ring_init(&loop->running);
    ev_set_invoke_pending_cb(ev, leave_pending);
    if (open_descriptors(loop) < 0) {
        int saved = errno;
        loop_free(loop);
        errno = saved;
        return NULL;
    }
    return loop;
}

void loop_free(struct loop *loop)
{
    if (loop == NULL)
        return;
    assert(loop_is_idle(loop));
    if (loop->timer_fd >= 0) {
        ev_io_stop(loop->ev, &loop->timer_watcher);
        close(loop->timer_fd);
    }
    if (loop->poller.fd >= 0)
        ev_io_stop(loop->ev, &loop->poller_watcher);
    poller_close(&loop->poller);
    ev_loop_destroy(loop->ev);
    timers_release(&loop->timers);
    free(loop);
}

static bool has_deferred(const struct loop *loop)
{
    return !ring_is_empty(&loop->waiting) || !ring_is_empty(&loop->late);
}

/* Whether anything is left that could happen by itself: signals need somebody to send them. */
static bool is_alive(const struct loop *loop)
{
    return loop->ios > 0 || !timers_are_empty(&loop->timers) || has_deferred(loop);
}

bool loop_is_idle(const struct loop *loop)
{
    return !is_alive(loop) && ring_is_empty(&loop->running) && loop->signals == 0;
}

/*
 * Sees to it that the wait ends with the first timer. One that moved away leaves the descriptor as
 * it is: waking once for nothing costs less than two system calls for each time limit of a request
 * that was started and cancelled.
 */
static void arm_timer_fd(struct loop *loop)
{
    uint64_t first_ns = timers_first_ns(&loop->timers);
    if (!loop->has_expired && first_ns >= loop->armed_ns)
        return;
    struct itimerspec at = {.it_value = {0, 0}}; // never
    if (first_ns < UINT64_MAX) {
        at.it_value.tv_sec = (time_t)(first_ns / NS_PER_S);
        at.it_value.tv_nsec = (long)(first_ns % NS_PER_S);
    }
    if (timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) < 0)
        BUG("timerfd_settime failed");
    loop->armed_ns = first_ns;
    loop->has_expired = false;
}

/* Collects what is ready, waiting for it if that is wanted and nothing else is to be done. */
static void collect(struct loop *loop, bool wait)
{
    wait = wait && is_alive(loop) && !has_deferred(loop);
    uint64_t first_ns = timers_first_ns(&loop->timers);
    loop->idle_ns = clock_now_ns(loop->clock);
    if (first_ns <= loop->idle_ns) {
        wait = false;
    } else if (wait && loop->clock->is_virtual && first_ns < UINT64_MAX) {
        ev_run(loop->ev, EVRUN_NOWAIT);
        if (ev_pending_count(loop->ev) == 0)
            clock_advance_to(loop->clock, first_ns);
        return;
    } else if (wait && !loop->clock->is_virtual) {
        arm_timer_fd(loop);
    }
    ev_run(loop->ev, wait ? EVRUN_ONCE : EVRUN_NOWAIT);
}

/* What is put off to the same ring from here waits for the next turn. */
static void run_deferred(struct loop *loop, struct deferred *ring)
{
    if (ring_is_empty(ring))
        return;
    struct deferred *first = ring->next, *last = ring->prev;
    ring_init(ring);
    loop->running.next = first;
    loop->running.prev = last;
    first->prev = last->next = &loop->running;
    while (!ring_is_empty(&loop->running)) {
        struct deferred *d = loop->running.next;
        ring_remove(d);
        d->run(d->self);
    }
}

static void run_all_deferred(struct loop *loop)
{
    run_deferred(loop, &loop->waiting);
    run_deferred(loop, &loop->late);
}

/* All that are ready, each once: so that the work of a turn is as long as what comes meanwhile waits. */
static void tell_ready(struct loop *loop)
{
    struct poller *p = &loop->poller;
    size_t left = loop->ios, n;
    if (!loop->is_io_ready)
        return;
    loop->is_io_ready = false;
    while (left > 0 && (n = (size_t)poller_collect(p, left)) > 0) {
        while (poller_tell(p, LOOP_EVENTS_AT_ONCE))
            run_all_deferred(loop);
        if (n < POLLER_MOST)
            return;
        run_all_deferred(loop);
        left -= n;
    }
}

/* Timers are as they were before the wait. */
static void tell_times(struct loop *loop, uint64_t woke_ns)
{
    uint64_t first_ns = timers_first_ns(&loop->timers);
    uint64_t due_ns = first_ns > loop->idle_ns ? first_ns : loop->idle_ns;
    uint64_t late_ns = woke_ns > due_ns ? woke_ns - due_ns : 0;
    struct loop_times times = {
        .worked_ns = loop->idle_ns - loop->now_ns,
        .waited_ns = woke_ns - loop->idle_ns - late_ns,
        .late_ns = late_ns,
    };
    loop->watch(loop->watch_self, &times);
}

bool loop_turn(struct loop *loop, bool wait)
{
    if (loop->is_turning)
        BUG("a turn of the loop inside a turn");
    collect(loop, wait);
    uint64_t woke_ns = clock_now_ns(loop->clock);
    if (loop->watch != NULL)
        tell_times(loop, woke_ns);
    loop->now_ns = woke_ns;
    loop->is_turning = true;
    ev_invoke_pending(loop->ev);
    tell_ready(loop);
    timers_run(&loop->timers, loop->now_ns);
    run_all_deferred(loop);
    loop->is_turning = false;
    return is_alive(loop);
}

void loop_run(struct loop *loop)
{
    while (!loop->is_stopped && loop_turn(loop, true))
        continue;
    loop->is_stopped = false;
}

void loop_stop(struct loop *loop)
{
    loop->is_stopped = true;
}

uint64_t loop_now_ns(const struct loop *loop)
{
    return loop->is_turning ? loop->now_ns : clock_now_ns(loop->clock);
}

void loop_watch(struct loop *loop, void (*turn)(void *self, const struct loop_times *times),
                void *self)
{
    loop->watch = turn;
    loop->watch_self = self;
    if (!loop->is_turning)
        loop->now_ns = clock_now_ns(loop->clock); // what was before is no work of a turn
}

struct clock *loop_clock(const struct loop *loop)
{
    return loop->clock;
}

void deferred_init(struct deferred *d, void (*run)(void *self), void *self)
{
    *d = (struct deferred){.run = run, .self = self};
}

static void ring_append(struct deferred *ring, struct deferred *d)
{
    if (d->is_waiting)
        return;
    d->next = ring;
    d->prev = ring->prev;
    d->prev->next = d;
    ring->prev = d;
    d->is_waiting = true;
}

void deferred_start(struct loop *loop, struct deferred *d)
{
    ring_append(&loop->waiting, d);
}

void deferred_start_late(struct loop *loop, struct deferred *d)
{
    ring_append(&loop->late, d);
}

void deferred_cancel(struct loop *loop, struct deferred *d)
{
    (void)loop;
    if (d->is_waiting)
        ring_remove(d);
}

void loop_add_version(struct buf *out)
{
    buf_addf(out, "libev %d.%d", ev_version_major(), ev_version_minor());
}

struct ev_loop *loop_ev(struct loop *loop)
{
    return loop->ev;
}

struct poller *loop_poller(struct loop *loop)
{
    return &loop->poller;
}

struct timers *loop_timers(struct loop *loop)
{
    return &loop->timers;
}

void loop_count_io(struct loop *loop, int change)
{
    loop->ios += (size_t)change;
}

void loop_count_signal(struct loop *loop, int change)
{
    loop->signals += (size_t)change;
}
