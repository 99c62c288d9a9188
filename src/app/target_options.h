/* target_options -- what `katydid target` can be told, on its command line alone. */
// SPDX-License-Identifier: MIT
#ifndef APP_TARGET_OPTIONS_H
#define APP_TARGET_OPTIONS_H

#include "app/options.h"
#include "base/err.h"
#include "target/target.h"

/* The rows of the table. */
enum target_option {
    TARGET_HELP,
    TARGET_PORT,
    TARGET_BIND,
    TARGET_DELAY,
    TARGET_ERROR_RATE,
    TARGET_SEED,
    TARGET_CONNECTIONS,
    TARGET_OPTIONS
};

extern const struct option target_table[TARGET_OPTIONS];

/* The settings of options that were read; texts in them are borrowed from there. Without --seed the
 * system gives one. */
int target_settings(const struct options *o, struct target_options *settings,
                    struct err *err) ERR_CHECKED;

#endif
