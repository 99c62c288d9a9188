/* compare_command -- `katydid compare BASE... NEW`: is the last result worse than those before it? */
// SPDX-License-Identifier: MIT
#ifndef APP_COMPARE_COMMAND_H
#define APP_COMPARE_COMMAND_H

#include "app/options.h"
#include "base/err.h"

/* Reads the files that the words of `o` (rows of compare_options) name, and prints what came of it.
 * The exit code: 1 where anything is worse, else 0; -1: a file can't be read or compared, or none be written. */
int compare_command_run(const struct options *o, struct err *err) ERR_CHECKED;

#endif
