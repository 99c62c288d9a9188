/* otlp -- the figures of a run, sent to a receiver of OpenTelemetry's. */
// SPDX-License-Identifier: MIT
#include "export/otlp.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"
#include "export/otlp_json.h"
#include "http/request.h"
#include "loop/timer.h"

#define LOGGER "katydid.otlp"
#define CONNECT_S 5
#define ANSWER_LIMIT ((size_t)64 << 10) /* of what a receiver says; more isn't read */
#define PAUSE_NS NS_PER_S               /* before something is sent again; doubles each time */
#define PAUSE_MOST_NS (30 * NS_PER_S)
#define LAST_PAUSE_NS (2 * NS_PER_S)
#define RETRY_AFTER_MOST_S 300
#define POINTS_AT_ONCE 100

struct otlp {
    const struct otlp_settings *settings;
    const struct live_run *run;
    struct http_session *session;
    struct sampler sampler;
    struct timer interval;
    struct snapshot *queue[OTLP_QUEUE]; /* the first is sent, or is to be sent next */
    size_t n_queue;

    struct otlp_writer writer;
    struct deferred slice; /* the text is being made */
    struct http_request *request;
    struct buf answer;
    struct deferred enough; /* the receiver says more than we read */
    struct timer pause;
    unsigned tries; /* of the first in the queue */

    bool is_ending, has_last; /* has_last: the last snapshot was taken */
    struct timer deadline;
    void (*then)(void *self);
    void *then_self;

    uint64_t taken, lost, rejected; /* rejected: points */
    bool has_warned, has_warned_of_points;
    char *last_failure; /* NULL: none */
};

static void send_next(struct otlp *o);

/* --- what goes wrong ----------------------------------------------------------------------- */

static void add_place(const struct otlp *o, struct buf *out)
{
    url_mask(out, str_of(o->settings->url));
}

static void note_failure(struct otlp *o, const char *text, const char *what_now)
{
    struct buf place = BUF_INIT;

    free(o->last_failure);
    o->last_failure = xstrdup(text);
    if (o->has_warned)
        return;
    o->has_warned = true;
    add_place(o, &place);
    log_warning(LOGGER, "--otlp %s: %s; %s", buf_cstr(&place), text, what_now);
    buf_release(&place);
}

/* The first of the queue is done with. */
static void leave_first(struct otlp *o)
{
    snapshot_release(o->queue[0]);
    memmove(o->queue, o->queue + 1, --o->n_queue * sizeof o->queue[0]);
    o->tries = 0;
}

static bool is_sending(const struct otlp *o)
{
    return o->request != NULL || o->writer.snapshot != NULL;
}

/* Nothing is under way any more; what is in the queue stays. */
static void stop_sending(struct otlp *o)
{
    http_request_free(o->request);
    o->request = NULL;
    o->writer.snapshot = NULL;
    deferred_cancel(o->run->loop, &o->slice);
    deferred_cancel(o->run->loop, &o->enough);
    timer_cancel(o->run->loop, &o->pause);
}

/* Those that wait behind the first, which is under way, or all of them. */
static void lose_waiting(struct otlp *o)
{
    size_t kept = is_sending(o) ? 1 : 0;

    while (o->n_queue > kept) {
        snapshot_release(o->queue[--o->n_queue]);
        o->lost++;
    }
    if (kept == 0) {
        timer_cancel(o->run->loop, &o->pause);
        o->tries = 0;
    }
}

/* --- the answer ---------------------------------------------------------------------------- */

/* Points that a receiver took the rest without: {"partialSuccess": {"rejectedDataPoints": "3"}}. */
static void look_for_rejected(struct otlp *o)
{
    json_t *answer = json_loadb(buf_slice(&o->answer).p, o->answer.n, 0, NULL);
    json_t *partial = json_object_get(answer, "partialSuccess");
    json_t *rejected = json_object_get(partial, "rejectedDataPoints");
    const char *message = json_string_value(json_object_get(partial, "errorMessage"));
    int64_t count = json_integer_value(rejected);
    struct buf text = BUF_INIT;

    if (json_is_string(rejected) &&
        text_parse_int(str_of(json_string_value(rejected)), 0, INT64_MAX, &count, NULL) < 0)
        count = 0;
    if (count > 0) {
        o->rejected += (uint64_t)count;
        if (!o->has_warned_of_points) {
            add_place(o, &text);
            log_warning(LOGGER, "--otlp %s: the receiver refused %" PRId64 " points%s%s",
                        buf_cstr(&text), count, message != NULL ? ": " : "",
                        message != NULL ? message : "");
        }
        o->has_warned_of_points = true;
    }
    json_decref(answer);
    buf_release(&text);
}

static bool may_be_sent_again(const struct http_response *r)
{
    return r->failure != HTTP_OK || r->status == 429 || r->status == 502 || r->status == 503 ||
           r->status == 504;
}

/* For how long the receiver is left alone: as long as it asks for, else longer each time. */
static uint64_t pause_of(const struct otlp *o, const struct http_response *r)
{
    struct str after;
    int64_t seconds;
    unsigned doublings = o->tries < 6 ? o->tries : 6;
    uint64_t pause_ns = PAUSE_NS << doublings;

    if (http_headers_get(&r->headers, STR("Retry-After"), &after) &&
        text_parse_int(after, 0, RETRY_AFTER_MOST_S, &seconds, NULL) == 0)
        return (uint64_t)seconds * NS_PER_S;
    return pause_ns < PAUSE_MOST_NS ? pause_ns : PAUSE_MOST_NS;
}

static void end_now(struct otlp *o);

static void fail(struct otlp *o, const struct http_response *r, struct http_request *request)
{
    struct buf text = BUF_INIT;
    uint64_t pause_ns = pause_of(o, r);
    // At the end once more, where that can be soon.
    bool again =
        may_be_sent_again(r) && (!o->is_ending || (o->tries == 0 && pause_ns <= LAST_PAUSE_NS));

    if (r->failure != HTTP_OK)
        buf_add_cstr(&text, r->failure_text);
    else
        buf_addf(&text, "the answer was %d %s", r->status, r->reason);
    note_failure(o, buf_cstr(&text),
                 may_be_sent_again(r) ? "it is tried again; the run goes on without it"
                                      : "those figures are lost; the run goes on without it");
    buf_release(&text);
    http_request_free(request);
    if (again) {
        o->tries++;
        timer_start(o->run->loop, &o->pause, pause_ns);
        return;
    }
    o->lost++;
    leave_first(o);
    send_next(o);
}

static void on_answer(void *self, struct http_request *request)
{
    struct otlp *o = self;
    const struct http_response *r = http_request_response(request);

    o->request = NULL;
    deferred_cancel(o->run->loop, &o->enough);
    if (r->failure != HTTP_OK || r->status < 200 || r->status > 299) {
        fail(o, r, request);
        return;
    }
    look_for_rejected(o);
    http_request_free(request);
    leave_first(o);
    send_next(o);
}

static bool on_piece(void *self, struct str piece)
{
    struct otlp *o = self;

    buf_add_str(&o->answer, piece);
    if (!o->answer.overflowed)
        return true;
    deferred_start(o->run->loop, &o->enough);
    return false;
}

static void read_no_more(void *self)
{
    struct otlp *o = self;

    if (o->request != NULL)
        http_request_stop(o->request);
}

/* --- sending ------------------------------------------------------------------------------- */

static void send_text(struct otlp *o)
{
    struct http_spec spec = {
        .method = STR("POST"),
        .url = str_of(o->settings->url),
        .body = buf_slice(&o->writer.text),
        .has_body = true,
        .content_type = STR("application/json"),
        .settings = {.connect_s = CONNECT_S,
                     .read_s = OTLP_TIMEOUT_S,
                     .total_s = OTLP_TIMEOUT_S,
                     .verify = true,
                     .ca_file = o->settings->ca_file},
        .piece = on_piece,
    };

    buf_clear(&o->answer);
    o->request = http_request_start(o->run->loop, o->session, &spec, on_answer, o);
}

static void make_slice(void *self)
{
    struct otlp *o = self;
    struct clock *clock = loop_clock(o->run->loop);
    uint64_t end_ns = clock_now_ns(clock) + SAMPLER_SLICE_NS;

    for (int i = 0; i < POINTS_AT_ONCE && clock_now_ns(clock) <= end_ns; i++) {
        if (otlp_step(&o->writer)) {
            send_text(o);
            return;
        }
    }
    deferred_start(o->run->loop, &o->slice);
}

/* The first of the queue, where there is one and nothing is in its way. */
static void send_next(struct otlp *o)
{
    if (is_sending(o) || timer_is_started(&o->pause))
        return;
    if (o->n_queue == 0) {
        if (o->is_ending && o->has_last)
            end_now(o);
        return;
    }
    otlp_begin(&o->writer, o->queue[0], o->settings);
    deferred_start(o->run->loop, &o->slice);
}

static void pause_is_over(void *self)
{
    send_next(self);
}

static void is_taken(void *self, struct snapshot *s)
{
    struct otlp *o = self;

    o->taken++;
    if (o->is_ending) {
        lose_waiting(o);
        o->has_last = true;
    }
    if (o->n_queue == OTLP_QUEUE) {
        // The oldest; of those that wait, while that one is under way.
        size_t oldest = is_sending(o) ? 1 : 0;
        snapshot_release(o->queue[oldest]);
        memmove(o->queue + oldest, o->queue + oldest + 1,
                (--o->n_queue - oldest) * sizeof o->queue[0]);
        o->lost++;
        note_failure(o, "the receiver is too slow",
                     "the oldest figures are lost; the run goes on without it");
    }
    o->queue[o->n_queue++] = s;
    send_next(o);
}

static void interval_is_over(void *self)
{
    struct otlp *o = self;

    sampler_start(&o->sampler);
    timer_start(o->run->loop, &o->interval, s_to_ns(o->settings->interval_s));
}

/* --- its life ------------------------------------------------------------------------------ */

struct otlp *otlp_new(const struct otlp_settings *settings, const struct live_run *run,
                      struct transport *transport)
{
    struct otlp *o = xcalloc(1, sizeof *o);

    o->settings = settings;
    o->run = run;
    o->session = http_session_new(transport);
    http_headers_copy(http_session_headers(o->session), &settings->headers);
    buf_init(&o->answer, ANSWER_LIMIT);
    sampler_init(&o->sampler, run, is_taken, o);
    deferred_init(&o->slice, make_slice, o);
    deferred_init(&o->enough, read_no_more, o);
    timer_init(&o->interval, interval_is_over, o);
    timer_init(&o->pause, pause_is_over, o);
    timer_start(run->loop, &o->interval, s_to_ns(settings->interval_s));
    return o;
}

static void end_now(struct otlp *o)
{
    void (*then)(void *self) = o->then;

    o->then = NULL;
    timer_cancel(o->run->loop, &o->deadline);
    if (then != NULL)
        then(o->then_self);
}

static void it_took_too_long(void *self)
{
    struct otlp *o = self;

    note_failure(o, "the receiver is too slow", "the last figures are lost");
    stop_sending(o);
    sampler_cancel(&o->sampler);
    lose_waiting(o);
    end_now(o);
}

void otlp_finish(struct otlp *o, void (*then)(void *self), void *self)
{
    o->is_ending = true;
    o->then = then;
    o->then_self = self;
    timer_cancel(o->run->loop, &o->interval);
    timer_init(&o->deadline, it_took_too_long, o);
    timer_start(o->run->loop, &o->deadline, OTLP_END_NS);
    // One that is being taken was begun before the end.
    sampler_cancel(&o->sampler);
    sampler_start(&o->sampler);
}

void otlp_tell(const struct otlp *o)
{
    struct buf place = BUF_INIT;

    add_place(o, &place);
    if (o->lost > 0)
        log_warning(LOGGER,
                    "--otlp %s: %" PRIu64 " of %" PRIu64
                    " exports were lost, the last time because %s",
                    buf_cstr(&place), o->lost, o->taken,
                    o->last_failure != NULL ? o->last_failure : "the run was over");
    if (o->rejected > 0)
        log_warning(LOGGER, "--otlp %s: the receiver refused %" PRIu64 " points in all",
                    buf_cstr(&place), o->rejected);
    if (o->lost == 0)
        log_debug(LOGGER, "--otlp %s: %" PRIu64 " exports", buf_cstr(&place), o->taken);
    buf_release(&place);
}

void otlp_free(struct otlp *o)
{
    if (o == NULL)
        return;
    sampler_cancel(&o->sampler);
    timer_cancel(o->run->loop, &o->interval);
    timer_cancel(o->run->loop, &o->deadline);
    stop_sending(o);
    while (o->n_queue > 0)
        leave_first(o);
    otlp_release(&o->writer);
    buf_release(&o->answer);
    http_session_free(o->session);
    free(o->last_failure);
    free(o);
}

uint64_t otlp_taken(const struct otlp *o)
{
    return o->taken;
}

uint64_t otlp_lost(const struct otlp *o)
{
    return o->lost;
}
