/* thread -- a loop in a thread of its own. */
// SPDX-License-Identifier: MIT
#include "serve/thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "loop/io.h"

#define NICENESS 10 /* of 19: the users' loop goes first */

struct letter {
    void (*run)(void *self);
    void *self;
    struct letter *next;
};

struct serve_thread {
    struct clock clock;
    struct loop *loop;
    pthread_t thread;
    bool is_started;
    int bell; /* an eventfd: there are letters */
    struct io io;
    pthread_mutex_t lock;
    struct letter *first, **end; /* under the lock */
};

static void read_letters(void *self, int events)
{
    struct serve_thread *t = self;
    uint64_t rings;

    (void)events;
    if (read(t->bell, &rings, sizeof rings) < 0)
        return; // somebody has rung, and nobody any more
    pthread_mutex_lock(&t->lock);
    struct letter *letter = t->first;
    t->first = NULL;
    t->end = &t->first;
    pthread_mutex_unlock(&t->lock);
    while (letter != NULL) {
        struct letter *next = letter->next;

        letter->run(letter->self);
        free(letter);
        letter = next;
    }
}

struct serve_thread *serve_thread_new(struct err *err)
{
    struct serve_thread *t = xcalloc(1, sizeof *t);

    t->end = &t->first;
    pthread_mutex_init(&t->lock, NULL);
    clock_init(&t->clock);
    io_init(&t->io, read_letters, t);
    t->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (t->bell >= 0)
        t->loop = loop_new(&t->clock);
    if (t->loop == NULL) {
        err_set(err, "a server's thread could not be made: %s", strerror(errno));
        serve_thread_free(t);
        return NULL;
    }
    return t;
}

static void *turn(void *self)
{
    struct serve_thread *t = self;

    // Of this thread alone, as Linux has it. Where it isn't granted, it isn't needed either.
    setpriority(PRIO_PROCESS, 0, NICENESS);
    loop_run(t->loop);
    return NULL;
}

int serve_thread_start(struct serve_thread *t, struct err *err)
{
    sigset_t all, before;

    io_start(t->loop, &t->io, t->bell, IO_READ);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int why = pthread_create(&t->thread, NULL, turn, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (why != 0) {
        io_cancel(&t->io);
        return err_set(err, "a server's thread could not be started: %s", strerror(why));
    }
    t->is_started = true;
    return 0;
}

static void stop_loop(void *loop)
{
    loop_stop(loop);
}

void serve_thread_stop(struct serve_thread *t)
{
    if (!t->is_started)
        return;
    serve_thread_post(t, stop_loop, t->loop);
    pthread_join(t->thread, NULL);
    t->is_started = false;
    io_cancel(&t->io);
}

void serve_thread_free(struct serve_thread *t)
{
    if (t == NULL)
        return;
    serve_thread_stop(t);
    while (t->first != NULL) {
        struct letter *letter = t->first;

        t->first = letter->next;
        free(letter);
    }
    if (t->loop != NULL)
        loop_free(t->loop);
    if (t->bell >= 0)
        close(t->bell);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

struct loop *serve_thread_loop(struct serve_thread *t)
{
    return t->loop;
}

void serve_thread_post(struct serve_thread *t, void (*run)(void *self), void *self)
{
    struct letter *letter = xmalloc(sizeof *letter);

    *letter = (struct letter){.run = run, .self = self};
    pthread_mutex_lock(&t->lock);
    *t->end = letter;
    t->end = &letter->next;
    pthread_mutex_unlock(&t->lock);
    // Full only after 2^64 rings that nobody heard.
    uint64_t one = 1;
    while (write(t->bell, &one, sizeof one) < 0 && errno == EINTR)
        ;
}
