/*
 * driver -- whoever runs users.
 *
 * script/ implements it over Lua coroutines; the unit tests in forty lines of C. The runner knows no
 * other way to a user. The driver tells back by HOOK_USER_ENDED: users also end by themselves.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_DRIVER_H
#define RUN_DRIVER_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* What a shape wants. */
struct ramp_step {
    size_t users;
    double spawn_rate;
    bool has_classes;    /* a third value came: only these classes are added from now on */
    struct str *classes; /* borrowed until the next tick */
    size_t n_classes;
};

struct driver {
    void *self;

    /* Makes and starts n users of a class. None of them ends before this has returned. */
    int (*spawn)(void *self, struct str user_class, size_t n, struct err *err);

    /*
     * Ends n users of a class that were not asked before (SIZE_MAX: all of the class, those that
     * were asked before included). Those that wait between tasks, and all of them where grace_s is
     * 0, are ended at once; the others when their task is done, or after grace_s (INFINITY: they
     * are left to end it). Each runs its on_stop and is then told by HOOK_USER_ENDED, as
     * USER_STOPPED. Returns how many are still busy with their task.
     */
    size_t (*stop)(void *self, struct str user_class, size_t n, double grace_s);

    /* The shape's next step: 1 there is one, 0 the test is over, -1 it threw. NULL: no shape. The
     * shape's own time begins no later than with HOOK_TEST_START. */
    int (*tick)(void *self, struct ramp_step *step, struct err *err);
};

#endif
