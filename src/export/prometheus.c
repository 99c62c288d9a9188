/* prometheus -- the figures of a run for Prometheus to fetch. */
// SPDX-License-Identifier: MIT
#include "export/prometheus.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <utlist.h>

#include "base/mem.h"
#include "export/exposition.h"
#include "loop/io.h"
#include "loop/timer.h"
#include "serve/server.h"
#include "serve/thread.h"

#define RENEWED_NS NS_PER_S

/* Somebody who asked before there was a snapshot. The thread's. */
struct guest {
    struct prometheus *p;
    struct exchange_in *x;
    enum exposition format;
    struct guest *prev, *next;
};

struct prometheus {
    const struct live_run *run;
    struct prometheus_place place;
    struct exposition_run info;
    struct serve_thread *thread;
    struct server *server;

    // Of both sides.
    pthread_mutex_t lock;
    struct snapshot *latest; /* under the lock: renewed each second; NULL: to be asked for */
    atomic_bool was_asked;   /* since the last second */
    int bell;                /* an eventfd, rung by the thread: a snapshot is waited for */

    // Of the loop alone.
    struct io io;
    struct timer timer;
    struct sampler sampler;
    uint64_t asked_ns;

    // Of the thread alone.
    struct guest *guests;
    struct snapshot *shown; /* that the texts are of */
    struct buf texts[EXPOSITIONS];
};

/* --- the thread's side --------------------------------------------------------------------- */

static void say(struct exchange_in *x, int status, struct str text)
{
    server_answer(x, &(struct server_reply){.status = status,
                                            .body = text,
                                            .content_type = STR("text/plain; charset=utf-8")});
}

/* Takes the snapshot. Its text is made once, however many ask. */
static void answer(struct prometheus *p, struct exchange_in *x, enum exposition format,
                   struct snapshot *s)
{
    struct buf *text = &p->texts[format];

    if (s != p->shown) {
        for (int i = 0; i < EXPOSITIONS; i++)
            buf_clear(&p->texts[i]);
        snapshot_release(p->shown);
        p->shown = snapshot_hold(s);
    }
    if (text->n == 0)
        exposition_add(text, format, s, &p->info);
    server_answer(x, &(struct server_reply){.status = 200,
                                            .body = buf_slice(text),
                                            .content_type = exposition_type(format)});
    snapshot_release(s);
}

/* The latest, which the caller holds; NULL: none is kept. */
static struct snapshot *latest(struct prometheus *p)
{
    pthread_mutex_lock(&p->lock);
    struct snapshot *s = p->latest != NULL ? snapshot_hold(p->latest) : NULL;
    pthread_mutex_unlock(&p->lock);
    return s;
}

static void leave(struct guest *guest)
{
    DL_DELETE(guest->p->guests, guest);
    free(guest);
}

static void guest_has_gone(void *self)
{
    struct guest *guest = self;

    server_drop(guest->x);
    leave(guest);
}

static void ring(int bell)
{
    uint64_t one = 1;

    while (write(bell, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static void let_wait(struct prometheus *p, struct exchange_in *x, enum exposition format)
{
    struct guest *guest = xmalloc(sizeof *guest);

    *guest = (struct guest){.p = p, .x = x, .format = format};
    DL_APPEND(p->guests, guest);
    server_on_gone(x, guest_has_gone, guest);
    ring(p->bell);
}

/* A letter from the loop: there is one. */
static void answer_guests(void *self)
{
    struct prometheus *p = self;
    struct guest *guest, *next;

    DL_FOREACH_SAFE (p->guests, guest, next) {
        struct snapshot *s = latest(p);
        if (s == NULL)
            return; // it was long ago: they have rung again
        answer(p, guest->x, guest->format, s);
        leave(guest);
    }
}

static void handle(void *self, struct exchange_in *x)
{
    struct prometheus *p = self;
    struct str method = server_method(x), path = server_path(x);

    if (!str_equal(method, STR("GET")) && !str_equal(method, STR("HEAD"))) {
        say(x, 405, STR("only GET is answered here\n"));
    } else if (str_equal(path, STR("/"))) {
        say(x, 200, STR("katydid: the figures of this run are at /metrics\n"));
    } else if (!str_equal(path, STR("/metrics"))) {
        say(x, 404, STR("the figures of this run are at /metrics\n"));
    } else {
        enum exposition format = exposition_wanted(server_header(x, "Accept"));
        struct snapshot *s = latest(p);

        atomic_store(&p->was_asked, true);
        if (s != NULL)
            answer(p, x, format, s);
        else
            let_wait(p, x, format);
    }
}

/* --- the loop's side ----------------------------------------------------------------------- */

/* Takes the snapshot; NULL: none is kept any more. */
static void publish(struct prometheus *p, struct snapshot *s)
{
    pthread_mutex_lock(&p->lock);
    struct snapshot *old = p->latest;
    p->latest = s;
    pthread_mutex_unlock(&p->lock);
    snapshot_release(old);
    if (s != NULL)
        serve_thread_post(p->thread, answer_guests, p);
}

static void is_made(void *self, struct snapshot *s)
{
    struct prometheus *p = self;

    publish(p, s);
    if (!timer_is_started(&p->timer))
        timer_start(p->run->loop, &p->timer, RENEWED_NS);
}

static void second_is_over(void *self)
{
    struct prometheus *p = self;
    uint64_t now_ns = loop_now_ns(p->run->loop);

    if (atomic_exchange(&p->was_asked, false))
        p->asked_ns = now_ns;
    if (now_ns - p->asked_ns >= PROMETHEUS_FORGOTTEN_NS) {
        sampler_cancel(&p->sampler);
        publish(p, NULL);
        return;
    }
    sampler_start(&p->sampler);
    timer_start(p->run->loop, &p->timer, RENEWED_NS);
}

static void somebody_waits(void *self, int events)
{
    struct prometheus *p = self;
    uint64_t rings;

    (void)events;
    if (read(p->bell, &rings, sizeof rings) < 0)
        return;
    p->asked_ns = loop_now_ns(p->run->loop);
    if (p->latest != NULL)
        serve_thread_post(p->thread, answer_guests, p); // it came in between
    else
        sampler_start(&p->sampler);
}

/* --- both ---------------------------------------------------------------------------------- */

static int parse_port(uint16_t *port, struct str text)
{
    uint64_t number = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9' || number > UINT16_MAX)
            return -1;
        number = number * 10 + (uint64_t)(text.p[i] - '0');
    }
    *port = (uint16_t)number;
    return text.n > 0 && number <= UINT16_MAX ? 0 : -1;
}

int prometheus_parse(struct prometheus_place *place, struct str text, struct err *err)
{
    struct str host = STR("127.0.0.1"), port = text;

    for (size_t i = text.n; i > 0; i--) {
        if (text.p[i - 1] != ':')
            continue;
        host = str_slice(text, 0, i - 1);
        port = str_slice(text, i, text.n);
        break;
    }
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = str_slice(host, 1, host.n - 1);
    if (str_equal_nocase(host, STR("localhost")))
        host = STR("127.0.0.1");
    if (host.n == 0 || host.n >= sizeof place->host || parse_port(&place->port, port) < 0)
        return err_set(err,
                       "'%.*s' is no place to listen: expected PORT or ADDRESS:PORT, such as 9464, "
                       "0.0.0.0:9464 or [::1]:9464",
                       STR_ARG(text));
    memcpy(place->host, host.p, host.n);
    place->host[host.n] = '\0';
    return 0;
}

static int open_thread(struct prometheus *p, struct err *err)
{
    struct server_options options = {.bind = p->place.host,
                                     .port = p->place.port,
                                     .connections = PROMETHEUS_CONNECTIONS,
                                     .body_limit = 1,
                                     .idle_s = PROMETHEUS_IDLE_S,
                                     .is_silent = true};

    p->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (p->bell < 0)
        return err_set(err, "no descriptor is left: %s", strerror(errno));
    p->thread = serve_thread_new(err);
    if (p->thread == NULL)
        return -1;
    p->server = server_new(serve_thread_loop(p->thread), &options, handle, p, err);
    return p->server != NULL ? serve_thread_start(p->thread, err) : -1;
}

struct prometheus *prometheus_new(const struct prometheus_place *place, const struct live_run *run,
                                  struct err *err)
{
    struct prometheus *p = xcalloc(1, sizeof *p);

    p->run = run;
    p->place = *place;
    p->info = (struct exposition_run){
        .version = KATYDID_VERSION, .profile = run->profile, .seed = run->seed};
    pthread_mutex_init(&p->lock, NULL);
    atomic_init(&p->was_asked, false);
    io_init(&p->io, somebody_waits, p);
    timer_init(&p->timer, second_is_over, p);
    sampler_init(&p->sampler, run, is_made, p);
    if (open_thread(p, err) < 0) {
        prometheus_free(p);
        return NULL;
    }
    io_start(run->loop, &p->io, p->bell, IO_READ);
    return p;
}

static void rest(struct prometheus *p)
{
    io_cancel(&p->io);
    timer_cancel(p->run->loop, &p->timer);
    sampler_cancel(&p->sampler);
}

void prometheus_finish(struct prometheus *p)
{
    rest(p);
    publish(p, sampler_take(&p->sampler));
}

void prometheus_free(struct prometheus *p)
{
    struct guest *guest, *next;

    if (p == NULL)
        return;
    rest(p);
    if (p->thread != NULL)
        serve_thread_stop(p->thread);
    DL_FOREACH_SAFE (p->guests, guest, next)
        leave(guest); // server_free drops their requests
    server_free(p->server);
    serve_thread_free(p->thread);
    if (p->bell >= 0)
        close(p->bell);
    snapshot_release(p->latest);
    snapshot_release(p->shown);
    for (int i = 0; i < EXPOSITIONS; i++)
        buf_release(&p->texts[i]);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

void prometheus_add_url(const struct prometheus *p, struct buf *out)
{
    bool is_ipv6 = strchr(p->place.host, ':') != NULL;

    buf_addf(out, "http://%s%s%s:%u/metrics", is_ipv6 ? "[" : "", p->place.host, is_ipv6 ? "]" : "",
             (unsigned)server_port(p->server));
}
