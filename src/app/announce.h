/* announce -- what the log says of a run before it begins: its end, and what won't be as the options have it. */
// SPDX-License-Identifier: MIT
#ifndef APP_ANNOUNCE_H
#define APP_ANNOUNCE_H

#include "app/options.h"
#include "script/driver.h"

#include <stdbool.h>
#include <stddef.h>

/* file_limit: how many descriptors the process may have. */
void announce_run(const struct options *o, struct script_driver *driver, size_t file_limit,
                  bool is_debug);

#endif
