/* judge_again -- see judge_again.h. */
// SPDX-License-Identifier: MIT
#include "app/judge_again.h"

#include <stdlib.h>
#include <string.h>

#include "app/judge.h"
#include "app/run_options.h"
#include "app/verdict.h"
#include "base/log.h"
#include "base/mem.h"

#define LOGGER "katydid.report"

/* The row of this text; NULL: there is none. */
static struct threshold_row *row_of(const struct result *r, const char *text)
{
    for (size_t i = 0; i < r->n_thresholds; i++)
        if (strcmp(r->thresholds[i].text, text) == 0)
            return &r->thresholds[i];
    return NULL;
}

static void swap(struct threshold_row *a, struct threshold_row *b)
{
    struct threshold_row kept = *a;

    *a = *b;
    *b = kept;
}

/* What only those saw who watched the run. */
static void settle_row(const struct result *r, struct threshold_row *row)
{
    struct threshold_row *before = row_of(r, row->text);
    bool is_told = before != NULL && r->n_runs == 1;

    if (is_told && (row->window_s > 0 || (row->aborts && before->verdict == THRESHOLD_CROSSED)))
        swap(row, before);
}

static struct threshold_doubts doubts_of(const struct result *r, const struct options *o)
{
    bool allowed = json_is_true(json_object_get(r->options, "allow_saturated"));

    return (struct threshold_doubts){
        .lag_ms = histogram_percentile(&r->usage.lag, 0.99),
        .allow_saturated = allowed || options_flag(o, OPT_ALLOW_SATURATED),
        .no_descriptors = r->usage.no_descriptors,
        .no_ports = r->usage.no_ports,
        .is_cut_short = r->is_cut_short,
    };
}

static int judge_all(struct result *r, const struct thresholds *all, const struct options *o,
                     struct err *err)
{
    struct threshold_doubts doubts = doubts_of(r, o);
    size_t n = thresholds_count(all);
    struct threshold_row *rows;

    if (thresholds_check_metrics(all, &r->stats->metrics, err) < 0)
        return -1;
    rows = n > 0 ? thresholds_judge(all, r->stats, &doubts, false) : NULL;
    for (size_t i = 0; i < n; i++)
        settle_row(r, &rows[i]);
    threshold_rows_free(r->thresholds, r->n_thresholds);
    r->thresholds = rows;
    r->n_thresholds = n;
    return 0;
}

static enum run_end why_of(const struct result *r)
{
    if (strstr(r->end, "error in the shape") != NULL)
        return RUN_END_SHAPE_ERROR;
    if (strstr(r->end, "a user could not be made") != NULL)
        return RUN_END_SPAWN_ERROR;
    return RUN_END_NONE;
}

/* The code that was given here, or in the run: *is_given, where it is not the default. */
static int code_on_error(const struct result *r, const struct options *o, bool *is_given)
{
    const json_t *of_run = json_object_get(r->options, "exit_code_on_error");
    int preset = (int)options_int(o, OPT_EXIT_CODE_ON_ERROR);

    *is_given = options_is_given(o, OPT_EXIT_CODE_ON_ERROR);
    if (*is_given || !json_is_integer(of_run) || json_integer_value(of_run) == preset)
        return preset;
    *is_given = true;
    return (int)json_integer_value(of_run) & 0xff;
}

static void settle_code(struct result *r, const struct options *o, bool judges_exceptions)
{
    static const char listener[] = "A listener of an event failed";
    const char *reason = NULL;
    bool has_code = false;
    int on_error = code_on_error(r, o, &has_code);
    struct verdict v = {
        .why = why_of(r),
        .requests = r->stats->total->requests,
        .measured = r->stats->metrics.last_s > 0,
        .in_flight = r->stats->in_flight_at_end,
        .has_failures = r->stats->failures.n > 0,
        .has_exceptions = r->stats->exceptions.n > 0,
        .listener_errors = strcmp(r->exit_reason, listener) == 0,
        .code_on_error = on_error,
        .has_code_on_error = has_code,
        .n_thresholds = r->n_thresholds,
        .n_crossed = judge_count(r->thresholds, r->n_thresholds, THRESHOLD_CROSSED),
        .n_not_judged = judge_count(r->thresholds, r->n_thresholds, THRESHOLD_NOT_JUDGED),
        .judges_exceptions = judges_exceptions,
    };

    if (r->has_own_code || r->exit_code == 130 || r->exit_code == 143)
        return;
    r->exit_code = verdict_exit_code(&v, &reason);
    result_set_text(&r->exit_reason, reason != NULL ? reason : "");
    if (reason != NULL)
        log_error(LOGGER, "%s", reason);
}

int judge_again(struct result *r, const struct options *o, struct err *err)
{
    struct thresholds *all = thresholds_new();
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < r->n_thresholds; i++)
        rc = thresholds_add(all, str_of(r->thresholds[i].text), err);
    if (rc == 0)
        rc = judge_add_options(all, o, err);
    if (rc == 0)
        rc = judge_all(r, all, o, err);
    if (rc == 0)
        settle_code(r, o, r->n_thresholds > 0 && thresholds_have_exceptions(all));
    thresholds_free(all);
    return rc;
}
