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
 * an answer that has come is counted. One that is killed before it has begun never begins. STOP is
 * given once: what a user does afterwards (on_stop) may wait, and no further kill disturbs it.
 *
 * A user is a task, and one more for each function that it spawned. These are the user's in all that
 * they do (instance, random numbers), are stopped and killed with it, and never outlive it.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_SCHED_H
#define SCRIPT_SCHED_H

#include "base/rng.h"
#include "loop/loop.h"
#include "loop/timer.h"

#include <lua.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pacer;
struct sched;
struct task;

enum task_end { TASK_RETURNED, TASK_STOPPED, TASK_THREW };

/* A task is over; its coroutine's results are on t->co. message and traceback: where it threw. */
typedef void (*task_ended)(void *self, struct task *t, enum task_end how, const char *message,
                           const char *traceback);

/* Fields are for script/ alone. */
struct task {
    // What each request touches comes first.
    struct sched *sched;
    lua_State *co;
    struct task *user;        /* the user's own task: this one, unless it was spawned by it */
    struct task *spawned;     /* list: the functions that this user spawned */
    void (*cancel)(void *op); /* of what it waits for; NULL: it doesn't wait */
    int (*push)(void *op, lua_State *L); /* its results; NULL: none */
    void *op;
    struct task *ready_next;
    int n_results; /* on its coroutine's stack, of what it waited for */
    bool has_begun, is_ready, is_waiting;
    bool is_between_tasks; /* waits, and no task of its own is under way */
    bool is_stopping;      /* it was asked to end, or killed */
    bool is_ending;        /* it was killed, or ends by itself: its on_stop isn't disturbed */
    bool stop_pending;     /* STOP is due at its next wait */
    bool gets_stop;        /* ready, and STOP is what its wait returns */

    struct timer sleep;
    struct rng rng;           /* this user's stream; unused where the user's own task has it */
    int co_ref, user_ref;     /* registry: the coroutine; the user instance, or what a spawned
                                 function was given */
    struct task *prev, *next; /* all users, or all that one has spawned */
    task_ended ended;
    void *ended_self;
};

struct sched *sched_new(lua_State *L, struct loop *loop, uint64_t seed);
/* No task may be left. What it has in the state goes with that, which is closed before. */
void sched_free(struct sched *s);

/* A new coroutine that runs the function below its one argument, the user instance; ready at once.
 * `ended` is called when it is over, from the loop; the task is freed after it. The stream of random
 * numbers is copied. [-2, +0, m] */
struct task *sched_spawn(struct sched *s, lua_State *L, const struct rng *stream, task_ended ended,
                         void *self);

/* The same for a function that the task `by` spawns. What it is given in place of an instance is kept
 * until it is over. It ends as `by` does: one that is spawned in an on_stop isn't disturbed. One that is left when its user's own task
 * ends goes no further: its wait is cancelled, and it is told to have been stopped. [-2, +0, m] */
struct task *sched_spawn_within(struct task *by, lua_State *L, task_ended ended, void *self);

/* The task whose coroutine runs (a script's own coroutines belong to it), or NULL. */
struct task *sched_current(struct sched *s);

/* The stream from which is drawn now: the running task's, else the one that is lent, else the
 * script's own (number 0). */
struct rng *sched_rng(struct sched *s);
struct rng sched_stream(const struct sched *s, uint64_t number); /* of the seed */
void sched_lend_stream(struct sched *s, struct rng *stream);     /* until it is called with NULL */

/* Registers what the running task is about to wait for: cancelled by cancel(op) when it is killed,
 * when it gives up, and when it ends or starts something else without having waited. */
void sched_park(struct task *t, void (*cancel)(void *op), void *op);
/* The same for what has results: they are pushed when it goes on, behind a nil where STOP would be, and
 * their number is what `push` returns. [push: -0, +n, m] */
void sched_park_for(struct task *t, void (*cancel)(void *op), int (*push)(void *op, lua_State *L),
                    void *op);
/* What it waits for is done. */
void sched_wake(struct task *t);
/* The same, and it has `n` results, which are on its coroutine's stack already, behind a nil. */
void sched_wake_with(struct task *t, int n);
/* Cancels what the running task has started and can't wait for. */
void sched_abandon(struct task *t);

/* Asks a user to end, and all that it spawned: each at its next check. What waits between tasks is
 * killed now. */
void sched_stop(struct task *t);
/* Ends a task, and all that it spawned where it is a user's own: whatever they wait for is cancelled,
 * and they get STOP there; the running one gets it at its next wait. */
void sched_kill(struct task *t);
/* The same of a spawned function, whether or not it is ending. */
void sched_end(struct task *t);
/* Whether a user, or anything that it spawned, is busy with more than waiting between tasks. */
bool sched_is_busy(const struct task *t);
/* Kills all, also those that are ending: for whoever has to be rid of them. */
void sched_kill_all(struct sched *s);
/* The running task ends: a STOP that is due counts as given, and no other comes. */
void sched_set_ending(struct task *t);
/* Whether STOP is due for the running task; it counts as given then. */
bool sched_take_stop(struct task *t);

/* The signals that a wait yields and that it may return, as userdata. [-0, +1, -] */
void sched_push_wait(struct sched *s, lua_State *L);
void sched_push_stop(struct sched *s, lua_State *L);
/* What Lua can know of the running task without a call, a table: is_calm, whether it isn't asked to end and
 * has spawned nothing. What else it holds is Lua's. [-0, +1, -] */
void sched_push_turn(struct sched *s, lua_State *L);
/* Whether the value is STOP. [-0, +0, -] */
bool sched_is_stop(struct sched *s, lua_State *L, int index);

/* What goes on while no user runs, for the messages of sched.check: "while the script is loaded".
 * Whatever user was running is set aside until sched_end_phase: listeners are not part of it. The
 * text is borrowed until then. */
struct sched_phase {
    const char *text;
    struct task *current;
};
struct sched_phase sched_begin_phase(struct sched *s, const char *text);
void sched_end_phase(struct sched *s, struct sched_phase before);
const char *sched_phase(const struct sched *s); /* NULL: nothing in particular */

/* A number that is odd while Lua runs, and another one in each turn of a user or phase: what shows from
 * another thread whether anything goes on. Borrowed for the scheduler's life. */
const _Atomic uint64_t *sched_turn(const struct sched *s);
/* The present turn counts as another one from here on. */
void sched_renew_turn(struct sched *s);

size_t sched_count(const struct sched *s);
struct pacer *sched_pacer(struct sched *s);
struct loop *sched_loop(struct sched *s);
/* Runs what is ready; the loop calls it by itself. */
void sched_run_ready(struct sched *s);

#endif
