/* help -- see help.h. */
// SPDX-License-Identifier: MIT
#include "app/help.h"

#include <string.h>

#include "app/target_options.h"
#include "base/text.h"
#include "target/target.h"

#define COLUMNS 80
#define INDENT 30 /* where the text of an option begins */

/* Words from column INDENT on, as many a line as fit. `at`: the column reached so far. */
static void add_wrapped(struct buf *out, size_t at, struct str text)
{
    if (at + 2 > INDENT) {
        buf_add_char(out, '\n');
        at = 0;
    }
    buf_add_many(out, ' ', INDENT - at);
    at = INDENT;
    while (text.n > 0) {
        struct str word = str_cut(&text, ' ');
        if (at > INDENT && at + 1 + word.n > COLUMNS) {
            buf_add_char(out, '\n');
            buf_add_many(out, ' ', INDENT);
            at = INDENT;
        } else if (at > INDENT) {
            buf_add_char(out, ' ');
            at++;
        }
        buf_add_str(out, word);
        at += word.n;
    }
    buf_add_char(out, '\n');
}

static void add_option(struct buf *out, const struct option *option)
{
    struct buf left = BUF_INIT, right = BUF_INIT;

    if (option->letter != '\0')
        buf_addf(&left, "  -%c, --%s", option->letter, option->name);
    else
        buf_addf(&left, "      --%s", option->name);
    if (option->value != NULL)
        buf_addf(&left, " %s", option->value);
    buf_add_cstr(&right, option->help);
    if (option->preset != NULL)
        buf_addf(&right, " (default: %s)", option->preset);
    buf_add_str(out, buf_slice(&left));
    add_wrapped(out, left.n, buf_slice(&right));
    buf_release(&left);
    buf_release(&right);
}

void help_add_options(struct buf *out, const struct option *table, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(table[i].group, table[i - 1].group) != 0)
            buf_addf(out, "%s%s:\n", i == 0 ? "" : "\n", table[i].group);
        add_option(out, &table[i]);
    }
}

void help_add_target(struct buf *out)
{
    buf_add_cstr(out,
                 "Usage: katydid target [options]\n"
                 "\n"
                 "A practice server of known delays, sizes, statuses and faults, which counts\n"
                 "what it served. It prints its address, and ends by Ctrl-C.\n"
                 "\n");
    help_add_options(out, target_table, TARGET_OPTIONS);
    buf_add_cstr(out, "\nRoutes:\n");
    target_add_routes(out);
}
