/*
 * table -- rows and columns within the width of a terminal.
 *
 * Where all fits (and where there is no terminal) each column is as wide as it asks to be. On a
 * narrower one columns shrink to what they hold, then long names are cut in their middle, so that
 * both ends stay, then columns are left out, and a line below says which. Two rows never look like
 * the same: where cutting would make them so, their names stand whole, on lines of their own.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "base/buf.h"
#include "base/str.h"
#include "report/style.h"

#include <stdbool.h>
#include <stddef.h>

struct table_column {
    const char *header;
    const char *before; /* what stands to its left: "", " ", " |", " | " */
    unsigned width;     /* of text and figures, where there is room */
    unsigned
        keep; /* may be cut in its middle down to so many columns, 0: never; one column has it */
    unsigned rank; /* left out where there is no room, the highest first; 0: never */
    bool is_left;  /* aligned; figures are right-aligned */
};

struct table;

/* The columns are borrowed for its life. */
struct table *table_new(const struct table_column *columns, size_t n);
void table_free(struct table *t); /* NULL is fine */

/* The next cell: from left to right, row by row. Foreign text is made visible when it is printed.
 * A row may end early; a rule or the next row is then begun with table_rule or table_end_row. */
void table_add(struct table *t, enum style_ink ink, struct str text);
void table_addf(struct table *t, enum style_ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void table_end_row(
    struct table *t); /* cells that are missing are empty; nothing where none was begun */
void table_rule(struct table *t); /* a line across */
/* A line of text across, folded where it is too long; of two columns and more. */
void table_heading(struct table *t, enum style_ink ink, struct str text);

/* Headers, a rule, and all rows. */
void table_print(struct buf *out, const struct table *t, const struct style *style);

/* Text made visible, on as many lines as the terminal's width asks for: `at` columns are used
 * already, further lines begin with `indent` blanks. Ends without a line feed. */
void table_add_folded(struct buf *out, const struct style *style, struct str text, unsigned at,
                      unsigned indent);

#endif
