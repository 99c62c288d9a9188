/*
 * result_parse -- how a result file is read (result_file.h).
 *
 * Strict in what it knows; fields that it does not know are left alone.
 */
// SPDX-License-Identifier: MIT
#include "report/result_file.h"

#include "base/mem.h"
#include "report/json_fields.h"
#include "stats/pairs.h"
#include "stats/slots.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_LIMIT 200000
#define MEMORY_LIMIT \
    ((size_t)1 << 30) /* of histograms and windows: the text of an empty one is short */

static void take_memory(struct json_fields *d, size_t n)
{
    if (n > d->memory_left)
        json_fields_complain(d, "", ": what is in this file takes too much memory");
    else
        d->memory_left -= n;
}

static void take_blocks(struct json_fields *d, const struct histogram *h)
{
    for (size_t i = 0; i < HISTOGRAM_BLOCKS; i++)
        take_memory(d, h->blocks[i].slots != NULL ? sizeof h->blocks[0].slots[0] * HISTOGRAM_BLOCK
                                                  : 0);
}

/* Minimum and maximum belong to the lowest and the highest slot. */
static void read_extremes(struct json_fields *d, const json_t *object, struct histogram *h)
{
    double min_ms = json_amount_or_none(d, object, "min_ms"),
           max_ms = json_amount_or_none(d, object, "max_ms");
    if (json_fields_failed(d) || h->count == 0)
        return;
    if (isnan(min_ms) || histogram_slot(min_ms) != histogram_slot(h->min_ms))
        json_fields_complain(d, "min_ms", " does not fit the slots");
    if (isnan(max_ms) || histogram_slot(max_ms) != histogram_slot(h->max_ms) || max_ms < min_ms)
        json_fields_complain(d, "max_ms", " does not fit the slots");
    h->min_ms = min_ms;
    h->max_ms = max_ms;
}

static void read_histogram(struct json_fields *d, const json_t *owner, const char *name,
                           struct histogram *h)
{
    const json_t *object = json_object_of(d, owner, name);
    struct err err = ERR_INIT;
    char before[JSON_PLACE];
    if (object == NULL)
        return;
    json_go_down(d, name, before);
    const char *slots = json_text_of(d, object, "slots");
    if (!json_fields_failed(d) && pairs_read_histogram(h, str_of(slots), &err) < 0)
        json_fields_complain(d, "slots", ": %s", err.text);
    take_blocks(d, h);
    uint64_t count = json_count_of(d, object, "count");
    if (!json_fields_failed(d) && count != h->count)
        json_fields_complain(d, "count", " is %" PRIu64 ", but the slots hold %" PRIu64, count,
                             h->count);
    double sum_ms = json_amount_of(d, object, "sum_ms");
    read_extremes(d, object, h);
    h->sum_ms = h->count > 0 ? sum_ms : 0;
    json_go_up(d, before);
}

static void read_window(struct json_fields *d, const json_t *owner, const char *name,
                        struct window *w)
{
    const json_t *object = json_object_of(d, owner, name);
    struct err err = ERR_INIT;
    char before[JSON_PLACE];
    if (object == NULL)
        return;
    json_go_down(d, name, before);
    uint64_t from = json_count_of(d, object, "from");
    const char *counts = json_text_of(d, object, "counts");
    if (!json_fields_failed(d) && pairs_read_window(w, (int64_t)from, str_of(counts),
                                                    d->memory_left / sizeof w->counts[0], &err) < 0)
        json_fields_complain(d, "counts", ": %s", err.text);
    take_memory(d, w->n * sizeof w->counts[0]);
    json_go_up(d, before);
}

/* Null where they weren't kept. */
static void read_phases(struct json_fields *d, const json_t *owner, struct entry *e)
{
    const json_t *object = json_field_of(d, owner, "phases");
    char before[JSON_PLACE], inner[JSON_PLACE];
    if (object == NULL || json_is_null(object))
        return;
    object = json_object_of(d, owner, "phases");
    if (object == NULL)
        return;
    e->phases = xcalloc(1, sizeof *e->phases);
    json_go_down(d, "phases", before);
    e->phases->requests = json_count_of(d, object, "requests");
    for (enum phase i = 0; i < PHASES; i++) {
        const json_t *times = json_object_of(d, object, phase_name(i));
        if (times == NULL)
            continue;
        json_go_down(d, phase_name(i), inner);
        e->phases->of[i].count = json_count_of(d, times, "count");
        e->phases->of[i].sum_ms = json_amount_of(d, times, "sum_ms");
        e->phases->of[i].max_ms = json_amount_of(d, times, "max_ms");
        json_go_up(d, inner);
    }
    json_go_up(d, before);
}

static void read_entry(struct json_fields *d, const json_t *object, struct entry *e)
{
    e->is_other = json_flag_of(d, object, "is_other");
    e->requests = json_count_of(d, object, "requests");
    e->untimed = json_count_of(d, object, "untimed");
    e->failures = json_count_of(d, object, "failures");
    e->content_length = json_count_of(d, object, "bytes");
    e->start_s = e->counted_from_s = json_amount_of(d, object, "start");
    double last_s = json_amount_or_none(d, object, "last");
    e->last_s = isnan(last_s) ? 0 : last_s;
    read_histogram(d, object, "times", &e->times);
    if (!json_fields_failed(d) && e->requests != e->untimed + e->times.count)
        json_fields_complain(d, "requests",
                             " is %" PRIu64 ", but there are %" PRIu64 " with and %" PRIu64
                             " without a time",
                             e->requests, e->times.count, e->untimed);
    read_window(d, object, "per_second", &e->per_second);
    read_window(d, object, "failures_per_second", &e->failures_per_second);
    read_phases(d, object, e);
}

static void read_entries(struct json_fields *d, const json_t *top, struct stats *s)
{
    const json_t *total = json_object_of(d, top, "total");
    const json_t *list = json_list_of(d, top, "entries", NAMES_LIMIT);
    const json_t *item;
    size_t i;
    if (json_fields_failed(d))
        return;
    snprintf(d->where, sizeof d->where, "total");
    read_entry(d, total, s->total);
    s->names_limit = SIZE_MAX;
    json_array_foreach (list, i, item) {
        if (!json_enter_item(d, "entries", i, item))
            return;
        struct str method = str_of(json_text_of(d, item, "method"));
        struct str name = str_of(json_text_of(d, item, "name"));
        if (!json_fields_failed(d) && stats_find(s, method, name) != NULL)
            json_fields_complain(d, "name", ": there is such an entry already");
        if (json_fields_failed(d))
            return;
        read_entry(d, item, stats_entry(s, method, name, 0));
    }
    json_fields_leave(d);
}

static void read_failures(struct json_fields *d, const json_t *top, struct failures *failures)
{
    const json_t *list = json_list_of(d, top, "failures", NAMES_LIMIT), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        if (!json_enter_item(d, "failures", i, item))
            return;
        const char *method = json_text_of(d, item, "method"), *name = json_text_of(d, item, "name");
        const char *text = json_text_of(d, item, "text");
        uint64_t count = json_count_of(d, item, "count");
        double first_s = json_amount_of(d, item, "first"), last_s = json_amount_of(d, item, "last");
        const char *place =
            json_object_get(item, "place") != NULL ? json_text_of(d, item, "place") : "";
        failures_add_many(failures, str_of(method), str_of(name), str_of(text), count, first_s,
                          last_s);
        failures_set_place(failures, str_of(method), str_of(name), str_of(text), str_of(place));
    }
    json_fields_leave(d);
}

static void read_exceptions(struct json_fields *d, const json_t *top, struct exceptions *exceptions)
{
    const json_t *list = json_list_of(d, top, "exceptions", NAMES_LIMIT), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        if (!json_enter_item(d, "exceptions", i, item))
            return;
        const char *message = json_text_of(d, item, "message"),
                   *nodes = json_text_of(d, item, "nodes");
        const char *traceback = json_text_of(d, item, "traceback");
        exceptions_add_many(exceptions, str_of(message), str_of(traceback), str_of(nodes),
                            json_count_of(d, item, "count"));
    }
    json_fields_leave(d);
}

static void read_spread(struct json_fields *d, const json_t *item, struct metric *of)
{
    struct err err = ERR_INIT;
    struct spread *s = of->spread;
    const json_t *lowest = json_field_of(d, item, "lowest");
    const char *slots = json_text_of(d, item, "slots");
    if (lowest != NULL && !json_is_integer(lowest))
        json_refuse(d, "lowest", "a whole number", lowest);
    if (json_fields_failed(d))
        return;
    if (pairs_read_spread(s, json_integer_value(lowest), str_of(slots), &err) < 0)
        json_fields_complain(d, "slots", ": %s", err.text);
    for (size_t i = 0; i < SPREAD_POWERS; i++)
        take_memory(d, ((s->above[i] != NULL) + (s->below[i] != NULL)) * sizeof(uint64_t) *
                           SPREAD_BLOCK);
    uint64_t held = s->count;
    s->sum = of->sum;
    s->min = of->min;
    s->max = of->max;
    if (held != of->count)
        json_fields_complain(d, "count", " is %" PRIu64 ", but the slots hold %" PRIu64, of->count,
                             held);
}

/* Null where nothing was added. */
static double value_of(struct json_fields *d, const json_t *item, const char *name, bool is_there)
{
    return is_there ? json_number_of(d, item, name) : 0;
}

static void read_metric(struct json_fields *d, const json_t *item, struct metric *of)
{
    of->count = json_count_of(d, item, "count");
    of->last_s = of->count > 0 ? json_amount_of(d, item, "last_at") : 0;
    if (of->kind == METRIC_CHECK || of->kind == METRIC_RATE) {
        of->passes = json_as_count(d, "passes", json_field_of(d, item, "passes"), of->count);
        return;
    }
    of->sum = json_number_of(d, item, "sum");
    of->min = value_of(d, item, "min", of->count > 0);
    of->max = value_of(d, item, "max", of->count > 0);
    if (of->max < of->min)
        json_fields_complain(d, "max", " is below min");
    if (of->kind == METRIC_GAUGE)
        of->last = value_of(d, item, "last", of->count > 0);
    if (of->kind == METRIC_TREND)
        read_spread(d, item, of);
}

static void read_metrics(struct json_fields *d, const json_t *top, struct metrics *metrics)
{
    const json_t *list = json_list_of(d, top, "metrics", NAMES_LIMIT), *item;
    size_t i;
    metrics->limit = SIZE_MAX;
    json_array_foreach (list, i, item) {
        if (!json_enter_item(d, "metrics", i, item))
            return;
        const char *name = json_text_of(d, item, "name"),
                   *kind_text = json_text_of(d, item, "kind");
        bool is_other = json_flag_of(d, item, "is_other");
        int kind = metric_kind_of(str_of(kind_text));
        if (!json_fields_failed(d) && kind < 0)
            json_fields_complain(d, "kind", ": expected check, counter, gauge, trend or rate");
        if (json_fields_failed(d))
            return;
        size_t n = HASH_COUNT(metrics->all);
        struct metric *of = is_other ? metrics_other(metrics, (enum metric_kind)kind)
                                     : metrics_get(metrics, (enum metric_kind)kind, str_of(name));
        if (of == NULL || HASH_COUNT(metrics->all) == n) {
            json_fields_complain(d, "name", ": there is such a metric already");
            return;
        }
        read_metric(d, item, of);
        metrics->last_s = fmax(metrics->last_s, of->last_s);
        metrics->left_out += is_other ? of->count : 0;
    }
    json_fields_leave(d);
}

static void read_history(struct json_fields *d, const json_t *top, struct history *history)
{
    const json_t *list = json_list_of(d, top, "history", SIZE_MAX), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        double v[9];
        snprintf(d->where, sizeof d->where, "history[%zu]", i);
        if (!json_is_row(d, item, 9))
            return;
        for (size_t k = 0; k < 9; k++)
            v[k] = json_as_amount(d, "", json_array_get(item, k));
        for (size_t k = 1; k < 4; k++)
            json_as_count(d, "", json_array_get(item, k), JSON_LARGEST);
        if (json_fields_failed(d))
            return;
        history_add(history, &(struct history_sample){.at_s = v[0],
                                                      .users = (uint64_t)v[1],
                                                      .requests = (uint64_t)v[2],
                                                      .failures = (uint64_t)v[3],
                                                      .rate = v[4],
                                                      .failure_rate = v[5],
                                                      .p50_ms = v[6],
                                                      .p95_ms = v[7],
                                                      .average_ms = v[8]});
    }
    json_fields_leave(d);
}

static void read_slot_row(struct json_fields *d, const json_t *item, struct slots *slots,
                          struct slot *slot)
{
    struct err err = ERR_INIT;
    if (!json_is_row(d, item, 7))
        return;
    struct slot_row row = {
        .entry = (uint32_t)json_as_count(d, "", json_array_get(item, 0), slots->n_entries - 1),
        .requests = json_as_count(d, "", json_array_get(item, 1), JSON_LARGEST),
        .failures = json_as_count(d, "", json_array_get(item, 2), JSON_LARGEST),
        .content_length = json_as_count(d, "", json_array_get(item, 3), JSON_LARGEST),
        .sum_ms = (double)json_as_count(d, "", json_array_get(item, 4), JSON_LARGEST) / 1000,
        .coarse = (uint8_t)json_as_count(d, "", json_array_get(item, 5), 2),
        .times = (char *)json_as_text(d, "", json_array_get(item, 6)),
    };
    if (!json_fields_failed(d) && slot->n > 0 && slot->rows[slot->n - 1].entry >= row.entry)
        json_fields_complain(d, "", ": entries must ascend");
    if (!json_fields_failed(d) && slots_add_row(slots, slot, &row, &err) < 0)
        json_fields_complain(d, "", ": %s", err.text);
}

static void read_slot(struct json_fields *d, const json_t *item, struct slots *slots)
{
    double from_s = json_amount_of(d, item, "from"), to_s = json_amount_of(d, item, "to");
    double end_s = slots->n > 0 ? slots->all[slots->n - 1].to_s : 0;
    uint64_t users = json_count_of(d, item, "users");
    const json_t *list = json_list_of(d, item, "entries", slots->n_entries), *row;
    char place[JSON_PLACE];
    size_t i;
    if (!json_fields_failed(d) && (from_s < end_s || to_s < from_s))
        json_fields_complain(d, "from", ": slots must follow one another");
    if (json_fields_failed(d))
        return;
    struct slot *slot = slots_add(slots, from_s, to_s, users);
    memcpy(place, d->where, sizeof place);
    json_array_foreach (list, i, row) {
        snprintf(d->where, sizeof d->where, "%.60s.entries[%zu]", place, i);
        read_slot_row(d, row, slots, slot);
        if (json_fields_failed(d))
            return;
    }
}

static void read_slots(struct json_fields *d, const json_t *top, struct stats *s)
{
    const json_t *value = json_field_of(d, top, "slots"), *item;
    struct entry *e, *next;
    size_t i;
    if (json_is_null(value))
        return;
    const json_t *object = json_object_of(d, top, "slots");
    snprintf(d->where, sizeof d->where, "slots");
    double start_s = object != NULL ? json_amount_of(d, object, "start") : 0;
    double spawned_s = object != NULL ? json_amount_or_none(d, object, "spawned") : 0;
    uint64_t seconds = object != NULL ? json_count_of(d, object, "seconds") : 0;
    const json_t *list = object != NULL ? json_list_of(d, object, "slots", SIZE_MAX) : NULL;
    if (!json_fields_failed(d) && (seconds < 1 || seconds > UINT32_MAX / 4))
        json_fields_complain(d, "seconds", ": expected seconds, got %" PRIu64, seconds);
    if (json_fields_failed(d))
        return;
    s->slots = slots_new(start_s, SLOTS_LIMIT);
    s->slots->seconds = (unsigned)seconds;
    s->slots->spawned_s = isnan(spawned_s) ? -1 : spawned_s;
    HASH_ITER (hh, s->entries, e, next)
        slots_add_entry(s->slots, e);
    json_array_foreach (list, i, item) {
        if (!json_enter_item(d, "slots.slots", i, item))
            return;
        read_slot(d, item, s->slots);
    }
    json_fields_leave(d);
}

static void read_scripts(struct json_fields *d, const json_t *top, struct result *r)
{
    const json_t *list = json_list_of(d, top, "scripts", NAMES_LIMIT), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        if (!json_enter_item(d, "scripts", i, item))
            return;
        const char *path = json_text_of(d, item, "path"), *sha256 = json_text_of(d, item, "sha256");
        bool has_text = json_object_get(item, "text") != NULL;
        result_add_script(r, path, sha256, has_text ? json_text_of(d, item, "text") : NULL);
    }
    json_fields_leave(d);
}

static void read_machines(struct json_fields *d, const json_t *top, struct result *r)
{
    const json_t *list = json_list_of(d, top, "machines", NAMES_LIMIT), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        if (!json_enter_item(d, "machines", i, item))
            return;
        const char *name = json_text_of(d, item, "name"), *system = json_text_of(d, item, "system");
        const char *cpu = json_text_of(d, item, "cpu");
        uint64_t cores = json_as_count(d, "cores", json_field_of(d, item, "cores"), UINT32_MAX);
        result_add_machine(r, name, system, cpu, (unsigned)cores);
    }
    json_fields_leave(d);
}

static void read_notes(struct json_fields *d, const json_t *top, struct result *r)
{
    const json_t *list = json_list_of(d, top, "notes", NAMES_LIMIT), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        snprintf(d->where, sizeof d->where, "notes[%zu]", i);
        result_add_note(r, json_as_text(d, "", item));
    }
    json_fields_leave(d);
}

static enum threshold_verdict verdict_of(struct json_fields *d, const json_t *item)
{
    const char *text = json_text_of(d, item, "verdict");
    for (int i = THRESHOLD_PASSED; i <= THRESHOLD_NOT_JUDGED; i++)
        if (strcmp(text, threshold_verdict_name((enum threshold_verdict)i)) == 0)
            return (enum threshold_verdict)i;
    json_fields_complain(d, "verdict", ": expected \"passed\", \"crossed\" or \"not judged\"");
    return THRESHOLD_NOT_JUDGED;
}

static void read_thresholds(struct json_fields *d, const json_t *top, struct result *r)
{
    const json_t *list = json_list_of(d, top, "thresholds", NAMES_LIMIT), *item;
    size_t i;
    r->thresholds = xcalloc(json_array_size(list) + 1, sizeof *r->thresholds);
    json_array_foreach (list, i, item) {
        if (!json_enter_item(d, "thresholds", i, item))
            return;
        bool has_value = !json_is_null(json_field_of(d, item, "value"));
        r->thresholds[r->n_thresholds++] = (struct threshold_row){
            .text = xstrdup(json_text_of(d, item, "text")),
            .metric = xstrdup(json_text_of(d, item, "metric")),
            .entry = xstrdup(json_text_of(d, item, "entry")),
            .op = xstrdup(json_text_of(d, item, "op")),
            .limit = json_number_of(d, item, "limit"),
            .window_s = (unsigned)json_as_count(d, "window_s", json_field_of(d, item, "window_s"),
                                                UINT32_MAX),
            .aborts = json_flag_of(d, item, "aborts"),
            .verdict = verdict_of(d, item),
            .has_value = has_value,
            .value = has_value ? json_number_of(d, item, "value") : 0,
            .unit = xstrdup(json_text_of(d, item, "unit")),
            .shown = xstrdup(json_text_of(d, item, "shown")),
            .reason = xstrdup(json_text_of(d, item, "reason")),
        };
    }
    json_fields_leave(d);
}

static void read_usage(struct json_fields *d, const json_t *top, struct result_usage *u)
{
    const json_t *object = json_object_of(d, top, "usage");
    if (object == NULL)
        return;
    snprintf(d->where, sizeof d->where, "usage");
    u->run_s = json_amount_of(d, object, "seconds");
    u->cpu_share = json_amount_of(d, object, "cpu_share");
    u->lag_peak_ms = json_amount_of(d, object, "lag_peak_ms");
    u->lag_peak_at_s = json_amount_of(d, object, "lag_peak_at");
    u->pause_peak_ms = json_amount_of(d, object, "pause_peak_ms");
    u->no_descriptors = json_count_of(d, object, "no_descriptors");
    u->no_ports = json_count_of(d, object, "no_ports");
    u->is_doubtful = json_flag_of(d, object, "is_doubtful");
    read_histogram(d, object, "lag", &u->lag);
    json_fields_leave(d);
}

static void take_object(struct json_fields *d, const json_t *top, const char *name, json_t **place)
{
    const json_t *object = json_object_of(d, top, name);
    if (object == NULL)
        return;
    json_decref(*place);
    *place = json_incref((json_t *)object);
}

static void read_head(struct json_fields *d, const json_t *top, struct result *r)
{
    struct {
        const char *name;
        char **place;
    } texts[] = {{"version", &r->version},         {"end", &r->end},
                 {"exit_reason", &r->exit_reason}, {"host", &r->host},
                 {"profile", &r->profile},         {"commit", &r->commit}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        result_set_text(texts[i].place, json_text_of(d, top, texts[i].name));
    take_object(d, top, "libraries", &r->libraries);
    r->n_runs = (unsigned)json_as_count(d, "runs", json_field_of(d, top, "runs"), UINT32_MAX);
    r->started_s = json_amount_of(d, top, "started");
    r->ended_s = json_amount_of(d, top, "ended");
    r->is_cut_short = json_flag_of(d, top, "is_cut_short");
    r->has_own_code = json_flag_of(d, top, "has_own_code");
    r->exit_code = (int)json_as_count(d, "exit_code", json_field_of(d, top, "exit_code"), 255);
    r->seed = json_count_of(d, top, "seed");
    read_scripts(d, top, r);
    read_machines(d, top, r);
    read_notes(d, top, r);
    take_object(d, top, "options", &r->options);
    if (!json_is_null(json_field_of(d, top, "task_ratio")))
        take_object(d, top, "task_ratio", &r->task_ratio);
}

static void check_schema(struct json_fields *d, const json_t *top)
{
    const json_t *schema = json_object_get(top, "katydid_result");
    if (schema == NULL) {
        json_fields_complain(d, "", "no result of katydid: \"katydid_result\" is missing");
        return;
    }
    uint64_t number = json_as_count(d, "katydid_result", schema, JSON_LARGEST);
    if (!json_fields_failed(d) && number != RESULT_FILE_SCHEMA)
        json_fields_complain(d, "",
                             "written in schema %" PRIu64
                             ", and katydid %s reads schema %d: a newer "
                             "katydid is needed",
                             number, KATYDID_VERSION, RESULT_FILE_SCHEMA);
}

static void read_all(struct json_fields *d, const json_t *top, struct result *r)
{
    check_schema(d, top);
    if (json_fields_failed(d))
        return;
    r->stats = stats_new(0, false);
    r->owns_stats = true;
    read_head(d, top, r);
    read_thresholds(d, top, r);
    read_usage(d, top, &r->usage);
    r->stats->in_flight_at_end = json_count_of(d, top, "in_flight_at_end");
    r->stats->transactions_cut_off = json_count_of(d, top, "transactions_cut_off");
    r->stats->names_left_out = json_count_of(d, top, "names_left_out");
    read_entries(d, top, r->stats);
    read_failures(d, top, &r->stats->failures);
    read_exceptions(d, top, &r->stats->exceptions);
    read_metrics(d, top, &r->stats->metrics);
    read_history(d, top, &r->stats->history);
    if (!json_fields_failed(d))
        read_slots(d, top, r->stats);
    // Those that were there are there, however many; what is told is what held in the run.
    r->stats->names_limit = r->stats->metrics.limit = json_count_of(d, top, "max_names");
}

struct result *result_file_parse(struct str text, struct err *err)
{
    struct json_fields d = {.memory_left = MEMORY_LIMIT};
    json_error_t why;
    json_t *top = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
    struct result *r = result_new();
    if (top == NULL)
        err_set(&d.err, "not JSON at line %d, column %d: %s", why.line, why.column, why.text);
    else if (!json_is_object(top))
        err_set(&d.err, "no result of katydid: expected an object, got %s", json_kind(top));
    else
        read_all(&d, top, r);
    json_decref(top);
    if (!json_fields_failed(&d))
        return r;
    result_free(r);
    err_set(err, "%s", d.err.text);
    return NULL;
}
