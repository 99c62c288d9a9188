/*
 * report_command -- `katydid report FILE...`: every report again, of one result or of several together.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_REPORT_COMMAND_H
#define APP_REPORT_COMMAND_H

#include "app/options.h"
#include "base/err.h"

/* Whether only those options are given that the command has. */
int report_command_check(const struct options *o, struct err *err) ERR_CHECKED;

/* Reads the files that the words of `o` (rows of run_options) name, merges them, and writes what the
 * options ask for. The exit code; -1: a file can't be read, or a report not be written. */
int report_command_run(const struct options *o, struct err *err) ERR_CHECKED;

#endif
