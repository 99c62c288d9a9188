/* threshold_table -- see threshold_table.h. */
// SPDX-License-Identifier: MIT
#include "report/threshold_table.h"

#include "base/text.h"
#include "report/table.h"

#include <string.h>

#define VERDICT_WIDTH 11
#define VALUE_WIDTH 13
#define TEXT_AT (VERDICT_WIDTH + VALUE_WIDTH)
#define LEAST_WIDTH 40 /* of the thresholds' own column */

static enum style_ink ink_of(enum threshold_verdict verdict)
{
    static const enum style_ink inks[] = {
        [THRESHOLD_PASSED] = STYLE_GOOD,
        [THRESHOLD_CROSSED] = STYLE_BAD,
        [THRESHOLD_NOT_JUDGED] = STYLE_DOUBTFUL,
    };

    return inks[verdict];
}

static void add_padding(struct buf *out, struct str shown, size_t width)
{
    size_t used = text_width(shown);

    buf_add_many(out, ' ', used < width ? width - used : 1);
}

static void add_row(struct buf *out, const struct threshold_row *row, const struct style *style)
{
    const char *verdict = threshold_verdict_name(row->verdict);

    style_add(out, style, ink_of(row->verdict), verdict);
    add_padding(out, str_of(verdict), VERDICT_WIDTH);
    buf_add_cstr(out, row->shown);
    add_padding(out, str_of(row->shown), VALUE_WIDTH);
    table_add_folded(out, style, str_of(row->text), TEXT_AT, TEXT_AT);
    buf_add_char(out, '\n');
    if (row->reason[0] == '\0')
        return;
    buf_add_many(out, ' ', TEXT_AT + 2);
    table_add_folded(out, style, str_of(row->reason), TEXT_AT + 2, TEXT_AT + 2);
    buf_add_char(out, '\n');
}

/* As wide as the longest threshold. */
static size_t width_of(const struct threshold_row *rows, size_t n)
{
    size_t width = LEAST_WIDTH;

    for (size_t i = 0; i < n; i++) {
        size_t own = text_width(str_of(rows[i].text));
        width = own > width ? own : width;
    }
    return width;
}

void threshold_table_add(struct buf *out, const struct threshold_row *rows, size_t n,
                         const struct style *style)
{
    size_t width = width_of(rows, n);

    if (n == 0)
        return;
    if (style->columns > TEXT_AT && TEXT_AT + width > style->columns)
        width = style->columns - TEXT_AT;
    buf_addf(out, "Thresholds\n%-*s%-*sThreshold\n", VERDICT_WIDTH, "Verdict", VALUE_WIDTH,
             "Measured");
    for (int last = 0; last < 2; last++) {
        buf_add_many(out, '-', VERDICT_WIDTH - 1);
        buf_add_char(out, '|');
        buf_add_many(out, '-', VALUE_WIDTH - 1);
        buf_add_char(out, '|');
        buf_add_many(out, '-', width);
        buf_add_char(out, '\n');
        for (size_t i = 0; last == 0 && i < n; i++)
            add_row(out, &rows[i], style);
    }
    buf_add_char(out, '\n');
}
