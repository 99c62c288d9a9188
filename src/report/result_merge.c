/*
 * result_merge -- several results as one.
 *
 * Each run begins at 0: what came so many seconds after the begin of one is added to what came as many
 * seconds after the begin of the other. So rates add up, also where machines did not begin at once, or
 * the runs were on different days. Failures keep the time at which they were.
 */
// SPDX-License-Identifier: MIT
#include "report/result_merge.h"

#include "base/mem.h"
#include "stats/slots.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- statistics ------------------------------------------------------------------------------ */

static void shift_window(struct window *into, const struct window *from, int64_t by_s)
{
    struct window moved = *from; // its counts are borrowed
    moved.first_s += by_s;
    window_merge(into, &moved);
}

/* entry_merge, of one whose run began `by_s` seconds earlier. */
static void merge_entry(struct entry *into, const struct entry *from, double by_s)
{
    struct entry moved = *from;
    moved.start_s += by_s;
    moved.counted_from_s += by_s;
    moved.last_s += moved.last_s > 0 ? by_s : 0;
    window_init(&moved.per_second);
    window_init(&moved.failures_per_second);
    entry_merge(into, &moved);
    shift_window(&into->per_second, &from->per_second, (int64_t)rint(by_s));
    shift_window(&into->failures_per_second, &from->failures_per_second, (int64_t)rint(by_s));
}

static void merge_entries(struct stats *into, const struct stats *from, double by_s)
{
    struct entry *e, *next;
    merge_entry(into->total, from->total, by_s);
    HASH_ITER (hh, from->entries, e, next) {
        struct str method = str_of(e->method), name = str_of(e->name);
        struct entry *sum = stats_entry(into, method, name, e->start_s + by_s);
        sum->is_other = sum->is_other || e->is_other;
        merge_entry(sum, e, by_s);
    }
    into->in_flight_at_end += from->in_flight_at_end;
    into->transactions_cut_off += from->transactions_cut_off;
    into->names_left_out += from->names_left_out;
}

static void merge_failures(struct stats *into, const struct stats *from)
{
    struct failure *f, *next_f;
    struct exception *x, *next_x;
    HASH_ITER (hh, from->failures.all, f, next_f) {
        struct str method = str_of(f->method), name = str_of(f->name), text = str_of(f->text);
        failures_add_many(&into->failures, method, name, text, f->count, f->first_s, f->last_s);
        failures_set_place(&into->failures, method, name, text, str_of(f->place));
    }
    HASH_ITER (hh, from->exceptions.all, x, next_x)
        exceptions_add_many(&into->exceptions, str_of(x->message), str_of(x->traceback),
                            str_of(x->nodes), x->count);
}

/* --- slots ----------------------------------------------------------------------------------- */

/* How far a result's slots have been taken over. */
struct cursor {
    const struct slots *slots;
    const struct stats *stats; /* whose entries they are of */
    size_t next;
    uint64_t users;
};

static double cell_of(const struct slot *slot, unsigned seconds)
{
    return floor((slot->from_s + 0.5) / seconds);
}

static const struct slot *next_of(const struct cursor *c)
{
    return c->next < c->slots->n ? &c->slots->all[c->next] : NULL;
}

static void take_slot(struct slots *out, struct slot *into, const struct cursor *c,
                      const struct slot *slot, struct stats *all)
{
    for (size_t i = 0; i < slot->n; i++) {
        const struct entry *e = c->slots->entries[slot->rows[i].entry];
        struct slot_row row = slot->rows[i];
        row.entry =
            slots_entry(out, stats_entry(all, str_of(e->method), str_of(e->name), e->start_s));
        int rc = slots_add_row(out, into, &row, NULL);
        if (rc < 0)
            BUG("a row that can't be read");
    }
}

/* All slots of the next cell, of both, as one. */
static void take_cell(struct slots *out, struct cursor both[2], double cell, struct stats *all)
{
    double end_s = out->n > 0 ? out->all[out->n - 1].to_s : 0;
    struct slot *into = slots_add(out, fmax(end_s, cell * out->seconds), end_s, 0);
    if (end_s == 0 || into->from_s - end_s < 1)
        into->from_s = end_s; // they follow one another, but for the turn of the loop
    for (int i = 0; i < 2; i++) {
        const struct slot *slot;
        both[i].users = 0;
        while ((slot = next_of(&both[i])) != NULL && cell_of(slot, out->seconds) == cell) {
            take_slot(out, into, &both[i], slot, all);
            into->to_s = fmax(into->to_s, slot->to_s);
            both[i].users = slot->users > both[i].users ? slot->users : both[i].users;
            both[i].next++;
        }
        into->users += both[i].users;
    }
    into->to_s = fmax(into->to_s, into->from_s);
}

static void merge_slots(struct stats *into, const struct stats *from)
{
    const struct slots *a = into->slots, *b = from->slots;
    struct cursor both[2] = {{.slots = a}, {.slots = b}};
    if (a == NULL || b == NULL) {
        slots_free(into->slots);
        into->slots = NULL;
        return;
    }
    struct slots *out = slots_new(a->start_s, a->limit);
    if (a->spawned_s >= 0 && b->spawned_s >= 0)
        out->spawned_s = fmax(a->spawned_s, b->spawned_s);
    out->seconds = a->seconds > b->seconds ? a->seconds : b->seconds;
    while (next_of(&both[0]) != NULL || next_of(&both[1]) != NULL) {
        double cell = INFINITY;
        for (int i = 0; i < 2; i++)
            if (next_of(&both[i]) != NULL)
                cell = fmin(cell, cell_of(next_of(&both[i]), out->seconds));
        take_cell(out, both, cell, into);
    }
    slots_free(into->slots);
    into->slots = out;
}

/* --- history --------------------------------------------------------------------------------- */

/* The ten seconds' percentiles of two runs together, as far as their slots tell. */
static void take_percentiles(const struct stats *s, double offset_s, struct history_sample *sample)
{
    static const double shares[] = {0.50, 0.95};
    double values[2] = {0, 0};
    struct histogram times = {0};
    for (size_t i = 0; s->slots != NULL && i < s->slots->n; i++) {
        const struct slot *slot = &s->slots->all[i];
        if (offset_s <= slot->from_s || offset_s > slot->to_s)
            continue;
        for (size_t k = 0; k < slot->n; k++)
            if (!s->slots->entries[slot->rows[k].entry]->is_transaction)
                slots_row_times(s->slots, &slot->rows[k], &times);
        break;
    }
    histogram_percentiles(&times, shares, 2, values);
    histogram_release(&times);
    sample->p50_ms = values[0];
    sample->p95_ms = values[1];
}

/* The sample of a second of a run; where there is none, what the last one before left of it. */
static struct history_sample sample_at(const struct history *h, size_t *next, double start_s,
                                       double second)
{
    struct history_sample sample = {0};
    while (*next < h->n && rint(h->samples[*next].at_s - start_s) <= second)
        ++*next;
    if (*next == 0)
        return sample;
    sample = h->samples[*next - 1];
    if (rint(sample.at_s - start_s) < second) {
        sample.users = 0;
        sample.rate = sample.failure_rate = sample.p50_ms = sample.p95_ms = 0;
    }
    return sample;
}

static double share_of(double a, uint64_t n_a, double b, uint64_t n_b)
{
    uint64_t n = n_a + n_b;
    return n > 0 ? (a * (double)n_a + b * (double)n_b) / (double)n : 0;
}

static double last_second(const struct history *h, double start_s)
{
    return h->n > 0 ? rint(h->samples[h->n - 1].at_s - start_s) : -1;
}

/* `into` has its own start still; so many seconds, each as the sum of both. */
static void merge_history(struct stats *into, const struct stats *from)
{
    struct history merged;
    double start_a = into->total->start_s, start_b = from->total->start_s;
    double last = fmax(last_second(&into->history, start_a), last_second(&from->history, start_b));
    size_t next_a = 0, next_b = 0;
    history_init(&merged);
    for (double second = 1; second <= last; second++) {
        struct history_sample a = sample_at(&into->history, &next_a, start_a, second);
        struct history_sample b = sample_at(&from->history, &next_b, start_b, second);
        struct history_sample sum = {
            .at_s = start_a + second,
            .users = a.users + b.users,
            .requests = a.requests + b.requests,
            .failures = a.failures + b.failures,
            .rate = a.rate + b.rate,
            .failure_rate = a.failure_rate + b.failure_rate,
            .p50_ms = fmax(a.p50_ms, b.p50_ms),
            .p95_ms = fmax(a.p95_ms, b.p95_ms),
            .average_ms = share_of(a.average_ms, a.requests, b.average_ms, b.requests),
        };
        if (a.p50_ms > 0 && b.p50_ms > 0)
            take_percentiles(into, second, &sum);
        history_add(&merged, &sum);
    }
    history_release(&into->history);
    into->history = merged;
}

static int merge_stats(struct stats *into, const struct stats *from, struct err *err)
{
    double by_s = into->total->start_s - from->total->start_s;
    double last_s = into->metrics.last_s;
    size_t limit = into->names_limit > from->names_limit ? into->names_limit : from->names_limit;
    into->names_limit = into->metrics.limit = SIZE_MAX;
    if (metrics_merge(&into->metrics, &from->metrics, err) < 0)
        return -1;
    into->metrics.last_s = fmax(last_s, from->metrics.last_s > 0 ? from->metrics.last_s + by_s : 0);
    merge_slots(into, from);
    merge_entries(into, from, by_s);
    merge_failures(into, from);
    merge_history(into, from);
    into->names_limit = into->metrics.limit = limit;
    return 0;
}

/* --- all else -------------------------------------------------------------------------------- */

static void note(struct result *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(struct result *r, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_addv(&text, format, args);
    va_end(args);
    result_add_note(r, buf_cstr(&text));
    buf_release(&text);
}

/* One of them where they are the same, else a note; of what has several there is none. */
static void merge_text(struct result *into, char **place, const char *other, const char *what)
{
    if (strcmp(*place, other) == 0)
        return;
    note(into, "The results differ in their %s: '%s' and '%s'", what, *place, other);
    if (**place == '\0')
        result_set_text(place, other);
}

static const struct result_script *script_of(const struct result *r, const char *path)
{
    for (size_t i = 0; i < r->n_scripts; i++)
        if (strcmp(r->scripts[i].path, path) == 0)
            return &r->scripts[i];
    return NULL;
}

static void merge_scripts(struct result *into, const struct result *from)
{
    for (size_t i = 0; i < from->n_scripts; i++) {
        const struct result_script *other = &from->scripts[i];
        const struct result_script *own = script_of(into, other->path);
        if (own != NULL && strcmp(own->sha256, other->sha256) != 0)
            note(into, "The script %s is not the same in all results", other->path);
        if (own != NULL)
            continue;
        note(into, "The results are of different scripts: not all have %s", other->path);
        result_add_script(into, other->path, other->sha256, other->text);
    }
    for (size_t i = 0; i < into->n_scripts; i++)
        if (script_of(from, into->scripts[i].path) == NULL)
            note(into, "The results are of different scripts: not all have %s",
                 into->scripts[i].path);
}

static void merge_machines(struct result *into, const struct result *from)
{
    for (size_t i = 0; i < from->n_machines; i++) {
        const struct result_machine *other = &from->machines[i];
        bool is_there = false;
        for (size_t k = 0; k < into->n_machines && !is_there; k++)
            is_there = strcmp(into->machines[k].name, other->name) == 0;
        if (is_there)
            continue;
        if (into->n_machines > 0)
            note(into, "The load came from several machines: %s and %s", into->machines[0].name,
                 other->name);
        result_add_machine(into, other->name, other->system, other->cpu, other->cores);
    }
}

static void merge_usage(struct result_usage *into, const struct result_usage *from)
{
    into->run_s = fmax(into->run_s, from->run_s);
    into->cpu_share = fmax(into->cpu_share, from->cpu_share);
    if (from->lag_peak_ms > into->lag_peak_ms) {
        into->lag_peak_ms = from->lag_peak_ms;
        into->lag_peak_at_s = from->lag_peak_at_s;
    }
    into->pause_peak_ms = fmax(into->pause_peak_ms, from->pause_peak_ms);
    into->no_descriptors += from->no_descriptors;
    into->no_ports += from->no_ports;
    into->is_doubtful = into->is_doubtful || from->is_doubtful;
    histogram_merge(&into->lag, &from->lag);
}

/* Options that say where something is written, or are another number in each run. */
static bool may_differ(const char *name)
{
    static const char *const names[] = {"seed",     "result",     "html",    "junit",
                                        "markdown", "csv",        "json",    "hgrm",
                                        "hdr",      "json_file",  "profile", "log_file",
                                        "bind",     "logfile",    "host",    "config",
                                        "loglevel", "locustfile", "otlp",    "prometheus"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void compare_options(struct result *into, const struct result *from)
{
    const char *name;
    json_t *value;
    json_object_foreach (into->options, name, value)
        if (!may_differ(name) && !json_equal(value, json_object_get(from->options, name)))
            note(into, "The results differ in the option --%s", name);
    json_object_foreach (from->options, name, value)
        if (!may_differ(name) && json_object_get(into->options, name) == NULL)
            note(into, "The results differ in the option --%s", name);
}

static struct threshold_row copy_of(const struct threshold_row *row)
{
    struct threshold_row copy = *row;
    copy.text = xstrdup(row->text);
    copy.metric = xstrdup(row->metric);
    copy.entry = xstrdup(row->entry);
    copy.op = xstrdup(row->op);
    copy.unit = xstrdup(row->unit);
    copy.shown = xstrdup(row->shown);
    copy.reason = xstrdup(row->reason);
    return copy;
}

static void merge_thresholds(struct result *into, const struct result *from)
{
    size_t n = into->n_thresholds;
    into->thresholds =
        xreallocarray(into->thresholds, n + from->n_thresholds + 1, sizeof into->thresholds[0]);
    for (size_t i = 0; i < from->n_thresholds; i++) {
        bool is_there = false;
        for (size_t k = 0; k < n && !is_there; k++)
            is_there = strcmp(into->thresholds[k].text, from->thresholds[i].text) == 0;
        if (!is_there)
            into->thresholds[into->n_thresholds++] = copy_of(&from->thresholds[i]);
    }
    for (size_t i = 0; i < into->n_thresholds; i++) {
        struct threshold_row *row = &into->thresholds[i];
        row->verdict = THRESHOLD_NOT_JUDGED;
        row->has_value = false;
        result_set_text(&row->shown, "-");
        result_set_text(&row->reason, "the results were merged after it was judged");
    }
}

/* The lower, the more it counts: the order of the exit codes. */
static int rank_of(int code)
{
    static const int order[] = {130, 143, 2, 3, 4, 1, 0};
    for (int i = 0; i < (int)(sizeof order / sizeof order[0]); i++)
        if (order[i] == code)
            return i;
    return -1; // a script's own
}

static void merge_end(struct result *into, const struct result *from)
{
    if (strcmp(into->end, from->end) != 0) {
        char *both = xasprintf("%s, %s", into->end, from->end);
        if (strstr(into->end, from->end) == NULL)
            result_set_text(&into->end, both);
        free(both);
    }
    into->is_cut_short = into->is_cut_short || from->is_cut_short;
    if (into->has_own_code ||
        (!from->has_own_code && rank_of(from->exit_code) >= rank_of(into->exit_code)))
        return;
    into->has_own_code = from->has_own_code;
    into->exit_code = from->exit_code;
    result_set_text(&into->exit_reason, from->exit_reason);
}

int result_merge(struct result *into, const struct result *from, struct err *err)
{
    double seconds = fmax(into->ended_s - into->started_s, from->ended_s - from->started_s);
    bool had_slots = into->stats->slots != NULL || from->stats->slots != NULL;
    if (merge_stats(into->stats, from->stats, err) < 0)
        return -1;
    if (had_slots && into->stats->slots == NULL)
        note(into, "Not all results have figures for each ten seconds: there are none of all");
    merge_text(into, &into->version, from->version, "version of katydid");
    merge_text(into, &into->host, from->host, "host");
    merge_text(into, &into->profile, from->profile, "profile");
    merge_text(into, &into->commit, from->commit, "commit");
    merge_scripts(into, from);
    merge_machines(into, from);
    compare_options(into, from);
    for (size_t i = 0; i < from->n_notes; i++)
        result_add_note(into, from->notes[i]);
    if (into->task_ratio != NULL && !json_equal(into->task_ratio, from->task_ratio)) {
        json_decref(into->task_ratio);
        into->task_ratio = NULL;
    }
    merge_thresholds(into, from);
    merge_usage(&into->usage, &from->usage);
    merge_end(into, from);
    into->ended_s = into->started_s + seconds;
    into->n_runs += from->n_runs;
    return 0;
}
