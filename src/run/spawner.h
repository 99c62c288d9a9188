/*
 * spawner -- the users of this process: carries out ramps, and keeps count of who is there.
 *
 * The dispatcher says who is next, the ramp when, the driver makes and ends them. A user that ended
 * by itself is replaced at the next step of a ramp that doesn't go down, as in Locust; where a ramp
 * went down, what is missing at its end is replaced then.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_SPAWNER_H
#define RUN_SPAWNER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "loop/loop.h"
#include "run/dispatch.h"
#include "run/driver.h"
#include "run/hooks.h"

#include <stdbool.h>
#include <stddef.h>

/* Called from the loop. */
struct spawner_events {
    void (*complete)(void *self); /* all changes of a ramp were made */
    /* A user could not be made; the ramp is over. */
    void (*failed)(void *self, struct str user_class, const struct err *err);
    void *self;
};

struct spawner;

/* Users that leave in a ramp have grace_s for their task. loop and classes are borrowed. */
struct spawner *spawner_new(struct loop *loop, struct driver driver, double grace_s,
                            const struct dispatch_class *classes, size_t n_classes,
                            struct spawner_events events);
void spawner_free(struct spawner *s);
/* Forgets the order in which users came and go: for a new test. No user is there. */
void spawner_clear(struct spawner *s);

/* Ramps from where it stands; a ramp that isn't complete ends here. `allowed` as in dispatch_start. */
void spawner_start(struct spawner *s, size_t users, double rate, const struct str *allowed,
                   size_t n_allowed);
void spawner_cancel(struct spawner *s);
bool spawner_is_ramping(const struct spawner *s);

/* Makes n more users of a class at once, beside any ramp: they fill the places of those who have gone
 * missing, and what goes beyond them leaves again when the next ramp begins, as in Locust. One that
 * can't be made is told by `failed`. */
void spawner_add(struct spawner *s, size_t class_index, size_t n);

/* Asks all to end; ramps are the caller's to cancel before. */
void spawner_stop_all(struct spawner *s, double grace_s);

/* Told by the driver, through its hook. */
void spawner_user_ended(struct spawner *s, struct str user_class, enum user_end why);

size_t spawner_user_count(const struct spawner *s); /* also those that are about to end */
size_t spawner_wanted(const struct spawner *s);     /* by the dispatcher's books */
/* The same of a class, of which there are as many as were given; they are in the order of their names. */
struct str spawner_class_name(const struct spawner *s, size_t class_index);
size_t spawner_class_count(const struct spawner *s, size_t class_index);
size_t spawner_class_wanted(const struct spawner *s, size_t class_index);
/* {"A": 3, "B": 1} (4 total users): those that are there to stay. */
void spawner_add_counts(struct buf *out, const struct spawner *s);

#endif
