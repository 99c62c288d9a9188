/* verdict -- the exit code of a run that has ended, and why it is that one. */
// SPDX-License-Identifier: MIT
#ifndef APP_VERDICT_H
#define APP_VERDICT_H

#include "run/runner.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What it depends on. */
struct verdict {
    bool script_decided; /* environment.process_exit_code, os.exit */
    int script_code;
    enum run_end why;
    uint64_t requests;   /* measured at all, also those that --reset-stats forgot */
    bool measured;       /* checks or metrics have a value */
    uint64_t in_flight;  /* cut off at the end */
    bool has_failures;   /* in the reports */
    bool has_exceptions; /* likewise */
    uint64_t
        listener_errors;    /* what listeners of events threw: in no report, so a reason is told */
    int code_on_error;      /* --exit-code-on-error */
    bool has_code_on_error; /* it was given, and is not the default */
    size_t n_thresholds, n_crossed, n_not_judged;
    bool judges_exceptions; /* one of them is on exceptions */
};

/* The first rule that holds counts. Thresholds alone judge failed requests, unless --exit-code-on-error
 * is given too. *reason (borrowed for ever): what to tell where nothing
 * else tells why the code isn't 0; else NULL. Always 0..255. */
int verdict_exit_code(const struct verdict *v, const char **reason);

#endif
