/*
 * curl_transport -- libcurl's multi interface on our loop.
 *
 * Collect, then wake: libcurl's multi may not be called from inside its callbacks, so these only take
 * notes, and what is done is read and told after curl_multi_socket_action has returned.
 *
 *      start -> resolving -> queued -> running -> done      (cancel: from each of them to idle)
 *           \-------------> failed ------------/
 *
 * A running one whose Unix socket takes nobody at the moment waits, and is queued again.
 *
 * What is started is queued, and handed to libcurl at the end of the turn, so that none completes
 * inside its start; and a few at a time. One call of libcurl sends whatever it has been given, and
 * what was answered meanwhile is only told, and timed, after it: with thousands of users that would
 * be late. And libcurl walks all that it has to tell for each handle that it is to let go.
 */
// SPDX-License-Identifier: MIT
#include "http/curl_transport.h"

#include "base/mem.h"
#include "http/curl_queue.h"
#include "http/curl_session.h"
#include "http/request.h"
#include "http/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utlist.h>

#define SESSION_CONNECTIONS_MAX 100L /* kept idle, of one session */
#define STARTED_AT_ONCE 16           /* by one call of libcurl */

struct curl_transport {
    struct transport base; /* first */
    struct loop *loop;
    struct resolver *resolver;
    struct curl_names *names;
    struct curl_sockets *sockets;
    struct curl_stock stock;
    CURLM *multi;
    bool is_inside; /* a call of libcurl that may call back */
    bool is_adding; /* handles, which it is going to be called for at once */
    struct timer timer;
    struct deferred kick;         /* late: requests that users start in a turn go out with it */
    struct curl_transfer *queued; /* list: to be started */
    struct curl_transfer *failed; /* list: could not be started, and must be told */
    size_t n_queued, n_failed;
};

static struct curl_transport *transport_of(const struct curl_transfer *x)
{
    return x->session->owner;
}

/* --- limits --- */

static uint64_t after(uint64_t from_ns, double limit_s)
{
    return limit_s > 0 ? from_ns + s_to_ns(limit_s) : UINT64_MAX;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The limit that is broken next, and when. Before the request is sent it is that of connecting, which
 * the name's resolution belongs to. */
static uint64_t next_limit(const struct curl_transfer *x, enum http_failure *which)
{
    const struct http_settings *s = x->spec->settings;
    bool was_sent = x->state == CURL_RUNNING && x->handle.was_sent;
    uint64_t phase_ns = was_sent && x->handle.is_held ? UINT64_MAX
                        : was_sent                    ? after(x->handle.active_ns, s->read_s)
                                                      : after(x->start_ns, s->connect_s);
    uint64_t total_ns = after(x->start_ns, x->spec->total_left_s);
    *which = was_sent ? HTTP_READ_TIMEOUT : HTTP_CONNECT_TIMEOUT;
    if (total_ns <= phase_ns)
        *which = HTTP_TOTAL_TIMEOUT;
    return earlier(phase_ns, total_ns);
}

/*
 * The timer is only ever moved to an earlier time: one that fires too early looks again. So requests
 * that end in time cost nothing, and a handle that rests has its timer fire once. What is read next
 * may have a shorter limit than connecting has: until then it counts from now.
 */
static void move_limit(struct curl_transfer *x)
{
    struct loop *loop = transport_of(x)->loop;
    enum http_failure which;
    uint64_t at_ns = next_limit(x, &which);
    if (which == HTTP_CONNECT_TIMEOUT)
        at_ns = earlier(at_ns, after(loop_now_ns(loop), x->spec->settings->read_s));
    if (at_ns == UINT64_MAX || (timer_is_started(&x->limit) && x->limit_ns <= at_ns))
        return;
    x->limit_ns = at_ns;
    timer_start_at(loop, &x->limit, at_ns);
}

static double limit_of(const struct curl_transfer *x, enum http_failure which)
{
    const struct http_settings *s = x->spec->settings;
    return which == HTTP_CONNECT_TIMEOUT ? s->connect_s
           : which == HTTP_READ_TIMEOUT  ? s->read_s
                                         : s->total_s;
}

/* --- how a transfer ends --- */

/* Takes it out of whatever it is in. */
static void detach(struct curl_transfer *x)
{
    struct curl_transport *t = transport_of(x);
    if (x->state == CURL_RESOLVING && x->resolution != NULL) {
        resolver_cancel(x->resolution);
    } else if (x->state == CURL_FAILED) {
        DL_DELETE2(t->failed, x, queue_prev, queue_next);
        t->n_failed--;
    } else if (x->state == CURL_QUEUED) {
        DL_DELETE2(t->queued, x, queue_prev, queue_next);
        t->n_queued--;
    } else if (x->state == CURL_RUNNING) {
        curl_multi_remove_handle(t->multi, x->handle.easy);
    } else if (x->state == CURL_WAITING) {
        timer_cancel(t->loop, &x->again);
    }
    x->resolution = NULL;
}

/* Gives the handle back, then tells: who is told may use it for the next request. */
static void tell(struct curl_transfer *x, struct transfer_end *end, struct buf *text)
{
    struct transfer_sink sink = x->sink;
    x->session->is_connected = end->failure == HTTP_OK;
    end->start_ns = x->start_ns;
    end->queued_ns = x->queued_ns;
    end->timings.dns = x->dns_ms;
    end->text = buf_slice(text);
    detach(x);
    curl_session_give(x);
    sink.done(sink.self, end);
    buf_release(text);
}

static void tell_failure(struct curl_transfer *x, enum http_failure failure, struct buf *text)
{
    struct transfer_end end = {.failure = failure};
    end.end_ns = clock_now_ns(loop_clock(transport_of(x)->loop));
    end.was_sent = x->state == CURL_RUNNING && x->handle.was_sent;
    tell(x, &end, text);
}

static void on_limit(void *self)
{
    struct curl_transfer *x = self;
    enum http_failure which;
    if (x->state == CURL_IDLE || x->state == CURL_FAILED)
        return;
    if (next_limit(x, &which) > loop_now_ns(transport_of(x)->loop)) {
        move_limit(x);
        return;
    }
    struct buf text = BUF_INIT;
    http_failure_add_timeout(&text, which, limit_of(x, which));
    tell_failure(x, which, &text);
}

/* To be told at the end of the turn, since nothing completes at once. */
static void fail_later(struct curl_transfer *x, enum http_failure failure)
{
    struct curl_transport *t = transport_of(x);
    x->state = CURL_FAILED;
    x->failure = failure;
    DL_APPEND2(t->failed, x, queue_prev, queue_next);
    t->n_failed++;
    deferred_start_late(t->loop, &t->kick);
}

static void tell_failed(struct curl_transport *t)
{
    for (size_t n = t->n_failed; n > 0 && t->failed != NULL; n--) {
        struct curl_transfer *x = t->failed;
        struct buf text = x->text;
        buf_init(&x->text, 0);
        tell_failure(x, x->failure, &text);
    }
}

static void run(void *self);

/* As a blocking connect would, where a Unix socket's queue is full. */
static void try_again(struct curl_transfer *x)
{
    detach(x);
    curl_handle_clear(&x->handle);
    x->state = CURL_WAITING;
    timer_init(&x->again, run, x);
    timer_start(transport_of(x)->loop, &x->again, x->again_ns);
    x->again_ns *= x->again_ns < CURL_QUEUE_WAIT_MAX_NS ? 2 : 1;
}

static void on_message(struct curl_transport *t, CURL *easy, CURLcode code)
{
    char *private;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    struct curl_transfer *x = (struct curl_transfer *)(void *)private; // begins with its handle
    struct transfer_end end = {.failure = HTTP_OK};
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < x->n_names; i++) {
        if (x->loads_id[i] != 0)
            x->names[i]->loaded_id = x->loads_id[i];
    }
    if (curl_queue_is_full(&x->handle, code)) {
        try_again(x);
        return;
    }
    end.end_ns = clock_now_ns(loop_clock(t->loop));
    curl_handle_end(&x->handle, code, ns_to_s(end.end_ns - x->start_ns), &end, &text);
    tell(x, &end, &text);
}

static void collect(struct curl_transport *t)
{
    int left;
    CURLMsg *m;
    while ((m = curl_multi_info_read(t->multi, &left)) != NULL)
        on_message(t, m->easy_handle, m->data.result);
}

/* --- libcurl's wishes --- */

static void act(struct curl_transport *t, curl_socket_t fd, int events)
{
    int running;
    t->is_inside = true;
    CURLMcode code = curl_multi_socket_action(t->multi, fd, events, &running);
    t->is_inside = false;
    if (code != CURLM_OK && code != CURLM_BAD_SOCKET)
        BUG(curl_multi_strerror(code));
    collect(t);
}

static void add_queued(struct curl_transport *t, size_t n)
{
    t->is_adding = true;
    for (; n > 0 && t->queued != NULL; n--) {
        struct curl_transfer *x = t->queued;
        DL_DELETE2(t->queued, x, queue_prev, queue_next);
        t->n_queued--;
        x->queued_ns = clock_now_ns(loop_clock(t->loop)) - x->queued_from_ns;
        x->state = CURL_RUNNING;
        if (curl_multi_add_handle(t->multi, x->handle.easy) != CURLM_OK)
            BUG("libcurl takes no transfer");
    }
    t->is_adding = false;
}

/* What is queued from here on waits for the next turn. */
static void on_kick(void *self)
{
    struct curl_transport *t = self;
    tell_failed(t);
    size_t left = t->n_queued;
    do {
        size_t n = left < STARTED_AT_ONCE ? left : STARTED_AT_ONCE;
        add_queued(t, n);
        act(t, CURL_SOCKET_TIMEOUT, 0);
        left -= n;
    } while (left > 0);
}

static void on_timer(void *self)
{
    act(self, CURL_SOCKET_TIMEOUT, 0);
}

static int on_timer_wish(CURLM *multi, long ms, void *self)
{
    struct curl_transport *t = self;
    (void)multi;
    if (t->is_adding)
        return 0;
    if (ms == 0) {
        timer_cancel(t->loop, &t->timer);
        deferred_start_late(t->loop, &t->kick);
    } else if (ms < 0) {
        timer_cancel(t->loop, &t->timer);
    } else {
        timer_start(t->loop, &t->timer, (uint64_t)ms * NS_PER_MS);
    }
    return 0;
}

static int on_socket_wish(CURL *easy, curl_socket_t fd, int what, void *self, void *unused)
{
    struct curl_transport *t = self;
    (void)easy;
    (void)unused;
    curl_sockets_watch(t->sockets, fd, what);
    return 0;
}

/* A session's only transfer lives when its connection does, also where nothing whole has come yet. */
static void on_ready(void *self, curl_socket_t fd, int events, void *owner)
{
    struct curl_transport *t = self;
    struct curl_session *session = owner;
    struct curl_transfer *only = session->active;
    if (only != NULL && only->next == NULL)
        only->handle.active_ns = loop_now_ns(t->loop);
    act(t, fd, events);
}

/* --- how a transfer begins --- */

static void run(void *self)
{
    struct curl_transfer *x = self;
    struct curl_transport *t = transport_of(x);
    const char *lines[CURL_PLACES_MAX] = {NULL, NULL};
    bool has_several = false;
    for (size_t i = 0; i < x->n_names; i++) {
        struct curl_name *name = x->names[i];
        has_several |= name->n_addresses > 1;
        x->loads_id[i] = name->id != name->loaded_id ? name->id : 0;
        if (x->loads_id[i] != 0)
            lines[i] = name->line;
    }
    const char *why = curl_handle_prepare(&x->handle, x->spec, &x->sink, lines, has_several);
    if (why != NULL) {
        http_failure_add_named(&x->text, "InvalidURL", str_of(why));
        fail_later(x, HTTP_SEND);
        return;
    }
    x->handle.active_ns = loop_now_ns(t->loop);
    x->queued_from_ns = clock_now_ns(loop_clock(t->loop));
    x->state = CURL_QUEUED;
    DL_APPEND2(t->queued, x, queue_prev, queue_next);
    t->n_queued++;
    deferred_start_late(t->loop, &t->kick);
}

static void fail_name(struct curl_transfer *x, const struct resolver_answer *answer)
{
    bool is_proxy = x->spec->settings->proxy != NULL && x->asked == x->names[0];
    if (is_proxy)
        buf_add_cstr(&x->text, "ProxyError('Cannot connect to proxy.', ");
    http_failure_add_name_unknown(&x->text, answer->code, answer->error);
    if (is_proxy)
        buf_add_char(&x->text, ')');
    fail_later(x, is_proxy ? HTTP_PROXY : HTTP_NAME_UNKNOWN);
}

static void on_resolved(void *self, const struct resolver_answer *answer);

/* Goes on once all addresses are known. One that has a connection needs none, probably: see
 * curl_names. */
static void resolve(struct curl_transfer *x)
{
    struct curl_transport *t = transport_of(x);
    for (size_t i = 0; i < x->n_names; i++) {
        struct resolver_answer answer;
        x->asked = x->names[i];
        switch (curl_name_look(x->asked, x->session->is_connected, &answer)) {
        case CURL_NAME_READY:
            break;
        case CURL_NAME_FAILED:
            fail_name(x, &answer);
            return;
        case CURL_NAME_UNKNOWN:
            x->state = CURL_RESOLVING;
            x->resolution = resolver_start(t->resolver, x->asked->host, on_resolved, x);
            return;
        }
    }
    run(x);
}

static void on_resolved(void *self, const struct resolver_answer *answer)
{
    struct curl_transfer *x = self;
    struct clock *clock = loop_clock(transport_of(x)->loop);
    x->resolution = NULL;
    x->dns_ms = ns_to_ms(clock_now_ns(clock) - x->start_ns);
    if (answer->ok) {
        curl_name_learn(x->asked, answer);
        resolve(x);
    } else {
        fail_name(x, answer);
    }
}

/* A socket has no name to be resolved. */
static bool find_no_names(struct curl_transfer *x)
{
    x->n_names = 0;
    if (x->spec->settings->proxy == NULL)
        return true;
    http_failure_add_named(&x->text, "ProxyError", STR("no proxy leads to a Unix socket"));
    return false;
}

/* Where it goes. False: the URL or the proxy can't be read. */
static bool find_names(struct curl_transfer *x)
{
    struct curl_session *session = x->session;
    struct curl_transport *t = transport_of(x);
    const struct url *u = &x->spec->parts;
    const char *proxy = x->spec->settings->proxy;
    if (u->is_unix)
        return find_no_names(x);
    struct curl_name *last = session->last_name;
    if (proxy == NULL && last != NULL && last->port == u->port &&
        str_equal_nocase(last->host, u->host)) {
        x->names[0] = last;
        x->n_names = 1;
        return true;
    }
    struct curl_place places[CURL_PLACES_MAX];
    struct err err = ERR_INIT;
    x->n_names = curl_places_find(places, u, proxy, &err);
    for (size_t i = 0; i < x->n_names; i++)
        x->names[i] = curl_names_get(t->names, str_of(places[i].host), places[i].port);
    if (x->n_names == 0)
        http_failure_add_named(&x->text, proxy != NULL ? "ProxyError" : "InvalidURL",
                               str_of(err.text));
    else if (proxy == NULL)
        session->last_name = x->names[0];
    return x->n_names > 0;
}

static struct transfer *start(struct transport *base, struct http_session *s,
                              const struct transfer_spec *spec, const struct transfer_sink *sink)
{
    struct curl_transport *t = (struct curl_transport *)base;
    if (t->is_inside)
        BUG("a transfer is started from inside a sink's head or body");
    if (s->own == NULL)
        s->own = curl_session_new(&t->stock, t);
    struct curl_transfer *x = curl_session_take(s->own);
    x->spec = spec;
    x->sink = *sink;
    x->start_ns = clock_now_ns(loop_clock(t->loop));
    x->queued_ns = 0;
    x->dns_ms = 0;
    x->again_ns = CURL_QUEUE_WAIT_MIN_NS;
    if (spec->has_body && str_equal(spec->method, STR("HEAD"))) {
        http_failure_add_named(&x->text, "RequestError", STR("a HEAD request can't have a body"));
        fail_later(x, HTTP_SEND);
    } else if (!find_names(x)) {
        fail_later(x, spec->settings->proxy != NULL ? HTTP_PROXY : HTTP_SEND);
    } else {
        resolve(x);
    }
    if (x->state != CURL_FAILED)
        move_limit(x);
    return (struct transfer *)x;
}

static bool cancel(struct transfer *transfer)
{
    struct curl_transfer *x = (struct curl_transfer *)transfer;
    if (transport_of(x)->is_inside)
        BUG("a transfer is cancelled from inside a sink's head or body");
    bool was_sent = x->state == CURL_RUNNING && x->handle.was_sent;
    detach(x);
    curl_session_give(x);
    return was_sent;
}

/* libcurl is told with the next piece, which it keeps for later. */
static void hold(struct transfer *transfer, bool holds)
{
    struct curl_transfer *x = (struct curl_transfer *)transfer;
    struct curl_transport *t = transport_of(x);
    bool goes_on = x->handle.is_paused && !holds;
    x->handle.is_held = holds;
    x->handle.is_paused &= holds;
    x->handle.active_ns = loop_now_ns(t->loop);
    move_limit(x);
    if (!goes_on)
        return;
    t->is_inside = true;
    curl_easy_pause(x->handle.easy, CURLPAUSE_CONT);
    t->is_inside = false;
}

static void stop(struct transfer *transfer)
{
    struct curl_transfer *x = (struct curl_transfer *)transfer;
    struct transfer_end end = {.end_ns = curl_handle_last_ns(&x->handle)};
    struct buf text = BUF_INIT;
    x->handle.is_stopped = true;
    curl_handle_end(&x->handle, CURLE_WRITE_ERROR, ns_to_s(end.end_ns - x->start_ns), &end, &text);
    tell(x, &end, &text);
}

static void close_session(struct transport *base, struct http_session *s)
{
    (void)base;
    if (s->own != NULL)
        curl_session_free(s->own);
    s->own = NULL;
}

static void disconnect(struct transport *base, struct http_session *s)
{
    struct curl_session *own = s->own;
    if (own != NULL && own->active == NULL)
        close_session(base, s);
}

static int check_file(const char *option, const char *path, struct err *err)
{
    if (path == NULL || access(path, R_OK) == 0)
        return 0;
    return err_set(err, "%s: can't read '%s': %s", option, path, strerror(errno));
}

static int check(struct transport *base, const struct http_settings *settings, struct err *err)
{
    const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);
    bool is_http2 = settings->version >= HTTP_VERSION_2;
    (void)base;
    if (is_http2 && !(library->features & CURL_VERSION_HTTP2))
        return err_set(err, "http_version: this libcurl (%s) has no HTTP/2", library->version);
    if (settings->proxy != NULL && curl_place_check_proxy(settings->proxy, err) < 0) {
        err_prefix(err, "proxy");
        return -1;
    }
    if (check_file("verify", settings->verify ? settings->ca_file : NULL, err) < 0 ||
        check_file("cert", settings->cert_file, err) < 0 ||
        check_file("cert", settings->key_file, err) < 0)
        return -1;
    return 0;
}

static void transport_free(struct transport *base)
{
    struct curl_transport *t = (struct curl_transport *)base;
    curl_stock_release(&t->stock);
    curl_multi_cleanup(t->multi);
    timer_cancel(t->loop, &t->timer);
    deferred_cancel(t->loop, &t->kick);
    curl_sockets_free(t->sockets);
    curl_names_free(t->names);
    http_requests_release(base);
    free(t);
    curl_global_cleanup();
}

struct transport *curl_transport_new(struct loop *loop, struct resolver *resolver,
                                     const struct sources *sources, struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(err, "libcurl can't be prepared");
        return NULL;
    }
    struct curl_transport *t = xcalloc(1, sizeof *t);
    t->base = (struct transport){.start = start,
                                 .cancel = cancel,
                                 .hold = hold,
                                 .stop = stop,
                                 .close_session = close_session,
                                 .disconnect = disconnect,
                                 .check = check,
                                 .free = transport_free};
    t->loop = loop;
    t->resolver = resolver;
    t->names = curl_names_new(resolver);
    t->sockets = curl_sockets_new(loop, on_ready, t);
    curl_sockets_set_held(t->sockets, curl_session_is_held);
    curl_stock_init(&t->stock, loop, t->sockets, sources, on_limit);
    t->multi = curl_multi_init();
    if (t->multi == NULL)
        BUG("out of memory");
    timer_init(&t->timer, on_timer, t);
    deferred_init(&t->kick, on_kick, t);
    curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, on_timer_wish);
    curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
    curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wish);
    curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
    curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, SESSION_CONNECTIONS_MAX);
    return &t->base;
}

const char *curl_transport_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}

const char *curl_transport_tls_version(void)
{
    const char *version = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return version != NULL ? version : "none";
}
