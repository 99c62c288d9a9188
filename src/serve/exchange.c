/* exchange -- a request's life: from libmicrohttpd to the handler, and the answer back. */
// SPDX-License-Identifier: MIT
#include "serve/exchange.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <utlist.h>

#include "base/mem.h"

// Bodies up to this size leave their memory to the next request.
#define BODY_KEPT ((size_t)64 << 10)
// Bytes of a body that is made while it is sent.
#define READ_SIZE ((size_t)16 << 10)

static void see_gone(void *self, int events);

static struct exchange_in *take(struct shard *shard)
{
    struct exchange_pool *pool = shard->pool;
    struct exchange_in *x = pool->free;

    if (x != NULL) {
        pool->free = x->next;
    } else {
        x = xcalloc(1, sizeof *x);
        buf_init(&x->body, pool->body_limit);
        io_init(&x->gone_io, see_gone, x);
    }
    x->shard = shard;
    DL_APPEND(shard->live, x);
    return x;
}

static void release(struct exchange_in *x)
{
    buf_release(&x->body);
    exchange_release_request(x);
    free(x);
}

static void give_back(struct exchange_in *x)
{
    struct exchange_pool *pool = x->shard->pool;

    io_cancel(&x->gone_io);
    DL_DELETE(x->shard->live, x);
#ifdef KATYDID_ASAN
    // Nothing is recycled, so that the sanitizer sees each use of what was given back.
    (void)pool;
    release(x);
#else
    exchange_clear_request(x);
    if (x->body.capacity > BODY_KEPT)
        buf_release(&x->body);
    buf_clear(&x->body);
    x->gone = NULL;
    x->has_begun = x->is_partial = x->is_suspended = x->is_answered = x->is_dropped = false;
    x->next = pool->free;
    pool->free = x;
#endif
}

void exchange_pool_release(struct exchange_pool *pool)
{
    while (pool->free != NULL) {
        struct exchange_in *x = pool->free;

        pool->free = x->next;
        release(x);
    }
}

void *exchange_on_target(void *self, const char *target, struct MHD_Connection *connection)
{
    struct exchange_in *x = take(self);

    x->connection = connection;
    buf_add_cstr(&x->target, target);
    return x;
}

static void answer_with_text(struct exchange_in *x, int status, struct str text)
{
    server_answer(x, &(struct server_reply){
                         .status = status,
                         .body = text,
                         .content_type = STR("text/plain"),
                     });
}

static int descriptor(const struct exchange_in *x)
{
    return MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

/* Whether the client will send nothing more. */
static bool is_at_end(int fd)
{
    char c;

    ssize_t n = recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static enum MHD_Result call_handler(struct exchange_in *x)
{
    struct exchange_pool *pool = x->shard->pool;

    x->in_handler = true;
    if (x->body.overflowed)
        answer_with_text(x, MHD_HTTP_CONTENT_TOO_LARGE, STR("the body is too large\n"));
    else
        pool->handler(pool->handler_self, x);
    x->in_handler = false;
    if (x->is_dropped)
        return MHD_NO;
    if (!x->is_answered) {
        MHD_suspend_connection(x->connection);
        x->is_suspended = true;
        if (x->gone != NULL)
            io_start(pool->loop, &x->gone_io, descriptor(x), IO_READ);
    }
    return MHD_YES;
}

/* Called with the headers, then with each piece of the body, then with the end (no data) and, where
 * it was suspended and not answered, again. */
enum MHD_Result exchange_on_request(void *self, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *data,
                                    size_t *n, void **context)
{
    struct exchange_in *x = *context;

    (void)self, (void)connection, (void)url, (void)version;
    if (!x->has_begun) {
        x->has_begun = true;
        x->method = str_of(method);
        x->received_ns = clock_now_ns(loop_clock(x->shard->pool->loop));
        return MHD_YES;
    }
    if (x->is_dropped)
        return MHD_NO;
    if (*n > 0) {
        buf_add(&x->body, data, *n);
        *n = 0;
        x->is_partial = x->shard->has_partial = true;
        return MHD_YES;
    }
    x->is_partial = false;
    return call_handler(x);
}

/*
 * libmicrohttpd reads as much as is there, and waits for the next edge: an end of the stream that
 * stood behind the last bytes already makes none, and the connection would stay for ever. Shutting
 * it down makes that edge. (The same in the middle of headers goes unseen: nobody tells of those.)
 */
void exchange_close_cut_off(struct shard *shard)
{
    struct exchange_in *x;

    if (!shard->has_partial)
        return;
    shard->has_partial = false;
    DL_FOREACH (shard->live, x) {
        if (x->is_partial && is_at_end(descriptor(x)))
            shutdown(descriptor(x), SHUT_RDWR);
        x->is_partial = false;
    }
}

void exchange_on_end(void *self, struct MHD_Connection *connection, void **context,
                     enum MHD_RequestTerminationCode why)
{
    (void)self, (void)connection, (void)why;
    if (*context != NULL)
        give_back(*context);
    *context = NULL;
}

/* The answer is there: what was suspended goes on in this turn. */
static void go_on(struct exchange_in *x)
{
    io_cancel(&x->gone_io);
    if (!x->is_suspended)
        return;
    x->is_suspended = false;
    MHD_resume_connection(x->connection);
    deferred_start(x->shard->pool->loop, &x->shard->turn);
}

void server_drop(struct exchange_in *x)
{
    assert(!x->is_answered && !x->is_dropped);
    x->is_dropped = true;
    go_on(x);
}

void exchange_drop_all(struct shard *shard)
{
    struct exchange_in *x;

    DL_FOREACH (shard->live, x) {
        if (x->is_suspended && x->is_answered) {
            x->is_dropped = true;
            go_on(x);
        } else if (x->is_suspended) {
            server_drop(x);
        }
    }
}

/* Readable while it is suspended: the client has left, or has sent its next request already. */
static void see_gone(void *self, int events)
{
    struct exchange_in *x = self;

    (void)events;
    io_cancel(&x->gone_io);
    if (is_at_end(descriptor(x)))
        x->gone(x->gone_self);
}

void server_on_gone(struct exchange_in *x, void (*gone)(void *self), void *self)
{
    assert(x->in_handler);
    x->gone = gone;
    x->gone_self = self;
}

static int add_header(struct MHD_Response *response, struct buf *scratch, struct str name,
                      struct str value)
{
    // libmicrohttpd wants C strings: one that a NUL cuts short would be another header.
    if (memchr(name.p, '\0', name.n) != NULL || memchr(value.p, '\0', value.n) != NULL)
        return -1;
    buf_clear(scratch);
    buf_add_str(scratch, name);
    buf_add_char(scratch, '\0');
    buf_add_str(scratch, value);
    const char *text = buf_cstr(scratch);
    return MHD_add_response_header(response, text, text + name.n + 1) == MHD_YES ? 0 : -1;
}

static int add_headers(struct MHD_Response *response, const struct server_reply *reply)
{
    struct buf scratch = BUF_INIT;
    int rc = -1;

    if (reply->content_type.n > 0 &&
        add_header(response, &scratch, STR("Content-Type"), reply->content_type) < 0)
        goto out;
    for (size_t i = 0; i < reply->n_headers; i++) {
        if (add_header(response, &scratch, reply->headers[i][0], reply->headers[i][1]) < 0)
            goto out;
    }
    if (reply->close && add_header(response, &scratch, STR("Connection"), STR("close")) < 0)
        goto out;
    rc = 0;
out:
    buf_release(&scratch);
    return rc;
}

/* Takes the response. */
static void queue(struct exchange_in *x, int status, struct MHD_Response *response)
{
    assert(!x->is_answered && !x->is_dropped);
    if (response != NULL &&
        MHD_queue_response(x->connection, (unsigned)status, response) == MHD_YES)
        x->is_answered = true;
    else
        x->is_dropped = true;
    if (response != NULL)
        MHD_destroy_response(response);
    go_on(x);
}

static void queue_with_headers(struct exchange_in *x, const struct server_reply *reply,
                               struct MHD_Response *response)
{
    if (response == NULL || add_headers(response, reply) == 0) {
        queue(x, reply->status, response);
        return;
    }
    MHD_destroy_response(response);
    answer_with_text(x, MHD_HTTP_INTERNAL_SERVER_ERROR,
                     STR("a header of the answer holds a control character\n"));
}

void server_answer(struct exchange_in *x, const struct server_reply *reply)
{
    queue_with_headers(x, reply,
                       MHD_create_response_from_buffer(reply->body.n, (void *)reply->body.p,
                                                       MHD_RESPMEM_MUST_COPY));
}

struct repeated {
    uint64_t left; /* bytes */
    size_t n, at;  /* of the text; of them sent this time */
    bool by_piece; /* at most one text a read */
    char text[];
};

static ssize_t read_repeated(void *self, uint64_t position, char *to, size_t room)
{
    struct repeated *r = self;
    size_t done = 0;

    (void)position;
    if (r->left == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    while (done < room && r->left > 0) {
        size_t n = r->n - r->at < room - done ? r->n - r->at : room - done;
        memcpy(to + done, r->text + r->at, n);
        done += n;
        r->left -= n;
        r->at = (r->at + n) % r->n;
        if (r->by_piece)
            break;
    }
    return (ssize_t)done;
}

void server_answer_repeated(struct exchange_in *x, const struct server_reply *reply,
                            uint64_t length, bool chunked)
{
    size_t n = reply->body.n;
    struct repeated *r = xmalloc(sizeof *r + n);

    *r = (struct repeated){.left = n > 0 ? length : 0, .n = n, .by_piece = chunked};
    memcpy(r->text, reply->body.p, n);
    queue_with_headers(x, reply,
                       MHD_create_response_from_callback(chunked ? MHD_SIZE_UNKNOWN : r->left,
                                                         n > READ_SIZE ? n : READ_SIZE,
                                                         read_repeated, r, free));
}

struct spaced {
    struct exchange_in *x;
    struct loop *loop;
    struct timer due; /* of the next one, while the connection is suspended */
    uint64_t every_ns, next_ns;
    uint64_t left; /* texts */
    size_t n, at;  /* of the text; of them sent this time */
    char text[];
};

static void is_due(void *self)
{
    struct spaced *s = self;

    go_on(s->x);
}

static ssize_t read_spaced(void *self, uint64_t position, char *to, size_t room)
{
    struct spaced *s = self;
    size_t n = s->n - s->at < room ? s->n - s->at : room;

    (void)position;
    if (s->left == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (s->x->is_dropped)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (s->next_ns > loop_now_ns(s->loop)) {
        MHD_suspend_connection(s->x->connection);
        s->x->is_suspended = true;
        timer_start_at(s->loop, &s->due, s->next_ns);
        return 0;
    }
    memcpy(to, s->text + s->at, n);
    s->at += n;
    if (s->at == s->n) {
        s->at = 0;
        s->left--;
        s->next_ns += s->every_ns;
    }
    return (ssize_t)n;
}

static void free_spaced(void *self)
{
    struct spaced *s = self;

    timer_cancel(s->loop, &s->due);
    free(s);
}

void server_answer_spaced(struct exchange_in *x, const struct server_reply *reply, uint64_t times,
                          uint64_t every_ns)
{
    size_t n = reply->body.n;
    struct loop *loop = x->shard->pool->loop;
    struct spaced *s = xmalloc(sizeof *s + n);

    *s = (struct spaced){.x = x,
                         .loop = loop,
                         .every_ns = every_ns,
                         .next_ns = loop_now_ns(loop),
                         .left = n > 0 ? times : 0,
                         .n = n};
    memcpy(s->text, reply->body.p, n);
    timer_init(&s->due, is_due, s);
    queue_with_headers(x, reply,
                       MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, READ_SIZE, read_spaced,
                                                         s, free_spaced));
}
