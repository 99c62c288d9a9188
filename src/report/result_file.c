/* result_file -- see result_file.h: how it is written. result_parse has how it is read. */
// SPDX-License-Identifier: MIT
#include "report/result_file.h"

#include "base/file.h"
#include "base/mem.h"
#include "report/json_text.h"
#include "stats/pairs.h"
#include "stats/slots.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* Names begin with a comma, but for the first of an object, and behind new_line. */
static void add_name(struct buf *out, const char *name)
{
    char before = out->n > 0 ? out->p[out->n - 1] : '{';
    if (before != '{' && before != '\n')
        buf_add_char(out, ',');
    buf_addf(out, "\"%s\":", name);
}

static void add_text(struct buf *out, const char *name, const char *text)
{
    add_name(out, name);
    json_text_add_string(out, str_of(text));
}

static void add_count(struct buf *out, const char *name, uint64_t value)
{
    add_name(out, name);
    buf_addf(out, "%" PRIu64, value);
}

static void add_number(struct buf *out, const char *name, double value)
{
    add_name(out, name);
    json_text_add_number(out, value);
}

static void add_flag(struct buf *out, const char *name, bool value)
{
    add_name(out, name);
    buf_add_cstr(out, value ? "true" : "false");
}

/* For a field of the whole, which is a line of its own. */
static struct buf *new_line(struct buf *out)
{
    buf_add_cstr(out, ",\n");
    return out;
}

static void begin_list(struct buf *out, const char *name)
{
    add_name(new_line(out), name);
    buf_add_char(out, '[');
}

/* Each item of such a list is a line. */
static void begin_item(struct buf *out)
{
    buf_add_cstr(out, out->p[out->n - 1] == '[' ? "\n" : ",\n");
}

static void end_list(struct buf *out)
{
    buf_add_cstr(out, out->p[out->n - 1] == '[' ? "]" : "\n]");
}

static void add_histogram(struct buf *out, const char *name, const struct histogram *h)
{
    add_name(out, name);
    buf_add_char(out, '{');
    add_count(out, "count", h->count);
    add_number(out, "sum_ms", h->count > 0 ? h->sum_ms : 0);
    add_number(out, "min_ms", h->count > 0 ? h->min_ms : NAN);
    add_number(out, "max_ms", h->count > 0 ? h->max_ms : NAN);
    add_name(out, "slots");
    buf_add_char(out, '"');
    pairs_add_histogram(out, h);
    buf_add_cstr(out, "\"}");
}

static void add_window(struct buf *out, const char *name, const struct window *w)
{
    add_name(out, name);
    buf_addf(out, "{\"from\":%" PRId64 ",\"counts\":\"", w->n > 0 ? w->first_s : 0);
    pairs_add_window(out, w);
    buf_add_cstr(out, "\"}");
}

/* Of what the times were made: how often each phase was needed, for how long in all and at most. */
static void add_phases(struct buf *out, const struct phases *p)
{
    add_name(out, "phases");
    if (p == NULL) {
        buf_add_cstr(out, "null");
        return;
    }
    buf_add_char(out, '{');
    add_count(out, "requests", p->requests);
    for (enum phase i = 0; i < PHASES; i++) {
        add_name(out, phase_name(i));
        buf_add_char(out, '{');
        add_count(out, "count", p->of[i].count);
        add_number(out, "sum_ms", p->of[i].sum_ms);
        add_number(out, "max_ms", p->of[i].max_ms);
        buf_add_char(out, '}');
    }
    buf_add_char(out, '}');
}

static void add_entry(struct buf *out, const struct entry *e)
{
    buf_add_char(out, '{');
    add_text(out, "method", e->method);
    add_text(out, "name", e->name);
    add_flag(out, "is_other", e->is_other);
    add_count(out, "requests", e->requests);
    add_count(out, "untimed", e->untimed);
    add_count(out, "failures", e->failures);
    add_count(out, "bytes", e->content_length);
    add_number(out, "start", e->start_s);
    add_number(out, "last", e->last_s > 0 ? e->last_s : NAN);
    add_histogram(out, "times", &e->times);
    add_window(out, "per_second", &e->per_second);
    add_window(out, "failures_per_second", &e->failures_per_second);
    add_phases(out, e->phases);
    buf_add_char(out, '}');
}

static void add_entries(struct buf *out, const struct stats *s)
{
    struct entry *e, *next;
    add_name(new_line(out), "total");
    add_entry(out, s->total);
    begin_list(out, "entries");
    HASH_ITER (hh, s->entries, e, next) {
        begin_item(out);
        add_entry(out, e);
    }
    end_list(out);
}

static void add_failures(struct buf *out, const struct failures *failures)
{
    struct failure *f, *next;
    begin_list(out, "failures");
    HASH_ITER (hh, failures->all, f, next) {
        begin_item(out);
        buf_add_char(out, '{');
        add_text(out, "method", f->method);
        add_text(out, "name", f->name);
        add_text(out, "text", f->text);
        add_count(out, "count", f->count);
        add_number(out, "first", f->first_s);
        add_number(out, "last", f->last_s);
        if (f->place != NULL)
            add_text(out, "place", f->place);
        buf_add_char(out, '}');
    }
    end_list(out);
}

static void add_exceptions(struct buf *out, const struct exceptions *exceptions)
{
    struct exception *x, *next;
    begin_list(out, "exceptions");
    HASH_ITER (hh, exceptions->all, x, next) {
        begin_item(out);
        buf_add_char(out, '{');
        add_text(out, "message", x->message);
        add_text(out, "traceback", x->traceback);
        add_text(out, "nodes", x->nodes);
        add_count(out, "count", x->count);
        buf_add_char(out, '}');
    }
    end_list(out);
}

static void add_spread(struct buf *out, const struct spread *s)
{
    struct buf slots = BUF_INIT;
    int lowest;
    pairs_add_spread(&slots, s, &lowest);
    add_name(out, "lowest");
    buf_addf(out, "%d", lowest);
    add_text(out, "slots", buf_cstr(&slots));
    buf_release(&slots);
}

static void add_metric(struct buf *out, const struct metric *of)
{
    bool has_values = of->count > 0;
    buf_add_char(out, '{');
    add_text(out, "kind", metric_kind_name(of->kind));
    add_text(out, "name", of->name);
    add_flag(out, "is_other", of->is_other);
    add_count(out, "count", of->count);
    add_number(out, "last_at", has_values ? of->last_s : NAN);
    if (of->kind == METRIC_CHECK || of->kind == METRIC_RATE) {
        add_count(out, "passes", of->passes);
    } else {
        add_number(out, "sum", of->sum);
        add_number(out, "min", has_values ? of->min : NAN);
        add_number(out, "max", has_values ? of->max : NAN);
    }
    if (of->kind == METRIC_GAUGE)
        add_number(out, "last", has_values ? of->last : NAN);
    if (of->spread != NULL)
        add_spread(out, of->spread);
    buf_add_char(out, '}');
}

static void add_metrics(struct buf *out, const struct metrics *metrics)
{
    struct metric *of, *next;
    begin_list(out, "metrics");
    HASH_ITER (hh, metrics->all, of, next) {
        begin_item(out);
        add_metric(out, of);
    }
    end_list(out);
}

static void add_history(struct buf *out, const struct history *history)
{
    begin_list(out, "history");
    for (size_t i = 0; i < history->n; i++) {
        const struct history_sample *h = &history->samples[i];
        const double numbers[] = {h->rate, h->failure_rate, h->p50_ms, h->p95_ms, h->average_ms};
        begin_item(out);
        buf_add_char(out, '[');
        json_text_add_number(out, h->at_s);
        buf_addf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, h->users, h->requests, h->failures);
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            buf_add_char(out, ',');
            json_text_add_number(out, numbers[k]);
        }
        buf_add_char(out, ']');
    }
    end_list(out);
}

static void add_scripts(struct buf *out, const struct result *r)
{
    begin_list(out, "scripts");
    for (size_t i = 0; i < r->n_scripts; i++) {
        begin_item(out);
        buf_add_char(out, '{');
        add_text(out, "path", r->scripts[i].path);
        add_text(out, "sha256", r->scripts[i].sha256);
        if (r->scripts[i].text != NULL)
            add_text(out, "text", r->scripts[i].text);
        buf_add_char(out, '}');
    }
    end_list(out);
}

static void add_machines(struct buf *out, const struct result *r)
{
    begin_list(out, "machines");
    for (size_t i = 0; i < r->n_machines; i++) {
        begin_item(out);
        buf_add_char(out, '{');
        add_text(out, "name", r->machines[i].name);
        add_text(out, "system", r->machines[i].system);
        add_text(out, "cpu", r->machines[i].cpu);
        add_count(out, "cores", r->machines[i].cores);
        buf_add_char(out, '}');
    }
    end_list(out);
}

static void add_notes(struct buf *out, const struct result *r)
{
    begin_list(out, "notes");
    for (size_t i = 0; i < r->n_notes; i++) {
        begin_item(out);
        json_text_add_string(out, str_of(r->notes[i]));
    }
    end_list(out);
}

static void add_thresholds(struct buf *out, const struct result *r)
{
    begin_list(out, "thresholds");
    for (size_t i = 0; i < r->n_thresholds; i++) {
        const struct threshold_row *row = &r->thresholds[i];
        begin_item(out);
        buf_add_char(out, '{');
        add_text(out, "text", row->text);
        add_text(out, "metric", row->metric);
        add_text(out, "entry", row->entry);
        add_text(out, "op", row->op);
        add_number(out, "limit", row->limit);
        add_count(out, "window_s", row->window_s);
        add_flag(out, "aborts", row->aborts);
        add_text(out, "verdict", threshold_verdict_name(row->verdict));
        add_number(out, "value", row->has_value ? row->value : NAN);
        add_text(out, "unit", row->unit);
        add_text(out, "shown", row->shown);
        add_text(out, "reason", row->reason);
        buf_add_char(out, '}');
    }
    end_list(out);
}

static void add_usage(struct buf *out, const struct result_usage *u)
{
    add_name(new_line(out), "usage");
    buf_add_char(out, '{');
    add_number(out, "seconds", u->run_s);
    add_number(out, "cpu_share", u->cpu_share);
    add_number(out, "lag_peak_ms", u->lag_peak_ms);
    add_number(out, "lag_peak_at", u->lag_peak_at_s);
    add_number(out, "pause_peak_ms", u->pause_peak_ms);
    add_count(out, "no_descriptors", u->no_descriptors);
    add_count(out, "no_ports", u->no_ports);
    add_flag(out, "is_doubtful", u->is_doubtful);
    add_histogram(out, "lag", &u->lag);
    buf_add_char(out, '}');
}

/* `numbers`: of the entries of the slots, where they stand in the list of entries. */
static void add_slot(struct buf *out, const struct slot *slot, const uint32_t *numbers)
{
    buf_add_char(out, '{');
    add_number(out, "from", slot->from_s);
    add_number(out, "to", slot->to_s);
    add_count(out, "users", slot->users);
    add_name(out, "entries");
    buf_add_char(out, '[');
    for (size_t i = 0; i < slot->n; i++) {
        const struct slot_row *row = &slot->rows[i];
        buf_addf(out, "%s[%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.0f,%d,\"%s\"]",
                 i > 0 ? "," : "", numbers[row->entry], row->requests, row->failures,
                 row->content_length, row->sum_ms * 1000, row->coarse, row->times);
    }
    buf_add_cstr(out, "]}");
}

static uint32_t *numbers_of(const struct stats *s)
{
    uint32_t *numbers = xcalloc(s->slots->n_entries + 1, sizeof *numbers), n = 0;
    struct entry *e, *next;
    HASH_ITER (hh, s->entries, e, next) {
        size_t i = slots_index(s->slots, e);
        if (i != SIZE_MAX)
            numbers[i] = n;
        n++;
    }
    return numbers;
}

static void add_slots(struct buf *out, const struct stats *s)
{
    const struct slots *slots = s->slots;
    add_name(new_line(out), "slots");
    if (slots == NULL) {
        buf_add_cstr(out, "null");
        return;
    }
    buf_add_char(out, '{');
    add_number(out, "start", slots->start_s);
    add_number(out, "spawned", slots->spawned_s >= 0 ? slots->spawned_s : NAN);
    add_count(out, "seconds", slots->seconds);
    begin_list(out, "slots");
    uint32_t *numbers = numbers_of(s);
    for (size_t i = 0; i < slots->n; i++) {
        begin_item(out);
        add_slot(out, &slots->all[i], numbers);
    }
    free(numbers);
    end_list(out);
    buf_add_char(out, '}');
}

void result_file_add(struct buf *out, const struct result *r)
{
    buf_addf(out, "{\"katydid_result\":%d", RESULT_FILE_SCHEMA);
    add_text(new_line(out), "version", r->version);
    add_name(new_line(out), "libraries");
    json_text_add_value(out, r->libraries);
    add_count(new_line(out), "runs", r->n_runs);
    add_number(new_line(out), "started", r->started_s);
    add_number(new_line(out), "ended", r->ended_s);
    add_text(new_line(out), "end", r->end);
    add_flag(new_line(out), "is_cut_short", r->is_cut_short);
    add_flag(new_line(out), "has_own_code", r->has_own_code);
    add_count(new_line(out), "exit_code", (uint64_t)r->exit_code);
    add_text(new_line(out), "exit_reason", r->exit_reason);
    add_count(new_line(out), "seed", r->seed);
    add_text(new_line(out), "host", r->host);
    add_text(new_line(out), "profile", r->profile);
    add_text(new_line(out), "commit", r->commit);
    add_scripts(out, r);
    add_machines(out, r);
    add_notes(out, r);
    add_name(new_line(out), "options");
    json_text_add_value(out, r->options);
    add_name(new_line(out), "task_ratio");
    json_text_add_value(out, r->task_ratio);
    add_thresholds(out, r);
    add_usage(out, &r->usage);
    add_count(new_line(out), "in_flight_at_end", r->stats->in_flight_at_end);
    add_count(new_line(out), "transactions_cut_off", r->stats->transactions_cut_off);
    add_count(new_line(out), "names_left_out", r->stats->names_left_out);
    add_count(new_line(out), "max_names", r->stats->names_limit);
    add_entries(out, r->stats);
    add_failures(out, &r->stats->failures);
    add_exceptions(out, &r->stats->exceptions);
    add_metrics(out, &r->stats->metrics);
    add_history(out, &r->stats->history);
    add_slots(out, r->stats);
    buf_add_cstr(out, "\n}\n");
}

struct result *result_file_read(const char *path, struct err *err)
{
    struct buf text = BUF_INIT;
    if (file_read(path, &text, RESULT_FILE_LIMIT, err) < 0) {
        buf_release(&text);
        return NULL;
    }
    struct result *r = result_file_parse(buf_slice(&text), err);
    if (r == NULL)
        err_prefix(err, "%s", path);
    buf_release(&text);
    return r;
}
