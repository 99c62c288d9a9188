/* test_thread -- a loop in a thread of its own, its mailbox, a server on it. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include <pthread.h>
#include <signal.h>

#include "rig.h"
#include "serve/server.h"
#include "serve/thread.h"

/* Written in the thread alone, and read when it has ended. */
struct seen {
    struct buf text;
    pthread_t thread;
    sigset_t blocked;
};

static void see_a(void *self)
{
    struct seen *seen = self;

    seen->thread = pthread_self();
    pthread_sigmask(SIG_SETMASK, NULL, &seen->blocked);
    buf_add_char(&seen->text, 'a');
}

static void see_b(void *self)
{
    struct seen *seen = self;

    buf_add_char(&seen->text, 'b');
}

TEST(runs_letters_in_order_in_its_own_thread)
{
    struct err err = ERR_INIT;
    struct seen seen = {.text = BUF_INIT};
    struct serve_thread *t = serve_thread_new(&err);

    CHECK(t != NULL);
    CHECK_INT(serve_thread_start(t, &err), 0);
    serve_thread_post(t, see_a, &seen);
    for (int i = 0; i < 9; i++)
        serve_thread_post(t, see_b, &seen);
    serve_thread_post(t, see_a, &seen);
    serve_thread_stop(t);
    CHECK_STR(buf_slice(&seen.text), "abbbbbbbbba");
    CHECK(!pthread_equal(seen.thread, pthread_self()));
    CHECK_INT(sigismember(&seen.blocked, SIGINT), 1);
    CHECK(loop_is_idle(serve_thread_loop(t)));
    serve_thread_free(t);
    buf_release(&seen.text);
}

TEST(letters_before_its_start_wait_for_it_and_those_after_its_end_are_lost)
{
    struct err err = ERR_INIT;
    struct seen seen = {.text = BUF_INIT};
    struct serve_thread *t = serve_thread_new(&err);

    serve_thread_post(t, see_a, &seen);
    CHECK_INT(serve_thread_start(t, &err), 0);
    serve_thread_stop(t);
    serve_thread_post(t, see_b, &seen);
    serve_thread_free(t);
    CHECK_STR(buf_slice(&seen.text), "a");
    buf_release(&seen.text);
}

TEST(one_that_was_not_started_can_be_freed)
{
    struct err err = ERR_INIT;
    struct serve_thread *t = serve_thread_new(&err);

    serve_thread_stop(t);
    CHECK(loop_is_idle(serve_thread_loop(t)));
    serve_thread_free(t);
    serve_thread_free(NULL);
}

static void say_ok(void *self, struct exchange_in *x)
{
    (void)self;
    server_answer(x, &(struct server_reply){.status = 200, .body = STR("ok"), .close = true});
}

/* All that comes; false: nothing does for a minute. */
static bool read_all(int fd, struct buf *out)
{
    char piece[4096];
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    for (;;) {
        if (poll(&wait, 1, 60000) <= 0)
            return false;
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n > 0)
            buf_add(out, piece, (size_t)n);
        else if (n == 0 || errno != EAGAIN)
            return true;
    }
}

static struct server *serve(struct serve_thread *t, unsigned idle_s)
{
    struct err err = ERR_INIT;

    alarm(120);
    return server_new(serve_thread_loop(t),
                      &(struct server_options){.bind = "127.0.0.1",
                                               .connections = 4,
                                               .body_limit = 100,
                                               .idle_s = idle_s,
                                               .is_silent = true},
                      say_ok, NULL, &err);
}

TEST(a_server_stands_in_it)
{
    struct err err = ERR_INIT;
    struct buf answer = BUF_INIT;
    struct serve_thread *t = serve_thread_new(&err);
    struct server *s = serve(t, 0);

    CHECK_INT(serve_thread_start(t, &err), 0);
    int fd = rig_connect(server_port(s));
    struct pollfd writable = {.fd = fd, .events = POLLOUT};
    CHECK_INT(poll(&writable, 1, 60000), 1);
    CHECK_INT(send(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27, 0), 27);
    CHECK(read_all(fd, &answer));
    CHECK_INT(rig_status(buf_cstr(&answer)), 200);
    CHECK_TEXT(rig_body(buf_cstr(&answer)), "ok");
    close(fd);
    serve_thread_stop(t);
    server_free(s);
    serve_thread_free(t);
    buf_release(&answer);
}

TEST(closes_a_connection_that_says_nothing_for_too_long)
{
    struct err err = ERR_INIT;
    struct buf answer = BUF_INIT;
    struct serve_thread *t = serve_thread_new(&err);
    struct server *s = serve(t, 1);

    CHECK_INT(serve_thread_start(t, &err), 0);
    int fd = rig_connect(server_port(s));
    struct pollfd writable = {.fd = fd, .events = POLLOUT};
    CHECK_INT(poll(&writable, 1, 60000), 1);
    CHECK_INT(send(fd, "GET / HT", 8, 0), 8);
    CHECK(read_all(fd, &answer));
    CHECK_INT(rig_status(buf_cstr(&answer)) / 100 % 4, 0); // nothing at all, or 408
    close(fd);
    serve_thread_stop(t);
    server_free(s);
    serve_thread_free(t);
    buf_release(&answer);
}

TEST_MAIN(RUN(runs_letters_in_order_in_its_own_thread);
          RUN(letters_before_its_start_wait_for_it_and_those_after_its_end_are_lost);
          RUN(one_that_was_not_started_can_be_freed); RUN(a_server_stands_in_it);
          RUN(closes_a_connection_that_says_nothing_for_too_long);)
