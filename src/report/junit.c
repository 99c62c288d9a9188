/* junit -- JUnit's XML. */
// SPDX-License-Identifier: MIT
#include "report/junit.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "report/console.h"
#include "report/escape.h"
#include "report/outcome.h"
#include "report/style.h"
#include "report/view.h"

static void add_attribute(struct buf *out, const char *name, struct str value)
{
    buf_addf(out, " %s=\"", name);
    escape_add_xml_attribute(out, value);
    buf_add_char(out, '"');
}

static double run_s(const struct result *r)
{
    return fmax(r->ended_s - r->started_s, 0);
}

/* As the widest-spread schema wants it: UTC, without saying so. */
static void add_timestamp(struct buf *out, double wall_s)
{
    time_t at = (time_t)wall_s;
    struct tm utc;
    char text[32];

    gmtime_r(&at, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    add_attribute(out, "timestamp", str_of(text));
}

static void add_property(struct buf *out, const char *name, struct str value)
{
    buf_add_cstr(out, "      <property");
    add_attribute(out, "name", str_of(name));
    add_attribute(out, "value", value);
    buf_add_cstr(out, "/>\n");
}

static void add_number(struct buf *out, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add_number(struct buf *out, const char *name, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;

    va_start(args, format);
    buf_addv(&text, format, args);
    va_end(args);
    add_property(out, name, buf_slice(&text));
    buf_release(&text);
}

static void add_time(struct buf *out, const char *name, double ms)
{
    struct buf text = BUF_INIT;

    view_add_rounded(&text, ms);
    add_property(out, name, buf_slice(&text));
    buf_release(&text);
}

static void add_properties(struct buf *out, const struct result *r)
{
    const struct entry *total = r->stats->total;
    double values[VIEW_PERCENTILES];

    view_percentile_values(&total->times, values);
    buf_add_cstr(out, "    <properties>\n");
    add_property(out, "katydid", str_of(r->version));
    for (size_t i = 0; i < r->n_scripts; i++)
        add_property(out, "script", str_of(r->scripts[i].path));
    if (*r->profile != '\0')
        add_property(out, "profile", str_of(r->profile));
    if (*r->host != '\0')
        add_property(out, "host", str_of(r->host));
    if (*r->commit != '\0')
        add_property(out, "commit", str_of(r->commit));
    add_number(out, "seed", "%" PRIu64, r->seed);
    add_number(out, "exit_code", "%d", r->exit_code);
    add_number(out, "requests", "%" PRIu64, total->requests);
    add_number(out, "failures", "%" PRIu64, total->failures);
    add_number(out, "exceptions", "%" PRIu64, r->stats->exceptions.total);
    if (total->times.count > 0) {
        add_time(out, "median_ms", values[0]);
        add_time(out, "p95_ms", values[5]);
        add_time(out, "p99_ms", values[7]);
        add_time(out, "max_ms", total->times.max_ms);
    }
    buf_add_cstr(out, "    </properties>\n");
}

/* What goes wrong in a case: `kind` is failure or error. */
static void add_fault(struct buf *out, const char *kind, const char *type, struct str message,
                      struct str body)
{
    buf_addf(out, ">\n      <%s", kind);
    add_attribute(out, "type", str_of(type));
    add_attribute(out, "message", message);
    buf_add_char(out, '>');
    escape_add_xml(out, body);
    buf_addf(out, "</%s>\n    </testcase>\n", kind);
}

static void begin_case(struct buf *out, struct str class, struct str name, double time_s)
{
    buf_add_cstr(out, "    <testcase");
    add_attribute(out, "classname", class);
    add_attribute(out, "name", name);
    buf_addf(out, " time=\"%.3f\"", time_s);
}

static void end_good_case(struct buf *out)
{
    buf_add_cstr(out, "/>\n");
}

static void add_threshold(struct buf *out, struct str class, const struct threshold_row *t)
{
    struct buf message = BUF_INIT;

    begin_case(out, class, str_of(t->text), 0);
    if (t->has_value)
        buf_addf(&message, "measured %s", t->shown);
    if (*t->reason != '\0')
        buf_addf(&message, "%s%s", message.n > 0 ? ": " : "", t->reason);
    if (message.n == 0)
        buf_add_cstr(&message, threshold_verdict_name(t->verdict));
    struct str said = buf_slice(&message);
    if (t->verdict == THRESHOLD_CROSSED)
        add_fault(out, "failure", "crossed", said, said);
    else if (t->verdict == THRESHOLD_NOT_JUDGED)
        add_fault(out, "error", "not judged", said, said);
    else
        end_good_case(out);
    buf_release(&message);
}

/* Failures and exceptions, as the console lists them. */
static void add_lists(struct buf *out, const struct result *r)
{
    console_add_failures(out, r->stats, &STYLE_PLAIN);
    console_add_exceptions(out, r->stats, &STYLE_PLAIN);
}

static void add_run(struct buf *out, struct str class, const struct result *r)
{
    enum outcome outcome = outcome_of(r);
    struct buf type = BUF_INIT, message = BUF_INIT, body = BUF_INIT;

    begin_case(out, class, STR(JUNIT_RUN), run_s(r));
    if (outcome == OUTCOME_PASSED || outcome_is_of_thresholds(r)) {
        end_good_case(out);
        return;
    }
    buf_addf(&type, "exit code %d", r->exit_code);
    outcome_add_reason(&message, r);
    buf_addf(&body, "%s\n", buf_cstr(&message));
    add_lists(&body, r);
    add_fault(out, outcome == OUTCOME_BROKEN ? "error" : "failure", buf_cstr(&type),
              buf_slice(&message), buf_slice(&body));
    buf_release(&type);
    buf_release(&message);
    buf_release(&body);
}

/* tests, failures, errors, time: of the suite, and so of all of them. */
static void add_counts(struct buf *out, const struct result *r)
{
    enum outcome outcome = outcome_of(r);
    bool run_is_bad = outcome != OUTCOME_PASSED && !outcome_is_of_thresholds(r);
    size_t failures = outcome_count(r, THRESHOLD_CROSSED);
    size_t errors = outcome_count(r, THRESHOLD_NOT_JUDGED);

    if (run_is_bad && outcome == OUTCOME_BROKEN)
        errors++;
    else if (run_is_bad)
        failures++;
    buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"%.3f\"",
             r->n_thresholds + 1, failures, errors, run_s(r));
}

static void add_output(struct buf *out, const struct result *r)
{
    struct buf text = BUF_INIT;

    console_add_summary(&text, r->stats, &STYLE_PLAIN, r->ended_s);
    buf_add_cstr(out, "    <system-out>");
    escape_add_xml(out, buf_slice(&text));
    buf_add_cstr(out, "</system-out>\n    <system-err></system-err>\n");
    buf_release(&text);
}

void junit_add(struct buf *out, const struct result *r)
{
    struct buf title = BUF_INIT;

    outcome_add_title(&title, r);
    struct str class = buf_slice(&title);
    buf_add_cstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"katydid\"");
    add_counts(out, r);
    buf_add_cstr(out, ">\n  <testsuite id=\"0\" package=\"katydid\"");
    add_attribute(out, "name", class);
    add_counts(out, r);
    add_timestamp(out, r->started_s);
    add_attribute(out, "hostname",
                  r->n_machines > 0 ? str_of(r->machines[0].name) : STR("localhost"));
    buf_add_cstr(out, ">\n");
    add_properties(out, r);
    for (size_t i = 0; i < r->n_thresholds; i++)
        add_threshold(out, class, &r->thresholds[i]);
    add_run(out, class, r);
    add_output(out, r);
    buf_add_cstr(out, "  </testsuite>\n</testsuites>\n");
    buf_release(&title);
}
