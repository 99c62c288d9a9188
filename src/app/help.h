/* help -- what --help and --version print, made of the tables of options. */
// SPDX-License-Identifier: MIT
#ifndef APP_HELP_H
#define APP_HELP_H

#include "app/options.h"
#include "app/tools.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* The rows of a table, by their groups in the order of their first row; text within 80 columns. */
void help_add_options(struct buf *out, const struct option *table, size_t n);

/* `katydid --help`, or `katydid debug --help`: usage, commands, options, environment and files, exit codes. The table is that of
 * run_options, or one that begins with it. */
void help_add_run(struct buf *out, const struct option *table, size_t n, bool is_debug);

/* `katydid report --help`: usage, and the options that it shares with a run. */
void help_add_report(struct buf *out);

/* `katydid compare --help`: usage, verdicts, options. */
void help_add_compare(struct buf *out);
/* `katydid target --help`: usage, options, routes. */
void help_add_target(struct buf *out);

/* `katydid check --help`, and what other tools there are. */
void help_add_tool(struct buf *out, const struct tool *tool);

/* `katydid --version`: our version, and those of the libraries that are loaded; a line each. */
void help_add_version(struct buf *out);

#endif
