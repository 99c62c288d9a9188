/*
 * app -- a run, composed: makes loop, statistics, hooks, transport, script, runner and reports, in
 * this order; starts them; ends them in reverse; decides the exit code.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_APP_H
#define APP_APP_H

#include "app/run_options.h"
#include "base/buf.h"
#include "base/err.h"

/* Runs what the command line says, to its end. The options are those of run_options as far as they are
 * known without the scripts (read with `passes_unknown`); all of them are read from the line when the
 * scripts are loaded. The exit code, or -1: it could not start. */
int app_run(struct options *o, const struct run_line *line, struct err *err) ERR_CHECKED;

/* --help of run or debug, with the options of the scripts that are named. */
int app_help(struct options *o, bool is_debug, struct buf *out, struct err *err) ERR_CHECKED;

/* Calls the `main` of lua/katydid/tools/NAME.lua with `arguments` (borrowed; `taken` is added, the names
 * that scripts can't give to options of their own). The exit code, with what is to be printed in `out`; or
 * -1. */
int app_tool(const char *name, const char *phase, json_t *arguments, struct buf *out,
             struct err *err) ERR_CHECKED;

#endif
