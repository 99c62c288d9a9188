/* runaway -- a script that runs on without a wait. */
// SPDX-License-Identifier: MIT
#include "script/runaway.h"

#include <errno.h>
#include <lauxlib.h>
#include <linux/close_range.h>
#include <luajit.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define LOGGER "katydid.script"
#define OURS "@lua/katydid/"
#define GRACE_S 5.0          /* from the time at which the run should have ended */
#define BRIEF_GLANCES 2      /* of one turn, before it is noted where it is */
#define PLACES 32            /* that are named */
#define PLACE_LENGTH 160     /* of file and line, or it is cut */
#define C_CPU_NS 50000000ull /* so much CPU without an instruction of Lua is a function of C */
#define C_KICKS 4            /* without one: also a function that waits */
#define LOOK_S 2             /* how long a copy may look for the place */

/* Where a script is. */
struct place {
    char text[PLACE_LENGTH]; /* "shop.lua:12" */
    char inside[40];         /* the function of C that runs, or empty */
};

/* Those that were named, in memory that copies of the process share. */
struct places {
    size_t n;
    char text[PLACES][PLACE_LENGTH];
};

struct runaway {
    struct vm *vm;
    int look_ms;
    bool (*was_asked)(void);
    double run_time_s, stop_timeout_s;
    int throw_ref; /* registry: katydid.problem.throw_runaway */
    pthread_t loop_thread, thread;
    sem_t done; /* the thread is to end */
    struct sigaction old_kick;
    void (*take_sample)(int); /* LuaJIT's handler of SIGPROF */

    // Between the two threads.
    _Atomic uint64_t end_ns; /* the clock's time from which it is ended; UINT64_MAX: never */
    _Atomic uint64_t kicked; /* the turn that runs on */
    _Atomic bool is_to_end;  /* whether it is to be ended */
    _Atomic bool is_early;   /* before its time, and only if it is where another was ended */
    _Atomic bool is_brief;   /* only to note where it is, should it be the longest */
    _Atomic uint64_t named, told_end; /* the turn that was named; that can't be ended */
    _Atomic bool has_thrown;

    // Of the loop's thread.
    lua_Hook hook; /* the script's own, while ours is set */
    int hook_mask, hook_count;
    uint64_t cpu_ns; /* when ours was set */
    unsigned kicks;  /* since then */
    struct places *places;
    struct place last; /* where one was ended */
};

// A handler is given nothing but a number.
static struct runaway *watched;

/* --- where it is --------------------------------------------------------------------------- */

/* The innermost line of a script; false: there is none. Allocates nothing. [-0, +0, -] */
static bool find_place(lua_State *L, struct place *place)
{
    lua_Debug at;
    place->inside[0] = '\0';
    for (int level = 0; lua_getstack(L, level, &at) != 0; level++) {
        if (lua_getinfo(L, "nSl", &at) == 0)
            return false;
        if (level == 0 && at.what[0] == 'C' && at.name != NULL)
            snprintf(place->inside, sizeof place->inside, "%s", at.name);
        if (at.currentline > 0 && strncmp(at.source, OURS, sizeof OURS - 1) != 0) {
            snprintf(place->text, sizeof place->text, "%s:%d", at.short_src, at.currentline);
            return true;
        }
    }
    return false;
}

static lua_State *running_state(const struct runaway *r)
{
    const struct task *t = sched_current(r->vm->sched);
    return t != NULL ? t->co : r->vm->L;
}

/* Whether this place wasn't named before. */
static bool is_new(struct places *known, const struct place *place)
{
    for (size_t i = 0; i < known->n; i++)
        if (strcmp(known->text[i], place->text) == 0)
            return false;
    if (known->n == PLACES)
        return false;
    memcpy(known->text[known->n++], place->text, PLACE_LENGTH);
    return true;
}

static const char *when(const struct runaway *r)
{
    const char *phase = sched_phase(r->vm->sched);
    return phase != NULL ? phase : "without a wait";
}

static void name_it(struct runaway *r, const struct place *place)
{
    if (is_new(r->places, place))
        log_warning(LOGGER, "%s: has run for a second %s: all users stand still", place->text,
                    when(r));
}

/* --- in the middle of a function of C ------------------------------------------------------ */

/* In a copy of the process, which may break. */
static _Noreturn void look_and_say(struct runaway *r, bool can_look)
{
    struct place place = {.text = "a script"};
    sigset_t ends; // what the terminal sends is for the process itself
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    signal(SIGABRT, SIG_DFL);
    signal(SIGALRM, SIG_DFL);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    alarm(LOOK_S);
    if (can_look && !find_place(running_state(r), &place))
        snprintf(place.text, sizeof place.text, "a script");
    const char *inside = place.inside[0] != '\0' ? place.inside : "a function of C";
    if (atomic_load(&r->is_to_end))
        log_error(
            LOGGER,
            "%s: is inside of %s, which can't be ended before it returns (a second signal ends "
            "everything at once)",
            place.text, inside);
    else if (is_new(r->places, &place))
        log_warning(LOGGER, "%s: has run for a second %s, inside of %s: all users stand still",
                    place.text, when(r), inside);
    _exit(0);
}

/* fork's own handlers may wait for locks that this thread holds. True: the copy could do it. */
static bool let_copy_say(struct runaway *r, bool can_look)
{
    int status;
    pid_t copy = _Fork();
    if (copy == 0)
        look_and_say(r, can_look);
    while (copy > 0 && waitpid(copy, &status, 0) < 0)
        if (errno != EINTR)
            return true; // somebody else waited for it
    return copy > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool name_from_outside(struct runaway *r)
{
    return let_copy_say(r, true) || let_copy_say(r, false);
}

/* --- between two instructions -------------------------------------------------------------- */

static void set_hook_back(const struct runaway *r, lua_State *L)
{
    lua_sethook(L, r->hook, r->hook_mask, r->hook_count);
}

static void on_instruction(lua_State *L, lua_Debug *at)
{
    struct runaway *r = watched;
    uint64_t turn = atomic_load(&r->kicked);
    (void)at;
    set_hook_back(r, L);
    if (*sched_turn(r->vm->sched) != turn)
        return; // it went on
    struct place place;
    if (!find_place(L, &place) && !find_place(running_state(r), &place))
        snprintf(place.text, sizeof place.text, "a script");
    if (r->vm->options.usage != NULL)
        usage_note_place(r->vm->options.usage, place.text);
    if (atomic_load(&r->is_brief))
        return;
    if (atomic_load(&r->is_early)) {
        if (strcmp(place.text, r->last.text) != 0)
            return;
    } else if (atomic_load(&r->named) != turn) {
        atomic_store(&r->named, turn);
        name_it(r, &place);
    }
    if (!atomic_load(&r->is_to_end))
        return;
    atomic_store(&r->has_thrown, true);
    r->last = place;
    sched_renew_turn(r->vm->sched); // what comes of it has its own time
    lua_rawgeti(L, LUA_REGISTRYINDEX, r->throw_ref);
    lua_call(L, 0, 0);
}

static void set_hook(struct runaway *r)
{
    lua_State *L = r->vm->L;
    if (lua_gethook(L) != on_instruction) {
        r->hook = lua_gethook(L);
        r->hook_mask = lua_gethookmask(L);
        r->hook_count = lua_gethookcount(L);
        r->cpu_ns = clock_cpu_ns();
        r->kicks = 0;
    }
    r->kicks++;
    lua_sethook(L, on_instruction, LUA_MASKCOUNT, 1);
}

/* Whether the hook that was set before doesn't come. */
static bool is_held_off(const struct runaway *r)
{
    return r->kicks > C_KICKS || (r->kicks > 1 && clock_cpu_ns() - r->cpu_ns > C_CPU_NS);
}

static void take_sample(const struct runaway *r)
{
    struct sigaction now;
    if (sigaction(SIGPROF, NULL, &now) == 0 && now.sa_handler == r->take_sample)
        r->take_sample(SIGPROF);
}

/* What is called in here may be called by a handler. */
static void on_kick(int number)
{
    int saved = errno;
    struct runaway *r = watched;
    uint64_t turn = r != NULL ? atomic_load(&r->kicked) : 0;
    (void)number;
    if (r != NULL && pthread_equal(pthread_self(), r->loop_thread) != 0 && turn != 0 &&
        *sched_turn(r->vm->sched) == turn) {
        set_hook(r);
        take_sample(r);
        _Atomic uint64_t *told = atomic_load(&r->is_to_end) ? &r->told_end : &r->named;
        if (!atomic_load(&r->is_early) && !atomic_load(&r->is_brief) && is_held_off(r) &&
            atomic_load(told) != turn && name_from_outside(r))
            atomic_store(told, turn);
    }
    errno = saved;
}

/* --- the thread ---------------------------------------------------------------------------- */

static void kick(struct runaway *r, uint64_t turn, bool is_early)
{
    bool is_to_end =
        r->was_asked() || clock_now_ns(loop_clock(r->vm->options.loop)) >= atomic_load(&r->end_ns);
    if (!is_to_end && (is_early || atomic_load(&r->named) == turn))
        return;
    atomic_store(&r->kicked, turn);
    atomic_store(&r->is_to_end, is_to_end);
    atomic_store(&r->is_early, is_early);
    atomic_store(&r->is_brief, false);
    pthread_kill(r->loop_thread, SIGURG);
}

/* Once in a turn that is long, but not yet very long: where is it? */
static void kick_briefly(struct runaway *r, uint64_t turn)
{
    atomic_store(&r->kicked, turn);
    atomic_store(&r->is_to_end, false);
    atomic_store(&r->is_early, false);
    atomic_store(&r->is_brief, true);
    pthread_kill(r->loop_thread, SIGURG);
}

/* Until the next glance. False: the thread is to end. */
static bool wait_on(struct runaway *r)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += r->look_ms / RUNAWAY_GLANCES * NS_PER_MS;
    until.tv_sec += until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    return sem_clockwait(&r->done, CLOCK_MONOTONIC, &until) != 0;
}

/* Where two threads share a process's descriptors, each system call on one counts who uses it, in memory of
 * the kernel's that is in no cache where connections are many. This thread needs none; where the system
 * can't let it go without, it costs as much as before. */
static void leave_descriptors(void)
{
    (void)close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_UNSHARE);
}

/* A turn that is odd is one in which Lua runs. */
static void *watch(void *self)
{
    struct runaway *r = self;
    uint64_t last = 0;
    unsigned glances = 0;
    leave_descriptors();
    while (wait_on(r)) {
        uint64_t turn = *sched_turn(r->vm->sched);
        glances = turn == last && turn % 2 == 1 ? glances + 1 : 0;
        last = turn;
        unsigned looks = glances / RUNAWAY_GLANCES;
        if (glances == BRIEF_GLANCES)
            kick_briefly(r, turn);
        // One that had to be ended is rarely alone: others at the same place are given less time.
        else if (glances % RUNAWAY_GLANCES == 0 &&
                 (looks >= RUNAWAY_LOOKS || (looks > 0 && atomic_load(&r->has_thrown))))
            kick(r, turn, looks < RUNAWAY_LOOKS);
    }
    return NULL;
}

static void end_within(struct runaway *r, double s)
{
    uint64_t at_ns = clock_now_ns(loop_clock(r->vm->options.loop)) + s_to_ns(s + GRACE_S);
    if (at_ns < atomic_load(&r->end_ns))
        atomic_store(&r->end_ns, at_ns);
}

void runaway_set_limits(struct runaway *r, double run_time_s, double stop_timeout_s)
{
    r->run_time_s = run_time_s;
    r->stop_timeout_s = stop_timeout_s;
}

static void test_starts(void *self, const struct hook *what)
{
    struct runaway *r = self;
    (void)what;
    atomic_store(&r->end_ns, UINT64_MAX);
    if (r->run_time_s > 0)
        end_within(r, r->run_time_s);
}

static void test_stops(void *self, const struct hook *what)
{
    struct runaway *r = self;
    (void)what;
    end_within(r, r->stop_timeout_s);
}

/* --- begin and end ------------------------------------------------------------------------- */

static void no_sample(void *self, lua_State *L, int samples, int state)
{
    (void)self;
    (void)L;
    (void)samples;
    (void)state;
}

/* Samples are taken when on_kick says so, and say nothing. */
static void have_code_ask(struct runaway *r)
{
    struct sigaction of_luajit;
    luaJIT_profile_start(r->vm->L, "li1000000", no_sample, NULL);
    setitimer(ITIMER_PROF, &(struct itimerval){.it_value = {0, 0}}, NULL);
    sigaction(SIGPROF, NULL, &of_luajit);
    r->take_sample = of_luajit.sa_handler;
}

/* The thread gets no signal that is meant for the loop's. */
static int start_thread(struct runaway *r)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&r->thread, NULL, watch, r);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static void release(struct runaway *r)
{
    sem_destroy(&r->done);
    if (r->places != MAP_FAILED)
        munmap(r->places, sizeof *r->places);
    luaL_unref(r->vm->L, LUA_REGISTRYINDEX, r->throw_ref);
    free(r);
}

static struct runaway *make(struct vm *vm, int look_ms, bool (*was_asked)(void))
{
    struct runaway *r = xcalloc(1, sizeof *r);
    r->vm = vm;
    r->look_ms = look_ms;
    r->was_asked = was_asked;
    r->loop_thread = pthread_self();
    atomic_init(&r->end_ns, UINT64_MAX);
    r->throw_ref = luaL_ref(vm->L, LUA_REGISTRYINDEX);
    sem_init(&r->done, 0, 0);
    r->places =
        mmap(NULL, sizeof *r->places, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return r;
}

struct runaway *runaway_new(struct vm *vm, int look_ms, bool (*was_asked)(void), struct err *err)
{
    struct sigaction action = {.sa_handler = on_kick, .sa_flags = SA_RESTART};
    if (watched != NULL)
        BUG("a second watch over scripts");
    if (vm_push_function(vm, "katydid.problem", "throw_runaway", err) < 0)
        return NULL;
    struct runaway *r = make(vm, look_ms, was_asked);
    if (r->places == MAP_FAILED || (errno = start_thread(r)) != 0) {
        err_set(err, "the watch over scripts: %s", strerror(errno));
        release(r);
        return NULL;
    }
    watched = r;
    have_code_ask(r);
    sigemptyset(&action.sa_mask);
    sigaction(SIGURG, &action, &r->old_kick);
    hooks_add(vm->options.hooks, HOOK_TEST_START, test_starts, r);
    hooks_add(vm->options.hooks, HOOK_TEST_STOPPING, test_stops, r);
    return r;
}

void runaway_free(struct runaway *r)
{
    if (r == NULL)
        return;
    sem_post(&r->done);
    pthread_join(r->thread, NULL);
    sigaction(SIGURG, &r->old_kick, NULL); // by default it is ignored: one may be under way
    if (lua_gethook(r->vm->L) == on_instruction)
        set_hook_back(r, r->vm->L);
    watched = NULL;
    luaJIT_profile_stop(r->vm->L);
    hooks_remove(r->vm->options.hooks, HOOK_TEST_START, test_starts, r);
    hooks_remove(r->vm->options.hooks, HOOK_TEST_STOPPING, test_stops, r);
    release(r);
}
