/*
 * sched -- users' coroutines: who runs, who waits, who is ready.
 *
 *            spawn                    park (yields WAIT)
 *   (new) ----------> ready --------> running --------> waiting
 *                       ^               |                  |
 *                       |   resume      v returns/throws   |  wake, or kill (cancel + STOP)
 *                       +------------ (ended) <            |
 *                       +----------------------------------+
 *
 * No callback of the loop runs Lua: it wakes the task, which goes to the ready list; sched resumes
 * those once a turn, in the order in which they became ready. Every wait has a cancel. This module
 * alone anchors coroutines in the registry.
 *
 * A task that is killed while it is ready first gets what it waited for, and STOP at its next wait:
 * an answer that has come is counted.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_SCHED_H
#define SCRIPT_SCHED_H

#include "base/rng.h"
#include "loop/loop.h"
#include "loop/timer.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sched;

enum task_end { TASK_RETURNED, TASK_STOPPED, TASK_THREW };

/* Fields are for script/ alone. */
struct task {
    struct sched *sched;
    lua_State *co;
    int co_ref, user_ref;     /* registry: the coroutine; the user instance */
    struct rng rng;           /* this user's stream */
    void (*cancel)(void *op); /* of what it waits for; NULL: it doesn't wait */
    void *op;
    struct timer sleep;
    bool is_ready, is_waiting, is_between_tasks, is_stopping, stop_pending, has_stopped;
    struct task *prev, *next; /* all tasks */
    struct task *ready_next;
    void (*ended)(void *self, struct task *t, enum task_end how, const char *message,
                  const char *traceback);
    void *ended_self;
    void *owner; /* script/driver's record */
};

struct sched *sched_new(lua_State *L, struct loop *loop, uint64_t seed);
/* No task may be left. */
void sched_free(struct sched *s);

/* A new coroutine that runs the function below its one argument, the user instance; ready at once.
 * `ended` is called when it is over, from the loop; the task is freed after it. The stream of random
 * numbers is made from the seed and `stream`. [-2, +0, m] */
struct task *sched_spawn(struct sched *s, lua_State *L, uint64_t stream,
                         void (*ended)(void *self, struct task *t, enum task_end how,
                                       const char *message, const char *traceback),
                         void *self);

/* The task whose coroutine runs (a script's own coroutines belong to it), or NULL. */
struct task *sched_current(struct sched *s);
struct rng *sched_rng(struct sched *s); /* the running task's stream, or the script's own */

/* Registers what the running task is about to wait for: cancelled by cancel(op) when it is killed. */
void sched_park(struct task *t, void (*cancel)(void *op), void *op);
/* What it waits for is done. */
void sched_wake(struct task *t);

/* Asks a task to end: at its next check. Where it waits between tasks it is killed now. */
void sched_stop(struct task *t);
/* Ends a task: whatever it waits for is cancelled, and it gets STOP there. Not for the running one. */
void sched_kill(struct task *t);

/* What is going on while no user runs, for the messages of sched.check: "while the script is loaded". */
void sched_set_phase(struct sched *s, const char *phase);

size_t sched_count(const struct sched *s);
/* Runs what is ready; loop calls it by itself. */
void sched_run_ready(struct sched *s);

#endif
