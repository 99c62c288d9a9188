/*
 * runner -- a test from its start to its end: how many users when, and what ends it.
 *
 * This is the local one: users live in this process. It knows them only through `struct driver`,
 * tells what happens through `struct hooks`, and never blocks.
 *
 * Ramps: Locust's dispatcher decides the classes; where a step holds several users they are spread
 * evenly over the step's time, so that a rate of 1,000 a second is a user each millisecond.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_RUNNER_H
#define RUN_RUNNER_H

#include "base/err.h"
#include "loop/loop.h"
#include "run/config.h"
#include "run/dispatch.h"
#include "run/driver.h"
#include "run/hooks.h"
#include "run/state.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stddef.h>

enum run_end {
    RUN_END_NONE,
    RUN_END_RUN_TIME, /* --run-time is over */
    RUN_END_SHAPE,    /* the shape said so */
    RUN_END_SHAPE_ERROR,
    RUN_END_USERS_GONE, /* all users have ended, and none is to come */
    RUN_END_ITERATIONS,
    RUN_END_SCRIPT, /* k.stop_test, os.exit */
    RUN_END_SIGNAL,
    RUN_END_SPAWN_ERROR, /* a user could not be made */
    RUN_END_THRESHOLD    /* one that aborts was crossed */
};

struct runner;

/* All are borrowed for the runner's life; config is copied. */
struct runner *runner_new(struct loop *loop, struct stats *stats, struct hooks *hooks,
                          struct driver driver, const struct run_config *config,
                          const struct dispatch_class *classes, size_t n_classes);
/* No user may be left. */
void runner_free(struct runner *r);

/* Begins the test: clears the statistics, fires test_start; from the loop, ramps up or asks the
 * shape. Once more only after the end of the test before. */
void runner_start(struct runner *r);
/* Changes the target in the middle of a test; nothing without one. spawn_rate > 0. */
void runner_edit(struct runner *r, size_t users, double spawn_rate);

/* A script's wish for so many users. In the middle of a test: runner_edit, with the classes that may be
 * added from then on. Before the first one: what that begins with. While one ends, or in a listener of
 * test_stop: another test, which begins as soon as this one is over, with empty statistics; --run-time
 * is over for both together. -1: a shape says how many there are, there will be no test any more, or
 * no ramp can be made of it. */
int runner_want(struct runner *r, const struct ramp_step *wish, struct err *err) ERR_CHECKED;
/* What a class weighs, and how many there are to be of it, from the next test on; in a listener of
 * test_start in the one that begins. weight >= 0. -1: there is no such class. */
int runner_set_class(struct runner *r, struct str user_class, double weight, size_t fixed_count,
                     struct err *err) ERR_CHECKED;
/* So many more users of a class, at once, beside any ramp (spawner_add). -1: no test goes on, or there
 * is no such class. */
int runner_spawn(struct runner *r, struct str user_class, size_t n, struct err *err) ERR_CHECKED;

/*
 * Ends the test. From now on no user comes and no shape is asked; the rest is done from the loop,
 * never in the caller: test_stopping, users stopped within --stop-timeout (their on_stop may take
 * as long as it likes), test_stop; then `ended` of runner_on_end is called, which may free the
 * runner. A second call changes nothing. Called before runner_start it calls the test off: that
 * then does nothing but call `ended`.
 *
 * `reason` is shown in the log where it is not empty.
 */
void runner_stop(struct runner *r, enum run_end why, struct str reason);
/* The same, and no other test begins after it, whoever wants one. Of these kinds are also those ends
 * that no script has decided, but for that of the last user. */
void runner_quit(struct runner *r, enum run_end why, struct str reason);
void runner_on_end(struct runner *r, void (*ended)(void *self), void *self);

/* Whether there is a number of iterations after which the run ends. */
bool runner_counts_iterations(const struct runner *r);
/* Asked by a user before each run of a task: whether one is left of --iterations. With the last one
 * given away no more users come; when the last one is done, users that wait are ended. */
bool runner_take_iteration(struct runner *r);
/* Told by a user when that run is over. */
void runner_iteration_done(struct runner *r);

enum run_state runner_state(const struct runner *r);
enum run_end runner_why(const struct runner *r);
size_t runner_user_count(const struct runner *r); /* also those that are about to end */
size_t runner_target(const struct runner *r);     /* of the present ramp */
/* Present users by class, in the order of their names, and how many the dispatcher's books have. False:
 * there is no such class. */
bool runner_class_users(const struct runner *r, size_t class_index, struct str *name, size_t *users,
                        size_t *wanted);
double runner_run_time_s(const struct runner *r); /* since the start; stands still at the end */
const struct run_config *runner_config(const struct runner *r);

#endif
