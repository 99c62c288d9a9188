/* results -- what is known of a run that has just ended, as every final report takes it. */
// SPDX-License-Identifier: MIT
#ifndef APP_RESULTS_H
#define APP_RESULTS_H

#include "app/options.h"
#include "report/result.h"
#include "run/runner.h"
#include "run/usage.h"
#include "script/driver.h"

#include <stdint.h>

/* Where it is taken from. All borrowed; the statistics for the result's life. */
struct results_source {
    const struct options *options;
    struct script_driver *driver;
    const struct runner *runner;
    const struct usage *usage;
    struct stats *stats;
    double started_s, ended_s; /* wall time */
    uint64_t seed;
    bool has_own_code; /* the script set the exit code */
    int exit_code;
    const char *exit_reason;          /* NULL: none */
    struct threshold_row *thresholds; /* taken */
    size_t n_thresholds;
};

/* What is known before the run begins: scripts, machine, libraries, and the commit (of the environment,
 * by `get`: getenv). The caller frees it. */
struct result *results_begin(const struct options *o, char *(*get)(const char *name));

/* All else, when it is over; once. Secrets are hidden, unless --show-secrets is given. */
void results_end(struct result *r, const struct results_source *source);

#endif
