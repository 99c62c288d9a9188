/*
 * options_toml -- options in a file named *.toml, as the keys of its table [tool.katydid].
 *
 * Read is what TOML 1.0 writes: tables, dotted and quoted keys, all strings, numbers, true and false,
 * arrays over several lines, inline tables. Other tables may stand in the file, and count for nothing.
 * What the table holds has to be a text, a number, true or false, or an array of those: dates and
 * tables are errors there. Not checked is what a reader of options has no use for: the order and the
 * redefinition of foreign tables, and how numbers in these are written.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_OPTIONS_TOML_H
#define APP_OPTIONS_TOML_H

#include "app/options.h"
#include "base/err.h"
#include "base/str.h"

/* As options_file_read_text. No table [tool.katydid] is an error. */
int options_toml_read_text(struct options *o, struct str text, const char *path,
                           enum option_rank rank, struct err *err) ERR_CHECKED;

#endif
