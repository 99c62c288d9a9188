/* test_io -- descriptors that can be read or written. */
// SPDX-License-Identifier: MIT
#include "loop/io.h"
#include "loop/poller.h"

#include "../check.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* One end of a pair of sockets, watched; what it was told. */
struct end {
    struct io io;
    int fd, calls, events;
    bool cancels;
    struct io *victim;   /* is cancelled with it */
    struct io *listener; /* is to read alone, with it */
};

static void ready(void *self, int events)
{
    struct end *e = self;
    e->calls++;
    e->events |= events;
    if (e->cancels)
        io_cancel(&e->io);
    if (e->victim != NULL)
        io_cancel(e->victim);
    if (e->listener != NULL)
        io_change(e->listener, IO_READ);
}

static bool pair(struct end *a, struct end *b)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0)
        return false;
    *a = (struct end){.fd = fds[0]};
    *b = (struct end){.fd = fds[1]};
    io_init(&a->io, ready, a);
    io_init(&b->io, ready, b);
    return true;
}

static void close_pair(struct end *a, struct end *b)
{
    io_cancel(&a->io);
    io_cancel(&b->io);
    close(a->fd);
    close(b->fd);
}

static struct loop *loop_under(struct clock *clock)
{
    clock_init(clock);
    return loop_new(clock);
}

TEST(tells_as_long_as_it_is_so)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct end a, b;
    char byte;
    CHECK(pair(&a, &b));
    CHECK(!io_is_started(&a.io));
    io_start(loop, &a.io, a.fd, IO_READ);
    CHECK(io_is_started(&a.io) && !loop_is_idle(loop));
    CHECK(loop_turn(loop, false));
    CHECK_INT(a.calls, 0);
    CHECK(write(b.fd, "x", 1) == 1);
    CHECK(loop_turn(loop, true) && loop_turn(loop, true));
    CHECK_INT(a.calls, 2);
    CHECK_INT(a.events, IO_READ);
    CHECK(read(a.fd, &byte, 1) == 1);
    CHECK(loop_turn(loop, false));
    CHECK_INT(a.calls, 2);
    close_pair(&a, &b);
    CHECK(!io_is_started(&a.io) && loop_is_idle(loop));
    loop_free(loop);
}

TEST(both_events_at_once)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct end a, b;
    CHECK(pair(&a, &b));
    CHECK(write(b.fd, "x", 1) == 1);
    io_start(loop, &a.io, a.fd, IO_READ | IO_WRITE);
    CHECK(loop_turn(loop, true));
    CHECK_INT(a.calls, 1);
    CHECK_INT(a.events, IO_READ | IO_WRITE);
    close_pair(&a, &b);
    loop_free(loop);
}

TEST(changes_what_it_waits_for)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct end a, b;
    CHECK(pair(&a, &b));
    CHECK(write(b.fd, "x", 1) == 1);
    io_start(loop, &a.io, a.fd, 0); // nothing for now
    CHECK(io_is_started(&a.io));
    CHECK(loop_turn(loop, false));
    CHECK_INT(a.calls, 0);
    io_change(&a.io, IO_WRITE);
    CHECK(loop_turn(loop, true));
    CHECK_INT(a.events, IO_WRITE);
    io_change(&a.io, IO_READ);
    io_change(&a.io, IO_READ);
    a.events = 0;
    CHECK(loop_turn(loop, true));
    CHECK_INT(a.events, IO_READ);
    io_change(&a.io, 0);
    CHECK(loop_turn(loop, false));
    CHECK_INT(a.calls, 2);
    CHECK(!loop_is_idle(loop));
    close_pair(&a, &b);
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(run_ends_when_the_last_is_cancelled)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct end a, b;
    CHECK(pair(&a, &b));
    CHECK(write(b.fd, "x", 1) == 1);
    a.cancels = true;
    io_start(loop, &a.io, a.fd, IO_READ);
    loop_run(loop);
    CHECK_INT(a.calls, 1);
    close_pair(&a, &b);
    loop_free(loop);
}

/* Of two that are ready at once, whichever is told first: it cancels the other, or has it read alone. */
TEST(one_that_was_cancelled_or_waits_for_something_else_by_now_is_not_told)
{
    for (int is_cancelled = 0; is_cancelled <= 1; is_cancelled++) {
        struct clock clock;
        struct loop *loop = loop_under(&clock);
        struct end a, b;
        CHECK(pair(&a, &b));
        *(is_cancelled ? &a.victim : &a.listener) = &b.io;
        *(is_cancelled ? &b.victim : &b.listener) = &a.io;
        io_start(loop, &a.io, a.fd, IO_WRITE);
        io_start(loop, &b.io, b.fd, IO_WRITE);
        CHECK(loop_turn(loop, true));
        CHECK_INT(a.calls + b.calls, 1);
        close_pair(&a, &b);
        loop_free(loop);
    }
}

/* Who was told, one after the other. */
static struct {
    const void *told[2 * POLLER_MOST];
    int n;
} order;

static void note_order(void *self, int events)
{
    (void)events;
    order.told[order.n++] = self;
}

TEST(of_a_crowd_each_is_told_once_in_a_turn)
{
    enum { N = POLLER_MOST / 2 + 5 }; // pairs, of which both ends can be written
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct end a[N], b[N];
    for (int i = 0; i < N; i++) {
        CHECK(pair(&a[i], &b[i]));
        a[i].io.ready = b[i].io.ready = note_order;
        io_start(loop, &a[i].io, a[i].fd, IO_WRITE);
        io_start(loop, &b[i].io, b[i].fd, IO_WRITE);
    }
    order.n = 0;
    CHECK(loop_turn(loop, true));
    CHECK_INT(order.n, 2 * N);
    for (int i = 0; i < N; i++)
        CHECK(order.told[2 * i] == &a[i] && order.told[2 * i + 1] == &b[i]);
    for (int i = 0; i < N; i++)
        close_pair(&a[i], &b[i]);
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(where_it_will_look_may_be_nowhere)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct end a, b;
    CHECK(pair(&a, &b));
    for (size_t i = 0; i < IO_NEAR; i++) // not even a NULL at the end
        a.io.near[i] = (const void *)(0x1000 + 64 * i);
    io_start(loop, &a.io, a.fd, IO_WRITE);
    CHECK(loop_turn(loop, true));
    CHECK_INT(a.calls, 1);
    close_pair(&a, &b);
    loop_free(loop);
}

TEST(hang_up_is_readable)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct end a, b;
    CHECK(pair(&a, &b));
    io_start(loop, &a.io, a.fd, IO_READ);
    shutdown(b.fd, SHUT_RDWR);
    CHECK(loop_turn(loop, true));
    CHECK_INT(a.calls, 1);
    CHECK(a.events & IO_READ);
    close_pair(&a, &b);
    loop_free(loop);
}

TEST(descriptor_numbers_are_used_again)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct end a, b;
    for (int i = 0; i < 5; i++) {
        CHECK(pair(&a, &b));
        io_start(loop, &a.io, a.fd, IO_READ);
        CHECK(loop_turn(loop, false));
        CHECK_INT(a.calls, 0);
        CHECK(write(b.fd, "x", 1) == 1);
        CHECK(loop_turn(loop, true));
        CHECK_INT(a.calls, 1);
        close_pair(&a, &b);
    }
    loop_free(loop);
}

TEST(closing_while_watched_is_a_bug)
{
    struct clock clock;
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        fclose(stderr);
        struct loop *loop = loop_under(&clock);
        struct end a, b;
        if (pair(&a, &b)) {
            close(a.fd);
            io_start(loop, &a.io, a.fd, IO_READ);
            loop_turn(loop, false);
        }
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* What each event puts off. */
static struct {
    struct loop *loop;
    struct deferred later;
    int events, runs, most_before_a_run;
} crowd;

static void run_later(void *self)
{
    (void)self;
    crowd.runs++;
    crowd.events = 0;
}

static void crowd_ready(void *self, int events)
{
    (void)self;
    (void)events;
    if (++crowd.events > crowd.most_before_a_run)
        crowd.most_before_a_run = crowd.events;
    deferred_start(crowd.loop, &crowd.later);
}

TEST(what_is_put_off_does_not_wait_for_a_crowd)
{
    enum { N = LOOP_EVENTS_AT_ONCE * 3 / 4 };
    struct clock clock;
    struct end a[N], b[N];
    crowd.loop = loop_under(&clock);
    deferred_init(&crowd.later, run_later, NULL);
    for (int i = 0; i < N; i++) {
        CHECK(pair(&a[i], &b[i]));
        a[i].io.ready = b[i].io.ready = crowd_ready;
        io_start(crowd.loop, &a[i].io, a[i].fd, IO_WRITE);
        io_start(crowd.loop, &b[i].io, b[i].fd, IO_WRITE);
    }
    loop_turn(crowd.loop, false);
    CHECK_INT(crowd.runs, 2); // behind as many as go at once, and at the end
    CHECK_INT(crowd.most_before_a_run, LOOP_EVENTS_AT_ONCE);
    for (int i = 0; i < N; i++)
        close_pair(&a[i], &b[i]);
    CHECK(loop_is_idle(crowd.loop));
    loop_free(crowd.loop);
}

TEST_MAIN(RUN(tells_as_long_as_it_is_so); RUN(both_events_at_once); RUN(changes_what_it_waits_for);
          RUN(run_ends_when_the_last_is_cancelled);
          RUN(one_that_was_cancelled_or_waits_for_something_else_by_now_is_not_told);
          RUN(of_a_crowd_each_is_told_once_in_a_turn); RUN(where_it_will_look_may_be_nowhere);
          RUN(hang_up_is_readable); RUN(descriptor_numbers_are_used_again);
          RUN(closing_while_watched_is_a_bug); RUN(what_is_put_off_does_not_wait_for_a_crowd);)
