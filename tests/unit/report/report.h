/* report -- what the tests of reports share: statistics to be shown, recordings to compare with. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_REPORT_H
#define TESTS_REPORT_H

#include "base/file.h"
#include "stats/stats.h"

#include "../check.h"

#define FIXTURES "tests/fixtures/locust/"

static inline void log_one(struct stats *s, const char *method, const char *name, double ms,
                           const char *failure, double now_s)
{
    struct entry *e = stats_entry(s, str_of(method), str_of(name), now_s);
    stats_log(s, e, true, ms, 10, str_of(failure), now_s);
}

/* One of each kind, and two checks. */
static inline void add_metrics(struct stats *s, double now_s)
{
    struct metrics *m = &s->metrics;
    for (int i = 0; i < 4; i++) {
        metric_add_bool(m, metrics_get(m, METRIC_CHECK, STR("status is 200")), i != 2, now_s);
        metric_add_bool(m, metrics_get(m, METRIC_RATE, STR("cached")), i == 0, now_s);
        metric_add(m, metrics_get(m, METRIC_COUNTER, STR("orders")), i + 0.5, now_s);
        metric_add(m, metrics_get(m, METRIC_GAUGE, STR("queue")), 7 - 4 * i, now_s);
    }
    metric_add_bool(m, metrics_get(m, METRIC_CHECK, STR("has a \x1b[1mtoken, \"x\"")), true, now_s);
    for (int i = 1; i <= 200; i++)
        metric_add(m, metrics_get(m, METRIC_TREND, STR("size")), i * 1.25, now_s);
}

/* A recording; the test ends where there is none. */
static inline const char *recording(struct buf *out, const char *path)
{
    struct err err = ERR_INIT;
    buf_clear(out);
    if (file_read(path, out, 1 << 20, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return buf_cstr(out);
}

/* Whether `line` is one of the lines of `text`. */
static inline bool has_line(const char *text, const char *line)
{
    struct str rest = str_of(text);
    while (rest.n > 0) {
        if (str_equal(str_cut(&rest, '\n'), str_of(line)))
            return true;
    }
    return false;
}

/* The line with this number (from 0), until the next call. */
static inline const char *line_of(const char *text, size_t number)
{
    static char line[4096];
    struct str rest = str_of(text), found = STR_EMPTY;
    for (size_t i = 0; i <= number; i++)
        found = str_cut(&rest, '\n');
    snprintf(line, sizeof line, "%.*s", STR_ARG(found));
    return line;
}

#endif
