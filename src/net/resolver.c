/*
 * resolver -- names without blocking.
 *
 * Each name that was asked has a record: its answer, how long that holds, and who waits for it. Who
 * asks joins the record's ring; when the record has an answer, it joins the list of those that are
 * told at the end of the turn. c-ares may answer before its call returns, and must not be called from
 * its callbacks: that list is what keeps both from those who asked.
 */
// SPDX-License-Identifier: MIT
#include "net/resolver.h"

#include "base/mem.h"
#include "loop/io.h"
#include "loop/timer.h"

#include <ares.h>
#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uthash.h>

#define FAILURE_TTL_S 1
#define GIVEN_ID UINT64_MAX /* of addresses that never change */
#define TTL_MAX_S 86400
#define NAMES_KEPT 1000 /* beyond, those whose time is over leave */
#define ADDRESS_TEXT INET6_ADDRSTRLEN

struct resolution {
    struct resolution *prev, *next; /* ring of those who wait for the name */
    void (*done)(void *self, const struct resolver_answer *answer);
    void *self;
    bool asked;
};

struct name {
    char *host; /* lower case */
    struct resolver *resolver;
    struct resolution waiting; /* the ring's head */
    bool is_asked;             /* c-ares is at it */
    bool is_due;               /* in the list of those that are told */
    bool is_telling;           /* its answer is lent to those who waited */
    struct name *next_due;
    bool has_answer;
    uint64_t until_ns; /* the answer holds so long */
    struct resolver_answer answer;
    char texts[RESOLVER_ADDRESSES_MAX][ADDRESS_TEXT];
    const char *addresses[RESOLVER_ADDRESSES_MAX];
    UT_hash_handle hh;
};

/* A descriptor of c-ares. */
struct watch {
    struct io io;
    struct resolver *resolver;
    ares_socket_t fd;
    struct watch *next;
};

struct resolver {
    struct loop *loop;
    ares_channel channel;
    struct watch *watches;
    struct timer timer; /* when c-ares wants to look again */
    const struct overrides *overrides;
    struct name *names;
    struct name *due;
    struct deferred tell;
    uint64_t last_id;
    bool has_ipv6_loopback;
    bool is_closing;
};

static uint64_t now_ns(const struct resolver *r)
{
    return loop_now_ns(r->loop);
}

/* c-ares says how long it waits at most; without questions not at all. */
static void arm(struct resolver *r)
{
    struct timeval wait;
    if (ares_timeout(r->channel, NULL, &wait) == NULL) {
        timer_cancel(r->loop, &r->timer);
        return;
    }
    uint64_t ns = (uint64_t)wait.tv_sec * NS_PER_S + (uint64_t)wait.tv_usec * NS_PER_US;
    timer_start(r->loop, &r->timer, ns);
}

static void on_timer(void *self)
{
    struct resolver *r = self;
    ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm(r);
}

static void on_ready(void *self, int events)
{
    struct watch *w = self;
    struct resolver *r = w->resolver;
    ares_socket_t fd = w->fd;
    ares_process_fd(r->channel, events & IO_READ ? fd : ARES_SOCKET_BAD,
                    events & IO_WRITE ? fd : ARES_SOCKET_BAD);
    arm(r);
}

static void on_socket_state(void *self, ares_socket_t fd, int readable, int writable)
{
    struct resolver *r = self;
    int events = (readable ? IO_READ : 0) | (writable ? IO_WRITE : 0);
    struct watch **at = &r->watches;
    while (*at != NULL && (*at)->fd != fd)
        at = &(*at)->next;
    struct watch *w = *at;
    if (w == NULL && events != 0) {
        w = xcalloc(1, sizeof *w);
        w->resolver = r;
        w->fd = fd;
        w->next = r->watches;
        r->watches = w;
        io_init(&w->io, on_ready, w);
        io_start(r->loop, &w->io, fd, events);
    } else if (w != NULL && events != 0) {
        io_change(&w->io, events);
    } else if (w != NULL) {
        io_cancel(&w->io);
        *at = w->next;
        free(w);
    }
}

static void make_due(struct name *name)
{
    struct resolver *r = name->resolver;
    if (name->is_due)
        return;
    name->is_due = true;
    name->next_due = r->due;
    r->due = name;
    deferred_start(r->loop, &r->tell);
}

static void keep_answer(struct name *name, bool ok, double ttl_s)
{
    struct resolver *r = name->resolver;
    name->has_answer = true;
    name->answer.ok = ok;
    name->answer.addresses = name->addresses;
    name->answer.id = ++r->last_id;
    name->until_ns = now_ns(r) + s_to_ns(ttl_s);
}

static void keep_failure(struct name *name, int code)
{
    name->answer.n = 0;
    name->answer.code = code;
    name->answer.error = gai_strerror(code);
    keep_answer(name, false, FAILURE_TTL_S);
}

static void keep_address(struct name *name, const char *text)
{
    size_t n = name->answer.n;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(name->texts[i], text) == 0)
            return;
    }
    if (n == RESOLVER_ADDRESSES_MAX)
        return;
    memcpy(name->texts[n], text, strlen(text) + 1);
    name->addresses[n] = name->texts[n];
    name->answer.n = n + 1;
}

static int code_of(int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_EBADNAME:
        return EAI_NONAME;
    case ARES_ENODATA:
        return EAI_NODATA;
    case ARES_ETIMEOUT:
    case ARES_ESERVFAIL:
    case ARES_ECONNREFUSED:
        return EAI_AGAIN;
    default:
        return EAI_FAIL;
    }
}

static void keep_addresses(struct name *name, const struct ares_addrinfo *info)
{
    int ttl_s = TTL_MAX_S;
    name->answer.n = 0;
    for (const struct ares_addrinfo_node *node = info->nodes; node != NULL; node = node->ai_next) {
        char text[ADDRESS_TEXT];
        const void *address = node->ai_family == AF_INET
                                  ? (void *)&((struct sockaddr_in *)node->ai_addr)->sin_addr
                                  : (void *)&((struct sockaddr_in6 *)node->ai_addr)->sin6_addr;
        if (inet_ntop(node->ai_family, address, text, sizeof(text)) == NULL)
            continue;
        keep_address(name, text);
        if (node->ai_ttl < ttl_s)
            ttl_s = node->ai_ttl;
    }
    if (name->answer.n == 0)
        keep_failure(name, EAI_NODATA);
    else
        keep_answer(name, true, ttl_s < RESOLVER_TTL_MIN_S ? RESOLVER_TTL_MIN_S : ttl_s);
}

static void on_answer(void *self, int status, int timeouts, struct ares_addrinfo *info)
{
    struct name *name = self;
    (void)timeouts;
    if (name->resolver->is_closing) {
        ares_freeaddrinfo(info);
        return;
    }
    name->is_asked = false;
    if (status == ARES_SUCCESS)
        keep_addresses(name, info);
    else
        keep_failure(name, code_of(status));
    ares_freeaddrinfo(info);
    make_due(name);
}

static void ask(struct name *name)
{
    struct resolver *r = name->resolver;
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    name->is_asked = true;
    ares_getaddrinfo(r->channel, name->host, NULL, &hints, on_answer, name);
    arm(r);
}

static void ring_init(struct resolution *head)
{
    head->prev = head->next = head;
}

static bool ring_is_empty(const struct resolution *head)
{
    return head->next == head;
}

static void leave_ring(struct resolution *q)
{
    q->prev->next = q->next;
    q->next->prev = q->prev;
}

static void join_ring(struct resolution *head, struct resolution *q)
{
    q->next = head;
    q->prev = head->prev;
    q->prev->next = q;
    head->prev = q;
}

/* Those who wait now; who asks again from there waits for the next turn. */
static void tell_name(struct name *name)
{
    struct resolution now;
    if (ring_is_empty(&name->waiting))
        return;
    now.next = name->waiting.next;
    now.prev = name->waiting.prev;
    now.next->prev = now.prev->next = &now;
    ring_init(&name->waiting);
    name->is_telling = true;
    while (!ring_is_empty(&now)) {
        struct resolution *q = now.next;
        leave_ring(q);
        struct resolver_answer answer = name->answer;
        answer.asked = q->asked;
        void (*done)(void *, const struct resolver_answer *) = q->done;
        void *self = q->self;
        free(q);
        done(self, &answer);
    }
    name->is_telling = false;
}

static void on_tell(void *self)
{
    struct resolver *r = self;
    struct name *due = r->due;
    r->due = NULL;
    while (due != NULL) {
        struct name *name = due;
        due = name->next_due;
        name->is_due = false;
        tell_name(name);
    }
}

static bool is_literal(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* "localhost" and all below it never leave the machine (RFC 6761 6.3). */
static bool is_localhost(struct str host)
{
    if (str_ends(host, STR(".")))
        host.n--;
    return str_equal(host, STR("localhost")) || str_ends(host, STR(".localhost"));
}

/* What is known without asking. */
static void answer_at_once(struct name *name)
{
    struct resolver *r = name->resolver;
    if (is_literal(name->host)) {
        keep_address(name, name->host);
    } else if (is_localhost(str_of(name->host))) {
        keep_address(name, "127.0.0.1");
        if (r->has_ipv6_loopback)
            keep_address(name, "::1");
    } else {
        return;
    }
    keep_answer(name, true, 0);
    name->until_ns = UINT64_MAX;
}

static void free_name(struct name *name)
{
    struct resolver *r = name->resolver;
    HASH_DEL(r->names, name);
    free(name->host);
    free(name);
}

static void forget_old(struct resolver *r)
{
    struct name *name, *next;
    HASH_ITER (hh, r->names, name, next) {
        if (!name->is_asked && !name->is_due && !name->is_telling &&
            ring_is_empty(&name->waiting) &&
            (name->until_ns <= now_ns(r) || name->until_ns == UINT64_MAX))
            free_name(name);
    }
}

static struct name *find(struct resolver *r, struct str host)
{
    char lower[NI_MAXHOST];
    struct name *name;
    if (host.n >= sizeof(lower))
        host.n = sizeof(lower) - 1; // too long for any name: an answer will say so
    for (size_t i = 0; i < host.n; i++)
        lower[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] - 'A' + 'a' : host.p[i]);
    HASH_FIND(hh, r->names, lower, host.n, name);
    if (name != NULL)
        return name;
    if (HASH_COUNT(r->names) >= NAMES_KEPT)
        forget_old(r);
    name = xcalloc(1, sizeof *name);
    name->host = xmemdup0(lower, host.n);
    name->resolver = r;
    ring_init(&name->waiting);
    HASH_ADD_KEYPTR(hh, r->names, name->host, host.n, name);
    answer_at_once(name);
    return name;
}

static bool is_fresh(const struct name *name)
{
    return name->has_answer && !name->is_asked && name->until_ns > now_ns(name->resolver);
}

struct resolution *resolver_start(struct resolver *r, struct str host,
                                  void (*done)(void *self, const struct resolver_answer *answer),
                                  void *self)
{
    struct name *name = find(r, host);
    struct resolution *q = xmalloc(sizeof *q);
    *q = (struct resolution){.done = done, .self = self, .asked = !is_fresh(name)};
    join_ring(&name->waiting, q);
    if (!q->asked)
        make_due(name);
    else if (!name->is_asked)
        ask(name);
    return q;
}

void resolver_cancel(struct resolution *q)
{
    leave_ring(q);
    free(q);
}

void resolver_use_overrides(struct resolver *r, const struct overrides *overrides)
{
    r->overrides = overrides;
}

bool resolver_is_overridden(const struct resolver *r, struct str host, uint16_t port)
{
    size_t n;
    return overrides_find(r->overrides, host, port, &n) != NULL;
}

int resolver_peek(struct resolver *r, struct str host, uint16_t port,
                  struct resolver_answer *answer)
{
    size_t n;
    const char *const *given = overrides_find(r->overrides, host, port, &n);
    if (given != NULL) {
        *answer = (struct resolver_answer){.ok = true, .addresses = given, .n = n, .id = GIVEN_ID};
        return 0;
    }
    struct name *name = find(r, host);
    if (!is_fresh(name))
        return -1;
    *answer = name->answer;
    return 0;
}

static bool has_ipv6_loopback(void)
{
    struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool can = bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) == 0;
    close(fd);
    return can;
}

struct resolver *resolver_new(struct loop *loop, struct err *err)
{
    struct resolver *r = xcalloc(1, sizeof *r);
    struct ares_options options = {.sock_state_cb = on_socket_state, .sock_state_cb_data = r};
    int status = ares_library_init(ARES_LIB_INIT_ALL);
    if (status == ARES_SUCCESS) {
        status = ares_init_options(&r->channel, &options, ARES_OPT_SOCK_STATE_CB);
        if (status != ARES_SUCCESS)
            ares_library_cleanup();
    }
    if (status != ARES_SUCCESS) {
        err_set(err, "can't prepare to resolve names: %s", ares_strerror(status));
        free(r);
        return NULL;
    }
    r->loop = loop;
    r->has_ipv6_loopback = has_ipv6_loopback();
    timer_init(&r->timer, on_timer, r);
    deferred_init(&r->tell, on_tell, r);
    return r;
}

void resolver_free(struct resolver *r)
{
    if (r == NULL)
        return;
    r->is_closing = true;
    ares_destroy(r->channel);
    ares_library_cleanup();
    timer_cancel(r->loop, &r->timer);
    deferred_cancel(r->loop, &r->tell);
    struct name *name, *next;
    HASH_ITER (hh, r->names, name, next) {
        assert(ring_is_empty(&name->waiting));
        free_name(name);
    }
    assert(r->watches == NULL);
    free(r);
}

int resolver_use_servers(struct resolver *r, const char *servers, struct err *err)
{
    int status = ares_set_servers_ports_csv(r->channel, servers);
    if (status != ARES_SUCCESS)
        return err_set(err, "can't ask the name servers '%s': %s", servers, ares_strerror(status));
    struct name *name, *next;
    HASH_ITER (hh, r->names, name, next)
        name->until_ns = name->until_ns == UINT64_MAX ? UINT64_MAX : 0;
    return 0;
}

void resolver_add_version(struct buf *out)
{
    buf_addf(out, "c-ares %s", ares_version(NULL));
}
