/* results -- what is known of a run that has just ended, as every final report takes it. */
// SPDX-License-Identifier: MIT
#ifndef APP_RESULTS_H
#define APP_RESULTS_H

#include "app/options.h"
#include "report/result.h"
#include "run/runner.h"
#include "run/usage.h"

#include <stdint.h>

/* Where it is taken from. All borrowed; the statistics for the result's life. */
struct results_source {
    const struct options *options;
    const struct runner *runner;
    const struct usage *usage;
    struct stats *stats;
    double started_s, ended_s; /* wall time */
    uint64_t seed;
    int exit_code;
    const char *exit_reason;          /* NULL: none */
    struct threshold_row *thresholds; /* taken */
    size_t n_thresholds;
};

/* Secrets are hidden in it, unless --show-secrets is given. The caller frees it. */
struct result *results_of_run(const struct results_source *source);

#endif
