/* load_performance -- the figures of a run in the shape of k6's summary export. */
// SPDX-License-Identifier: MIT
#include "report/load_performance.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "report/page_json.h"
#include "report/view.h"

static double per_second(const struct result *r, double count)
{
    double seconds = r->ended_s - r->started_s;

    return seconds > 0 ? count / seconds : 0;
}

static json_t *times(const struct entry *e)
{
    double values[VIEW_PERCENTILES];
    const struct histogram *h = &e->times;

    view_percentile_values(h, values);
    return json_pack("{s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "avg", entry_average(e), "min",
                     h->count > 0 ? h->min_ms : 0, "med", values[0], "max",
                     h->count > 0 ? h->max_ms : 0, "p(90)", values[4], "p(95)", values[5], "p(99)",
                     values[7]);
}

static json_t *share(uint64_t passes, uint64_t fails)
{
    double all = (double)passes + (double)fails;

    return json_pack("{s:f,s:I,s:I}", "value", all > 0 ? (double)passes / all : 0, "passes",
                     (json_int_t)passes, "fails", (json_int_t)fails);
}

static uint64_t good_requests(const struct entry *total)
{
    return total->requests > total->failures ? total->requests - total->failures : 0;
}

static json_t *checks(const struct stats *s)
{
    uint64_t count, passes;

    metrics_checks(&s->metrics, &count, &passes);
    if (count == 0)
        return share(good_requests(s->total), s->total->failures);
    return share(passes, count - passes);
}

static uint64_t most_users(const struct history *h)
{
    uint64_t most = 0;

    for (size_t i = 0; i < h->n; i++)
        most = h->samples[i].users > most ? h->samples[i].users : most;
    return most;
}

static json_t *own(const struct stats *s, const struct metric *m)
{
    switch (m->kind) {
    case METRIC_COUNTER:
        return json_pack("{s:f,s:f}", "count", m->sum, "rate",
                         metric_per_second(m, stats_seconds(s)));
    case METRIC_GAUGE:
        return json_pack("{s:f,s:f,s:f}", "value", m->last, "min", m->min, "max", m->max);
    case METRIC_TREND:
        return json_pack("{s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "avg", metric_average(m), "min", m->min,
                         "med", metric_percentile(m, 0.5), "max", m->max, "p(90)",
                         metric_percentile(m, 0.9), "p(95)", metric_percentile(m, 0.95), "p(99)",
                         metric_percentile(m, 0.99));
    default:
        return share(m->passes, metric_fails(m));
    }
}

static void add_own(json_t *all, const struct stats *s)
{
    size_t n;
    struct metric **sorted = metrics_sorted(&s->metrics, &n);

    for (size_t i = 0; i < n; i++) {
        json_t *name = page_text(sorted[i]->name);
        if (sorted[i]->kind != METRIC_CHECK && sorted[i]->count > 0 &&
            json_object_get(all, json_string_value(name)) == NULL)
            json_object_set_new(all, json_string_value(name), own(s, sorted[i]));
        json_decref(name);
    }
    free(sorted);
}

static json_t *all_metrics(const struct result *r)
{
    const struct stats *s = r->stats;
    const struct entry *total = s->total;
    json_t *m = json_object();
    uint64_t users = most_users(&s->history);

    json_object_set_new(m, "http_reqs",
                        json_pack("{s:I,s:f}", "count", (json_int_t)total->requests, "rate",
                                  stats_total_rate(s, total)));
    json_object_set_new(m, "http_req_duration", times(total));
    json_object_set_new(m, "http_req_waiting", times(total));
    json_object_set_new(m, "http_req_failed", share(total->failures, good_requests(total)));
    json_object_set_new(m, "checks", checks(s));
    json_object_set_new(m, "data_received",
                        json_pack("{s:I,s:f}", "count", (json_int_t)total->content_length, "rate",
                                  per_second(r, (double)total->content_length)));
    json_object_set_new(m, "vus_max",
                        json_pack("{s:I,s:I,s:I}", "value", (json_int_t)users, "min",
                                  (json_int_t)users, "max", (json_int_t)users));
    add_own(m, s);
    return m;
}

/* The script's checks by name, as k6 lists them. */
static json_t *root_group(const struct stats *s)
{
    size_t n;
    struct metric **all = metrics_sorted(&s->metrics, &n);
    json_t *list = json_object();

    for (size_t i = 0; i < n && all[i]->kind == METRIC_CHECK; i++) {
        json_t *name = page_text(all[i]->name);
        json_t *check =
            json_pack("{s:O,s:I,s:I}", "name", name, "passes", (json_int_t)all[i]->passes, "fails",
                      (json_int_t)metric_fails(all[i]));
        json_object_set_new(list, json_string_value(name), check);
        json_decref(name);
    }
    free(all);
    return json_pack("{s:s,s:s,s:{},s:o}", "name", "", "path", "", "groups", "checks", list);
}

void load_performance_add(struct buf *out, const struct result *r)
{
    json_t *all =
        json_pack("{s:o,s:o}", "metrics", all_metrics(r), "root_group", root_group(r->stats));
    char *text = json_dumps(all, JSON_INDENT(4) | JSON_PRESERVE_ORDER | JSON_ENSURE_ASCII |
                                     JSON_REAL_PRECISION(15));

    buf_add_cstr(out, text);
    buf_add_char(out, '\n');
    free(text);
    json_decref(all);
}
