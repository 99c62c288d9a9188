/* console -- the tables on standard output, in Locust's layout. */
// SPDX-License-Identifier: MIT
#include "report/console.h"

#include "base/text.h"
#include "report/console_metrics.h"
#include "report/table.h"
#include "report/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_WIDTH 8
#define COUNT_WIDTH 18    /* of "# occurrences" */
#define TEXT_WIDTH 100    /* of a failure's text */
#define REPORT_WIDTH 160  /* of the lines around failures and exceptions */
#define TRACEBACK_LINES 8 /* shown of each exception */
#define NAME_KEEP 24      /* columns of a name, before other columns are left out */

enum {
    TYPE,
    NAME,
    REQUESTS,
    FAILURES,
    AVERAGE,
    MIN,
    MAX,
    MEDIAN,
    RATE,
    FAILURE_RATE,
    STATS_COLUMNS
};

static const struct table_column stats_columns[STATS_COLUMNS] = {
    [TYPE] = {"Type", "", TYPE_WIDTH, .is_left = true},
    [NAME] = {"Name", " ", 76, .keep = NAME_KEEP, .is_left = true},
    [REQUESTS] = {"# reqs", " ", 7},
    [FAILURES] = {"# fails", " ", 12},
    [AVERAGE] = {"Avg", " |", 7, .rank = 3},
    [MIN] = {"Min", " ", 7, .rank = 5},
    [MAX] = {"Max", " ", 7, .rank = 4},
    [MEDIAN] = {"Med", " ", 6, .rank = 1},
    [RATE] = {"req/s", " | ", 7, .rank = 2},
    [FAILURE_RATE] = {"failures/s", " ", 11, .rank = 6},
};

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

/* How wide the first column is: Locust has no transactions. */
static unsigned type_width(struct entry *const *rows, size_t n)
{
    unsigned width = TYPE_WIDTH;
    for (size_t i = 0; i < n; i++)
        if (rows[i]->is_transaction)
            width = sizeof ENTRY_TRANSACTION - 1;
    return width;
}

/* What a row is of. Locust puts a blank behind each method; it shows where one is long. */
static void add_name(struct table *t, const struct entry *e)
{
    bool is_total = e->method[0] == '\0' && e->name[0] == '\0';
    bool is_short = e->is_transaction || strlen(e->method) < TYPE_WIDTH;
    table_addf(t, STYLE_NONE, is_short ? "%s" : "%s ", e->method);
    table_add(t, is_total ? STYLE_STRONG : STYLE_NONE, str_of(view_name(e)));
}

static void add_time(struct table *t, double ms)
{
    struct buf text = BUF_INIT;
    view_add_time(&text, ms, 0);
    table_add(t, STYLE_NONE, buf_slice(&text));
    buf_release(&text);
}

static void add_stats_row(struct table *t, const struct entry *e, double rate, double failure_rate)
{
    add_name(t, e);
    table_addf(t, STYLE_NONE, "%" PRIu64, e->requests);
    table_addf(t, e->failures > 0 ? STYLE_BAD : STYLE_NONE, "%" PRIu64 "(%.2f%%)", e->failures,
               entry_fail_ratio(e) * 100);
    add_time(t, entry_average(e));
    add_time(t, e->times.count > 0 ? e->times.min_ms : 0);
    add_time(t, e->times.count > 0 ? e->times.max_ms : 0);
    add_time(t, view_median(e));
    table_addf(t, STYLE_NONE, "%.2f", rate);
    table_addf(t, STYLE_NONE, "%.2f", failure_rate);
}

void console_add_stats(struct buf *out, const struct stats *s, const struct style *style,
                       bool current, double now_s)
{
    size_t n;
    struct entry **rows = stats_sorted(s, &n);
    struct table_column columns[STATS_COLUMNS];
    memcpy(columns, stats_columns, sizeof columns);
    columns[TYPE].width = type_width(rows, n);
    struct table *t = table_new(columns, STATS_COLUMNS);
    for (size_t i = 0; i <= n; i++) {
        const struct entry *e = i < n ? rows[i] : s->total;
        if (i == n)
            table_rule(t);
        add_stats_row(t, e, current ? entry_current_rate(e, now_s) : stats_total_rate(s, e),
                      current ? entry_current_failure_rate(e, now_s)
                              : stats_total_failure_rate(s, e));
    }
    table_print(out, t, style);
    end_line(out);
    table_free(t);
    free(rows);
}

/* Which percentiles a narrow terminal does without, the highest first; never 50%, 95% and 99%. */
static const unsigned percentile_ranks[VIEW_PERCENTILES] = {0, 10, 8, 9, 4, 0, 7, 0, 3, 6, 2};
#define REQUESTS_RANK 5

static void add_percentile_row(struct table *t, const struct entry *e)
{
    if (e->times.count == 0)
        return;
    double values[VIEW_PERCENTILES];
    view_percentile_values(&e->times, values);
    add_name(t, e);
    for (size_t i = 0; i < VIEW_PERCENTILES; i++)
        add_time(t, values[i]);
    table_addf(t, STYLE_NONE, "%" PRIu64, e->requests);
}

void console_add_percentiles(struct buf *out, const struct stats *s, const struct style *style)
{
    size_t n;
    struct entry **rows = stats_sorted(s, &n);
    struct table_column columns[3 + VIEW_PERCENTILES] = {
        {"Type", "", type_width(rows, n), .is_left = true},
        {"Name", " ", 80, .keep = NAME_KEEP, .is_left = true},
        [2 + VIEW_PERCENTILES] = {"# reqs", " ", 6, .rank = REQUESTS_RANK},
    };
    for (size_t i = 0; i < VIEW_PERCENTILES; i++)
        columns[2 + i] = (struct table_column){view_percentile_labels[i], " ", i == 0 ? 8 : 6,
                                               .rank = percentile_ranks[i]};
    struct table *t = table_new(columns, 3 + VIEW_PERCENTILES);
    buf_add_cstr(out, "Response time percentiles (approximated)\n");
    for (size_t i = 0; i < n; i++)
        add_percentile_row(t, rows[i]);
    table_rule(t);
    add_percentile_row(t, s->total);
    table_print(out, t, style);
    end_line(out);
    table_free(t);
    free(rows);
}

static void add_report_separator(struct buf *out, const struct style *style)
{
    bool is_narrow = style->columns > 0 && style->columns < REPORT_WIDTH;
    size_t width = is_narrow ? style->columns : REPORT_WIDTH;
    buf_add_many(out, '-', COUNT_WIDTH);
    buf_add_char(out, '|');
    buf_add_many(out, '-', width > COUNT_WIDTH + 1 ? width - COUNT_WIDTH - 1 : 1);
    end_line(out);
}

static void add_count(struct buf *out, const struct style *style, uint64_t count)
{
    style_begin(out, style, STYLE_BAD);
    buf_addf(out, "%-*" PRIu64, COUNT_WIDTH, count);
    style_end(out, style, STYLE_BAD);
    buf_add_char(out, ' ');
}

void console_add_failures(struct buf *out, const struct stats *s, const struct style *style)
{
    bool is_terminal = style->columns > 0;
    if (s->failures.n == 0)
        return;
    // Locust fills the column with blanks.
    buf_addf(out, "Error report\n%-*s %-*s\n", COUNT_WIDTH, "# occurrences",
             is_terminal ? 0 : TEXT_WIDTH, "Error");
    add_report_separator(out, style);
    struct buf text = BUF_INIT;
    struct failure *f, *next;
    HASH_ITER (hh, s->failures.all, f, next) {
        buf_clear(&text);
        view_add_failure(&text, f);
        add_count(out, style, f->count);
        if (is_terminal)
            table_add_folded(out, style, buf_slice(&text), COUNT_WIDTH + 1, COUNT_WIDTH + 1);
        else
            add_left(out, buf_slice(&text), TEXT_WIDTH);
        end_line(out);
    }
    buf_release(&text);
    add_report_separator(out, style);
    end_line(out);
}

/* The first lines of a traceback, below its message, with which it may begin. */
static void add_traceback(struct buf *out, const struct style *style, const struct exception *x)
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
        // Lua indents by tabs.
        unsigned indent = COUNT_WIDTH + (line.p[0] == '\t' ? 5 : 3);
        buf_add_many(out, ' ', indent);
        table_add_folded(out, style, str_trim(line), indent, indent + 2);
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
    struct buf text = BUF_INIT;
    struct exception *x, *next;
    HASH_ITER (hh, s->exceptions.all, x, next) {
        buf_clear(&text);
        buf_addf(&text, "%s (on %s)", x->message, x->nodes);
        add_count(out, style, x->count);
        table_add_folded(out, style, buf_slice(&text), COUNT_WIDTH + 1, COUNT_WIDTH + 1);
        end_line(out);
        add_traceback(out, style, x);
    }
    buf_release(&text);
    add_report_separator(out, style);
    end_line(out);
}

/* What was counted under STATS_OTHER_NAME, with its verb. */
static const char *left_out_words(const struct stats *s)
{
    if (stats_find(s, STR(ENTRY_TRANSACTION), STR(STATS_OTHER_NAME)) != NULL)
        return "requests and transactions are";
    return s->names_left_out == 1 ? "request is" : "requests are";
}

/* What no table has room for, a line each. */
static void add_sentences(struct buf *out, const struct stats *s)
{
    if (s->in_flight_at_end > 0)
        buf_addf(out, "%" PRIu64 " request%s in flight at the end, and counted nowhere above\n",
                 s->in_flight_at_end, s->in_flight_at_end == 1 ? " was" : "s were");
    if (s->transactions_cut_off > 0)
        buf_addf(out, "%" PRIu64 " transaction%s cut off by the end, and counted nowhere above\n",
                 s->transactions_cut_off, s->transactions_cut_off == 1 ? " was" : "s were");
    if (s->names_left_out > 0)
        buf_addf(
            out,
            "%" PRIu64 " %s counted under \"" STATS_OTHER_NAME
            "\": there were more than %zu names (name = \"/items/[id]\" gives all URLs with an id "
            "one name; --max-names raises the limit)\n",
            s->names_left_out, left_out_words(s), s->names_limit);
    if (s->metrics.left_out > 0)
        buf_addf(out,
                 "%" PRIu64 " value%s of checks and metrics counted under \"" METRIC_OTHER_NAME
                 "\": there were more than %zu names of them (--max-names raises the limit)\n",
                 s->metrics.left_out, s->metrics.left_out == 1 ? " is" : "s are", s->metrics.limit);
}

void console_add_summary(struct buf *out, const struct stats *s, const struct style *style,
                         double now_s)
{
    console_add_stats(out, s, style, false, now_s);
    console_add_percentiles(out, s, style);
    console_add_checks(out, s, style);
    console_add_metrics(out, s, style);
    console_add_failures(out, s, style);
    console_add_exceptions(out, s, style);
    struct buf sentences = BUF_INIT;
    add_sentences(&sentences, s);
    for (struct str rest = buf_slice(&sentences); rest.n > 0;) {
        table_add_folded(out, style, str_cut(&rest, '\n'), 0, 2);
        end_line(out);
    }
    buf_release(&sentences);
}
