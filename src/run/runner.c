/* runner -- a test from its start to its end. */
// SPDX-License-Identifier: MIT
#include "run/runner.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/timer.h"
#include "run/shape.h"
#include "run/spawner.h"

#define LOG "katydid.runners"
#define LOG_MAIN "katydid.main"

struct runner {
    struct loop *loop;
    struct stats *stats;
    struct hooks *hooks;
    struct run_config config;
    struct spawner *spawner;
    struct shape *shape; /* NULL: none */

    enum run_state state;
    enum run_end why;
    bool is_testing; /* from runner_start to the end */
    bool is_last;    /* no test comes after this one */
    bool has_next;   /* a test that the script wants after this one; config has its users */
    struct dispatch_class *classes; /* their names are borrowed */
    size_t n_classes;
    struct str
        *first_classes; /* the next test begins with these alone; their names are of `classes` */
    size_t n_first_classes; /* 0: with all */
    size_t target;
    uint64_t start_ns, end_ns;
    uint64_t limit_ns; /* when --run-time is over */
    uint64_t iterations_taken, iterations_done;

    struct timer run_time, second;
    struct deferred stop_users, finish, drain;
    void (*ended)(void *self);
    void *ended_self;
};

static uint64_t now_ns(const struct runner *r)
{
    return clock_now_ns(loop_clock(r->loop));
}

static double wall_s(const struct runner *r)
{
    return clock_wall_s(loop_clock(r->loop));
}

static void set_state(struct runner *r, enum run_state to)
{
    if (to != r->state && !run_state_may_follow(r->state, to))
        BUG("a state that may not follow");
    r->state = to;
}

static bool is_going_on(const struct runner *r)
{
    return r->is_testing && r->why == RUN_END_NONE;
}

static bool is_used_up(const struct runner *r)
{
    return r->config.iterations > 0 && r->iterations_taken == r->config.iterations;
}

// --- ramps ---------------------------------------------------------------------------------------

/* Ends the test where nobody is left, and nobody is to come. */
static void end_if_gone(struct runner *r)
{
    if (!is_going_on(r) || spawner_user_count(r->spawner) > 0)
        return;
    if (is_used_up(r)) {
        runner_stop(r, RUN_END_ITERATIONS, STR("--iterations limit reached, shutting down"));
        return;
    }
    // No users are wanted for a time: somebody may want some before it is over.
    bool waits = r->target == 0 && (r->config.run_time_s > 0 || r->config.is_attended);
    if (r->shape == NULL && !spawner_is_ramping(r->spawner) && !waits)
        runner_stop(r, RUN_END_USERS_GONE, STR("All users have ended, shutting down"));
}

static void start_ramp(struct runner *r, size_t users, double rate, const struct str *allowed,
                       size_t n_allowed)
{
    log_info(LOG, "Ramping to %zu users at a rate of %.2f per second", users, rate);
    set_state(r, RUN_SPAWNING);
    r->target = users;
    spawner_start(r->spawner, users, rate, allowed, n_allowed);
}

static void spawning_complete(void *self)
{
    struct runner *r = self;
    struct buf counts = BUF_INIT;
    struct hook what = {.kind = HOOK_SPAWNING_COMPLETE};

    spawner_add_counts(&counts, r->spawner);
    log_info(LOG, "All users spawned: %s", buf_cstr(&counts));
    buf_release(&counts);
    what.u.users = spawner_wanted(r->spawner);
    hooks_fire(r->hooks, &what);
    if (!is_going_on(r) || spawner_is_ramping(r->spawner))
        return; // a listener had other plans
    set_state(r, RUN_RUNNING);
    if (r->config.reset_stats) {
        log_info(LOG, "Resetting stats");
        stats_reset(r->stats, wall_s(r));
        hooks_fire_kind(r->hooks, HOOK_STATS_EMPTIED);
    }
    end_if_gone(r);
}

static void spawn_failed(void *self, struct str user_class, const struct err *err)
{
    struct runner *r = self;

    if (!is_going_on(r))
        return; // the script ended the test while the user was made
    log_error(LOG, "A user of class %.*s could not be made: %s", STR_ARG(user_class), err->text);
    runner_stop(r, RUN_END_SPAWN_ERROR, STR_EMPTY);
}

static void user_ended(void *self, const struct hook *what)
{
    struct runner *r = self;

    spawner_user_ended(r->spawner, what->u.ended.user_class, what->u.ended.why);
    if (r->state == RUN_CLEANUP && spawner_user_count(r->spawner) == 0)
        deferred_start(r->loop, &r->finish);
    else
        end_if_gone(r);
}

// --- the shape -----------------------------------------------------------------------------------

static void shape_changed(void *self, const struct ramp_step *step)
{
    static const struct str nobody = {"", 0};
    const struct str *allowed = step->n_classes > 0 ? step->classes : &nobody;

    log_info(LOG, "Shape test updating to %zu users at %.2f spawn rate", step->users,
             step->spawn_rate);
    start_ramp(self, step->users, step->spawn_rate, step->has_classes ? allowed : NULL,
               step->n_classes);
}

static void shape_over(void *self)
{
    log_info(LOG, "Shape test stopping");
    runner_stop(self, RUN_END_SHAPE, STR("Shape test completed, shutting down"));
}

static void shape_failed(void *self, const struct err *err)
{
    log_error(LOG, "Shape test failed: %s", err->text);
    runner_stop(self, RUN_END_SHAPE_ERROR, STR_EMPTY);
}

// --- time ----------------------------------------------------------------------------------------

static void run_time_is_over(void *self)
{
    runner_stop(self, RUN_END_RUN_TIME, STR("--run-time limit reached, shutting down"));
}

/* Seconds are counted from the start; those that a blocked loop slept through aren't made up for. */
static void wait_for_second(struct runner *r)
{
    uint64_t over = (now_ns(r) - r->start_ns) / NS_PER_S;

    timer_start_at(r->loop, &r->second, r->start_ns + (over + 1) * NS_PER_S);
}

static void second_is_over(void *self)
{
    struct runner *r = self;

    wait_for_second(r);
    stats_tick(r->stats, spawner_user_count(r->spawner), wall_s(r));
    hooks_fire_kind(r->hooks, HOOK_SECOND);
}

// --- start and end -------------------------------------------------------------------------------

static void make_ready(struct runner *r)
{
    if (r->state != RUN_STOPPED)
        return;
    set_state(r, RUN_READY);
    r->why = RUN_END_NONE;
    r->is_last = false;
    spawner_clear(r->spawner);
}

/* A test, its time limited as was settled. */
static void begin(struct runner *r)
{
    if (r->why != RUN_END_NONE) {
        deferred_start(r->loop, &r->finish);
        return;
    }
    r->is_testing = true;
    r->target = r->shape == NULL ? r->config.users : 0;
    r->iterations_taken = r->iterations_done = 0;
    r->start_ns = now_ns(r);
    stats_clear(r->stats, wall_s(r));
    wait_for_second(r);
    if (r->config.run_time_s > 0)
        timer_start_at(r->loop, &r->run_time, r->limit_ns);
    hooks_fire_kind(r->hooks, HOOK_TEST_START);
    if (!is_going_on(r))
        return;
    spawner_clear(r->spawner); // by what classes weigh now
    if (r->shape != NULL) {
        log_info(LOG, "Shape test starting.");
        shape_start(r->shape);
    } else {
        start_ramp(r, r->config.users, r->config.spawn_rate,
                   r->n_first_classes > 0 ? r->first_classes : NULL, r->n_first_classes);
    }
}

void runner_start(struct runner *r)
{
    assert(!r->is_testing);
    make_ready(r);
    r->limit_ns = now_ns(r) + s_to_ns(r->config.run_time_s);
    begin(r);
}

static void edit(struct runner *r, const struct ramp_step *wish)
{
    bool may = r->state == RUN_SPAWNING || r->state == RUN_RUNNING;

    if (may && is_going_on(r) && !is_used_up(r))
        start_ramp(r, wish->users, wish->spawn_rate, wish->has_classes ? wish->classes : NULL,
                   wish->n_classes);
}

void runner_edit(struct runner *r, size_t users, double spawn_rate)
{
    edit(r, &(struct ramp_step){.users = users, .spawn_rate = spawn_rate});
}

/* What the next test is to begin with. */
static void keep_wish(struct runner *r, const struct ramp_step *wish)
{
    size_t n = 0;

    r->config.users = wish->users;
    r->config.spawn_rate = wish->spawn_rate;
    free(r->first_classes);
    r->first_classes = xcalloc(r->n_classes + 1, sizeof(*r->first_classes));
    for (size_t c = 0; c < r->n_classes; c++) {
        bool is_wanted = false;
        for (size_t i = 0; i < wish->n_classes; i++)
            is_wanted = is_wanted || str_equal(wish->classes[i], r->classes[c].name);
        if (is_wanted)
            r->first_classes[n++] = r->classes[c].name;
    }
    r->n_first_classes = n;
}

int runner_want(struct runner *r, const struct ramp_step *wish, struct err *err)
{
    if (shape_check(wish, r->classes, r->n_classes, err) < 0)
        return -1;
    if (r->shape != NULL)
        return err_set(err, "the load shape of this run says how many users there are");
    if (r->is_last)
        return err_set(err, "the run ends: no other test begins");
    if (is_going_on(r) && r->state != RUN_READY) {
        edit(r, wish);
        return 0;
    }
    keep_wish(r, wish);
    r->has_next = r->why != RUN_END_NONE;
    return 0;
}

/* The place of a class; n_classes: there is none of that name. */
static size_t find_class(const struct runner *r, struct str name)
{
    size_t c = 0;

    while (c < r->n_classes && !str_equal(r->classes[c].name, name))
        c++;
    return c;
}

int runner_set_class(struct runner *r, struct str user_class, double weight, size_t fixed_count,
                     struct err *err)
{
    size_t c = find_class(r, user_class);

    assert(weight >= 0);
    if (c == r->n_classes)
        return err_set(err, "there is no user class '%.*s'", STR_ARG(user_class));
    r->classes[c].weight = weight;
    r->classes[c].fixed_count = fixed_count;
    return 0;
}

int runner_spawn(struct runner *r, struct str user_class, size_t n, struct err *err)
{
    size_t c = 0;

    if (!is_going_on(r) || is_used_up(r) || r->state == RUN_READY)
        return err_set(err, "no test goes on that users could come to");
    while (c < r->n_classes && !str_equal(spawner_class_name(r->spawner, c), user_class))
        c++;
    if (c == r->n_classes)
        return err_set(err, "there is no user class '%.*s'", STR_ARG(user_class));
    spawner_add(r->spawner, c, n);
    return 0;
}

bool runner_class_users(const struct runner *r, size_t class_index, struct str *name, size_t *users,
                        size_t *wanted)
{
    if (class_index >= r->n_classes)
        return false;
    *name = spawner_class_name(r->spawner, class_index);
    *users = spawner_class_count(r->spawner, class_index);
    *wanted = spawner_class_wanted(r->spawner, class_index);
    return true;
}

static void let_nobody_come(struct runner *r)
{
    spawner_cancel(r->spawner);
    if (r->shape != NULL)
        shape_cancel(r->shape);
}

static void log_reason(enum run_end why, struct str reason)
{
    if (why == RUN_END_SCRIPT)
        log_info(LOG_MAIN, "The script ended the test%s%.*s", str_is_empty(reason) ? "" : ": ",
                 STR_ARG(reason));
    else if (!str_is_empty(reason))
        log_info(LOG_MAIN, "%.*s", STR_ARG(reason));
}

void runner_stop(struct runner *r, enum run_end why, struct str reason)
{
    assert(why != RUN_END_NONE);
    if (why != RUN_END_SCRIPT && why != RUN_END_USERS_GONE && why != RUN_END_ITERATIONS)
        r->is_last = true;
    if (r->why != RUN_END_NONE)
        return;
    r->why = why;
    log_reason(why, reason);
    if (!r->is_testing)
        return;
    let_nobody_come(r);
    timer_cancel(r->loop, &r->run_time);
    deferred_start(r->loop, &r->stop_users);
}

void runner_quit(struct runner *r, enum run_end why, struct str reason)
{
    r->is_last = true;
    runner_stop(r, why, reason);
}

static void stop_users(void *self)
{
    struct runner *r = self;

    hooks_fire_kind(r->hooks, HOOK_TEST_STOPPING);
    set_state(r, RUN_CLEANUP);
    spawner_stop_all(r->spawner, r->config.stop_timeout_s);
    if (spawner_user_count(r->spawner) == 0)
        deferred_start(r->loop, &r->finish);
}

static void finish(void *self)
{
    struct runner *r = self;

    set_state(r, RUN_STOPPED);
    if (r->is_testing) {
        r->is_testing = false;
        r->end_ns = now_ns(r);
        timer_cancel(r->loop, &r->second);
        deferred_cancel(r->loop, &r->drain);
        hooks_fire_kind(r->hooks, HOOK_TEST_STOP);
        stats_tick(r->stats, spawner_user_count(r->spawner), wall_s(r));
    }
    if (r->has_next && !r->is_last) {
        r->has_next = false;
        make_ready(r);
        begin(r);
        return;
    }
    r->is_last = true; // whoever wants a test from now on comes too late
    // The last thing that is done with the runner: it may be gone then.
    if (r->ended != NULL)
        r->ended(r->ended_self);
}

void runner_on_end(struct runner *r, void (*ended)(void *self), void *self)
{
    r->ended = ended;
    r->ended_self = self;
}

// --- iterations ----------------------------------------------------------------------------------

/* The last task run is done: who is between two tasks is ended, who still begins goes on until it
 * asks for an iteration. Nothing that was begun is cut off. */
static void drain(void *self)
{
    struct runner *r = self;

    if (is_going_on(r))
        spawner_stop_all(r->spawner, INFINITY);
}

bool runner_counts_iterations(const struct runner *r)
{
    return r->config.iterations > 0;
}

bool runner_take_iteration(struct runner *r)
{
    if (r->config.iterations == 0)
        return true;
    if (is_used_up(r))
        return false;
    r->iterations_taken++;
    if (is_used_up(r) && is_going_on(r)) {
        let_nobody_come(r);
        if (r->state == RUN_SPAWNING)
            set_state(r, RUN_RUNNING);
    }
    return true;
}

void runner_iteration_done(struct runner *r)
{
    r->iterations_done++;
    if (r->iterations_done == r->config.iterations)
        deferred_start(r->loop, &r->drain);
}

// --- life ----------------------------------------------------------------------------------------

struct runner *runner_new(struct loop *loop, struct stats *stats, struct hooks *hooks,
                          struct driver driver, const struct run_config *config,
                          const struct dispatch_class *classes, size_t n_classes)
{
    struct runner *r = xcalloc(1, sizeof(*r));

    r->loop = loop;
    r->stats = stats;
    r->hooks = hooks;
    r->config = *config;
    r->state = RUN_READY;
    r->classes = xcalloc(n_classes + 1, sizeof(*r->classes));
    for (size_t c = 0; c < n_classes; c++)
        r->classes[c] = classes[c];
    r->n_classes = n_classes;
    r->spawner = spawner_new(
        loop, driver, config->stop_timeout_s, r->classes, n_classes,
        (struct spawner_events){.complete = spawning_complete, .failed = spawn_failed, .self = r});
    if (config->has_shape) {
        r->shape = shape_new(
            loop, driver, r->classes, n_classes,
            (struct shape_events){
                .changed = shape_changed, .over = shape_over, .failed = shape_failed, .self = r});
    }
    timer_init(&r->run_time, run_time_is_over, r);
    timer_init(&r->second, second_is_over, r);
    deferred_init(&r->stop_users, stop_users, r);
    deferred_init(&r->finish, finish, r);
    deferred_init(&r->drain, drain, r);
    hooks_add(hooks, HOOK_USER_ENDED, user_ended, r);
    return r;
}

void runner_free(struct runner *r)
{
    if (r == NULL)
        return;
    hooks_remove(r->hooks, HOOK_USER_ENDED, user_ended, r);
    timer_cancel(r->loop, &r->run_time);
    timer_cancel(r->loop, &r->second);
    deferred_cancel(r->loop, &r->stop_users);
    deferred_cancel(r->loop, &r->finish);
    deferred_cancel(r->loop, &r->drain);
    free(r->first_classes);
    shape_free(r->shape);
    spawner_free(r->spawner);
    free(r->classes);
    free(r);
}

enum run_state runner_state(const struct runner *r)
{
    return r->state;
}

enum run_end runner_why(const struct runner *r)
{
    return r->why;
}

size_t runner_user_count(const struct runner *r)
{
    return spawner_user_count(r->spawner);
}

size_t runner_target(const struct runner *r)
{
    return r->target;
}

double runner_run_time_s(const struct runner *r)
{
    if (r->is_testing)
        return ns_to_s(now_ns(r) - r->start_ns);
    return ns_to_s(r->end_ns - r->start_ns);
}

const struct run_config *runner_config(const struct runner *r)
{
    return &r->config;
}
