/*
 * script_options -- the options that scripts add (init_command_line_parser): rows of a table behind
 * those of run_options.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_SCRIPT_OPTIONS_H
#define APP_SCRIPT_OPTIONS_H

#include "app/options.h"
#include "base/err.h"

#include <jansson.h>
#include <stddef.h>

struct script_options;

/* Takes `rows`, which script_driver_declare_options gave. */
struct script_options *script_options_new(json_t *rows);
void script_options_free(struct script_options *s);

/* The rows of run_options and the scripts' own behind them; borrowed. */
const struct option *script_options_table(const struct script_options *s, size_t *n);

/* Whether those that must be given were; `o` has the table above. */
int script_options_check(const struct script_options *s, const struct options *o,
                         struct err *err) ERR_CHECKED;

#endif
