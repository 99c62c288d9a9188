/* server -- listens, deals connections out to shards, and turns those with the loop. */
// SPDX-License-Identifier: MIT
#include "serve/server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "serve/exchange.h"

// Connections of one daemon: few enough that a walk over them is cheap, enough that a hundred users
// share one epoll_wait.
#define SHARD_CONNECTIONS 256u
#define HEADER_LIMIT ((size_t)16 << 10)
#define ACCEPTS_A_TURN 64
#define BACKLOG 4096
#define BREATH_NS (100 * NS_PER_MS)

struct server {
    struct exchange_pool pool;
    unsigned connections; /* at most */
    size_t header_limit;
    unsigned idle_s;
    int listener;
    uint16_t port;
    struct io io;         /* the listener's */
    struct timer breathe; /* accepts again after descriptors ran out */
    struct shard **shards;
    size_t n_shards;
    size_t n_connections;
    uint64_t n_accepted;
    bool has_warned; /* that descriptors ran out; or says nothing at all */
};

/* One round of the daemon. It reports a time to wait for: until a connection will have been idle for
 * too long, or 0 where one has data that it read and did not look at yet. */
static void turn_shard(void *self)
{
    struct shard *shard = self;
    MHD_UNSIGNED_LONG_LONG wait_ms;

    timer_cancel(shard->pool->loop, &shard->idle);
    MHD_run(shard->daemon);
    exchange_close_cut_off(shard);
    if (MHD_get_timeout(shard->daemon, &wait_ms) != MHD_YES)
        return;
    if (wait_ms == 0)
        deferred_start(shard->pool->loop, &shard->turn);
    else
        timer_start(shard->pool->loop, &shard->idle, wait_ms * NS_PER_MS);
}

static void shard_is_ready(void *self, int events)
{
    (void)events;
    turn_shard(self);
}

static void count_connection(void *self, struct MHD_Connection *connection, void **context,
                             enum MHD_ConnectionNotificationCode what);

/* Leaves the target as it came: request.c decodes it, and knows a NUL when it sees one. */
static size_t leave_escaped(void *self, struct MHD_Connection *connection, char *text)
{
    (void)self, (void)connection;
    return strlen(text);
}

static void shard_free(struct shard *shard)
{
    if (shard->daemon != NULL) {
        exchange_drop_all(shard);
        io_cancel(&shard->io);
        MHD_stop_daemon(shard->daemon);
    }
    deferred_cancel(shard->pool->loop, &shard->turn);
    timer_cancel(shard->pool->loop, &shard->idle);
    free(shard);
}

static struct shard *shard_new(struct server *s)
{
    struct shard *shard = xcalloc(1, sizeof *shard);

    shard->server = s;
    shard->pool = &s->pool;
    deferred_init(&shard->turn, turn_shard, shard);
    timer_init(&shard->idle, turn_shard, shard);
    io_init(&shard->io, shard_is_ready, shard);
    shard->daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0,
                         NULL, NULL, exchange_on_request, shard,                 //
                         MHD_OPTION_CONNECTION_LIMIT, SHARD_CONNECTIONS,         //
                         MHD_OPTION_CONNECTION_TIMEOUT, s->idle_s,               //
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->header_limit,    //
                         MHD_OPTION_URI_LOG_CALLBACK, exchange_on_target, shard, //
                         MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,      //
                         MHD_OPTION_NOTIFY_COMPLETED, exchange_on_end, shard,    //
                         MHD_OPTION_NOTIFY_CONNECTION, count_connection, shard, MHD_OPTION_END);
    if (shard->daemon == NULL) {
        shard_free(shard);
        return NULL;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(shard->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    io_start(s->pool.loop, &shard->io, info->epoll_fd, IO_READ);
    return shard;
}

/* The first with room, so that few users share few daemons; NULL: none can be made. */
static struct shard *shard_with_room(struct server *s)
{
    for (size_t i = 0; i < s->n_shards; i++) {
        if (s->shards[i]->n_connections < SHARD_CONNECTIONS)
            return s->shards[i];
    }
    struct shard *shard = shard_new(s);
    if (shard == NULL)
        return NULL;
    s->shards = xreallocarray(s->shards, s->n_shards + 1, sizeof(struct shard *));
    s->shards[s->n_shards++] = shard;
    return shard;
}

static void listen_again(void *self)
{
    struct server *s = self;

    if (s->listener >= 0 && s->n_connections < s->connections && !timer_is_started(&s->breathe) &&
        !io_is_started(&s->io))
        io_start(s->pool.loop, &s->io, s->listener, IO_READ);
}

/* Descriptors ran out: the listener would stay readable, and the loop would spin on it. */
static void hold_breath(struct server *s, int why)
{
    if (!s->has_warned)
        log_warning("katydid.server", "cannot accept a connection: %s; trying again",
                    strerror(why));
    s->has_warned = true;
    io_cancel(&s->io);
    timer_start(s->pool.loop, &s->breathe, BREATH_NS);
}

static void count_connection(void *self, struct MHD_Connection *connection, void **context,
                             enum MHD_ConnectionNotificationCode what)
{
    struct shard *shard = self;
    struct server *s = shard->server;

    (void)connection, (void)context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        shard->n_connections++;
        s->n_connections++;
        s->n_accepted++;
        return;
    }
    shard->n_connections--;
    s->n_connections--;
    listen_again(s);
}

static bool accept_one(struct server *s)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    int fd = accept4(s->listener, (struct sockaddr *)&address, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        int why = errno;
        if (why == EMFILE || why == ENFILE || why == ENOBUFS || why == ENOMEM)
            hold_breath(s, why);
        return why == ECONNABORTED || why == EINTR;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct shard *shard = shard_with_room(s);
    if (shard == NULL) {
        close(fd);
        hold_breath(s, EMFILE);
        return false;
    }
    MHD_add_connection(shard->daemon, fd, (struct sockaddr *)&address, n); // closes it on failure
    return true;
}

static void accept_some(void *self, int events)
{
    struct server *s = self;

    (void)events;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        if (s->n_connections >= s->connections) {
            io_cancel(&s->io);
            return;
        }
        if (!accept_one(s))
            return;
    }
}

static int listen_at(const struct addrinfo *where)
{
    int fd = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (where->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
    if (bind(fd, where->ai_addr, where->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static int find_port(struct server *s)
{
    struct sockaddr_storage bound;
    socklen_t n = sizeof bound;

    if (getsockname(s->listener, (struct sockaddr *)&bound, &n) < 0)
        return -1;
    if (bound.ss_family == AF_INET6)
        s->port = ntohs(((struct sockaddr_in6 *)&bound)->sin6_port);
    else
        s->port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
    return 0;
}

static int open_listener(struct server *s, const struct server_options *options, struct err *err)
{
    struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
        .ai_socktype = SOCK_STREAM,
    };
    struct addrinfo *where = NULL;
    char port[8];
    int rc = -1;

    snprintf(port, sizeof port, "%u", (unsigned)options->port);
    if (getaddrinfo(options->bind, port, &hints, &where) != 0)
        return err_set(err, "cannot listen on '%s': expected an address such as 127.0.0.1 or ::1",
                       options->bind);
    s->listener = listen_at(where);
    if (s->listener < 0 || find_port(s) < 0)
        err_set(err, "cannot listen on %s port %s: %s", options->bind, port, strerror(errno));
    else
        rc = 0;
    freeaddrinfo(where);
    return rc;
}

struct server *server_new(struct loop *loop, const struct server_options *options,
                          server_handler *handler, void *self, struct err *err)
{
    struct server *s = xcalloc(1, sizeof *s);

    s->pool = (struct exchange_pool){
        .loop = loop,
        .handler = handler,
        .handler_self = self,
        .body_limit = options->body_limit,
    };
    s->connections = options->connections;
    s->header_limit = options->header_limit ? options->header_limit : HEADER_LIMIT;
    s->idle_s = options->idle_s;
    s->has_warned = options->is_silent;
    s->listener = -1;
    io_init(&s->io, accept_some, s);
    timer_init(&s->breathe, listen_again, s);
    if (open_listener(s, options, err) < 0) {
        server_free(s);
        return NULL;
    }
    io_start(loop, &s->io, s->listener, IO_READ);
    return s;
}

void server_free(struct server *s)
{
    if (s == NULL)
        return;
    io_cancel(&s->io);
    timer_cancel(s->pool.loop, &s->breathe);
    if (s->listener >= 0)
        close(s->listener);
    s->listener = -1; // so that no connection that closes below listens again
    for (size_t i = 0; i < s->n_shards; i++)
        shard_free(s->shards[i]);
    free(s->shards);
    exchange_pool_release(&s->pool);
    free(s);
}

uint16_t server_port(const struct server *s)
{
    return s->port;
}

size_t server_connections(const struct server *s)
{
    return s->n_connections;
}

uint64_t server_accepted(const struct server *s)
{
    return s->n_accepted;
}

void server_add_version(struct buf *out)
{
    buf_addf(out, "libmicrohttpd %s", MHD_get_version());
}
