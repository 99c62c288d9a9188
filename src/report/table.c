/* table -- rows and columns within the width of a terminal. */
// SPDX-License-Identifier: MIT
#include "report/table.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/unicode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 24
#define CUT_LEAST 8   /* a name cut to less says nothing */
#define FOLD_LEAST 12 /* text that is folded to less is left to the terminal */
#define NO_COLUMN SIZE_MAX

struct cell {
    size_t from, to; /* in the table's texts */
    enum style_ink ink;
};

struct table {
    const struct table_column *columns;
    size_t n_columns;
    struct cell *cells; /* row by row; a line across is a row whose first cell has to == SIZE_MAX */
    size_t n, capacity;
    struct buf texts;
};

struct table *table_new(const struct table_column *columns, size_t n)
{
    struct table *t = xcalloc(1, sizeof *t);
    assert(n > 0 && n <= COLUMNS_MAX);
    t->columns = columns;
    t->n_columns = n;
    return t;
}

void table_free(struct table *t)
{
    if (t == NULL)
        return;
    free(t->cells);
    buf_release(&t->texts);
    free(t);
}

static void add_cell(struct table *t, struct cell cell)
{
    if (t->n == t->capacity) {
        t->capacity = t->capacity == 0 ? 64 : t->capacity * 2;
        t->cells = xrealloc(t->cells, t->capacity * sizeof *t->cells);
    }
    t->cells[t->n++] = cell;
}

void table_add(struct table *t, enum style_ink ink, struct str text)
{
    size_t from = t->texts.n;
    text_add_visible(&t->texts, text, false);
    add_cell(t, (struct cell){from, t->texts.n, ink});
}

void table_addf(struct table *t, enum style_ink ink, const char *format, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_addv(&text, format, args);
    va_end(args);
    table_add(t, ink, buf_slice(&text));
    buf_release(&text);
}

void table_end_row(struct table *t)
{
    while (t->n % t->n_columns != 0)
        table_add(t, STYLE_NONE, STR_EMPTY);
}

void table_rule(struct table *t)
{
    table_end_row(t);
    for (size_t i = 0; i < t->n_columns; i++)
        add_cell(t, (struct cell){0, SIZE_MAX, STYLE_NONE});
}

void table_heading(struct table *t, enum style_ink ink, struct str text)
{
    assert(t->n_columns > 1);
    table_end_row(t);
    add_cell(t, (struct cell){0, SIZE_MAX, STYLE_NONE});
    table_add(t, ink, text);
    table_end_row(t);
}

/* A rule, or a heading, whose text is in the second cell. */
static bool is_across(const struct cell *row)
{
    return row->to == SIZE_MAX;
}

static struct str text_of(const struct table *t, const struct cell *cell)
{
    return str_slice(buf_slice(&t->texts), cell->from, cell->to);
}

/* --- how wide ------------------------------------------------------------------------------ */

struct layout {
    size_t widths[COLUMNS_MAX];
    const char *before[COLUMNS_MAX];
    bool is_out[COLUMNS_MAX];
    bool has_left_out;
    bool is_limited; /* by a terminal */
};

static size_t cut_column(const struct table *t)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        if (t->columns[i].keep > 0)
            return i;
    }
    return NO_COLUMN;
}

static void measure(const struct table *t, size_t needs[COLUMNS_MAX])
{
    size_t bars[COLUMNS_MAX]; // no figure touches the bar before it
    for (size_t i = 0; i < t->n_columns; i++) {
        bars[i] = str_ends(str_of(t->columns[i].before), STR("|")) ? 1 : 0;
        needs[i] = text_width(str_of(t->columns[i].header)) + bars[i];
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct cell *cell = &t->cells[i];
        size_t column = i % t->n_columns;
        size_t width = text_width(text_of(t, cell)) + bars[column];
        if (!is_across(cell - column) && width > needs[column])
            needs[column] = width;
    }
}

/* A bar stays where it was, when the column behind it goes. */
static void set_before(const struct table *t, struct layout *l)
{
    const char *bar = NULL;
    bool is_first = true;
    for (size_t i = 0; i < t->n_columns; i++) {
        const char *own = t->columns[i].before;
        if (l->is_out[i]) {
            bar = strchr(own, '|') != NULL ? own : bar;
            continue;
        }
        l->before[i] = is_first ? "" : bar != NULL && strchr(own, '|') == NULL ? bar : own;
        bar = NULL;
        is_first = false;
    }
}

/* What is left of the width for this column; less than 0 where the others alone are too much. */
static long room_for(const struct table *t, struct layout *l, size_t column, unsigned columns)
{
    long room = (long)columns;
    set_before(t, l);
    for (size_t i = 0; i < t->n_columns; i++) {
        if (!l->is_out[i])
            room -= (long)strlen(l->before[i]) + (i == column ? 0 : (long)l->widths[i]);
    }
    return room;
}

static bool leave_one_out(const struct table *t, struct layout *l)
{
    size_t worst = NO_COLUMN;
    for (size_t i = 0; i < t->n_columns; i++) {
        unsigned rank = l->is_out[i] ? 0 : t->columns[i].rank;
        if (rank > 0 && (worst == NO_COLUMN || rank > t->columns[worst].rank))
            worst = i;
    }
    if (worst == NO_COLUMN)
        return false;
    l->is_out[worst] = l->has_left_out = true;
    return true;
}

static long least(long a, long b)
{
    return a < b ? a : b;
}

static long most(long a, long b)
{
    return a > b ? a : b;
}

/* What is left over goes to the columns that shrank, in turn. */
static void give_back(const struct table *t, struct layout *l, size_t cut, long room)
{
    for (bool has_given = true; has_given && room > 0;) {
        has_given = false;
        for (size_t i = t->n_columns; i-- > 0 && room > 0;) {
            if (i == cut || l->is_out[i] || l->widths[i] >= t->columns[i].width)
                continue;
            l->widths[i]++;
            room--;
            has_given = true;
        }
    }
}

static void fit(const struct table *t, struct layout *l, unsigned columns)
{
    size_t needs[COLUMNS_MAX], cut = cut_column(t);
    measure(t, needs);
    for (size_t i = 0; i < t->n_columns; i++) {
        if (i != cut && needs[i] > l->widths[i])
            l->widths[i] = needs[i];
    }
    long need = cut != NO_COLUMN ? (long)needs[cut] : 0, room = room_for(t, l, cut, columns);
    if (room >= need) {
        if (cut != NO_COLUMN)
            l->widths[cut] = (size_t)most(need, least((long)l->widths[cut], room));
        return;
    }
    for (size_t i = 0; i < t->n_columns; i++)
        l->widths[i] = needs[i];
    long enough = cut != NO_COLUMN ? least(need, (long)t->columns[cut].keep) : 0;
    while ((room = room_for(t, l, cut, columns)) < enough && leave_one_out(t, l))
        ;
    if (cut != NO_COLUMN)
        l->widths[cut] = (size_t)least(need, most(room, CUT_LEAST));
    give_back(t, l, cut, cut != NO_COLUMN ? room - (long)l->widths[cut] : room);
}

static struct layout lay_out(const struct table *t, unsigned columns)
{
    struct layout l = {.is_limited = columns > 0};
    for (size_t i = 0; i < t->n_columns; i++)
        l.widths[i] = t->columns[i].width;
    if (l.is_limited)
        fit(t, &l, columns);
    set_before(t, &l);
    return l;
}

/* --- what is shown ------------------------------------------------------------------------- */

/* The end of the longest begin of the text that needs at most `width` columns, marks included. */
static size_t head_end(struct str text, size_t width)
{
    size_t i = 0, used = 0;
    while (i < text.n) {
        size_t next = i;
        used += (size_t)unicode_width(utf8_next(text, &next));
        if (used > width)
            break;
        i = next;
    }
    return i;
}

/* Where the longest end of the text begins that needs at most `width` columns. */
static size_t tail_begin(struct str text, size_t width)
{
    size_t all = text_width(text), skipped = 0, i = 0;
    while (i < text.n && all - skipped > width)
        skipped += (size_t)unicode_width(utf8_next(text, &i));
    for (size_t next = i; i < text.n; i = next) { // a mark would stand on what is left out
        if (unicode_width(utf8_next(text, &next)) > 0)
            break;
    }
    return i;
}

static void add_cut(struct buf *out, struct str text, size_t width, bool has_unicode)
{
    const char *gap = has_unicode ? "\xe2\x80\xa6" : "...";
    size_t room = width - (has_unicode ? 1 : 3);
    buf_add_str(out, str_slice(text, 0, head_end(text, room - room / 2)));
    buf_add_cstr(out, gap);
    buf_add_str(out, str_slice(text, tail_begin(text, room / 2), text.n));
}

static bool is_cut(const struct table *t, const struct layout *l, const struct cell *row,
                   size_t column)
{
    return l->is_limited && t->columns[column].keep > 0 &&
           text_width(text_of(t, &row[column])) > l->widths[column];
}

static void add_shown(struct buf *out, const struct table *t, const struct layout *l,
                      const struct cell *row, size_t column, bool has_unicode)
{
    if (is_cut(t, l, row, column))
        add_cut(out, text_of(t, &row[column]), l->widths[column], has_unicode);
    else
        buf_add_str(out, text_of(t, &row[column]));
}

static void add_padded(struct buf *out, struct str text, size_t width, bool is_left,
                       const struct style *style, enum style_ink ink)
{
    size_t used = text_width(text), blanks = used < width ? width - used : 0;
    if (!is_left)
        buf_add_many(out, ' ', blanks);
    if (text.n > 0) {
        style_begin(out, style, ink);
        buf_add_str(out, text);
        style_end(out, style, ink);
    }
    if (is_left)
        buf_add_many(out, ' ', blanks);
}

static void end_line(struct buf *out)
{
    while (out->n > 0 && out->p[out->n - 1] == ' ')
        buf_truncate(out, out->n - 1);
    buf_add_char(out, '\n');
}

/* The lines of a row: one, or its name by itself and the rest below. */
static void add_row(struct buf *out, const struct table *t, const struct layout *l,
                    const struct cell *row, bool is_apart, const struct style *style)
{
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < t->n_columns; i++) {
        if (l->is_out[i])
            continue;
        buf_add_cstr(out, l->before[i]);
        buf_clear(&text);
        bool stands_apart = is_apart && t->columns[i].keep > 0;
        if (stands_apart)
            buf_add_str(&text, text_of(t, &row[i]));
        else
            add_shown(&text, t, l, row, i, style->has_unicode);
        add_padded(out, buf_slice(&text), l->widths[i], t->columns[i].is_left, style, row[i].ink);
        if (stands_apart) {
            end_line(out);
            for (size_t j = 0; j <= i; j++)
                buf_add_many(out, ' ', l->is_out[j] ? 0 : strlen(l->before[j]) + l->widths[j]);
        }
    }
    end_line(out);
    buf_release(&text);
}

static void add_rule(struct buf *out, const struct table *t, const struct layout *l)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        if (l->is_out[i])
            continue;
        bool has_bar = strchr(l->before[i], '|') != NULL;
        for (const char *c = l->before[i]; *c != '\0'; c++)
            buf_add_char(out, *c == '|' || !has_bar ? '|' : '-');
        buf_add_many(out, '-', l->widths[i]);
    }
    buf_add_char(out, '\n');
}

static void add_across(struct buf *out, const struct table *t, const struct layout *l,
                       const struct cell *row, const struct style *style)
{
    if (t->n_columns == 1 || row[1].to == SIZE_MAX) {
        add_rule(out, t, l);
        return;
    }
    style_begin(out, style, row[1].ink);
    table_add_folded(out, style, text_of(t, &row[1]), 0, 2);
    style_end(out, style, row[1].ink);
    buf_add_char(out, '\n');
}

static void add_headers(struct buf *out, const struct table *t, const struct layout *l,
                        const struct style *style)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        if (l->is_out[i])
            continue;
        buf_add_cstr(out, l->before[i]);
        add_padded(out, str_of(t->columns[i].header), l->widths[i], t->columns[i].is_left, style,
                   STYLE_NONE);
    }
    end_line(out);
}

/* --- which rows would look like another ---------------------------------------------------- */

struct shown {
    char *text; /* of the columns up to the one that is cut: they say what the row is of */
    size_t row;
};

static int compare_shown(const void *a, const void *b)
{
    return strcmp(((const struct shown *)a)->text, ((const struct shown *)b)->text);
}

/* For each row, whether its name stands apart. The caller frees it. */
static bool *find_alike(const struct table *t, const struct layout *l, bool has_unicode)
{
    size_t rows = t->n / t->n_columns;
    bool *apart = xcalloc(rows + 1, sizeof *apart);
    struct shown *all = xcalloc(rows + 1, sizeof *all);
    size_t cut = cut_column(t);
    for (size_t i = 0; i < rows; i++) {
        const struct cell *row = &t->cells[i * t->n_columns];
        struct buf text = BUF_INIT;
        for (size_t j = 0; cut != NO_COLUMN && j <= cut && !is_across(row); j++) {
            add_shown(&text, t, l, row, j, has_unicode);
            buf_add_char(&text, '\n');
        }
        all[i] = (struct shown){buf_detach(&text), i};
    }
    qsort(all, rows, sizeof *all, compare_shown);
    for (size_t i = 1; i < rows; i++) {
        if (cut == NO_COLUMN || strcmp(all[i - 1].text, all[i].text) != 0)
            continue;
        apart[all[i - 1].row] |= is_cut(t, l, &t->cells[all[i - 1].row * t->n_columns], cut);
        apart[all[i].row] |= is_cut(t, l, &t->cells[all[i].row * t->n_columns], cut);
    }
    for (size_t i = 0; i < rows; i++)
        free(all[i].text);
    free(all);
    return apart;
}

static void add_left_out(struct buf *out, const struct table *t, const struct layout *l,
                         const struct style *style)
{
    struct buf text = BUF_INIT;
    const char *between = "No room for ";
    for (size_t i = 0; i < t->n_columns; i++) {
        if (!l->is_out[i])
            continue;
        buf_addf(&text, "%s%s", between, t->columns[i].header);
        between = ", ";
    }
    style_begin(out, style, STYLE_FAINT);
    table_add_folded(out, style, buf_slice(&text), 0, 0);
    style_end(out, style, STYLE_FAINT);
    buf_add_char(out, '\n');
    buf_release(&text);
}

void table_print(struct buf *out, const struct table *t, const struct style *style)
{
    assert(t->n % t->n_columns == 0);
    struct layout l = lay_out(t, style->columns);
    bool *apart = find_alike(t, &l, style->has_unicode);
    add_headers(out, t, &l, style);
    add_rule(out, t, &l);
    for (size_t i = 0; i < t->n / t->n_columns; i++) {
        const struct cell *row = &t->cells[i * t->n_columns];
        if (is_across(row))
            add_across(out, t, &l, row, style);
        else
            add_row(out, t, &l, row, apart[i], style);
    }
    if (l.has_left_out)
        add_left_out(out, t, &l, style);
    free(apart);
}

/* --- text ---------------------------------------------------------------------------------- */

/* So much of the text as stands on a line of this width: up to the last blank, if there is one. */
static size_t line_end(struct str text, size_t width)
{
    size_t end = head_end(text, width);
    if (end == text.n)
        return end;
    for (size_t i = end; i > 0; i--) {
        if (text.p[i] == ' ')
            return i;
    }
    return end;
}

void table_add_folded(struct buf *out, const struct style *style, struct str text, unsigned at,
                      unsigned indent)
{
    struct buf visible = BUF_INIT;
    text_add_visible(&visible, text, false);
    struct str rest = buf_slice(&visible);
    bool folds = style->columns >= at + FOLD_LEAST && style->columns >= indent + FOLD_LEAST;
    while (folds && rest.n > 0) {
        size_t end = line_end(rest, style->columns - at);
        if (end == rest.n)
            break;
        buf_add_str(out, str_slice(rest, 0, end));
        buf_add_char(out, '\n');
        buf_add_many(out, ' ', indent);
        rest = str_slice(rest, rest.p[end] == ' ' ? end + 1 : end, rest.n);
        at = indent;
    }
    buf_add_str(out, rest);
    buf_release(&visible);
}
