/* compare_text -- a comparison for people and machines. */
// SPDX-License-Identifier: MIT
#include "report/compare_text.h"

#include "base/text.h"
#include "report/escape.h"
#include "report/table.h"
#include "report/view.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MARKDOWN_LIMIT 60000
#define NAME_LIMIT 300 /* bytes of a name in Markdown */

static bool is_in_both(const struct compare_row *row)
{
    return row->is_in_base && row->is_in_new;
}

/* "GET /items", or "Aggregated". Foreign. */
static void add_name(struct buf *out, const struct compare_row *row)
{
    if (*row->method == '\0' && *row->name == '\0')
        buf_add_cstr(out, VIEW_TOTAL_NAME);
    else
        buf_addf(out, "%s%s%s", row->method, *row->method != '\0' ? " " : "", row->name);
}

static void add_value(struct buf *out, enum compare_figure figure, double value)
{
    if (isnan(value)) {
        buf_add_char(out, '-');
    } else if (figure == COMPARE_RATE) {
        buf_addf(out, "%.2f", value);
    } else if (figure == COMPARE_FAILURES) {
        buf_addf(out, "%.2f%%", value * 100);
    } else {
        view_add_time(out, value, 0);
        buf_add_cstr(out, " ms");
    }
}

/* Percent; of failures percentage points. */
static void add_share(struct buf *out, enum compare_figure figure, double share)
{
    double percent = share * 100;
    int decimals = fabs(percent) < 9.995 ? 2 : fabs(percent) < 99.95 ? 1 : 0;
    buf_addf(out, "%+.*f%s", decimals, fabs(percent) < 0.005 ? 0 : percent,
             figure == COMPARE_FAILURES ? " pt" : "%");
}

static void add_interval(struct buf *out, enum compare_figure figure,
                         const struct compare_cell *cell)
{
    if (!cell->has_interval) {
        buf_add_char(out, '-');
        return;
    }
    add_share(out, figure, cell->low);
    buf_add_cstr(out, " to ");
    add_share(out, figure, cell->high);
}

static enum style_ink ink_of(enum compare_verdict verdict)
{
    static const enum style_ink inks[COMPARE_VERDICTS] = {[COMPARE_TOO_LITTLE] = STYLE_DOUBTFUL,
                                                          [COMPARE_ALIKE] = STYLE_NONE,
                                                          [COMPARE_BETTER] = STYLE_GOOD,
                                                          [COMPARE_WORSE] = STYLE_BAD};
    return inks[verdict];
}

/* "2 worse, 1 better, 40 no difference, 7 too little data". */
static void add_counts(struct buf *out, const struct comparison *c)
{
    const char *between = "";
    for (int v = COMPARE_VERDICTS - 1; v >= 0; v--) {
        buf_addf(out, "%s%zu %s", between, c->counts[v], compare_verdict_name(v));
        between = ", ";
    }
}

static void add_tolerance(struct buf *out, const struct comparison *c)
{
    buf_addf(out, "tolerance %g%%, of failures %g points", c->settings.tolerance * 100,
             c->settings.failures_tolerance * 100);
}

/* --- for a terminal ------------------------------------------------------------------------ */

static const struct table_column columns[] = {
    {"Figure", "", 12, .is_left = true},
    {"Base", " ", 9, .rank = 3},
    {"New", " ", 9, .rank = 2},
    {"Change", " ", 9, .rank = 1},
    {"95% interval", " | ", 20, .rank = 4},
    {"Verdict", " | ", 15, .is_left = true},
};

static void add_cell_row(struct table *t, struct buf *text, const struct compare_cell *cell,
                         enum compare_figure figure)
{
    buf_clear(text);
    buf_addf(text, "  %s", compare_figure_name(figure));
    table_add(t, STYLE_NONE, buf_slice(text));
    buf_clear(text);
    add_value(text, figure, cell->base);
    table_add(t, STYLE_NONE, buf_slice(text));
    buf_clear(text);
    add_value(text, figure, cell->new);
    table_add(t, STYLE_NONE, buf_slice(text));
    buf_clear(text);
    if (cell->has_interval)
        add_share(text, figure, cell->change);
    else
        buf_add_char(text, '-');
    table_add(t, STYLE_NONE, buf_slice(text));
    buf_clear(text);
    add_interval(text, figure, cell);
    table_add(t, STYLE_NONE, buf_slice(text));
    table_add(t, ink_of(cell->verdict), str_of(compare_verdict_name(cell->verdict)));
}

static void add_table(struct buf *out, const struct comparison *c, const struct style *style)
{
    struct table *t = table_new(columns, sizeof columns / sizeof columns[0]);
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < c->n; i++) {
        if (!is_in_both(&c->rows[i]))
            continue;
        if (*c->rows[i].method == '\0' && *c->rows[i].name == '\0')
            table_rule(t);
        buf_clear(&text);
        add_name(&text, &c->rows[i]);
        table_heading(t, STYLE_STRONG, buf_slice(&text));
        for (int f = 0; f < COMPARE_FIGURES; f++)
            add_cell_row(t, &text, &c->rows[i].cells[f], f);
    }
    table_print(out, t, style);
    table_free(t);
    buf_release(&text);
}

/* A line that is folded where it is too long. */
static void add_line(struct buf *out, const struct style *style, enum style_ink ink,
                     const struct buf *text)
{
    style_begin(out, style, ink);
    table_add_folded(out, style, buf_slice(text), 0, 2);
    style_end(out, style, ink);
    buf_add_char(out, '\n');
}

static void add_missing(struct buf *out, const struct comparison *c, const struct style *style)
{
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < c->n; i++) {
        const struct compare_row *row = &c->rows[i];
        if (row->is_in_base == row->is_in_new)
            continue;
        buf_clear(&text);
        buf_add_cstr(&text, row->is_in_base ? "Only in the base: " : "Only in the new run: ");
        add_name(&text, row);
        add_line(out, style, STYLE_DOUBTFUL, &text);
    }
    buf_release(&text);
}

/* What has this verdict, a line each. */
static void add_found(struct buf *out, const struct comparison *c, enum compare_verdict verdict,
                      const struct style *style)
{
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < c->n; i++) {
        for (int f = 0; f < COMPARE_FIGURES; f++) {
            const struct compare_cell *cell = &c->rows[i].cells[f];
            if (!is_in_both(&c->rows[i]) || cell->verdict != verdict)
                continue;
            buf_clear(&text);
            buf_addf(&text, "%s: %s of ", verdict == COMPARE_WORSE ? "Worse" : "Better",
                     compare_figure_name(f));
            add_name(&text, &c->rows[i]);
            buf_add_cstr(&text, ", ");
            add_value(&text, f, cell->base);
            buf_add_cstr(&text, " before, ");
            add_value(&text, f, cell->new);
            buf_add_cstr(&text, " now (");
            add_share(&text, f, cell->change);
            buf_add_char(&text, ')');
            add_line(out, style, ink_of(verdict), &text);
        }
    }
    buf_release(&text);
}

void compare_add_text(struct buf *out, const struct comparison *c, const struct style *style)
{
    struct buf text = BUF_INIT;
    add_table(out, c, style);
    buf_add_char(out, '\n');
    add_missing(out, c, style);
    for (size_t i = 0; i < c->n_notes; i++) {
        buf_clear(&text);
        buf_addf(&text, "Note: %s", c->notes[i]);
        add_line(out, style, STYLE_NONE, &text);
    }
    add_found(out, c, COMPARE_BETTER, style);
    add_found(out, c, COMPARE_WORSE, style);
    buf_clear(&text);
    add_counts(&text, c);
    buf_add_cstr(&text, " (");
    add_tolerance(&text, c);
    buf_add_char(&text, ')');
    add_line(out, style, STYLE_STRONG, &text);
    buf_release(&text);
}

/* --- Markdown ------------------------------------------------------------------------------ */

#define HEADER                                                           \
    "| Name | Figure | Base | New | Change | 95% interval | Verdict |\n" \
    "| --- | --- | ---: | ---: | ---: | ---: | --- |\n"

static void add_markdown_row(struct buf *out, const struct compare_row *row,
                             enum compare_figure figure)
{
    const struct compare_cell *cell = &row->cells[figure];
    bool is_strong = cell->verdict == COMPARE_WORSE;
    struct buf name = BUF_INIT;
    add_name(&name, row);
    buf_add_cstr(out, "| ");
    escape_add_markdown(out, buf_slice(&name), NAME_LIMIT);
    buf_addf(out, " | %s | ", compare_figure_name(figure));
    add_value(out, figure, cell->base);
    buf_add_cstr(out, " | ");
    add_value(out, figure, cell->new);
    buf_add_cstr(out, " | ");
    if (cell->has_interval)
        add_share(out, figure, cell->change);
    buf_add_cstr(out, " | ");
    add_interval(out, figure, cell);
    buf_addf(out, " | %s%s%s |\n", is_strong ? "**" : "", compare_verdict_name(cell->verdict),
             is_strong ? "**" : "");
    buf_release(&name);
}

/* The rows of these verdicts, as many as there is room for. */
static void add_markdown_table(struct buf *out, const struct comparison *c, bool are_found)
{
    size_t left_out = 0;
    buf_add_cstr(out, HEADER);
    for (size_t i = 0; i < c->n; i++) {
        for (int f = 0; f < COMPARE_FIGURES; f++) {
            enum compare_verdict verdict = c->rows[i].cells[f].verdict;
            bool is_found = verdict == COMPARE_WORSE || verdict == COMPARE_BETTER;
            if (!is_in_both(&c->rows[i]) || is_found != are_found)
                continue;
            if (out->n < MARKDOWN_LIMIT)
                add_markdown_row(out, &c->rows[i], f);
            else
                left_out++;
        }
    }
    if (left_out > 0)
        buf_addf(out, "\n... and %zu more\n", left_out);
    buf_add_char(out, '\n');
}

static void add_markdown_notes(struct buf *out, const struct comparison *c)
{
    struct buf name = BUF_INIT;
    bool has_any = c->n_notes > 0;
    for (size_t i = 0; i < c->n && out->n < MARKDOWN_LIMIT; i++) {
        const struct compare_row *row = &c->rows[i];
        if (row->is_in_base == row->is_in_new)
            continue;
        buf_clear(&name);
        add_name(&name, row);
        buf_add_cstr(out, row->is_in_base ? "- Only in the base: " : "- Only in the new run: ");
        escape_add_markdown(out, buf_slice(&name), NAME_LIMIT);
        buf_add_char(out, '\n');
        has_any = true;
    }
    for (size_t i = 0; i < c->n_notes && out->n < MARKDOWN_LIMIT; i++) {
        buf_add_cstr(out, "- ");
        escape_add_markdown(out, str_of(c->notes[i]), NAME_LIMIT * 2);
        buf_add_char(out, '\n');
    }
    if (has_any)
        buf_add_char(out, '\n');
    buf_release(&name);
}

void compare_add_markdown(struct buf *out, const struct comparison *c)
{
    buf_addf(out, "### Katydid: %s\n\n", compare_verdict_name(comparison_verdict(c)));
    buf_addf(out, "Compared with %zu run%s: ", c->n_bases, c->n_bases == 1 ? "" : "s");
    add_counts(out, c);
    buf_add_cstr(out, " (");
    add_tolerance(out, c);
    buf_add_cstr(out, ").\n\n");
    if (c->counts[COMPARE_WORSE] + c->counts[COMPARE_BETTER] > 0)
        add_markdown_table(out, c, true);
    add_markdown_notes(out, c);
    if (c->counts[COMPARE_ALIKE] + c->counts[COMPARE_TOO_LITTLE] > 0) {
        buf_add_cstr(out, "<details><summary>All other figures</summary>\n\n");
        add_markdown_table(out, c, false);
        buf_add_cstr(out, "</details>\n");
    }
}

/* --- JSON ---------------------------------------------------------------------------------- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text(const char *foreign)
{
    struct buf visible = BUF_INIT;
    view_add_text(&visible, str_of(foreign));
    json_t *value = json_stringn_nocheck(buf_cstr(&visible), visible.n);
    buf_release(&visible);
    return value;
}

static json_t *cell_json(const struct compare_cell *cell)
{
    json_t *all = json_object();
    json_object_set_new(all, "base", number(cell->base));
    json_object_set_new(all, "new", number(cell->new));
    json_object_set_new(all, "change", number(cell->has_interval ? cell->change : NAN));
    json_object_set_new(all, "low", number(cell->has_interval ? cell->low : NAN));
    json_object_set_new(all, "high", number(cell->has_interval ? cell->high : NAN));
    json_object_set_new(all, "p", number(cell->has_interval ? cell->p : NAN));
    json_object_set_new(all, "verdict", json_string(compare_verdict_name(cell->verdict)));
    return all;
}

static json_t *row_json(const struct compare_row *row)
{
    json_t *all = json_object(), *figures = json_object();
    json_object_set_new(all, "method", text(row->method));
    json_object_set_new(all, "name", text(row->name));
    json_object_set_new(all, "in_base", json_boolean(row->is_in_base));
    json_object_set_new(all, "in_new", json_boolean(row->is_in_new));
    for (int f = 0; f < COMPARE_FIGURES && is_in_both(row); f++)
        json_object_set_new(figures, compare_figure_name(f), cell_json(&row->cells[f]));
    json_object_set_new(all, "figures", figures);
    return all;
}

void compare_add_json(struct buf *out, const struct comparison *c)
{
    json_t *all = json_object(), *counts = json_object(), *notes = json_array();
    json_t *rows = json_array();
    json_object_set_new(all, "katydid_compare", json_integer(1));
    json_object_set_new(all, "verdict", json_string(compare_verdict_name(comparison_verdict(c))));
    json_object_set_new(all, "tolerance", number(c->settings.tolerance));
    json_object_set_new(all, "failures_tolerance", number(c->settings.failures_tolerance));
    json_object_set_new(all, "seed", json_integer((json_int_t)c->settings.seed));
    json_object_set_new(all, "bases", json_integer((json_int_t)c->n_bases));
    for (int v = 0; v < COMPARE_VERDICTS; v++)
        json_object_set_new(counts, compare_verdict_name(v),
                            json_integer((json_int_t)c->counts[v]));
    json_object_set_new(all, "counts", counts);
    for (size_t i = 0; i < c->n_notes; i++)
        json_array_append_new(notes, text(c->notes[i]));
    json_object_set_new(all, "notes", notes);
    for (size_t i = 0; i < c->n; i++)
        json_array_append_new(rows, row_json(&c->rows[i]));
    json_object_set_new(all, "rows", rows);
    char *dumped = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    buf_add_cstr(out, dumped);
    buf_add_char(out, '\n');
    free(dumped);
    json_decref(all);
}
