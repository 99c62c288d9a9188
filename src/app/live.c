/* live -- see live.h. */
// SPDX-License-Identifier: MIT
#include "app/live.h"

#include <stdlib.h>

#include "app/annotate.h"
#include "app/run_options.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/url.h"
#include "export/otlp.h"
#include "export/prometheus.h"
#include "http/h1_transport.h"
#include "export/request_log.h"
#include "script/detail.h"

#define LOGGER "katydid.main"

struct live {
    struct live_run run;
    struct prometheus *prometheus;   /* NULL: none */
    struct request_log *request_log; /* NULL: none */
    struct otlp *otlp;               /* NULL: none */
    struct otlp_settings otlp_settings;
    struct transport *transport; /* otlp's own, so that it has no part in what users have */
    void (*then)(void *self);
    void *then_self;
    struct deferred end; /* where nothing is left to be waited for */
};

/* 1: asked for; 0: not; -1: it can't be followed. */
static int find_place(const struct options *o, struct prometheus_place *place, struct err *err)
{
    const char *text = options_text(o, OPT_PROMETHEUS);

    if (text == NULL)
        return 0;
    if (prometheus_parse(place, str_of(text), err) == 0)
        return 1;
    err_prefix(err, "--prometheus");
    return -1;
}

/* The same. */
static int find_receiver(const struct options *o, char *(*get)(const char *name),
                         struct otlp_settings *settings, struct err *err)
{
    const char *url = options_text(o, OPT_OTLP);
    int64_t interval_s = options_int(o, OPT_OTLP_INTERVAL);

    if (url == NULL)
        return 0;
    if (interval_s < 1)
        return err_set(err, "--otlp-interval: expected at least 1s");
    if (otlp_settings_read(settings, str_of(url), (double)interval_s, get, err) == 0)
        return 1;
    err_prefix(err, "--otlp");
    return -1;
}

static int check_request_log(const struct options *o, struct err *err)
{
    const char *path = options_text(o, OPT_LOG_REQUESTS);

    if (path == NULL || request_log_check(path, err) == 0)
        return 0;
    err_prefix(err, "--log-requests");
    return -1;
}

int live_check(const struct options *o, char *(*get)(const char *name), struct err *err)
{
    struct prometheus_place place;
    struct otlp_settings settings = {0};

    if (find_place(o, &place, err) < 0 || find_receiver(o, get, &settings, err) < 0)
        return -1;
    otlp_settings_release(&settings);
    return check_request_log(o, err);
}

static int open_prometheus(struct live *live, const struct options *o, struct err *err)
{
    struct prometheus_place place;
    struct buf url = BUF_INIT;
    int asked = find_place(o, &place, err);

    if (asked <= 0)
        return asked;
    live->prometheus = prometheus_new(&place, &live->run, err);
    if (live->prometheus == NULL) {
        err_prefix(err, "--prometheus");
        return -1;
    }
    prometheus_add_url(live->prometheus, &url);
    log_info(LOGGER, "Figures for Prometheus are at %s", buf_cstr(&url));
    buf_release(&url);
    return 0;
}

static int open_otlp(struct live *live, const struct live_parts *parts, struct err *err)
{
    struct buf text = BUF_INIT;
    int asked = find_receiver(parts->options, parts->get, &live->otlp_settings, err);

    if (asked <= 0)
        return asked;
    live->transport = h1_transport_new(live->run.loop, parts->resolver, NULL);
    live->otlp = otlp_new(&live->otlp_settings, &live->run, live->transport);
    url_mask(&text, str_of(live->otlp_settings.url));
    buf_add_cstr(&text, " every ");
    text_add_duration(&text, live->otlp_settings.interval_s);
    log_info(LOGGER, "Figures are sent to %s", buf_cstr(&text));
    buf_release(&text);
    return 0;
}

static void end(void *self)
{
    struct live *live = self;

    live->then(live->then_self);
}

static int open_request_log(struct live *live, const struct options *o, struct err *err)
{
    const char *path = options_text(o, OPT_LOG_REQUESTS);

    if (path == NULL)
        return 0;
    live->request_log = request_log_new(path, live->run.loop, live->run.hooks, err);
    if (live->request_log != NULL)
        return 0;
    err_prefix(err, "--log-requests");
    return -1;
}

int live_gather(const struct options *o, struct vm *vm, struct err *err)
{
    bool all = options_text(o, OPT_LOG_REQUESTS) != NULL;
    bool places = annotate_is_on(o, getenv);

    return all || places ? detail_want(vm, all, places, err) : 0;
}

struct live *live_new(const struct live_parts *parts, struct err *err)
{
    struct live *live = xcalloc(1, sizeof *live);

    live->run = parts->run;
    live->run.profile = options_text(parts->options, OPT_PROFILE);
    deferred_init(&live->end, end, live);
    if (open_prometheus(live, parts->options, err) < 0 || open_otlp(live, parts, err) < 0 ||
        open_request_log(live, parts->options, err) < 0) {
        live_free(live);
        return NULL;
    }
    return live;
}

void live_finish(struct live *live, void (*then)(void *self), void *self)
{
    live->then = then;
    live->then_self = self;
    if (live->otlp != NULL)
        otlp_finish(live->otlp, end, live);
    else
        deferred_start(live->run.loop, &live->end);
}

void live_rest(struct live *live)
{
    if (live->prometheus != NULL)
        prometheus_finish(live->prometheus);
    if (live->otlp != NULL)
        otlp_tell(live->otlp);
    request_log_finish(live->request_log);
}

void live_free(struct live *live)
{
    if (live == NULL)
        return;
    prometheus_free(live->prometheus);
    otlp_free(live->otlp);
    if (live->transport != NULL)
        live->transport->free(live->transport);
    otlp_settings_release(&live->otlp_settings);
    deferred_cancel(live->run.loop, &live->end);
    request_log_free(live->request_log);
    free(live);
}
