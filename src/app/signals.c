/* signals -- see signals.h. */
// SPDX-License-Identifier: MIT
#include "app/signals.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/keys.h"

// A handler is given nothing but a number, so what it needs stands here.
static volatile sig_atomic_t how_many;
static volatile sig_atomic_t wake_fd = -1;

const char *signals_name(int number)
{
    return number == SIGTERM ? "SIGTERM" : number == SIGHUP ? "SIGHUP" : "SIGINT";
}

bool signals_came(void)
{
    return how_many > 0;
}

/* Async-signal-safe, as all that follows. */
static void say(const char *text)
{
    size_t n = strlen(text);

    while (n > 0) {
        ssize_t written = write(STDERR_FILENO, text, n);
        if (written <= 0)
            return;
        text += written;
        n -= (size_t)written;
    }
}

static _Noreturn void end_at_once(int number)
{
    keys_restore();
    // A progress line may stand there: it stays, and what comes begins below it.
    if (isatty(STDERR_FILENO))
        say("\n");
    say(number == SIGTERM ? "katydid: ended at once by a second signal, SIGTERM\n"
                          : "katydid: ended at once by a second signal, SIGINT\n");
    _exit(128 + number);
}

static void handle(int number)
{
    uint64_t wake = (uint64_t)number;
    int saved = errno;

    if (how_many > 0 && number == SIGHUP)
        return; // a terminal that goes may say so twice: by its shell, and by the system
    if (how_many > 0)
        end_at_once(number);
    how_many = 1;
    if (write(wake_fd, &wake, sizeof wake) < 0)
        end_at_once(number);
    errno = saved;
}

static void woken(void *self, int events)
{
    struct signals *s = self;
    uint64_t number = 0;

    (void)events;
    if (read(s->fd, &number, sizeof number) == sizeof number)
        s->first(s->self, (int)number);
}

int signals_start(struct loop *loop, struct signals *s, void (*first)(void *self, int number),
                  void *self, struct err *err)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};

    memset(s, 0, sizeof *s);
    s->first = first;
    s->self = self;
    s->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (s->fd < 0)
        return err_set(err, "a descriptor for signals: %s", strerror(errno));
    how_many = 0;
    wake_fd = s->fd;
    io_init(&s->io, woken, s);
    io_start(loop, &s->io, s->fd, IO_READ);
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    sigaddset(&action.sa_mask, SIGHUP);
    sigaction(SIGINT, &action, &s->old_int);
    sigaction(SIGTERM, &action, &s->old_term);
    sigaction(SIGHUP, &action, &s->old_hup);
    if (s->old_hup.sa_handler == SIG_IGN) // nohup(1)
        sigaction(SIGHUP, &s->old_hup, NULL);
    return 0;
}

void signals_leave_loop(struct signals *s)
{
    if (!io_is_started(&s->io))
        return;
    io_cancel(&s->io);
    woken(s, IO_READ); // one that came when the loop had ended
}

void signals_cancel(struct signals *s)
{
    if (io_is_started(&s->io))
        io_cancel(&s->io);
    sigaction(SIGINT, &s->old_int, NULL);
    sigaction(SIGTERM, &s->old_term, NULL);
    sigaction(SIGHUP, &s->old_hup, NULL);
    wake_fd = -1;
    close(s->fd);
    s->fd = -1;
}
