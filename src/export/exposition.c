/* exposition -- what a scrape of /metrics is answered. */
// SPDX-License-Identifier: MIT
#include "export/exposition.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "report/openmetrics.h"

static const struct str types[EXPOSITIONS] = {
    [EXPOSITION_OPENMETRICS] = {OPENMETRICS_TYPE, sizeof OPENMETRICS_TYPE - 1},
    [EXPOSITION_CLASSIC] = {"text/plain; version=0.0.4; charset=utf-8", 40},
};

struct str exposition_type(enum exposition format)
{
    return types[format];
}

/* One of the ranges of an Accept header. */
struct range {
    struct str type;
    double quality; /* 0..1 */
    bool is_other_version;
};

static struct range read_range(struct str text)
{
    struct range range = {.type = str_trim(str_cut(&text, ';')), .quality = 1};

    while (text.n > 0) {
        struct str value = str_trim(str_cut(&text, ';'));
        struct str name = str_trim(str_cut(&value, '='));
        char number[8];

        value = str_trim(value);
        if (str_equal_nocase(name, STR("version"))) {
            range.is_other_version = !str_equal(value, STR("1.0.0"));
        } else if (str_equal_nocase(name, STR("q"))) {
            size_t n = value.n < sizeof number - 1 ? value.n : sizeof number - 1;
            memcpy(number, value.p, n);
            number[n] = '\0';
            range.quality = strtod(number, NULL);
        }
    }
    return range;
}

static void raise(double *to, double quality)
{
    if (quality > *to)
        *to = quality;
}

enum exposition exposition_wanted(struct str accept)
{
    double openmetrics = 0, classic = 0;

    while (accept.n > 0) {
        struct range range = read_range(str_cut(&accept, ','));

        if (str_equal_nocase(range.type, STR("text/plain")))
            raise(&classic, range.quality);
        else if (str_equal_nocase(range.type, STR("application/openmetrics-text")) &&
                 !range.is_other_version)
            raise(&openmetrics, range.quality);
    }
    return openmetrics > 0 && openmetrics >= classic ? EXPOSITION_OPENMETRICS : EXPOSITION_CLASSIC;
}

static void add_errors(struct buf *out, const struct snapshot *s)
{
    openmetrics_add_family(out, "katydid_errors", "counter", NULL, "Failures, by their texts.");
    for (size_t i = 0; i < s->n_failures; i++) {
        const struct snapshot_failure *failure = &s->failures[i];

        buf_add_cstr(out, "katydid_errors_total{");
        openmetrics_add_label(out, "method", str_of(failure->method));
        buf_add_char(out, ',');
        openmetrics_add_label(out, "name", str_of(failure->name));
        buf_add_char(out, ',');
        openmetrics_add_label(out, "error", str_of(failure->text));
        buf_addf(out, "} %" PRIu64 "\n", failure->count);
    }
}

static void add_state(struct buf *out, const struct snapshot_run *run)
{
    openmetrics_add_family(out, "katydid_test_state", "gauge", NULL,
                           "1 for the state that the test is in, 0 for the others.");
    for (int state = RUN_READY; state <= RUN_STOPPED; state++)
        buf_addf(out, "katydid_test_state{state=\"%s\"} %d\n",
                 run_state_name((enum run_state)state), state == (int)run->state);
}

static void add_lag(struct buf *out, const struct snapshot_run *run)
{
    openmetrics_add_family(
        out, "katydid_loop_lag_seconds", "summary", "seconds",
        "For how long katydid was away from its users, at a moment of the test.");
    for (size_t i = 0; i < SNAPSHOT_LAG_SHARES; i++) {
        buf_add_cstr(out, "katydid_loop_lag_seconds{quantile=\"");
        openmetrics_add_number(out, snapshot_lag_shares[i]);
        buf_add_cstr(out, "\"} ");
        openmetrics_add_number(out, run->lag_ms[i] / 1000);
        buf_add_char(out, '\n');
    }
    buf_add_cstr(out, "katydid_loop_lag_seconds{quantile=\"1.0\"} ");
    openmetrics_add_number(out, run->lag_max_ms / 1000);
    buf_add_char(out, '\n');
}

static void add_process(struct buf *out, const struct snapshot_run *run)
{
    openmetrics_add_family(out, "process_cpu_seconds", "counter", "seconds",
                           "CPU time that katydid has used.");
    openmetrics_add_sample(out, "process_cpu_seconds_total", run->cpu_s);
    openmetrics_add_family(out, "process_resident_memory_bytes", "gauge", "bytes",
                           "Memory that katydid has in use.");
    openmetrics_add_sample(out, "process_resident_memory_bytes", (double)run->memory_bytes);
}

static void add_info(struct buf *out, const struct exposition_run *run)
{
    openmetrics_add_family(out, "katydid_build", "info", NULL, "The program.");
    buf_add_cstr(out, "katydid_build_info{");
    openmetrics_add_label(out, "version", str_of(run->version));
    buf_add_cstr(out, "} 1\n");
    openmetrics_add_family(out, "katydid_run", "info", NULL, "The run.");
    buf_addf(out, "katydid_run_info{seed=\"%" PRIu64 "\",", run->seed);
    openmetrics_add_label(out, "profile", str_of(run->profile));
    buf_add_cstr(out, "} 1\n");
}

static void add_openmetrics(struct buf *out, const struct snapshot *s,
                            const struct exposition_run *run)
{
    openmetrics_add_snapshot(out, s, &(struct openmetrics_at){.users = s->run.users});
    add_errors(out, s);
    openmetrics_add_family(out, "katydid_users_wanted", "gauge", NULL,
                           "Users that the test wants at the moment.");
    openmetrics_add_sample(out, "katydid_users_wanted", (double)s->run.users_wanted);
    openmetrics_add_family(
        out, "katydid_test_start_timestamp_seconds", "gauge", "seconds",
        "Since when all this was counted: begin of the test, or its last reset.");
    openmetrics_add_sample(out, "katydid_test_start_timestamp_seconds", s->start_s);
    add_state(out, &s->run);
    add_lag(out, &s->run);
    add_process(out, &s->run);
    add_info(out, run);
    openmetrics_end(out);
}

/* What the older format has behind the name of such a family. */
static struct str suffix_of(struct str type)
{
    if (str_equal(type, STR("counter")))
        return STR("_total");
    return str_equal(type, STR("info")) ? STR("_info") : STR_EMPTY;
}

void exposition_add_classic(struct buf *out, struct str openmetrics)
{
    struct str suffix = STR_EMPTY; // of the family

    while (openmetrics.n > 0) {
        struct str line = str_cut(&openmetrics, '\n'), rest = line;
        bool is_type = str_starts(line, STR("# TYPE ")), is_help = str_starts(line, STR("# HELP "));

        if (str_equal(line, STR("# EOF")) || str_starts(line, STR("# UNIT ")))
            continue;
        if (!is_type && !is_help) {
            buf_add_str(out, line);
            buf_add_char(out, '\n');
            continue;
        }
        rest = str_slice(line, 7, line.n);
        struct str name = str_cut(&rest, ' ');
        if (is_type)
            suffix = suffix_of(rest);
        if (is_type && str_equal(rest, STR("info")))
            rest = STR("gauge");
        buf_addf(out, "# %s %.*s%.*s %.*s\n", is_type ? "TYPE" : "HELP", STR_ARG(name),
                 STR_ARG(suffix), STR_ARG(rest));
    }
}

void exposition_add(struct buf *out, enum exposition format, const struct snapshot *s,
                    const struct exposition_run *run)
{
    if (format == EXPOSITION_OPENMETRICS) {
        add_openmetrics(out, s, run);
        return;
    }
    struct buf text = BUF_INIT;
    add_openmetrics(&text, s, run);
    exposition_add_classic(out, buf_slice(&text));
    buf_release(&text);
}
