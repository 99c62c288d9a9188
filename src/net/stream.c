/*
 * stream -- a non-blocking byte stream on the loop.
 *
 * The fields that one exchange touches stand together at the beginning; what is needed only now and
 * then (dialling, the rest of a write) has memory of its own while it lasts.
 */
// SPDX-License-Identifier: MIT
#include "net/stream.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "loop/io.h"
#include "net/dial.h"
#include "net/socket_calls.h"
#include "net/tls.h"

#include <assert.h>
#include <errno.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECES_AT_ONCE 16
#define RECORD_MAX 16384

enum state { STREAM_DIALS, STREAM_SECURES, STREAM_IS_OPEN, STREAM_HAS_ENDED };

/* What the kernel did not take. */
struct rest {
    struct buf bytes;
    size_t gone;
};

struct stream {
    struct io io;
    int fd; /* -1: none */
    unsigned char state;
    bool is_dry;     /* the last read emptied the socket, and no event came since */
    bool is_held;    /* nothing is to be told of what comes */
    struct tls *tls; /* NULL: plain */
    struct rest *rest;
    struct loop *loop;
    struct stream_events events;
    int write_errno;
    struct deferred tell; /* that there is something to read, though no event says so */
    struct dial *dial;
    struct stream_timings timings;
};

static uint64_t now_ns(const struct stream *s)
{
    return clock_now_ns(loop_clock(s->loop));
}

static void watch(struct stream *s, int events)
{
    io_change(&s->io, s->is_held ? events & ~IO_READ : events);
}

static void free_rest(struct stream *s)
{
    if (s->rest == NULL)
        return;
    buf_release(&s->rest->bytes);
    free(s->rest);
    s->rest = NULL;
}

/* Nothing happens on it any more; the descriptor stays until stream_close. */
static void end(struct stream *s)
{
    s->state = STREAM_HAS_ENDED;
    io_cancel(&s->io);
    deferred_cancel(s->loop, &s->tell);
    free_rest(s);
}

static void fill_errno(struct stream_error *why, int number)
{
    const char *text = strerrordesc_np(number);
    why->failure = STREAM_ERRNO;
    why->code = number;
    snprintf(why->text, sizeof(why->text), "%s", text != NULL ? text : "Unknown error");
}

static void fill_closed(struct stream_error *why)
{
    why->failure = STREAM_CLOSED;
    why->code = 0;
    snprintf(why->text, sizeof(why->text), "the connection was closed");
}

/* May close the stream: the last thing that a caller does. */
static void tell_readable(struct stream *s)
{
    if (s->is_held)
        return;
    if (s->events.readable != NULL)
        s->events.readable(s->events.self);
    else if (s->state == STREAM_IS_OPEN && stream_is_dead(s))
        end(s);
}

static void on_tell(void *self)
{
    tell_readable(self);
}

/* Takes note of why nothing can be written; whoever reads is told. */
static void set_write_errno(struct stream *s, int number)
{
    s->write_errno = number;
    if (s->tls != NULL)
        tls_wake(s->tls);
    free_rest(s);
    watch(s, IO_READ);
    deferred_start(s->loop, &s->tell);
}

static ptrdiff_t send_pieces(struct stream *s, const struct str *pieces, size_t n)
{
    struct iovec parts[PIECES_AT_ONCE];
    if (n == 1)
        return socket_send(s->fd, pieces[0].p, pieces[0].n);
    for (size_t i = 0; i < n; i++)
        parts[i] = (struct iovec){(void *)(uintptr_t)pieces[i].p, pieces[i].n};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = n};
    return sendmsg(s->fd, &message, MSG_NOSIGNAL);
}

static size_t total_of(const struct str *pieces, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += pieces[i].n;
    return total;
}

/* Some pieces as one, without the first `skip` bytes, as far as there is room. */
static size_t join(char *into, size_t room, const struct str *pieces, size_t n, size_t skip)
{
    size_t done = 0;
    for (size_t i = 0; i < n && done < room; i++) {
        size_t from = skip < pieces[i].n ? skip : pieces[i].n;
        struct str piece = str_slice(pieces[i], from, from + room - done);
        memcpy(into + done, piece.p, piece.n);
        done += piece.n;
        skip -= from;
    }
    return done;
}

static enum tls_status write_record(struct stream *s, const char *p, size_t n, size_t *gone)
{
    struct stream_error why;
    size_t done;
    enum tls_status status = tls_write(s->tls, p, n, &done, &why);
    *gone += done;
    if (status == TLS_ENDED)
        set_write_errno(s, why.failure == STREAM_ERRNO ? why.code : EPROTO);
    return status;
}

/* As few records as can be: each costs a write. */
static ptrdiff_t write_secured(struct stream *s, const struct str *pieces, size_t n)
{
    char record[RECORD_MAX];
    enum tls_status status = TLS_DONE;
    size_t total = total_of(pieces, n), gone = 0;
    while (status == TLS_DONE && gone < total) {
        if (n == 1)
            status = write_record(s, pieces[0].p, pieces[0].n, &gone);
        else
            status = write_record(s, record, join(record, sizeof(record), pieces, n, gone), &gone);
    }
    return status == TLS_ENDED ? -1 : (ptrdiff_t)gone;
}

/* How many bytes of some pieces went; -1: the stream can't be written any more. */
static ptrdiff_t write_now(struct stream *s, const struct str *pieces, size_t n)
{
    if (s->tls != NULL)
        return write_secured(s, pieces, n);
    ptrdiff_t gone = send_pieces(s, pieces, n);
    if (gone >= 0)
        return gone;
    if (errno == EAGAIN || errno == EINTR)
        return 0;
    set_write_errno(s, errno);
    return -1;
}

static void keep_rest(struct stream *s, const struct str *pieces, size_t n, size_t gone)
{
    if (s->rest == NULL) {
        s->rest = xcalloc(1, sizeof(*s->rest));
        buf_reserve(&s->rest->bytes, total_of(pieces, n) - gone);
        watch(s, IO_READ | IO_WRITE);
    }
    for (size_t i = 0; i < n; i++) {
        size_t skip = gone < pieces[i].n ? gone : pieces[i].n;
        buf_add_str(&s->rest->bytes, str_slice(pieces[i], skip, pieces[i].n));
        gone -= skip;
    }
}

int stream_write(struct stream *s, const struct str *pieces, size_t n)
{
    if (s->state == STREAM_DIALS || s->state == STREAM_SECURES)
        BUG("stream_write before it was connected");
    if (s->state != STREAM_IS_OPEN || s->write_errno != 0)
        return -1;
    while (n > 0 && s->rest == NULL) {
        size_t some = n < PIECES_AT_ONCE ? n : PIECES_AT_ONCE;
        ptrdiff_t gone = write_now(s, pieces, some);
        if (gone < 0)
            return -1;
        if ((size_t)gone < total_of(pieces, some))
            keep_rest(s, pieces, some, (size_t)gone);
        pieces += some;
        n -= some;
    }
    if (n > 0)
        keep_rest(s, pieces, n, 0);
    return 0;
}

bool stream_is_drained(const struct stream *s)
{
    return s->rest == NULL;
}

/* The kernel takes more: may call back. */
static void write_rest(struct stream *s)
{
    struct str left = str_slice(buf_slice(&s->rest->bytes), s->rest->gone, s->rest->bytes.n);
    ptrdiff_t gone = write_now(s, &left, 1);
    if (gone < 0)
        return;
    s->rest->gone += (size_t)gone;
    if ((size_t)gone < left.n)
        return;
    free_rest(s);
    watch(s, IO_READ);
    if (s->events.drained != NULL)
        s->events.drained(s->events.self);
}

static void fail(struct stream *s, const struct stream_error *why)
{
    end(s);
    if (s->events.failed != NULL)
        s->events.failed(s->events.self, why);
}

static void open_now(struct stream *s)
{
    s->state = STREAM_IS_OPEN;
    if (s->events.connected != NULL)
        s->events.connected(s->events.self);
}

static void secure(struct stream *s)
{
    struct stream_error why;
    switch (tls_handshake(s->tls, &why)) {
    case TLS_DONE:
        s->timings.secured_ns = now_ns(s);
        watch(s, IO_READ);
        if (tls_has_pending(s->tls))
            deferred_start(s->loop, &s->tell);
        open_now(s);
        return;
    case TLS_WANTS_READ:
        watch(s, IO_READ);
        return;
    case TLS_WANTS_WRITE:
        watch(s, IO_READ | IO_WRITE);
        return;
    case TLS_ENDED:
        fail(s, &why);
        return;
    }
}

/* TLS wanted to write something of its own, and could not while it was read. */
static void read_on(struct stream *s)
{
    watch(s, IO_READ);
    tell_readable(s);
}

/* One callback for each event: it may close the stream. What is not told now, the loop tells again. */
static void on_ready(void *self, int events)
{
    struct stream *s = self;
    if (events & IO_READ) {
        s->is_dry = false;
        if (s->tls != NULL)
            tls_wake(s->tls);
    }
    if (s->state == STREAM_SECURES)
        secure(s);
    else if ((events & IO_WRITE) && s->rest != NULL)
        write_rest(s);
    else if (events & IO_WRITE)
        read_on(s);
    else
        tell_readable(s);
}

/* What the socket has: bytes (> 0), 0: nothing now, -1: the end, *why. */
static ptrdiff_t read_plain(struct stream *s, char *into, size_t n, struct stream_error *why)
{
    ssize_t got = socket_recv(s->fd, into, n);
    if (got > 0) {
        s->is_dry = (size_t)got < n;
        return got;
    }
    if (got == 0) {
        fill_closed(why);
        return -1;
    }
    if (errno == EAGAIN || errno == EINTR) {
        s->is_dry = errno == EAGAIN;
        return 0;
    }
    fill_errno(why, errno);
    return -1;
}

static ptrdiff_t read_secured(struct stream *s, char *into, size_t n, struct stream_error *why)
{
    size_t got = 0;
    switch (tls_read(s->tls, into, n, &got, why)) {
    case TLS_DONE:
        // The loop knows nothing of what has come already.
        if (tls_has_pending(s->tls))
            deferred_start(s->loop, &s->tell);
        return (ptrdiff_t)got;
    case TLS_WANTS_WRITE:
        watch(s, IO_READ | IO_WRITE);
        return 0;
    case TLS_WANTS_READ:
        deferred_cancel(s->loop, &s->tell);
        return 0;
    case TLS_ENDED:
        break;
    }
    return -1;
}

ptrdiff_t stream_read(struct stream *s, char *into, size_t n, struct stream_error *why)
{
    assert(n > 0);
    if (s->state != STREAM_IS_OPEN) {
        fill_closed(why);
        return -1;
    }
    if (s->is_dry && s->write_errno == 0)
        return 0;
    ptrdiff_t got = s->tls != NULL ? read_secured(s, into, n, why) : read_plain(s, into, n, why);
    if (got > 0 || (got == 0 && s->write_errno == 0))
        return got;
    if (s->write_errno != 0 && (got == 0 || why->failure != STREAM_TLS))
        fill_errno(why, s->write_errno);
    end(s);
    return -1;
}

void stream_hold(struct stream *s, bool holds)
{
    if (holds == s->is_held || s->state != STREAM_IS_OPEN)
        return;
    s->is_held = holds;
    s->is_dry = false;
    watch(s, s->rest != NULL ? IO_READ | IO_WRITE : IO_READ);
    if (!holds)
        deferred_start(s->loop, &s->tell); // TLS may hold what the loop knows nothing of
}

bool stream_is_dead(struct stream *s)
{
    char byte;
    if (s->state != STREAM_IS_OPEN || s->write_errno != 0)
        return true;
    if (s->tls != NULL)
        return tls_is_dead(s->tls);
    return recv(s->fd, &byte, 1, MSG_PEEK) >= 0 || (errno != EAGAIN && errno != EINTR);
}

size_t stream_unheard(const struct stream *s)
{
    int unacknowledged = 0;
    if (s->fd < 0 || ioctl(s->fd, SIOCOUTQ, &unacknowledged) < 0 || unacknowledged < 0)
        return 0;
    return (size_t)unacknowledged;
}

static void on_connected(void *self, int fd, uint64_t resolved_ns)
{
    struct stream *s = self;
    s->dial = NULL;
    s->fd = fd;
    s->timings.resolved_ns = resolved_ns;
    s->timings.connected_ns = now_ns(s);
    io_start(s->loop, &s->io, fd, IO_READ);
    if (s->tls == NULL) {
        s->is_dry = true;
        open_now(s);
        return;
    }
    s->state = STREAM_SECURES;
    tls_attach(s->tls, fd);
    secure(s);
}

/* A reset comes of a connection that stood, even where it was over before anyone looked: who takes none
 * refuses. */
static void on_failed(void *self, const struct stream_error *why, uint64_t resolved_ns)
{
    struct stream *s = self;
    s->dial = NULL;
    s->timings.resolved_ns = resolved_ns;
    if (why->failure == STREAM_ERRNO && why->code == ECONNRESET)
        s->timings.connected_ns = now_ns(s);
    fail(s, why);
}

_Static_assert(STREAM_NEAR + 1 == IO_NEAR, "its own is one");
_Static_assert(offsetof(struct stream, fd) % MEM_LINE == 0, "what a read looks at begins there");

void stream_set_near(struct stream *s, const void *const *near, size_t n)
{
    const void **to = s->io.near;
    memset(to, 0, sizeof s->io.near);
    *to++ = &s->fd; // what is before it, the event itself has fetched
    if (s->tls != NULL)
        *to++ = s->tls; // in the place of the last
    for (size_t i = 0; i < n && to < s->io.near + IO_NEAR; i++)
        *to++ = near[i];
}

struct stream *stream_start(struct loop *loop, struct resolver *resolver,
                            const struct stream_target *target, const struct stream_events *events)
{
    const struct dial_spec spec = {target->host, target->port, target->is_unix, target->sources,
                                   target->choice};
    struct stream *s = xcalloc_lines(sizeof(*s));
    io_init(&s->io, on_ready, s);
    s->fd = -1;
    s->events = *events;
    s->loop = loop;
    deferred_init(&s->tell, on_tell, s);
    s->timings.start_ns = now_ns(s);
    if (target->tls != NULL) {
        bool is_named = !str_is_empty(target->server_name);
        s->tls = tls_new(target->tls, target->tickets,
                         is_named ? target->server_name : target->host, target->port);
    }
    s->dial = dial_start(loop, resolver, &spec, &(struct dial_events){s, on_connected, on_failed});
    return s;
}

void stream_close(struct stream *s)
{
    if (s == NULL)
        return;
    if (s->dial != NULL)
        dial_cancel(s->dial);
    end(s);
    tls_free(s->tls);
    if (s->fd >= 0)
        close(s->fd);
    free(s);
}

void stream_set_events(struct stream *s, const struct stream_events *events)
{
    s->events = *events;
}

const struct stream_timings *stream_timings(const struct stream *s)
{
    return &s->timings;
}

struct str stream_alpn(const struct stream *s)
{
    return s->tls != NULL ? tls_alpn(s->tls) : STR_EMPTY;
}

bool stream_is_resumed(const struct stream *s)
{
    return s->tls != NULL && tls_is_resumed(s->tls);
}
