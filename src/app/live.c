/* live -- see live.h. */
// SPDX-License-Identifier: MIT
#include "app/live.h"

#include <stdlib.h>

#include "app/run_options.h"
#include "base/log.h"
#include "base/mem.h"
#include "export/prometheus.h"

#define LOGGER "katydid.main"

struct live {
    struct live_run run;
    struct prometheus *prometheus; /* NULL: none */
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

int live_check(const struct options *o, struct err *err)
{
    struct prometheus_place place;

    return find_place(o, &place, err) < 0 ? -1 : 0;
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

struct live *live_new(const struct options *o, const struct live_run *run, struct err *err)
{
    struct live *live = xcalloc(1, sizeof *live);

    live->run = *run;
    live->run.profile = options_text(o, OPT_PROFILE);
    if (open_prometheus(live, o, err) < 0) {
        live_free(live);
        return NULL;
    }
    return live;
}

void live_finish(struct live *live)
{
    if (live->prometheus != NULL)
        prometheus_finish(live->prometheus);
}

void live_free(struct live *live)
{
    if (live == NULL)
        return;
    prometheus_free(live->prometheus);
    free(live);
}
