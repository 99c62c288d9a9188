/* console -- the tables on standard output, in Locust's layout. */
// SPDX-License-Identifier: MIT
#include "report/console.h"

#include "base/text.h"
#include "report/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_WIDTH 8
#define COUNT_WIDTH 18    /* of "# occurrences" */
#define TEXT_WIDTH 100    /* of a failure's text */
#define TRACEBACK_LINES 8 /* shown of each exception */
#define OTHER_COLUMNS 80  /* what a row takes beside the name */
#define NAME_SPACE_LIMIT 80

/* The room for names, from which all widths follow: 0 on narrow terminals, where long rows shift. */
static int name_space(unsigned columns)
{
    if (columns == 0 || columns >= OTHER_COLUMNS + NAME_SPACE_LIMIT)
        return NAME_SPACE_LIMIT;
    return columns > OTHER_COLUMNS ? (int)columns - OTHER_COLUMNS : 0;
}

static void end_line(struct buf *out)
{
    buf_add_char(out, '\n');
}

/* Foreign text, made visible, and blanks up to `width` columns. */
static void add_left(struct buf *out, struct str text, size_t width)
{
    size_t from = out->n;
    text_add_visible(out, text, false);
    size_t used = text_width(str_slice(buf_slice(out), from, out->n));
    if (used < width)
        buf_add_many(out, ' ', width - used);
}

static void add_separator(struct buf *out, const int *widths, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_char(out, '|');
        if (widths[i] > 0)
            buf_add_many(out, '-', (size_t)widths[i]);
    }
    end_line(out);
}

static void add_stats_separator(struct buf *out, int space)
{
    const int widths[] = {TYPE_WIDTH, space - 4, 7, 13, 7, 7, 7, 7, 8, 11};
    add_separator(out, widths, sizeof widths / sizeof widths[0]);
}

static void add_stats_row(struct buf *out, const struct entry *e, size_t name_width, double rate,
                          double failure_rate)
{
    size_t from = out->n;
    text_add_visible(out, str_of(e->method), false);
    buf_add_char(out, ' ');
    size_t used = text_width(str_slice(buf_slice(out), from, out->n));
    buf_add_many(out, ' ', used < TYPE_WIDTH ? TYPE_WIDTH - used : 0);
    buf_add_char(out, ' ');
    add_left(out, str_of(view_name(e)), name_width);

    char failures[64];
    snprintf(failures, sizeof failures, "%" PRIu64 "(%.2f%%)", e->failures,
             entry_fail_ratio(e) * 100);
    buf_addf(out, " %7" PRIu64 " %12s |", e->requests, failures);
    view_add_time(out, entry_average(e), 7);
    buf_add_char(out, ' ');
    view_add_time(out, e->times.count > 0 ? e->times.min_ms : 0, 7);
    buf_add_char(out, ' ');
    view_add_time(out, e->times.count > 0 ? e->times.max_ms : 0, 7);
    view_add_time(out, view_median(e), 7);
    buf_addf(out, " | %7.2f %11.2f\n", rate, failure_rate);
}

void console_add_stats(struct buf *out, const struct stats *s, const struct style *style,
                       bool current, double now_s)
{
    int space = name_space(style->columns);
    size_t name_width = (size_t)abs(space - 4); // as Locust has it where there is no room
    size_t n;
    struct entry **rows = stats_sorted(s, &n);
    buf_addf(out, "%-8s %-*s %7s %12s |%7s %7s %7s%7s | %7s %11s\n", "Type", (int)name_width,
             "Name", "# reqs", "# fails", "Avg", "Min", "Max", "Med", "req/s", "failures/s");
    add_stats_separator(out, space);
    for (size_t i = 0; i <= n; i++) {
        const struct entry *e = i < n ? rows[i] : s->total;
        if (i == n)
            add_stats_separator(out, space);
        add_stats_row(
            out, e, name_width, current ? entry_current_rate(e, now_s) : stats_total_rate(s, e),
            current ? entry_current_failure_rate(e, now_s) : stats_total_failure_rate(s, e));
    }
    end_line(out);
    free(rows);
}

static void add_percentile_separator(struct buf *out, int space)
{
    int widths[3 + VIEW_PERCENTILES] = {TYPE_WIDTH, space, 8};
    for (size_t i = 3; i < 3 + VIEW_PERCENTILES; i++)
        widths[i] = 6;
    add_separator(out, widths, 3 + VIEW_PERCENTILES);
}

static void add_percentile_row(struct buf *out, const struct entry *e, int space)
{
    if (e->times.count == 0)
        return;
    double values[VIEW_PERCENTILES];
    view_percentile_values(&e->times, values);
    add_left(out, str_of(e->method), TYPE_WIDTH);
    buf_add_char(out, ' ');
    add_left(out, str_of(view_name(e)), (size_t)space);
    for (size_t i = 0; i < VIEW_PERCENTILES; i++) {
        buf_add_char(out, ' ');
        view_add_time(out, values[i], i == 0 ? 8 : 6);
    }
    buf_addf(out, " %6" PRIu64 "\n", e->requests);
}

void console_add_percentiles(struct buf *out, const struct stats *s, const struct style *style)
{
    int space = name_space(style->columns);
    size_t n;
    struct entry **rows = stats_sorted(s, &n);
    buf_addf(out, "Response time percentiles (approximated)\n%-8s %-*s", "Type", space, "Name");
    for (size_t i = 0; i < VIEW_PERCENTILES; i++)
        buf_addf(out, " %*s", i == 0 ? 8 : 6, view_percentile_labels[i]);
    buf_addf(out, " %6s\n", "# reqs");
    add_percentile_separator(out, space);
    for (size_t i = 0; i < n; i++)
        add_percentile_row(out, rows[i], space);
    add_percentile_separator(out, space);
    add_percentile_row(out, s->total, space);
    end_line(out);
    free(rows);
}

static void add_report_separator(struct buf *out, const struct style *style)
{
    const int widths[] = {COUNT_WIDTH, 61 + name_space(style->columns)};
    add_separator(out, widths, 2);
}

void console_add_failures(struct buf *out, const struct stats *s, const struct style *style)
{
    if (s->failures.n == 0)
        return;
    buf_addf(out, "Error report\n%-*s %-*s\n", COUNT_WIDTH, "# occurrences", TEXT_WIDTH, "Error");
    add_report_separator(out, style);
    struct buf text = BUF_INIT;
    struct failure *f, *next;
    HASH_ITER (hh, s->failures.all, f, next) {
        buf_clear(&text);
        view_add_failure(&text, f);
        buf_addf(out, "%-*" PRIu64 " ", COUNT_WIDTH, f->count);
        add_left(out, buf_slice(&text), TEXT_WIDTH);
        end_line(out);
    }
    buf_release(&text);
    add_report_separator(out, style);
    end_line(out);
}

/* The first lines of a traceback, below its message, with which it may begin. */
static void add_traceback(struct buf *out, const struct exception *x)
{
    struct str rest = str_of(x->traceback);
    if (x->message[0] != '\0' && str_starts(rest, str_of(x->message)))
        rest = str_slice(rest, strlen(x->message), rest.n);
    size_t shown = 0, left_out = 0;
    while (rest.n > 0) {
        struct str line = str_cut(&rest, '\n');
        if (str_trim(line).n == 0)
            continue;
        if (shown == TRACEBACK_LINES) {
            left_out++;
            continue;
        }
        buf_add_many(out, ' ', COUNT_WIDTH + 3);
        // Lua indents by tabs.
        if (line.p[0] == '\t')
            buf_add_cstr(out, "  ");
        text_add_visible(out, str_trim(line), false);
        end_line(out);
        shown++;
    }
    if (left_out > 0)
        buf_addf(out, "%*s... and %zu more line%s\n", COUNT_WIDTH + 3, "", left_out,
                 left_out == 1 ? "" : "s");
}

void console_add_exceptions(struct buf *out, const struct stats *s, const struct style *style)
{
    if (s->exceptions.n == 0)
        return;
    buf_addf(out, "Exceptions\n%-*s %s\n", COUNT_WIDTH, "# occurrences", "Exception");
    add_report_separator(out, style);
    struct exception *x, *next;
    HASH_ITER (hh, s->exceptions.all, x, next) {
        buf_addf(out, "%-*" PRIu64 " ", COUNT_WIDTH, x->count);
        text_add_visible(out, str_of(x->message), false);
        buf_add_cstr(out, " (on ");
        text_add_visible(out, str_of(x->nodes), false);
        buf_add_cstr(out, ")\n");
        add_traceback(out, x);
    }
    add_report_separator(out, style);
    end_line(out);
}

void console_add_summary(struct buf *out, const struct stats *s, const struct style *style,
                         double now_s)
{
    console_add_stats(out, s, style, false, now_s);
    console_add_percentiles(out, s, style);
    console_add_failures(out, s, style);
    console_add_exceptions(out, s, style);
    if (s->in_flight_at_end > 0)
        buf_addf(out, "%" PRIu64 " request%s in flight at the end, and counted nowhere above\n",
                 s->in_flight_at_end, s->in_flight_at_end == 1 ? " was" : "s were");
    if (s->names_left_out > 0)
        buf_addf(
            out,
            "%" PRIu64 " request%s counted under \"" STATS_OTHER_NAME
            "\": there were more than %zu names (name = \"/items/[id]\" gives all URLs with an id "
            "one name; --max-names raises the limit)\n",
            s->names_left_out, s->names_left_out == 1 ? " is" : "s are", s->names_limit);
}
