/*
 * fuzz_threshold -- thresholds of whatever bytes.
 *
 * What must hold: either there is an error, of characters that a terminal can show, or a threshold that
 * says the same when it is written in full and read again; and it can be judged, with a value that reads
 * as its verdict says.
 *
 * links: base stats run/threshold run/threshold_text run/threshold_words run/threshold_figures
 */
// SPDX-License-Identifier: MIT
#include "run/threshold.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition, text)                                              \
    do {                                                                   \
        if (!(condition)) {                                                \
            fprintf(stderr, "%s\nof '%.*s'\n", #condition, STR_ARG(text)); \
            abort();                                                       \
        }                                                                  \
    } while (0)

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    }
    return false;
}

static void add_quoted(struct buf *out, const char *name)
{
    buf_add_char(out, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"')
            buf_add_char(out, '"');
        buf_add_char(out, *name);
    }
    buf_add_char(out, '"');
}

/* In our grammar, or k6's where ours has no word for it. */
static void write_out(struct buf *out, const struct threshold *t)
{
    static const char *const units[] = {"", "ms", "", "/s"};
    static const char *const parts[] = {"", "count", "rate", "value"};

    if (t->metric == THRESHOLD_CUSTOM)
        add_quoted(out, t->metric_name);
    else
        buf_add_cstr(out, t->metric_name);
    if (t->part != THRESHOLD_OWN)
        buf_addf(out, ": %s", parts[t->part]);
    if (t->entry != NULL) {
        buf_add_cstr(out, " of ");
        add_quoted(out, t->entry);
    }
    buf_addf(out, " %s %.17g%s", threshold_op_text(t->op), t->limit, units[t->unit]);
    if (t->window_s > 0)
        buf_addf(out, " for %us", t->window_s);
    if (t->aborts)
        buf_add_cstr(out, " abort");
}

static bool is_same(const struct threshold *a, const struct threshold *b)
{
    bool same_entry = (a->entry == NULL) == (b->entry == NULL) &&
                      (a->entry == NULL || strcmp(a->entry, b->entry) == 0);
    // A custom metric's share is written as a plain number.
    bool same_unit = a->unit == b->unit || a->metric == THRESHOLD_CUSTOM;

    return same_entry && same_unit && strcmp(a->metric_name, b->metric_name) == 0 &&
           a->metric == b->metric && a->part == b->part && a->percent == b->percent &&
           a->op == b->op && a->limit == b->limit && a->window_s == b->window_s &&
           a->aborts == b->aborts;
}

static void check_again(struct str text, const struct threshold *t)
{
    struct buf full = BUF_INIT;
    struct threshold again;

    write_out(&full, t);
    if (full.n <= THRESHOLD_LENGTH) {
        MUST(threshold_parse(&again, buf_slice(&full), NULL) == 0, text);
        MUST(is_same(t, &again), text);
        threshold_release(&again);
    }
    buf_release(&full);
}

/* By statistics that have something of all names there are. */
static void check_judging(struct str text, const struct threshold *t, struct stats *s)
{
    const struct threshold_doubts doubts = {.lag_ms = 2};
    struct threshold_figures f = {.times = NULL};
    struct buf reason = BUF_INIT, shown = BUF_INIT;
    double value;

    threshold_collect(&f, t, s);
    enum threshold_verdict verdict = threshold_judge(t, &f, &doubts, &value, &reason);
    threshold_add_value(&shown, t, value);
    MUST((verdict == THRESHOLD_NOT_JUDGED) == (reason.n > 0), text);
    MUST(verdict == THRESHOLD_NOT_JUDGED || !isnan(value), text);
    MUST(!has_control(buf_cstr(&shown)) && !has_control(buf_cstr(&reason)), text);
    MUST((strcmp(buf_cstr(&shown), "-") == 0) == isnan(value), text);
    if (t->metric == THRESHOLD_CUSTOM && threshold_check_metric(t, &s->metrics, NULL) == 0)
        MUST(!isnan(value), text);
    buf_release(&reason);
    buf_release(&shown);
    threshold_figures_release(&f);
}

static struct stats *make_stats(void)
{
    struct stats *s = stats_new(100, false);

    for (int i = 0; i < 50; i++)
        stats_log(s, stats_entry(s, STR("GET"), STR("/a"), 100), true, i * 3.7, 10,
                  i % 9 == 0 ? STR("broken") : STR_EMPTY, 110);
    metric_add(&s->metrics, metrics_get(&s->metrics, METRIC_COUNTER, STR("n")), 3, 110);
    metric_add(&s->metrics, metrics_get(&s->metrics, METRIC_TREND, STR("t")), 3, 110);
    metric_add_bool(&s->metrics, metrics_get(&s->metrics, METRIC_RATE, STR("r")), true, 110);
    metric_add_bool(&s->metrics, metrics_get(&s->metrics, METRIC_CHECK, STR("c")), true, 110);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stats *s;
    struct str text = str_make((const char *)data, size);
    struct err err = ERR_INIT;
    struct threshold t;

    if (s == NULL)
        s = make_stats();
    if (threshold_parse(&t, text, &err) < 0) {
        MUST(err_is_set(&err) && !has_control(err.text), text);
        return 0;
    }
    MUST(!err_is_set(&err) && str_equal(str_of(t.text), str_trim(text)), text);
    MUST(t.entry == NULL || threshold_matches(str_of(t.entry), str_of(t.entry)), text);
    check_again(text, &t);
    check_judging(text, &t, s);
    threshold_release(&t);
    return 0;
}
