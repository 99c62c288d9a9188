/* threshold_text -- what a threshold asks, as it is written. */
// SPDX-License-Identifier: MIT
#include "run/threshold_text.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "run/threshold_words.h"

#define LONGEST_WINDOW 86400
#define METRICS 15

const char *const threshold_metrics[METRICS + 1] = {
    "p50",    "p90", "p95",      "p99",      "p99.9",      "avg",        "min",         "max",
    "median", "rps", "requests", "failures", "fail_ratio", "exceptions", "check_ratio", NULL};

/* By its name in our grammar, and what a value of it is. */
static const struct {
    const char *name;
    enum threshold_metric metric;
    enum threshold_unit unit;
} metrics[] = {
    {"avg", THRESHOLD_AVERAGE, THRESHOLD_MS},
    {"min", THRESHOLD_MIN, THRESHOLD_MS},
    {"max", THRESHOLD_MAX, THRESHOLD_MS},
    {"median", THRESHOLD_MEDIAN, THRESHOLD_MS},
    {"rps", THRESHOLD_RATE, THRESHOLD_A_SECOND},
    {"requests", THRESHOLD_REQUESTS, THRESHOLD_NUMBER},
    {"failures", THRESHOLD_FAILURES, THRESHOLD_NUMBER},
    {"fail_ratio", THRESHOLD_FAIL_RATIO, THRESHOLD_RATIO},
    {"exceptions", THRESHOLD_EXCEPTIONS, THRESHOLD_NUMBER},
    {"check_ratio", THRESHOLD_CHECK_RATIO, THRESHOLD_RATIO},
};

#define N_METRICS (sizeof metrics / sizeof metrics[0])

/* k6's metrics, and what its aggregates mean for each; NULL: nothing here. Its times are those of
 * http_req_duration alone. */
static const struct {
    const char *name, *rate, *count;
    bool has_times;
} k6_metrics[] = {
    {"http_req_duration", NULL, NULL, true},
    {"http_req_failed", "fail_ratio", "failures", false},
    {"http_reqs", "rps", "requests", false},
    {"checks", "check_ratio", NULL, false},
};

/* What k6 measures and we don't, or by another name. */
static const char *const k6_others[] = {
    "http_req_blocked",
    "http_req_connecting",
    "http_req_tls_handshaking",
    "http_req_sending",
    "http_req_waiting",
    "http_req_receiving",
    "iterations",
    "iteration_duration",
    "group_duration",
    "dropped_iterations",
    "data_received",
    "data_sent",
    "vus",
    "vus_max",
};

static const struct {
    const char *text;
    enum threshold_op op;
} ops[] = {
    {"===", THRESHOLD_EQUAL},  {"==", THRESHOLD_EQUAL},    {"!=", THRESHOLD_NOT_EQUAL},
    {"<=", THRESHOLD_AT_MOST}, {">=", THRESHOLD_AT_LEAST}, {"<", THRESHOLD_LESS},
    {">", THRESHOLD_GREATER},
};

#define N_OPS (sizeof ops / sizeof ops[0])

// --- value, duration -----------------------------------------------------------------------------

static const struct {
    const char *name;
    enum threshold_unit unit;
    double factor;
} units[] = {
    {"us", THRESHOLD_MS, 1e-3}, {"ms", THRESHOLD_MS, 1},      {"s", THRESHOLD_MS, 1e3},
    {"m", THRESHOLD_MS, 60e3},  {"%", THRESHOLD_RATIO, 0.01}, {"/s", THRESHOLD_A_SECOND, 1},
};

#define N_UNITS (sizeof units / sizeof units[0])

static const char *expected_value(const struct threshold *t)
{
    switch (t->metric) {
    case THRESHOLD_CUSTOM:
        return "a number, with ms, s, % or /s behind it where that fits";
    case THRESHOLD_RATE:
        return "requests a second, such as 100 or 100/s";
    case THRESHOLD_FAIL_RATIO:
    case THRESHOLD_CHECK_RATIO:
        return "a share of 0% to 100%, such as 1% or 0.01";
    case THRESHOLD_REQUESTS:
    case THRESHOLD_FAILURES:
    case THRESHOLD_EXCEPTIONS:
        return "a whole number";
    default:
        return "a time such as 300ms or 1.5s";
    }
}

static size_t number_length(struct str s)
{
    size_t n = 0;

    while (n < s.n && (isdigit((unsigned char)s.p[n]) || memchr("+-.", s.p[n], 3) != NULL ||
                       ((s.p[n] == 'e' || s.p[n] == 'E') && n > 0)))
        n++;
    return n;
}

static bool fits(const struct threshold *t, bool has_unit, enum threshold_unit unit, double value)
{
    if (t->metric == THRESHOLD_CUSTOM)
        return true;
    if ((has_unit && unit != t->unit) || value < 0)
        return false;
    if (t->unit == THRESHOLD_RATIO)
        return value <= 1;
    bool is_count = t->unit == THRESHOLD_NUMBER;
    return !is_count || value == floor(value);
}

/* Cuts the value, with its unit, from *rest. */
static int read_value(struct threshold *t, struct str *rest, struct err *err)
{
    struct str all = str_trim(*rest);
    size_t n = number_length(all);
    double value;
    struct str behind = str_trim(str_slice(all, n, all.n)), after = behind;
    struct str name = threshold_cut_word(&after);
    bool has_unit = false;
    enum threshold_unit unit = THRESHOLD_NUMBER;

    if (text_parse_double(str_slice(all, 0, n), -DBL_MAX, DBL_MAX, &value, NULL) < 0)
        return threshold_refuse(expected_value(t), all, err);
    for (size_t i = 0; i < N_UNITS; i++) {
        if (str_equal(name, str_of(units[i].name))) {
            has_unit = true;
            unit = units[i].unit;
            value *= units[i].factor;
        }
    }
    bool is_glued = !has_unit && name.n > 0 && name.p == all.p + n;
    size_t shown_n = is_glued || has_unit ? (size_t)(name.p - all.p) + name.n : n;
    if (is_glued || !fits(t, has_unit, unit, value))
        return threshold_refuse(expected_value(t), str_slice(all, 0, shown_n), err);
    t->limit = value;
    if (t->metric == THRESHOLD_CUSTOM)
        t->unit = unit;
    *rest = has_unit ? after : behind;
    return 0;
}

static int read_window(struct threshold *t, struct str *rest, struct err *err)
{
    struct str duration = threshold_cut_word(rest);
    int64_t seconds;

    if (text_parse_timespan(duration, &seconds, NULL) < 0 || seconds < 1 ||
        seconds > LONGEST_WINDOW)
        return threshold_refuse("whole seconds behind 'for', such as 10s or 1m30s", duration, err);
    t->window_s = (unsigned)seconds;
    return 0;
}

/* A count that grows is not yet known to be too small. */
static bool is_final_early(const struct threshold *t)
{
    bool grows = t->metric == THRESHOLD_REQUESTS || t->metric == THRESHOLD_FAILURES ||
                 t->metric == THRESHOLD_EXCEPTIONS;
    bool wants_more =
        t->op == THRESHOLD_GREATER || t->op == THRESHOLD_AT_LEAST || t->op == THRESHOLD_NOT_EQUAL;

    return !grows || !wants_more || t->window_s > 0;
}

/* "[for DURATION] [abort]" */
static int read_end(struct threshold *t, struct str rest, struct err *err)
{
    static const char *const words[] = {"for", "abort"};
    struct str word = threshold_cut_word(&rest);

    if (str_equal(word, STR("for"))) {
        if (read_window(t, &rest, err) < 0)
            return -1;
        word = threshold_cut_word(&rest);
    }
    if (str_equal(word, STR("abort"))) {
        t->aborts = true;
        word = threshold_cut_word(&rest);
    }
    if (word.n > 0) {
        const char *near = nearest_name(word, words, 2);
        if (near != NULL && !str_equal(word, str_of(near)))
            return threshold_refuse_name("word", word, near, "", err);
        return threshold_refuse("'for DURATION', 'abort' or nothing behind the value", word, err);
    }
    if (t->aborts && !is_final_early(t))
        return err_set(err, "abort has no meaning here: %s can still grow until the run is over",
                       t->metric_name);
    return 0;
}

// --- metric and entry ----------------------------------------------------------------------------

/* "p95", "p(95)": its number; false: it is none. */
static bool read_percent(struct str s, double *percent)
{
    if (s.n > 3 && str_starts(s, STR("p(")) && s.p[s.n - 1] == ')')
        s = str_slice(s, 2, s.n - 1);
    else if (s.n > 1 && s.p[0] == 'p' && isdigit((unsigned char)s.p[1]))
        s = str_slice(s, 1, s.n);
    else
        return false;
    return text_parse_double(str_trim(s), 0, DBL_MAX, percent, NULL) == 0;
}

/* A metric of ours by its name; false: none of these. */
static bool take_metric(struct threshold *t, struct str name)
{
    for (size_t i = 0; i < N_METRICS; i++) {
        if (str_equal(name, str_of(metrics[i].name))) {
            t->metric = metrics[i].metric;
            t->unit = metrics[i].unit;
            t->metric_name = str_dup(name);
            return true;
        }
    }
    return false;
}

/* 1: it is a percentile; 0: it isn't one; -1: it is one that can't be. */
static int take_percentile(struct threshold *t, struct str name, struct err *err)
{
    if (!read_percent(name, &t->percent))
        return 0;
    if (t->percent <= 0 || t->percent >= 100)
        return threshold_refuse("a percentile above p0 and below p100 (else 'min' or 'max')", name,
                                err);
    t->metric = THRESHOLD_PERCENTILE;
    t->unit = THRESHOLD_MS;
    t->metric_name = xasprintf("p%.10g", t->percent);
    return 1;
}

/* In our grammar: one of ours, or whatever name for a custom one. */
static int read_metric(struct threshold *t, struct str name, struct err *err)
{
    int rc = take_percentile(t, name, err);

    if (rc != 0 || take_metric(t, name))
        return rc < 0 ? -1 : 0;
    if (str_equal(name, STR("med")))
        return take_metric(t, STR("median")) ? 0 : -1;
    t->metric = THRESHOLD_CUSTOM;
    t->part = THRESHOLD_OWN;
    t->metric_name = threshold_read_name(name, err);
    return t->metric_name != NULL ? 0 : -1;
}

/* An entry without quotes ends at the operator, and so holds no " for ". */
static int read_entry(struct threshold *t, struct str text, struct err *err)
{
    if (text.n == 0)
        return err_set(err, "expected a name behind 'of'");
    if (text.p[0] != '"' && str_contains(text, STR(" for ")))
        return err_set(err, "'for' stands behind the value; a name that holds ' for ' stands in "
                            "double quotes");
    t->entry = threshold_read_name(text, err);
    return t->entry != NULL ? 0 : -1;
}

/* "METRIC [of ENTRY]" */
static int read_left(struct threshold *t, struct str left, struct err *err)
{
    size_t n = 0;

    if (left.n > 0 && left.p[0] == '"')
        n = threshold_quoted_length(left);
    while (n < left.n && !threshold_is_blank(left.p[n]))
        n++;
    struct str rest = str_slice(left, n, left.n);
    if (left.n == 0)
        return threshold_refuse("a metric such as p95 or fail_ratio", left, err);
    if (read_metric(t, str_slice(left, 0, n), err) < 0)
        return -1;
    struct str of = threshold_cut_word(&rest);
    if (of.n == 0)
        return 0;
    if (!str_equal(of, STR("of")))
        return threshold_refuse(
            "'of' and a name, or an operator (<, <=, >, >=, ==, !=), behind the metric", of, err);
    if (t->metric == THRESHOLD_EXCEPTIONS)
        return err_set(err, "exceptions are counted for the whole run: they have no 'of'");
    if (t->metric == THRESHOLD_CUSTOM) {
        struct str own = str_of(t->metric_name);
        const char *near = nearest_name(own, threshold_metrics, METRICS);
        return threshold_refuse_name(
            "metric", own, near,
            near != NULL ? " before 'of'" : " before 'of' (one of the script has no 'of')", err);
    }
    return read_entry(t, rest, err);
}

// --- k6's form -----------------------------------------------------------------------------------

/* The last colon outside of quotes, braces and parentheses, or n. */
static size_t find_colon(struct str left)
{
    size_t found = left.n, depth = 0;

    for (size_t i = 0; i < left.n; i++) {
        if (threshold_opens_quote(left, i) &&
            threshold_quoted_length(str_slice(left, i, left.n)) > 0)
            i += threshold_quoted_length(str_slice(left, i, left.n)) - 1;
        else if (left.p[i] == '{')
            depth++;
        else if (left.p[i] == '}' && depth > 0)
            depth--;
        else if (left.p[i] == ':' && depth == 0)
            found = i;
    }
    return found;
}

static bool is_k6_form(struct str left)
{
    struct str rest = left;

    if (find_colon(left) == left.n)
        return false;
    if (left.n > 0 && left.p[0] == '"')
        return threshold_quoted_length(left) < left.n &&
               left.p[threshold_quoted_length(left)] == ':';
    threshold_cut_word(&rest);
    return !str_equal(threshold_cut_word(&rest), STR("of"));
}

/* The tags of "http_req_duration{name:GET /login}": of these two the entry comes. */
static int read_tags(struct threshold *t, struct str tags, bool is_check, struct err *err)
{
    struct str name = STR_EMPTY, method = STR_EMPTY;

    while (tags.n > 0) {
        struct str value = str_cut(&tags, ','), key = str_trim(str_cut(&value, ':'));
        value = str_trim(value);
        if (!is_check && str_equal(key, STR("name")))
            name = value;
        else if (!is_check && str_equal(key, STR("method")))
            method = value;
        else if (is_check && str_equal(key, STR("check")))
            name = value;
        else
            return threshold_refuse_name("tag", key, NULL,
                                         is_check
                                             ? ": expected {check:NAME}"
                                             : ": expected {name:NAME}, {method:METHOD} or both",
                                         err);
    }
    if (name.n == 0 && method.n == 0)
        return err_set(err, "expected a tag such as {name:NAME} between the braces");
    t->entry = method.n == 0 ? str_dup(name)
                             : xasprintf("%.*s %.*s", STR_ARG(method), name.n > 0 ? (int)name.n : 1,
                                         name.n > 0 ? name.p : "*");
    return 0;
}

/* "rate" and the like of one of k6's own metrics. */
static int read_k6_aggregate(struct threshold *t, size_t which, struct str aggregate,
                             struct err *err)
{
    const char *ours = str_equal(aggregate, STR("rate"))    ? k6_metrics[which].rate
                       : str_equal(aggregate, STR("count")) ? k6_metrics[which].count
                                                            : NULL;
    int rc = k6_metrics[which].has_times ? take_percentile(t, aggregate, err) : 0;

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (k6_metrics[which].has_times) {
        if (str_equal(aggregate, STR("med")))
            aggregate = STR("median");
        if (take_metric(t, aggregate) && threshold_is_of_times(t))
            return 0;
        return threshold_refuse("p(95), avg, min, med or max of http_req_duration", aggregate, err);
    }
    if (ours != NULL && take_metric(t, str_of(ours)))
        return 0;
    return threshold_refuse(k6_metrics[which].count != NULL ? "rate or count" : "rate", aggregate,
                            err);
}

/* An aggregate of something that isn't k6's own: an entry of ours, or a metric of the script. */
static int read_aggregate(struct threshold *t, struct str subject, struct str aggregate,
                          struct err *err)
{
    static const char *const words[] = {"p(95)", "avg",  "min",   "med",
                                        "max",   "rate", "count", "value"};
    int rc = take_percentile(t, aggregate, err);

    if (rc < 0)
        return -1;
    if (rc == 0 && str_equal(aggregate, STR("med")))
        aggregate = STR("median");
    if (rc > 0 || take_metric(t, aggregate)) {
        if (t->metric == THRESHOLD_EXCEPTIONS)
            return err_set(err, "exceptions are counted for the whole run, not by name");
        return read_entry(t, subject, err);
    }
    t->metric = THRESHOLD_CUSTOM;
    t->part = str_equal(aggregate, STR("rate"))    ? THRESHOLD_SHARE
              : str_equal(aggregate, STR("count")) ? THRESHOLD_COUNT
                                                   : THRESHOLD_VALUE;
    if (t->part == THRESHOLD_VALUE && !str_equal(aggregate, STR("value")))
        return threshold_refuse_name("aggregate", aggregate, nearest_name(aggregate, words, 8),
                                     ": expected p(95), avg, min, med, max, rate, count or value",
                                     err);
    t->metric_name = threshold_read_name(subject, err);
    return t->metric_name != NULL ? 0 : -1;
}

/* "ENTRY: AGGREGATE" */
static int read_k6_left(struct threshold *t, struct str left, struct err *err)
{
    size_t colon = find_colon(left);
    struct str subject = str_trim(str_slice(left, 0, colon)), tags = {NULL, 0};
    struct str aggregate = str_trim(str_slice(left, colon + 1, left.n));
    struct str name = subject;
    size_t brace = str_index(subject, '{');

    if (subject.n == 0)
        return err_set(err, "expected a name before ':'");
    if (brace < subject.n && subject.p[subject.n - 1] == '}') {
        name = str_trim(str_slice(subject, 0, brace));
        tags = str_slice(subject, brace + 1, subject.n - 1);
    }
    for (size_t i = 0; i < sizeof k6_metrics / sizeof k6_metrics[0]; i++) {
        if (!str_equal(name, str_of(k6_metrics[i].name)))
            continue;
        if (read_k6_aggregate(t, i, aggregate, err) < 0)
            return -1;
        return tags.p != NULL ? read_tags(t, tags, t->metric == THRESHOLD_CHECK_RATIO, err) : 0;
    }
    for (size_t i = 0; i < sizeof k6_others / sizeof k6_others[0]; i++) {
        if (str_equal(name, str_of(k6_others[i])))
            return err_set(err, "k6's metric '%s' isn't measured here", k6_others[i]);
    }
    return read_aggregate(t, subject, aggregate, err);
}

// --- the whole -----------------------------------------------------------------------------------

/* Where the operator stands, outside of quotes; *which of `ops`. n: there is none. */
static size_t find_op(struct str text, size_t *which)
{
    for (size_t i = 0; i < text.n; i++) {
        if (threshold_opens_quote(text, i)) {
            size_t n = threshold_quoted_length(str_slice(text, i, text.n));
            i += n > 0 ? n - 1 : 0;
            continue;
        }
        for (*which = 0; *which < N_OPS; (*which)++)
            if (str_starts(str_slice(text, i, text.n), str_of(ops[*which].text)))
                return i;
    }
    return text.n;
}

static int refuse_without_op(struct str text, struct err *err)
{
    if (str_index(text, '=') < text.n)
        return err_set(err, "expected an operator (<, <=, >, >=, ==, !=), got '=' (did you mean "
                            "'=='?)");
    return err_set(err, "expected an operator (<, <=, >, >=, ==, !=) and a value, as in "
                        "'p95 < 300ms'");
}

static int parse(struct threshold *t, struct str text, struct err *err)
{
    size_t which, at = find_op(text, &which);

    if (at == text.n)
        return refuse_without_op(text, err);
    t->op = ops[which].op;
    struct str left = str_trim(str_slice(text, 0, at));
    struct str right = str_slice(text, at + str_of(ops[which].text).n, text.n);
    int rc = is_k6_form(left) ? read_k6_left(t, left, err) : read_left(t, left, err);
    if (rc < 0 || read_value(t, &right, err) < 0)
        return -1;
    return read_end(t, right, err);
}

int threshold_parse(struct threshold *t, struct str text, struct err *err)
{
    struct err why = ERR_INIT;
    struct buf shown = BUF_INIT;

    *t = (struct threshold){.text = NULL};
    text = str_trim(text);
    if (text.n == 0)
        return err_set(err, "expected a threshold such as 'p95 < 300ms', got nothing");
    if (text.n > THRESHOLD_LENGTH)
        return err_set(err, "a threshold of more than %d bytes", THRESHOLD_LENGTH);
    if (memchr(text.p, '\0', text.n) != NULL)
        return err_set(err, "a threshold that holds a zero byte");
    if (parse(t, text, &why) == 0) {
        t->text = str_dup(text);
        return 0;
    }
    threshold_add_quoted(&shown, text);
    err_set(err, "%s: %s", buf_cstr(&shown), why.text);
    buf_release(&shown);
    threshold_release(t);
    return -1;
}

void threshold_release(struct threshold *t)
{
    free(t->text);
    free(t->metric_name);
    free(t->entry);
    *t = (struct threshold){.text = NULL};
}

int threshold_check(struct str text, struct err *err)
{
    struct threshold t;

    if (threshold_parse(&t, text, err) < 0)
        return -1;
    threshold_release(&t);
    return 0;
}

bool threshold_is_of_times(const struct threshold *t)
{
    return t->metric <= THRESHOLD_MEDIAN;
}

const char *threshold_op_text(enum threshold_op op)
{
    static const char *const texts[] = {"<", "<=", ">", ">=", "==", "!="};

    return texts[op];
}
