/*
 * spec -- runs one file of specs: build/VARIANT/tests/spec tests/lua/NAME_spec.lua
 *
 * Makes everything that a run has (loop, statistics, hooks, transport, vm), as app makes it, and gives
 * the words of tests/lua/spec/init.lua their C half, the module spec.core. By the virtual clock requests
 * go over the wire of wire.h, by the machine's clock over libcurl.
 */
// SPDX-License-Identifier: MIT
#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/curl_transport.h"
#include "http/h1_transport.h"
#include "net/resolver.h"
#include "run/monitor.h"
#include "run/runner.h"
#include "script/driver.h"
#include "script/hooks.h"
#include "script/lx.h"
#include "script/vm.h"
#include "stats/stats.h"
#include "target/target.h"
#include "wire.h"

#define SPEC_LIMIT (1024 * 1024)
#define TURNS_LIMIT 20000000 /* of a case: one that spins forever is told from one that is long */
#define CPU_LIMIT_S 120      /* of a case: one that never comes back to the loop */
#define SEED 1

struct spec {
    uint64_t seed;
    struct clock clock;
    struct loop *loop;
    struct stats *stats;
    struct hooks *hooks;
    struct wire *wire; /* the virtual clock's transport */
    struct resolver *resolver;
    struct transport *transport, *fast_transport; /* those in use */
    struct target *target;
    struct vm *vm;
    size_t turns;      /* of the case */
    size_t n_refs;     /* at the begin of the case */
    struct buf *lines; /* what was logged and printed since then */
    size_t n_lines;
    // The run that is under way.
    struct script_driver *driver;
    struct runner *runner;
    struct monitor monitor;
    bool has_ended;
    struct buf users; /* of size_t: after each second */
    struct buf ended; /* of struct ended */
};

struct ended {
    size_t user_class;
    enum user_end why;
};

static struct spec *spec_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* --- what is heard ------------------------------------------------------------------------- */

static void keep_line(void *self, struct str line)
{
    struct spec *s = self;
    s->lines = xreallocarray(s->lines, s->n_lines + 1, sizeof *s->lines);
    buf_init(&s->lines[s->n_lines], 0);
    buf_add_str(&s->lines[s->n_lines++], line);
}

static void forget_lines(struct spec *s)
{
    for (size_t i = 0; i < s->n_lines; i++)
        buf_release(&s->lines[i]);
    free(s->lines);
    s->lines = NULL;
    s->n_lines = 0;
}

static void on_request(void *self, const struct hook *what)
{
    struct spec *s = self;
    double now_s = clock_wall_s(&s->clock);
    struct entry *e = stats_entry(s->stats, what->u.request.method, what->u.request.name, now_s);
    stats_log(s->stats, e, what->u.request.timed, what->u.request.ms, what->u.request.length,
              what->u.request.failure, now_s);
}

static void on_user_error(void *self, const struct hook *what)
{
    struct spec *s = self;
    exceptions_add(&s->stats->exceptions, what->u.error.message, what->u.error.traceback,
                   STR("local"));
}

static void on_second(void *self, const struct hook *what)
{
    struct spec *s = self;
    (void)what;
    if (s->runner == NULL)
        return;
    size_t n = runner_user_count(s->runner);
    stats_tick(s->stats, n, clock_wall_s(&s->clock));
    buf_add(&s->users, &n, sizeof n);
}

static void on_user_ended(void *self, const struct hook *what)
{
    struct spec *s = self;
    size_t n;
    const struct dispatch_class *classes = script_driver_classes(s->driver, &n);
    for (size_t i = 0; i < n; i++) {
        if (!str_equal(classes[i].name, what->u.ended.user_class))
            continue;
        struct ended one = {i, what->u.ended.why};
        buf_add(&s->ended, &one, sizeof one);
    }
}

/* --- results as tables --------------------------------------------------------------------- */

static void set_number(lua_State *L, const char *name, double value)
{
    lua_pushnumber(L, value);
    lua_setfield(L, -2, name);
}

static void set_text(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text);
    lua_setfield(L, -2, name);
}

static void push_entry(lua_State *L, const struct entry *e)
{
    lua_newtable(L);
    set_text(L, "method", e->method);
    set_text(L, "name", e->name);
    set_number(L, "requests", (double)e->requests);
    set_number(L, "failures", (double)e->failures);
    set_number(L, "untimed", (double)e->untimed);
    set_number(L, "average", entry_average(e));
    set_number(L, "median", entry_median(e));
    set_number(L, "min", entry_percentile(e, 0));
    set_number(L, "max", entry_percentile(e, 1));
    set_number(L, "length", (double)e->content_length);
}

static void push_failures(lua_State *L, const struct stats *stats)
{
    struct failure *f, *next;
    int n = 0;
    lua_newtable(L);
    HASH_ITER (hh, stats->failures.all, f, next) {
        lua_newtable(L);
        set_text(L, "method", f->method);
        set_text(L, "name", f->name);
        set_text(L, "text", f->text);
        set_number(L, "count", (double)f->count);
        lua_rawseti(L, -2, ++n);
    }
}

static void push_exceptions(lua_State *L, const struct stats *stats)
{
    struct exception *x, *next;
    int n = 0;
    lua_newtable(L);
    HASH_ITER (hh, stats->exceptions.all, x, next) {
        lua_newtable(L);
        set_text(L, "message", x->message);
        set_text(L, "traceback", x->traceback);
        set_number(L, "count", (double)x->count);
        lua_rawseti(L, -2, ++n);
    }
}

/* name -> what is known of it. [-0, +1, m] */
static void push_metrics(lua_State *L, const struct stats *stats, bool checks)
{
    size_t n;
    struct metric **sorted = metrics_sorted(&stats->metrics, &n);
    lua_newtable(L);
    for (size_t i = 0; i < n; i++) {
        if ((sorted[i]->kind == METRIC_CHECK) != checks)
            continue;
        lua_newtable(L);
        set_text(L, "kind", metric_kind_name(sorted[i]->kind));
        set_number(L, "count", (double)sorted[i]->count);
        set_number(L, "passes", (double)sorted[i]->passes);
        set_number(L, "sum", sorted[i]->sum);
        set_number(L, "last", sorted[i]->last);
        set_number(L, "min", sorted[i]->min);
        set_number(L, "max", sorted[i]->max);
        set_number(L, "median", metric_percentile(sorted[i], 0.5));
        lua_setfield(L, -2, sorted[i]->name);
    }
    free(sorted);
}

/* [-0, +1, m] */
static void push_stats(lua_State *L, const struct spec *s)
{
    struct entry *e, *next;
    lua_newtable(L);
    lua_newtable(L);
    HASH_ITER (hh, s->stats->entries, e, next) {
        lua_pushfstring(L, "%s %s", e->method, e->name);
        push_entry(L, e);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "entries");
    push_entry(L, s->stats->total);
    lua_setfield(L, -2, "total");
    push_failures(L, s->stats);
    lua_setfield(L, -2, "failures");
    push_exceptions(L, s->stats);
    lua_setfield(L, -2, "exceptions");
    push_metrics(L, s->stats, true);
    lua_setfield(L, -2, "checks");
    push_metrics(L, s->stats, false);
    lua_setfield(L, -2, "metrics");
    set_number(L, "in_flight_at_end", (double)s->stats->in_flight_at_end);
    set_number(L, "transactions_cut_off", (double)s->stats->transactions_cut_off);
}

/* stats() -> table */
static int l_stats(lua_State *L)
{
    push_stats(L, spec_of(L));
    return 1;
}

/* --- the loop, tasks ----------------------------------------------------------------------- */

static int l_now(lua_State *L)
{
    lua_pushnumber(L, ns_to_s(clock_now_ns(&spec_of(L)->clock)));
    return 1;
}

static int too_many_turns(lua_State *L)
{
    return luaL_error(L, "the loop has turned %d times in this case: it seems to go on forever",
                      TURNS_LIMIT);
}

/* One turn; raises when the case has had too many. [-0, +0, e] */
static bool turn(lua_State *L, struct spec *s)
{
    if (++s->turns > TURNS_LIMIT)
        too_many_turns(L);
    return loop_turn(s->loop, true);
}

/* turn() -> whether anything is left that could happen */
static int l_turn(lua_State *L)
{
    lua_pushboolean(L, turn(L, spec_of(L)));
    return 1;
}

static void set_flag(void *self)
{
    *(bool *)self = true;
}

/* turn_for(seconds) */
static int l_turn_for(lua_State *L)
{
    struct spec *s = spec_of(L);
    double seconds = luaL_checknumber(L, 1);
    bool is_over = false;
    struct timer end;
    timer_init(&end, set_flag, &is_over);
    timer_start(s->loop, &end, s_to_ns(seconds));
    while (!is_over && ++s->turns <= TURNS_LIMIT)
        loop_turn(s->loop, true);
    timer_cancel(s->loop, &end);
    return is_over ? 0 : too_many_turns(L);
}

/* A task of spec.start: its table is kept until it is over. */
struct watched {
    lua_State *L;
    int table_ref;
};

static void task_is_over(void *self, struct task *t, enum task_end how, const char *message,
                         const char *traceback)
{
    static const char *const names[] = {"returned", "stopped", "threw"};
    struct watched *w = self;
    (void)t;
    lua_rawgeti(w->L, LUA_REGISTRYINDEX, w->table_ref);
    set_text(w->L, "how", names[how]);
    if (how == TASK_THREW) {
        set_text(w->L, "message", message);
        set_text(w->L, "traceback", traceback);
    }
    lua_pop(w->L, 1);
    luaL_unref(w->L, LUA_REGISTRYINDEX, w->table_ref);
    free(w);
}

/* start(fn, user, task) */
static int l_start(lua_State *L)
{
    struct spec *s = spec_of(L);
    luaL_checktype(L, 3, LUA_TTABLE);
    struct watched *w = xcalloc(1, sizeof *w);
    w->L = s->vm->L;
    lua_pushvalue(L, 3);
    w->table_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    struct rng stream = sched_stream(s->vm->sched, 1);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    struct task *t = sched_spawn(s->vm->sched, L, &stream, task_is_over, w);
    lua_pushlightuserdata(L, t);
    lua_setfield(L, 3, "_task");
    return 0;
}

static struct task *check_task(lua_State *L)
{
    lua_getfield(L, 1, "_task");
    return lua_touserdata(L, -1);
}

/* kill(task), stop(task) */
static int l_kill(lua_State *L)
{
    sched_kill(check_task(L));
    return 0;
}

static int l_stop(lua_State *L)
{
    sched_stop(check_task(L));
    return 0;
}

/* --- cases --------------------------------------------------------------------------------- */

/* References that luaL_ref gave and that were not given back: luaL_ref keeps free places as numbers. */
static size_t count_refs(lua_State *L)
{
    size_t n = 0, places = lua_objlen(L, LUA_REGISTRYINDEX);
    for (size_t i = 1; i <= places; i++) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, (int)i);
        n += !lua_isnil(L, -1) && lua_type(L, -1) != LUA_TNUMBER;
        lua_pop(L, 1);
    }
    return n;
}

static char too_long[300]; /* what is said of the case, if it goes on */

static void give_up(int signum)
{
    (void)signum;
    _exit(write(STDOUT_FILENO, too_long, strlen(too_long)) < 0 ? 2 : 1);
}

/* The process ends when the case has had this much of a processor, not of time: others may run too. */
static void limit_case(const char *name)
{
    struct itimerval limit = {.it_value = {.tv_sec = CPU_LIMIT_S}};
    snprintf(too_long, sizeof(too_long), "FAILED: %.200s\n  it has computed for %d s\n", name,
             CPU_LIMIT_S);
    signal(SIGPROF, give_up);
    setitimer(ITIMER_PROF, &limit, NULL);
}

/* begin_case(name) */
static int l_begin_case(lua_State *L)
{
    struct spec *s = spec_of(L);
    limit_case(luaL_checkstring(L, 1));
    forget_lines(s);
    stats_clear(s->stats, clock_wall_s(&s->clock));
    s->stats->in_flight_at_end = 0;
    s->vm->has_exit_code = s->vm->stop_asked = false;
    s->turns = 0;
    s->n_refs = count_refs(s->vm->L);
    return 0;
}

/* Ends whatever users are left, so that the next case begins clean. */
static void end_users(struct spec *s)
{
    for (int i = 0; i < 1000 && sched_count(s->vm->sched) > 0; i++) {
        sched_kill_all(s->vm->sched);
        loop_turn(s->loop, false);
    }
}

/* end_case() -> what is left that shouldn't be, or nil */
static int l_end_case(lua_State *L)
{
    struct spec *s = spec_of(L);
    size_t n_tasks = sched_count(s->vm->sched);
    lua_pushnil(L);
    wire_answer(s->wire, L);
    if (s->wire->problem != NULL) {
        lua_pushfstring(L, "what spec.answer was given threw: %s", s->wire->problem);
        free(s->wire->problem);
        s->wire->problem = NULL;
        return 1;
    }
    if (n_tasks > 0) {
        end_users(s);
        lua_pushfstring(L, "%d users still run", (int)n_tasks);
        return 1;
    }
    // What was put off, a connection that is being closed: a few turns. The practice server stays.
    for (int i = 0; i < 20 && !loop_is_idle(s->loop); i++)
        loop_turn(s->loop, false);
    if (s->clock.is_virtual && !loop_is_idle(s->loop)) {
        lua_pushliteral(L, "a timer or a descriptor is left on the loop");
        return 1;
    }
    size_t n_refs = count_refs(s->vm->L);
    if (n_refs != s->n_refs) {
        lua_pushfstring(L, "there were %d references from C before, and are %d now", (int)s->n_refs,
                        (int)n_refs);
        return 1;
    }
    return 0;
}

/* lines() -> list of texts */
static int l_lines(lua_State *L)
{
    struct spec *s = spec_of(L);
    lua_newtable(L);
    for (size_t i = 0; i < s->n_lines; i++) {
        lx_push_str(L, buf_slice(&s->lines[i]));
        lua_rawseti(L, -2, (int)i + 1);
    }
    return 1;
}

/* answer(function or nil) */
static int l_answer(lua_State *L)
{
    lua_settop(L, 1);
    wire_answer(spec_of(L)->wire, L);
    return 0;
}

/* target(options) -> port */
static int l_target(lua_State *L)
{
    struct spec *s = spec_of(L);
    if (s->clock.is_virtual)
        return luaL_error(L, "the practice server needs a spec that begins with -- clock: real");
    if (s->target == NULL) {
        struct target_options options = {.bind = "127.0.0.1", .seed = SEED, .connections = 1000};
        lua_getfield(L, 1, "delay_min_ms");
        options.delay_min_ms = lua_tonumber(L, -1);
        lua_getfield(L, 1, "delay_max_ms");
        options.delay_max_ms = lua_tonumber(L, -1);
        lua_getfield(L, 1, "error_rate");
        options.error_rate = lua_tonumber(L, -1);
        struct err err = ERR_INIT;
        s->target = target_new(s->loop, &options, &err);
        if (s->target == NULL)
            return luaL_error(L, "%s", err.text);
    }
    lua_pushinteger(L, target_port(s->target));
    return 1;
}

/* --- whole runs ---------------------------------------------------------------------------- */

/* A list of texts, borrowed from the table's own. */
struct texts {
    const char **all;
    size_t n;
};

static struct texts texts_field(lua_State *L, const char *field)
{
    struct texts t = {NULL, 0};
    lua_getfield(L, 1, field);
    size_t n = lua_istable(L, -1) ? lua_objlen(L, -1) : 0;
    t.all = lua_newuserdata(L, (n + 1) * sizeof *t.all);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, -2, (int)i + 1);
        t.all[t.n++] = luaL_checkstring(L, -1);
        lua_pop(L, 1);
    }
    return t; // list and userdata stay on the stack
}

static double number_field(lua_State *L, const char *field, double otherwise)
{
    lua_getfield(L, 1, field);
    double value = luaL_optnumber(L, -1, otherwise);
    lua_pop(L, 1);
    return value;
}

static int load_scenario(lua_State *L, struct spec *s, struct err *err)
{
    struct texts scripts = texts_field(L, "scripts"), chosen = texts_field(L, "chosen");
    struct texts tags = texts_field(L, "tags"), exclude = texts_field(L, "exclude_tags");
    struct texts configs = texts_field(L, "config_users");
    lua_getfield(L, 1, "equal_weights");
    bool equal_weights = lua_toboolean(L, -1);
    lua_getfield(L, 1, "host");
    const char *host = lua_tostring(L, -1);
    s->driver = script_driver_new(s->vm, err);
    if (s->driver == NULL)
        return -1;
    if (script_driver_load(s->driver, scripts.all, scripts.n, err) < 0)
        return -1;
    if (script_driver_configure(s->driver, configs.all, configs.n, equal_weights, err) < 0)
        return -1;
    if (script_driver_choose(s->driver, chosen.all, chosen.n, err) < 0)
        return -1;
    if (script_driver_filter_tags(s->driver, tags.all, tags.n, exclude.all, exclude.n, err) < 0)
        return -1;
    return script_driver_set_host(s->driver, host, err);
}

static void release_run(struct spec *s)
{
    runner_free(s->runner);
    s->vm->runner = s->runner = NULL;
    script_driver_free(s->driver);
    s->driver = NULL;
    buf_release(&s->users);
    buf_release(&s->ended);
}

/* load(scenario) -> classes */
static int l_load(lua_State *L)
{
    struct spec *s = spec_of(L);
    struct err err = ERR_INIT;
    lua_settop(L, 1);
    if (load_scenario(L, s, &err) < 0) {
        release_run(s);
        lua_pushstring(L, err.text);
        return lua_error(L);
    }
    size_t n;
    const struct dispatch_class *classes = script_driver_classes(s->driver, &n);
    lua_newtable(L);
    for (size_t i = 0; i < n; i++) {
        lua_newtable(L);
        lx_push_str(L, classes[i].name);
        lua_setfield(L, -2, "name");
        set_number(L, "weight", classes[i].weight);
        set_number(L, "fixed_count", (double)classes[i].fixed_count);
        lua_rawseti(L, -2, (int)i + 1);
    }
    release_run(s);
    return 1;
}

static void run_has_ended(void *self)
{
    struct spec *s = self;
    s->has_ended = true;
}

/* What scenario.usage says that a process uses: so much of a core, so much memory. */
static double used_share, used_memory;
static struct clock *used_clock;

static void read_usage(struct monitor_reading *reading)
{
    reading->cpu_s = used_share * ns_to_s(clock_now_ns(used_clock));
    reading->memory_bytes = (uint64_t)used_memory;
}

static void start_monitor(lua_State *L, struct spec *s)
{
    used_share = number_field(L, "cpu_usage", 0) / 100;
    used_memory = number_field(L, "memory_usage", 0);
    used_clock = &s->clock;
    if (used_share > 0)
        monitor_start(&s->monitor);
}

static struct run_config read_config(lua_State *L, struct spec *s)
{
    struct run_config config = {
        .users = (size_t)number_field(L, "users", 1),
        .spawn_rate = number_field(L, "spawn_rate", 100),
        .run_time_s = number_field(L, "seconds", 0),
        .stop_timeout_s = number_field(L, "stop_timeout", 0),
        .iterations = (uint64_t)number_field(L, "iterations", 0),
        .has_shape = script_driver_has_shape(s->driver),
    };
    lua_getfield(L, 1, "reset_stats");
    config.reset_stats = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return config;
}

static void push_result(lua_State *L, struct spec *s, double seconds)
{
    static const char *const whys[] = {
        [RUN_END_NONE] = "none",
        [RUN_END_RUN_TIME] = "run_time",
        [RUN_END_SHAPE] = "shape",
        [RUN_END_SHAPE_ERROR] = "shape_error",
        [RUN_END_USERS_GONE] = "users_gone",
        [RUN_END_ITERATIONS] = "iterations",
        [RUN_END_SCRIPT] = "script",
        [RUN_END_SIGNAL] = "signal",
        [RUN_END_SPAWN_ERROR] = "spawn_error",
        [RUN_END_THRESHOLD] = "threshold",
    };
    static const char *const ends[] = {"stopped", "finished", "failed"};
    push_stats(L, s);
    set_text(L, "why", whys[runner_why(s->runner)]);
    set_number(L, "seconds", seconds);
    if (s->vm->has_exit_code)
        set_number(L, "exit_code", s->vm->exit_code);
    lua_newtable(L);
    const size_t *users = (const size_t *)(const void *)s->users.p;
    for (size_t i = 0; i < s->users.n / sizeof *users; i++) {
        lua_pushnumber(L, (double)users[i]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "users");
    lua_newtable(L);
    size_t n_classes;
    const struct dispatch_class *classes = script_driver_classes(s->driver, &n_classes);
    const struct ended *ended = (const struct ended *)(const void *)s->ended.p;
    for (size_t i = 0; i < s->ended.n / sizeof *ended; i++) {
        lua_newtable(L);
        lx_push_str(L, classes[ended[i].user_class].name);
        lua_setfield(L, -2, "class");
        set_text(L, "why", ends[ended[i].why]);
        lua_rawseti(L, -2, (int)i + 1);
    }
    lua_setfield(L, -2, "ended");
}

/* Turns until the run is over. [-0, +0, -]; false: it goes on forever. */
static bool drive(struct spec *s)
{
    while (!s->has_ended && ++s->turns <= TURNS_LIMIT && loop_turn(s->loop, true))
        continue;
    return s->has_ended;
}

/* scenario -> result. [-1, +1, e] */
static int run_scenario(lua_State *L, struct spec *s)
{
    struct err err = ERR_INIT;
    lua_getfield(L, 1, "init");
    bool with_init = lua_isnil(L, -1) || lua_toboolean(L, -1);
    if (load_scenario(L, s, &err) < 0) {
        release_run(s);
        lua_pushstring(L, err.text);
        return lua_error(L);
    }
    struct run_config config = read_config(L, s);
    size_t n;
    const struct dispatch_class *classes = script_driver_classes(s->driver, &n);
    s->runner = runner_new(s->loop, s->stats, s->hooks, script_driver_interface(s->driver), &config,
                           classes, n);
    s->vm->runner = s->runner;
    s->has_ended = false;
    runner_on_end(s->runner, run_has_ended, s);
    if (with_init)
        hooks_fire_kind(s->hooks, HOOK_INIT);
    if (!s->vm->stop_asked && script_driver_check_hosts(s->driver, &err) < 0) {
        release_run(s);
        lua_pushstring(L, err.text);
        return lua_error(L);
    }
    uint64_t begin_ns = clock_now_ns(&s->clock);
    if (!s->vm->stop_asked) {
        start_monitor(L, s);
        runner_start(s->runner);
        bool is_over = drive(s);
        monitor_cancel(&s->monitor);
        if (!is_over) {
            runner_stop(s->runner, RUN_END_SIGNAL, STR_EMPTY);
            end_users(s);
            release_run(s);
            return luaL_error(L, "the run doesn't end");
        }
    }
    if (with_init) {
        hooks_fire_kind(s->hooks, HOOK_QUITTING);
        struct hook quit = {.kind = HOOK_QUIT, .u.exit_code = s->vm->exit_code};
        hooks_fire(s->hooks, &quit);
    }
    push_result(L, s, ns_to_s(clock_now_ns(&s->clock) - begin_ns));
    release_run(s);
    return 1;
}

/* run(scenario) -> result */
static int l_run(lua_State *L)
{
    lua_settop(L, 1);
    return run_scenario(L, spec_of(L));
}

static int spec_open(struct spec *s, bool real_clock, struct err *err);
static void spec_close(struct spec *s);

static int run_protected(lua_State *L)
{
    struct spec *fresh = lua_touserdata(L, 2);
    lua_settop(L, 1);
    return run_scenario(L, fresh);
}

/* run_fresh(scenario, seed) -> result; in a state of its own, by a virtual clock of its own */
static int l_run_fresh(lua_State *L)
{
    struct spec fresh = {.seed = (uint64_t)luaL_checknumber(L, 2)};
    struct err err = ERR_INIT;
    lua_settop(L, 1);
    bool is_wrong = spec_open(&fresh, false, &err) < 0;
    if (is_wrong) {
        lua_pushstring(L, err.text);
    } else {
        lua_pushcfunction(L, run_protected);
        lua_insert(L, 1);
        lua_pushlightuserdata(L, &fresh);
        is_wrong = lua_pcall(L, 2, 1, 0) != 0;
    }
    for (int i = 0; i < 20 && !is_wrong && !loop_is_idle(fresh.loop); i++)
        loop_turn(fresh.loop, false);
    spec_close(&fresh);
    return is_wrong ? lua_error(L) : 1;
}

/* --- making and ending it all -------------------------------------------------------------- */

static const luaL_Reg spec_functions[] = {{"answer", l_answer},
                                          {"begin_case", l_begin_case},
                                          {"end_case", l_end_case},
                                          {"kill", l_kill},
                                          {"lines", l_lines},
                                          {"load", l_load},
                                          {"now", l_now},
                                          {"run", l_run},
                                          {"run_fresh", l_run_fresh},
                                          {"start", l_start},
                                          {"stats", l_stats},
                                          {"stop", l_stop},
                                          {"target", l_target},
                                          {"turn", l_turn},
                                          {"turn_for", l_turn_for},
                                          {NULL, NULL}};

/* spec, file -> passed, failed, skipped. [-2, +3, e] */
static int run_file(lua_State *L)
{
    luaL_findtable(L, LUA_REGISTRYINDEX, "_LOADED", 16);
    lua_newtable(L);
    lua_pushvalue(L, 1);
    luaL_setfuncs(L, spec_functions, 1);
    lua_setfield(L, -2, "spec.core");
    lua_getfield(L, -1, "package");
    lua_pushliteral(L, "tests/lua/?.lua;tests/lua/?/init.lua;");
    lua_getfield(L, -2, "path");
    lua_concat(L, 2);
    lua_setfield(L, -2, "path");
    lua_getglobal(L, "require");
    lua_pushliteral(L, "spec");
    lua_call(L, 1, 1);
    lua_getfield(L, -1, "main");
    lua_pushvalue(L, 2);
    lua_call(L, 1, 3);
    return 3;
}

static int open_network(struct spec *s, struct err *err)
{
    s->resolver = resolver_new(s->loop, err);
    if (s->resolver == NULL)
        return -1;
    struct transport *network = curl_transport_new(s->loop, s->resolver, NULL, err);
    if (network == NULL)
        return -1;
    s->transport = network;
    s->fast_transport = h1_transport_new(s->loop, s->resolver, NULL);
    return 0;
}

static int spec_open(struct spec *s, bool real_clock, struct err *err)
{
    if (real_clock)
        clock_init(&s->clock);
    else
        clock_init_virtual(&s->clock, 1000 * NS_PER_S, 1700000000.0);
    s->loop = loop_new(&s->clock);
    s->stats = stats_new(clock_wall_s(&s->clock), false);
    s->hooks = hooks_new();
    hooks_add(s->hooks, HOOK_REQUEST, on_request, s);
    hooks_add(s->hooks, HOOK_USER_ERROR, on_user_error, s);
    hooks_add(s->hooks, HOOK_USER_ENDED, on_user_ended, s);
    hooks_add(s->hooks, HOOK_SECOND, on_second, s);
    s->wire = wire_new(s->loop);
    s->transport = s->fast_transport = &s->wire->transport;
    if (real_clock && open_network(s, err) < 0)
        return -1;
    struct vm_options options = {.loop = s->loop,
                                 .stats = s->stats,
                                 .hooks = s->hooks,
                                 .transport = s->transport,
                                 .fast_transport = s->fast_transport,
                                 .monitor = &s->monitor,
                                 .seed = s->seed};
    s->vm = vm_new(&options, err);
    if (s->vm == NULL)
        return -1;
    s->wire->vm = s->vm;
    script_hooks_install(s->vm, s->hooks);
    monitor_init(&s->monitor, s->loop, s->hooks, read_usage);
    return 0;
}

static void spec_close(struct spec *s)
{
    vm_free(s->vm);
    if (s->resolver != NULL && s->transport != &s->wire->transport) {
        s->fast_transport->free(s->fast_transport);
        s->transport->free(s->transport);
    }
    resolver_free(s->resolver);
    if (s->wire != NULL)
        s->wire->transport.free(&s->wire->transport);
    target_free(s->target);
    forget_lines(s);
    hooks_free(s->hooks);
    stats_free(s->stats);
    loop_free(s->loop); // asserts that nothing is left on it
}

static bool wants_real_clock(const char *path, struct err *err)
{
    struct buf text = BUF_INIT;
    bool real = file_read(path, &text, SPEC_LIMIT, err) == 0 &&
                str_starts(buf_slice(&text), STR("-- clock: real\n"));
    buf_release(&text);
    return real;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: spec FILE\n");
        return 2;
    }
    struct spec s = {.seed = SEED};
    struct err err = ERR_INIT;
    bool real_clock = wants_real_clock(argv[1], &err);
    int failed = 1;
    log_set_level(LOG_DEBUG);
    log_set_sink(keep_line, &s);
    if (!err_is_set(&err) && spec_open(&s, real_clock, &err) == 0) {
        lua_State *L = s.vm->L;
        lua_pushcfunction(L, run_file);
        lua_pushlightuserdata(L, &s);
        lua_pushstring(L, argv[1]);
        if (lx_call(L, 2, 3, NULL, &err) == 0) {
            failed = (int)lua_tointeger(L, -2);
            fflush(stdout);
            printf("%d passed, %d failed, %d skipped\n", (int)lua_tointeger(L, -3), failed,
                   (int)lua_tointeger(L, -1));
            lua_pop(L, 3);
        }
    }
    spec_close(&s);
    log_set_sink(NULL, NULL);
    if (err_is_set(&err))
        fprintf(stderr, "%s: %s\n", argv[1], err.text);
    return failed > 0;
}
