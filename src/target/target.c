/* target -- the practice server: lets routes answer, waits as long as they say, and counts. */
// SPDX-License-Identifier: MIT
#include "target/target.h"

#include <stdlib.h>
#include <utlist.h>

#include "base/mem.h"
#include "serve/server.h"
#include "target/counts.h"
#include "target/routes.h"

#define BODY_LIMIT ((size_t)64 << 20)
// Whoever waits longer is watched, so that nobody is answered who has left.
#define WATCHED_MS 100
#define BODY_KEPT ((size_t)64 << 10)

struct target {
    struct loop *loop;
    struct target_options options;
    struct server *server;
    struct counts *counts;
    struct shop *shop;
    struct rng faults; /* delays and errors of the options */
    struct rng draws;  /* what routes draw */
    struct call *waiting;
    struct call *free;
};

struct rng *call_rng(struct call *call)
{
    return &call->target->draws;
}

struct shop *call_shop(struct call *call)
{
    return call->target->shop;
}

static void give_back(struct call *call)
{
    struct target *t = call->target;

    call_clear(call);
    if (call->body.capacity > BODY_KEPT)
        buf_release(&call->body);
    call->next = t->free;
    t->free = call;
}

/* The request has ended with this status, 0 without an answer, -1 without anybody to answer. */
static void count(struct call *call, int status)
{
    struct counts *counts = call->target->counts;
    struct clock *clock = loop_clock(call->target->loop);

    if (call->is_uncounted)
        return;
    bool has_body = status > 0 && !str_equal(server_method(call->x), STR("HEAD"));
    size_t length = call->is_repeated ? call->length : call->body.n;
    counts_add(counts, &(struct served){
                           .method = server_method(call->x),
                           .pattern = call->pattern,
                           .target = server_raw_target(call->x),
                           .status = status,
                           .bytes_in = server_body(call->x).n,
                           .bytes_out = has_body ? length : 0,
                           .took_ns = clock_now_ns(clock) - server_received_ns(call->x),
                       });
}

static void send_answer(struct call *call)
{
    struct server_reply reply = {
        .status = call->status,
        .body = buf_slice(&call->body),
        .content_type = call->type,
        .headers = call->headers,
        .n_headers = call->n_headers,
    };

    count(call, call->is_drop ? 0 : call->status);
    if (call->is_drop)
        server_drop(call->x);
    else if (call->every_ms > 0)
        server_answer_spaced(call->x, &reply, call->length / call->body.n,
                             s_to_ns(call->every_ms / 1000));
    else if (call->is_repeated)
        server_answer_repeated(call->x, &reply, call->length, call->is_chunked);
    else
        server_answer(call->x, &reply);
    give_back(call);
}

static void wait_is_over(void *self)
{
    struct call *call = self;

    DL_DELETE(call->target->waiting, call);
    send_answer(call);
}

static void client_has_left(void *self)
{
    struct call *call = self;

    DL_DELETE(call->target->waiting, call);
    timer_cancel(call->target->loop, &call->timer);
    count(call, -1);
    server_drop(call->x);
    give_back(call);
}

static void wait(struct call *call)
{
    struct target *t = call->target;

    DL_APPEND(t->waiting, call);
    timer_start_at(t->loop, &call->timer,
                   server_received_ns(call->x) + s_to_ns(call->delay_ms / 1000));
    if (call->delay_ms >= WATCHED_MS)
        server_on_gone(call->x, client_has_left, call);
}

static struct call *take(struct target *t, struct exchange_in *x)
{
    struct call *call = t->free;

    if (call != NULL) {
        t->free = call->next;
    } else {
        call = xcalloc(1, sizeof *call);
        call->target = t;
        timer_init(&call->timer, wait_is_over, call);
    }
    call_clear(call);
    call->x = x;
    return call;
}

/* Errors of the options come instead of a route: without its effect, and without its own delay. */
static void answer(struct call *call)
{
    struct target *t = call->target;
    route_function *route = routes_find(call);

    if (route == target_counts) {
        call->is_uncounted = true;
        route(call);
        return;
    }
    counts_receive(t->counts);
    if (t->options.error_rate > 0 && rng_double(&t->faults) < t->options.error_rate)
        call_error(call, 500, "an error on purpose");
    else
        route(call);
    if (t->options.delay_max_ms > 0)
        call->delay_ms +=
            t->options.delay_min_ms +
            rng_double(&t->faults) * (t->options.delay_max_ms - t->options.delay_min_ms);
}

static void on_request(void *self, struct exchange_in *x)
{
    struct call *call = take(self, x);

    answer(call);
    if (call->delay_ms > 0)
        wait(call);
    else
        send_answer(call);
}

void target_counts(struct call *call)
{
    struct target *t = call->target;
    int64_t reset = 0;
    struct counts_now now = {server_connections(t->server), server_accepted(t->server)};

    if (call_query_int(call, "reset", 0, 1, &reset) < 0)
        return;
    call->type = STR("application/json");
    counts_add_json(t->counts, now, &call->body);
    if (reset)
        counts_reset(t->counts, now.accepted);
}

struct target *target_new(struct loop *loop, const struct target_options *options, struct err *err)
{
    struct target *t = xcalloc(1, sizeof *t);

    t->loop = loop;
    t->options = *options;
    t->options.bind = NULL; // needed here alone, and borrowed
    rng_init(&t->faults, options->seed, 0);
    rng_init(&t->draws, options->seed, 1);
    t->counts = counts_new(loop_clock(loop));
    t->shop = shop_new();
    t->server = server_new(loop,
                           &(struct server_options){
                               .bind = options->bind,
                               .port = options->port,
                               .connections = options->connections,
                               .body_limit = BODY_LIMIT,
                           },
                           on_request, t, err);
    if (t->server == NULL) {
        target_free(t);
        return NULL;
    }
    return t;
}

static void free_calls(struct call *calls)
{
    while (calls != NULL) {
        struct call *next = calls->next;

        call_release(calls);
        free(calls);
        calls = next;
    }
}

void target_free(struct target *t)
{
    struct call *call;

    if (t == NULL)
        return;
    DL_FOREACH (t->waiting, call)
        timer_cancel(t->loop, &call->timer);
    free_calls(t->waiting);
    free_calls(t->free);
    server_free(t->server);
    counts_free(t->counts);
    shop_free(t->shop);
    free(t);
}

uint16_t target_port(const struct target *t)
{
    return server_port(t->server);
}
