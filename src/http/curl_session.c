/* curl_session -- what a session has of libcurl: a cache for its connections, and handles. */
// SPDX-License-Identifier: MIT
#include "http/curl_session.h"

#include "base/err.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

/* libcurl goes through a name's addresses in their order, and connects to what this makes of each. */
static void take_turn(const struct curl_transfer *x, struct curl_sockaddr *address)
{
    const struct curl_name *name = x->n_names > 0 ? x->names[0] : NULL; // where it connects to
    if (name == NULL || name->n_addresses < 2)
        return;
    size_t user = x->session->number / sources_count(x->session->stock->sources);
    const struct addr *turn = curl_name_turn(name, &address->addr, user);
    if (turn == NULL)
        return;
    address->family = turn->any.sa_family;
    address->addrlen = turn->n;
    // libcurl keeps room for each kind of address there
    memcpy((char *)address + offsetof(struct curl_sockaddr, addr), &turn->any, turn->n);
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct curl_transfer *x = self;
    struct curl_session *s = x->session;
    (void)purpose;
    if (!curl_handle_may_send(&x->handle))
        return CURL_SOCKET_BAD;
    take_turn(x, address);
    x->handle.no_source = sources_why_not(s->stock->sources, address->family);
    if (x->handle.no_source != NULL)
        return CURL_SOCKET_BAD;
    curl_socket_t fd =
        curl_sockets_open(s->stock->sockets, address, curl_handle_speaks_http2(&x->handle), s);
    x->handle.was_opened |= fd != CURL_SOCKET_BAD;
    if (fd == CURL_SOCKET_BAD) {
        x->handle.open_errno = errno;
    } else if (sources_bind(s->stock->sources, s->number, fd, address->family) < 0) {
        x->handle.open_errno = errno;
        curl_sockets_close(s->stock->sockets, fd);
        return CURL_SOCKET_BAD;
    }
    return fd;
}

/* A connection outlives the transfer that made it, so it is the session's. */
static int close_socket(void *self, curl_socket_t fd)
{
    struct curl_session *s = self;
    curl_sockets_close(s->stock->sockets, fd);
    return 0;
}

static void lend(struct curl_transfer *x, struct curl_session *s)
{
    CURL *e = x->handle.easy;
    x->session = s;
    curl_easy_setopt(e, CURLOPT_SHARE, s->share);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, x);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, s);
}

static struct curl_transfer *transfer_new(struct curl_stock *k)
{
    struct curl_transfer *x = xmalloc(sizeof *x);
    memset(x, 0, sizeof *x);
    if (curl_handle_init(&x->handle, k->loop) < 0)
        BUG("out of memory");
    timer_init(&x->limit, k->limit, x);
    return x;
}

static void transfer_free(struct curl_stock *k, struct curl_transfer *x)
{
    timer_cancel(k->loop, &x->limit);
    curl_handle_release(&x->handle);
    buf_release(&x->text);
    free(x);
}

void curl_stock_init(struct curl_stock *k, struct loop *loop, struct curl_sockets *sockets,
                     const struct sources *sources, void (*limit)(void *self))
{
    *k = (struct curl_stock){.loop = loop, .sockets = sockets, .sources = sources, .limit = limit};
}

void curl_stock_release(struct curl_stock *k)
{
    struct curl_transfer *x, *next;
    assert(k->n_sessions == 0);
    DL_FOREACH_SAFE (k->spare, x, next)
        transfer_free(k, x);
    k->spare = NULL;
    k->n_spare = 0;
}

struct curl_session *curl_session_new(struct curl_stock *k, void *owner)
{
    struct curl_session *s = xcalloc(1, sizeof *s);
    s->stock = k;
    s->owner = owner;
    s->share = curl_share_init();
    if (s->share == NULL ||
        curl_share_setopt(s->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) != CURLSHE_OK)
        BUG("out of memory");
    s->number = k->n_made++;
    k->n_sessions++;
    return s;
}

void curl_session_free(struct curl_session *s)
{
    struct curl_stock *k = s->stock;
    assert(s->active == NULL);
    if (s->first != NULL)
        transfer_free(k, s->first);
    if (curl_share_cleanup(s->share) != CURLSHE_OK) // closes the connections
        BUG("a session's connections are still used");
    k->n_sessions--;
    free(s);
}

bool curl_session_is_held(const void *session)
{
    const struct curl_session *s = session;
    const struct curl_transfer *x;
    DL_FOREACH (s->active, x) {
        if (x->handle.is_held || x->handle.is_paused)
            return true;
    }
    return false;
}

struct curl_transfer *curl_session_take(struct curl_session *s)
{
    struct curl_stock *k = s->stock;
    struct curl_transfer *x = s->first;
    if (x == NULL || x->state != CURL_IDLE) {
        x = k->spare;
        if (x != NULL) {
            DL_DELETE(k->spare, x);
            k->n_spare--;
        } else {
            x = transfer_new(k);
        }
        lend(x, s);
        if (s->first == NULL)
            s->first = x;
    }
    DL_APPEND(s->active, x);
    return x;
}

void curl_session_give(struct curl_transfer *x)
{
    struct curl_session *s = x->session;
    struct curl_stock *k = s->stock;
    DL_DELETE(s->active, x);
    x->state = CURL_IDLE;
    x->spec = NULL;
    curl_handle_clear(&x->handle);
    buf_clear(&x->text);
    if (x == s->first)
        return;
    curl_easy_setopt(x->handle.easy, CURLOPT_SHARE, NULL);
    if (k->n_spare == CURL_SPARE_LIMIT) {
        transfer_free(k, x);
        return;
    }
    timer_cancel(k->loop, &x->limit);
    curl_handle_reset(&x->handle);
    x->session = NULL;
    DL_APPEND(k->spare, x);
    k->n_spare++;
}
