/* sched -- users' coroutines: who runs, who waits, who is ready. */
// SPDX-License-Identifier: MIT
#include "script/sched.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/err.h"
#include "base/mem.h"
#include "script/lx.h"
#include "script/pacer.h"

struct sched {
    lua_State *L;
    struct loop *loop;
    struct task *all;
    size_t n;
    struct task *ready_first, *ready_last;
    struct deferred turn;
    struct task *current;
    const char *phase;
    _Atomic uint64_t turns; /* see sched_turn */
    uint64_t seed;
    struct rng rng; /* the script's own stream */
    struct rng *lent;
    void *wait, *stop;      /* the signals' addresses */
    int wait_ref, stop_ref; /* and their anchors */
    int turn_ref;           /* see sched_push_turn */
    bool is_calm;           /* as it stands there */
    struct pacer pacer;
};

static void run_ready(void *self)
{
    sched_run_ready(self);
}

/* [-1, +1, m] */
static int signal_text(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

/* A userdata of which there is one alone, and which says what it is. [-0, +0, m] */
static void *new_signal(lua_State *L, const char *name, const char *text, int *ref)
{
    void *signal = lua_newuserdata(L, 1); // signal
    luaL_newmetatable(L, name);           // signal metatable
    lua_pushstring(L, text);
    lua_setfield(L, -2, "__metatable");
    lua_pushstring(L, text);
    lua_pushcclosure(L, signal_text, 1);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
    *ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return signal;
}

/* Says so in the table that Lua sees. */
static void tell_calm(struct sched *s, bool is_calm)
{
    if (s->is_calm == is_calm)
        return;
    s->is_calm = is_calm;
    sched_push_turn(s, s->L);
    lua_pushboolean(s->L, is_calm);
    lua_setfield(s->L, -2, "is_calm");
    lua_pop(s->L, 1);
}

struct sched *sched_new(lua_State *L, struct loop *loop, uint64_t seed)
{
    struct sched *s = xcalloc(1, sizeof *s);
    s->L = L;
    s->loop = loop;
    s->seed = seed;
    s->rng = sched_stream(s, 0);
    deferred_init(&s->turn, run_ready, s);
    s->wait = new_signal(L, "katydid.wait", "the signal of a wait", &s->wait_ref);
    s->stop = new_signal(L, "katydid.stop", "the signal that ends a user", &s->stop_ref);
    lua_createtable(L, 0, 2);
    lua_pushboolean(L, s->is_calm);
    lua_setfield(L, -2, "is_calm");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "has_waited");
    s->turn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    pacer_init(&s->pacer, L, loop_clock(loop));
    return s;
}

void sched_free(struct sched *s)
{
    if (s == NULL)
        return;
    if (s->n != 0)
        BUG("a user is left at the end");
    deferred_cancel(s->loop, &s->turn);
    free(s);
}

static void make_ready(struct task *t)
{
    struct sched *s = t->sched;
    t->is_waiting = false;
    t->is_ready = true;
    t->ready_next = NULL;
    if (s->ready_last != NULL)
        s->ready_last->ready_next = t;
    else
        s->ready_first = t;
    s->ready_last = t;
    deferred_start(s->loop, &s->turn);
}

static void wake_from_sleep(void *self)
{
    sched_wake(self);
}

/* Takes function and argument. [-2, +0, m] */
static struct task *new_task(struct sched *s, lua_State *L, task_ended ended, void *self)
{
    struct task *t = xcalloc(1, sizeof *t);
    t->sched = s;
    t->user = t;
    t->ended = ended;
    t->ended_self = self;
    timer_init(&t->sleep, wake_from_sleep, t);
    lua_pushvalue(L, -1); // function user user
    t->user_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    t->co = lua_newthread(L); // function user coroutine
    t->co_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_xmove(L, t->co, 2);
    s->n++;
    make_ready(t);
    return t;
}

struct task *sched_spawn(struct sched *s, lua_State *L, const struct rng *stream, task_ended ended,
                         void *self)
{
    struct task *t = new_task(s, L, ended, self);
    t->rng = *stream;
    DL_APPEND(s->all, t);
    return t;
}

struct task *sched_spawn_within(struct task *by, lua_State *L, task_ended ended, void *self)
{
    struct task *t = new_task(by->sched, L, ended, self);
    t->user = by->user;
    t->is_stopping = by->is_stopping;
    t->is_ending = by->is_ending;
    DL_APPEND(t->user->spawned, t);
    tell_calm(t->sched, false);
    return t;
}

struct task *sched_current(struct sched *s)
{
    return s->current;
}

struct rng *sched_rng(struct sched *s)
{
    if (s->current != NULL)
        return &s->current->user->rng;
    return s->lent != NULL ? s->lent : &s->rng;
}

struct rng sched_stream(const struct sched *s, uint64_t number)
{
    struct rng stream;
    rng_init(&stream, s->seed, number);
    return stream;
}

void sched_lend_stream(struct sched *s, struct rng *stream)
{
    s->lent = stream;
}

/* What it started or waits for is to happen no more. */
static void cancel_wait(struct task *t)
{
    void (*cancel)(void *) = t->cancel;
    t->cancel = NULL;
    if (cancel == NULL)
        return;
    t->push = NULL;
    cancel(t->op);
}

void sched_park_for(struct task *t, void (*cancel)(void *op), int (*push)(void *op, lua_State *L),
                    void *op)
{
    if (t->cancel != NULL)
        cancel_wait(t);
    t->cancel = cancel;
    t->push = push;
    t->op = op;
}

void sched_park(struct task *t, void (*cancel)(void *op), void *op)
{
    sched_park_for(t, cancel, NULL, op);
}

void sched_wake(struct task *t)
{
    t->cancel = NULL;
    if (!t->is_waiting)
        BUG("a task was woken that doesn't wait");
    make_ready(t);
}

void sched_wake_with(struct task *t, int n)
{
    t->n_results = n;
    sched_wake(t);
}

void sched_abandon(struct task *t)
{
    cancel_wait(t);
}

/* What it waits for is to happen no more; STOP is what it gets. */
static void give_stop(struct task *t)
{
    cancel_wait(t);
    t->gets_stop = true;
    make_ready(t);
}

static void kill_one(struct task *t)
{
    if (t->is_ending)
        return;
    t->is_stopping = t->is_ending = true;
    tell_calm(t->sched, false);
    if (t->is_waiting)
        give_stop(t);
    else
        t->stop_pending = true;
}

static void stop_one(struct task *t)
{
    if (t->is_ending)
        return;
    t->is_stopping = true;
    tell_calm(t->sched, false);
    if (t->is_between_tasks)
        kill_one(t);
}

void sched_stop(struct task *t)
{
    struct task *spawned;
    DL_FOREACH (t->spawned, spawned)
        stop_one(spawned);
    stop_one(t);
}

void sched_kill(struct task *t)
{
    struct task *spawned;
    DL_FOREACH (t->spawned, spawned)
        kill_one(spawned);
    kill_one(t);
}

void sched_end(struct task *t)
{
    t->is_ending = t->gets_stop || t->stop_pending; // no second STOP where one is due
    kill_one(t);
}

void sched_kill_all(struct sched *s)
{
    struct task *t, *spawned;
    DL_FOREACH (s->all, t) {
        DL_FOREACH (t->spawned, spawned)
            spawned->is_ending = false;
        t->is_ending = false;
        sched_kill(t);
    }
}

bool sched_is_busy(const struct task *t)
{
    const struct task *spawned;
    if (!t->is_between_tasks)
        return true;
    DL_FOREACH (t->spawned, spawned) {
        if (!spawned->is_between_tasks)
            return true;
    }
    return false;
}

void sched_set_ending(struct task *t)
{
    t->is_ending = true;
    t->stop_pending = false;
}

bool sched_take_stop(struct task *t)
{
    bool due = t->stop_pending;
    t->stop_pending = false;
    return due;
}

void sched_push_wait(struct sched *s, lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->wait_ref);
}

void sched_push_turn(struct sched *s, lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->turn_ref);
}

void sched_push_stop(struct sched *s, lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->stop_ref);
}

bool sched_is_stop(struct sched *s, lua_State *L, int index)
{
    return lua_touserdata(L, index) == s->stop;
}

/* Lua begins to run, or ends: only this thread writes it, so that no locked instruction is needed. */
static void change_turn(struct sched *s)
{
    uint64_t turns = atomic_load_explicit(&s->turns, memory_order_relaxed);
    atomic_store_explicit(&s->turns, turns + 1, memory_order_relaxed);
}

const _Atomic uint64_t *sched_turn(const struct sched *s)
{
    return &s->turns;
}

void sched_renew_turn(struct sched *s)
{
    change_turn(s);
    change_turn(s);
}

struct sched_phase sched_begin_phase(struct sched *s, const char *text)
{
    struct sched_phase before = {s->phase, s->current};
    if (before.text == NULL && before.current == NULL)
        change_turn(s);
    s->phase = text;
    s->current = NULL;
    return before;
}

void sched_end_phase(struct sched *s, struct sched_phase before)
{
    if (before.text == NULL && before.current == NULL)
        change_turn(s);
    s->phase = before.text;
    s->current = before.current;
}

const char *sched_phase(const struct sched *s)
{
    return s->phase;
}

size_t sched_count(const struct sched *s)
{
    return s->n;
}

struct pacer *sched_pacer(struct sched *s)
{
    return &s->pacer;
}

struct loop *sched_loop(struct sched *s)
{
    return s->loop;
}

static void end_task(struct task *t, enum task_end how, const char *message, const char *traceback);

/* It goes no further. What is ready is on the ready list, which comes to it by itself: until then it
 * stands for itself. */
static void drop(struct task *t)
{
    if (!t->is_ready) {
        end_task(t, TASK_STOPPED, NULL, NULL);
        return;
    }
    DL_DELETE(t->user->spawned, t);
    DL_APPEND(t->sched->all, t);
    t->user = t;
    t->has_begun = false;
    t->stop_pending = true;
}

static void end_task(struct task *t, enum task_end how, const char *message, const char *traceback)
{
    struct sched *s = t->sched;
    cancel_wait(t);
    if (t->push != NULL) // what it waited for has come, and counts
        t->push(t->op, t->co);
    while (t->spawned != NULL)
        drop(t->spawned);
    if (t->user == t)
        DL_DELETE(s->all, t);
    else
        DL_DELETE(t->user->spawned, t);
    s->n--;
    if (t->ended != NULL)
        t->ended(t->ended_self, t, how, message, traceback);
    luaL_unref(s->L, LUA_REGISTRYINDEX, t->co_ref);
    luaL_unref(s->L, LUA_REGISTRYINDEX, t->user_ref);
    free(t);
}

static void end_by_error(struct task *t)
{
    if (sched_is_stop(t->sched, t->co, -1)) {
        end_task(t, TASK_STOPPED, NULL, NULL);
        return;
    }
    char *message = lx_error_text(t->co, -1);
    luaL_traceback(t->sched->L, t->co, NULL, 0);
    char *traceback = xstrdup(lua_tostring(t->sched->L, -1));
    lua_pop(t->sched->L, 1);
    end_task(t, TASK_THREW, message, traceback);
    free(traceback);
    free(message);
}

/* The coroutine yielded: to wait for what it has started. */
static void after_yield(struct task *t)
{
    bool is_wait = lua_gettop(t->co) == 1 && lua_touserdata(t->co, 1) == t->sched->wait;
    lua_settop(t->co, 0);
    if (!is_wait) {
        end_task(t, TASK_THREW, "a user yielded something else than a wait", "");
    } else if (t->cancel == NULL) {
        end_task(t, TASK_THREW, "a user waits for nothing that was started", "");
    } else {
        t->is_waiting = true;
        if (sched_take_stop(t))
            give_stop(t);
    }
}

static void resume(struct task *t)
{
    struct sched *s = t->sched;
    t->is_ready = false;
    if (!t->has_begun && t->stop_pending) {
        end_task(t, TASK_STOPPED, NULL, NULL);
        return;
    }
    int n_args = t->has_begun ? 0 : 1;
    if (t->gets_stop) {
        t->gets_stop = false;
        sched_push_stop(s, t->co);
        n_args = 1;
    } else if (t->n_results > 0) {
        n_args = 1 + t->n_results;
        t->n_results = 0;
    } else if (t->push != NULL) {
        lua_pushnil(t->co);
        n_args = 1 + t->push(t->op, t->co);
    }
    t->push = NULL;
    t->has_begun = true;
    t->is_between_tasks = false;
    pacer_step(&s->pacer);
    tell_calm(s, !t->is_stopping && !t->stop_pending && t->spawned == NULL);
    s->current = t;
    change_turn(s);
    int status = lua_resume(t->co, n_args);
    change_turn(s);
    s->current = NULL;
    if (status == LUA_YIELD)
        after_yield(t);
    else if (status == 0)
        end_task(t, TASK_RETURNED, NULL, NULL);
    else
        end_by_error(t);
}

void sched_run_ready(struct sched *s)
{
    struct task *t = s->ready_first;
    s->ready_first = s->ready_last = NULL; // what becomes ready now runs in the next turn
    while (t != NULL) {
        struct task *next = t->ready_next;
        resume(t);
        t = next;
    }
}
