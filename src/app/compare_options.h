/* compare_options -- what `katydid compare` can be told, on its command line alone. */
// SPDX-License-Identifier: MIT
#ifndef APP_COMPARE_OPTIONS_H
#define APP_COMPARE_OPTIONS_H

#include "app/options.h"
#include "base/err.h"
#include "report/compare.h"

/* The rows of the table. */
enum compare_option {
    COMPARE_HELP,
    COMPARE_TOLERANCE,
    COMPARE_FAILURE_TOLERANCE,
    COMPARE_SEED,
    COMPARE_MARKDOWN,
    COMPARE_JSON,
    COMPARE_OPTIONS
};

extern const struct option compare_table[COMPARE_OPTIONS];

/* The settings of options that were read, and whether the files are at least two. */
int compare_options_settings(const struct options *o, struct compare_settings *settings,
                             struct err *err) ERR_CHECKED;

#endif
