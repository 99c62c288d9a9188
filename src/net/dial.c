/* dial -- from a host's name to a connected socket. */
// SPDX-License-Identifier: MIT
#include "net/dial.h"

#include "base/mem.h"
#include "loop/io.h"
#include "loop/timer.h"
#include "net/addr.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUEUE_WAIT_MIN_NS NS_PER_MS
#define QUEUE_WAIT_MAX_NS (100 * NS_PER_MS)

struct dial {
    struct loop *loop;
    struct dial_events events;
    struct resolution *resolution; /* NULL: not asking */
    struct io io;
    struct timer queue_wait;  /* until a Unix socket is tried again */
    struct deferred at_once;  /* tells what was known before dial_start returned */
    struct stream_error last; /* of the address that was tried last */
    uint64_t resolved_ns, queue_wait_ns;
    int fd; /* -1: none */
    uint16_t port;
    const struct sources *sources;
    size_t choice, n, tried;
    struct addr *addresses;
};

static void set_errno(struct dial *d, int number)
{
    const char *text = strerrordesc_np(number);
    d->last = (struct stream_error){.failure = STREAM_ERRNO, .code = number};
    snprintf(d->last.text, sizeof(d->last.text), "%s", text != NULL ? text : "Unknown error");
}

static void set_text(struct dial *d, enum stream_failure failure, const char *text)
{
    d->last = (struct stream_error){.failure = failure};
    snprintf(d->last.text, sizeof(d->last.text), "%s", text);
}

static void close_socket(struct dial *d)
{
    io_cancel(&d->io);
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
}

void dial_cancel(struct dial *d)
{
    if (d->resolution != NULL)
        resolver_cancel(d->resolution);
    timer_cancel(d->loop, &d->queue_wait);
    deferred_cancel(d->loop, &d->at_once);
    close_socket(d);
    free(d->addresses);
    free(d);
}

static void tell_connected(struct dial *d)
{
    struct dial_events events = d->events;
    uint64_t resolved_ns = d->resolved_ns;
    int fd = d->fd;
    io_cancel(&d->io);
    d->fd = -1;
    dial_cancel(d);
    events.connected(events.self, fd, resolved_ns);
}

static void tell_failed(struct dial *d)
{
    struct dial_events events = d->events;
    struct stream_error why = d->last;
    uint64_t resolved_ns = d->resolved_ns;
    dial_cancel(d);
    events.failed(events.self, &why, resolved_ns);
}

static void on_at_once(void *self)
{
    struct dial *d = self;
    if (d->fd >= 0)
        tell_connected(d);
    else
        tell_failed(d);
}

/* A socket that is ready to be connected. 0, or -1 with errno. */
static int open_socket(struct dial *d, int family)
{
    int one = 1;
    d->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (d->fd < 0)
        return -1;
    if (family != AF_UNIX && setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) < 0)
        return -1;
    return sources_bind(d->sources, d->choice, d->fd, family);
}

enum attempt { ATTEMPT_CONNECTED, ATTEMPT_WAITS, ATTEMPT_FAILED };

static enum attempt try_address(struct dial *d, const struct addr *a)
{
    int family = a->any.sa_family;
    const char *why = sources_why_not(d->sources, family);
    if (why != NULL) {
        if (d->last.failure == STREAM_OK)
            set_text(d, STREAM_SOURCE, why);
        return ATTEMPT_FAILED;
    }
    if (open_socket(d, family) == 0) {
        if (connect(d->fd, &a->any, a->n) == 0)
            return ATTEMPT_CONNECTED;
        if (errno == EINPROGRESS || errno == EINTR) {
            io_start(d->loop, &d->io, d->fd, IO_WRITE);
            return ATTEMPT_WAITS;
        }
    }
    int number = errno;
    close_socket(d);
    if (number == EAGAIN && family == AF_UNIX) {
        d->tried--;
        timer_start(d->loop, &d->queue_wait, d->queue_wait_ns);
        d->queue_wait_ns *= d->queue_wait_ns < QUEUE_WAIT_MAX_NS ? 2 : 1;
        return ATTEMPT_WAITS;
    }
    set_errno(d, number);
    return ATTEMPT_FAILED;
}

static void try_next(struct dial *d)
{
    enum attempt attempt = ATTEMPT_FAILED;
    // All sources, then the next address: so that each source comes to each address.
    size_t first = d->n > 0 ? d->choice / sources_count(d->sources) % d->n : 0;
    while (attempt == ATTEMPT_FAILED && d->tried < d->n) {
        const struct addr *a = &d->addresses[(first + d->tried++) % d->n];
        attempt = try_address(d, a);
    }
    if (attempt != ATTEMPT_WAITS)
        deferred_start(d->loop, &d->at_once);
}

static void on_ready(void *self, int events)
{
    struct dial *d = self;
    int number = 0;
    socklen_t n = sizeof(number);
    (void)events;
    if (getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &number, &n) < 0)
        number = errno;
    if (number == 0) {
        tell_connected(d);
        return;
    }
    set_errno(d, number);
    close_socket(d);
    try_next(d);
}

static void on_queue_wait(void *self)
{
    try_next(self);
}

static void take_answer(struct dial *d, const struct resolver_answer *answer)
{
    if (!answer->ok) {
        d->last = (struct stream_error){.failure = STREAM_NAME, .code = answer->code};
        snprintf(d->last.text, sizeof(d->last.text), "%s", answer->error);
        return;
    }
    d->addresses = xreallocarray(NULL, answer->n, sizeof(*d->addresses));
    for (size_t i = 0; i < answer->n; i++) {
        if (addr_from_text(&d->addresses[d->n], str_of(answer->addresses[i]), d->port) == 0)
            d->n++;
    }
}

static void on_answer(void *self, const struct resolver_answer *answer)
{
    struct dial *d = self;
    d->resolution = NULL;
    d->resolved_ns = clock_now_ns(loop_clock(d->loop));
    take_answer(d, answer);
    try_next(d);
}

static void take_path(struct dial *d, struct str path)
{
    d->addresses = xmalloc(sizeof(*d->addresses));
    if (addr_from_path(&d->addresses[0], path) == 0)
        d->n = 1;
    else
        set_errno(d, str_is_empty(path) ? ENOENT : ENAMETOOLONG);
}

struct dial *dial_start(struct loop *loop, struct resolver *resolver, const struct dial_spec *spec,
                        const struct dial_events *events)
{
    struct resolver_answer answer;
    struct dial *d = xcalloc(1, sizeof(*d));
    d->loop = loop;
    d->events = *events;
    d->fd = -1;
    d->port = spec->port;
    d->sources = spec->sources;
    d->choice = spec->choice;
    d->queue_wait_ns = QUEUE_WAIT_MIN_NS;
    io_init(&d->io, on_ready, d);
    timer_init(&d->queue_wait, on_queue_wait, d);
    deferred_init(&d->at_once, on_at_once, d);
    if (spec->is_unix) {
        take_path(d, spec->host);
    } else if (resolver_peek(resolver, spec->host, spec->port, &answer) == 0) {
        take_answer(d, &answer);
    } else {
        d->resolution = resolver_start(resolver, spec->host, on_answer, d);
        return d;
    }
    try_next(d);
    return d;
}
