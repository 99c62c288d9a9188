/* results -- see results.h. */
// SPDX-License-Identifier: MIT
#include "app/results.h"

#include <stdlib.h>

#include "app/judge.h"
#include "app/provenance.h"
#include "app/run_options.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/url.h"

static const char *end_name(enum run_end why)
{
    static const char *const names[] = {
        [RUN_END_NONE] = "",
        [RUN_END_RUN_TIME] = "run time",
        [RUN_END_SHAPE] = "shape",
        [RUN_END_SHAPE_ERROR] = "error in the shape",
        [RUN_END_USERS_GONE] = "all users ended",
        [RUN_END_ITERATIONS] = "iterations",
        [RUN_END_SCRIPT] = "script",
        [RUN_END_SIGNAL] = "signal",
        [RUN_END_SPAWN_ERROR] = "a user could not be made",
        [RUN_END_THRESHOLD] = "threshold",
    };

    return names[why];
}

static void hide(json_t *all, const struct option *option)
{
    char *key = xstrdup(option->name);

    for (char *p = key; *p != '\0'; p++)
        *p = *p == '-' ? '_' : *p;
    if (json_object_get(all, key) != NULL)
        json_object_set_new(all, key, json_string(OPTION_HIDDEN));
    free(key);
}

/* The options as they held: those that are secret, and passwords in URLs, hidden. */
static json_t *shown_options(const struct options *o)
{
    json_t *all = options_json(o);
    bool shows = options_flag(o, OPT_SHOW_SECRETS);
    const char *key;
    json_t *value;
    struct buf masked = BUF_INIT;

    for (size_t i = 0; !shows && i < o->n; i++) {
        if (o->table[i].is_secret)
            hide(all, &o->table[i]);
    }
    json_object_foreach (all, key, value) {
        if (shows || !json_is_string(value))
            continue;
        buf_clear(&masked);
        url_mask(&masked, str_of(json_string_value(value)));
        json_string_setn_nocheck(value, buf_slice(&masked).p, buf_slice(&masked).n);
    }
    buf_release(&masked);
    return all;
}

/* What the generator says of itself, for the reports that aren't the log. */
static void add_usage_notes(struct result *r, const struct usage *usage)
{
    static void (*const add[])(struct buf *, const struct usage *) = {usage_add_busy,
                                                                      usage_add_line};
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < sizeof add / sizeof add[0]; i++) {
        buf_clear(&text);
        add[i](&text, usage);
        if (text.n > 0)
            result_add_note(r, buf_cstr(&text));
    }
    buf_release(&text);
}

static void take_usage(struct result_usage *to, const struct usage *from)
{
    to->run_s = usage_run_s(from);
    to->cpu_share = usage_cpu_share(from);
    histogram_copy(&to->lag, &from->lag);
    to->lag_peak_ms = (double)from->lag_peak.ns / NS_PER_MS;
    to->lag_peak_at_s = from->lag_peak.at_s;
    to->pause_peak_ms = (double)from->pause_peak.ns / NS_PER_MS;
    to->no_descriptors = from->no_descriptors;
    to->no_ports = from->no_ports;
    to->is_doubtful = usage_lag_is_high(from) || usage_pause_is_high(from);
}

struct result *results_begin(const struct options *o, char *(*get)(const char *name))
{
    struct result *r = result_new();
    size_t n;
    const char *const *scripts = options_list(o, OPT_LOCUSTFILE, &n);

    provenance_add_scripts(r, scripts, n, options_flag(o, OPT_HTML_SCRIPT));
    provenance_add_machine(r);
    provenance_add_commit(r, get);
    provenance_add_libraries(r);
    result_set_text(&r->version, KATYDID_VERSION);
    return r;
}

/* As --show-task-ratio-json prints it; NULL where the script's classes have none. */
static json_t *task_ratio(const struct results_source *source)
{
    const struct options *o = source->options;
    size_t users = options_is_given(o, OPT_USERS) ? (size_t)options_int(o, OPT_USERS) : 0;
    char *text = script_driver_ratio(source->driver, users, true, NULL);
    json_t *ratio = text != NULL ? json_loads(text, 0, NULL) : NULL;

    free(text);
    return ratio;
}

void results_end(struct result *r, const struct results_source *source)
{
    const struct options *o = source->options;
    const char *profile = options_text(o, OPT_PROFILE);

    json_decref(r->options);
    r->options = shown_options(o);
    r->task_ratio = task_ratio(source);
    if (options_text(o, OPT_HOST) != NULL)
        result_set_text(&r->host, json_string_value(json_object_get(r->options, "host")));
    if (profile != NULL)
        result_set_text(&r->profile, profile);
    result_set_text(&r->end, end_name(runner_why(source->runner)));
    if (source->exit_reason != NULL)
        result_set_text(&r->exit_reason, source->exit_reason);
    r->started_s = source->started_s;
    r->ended_s = source->ended_s;
    r->seed = source->seed;
    r->is_cut_short = judge_is_cut_short(source->runner);
    r->has_own_code = source->has_own_code;
    r->exit_code = source->exit_code;
    r->thresholds = source->thresholds;
    r->n_thresholds = source->n_thresholds;
    take_usage(&r->usage, source->usage);
    add_usage_notes(r, source->usage);
    r->stats = source->stats;
}
