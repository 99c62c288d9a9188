/* announce -- see announce.h. */
// SPDX-License-Identifier: MIT
#include "app/announce.h"

#include <inttypes.h>

#include "app/run_options.h"
#include "base/log.h"

#define LOGGER "katydid.main"
#define DESCRIPTORS_OF_OUR_OWN 64 /* beside a connection for each user */

/* What a shape makes of the options that say how many users there are. */
static void warn_of_shape(const struct options *o, struct script_driver *driver)
{
    bool users = options_is_given(o, OPT_USERS);
    bool rate = options_is_given(o, OPT_SPAWN_RATE);

    if (!script_driver_has_shape(driver) || (!users && !rate) ||
        script_driver_shape_uses_common_options(driver))
        return;
    log_warning(LOGGER,
                "%s%s%s have no effect on the LoadTestShape of the script, which says itself "
                "how many users there are",
                users ? "--users" : "", users && rate ? " and " : "", rate ? "--spawn-rate" : "");
}

/* Classes that want more users than there will be. */
static void tell_of_fixed_counts(const struct options *o, struct script_driver *driver)
{
    size_t n_classes, fixed = 0;
    const struct dispatch_class *classes = script_driver_classes(driver, &n_classes);
    size_t users = (size_t)options_int(o, OPT_USERS);

    for (size_t i = 0; i < n_classes; i++)
        fixed += classes[i].fixed_count;
    if (fixed > users && !script_driver_has_shape(driver))
        log_info(LOGGER,
                 "Total fixed_count of User classes (%zu) is greater than the specified number of "
                 "users (%zu), so not all will be spawned.",
                 fixed, users);
}

static void warn_of_files(const struct options *o, size_t limit)
{
    int64_t users = options_int(o, OPT_USERS);

    if (limit < DESCRIPTORS_OF_OUR_OWN || (uint64_t)users > limit - DESCRIPTORS_OF_OUR_OWN)
        log_warning(LOGGER,
                    "The system lets this process open %zu files, which is not enough for a "
                    "connection of each of %" PRId64 " users (ulimit -Hn)",
                    limit, users);
}

static void tell_of_end(const struct options *o, struct script_driver *driver)
{
    int64_t run_time_s = options_int(o, OPT_RUN_TIME);
    bool has_end = script_driver_has_shape(driver) || options_is_given(o, OPT_ITERATIONS);

    if (run_time_s > 0)
        log_info(LOGGER, "Run time limit set to %" PRId64 " seconds", run_time_s);
    else if (!has_end)
        log_info(LOGGER, "No run time limit set, use CTRL+C to interrupt");
}

void announce_run(const struct options *o, struct script_driver *driver, size_t file_limit,
                  bool is_debug)
{
    if (options_text(o, OPT_PROFILE) != NULL)
        log_info(LOGGER, "Profile: %s", options_text(o, OPT_PROFILE));
    if (!is_debug) {
        warn_of_shape(o, driver);
        tell_of_fixed_counts(o, driver);
        tell_of_end(o, driver);
    }
    warn_of_files(o, file_limit);
}
