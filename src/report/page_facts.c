/* page_facts -- see page_facts.h. */
// SPDX-License-Identifier: MIT
#include "report/page_facts.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "report/outcome.h"
#include "report/page_json.h"
#include "report/view.h"

static json_t *title_of(const struct result *r)
{
    struct buf title = BUF_INIT;

    outcome_add_title(&title, r);
    return page_taken(&title);
}

static void add_counted(json_t *list, uint64_t n, const char *one, const char *many)
{
    struct buf text = BUF_INIT;

    if (n == 0)
        return;
    buf_addf(&text, "%" PRIu64 " %s", n, n == 1 ? one : many);
    json_array_append_new(list, page_taken(&text));
}

static json_t *verdict_of(const struct result *r)
{
    static const char *const classes[] = {
        [OUTCOME_PASSED] = "passed",
        [OUTCOME_FAILED] = "failed",
        [OUTCOME_NOT_JUDGED] = "unjudged",
        [OUTCOME_BROKEN] = "broken",
    };
    enum outcome outcome = outcome_of(r);
    struct buf reason = BUF_INIT;
    json_t *verdict = json_object();

    outcome_add_reason(&reason, r);
    json_object_set_new(verdict, "code", json_integer(r->exit_code));
    json_object_set_new(verdict, "outcome", json_string(classes[outcome]));
    json_object_set_new(verdict, "title", json_string(outcome_name(outcome)));
    json_object_set_new(verdict, "reason", page_taken(&reason));
    json_object_set_new(verdict, "end", page_text(r->end));
    return verdict;
}

static json_t *run_of(const struct result *r)
{
    const struct history *h = &r->stats->history;
    uint64_t users = 0;
    json_t *run = json_object();

    for (size_t i = 0; i < h->n; i++)
        users = h->samples[i].users > users ? h->samples[i].users : users;
    json_object_set_new(run, "start", page_fixed(r->started_s, 1));
    json_object_set_new(run, "seconds", page_fixed(fmax(0, r->ended_s - r->started_s), 1));
    json_object_set_new(run, "users", json_integer((json_int_t)users));
    json_object_set_new(run, "profile", page_text(r->profile));
    json_object_set_new(run, "host", page_text(r->host));
    return run;
}

/* Why the figures are to be doubted; "": they aren't. */
static json_t *doubt_of(const struct result *r)
{
    return page_text(r->usage.is_doubtful
                         ? "Katydid itself was busy: answers had to wait for it, so response times "
                           "may be too long (see \"The load generator\")."
                         : "");
}

static json_t *notes_of(const struct result *r)
{
    const struct stats *s = r->stats;
    json_t *notes = json_array();

    for (size_t i = 0; i < r->n_notes; i++)
        json_array_append_new(notes, page_text(r->notes[i]));
    add_counted(notes, s->in_flight_at_end,
                "request was in flight at the end, and is counted nowhere",
                "requests were in flight at the end, and are counted nowhere");
    add_counted(notes, s->transactions_cut_off,
                "transaction was cut off by the end, and is counted nowhere",
                "transactions were cut off by the end, and are counted nowhere");
    add_counted(notes, s->names_left_out,
                "request is counted under \"" STATS_OTHER_NAME "\": there were too many names",
                "requests are counted under \"" STATS_OTHER_NAME "\": there were too many names");
    add_counted(notes, s->metrics.left_out,
                "value is counted under \"" METRIC_OTHER_NAME
                "\": there were too many names of checks and metrics",
                "values are counted under \"" METRIC_OTHER_NAME
                "\": there were too many names of checks and metrics");
    return notes;
}

/* A group's rows, borrowed from `about`. */
static json_t *begin_group(json_t *about, const char *title)
{
    json_t *rows = json_array(), *group = json_object();

    json_object_set_new(group, "title", json_string(title));
    json_object_set_new(group, "rows", rows);
    json_array_append_new(about, group);
    return rows;
}

/* A row of a group, of a value that is taken; none where it is empty. */
static void add_row(json_t *rows, const char *name, json_t *value)
{
    json_t *row = json_array();

    if (json_string_length(value) == 0) {
        json_decref(value);
        json_decref(row);
        return;
    }
    json_array_append_new(row, page_text(name));
    json_array_append_new(row, value);
    json_array_append_new(rows, row);
}

static json_t *utc(double wall_s)
{
    struct buf text = BUF_INIT;

    if (wall_s > 0)
        text_add_utc(&text, wall_s);
    return page_taken(&text);
}

static json_t *shown_ms(double ms)
{
    struct buf text = BUF_INIT;

    view_add_time(&text, ms, 0);
    buf_add_cstr(&text, " ms");
    return page_taken(&text);
}

static void add_run(json_t *about, const struct result *r)
{
    json_t *rows = begin_group(about, "The run");
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < r->n_scripts; i++) {
        const struct result_script *script = &r->scripts[i];
        buf_add_cstr(&text, script->path);
        if (script->sha256 != NULL && script->sha256[0] != '\0')
            buf_addf(&text, "\nSHA-256 %s", script->sha256);
        add_row(rows, i == 0 ? "Script" : "", page_taken(&text));
    }
    add_row(rows, "Commit", page_text(r->commit));
    add_row(rows, "Host", page_text(r->host));
    add_row(rows, "Profile", page_text(r->profile));
    add_row(rows, "Started", utc(r->started_s));
    add_row(rows, "Ended", utc(r->ended_s));
    add_row(rows, "Ended by", page_text(r->end));
    // Each of several runs had its own.
    if (r->n_runs > 1)
        buf_addf(&text, "%u, merged", r->n_runs);
    else
        buf_addf(&text, "%" PRIu64, r->seed);
    add_row(rows, r->n_runs > 1 ? "Runs" : "Seed", page_taken(&text));
    buf_addf(&text, "%d", r->exit_code);
    add_row(rows, "Exit code", page_taken(&text));
}

/* With what, and where. */
static void add_versions(json_t *about, const struct result *r)
{
    json_t *rows = begin_group(about, "Versions and machine");
    struct buf text = BUF_INIT;
    const char *key;
    json_t *value;

    add_row(rows, "Katydid", page_text(r->version));
    json_object_foreach (r->libraries, key, value)
        add_row(rows, key, page_text(json_string_value(value)));
    for (size_t i = 0; i < r->n_machines; i++) {
        const struct result_machine *m = &r->machines[i];
        buf_addf(&text, "%s\n%s\n%s", m->name, m->system, m->cpu);
        if (m->cores > 0)
            buf_addf(&text, ", %u core%s", m->cores, m->cores == 1 ? "" : "s");
        add_row(rows, "Machine", page_taken(&text));
    }
}

/* Whether the figures are to be trusted: how long answers had to wait for ourselves. */
static void add_generator(json_t *about, const struct result *r)
{
    static const double shares[] = {0.5, 0.99, 0.999};
    static const char *const names[] = {"Loop's lag, median", "Loop's lag, 99%",
                                        "Loop's lag, 99.9%"};
    const struct result_usage *u = &r->usage;
    struct buf text = BUF_INIT;
    double values[3];

    if (u->run_s <= 0)
        return;
    json_t *rows = begin_group(about, "The load generator");
    buf_addf(&text, "%.1f%% of one core", u->cpu_share * 100);
    add_row(rows, "CPU", page_taken(&text));
    view_percentile_values_at(&u->lag, shares, 3, values);
    for (size_t i = 0; i < 3 && u->lag.count > 0; i++)
        add_row(rows, names[i], shown_ms(values[i]));
    view_add_time(&text, u->lag_peak_ms, 0);
    buf_addf(&text, " ms, %.1f s into the run", u->lag_peak_at_s);
    add_row(rows, "Loop's lag, longest", page_taken(&text));
    add_row(rows, "Garbage collector's longest pause", shown_ms(u->pause_peak_ms));
}

/* Texts one behind the other; false where it is no list of texts. */
static bool add_texts(struct buf *out, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *text = json_string_value(json_array_get(value, i));
        if (text == NULL)
            return false;
        buf_addf(out, "%s%s", i > 0 ? ", " : "", text);
    }
    return json_is_array(value);
}

/* What an option was, in a line; empty where it says nothing. */
static json_t *option_text(const json_t *value)
{
    struct buf text = BUF_INIT;

    if (json_is_null(value) || json_is_false(value) ||
        (json_is_object(value) && json_object_size(value) == 0))
        return page_text("");
    if (json_is_string(value))
        return page_text(json_string_value(value));
    if (json_is_true(value))
        return page_text("yes");
    if (json_is_number(value)) {
        json_t *number = page_number(json_number_value(value));
        char *dump = json_dumps(number, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        buf_add_cstr(&text, dump);
        free(dump);
        json_decref(number);
    } else if (!add_texts(&text, value)) {
        char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        buf_clear(&text);
        buf_add_cstr(&text, dump);
        free(dump);
    }
    return page_taken(&text);
}

/* As one would type it. */
static void add_option(json_t *rows, const char *key, const json_t *value)
{
    struct buf name = BUF_INIT;

    buf_addf(&name, "--%s", key);
    for (size_t i = 0; i < name.n; i++)
        name.p[i] = name.p[i] == '_' ? '-' : name.p[i];
    add_row(rows, buf_cstr(&name), option_text(value));
    buf_release(&name);
}

static void add_options(json_t *about, const struct result *r)
{
    const char *key;
    json_t *value;

    if (json_object_size(r->options) == 0)
        return;
    json_t *rows = begin_group(about, "Options");
    json_object_foreach (r->options, key, value)
        add_option(rows, key, value);
}

void page_facts_add(json_t *data, const struct result *r)
{
    json_t *about = json_array();

    add_run(about, r);
    add_generator(about, r);
    add_versions(about, r);
    add_options(about, r);
    json_object_set_new(data, "title", title_of(r));
    json_object_set_new(data, "verdict", verdict_of(r));
    json_object_set_new(data, "run", run_of(r));
    json_object_set_new(data, "doubt", doubt_of(r));
    json_object_set_new(data, "notes", notes_of(r));
    json_object_set_new(data, "about", about);
}
