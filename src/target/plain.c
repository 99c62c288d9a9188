/* plain -- routes whose delay, size, status or fault stands in the request. */
// SPDX-License-Identifier: MIT
#include "target/routes.h"

#include <math.h>

#include "target/json.h"

#define BYTES_MAX 100000000
#define CHUNKS_MAX 1000000
#define REDIRECTS_MAX 1000
#define DRAWN_MAX_MS 60000.0
// Larger bodies are made while they are sent.
#define BODY_AT_ONCE 65536

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-\n"

static void answer_after(struct call *call, double ms)
{
    call->delay_ms = ms;
    call->type = STR("application/json");
    buf_addf(&call->body, "{\"delay_ms\": %.6g}\n", ms);
}

void plain_delay(struct call *call)
{
    double ms;

    if (call_arg_double(call, 0, "delay in milliseconds", 0, CALL_DELAY_MAX_MS, &ms) == 0)
        answer_after(call, ms);
}

void plain_stall(struct call *call)
{
    double s;

    if (call_arg_double(call, 0, "stall in seconds", 0, CALL_DELAY_MAX_MS / 1000, &s) == 0)
        answer_after(call, s * 1000);
}

/* A standard normal number (Box and Muller, 1958). */
static double draw_normal(struct rng *rng)
{
    double u = 1 - rng_double(rng); // (0, 1]: its logarithm is finite

    return sqrt(-2 * log(u)) * cos(2 * M_PI * rng_double(rng));
}

void plain_lognormal(struct call *call)
{
    double median = 50, sigma = 0.5;

    if (call_query_double(call, "median", 0, DRAWN_MAX_MS, &median) < 0 ||
        call_query_double(call, "sigma", 0, 10, &sigma) < 0)
        return;
    answer_after(call, fmin(median * exp(sigma * draw_normal(call_rng(call))), DRAWN_MAX_MS));
}

void plain_uniform(struct call *call)
{
    double min = 0, max = 100;

    if (call_query_double(call, "min", 0, DRAWN_MAX_MS, &min) < 0 ||
        call_query_double(call, "max", 0, DRAWN_MAX_MS, &max) < 0)
        return;
    if (max < min)
        call_error(call, 400, "max: expected at least min");
    else
        answer_after(call, min + (max - min) * rng_double(call_rng(call)));
}

void plain_drop(struct call *call)
{
    call->is_drop = true;
}

void plain_status(struct call *call)
{
    int64_t status;

    if (call_arg_int(call, 0, "status", 200, 599, &status) < 0)
        return;
    call->status = (int)status;
    if (status == 204 || status == 205 || status == 304)
        return;
    call->type = STR("application/json");
    buf_addf(&call->body, "{\"status\": %d}\n", (int)status);
}

void plain_bytes(struct call *call)
{
    const struct str letters = STR(LETTERS);
    int64_t n;

    if (call_arg_int(call, 0, "number of bytes", 0, BYTES_MAX, &n) < 0)
        return;
    call->type = STR("application/octet-stream");
    if (n <= BODY_AT_ONCE) {
        for (size_t left = (size_t)n; left > 0; left -= left < letters.n ? left : letters.n)
            buf_add(&call->body, letters.p, left < letters.n ? left : letters.n);
        return;
    }
    buf_add_str(&call->body, letters);
    call->is_repeated = true;
    call->length = (uint64_t)n;
}

void plain_chunked(struct call *call)
{
    int64_t n;

    if (call_arg_int(call, 0, "number of chunks", 0, CHUNKS_MAX, &n) < 0)
        return;
    call_text(call, STR("chunk\n"));
    call->is_repeated = true;
    call->length = (uint64_t)n * call->body.n;
    call->is_chunked = true;
}

void plain_events(struct call *call)
{
    int64_t n;
    double every_ms = 1000;

    if (call_arg_int(call, 0, "number of events", 0, CHUNKS_MAX, &n) < 0 ||
        call_query_double(call, "every", 0, CALL_DELAY_MAX_MS, &every_ms) < 0)
        return;
    call->type = STR("text/event-stream");
    buf_add_cstr(&call->body, "event: tick\ndata: {\"name\": \"katydid\"}\n\n");
    call->is_repeated = true;
    call->length = (uint64_t)n * call->body.n;
    call->is_chunked = true;
    call->every_ms = every_ms;
}

void plain_json(struct call *call)
{
    call->type = STR("application/json");
    buf_add_cstr(&call->body,
                 "{\"name\": \"katydid\", \"list\": [1, 2, 3], \"nested\": {\"ok\": true}}\n");
}

static bool is_redirect(int64_t status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return true;
    }
    return false;
}

/* The next hop, which carries the query on; the last one leads to ?to=, if that is given. */
static void add_hop(struct call *call, struct buf *location, int64_t n)
{
    struct str to = server_query(call->x, "to"), query = server_raw_target(call->x);

    if (n == 1 && to.p != NULL) {
        buf_add_str(location, to);
        return;
    }
    str_cut(&query, '?');
    buf_addf(location, "/redirect/%lld", (long long)n - 1);
    if (query.n > 0)
        buf_addf(location, "?%.*s", STR_ARG(query));
}

void plain_redirect(struct call *call)
{
    struct buf location = BUF_INIT;
    int64_t n, status = 302;

    if (call_arg_int(call, 0, "number of redirects", 0, REDIRECTS_MAX, &n) < 0 ||
        call_query_int(call, "status", 300, 399, &status) < 0)
        return;
    if (!is_redirect(status)) {
        call_error(call, 400, "status: expected 301, 302, 303, 307 or 308");
        return;
    }
    if (has_control(server_query(call->x, "to"))) {
        call_error(call, 400, "to: holds a control character");
        return;
    }
    if (n == 0) {
        call_json(call, 200, json_pack("{s:s}", "redirects", "done"));
        return;
    }
    add_hop(call, &location, n);
    call->status = (int)status;
    call_header(call, STR("Location"), buf_slice(&location));
    buf_release(&location);
}
