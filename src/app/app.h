/*
 * app -- a run, composed: makes loop, statistics, hooks, transport, script, runner and reports, in
 * this order; starts them; ends them in reverse; decides the exit code.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_APP_H
#define APP_APP_H

#include "app/options.h"
#include "base/err.h"

/* Runs what the options of run_options (read and checked) say, to its end. The exit code, or -1: it
 * could not start. Where there was no --seed, the options hold the drawn one afterwards. */
int app_run(struct options *o, struct err *err) ERR_CHECKED;

#endif
