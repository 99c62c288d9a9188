/* users -- the users that run, by class. */
// SPDX-License-Identifier: MIT
#include "script/users.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "loop/timer.h"
#include "script/lx.h"

#define LUA_HALF "katydid.driver"

/* A user from its making to its end. */
struct script_user {
    struct users *all;
    size_t of; /* its class */
    uint64_t id;
    struct task *task;
    uint64_t deadline_ns; /* of a graceful stop; UINT64_MAX: none */
    bool was_stopped;     /* by the runner */
    struct script_user *prev, *next;
};

struct users {
    struct vm *vm;
    const struct dispatch_class *classes;
    struct script_user **of; /* those of each class, newest first */
    size_t n_classes, n;
    int new_user, run_user; /* registry: functions of the Lua half; LUA_NOREF until one spawns */
    uint64_t last_id;
    struct timer grace; /* due at the earliest deadline */
    size_t n_deadlines;
    double grace_s; /* of the last graceful stop: for the log */
};

static void grace_is_over(void *self);

struct users *users_new(struct vm *vm)
{
    struct users *u = xcalloc(1, sizeof *u);
    u->vm = vm;
    u->new_user = u->run_user = LUA_NOREF;
    timer_init(&u->grace, grace_is_over, u);
    return u;
}

void users_free(struct users *u)
{
    if (u == NULL)
        return;
    if (u->n > 0)
        BUG("a user is left at the end");
    luaL_unref(u->vm->L, LUA_REGISTRYINDEX, u->new_user);
    luaL_unref(u->vm->L, LUA_REGISTRYINDEX, u->run_user);
    free(u->of);
    free(u);
}

void users_set_classes(struct users *u, const struct dispatch_class *classes, size_t n)
{
    if (u->n > 0)
        BUG("a user is left of other classes");
    free(u->of);
    u->of = xcalloc(n + 1, sizeof(struct script_user *));
    u->classes = classes;
    u->n_classes = n;
}

size_t users_count(const struct users *u)
{
    return u->n;
}

static void forget_deadline(struct script_user *u)
{
    struct users *all = u->all;
    if (u->deadline_ns == UINT64_MAX)
        return;
    u->deadline_ns = UINT64_MAX;
    if (--all->n_deadlines == 0)
        timer_cancel(all->vm->options.loop, &all->grace);
}

static enum user_end why_ended(const struct script_user *u, const struct task *t, enum task_end how)
{
    if (u->was_stopped)
        return USER_STOPPED; // whatever became of it then: nobody is to come in its place
    if (how == TASK_THREW)
        return USER_FAILED;
    bool failed = how == TASK_RETURNED && lua_type(t->co, 1) == LUA_TSTRING &&
                  strcmp(lua_tostring(t->co, 1), "failed") == 0;
    return failed ? USER_FAILED : USER_FINISHED;
}

static void user_ended(void *self, struct task *t, enum task_end how, const char *message,
                       const char *traceback)
{
    struct script_user *u = self;
    struct users *all = u->all;
    struct hook what = {.kind = HOOK_USER_ENDED};
    what.u.ended.user_class = all->classes[u->of].name;
    what.u.ended.why = why_ended(u, t, how);
    if (how == TASK_THREW)
        log_error("katydid.user", "%s\n%s", message, traceback);
    forget_deadline(u);
    DL_DELETE(all->of[u->of], u);
    all->n--;
    free(u);
    hooks_fire(all->vm->options.hooks, &what);
}

bool users_who(const struct task *t, struct str *user_class, uint64_t *id)
{
    if (t->user->ended != user_ended)
        return false;
    const struct script_user *u = t->user->ended_self;
    *user_class = u->all->classes[u->of].name;
    *id = u->id;
    return true;
}

/* Looked up once: what looking up leaves behind would lie between the instances of users, and these
 * far from each other. [-0, +1, -] */
static int push_function(struct users *all, int *ref, const char *name, struct err *err)
{
    lua_State *L = all->vm->L;
    if (*ref == LUA_NOREF) {
        if (vm_push_function(all->vm, LUA_HALF, name, err) < 0)
            return -1;
        *ref = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, *ref);
    return 0;
}

/* The instance draws from its own stream from the beginning. */
int users_spawn(struct users *all, size_t of, struct err *err)
{
    lua_State *L = all->vm->L;
    if (push_function(all, &all->run_user, "run_user", err) < 0)
        return -1;
    if (push_function(all, &all->new_user, "new_user", err) < 0) {
        lua_pop(L, 1);
        return -1;
    }
    uint64_t id = ++all->last_id;
    lx_push_str(L, all->classes[of].name);
    lua_pushnumber(L, (double)id); // run_user new_user class id
    struct rng stream = sched_stream(all->vm->sched, id);
    sched_lend_stream(all->vm->sched, &stream);
    int rc = vm_call(all->vm, "in a user's init", 2, 1, NULL, err);
    sched_lend_stream(all->vm->sched, NULL);
    if (rc < 0) {
        lua_pop(L, 1);
        return -1;
    }
    struct script_user *u = xcalloc(1, sizeof *u);
    u->all = all;
    u->of = of;
    u->id = id;
    u->deadline_ns = UINT64_MAX;
    u->task = sched_spawn(all->vm->sched, L, &stream, user_ended, u);
    DL_PREPEND(all->of[of], u);
    all->n++;
    return 0;
}

static void kill_user(struct script_user *u)
{
    forget_deadline(u);
    sched_kill(u->task);
}

static void set_deadline(struct script_user *u, uint64_t at_ns)
{
    struct users *all = u->all;
    if (u->deadline_ns == UINT64_MAX)
        all->n_deadlines++;
    if (at_ns < u->deadline_ns)
        u->deadline_ns = at_ns;
    if (!timer_is_started(&all->grace) || at_ns < all->grace.at_ns)
        timer_start_at(all->vm->options.loop, &all->grace, at_ns);
}

/* Whether it is busy with its task until then, or with what it spawned. */
static bool stop_one(struct script_user *u, double grace_s)
{
    if (u->task->is_ending) {
        if (!(grace_s > 0))
            kill_user(u); // what it spawned may not have ended yet
        return false;
    }
    u->was_stopped = true;
    if (!(grace_s > 0) || !sched_is_busy(u->task)) {
        kill_user(u);
        return false;
    }
    sched_stop(u->task);
    if (!isinf(grace_s))
        set_deadline(u, loop_now_ns(u->all->vm->options.loop) + s_to_ns(grace_s));
    return true;
}

size_t users_stop(struct users *all, size_t of, size_t n, double grace_s)
{
    size_t busy = 0;
    all->grace_s = grace_s;
    struct script_user *u;
    DL_FOREACH (all->of[of], u) {
        if (n == 0)
            break;
        if (n != SIZE_MAX && (u->was_stopped || u->task->is_ending))
            continue;
        if (stop_one(u, grace_s))
            busy++;
        if (n != SIZE_MAX)
            n--;
    }
    return busy;
}

static void log_end_of_grace(double grace_s)
{
    struct buf seconds = BUF_INIT;
    text_add_double(&seconds, grace_s);
    log_info("katydid.runners",
             "Not all users finished their tasks & terminated in %s seconds. Stopping them...",
             buf_cstr(&seconds));
    buf_release(&seconds);
}

/* Whether the user was busy with his task, or with what it spawned, to the last. */
static bool end_grace(struct script_user *u)
{
    bool was_busy = !u->task->is_ending || u->task->spawned != NULL;
    kill_user(u);
    return was_busy;
}

static void grace_is_over(void *self)
{
    struct users *all = self;
    uint64_t now_ns = loop_now_ns(all->vm->options.loop), next_ns = UINT64_MAX;
    size_t n_busy = 0;
    for (size_t i = 0; i < all->n_classes; i++) {
        struct script_user *u;
        DL_FOREACH (all->of[i], u) {
            if (u->deadline_ns <= now_ns)
                n_busy += end_grace(u);
            else if (u->deadline_ns < next_ns)
                next_ns = u->deadline_ns;
        }
    }
    if (n_busy > 0)
        log_end_of_grace(all->grace_s);
    if (next_ns != UINT64_MAX)
        timer_start_at(all->vm->options.loop, &all->grace, next_ns);
}
