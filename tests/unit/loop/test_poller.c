/* test_poller -- in which order what is ready is told, and what becomes of a number. */
// SPDX-License-Identifier: MIT
#include "loop/poller.h"

#include "../check.h"
#include "loop/io.h"

#include <sys/socket.h>
#include <unistd.h>

enum { N = 5 };

/* Sockets whose other ends are written to, and who was told. */
static struct {
    struct poller poller;
    struct io io[N];
    int fd[N], other[N];
    const void *told[2 * N];
    int events[2 * N];
    int n;
} crowd;

static void note(void *self, int events)
{
    crowd.events[crowd.n] = events;
    crowd.told[crowd.n++] = self;
}

static bool open_one(int i)
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0)
        return false;
    crowd.fd[i] = fds[0];
    crowd.other[i] = fds[1];
    return true;
}

static bool open_all(void)
{
    if (poller_open(&crowd.poller) < 0)
        return false;
    crowd.n = 0;
    for (int i = 0; i < N; i++) {
        if (!open_one(i))
            return false;
        io_init(&crowd.io[i], note, &crowd.io[i]);
        crowd.io[i].events = IO_READ;
        poller_watch(&crowd.poller, &crowd.io[i], crowd.fd[i], 0, IO_READ);
    }
    return true;
}

static void close_all(void)
{
    for (int i = 0; i < N; i++) {
        close(crowd.fd[i]);
        close(crowd.other[i]);
    }
    poller_close(&crowd.poller);
}

TEST(the_first_that_is_ready_is_told_first)
{
    static const int came[N] = {2, 0, 4, 1, 3};
    CHECK(open_all());
    for (int i = 0; i < N; i++)
        CHECK(write(crowd.other[came[i]], "x", 1) == 1);
    CHECK_INT(poller_collect(&crowd.poller, 100), N);
    CHECK(poller_tell(&crowd.poller, 2));
    CHECK_INT(crowd.n, 2);
    CHECK(!poller_tell(&crowd.poller, 100));
    CHECK_INT(crowd.n, N);
    for (int i = 0; i < N; i++)
        CHECK(crowd.told[i] == &crowd.io[came[i]] && crowd.events[i] == IO_READ);
    close_all();
}

TEST(the_rest_comes_before_those_that_were_told)
{
    CHECK(open_all());
    for (int i = 0; i < N; i++)
        CHECK(write(crowd.other[i], "x", 1) == 1);
    CHECK_INT(poller_collect(&crowd.poller, 3), 3);
    CHECK(!poller_tell(&crowd.poller, 100));
    CHECK_INT(poller_collect(&crowd.poller, 100), N);
    CHECK(!poller_tell(&crowd.poller, 100));
    for (int i = 0; i < 3 + N; i++)
        CHECK(crowd.told[i] == &crowd.io[i % N]);
    close_all();
}

TEST(nothing_is_ready)
{
    CHECK(open_all());
    CHECK_INT(poller_collect(&crowd.poller, 100), 0);
    CHECK(!poller_tell(&crowd.poller, 100));
    CHECK_INT(crowd.n, 0);
    close_all();
}

TEST(who_was_collected_and_is_not_watched_any_more_is_not_told)
{
    CHECK(open_all());
    CHECK(write(crowd.other[0], "x", 1) == 1 && write(crowd.other[1], "x", 1) == 1);
    CHECK_INT(poller_collect(&crowd.poller, 100), 2);
    poller_watch(&crowd.poller, &crowd.io[0], crowd.fd[0], IO_READ, 0);
    CHECK(!poller_tell(&crowd.poller, 100));
    CHECK_INT(crowd.n, 1);
    CHECK(crowd.told[0] == &crowd.io[1]);
    CHECK_INT(poller_collect(&crowd.poller, 100), 1); // the other, as it still is
    close_all();
}

/* Libraries close descriptors without a word, and get their numbers again. */
TEST(a_number_may_be_another_descriptor_by_now)
{
    CHECK(open_all());
    int before = crowd.fd[0];
    close(crowd.fd[0]);
    close(crowd.other[0]);
    CHECK(open_one(0));
    CHECK_INT(crowd.fd[0], before);
    crowd.io[0].events = IO_READ | IO_WRITE;
    poller_watch(&crowd.poller, &crowd.io[0], crowd.fd[0], IO_READ, IO_READ | IO_WRITE);
    CHECK_INT(poller_collect(&crowd.poller, 100), 1);
    CHECK(!poller_tell(&crowd.poller, 100));
    CHECK(crowd.n == 1 && crowd.events[0] == IO_WRITE);
    poller_watch(&crowd.poller, &crowd.io[0], crowd.fd[0], IO_READ | IO_WRITE, 0);
    poller_watch(&crowd.poller, &crowd.io[0], crowd.fd[0], IO_READ | IO_WRITE,
                 0); // it is out already
    CHECK_INT(poller_collect(&crowd.poller, 100), 0);
    close_all();
}

/* Whose it was knows nothing of that. */
TEST(a_number_that_is_another_s_stays_his)
{
    struct io heir;
    CHECK(open_all());
    close(crowd.fd[0]);
    close(crowd.other[0]);
    CHECK(open_one(0));
    io_init(&heir, note, &heir);
    heir.events = IO_WRITE;
    poller_watch(&crowd.poller, &heir, crowd.fd[0], 0, IO_WRITE);
    poller_watch(&crowd.poller, &crowd.io[0], crowd.fd[0], IO_READ, IO_READ | IO_WRITE);
    poller_watch(&crowd.poller, &crowd.io[0], crowd.fd[0], IO_READ | IO_WRITE, 0);
    CHECK_INT(poller_collect(&crowd.poller, 100), 1);
    CHECK(!poller_tell(&crowd.poller, 100));
    CHECK(crowd.n == 1 && crowd.told[0] == &heir);
    poller_watch(&crowd.poller, &heir, crowd.fd[0], IO_WRITE, 0);
    CHECK_INT(poller_collect(&crowd.poller, 100), 0);
    close_all();
}

TEST_MAIN(RUN(the_first_that_is_ready_is_told_first);
          RUN(the_rest_comes_before_those_that_were_told); RUN(nothing_is_ready);
          RUN(who_was_collected_and_is_not_watched_any_more_is_not_told);
          RUN(a_number_may_be_another_descriptor_by_now);
          RUN(a_number_that_is_another_s_stays_his);)
