/* test_sched -- users' coroutines: turns, waits, stops; and what scripts' own coroutines see of them. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "state.h"

static struct {
    int n;
    enum task_end how;
    char message[512], traceback[2048];
} ended;

static void on_end(void *self, struct task *t, enum task_end how, const char *message,
                   const char *traceback)
{
    (void)self;
    (void)t;
    ended.n++;
    ended.how = how;
    snprintf(ended.message, sizeof ended.message, "%s", message != NULL ? message : "");
    snprintf(ended.traceback, sizeof ended.traceback, "%s", traceback != NULL ? traceback : "");
}

/* A user that runs `source`, a function's body that gets `user` and `co`. */
static struct task *spawn(struct state *s, const char *source)
{
    static const char head[] = "local user = ... local co = require 'katydid.co' ";
    ended.n = 0;
    lua_pushstring(s->L, head);
    lua_pushstring(s->L, source);
    lua_concat(s->L, 2);
    if (luaL_loadbuffer(s->L, lua_tostring(s->L, -1), lua_objlen(s->L, -1), "@user") != 0)
        BUG(lua_tostring(s->L, -1));
    lua_remove(s->L, -2);
    lua_newtable(s->L);
    struct rng stream = sched_stream(s->vm.sched, 1);
    return sched_spawn(s->vm.sched, s->L, &stream, on_end, NULL);
}

static double seconds(const struct state *s)
{
    return ns_to_s(clock_now_ns(&s->clock)) - 1;
}

/* Runs a user alone to its end; what it said. */
static const char *run(struct state *s, const char *source)
{
    spawn(s, source);
    loop_run(s->loop);
    return state_said(s);
}

TEST(a_user_runs_and_returns)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(run(&s, "say('on') co.sleep(2.5) say('and on') return 7"), "on|and on");
    CHECK_INT(ended.n, 1);
    CHECK_INT(ended.how, TASK_RETURNED);
    CHECK_DOUBLE(seconds(&s), 2.5, 1e-9);
    CHECK_INT(sched_count(s.vm.sched), 0);
    CHECK(state_close(&s));
}

TEST(users_take_turns)
{
    struct state s;
    state_open(&s, 1);
    spawn(&s, "for i = 1, 3 do say('a' .. i) co.sleep(0) end");
    spawn(&s, "for i = 1, 3 do say('b' .. i) co.sleep(0) end");
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "a1|b1|a2|b2|a3|b3");
    CHECK(state_close(&s));
}

TEST(negative_and_senseless_sleeps_are_none)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(run(&s, "co.sleep(-1) co.sleep(0/0) say 'done'"), "done");
    CHECK_DOUBLE(seconds(&s), 0, 1e-9);
    run(&s, "co.sleep 'long'");
    CHECK_INT(ended.how, TASK_THREW);
    CHECK_TEXT(ended.message, "user:1: k.sleep: expected a number of seconds, got string");
    CHECK(state_close(&s));
}

TEST(an_error_ends_a_user_with_its_traceback)
{
    struct state s;
    state_open(&s, 1);
    run(&s, "local function fall() error('mind the step') end\nco.sleep(1)\nfall()");
    CHECK_INT(ended.how, TASK_THREW);
    CHECK_TEXT(ended.message, "user:1: mind the step");
    CHECK(strstr(ended.traceback, "user:3:") != NULL);
    CHECK(state_close(&s));
}

TEST(a_kill_gives_stop_and_cancels_the_wait)
{
    struct state s;
    state_open(&s, 1);
    struct task *t =
        spawn(&s, "local ok, why = co.pcall(co.sleep, 1000)\n"
                  "say(tostring(ok), tostring(why)) co.sleep(3) say 'on_stop' error(why, 0)");
    loop_turn(s.loop, true);
    sched_kill(t);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "false the signal that ends a user|on_stop");
    CHECK_INT(ended.how, TASK_STOPPED);
    CHECK_DOUBLE(seconds(&s), 3, 1e-9);
    CHECK(state_close(&s));
}

TEST(a_user_killed_before_it_began_never_begins)
{
    struct state s;
    state_open(&s, 1);
    struct task *t = spawn(&s, "say 'never'");
    sched_kill(t);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "");
    CHECK_INT(ended.how, TASK_STOPPED);
    CHECK(state_close(&s));
}

static void kill_it(void *self)
{
    sched_kill(self);
}

TEST(what_has_come_is_given_before_stop)
{
    struct state s;
    state_open(&s, 1);
    struct task *t = spawn(&s, "co.sleep(1) say 'came' co.sleep(0) say 'never'");
    loop_turn(s.loop, true);
    struct timer killer; // due at the same time, but later: the user is ready then
    timer_init(&killer, kill_it, t);
    timer_start(s.loop, &killer, NS_PER_S);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "came");
    CHECK_INT(ended.how, TASK_STOPPED);
    CHECK(state_close(&s));
}

TEST(a_graceful_stop_ends_waits_between_tasks_only)
{
    struct state s;
    state_open(&s, 1);
    struct task *t =
        spawn(&s, "co.sleep(5) say('slept', tostring(require'katydid.core'.sched.is_stopping()))");
    loop_turn(s.loop, true);
    sched_stop(t);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "slept true");
    CHECK_DOUBLE(seconds(&s), 5, 1e-9);
    t = spawn(&s, "co.sleep(5, true) say 'never'");
    loop_turn(s.loop, true);
    sched_stop(t);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "");
    CHECK_DOUBLE(seconds(&s), 5, 1e-9);
    CHECK(state_close(&s));
}

TEST(who_asks_whether_to_stop_gets_no_stop_after)
{
    struct state s;
    state_open(&s, 1);
    struct task *t =
        spawn(&s, "local sched = require 'katydid.core'.sched\n"
                  "co.sleep(1) if sched.is_stopping() then co.sleep(2) say 'on_stop' end");
    loop_turn(s.loop, true);
    struct timer killer;
    timer_init(&killer, kill_it, t);
    timer_start(s.loop, &killer, NS_PER_S);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "on_stop");
    CHECK(state_close(&s));
}

TEST(who_ends_is_not_disturbed)
{
    struct state s;
    state_open(&s, 1);
    struct task *t =
        spawn(&s, "co.sleep(1) require 'katydid.core'.sched.ending() co.sleep(2) say 'on_stop'");
    loop_turn(s.loop, true);
    struct timer killer;
    timer_init(&killer, kill_it, t);
    timer_start(s.loop, &killer, 2 * NS_PER_S);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "on_stop");
    // Nor by a second kill; but whoever has to be rid of all is.
    t = spawn(&s, "co.pcall(co.sleep, 1000) co.sleep(1000) say 'never'");
    loop_turn(s.loop, true);
    for (int i = 0; i < 3; i++) {
        sched_kill(t);
        loop_turn(s.loop, false);
    }
    CHECK_INT(sched_count(s.vm.sched), 1);
    sched_kill_all(s.vm.sched);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "");
    CHECK_DOUBLE(seconds(&s), 3, 1e-9);
    CHECK(state_close(&s));
}

TEST(stop_passes_a_scripts_pcall_and_coroutines)
{
    struct state s;
    state_open(&s, 1);
    struct task *t = spawn(
        &s,
        "local function inner() pcall(function() xpcall(co.sleep, say, 9) end) say 'never' end\n"
        "coroutine.wrap(function() coroutine.resume(coroutine.create(inner)) say 'never' end)()\n"
        "say 'never'");
    loop_turn(s.loop, true);
    sched_kill(t);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "");
    CHECK_INT(ended.how, TASK_STOPPED);
    CHECK(state_close(&s));
}

TEST(pcall_and_xpcall_catch_what_is_an_error)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(run(&s, "say(tostring(pcall(error, 'x', 0)), (select(2, pcall(error, 'x', 0))))\n"
                       "say(tostring(select('#', pcall(function() return nil, nil end))))\n"
                       "say(select(2, xpcall(error, function(e) return e .. '!' end, 'y', 0)))\n"
                       "say(select(2, xpcall(function(...) return ... end, error, 'passed')))\n"
                       "local signal = co.make_signal {}\n"
                       "local ok, why = co.pcall(function() pcall(error, signal) end)\n"
                       "say(tostring(ok), tostring(why == signal))"),
               "false x|3|y!|passed|false true");
    CHECK_INT(ended.how, TASK_RETURNED);
    CHECK(state_close(&s));
}

TEST(generators_may_wait)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(run(&s, "local function items()\n"
                       "  for i = 1, 3 do co.sleep(1) coroutine.yield(i, i * i) end\n"
                       "  return 'end'\n"
                       "end\n"
                       "local outer = coroutine.wrap(function()\n"
                       "  local inner = coroutine.create(items)\n"
                       "  while true do\n"
                       "    local ok, a, b = coroutine.resume(inner)\n"
                       "    assert(ok)\n"
                       "    if a == 'end' then return coroutine.status(inner) end\n"
                       "    coroutine.yield(a .. ' ' .. b)\n"
                       "  end\n"
                       "end)\n"
                       "for _ = 1, 4 do say(outer()) end"),
               "1 1|2 4|3 9|dead");
    CHECK_DOUBLE(seconds(&s), 3, 1e-9);
    CHECK(state_close(&s));
}

TEST(a_scripts_coroutines_behave_as_ever)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(
        run(&s,
            "local c = coroutine.create(function(a) local b = coroutine.yield(a + 1)\n"
            "  assert(coroutine.running() and coroutine.isyieldable()) error('ouch ' .. "
            "b, 0) end)\n"
            "say(tostring(select(2, coroutine.resume(c, 1))), coroutine.status(c))\n"
            "say(tostring(select(2, coroutine.resume(c, 5))), coroutine.status(c))\n"
            "say(tostring(select(2, coroutine.resume(c))))\n"
            "say(tostring(coroutine.isyieldable()), type(coroutine.running()))\n"
            "say(select(2, pcall(function() coroutine.wrap(function() error 'in' end)() end)))\n"
            "say(coroutine.status(coroutine.running()))"),
        "2 suspended|ouch 5 dead|cannot resume dead coroutine|false thread|user:7: user:7: "
        "in|running");
    CHECK(state_close(&s));
}

TEST(nobody_resumes_what_waits)
{
    struct state s;
    state_open(&s, 1);
    spawn(&s, "shared = coroutine.wrap(function() while true do co.sleep(2) coroutine.yield 'it' "
              "end end)\n"
              "main = coroutine.running() say(shared())");
    spawn(&s, "co.sleep(1) say(select(2, pcall(function() shared() end)))\n"
              "say(tostring(select(2, coroutine.resume(main))), coroutine.status(main))\n"
              "co.sleep(2) say(shared())");
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "user:1: cannot resume a coroutine that waits|"
                               "cannot resume a coroutine that waits normal|it|it");
    CHECK(state_close(&s));
}

TEST(a_user_itself_cannot_yield)
{
    struct state s;
    state_open(&s, 1);
    run(&s, "say 'a'\ncoroutine.yield(1)");
    CHECK_INT(ended.how, TASK_THREW);
    CHECK_TEXT(ended.message, "user:2: coroutine.yield: only a coroutine that the script made can "
                              "yield, not the user itself");
    run(&s, "require 'katydid.co'.yield(1)");
    CHECK_TEXT(ended.message, "a user yielded something else than a wait");
    run(&s, "require 'katydid.co'.wait()");
    CHECK_TEXT(ended.message, "a user waits for nothing that was started");
    CHECK(state_close(&s));
}

TEST(a_wait_inside_c_is_refused_by_name_and_line)
{
    struct state s;
    state_open(&s, 1);
    run(&s, "table.sort({ 2, 1 },\nfunction() co.sleep(1) end)");
    CHECK_INT(ended.how, TASK_THREW);
    CHECK_TEXT(ended.message,
               "user:2: k.sleep can't wait here: this function was called by sort, in "
               "the middle of which a user can't be put aside");
    // The coroutine itself could wait; the one that resumes it could not.
    run(&s,
        "local c = coroutine.wrap(function() say(select(2, pcall(co.sleep, 1)))\nreturn 'x' end)\n"
        "say((string.gsub('a', 'a', function()\nreturn c() end)))");
    CHECK_INT(ended.how, TASK_RETURNED);
    CHECK(state_close(&s));
}

TEST(outside_of_users_nothing_waits)
{
    struct state s;
    state_open(&s, 1);
    char *why = state_do(&s, "\nrequire 'katydid.co'.sleep(1)");
    CHECK_TEXT(why, "chunk:2: k.sleep may only be called by a running user");
    free(why);
    struct sched_phase before = sched_begin_phase(s.vm.sched, "while the script is loaded");
    why = state_do(&s, "local sched = require 'katydid.core'.sched\n"
                       "local function get() sched.check('client:get', 2) end\n"
                       "coroutine.wrap(function()\nget() end)()");
    sched_end_phase(s.vm.sched, before);
    CHECK(strstr(why,
                 "chunk:4: client:get may only be called by a running user, not while the script "
                 "is loaded") != NULL);
    free(why);
    CHECK(state_close(&s));
}

TEST(each_user_has_its_own_numbers)
{
    struct state s;
    char first[200];
    state_open(&s, 42);
    snprintf(first, sizeof first, "%s",
             run(&s, "local r = require 'katydid.core'.rand.random\n"
                     "for i = 1, 5 do say(('%.17g'):format(r())) end"));
    CHECK(state_close(&s));
    state_open(&s, 42);
    // Whatever others and the script draw meanwhile.
    spawn(&s, "local r = require 'katydid.core'.rand.random\n"
              "for i = 1, 5 do say(('%.17g'):format(r())) co.sleep(1) end");
    lua_settop(s.L, 0);
    struct rng other = sched_stream(s.vm.sched, 2);
    if (luaL_dostring(s.L,
                      "return function() for i = 1, 9 do require 'katydid.core'.rand.random()\n"
                      "require 'katydid.co'.sleep(0.3) end end") != 0)
        BUG("no chunk");
    lua_newtable(s.L);
    sched_spawn(s.vm.sched, s.L, &other, on_end, NULL);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), first);
    CHECK(state_close(&s));
}

TEST(the_instance_is_kept_and_released)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(run(&s, "user.me = true collectgarbage() co.sleep(1) collectgarbage()\n"
                       "say(tostring(require 'katydid.core'.sched.user() == user and user.me))\n"
                       "seen = setmetatable({ user }, { __mode = 'v' })"),
               "true");
    lua_settop(s.L, 0);
    lua_gc(s.L, LUA_GCCOLLECT, 0);
    lua_gc(s.L, LUA_GCCOLLECT, 0);
    CHECK(state_do(&s, "assert(#seen == 0)") == NULL);
    CHECK(state_close(&s));
}

/* --- what a user spawns ---------------------------------------------------------------------- */

/* `beside(fn)` spawns, `rest(kill)` waits for the end of all that was. */
#define BESIDE                                                  \
    "local spawn = require 'katydid.core'.spawn\n"              \
    "local function beside(fn) return spawn.start(fn, 0) end\n" \
    "local function rest(kill) while spawn.rest(kill) do co.pcall(co.wait) end end\n"

TEST(a_user_spawns_and_waits_for_the_end)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(run(&s,
                   BESIDE "local a = beside(function(n) say('a' .. n) co.sleep(3) say 'a' end)\n"
                          "beside(function() co.sleep(1) say 'b' end)\n"
                          "say(tostring(spawn.join(a))) co.wait() say(tostring(spawn.join(a)))"),
               "true|a0|b|a|false");
    CHECK_DOUBLE(seconds(&s), 3, 1e-9);
    CHECK_INT(ended.n, 1);
    CHECK_INT(sched_count(s.vm.sched), 0);
    CHECK(state_close(&s));
}

TEST(what_is_spawned_is_the_user)
{
    struct state s;
    char alone[200];
    state_open(&s, 42);
    snprintf(alone, sizeof alone, "%s",
             run(&s, "local r = require 'katydid.core'.rand.random\n"
                     "for i = 1, 3 do say(('%.17g'):format(r())) end"));
    CHECK(state_close(&s));
    state_open(&s, 42);
    CHECK_TEXT(run(&s, BESIDE "local core = require 'katydid.core'\n"
                              "local function draw() say(('%.17g'):format(core.rand.random()))\n"
                              "  assert(core.sched.user() == user and core.sched.is_main()) end\n"
                              "draw() beside(function() draw() beside(draw) end) rest(false)"),
               alone);
    CHECK(state_close(&s));
}

TEST(a_kill_ends_what_a_user_spawned)
{
    struct state s;
    state_open(&s, 1);
    struct task *t =
        spawn(&s, BESIDE
              "for i = 1, 2 do beside(function() co.pcall(co.sleep, 50) say(i) end) end\n"
              "local ok, why = co.pcall(co.sleep, 100) rest(false) say 'rest' error(why, 0)");
    loop_turn(s.loop, true);
    loop_turn(s.loop, false);
    CHECK_INT(sched_count(s.vm.sched), 3);
    CHECK(sched_is_busy(t));
    sched_kill(t);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "1|2|rest");
    CHECK_INT(ended.how, TASK_STOPPED);
    CHECK_DOUBLE(seconds(&s), 0, 1e-9);
    CHECK(state_close(&s));
}

TEST(a_graceful_stop_lets_what_was_spawned_finish)
{
    struct state s;
    state_open(&s, 1);
    struct task *t = spawn(&s, BESIDE "beside(function() co.sleep(5) say 'finished' end)\n"
                                      "beside(function() co.sleep(5, true) say 'never' end)\n"
                                      "co.pcall(co.sleep, 100, true) rest(false) say 'rest'");
    loop_turn(s.loop, true);
    loop_turn(s.loop, false);
    CHECK(sched_is_busy(t));
    sched_stop(t);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "finished|rest");
    CHECK_DOUBLE(seconds(&s), 5, 1e-9);
    CHECK(state_close(&s));
}

TEST(waits_between_tasks_alone_are_not_busy)
{
    struct state s;
    state_open(&s, 1);
    struct task *t = spawn(&s, BESIDE "beside(function() co.pcall(co.sleep, 50, true) end)\n"
                                      "co.pcall(co.sleep, 100, true) rest(false)");
    loop_turn(s.loop, true);
    loop_turn(s.loop, false);
    CHECK(!sched_is_busy(t));
    sched_stop(t);
    loop_run(s.loop);
    CHECK_DOUBLE(seconds(&s), 0, 1e-9);
    CHECK(state_close(&s));
}

TEST(what_is_left_at_a_users_end_goes_no_further)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(run(&s, BESIDE "local woken = beside(function() co.sleep(0) end)\n"
                              "beside(function() spawn.join(woken) co.wait() say 'never' end)\n"
                              "beside(function() co.sleep(9) say 'never' end)\n"
                              "co.sleep(0) beside(function() say 'never' end) say 'over'"),
               "over");
    CHECK_INT(ended.how, TASK_RETURNED);
    CHECK_INT(sched_count(s.vm.sched), 0);
    CHECK_DOUBLE(seconds(&s), 0, 1e-9);
    CHECK(state_close(&s));
}

static int count_up(void *op, lua_State *L)
{
    (void)L;
    ++*(int *)op;
    return 0;
}

static void count_down(void *op)
{
    --*(int *)op;
}

/* Parks the running task for *op, and gives the task. */
static int park(lua_State *L)
{
    struct task **parked = lua_touserdata(L, lua_upvalueindex(2));
    *parked = sched_current(lua_touserdata(L, lua_upvalueindex(1)));
    sched_park_for(*parked, count_down, count_up, lua_touserdata(L, lua_upvalueindex(3)));
    return 0;
}

static void wake_it(void *self)
{
    sched_wake(self);
}

TEST(what_has_come_is_taken_also_where_nobody_goes_on)
{
    struct state s;
    struct task *parked = NULL;
    int given = 0;
    state_open(&s, 1);
    lua_pushlightuserdata(s.L, s.vm.sched);
    lua_pushlightuserdata(s.L, &parked);
    lua_pushlightuserdata(s.L, &given);
    lua_pushcclosure(s.L, park, 3);
    lua_setglobal(s.L, "park");
    spawn(&s, BESIDE "beside(function() park() co.wait() say 'never' end) co.sleep(1)");
    loop_turn(s.loop, true);
    loop_turn(s.loop, false);
    CHECK(parked != NULL);
    struct timer waker; // the user ends in the turn in which this one is woken
    timer_init(&waker, wake_it, parked);
    timer_start(s.loop, &waker, NS_PER_S);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "");
    CHECK_INT(given, 1);
    CHECK(state_close(&s));
}

TEST(who_ends_spawns_undisturbed)
{
    struct state s;
    state_open(&s, 1);
    struct task *t = spawn(&s, BESIDE "require 'katydid.core'.sched.ending()\n"
                                      "beside(function() co.sleep(2) say 'on_stop' end)\n"
                                      "beside(function() co.sleep(9) say 'never' end)\n"
                                      "co.sleep(3) rest(true)");
    loop_turn(s.loop, true);
    loop_turn(s.loop, false);
    sched_kill(t);
    sched_stop(t);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "on_stop");
    CHECK_DOUBLE(seconds(&s), 3, 1e-9);
    // Whoever has to be rid of all is.
    spawn(&s, BESIDE "require 'katydid.core'.sched.ending()\n"
                     "beside(function() co.sleep(2) say 'never' end) rest(false)");
    loop_turn(s.loop, true);
    loop_turn(s.loop, false);
    sched_kill_all(s.vm.sched);
    loop_run(s.loop);
    CHECK_TEXT(state_said(&s), "");
    CHECK(state_close(&s));
}

TEST_MAIN(RUN(a_user_runs_and_returns); RUN(users_take_turns);
          RUN(negative_and_senseless_sleeps_are_none); RUN(an_error_ends_a_user_with_its_traceback);
          RUN(a_kill_gives_stop_and_cancels_the_wait);
          RUN(a_user_killed_before_it_began_never_begins); RUN(what_has_come_is_given_before_stop);
          RUN(a_graceful_stop_ends_waits_between_tasks_only);
          RUN(who_asks_whether_to_stop_gets_no_stop_after); RUN(who_ends_is_not_disturbed);
          RUN(stop_passes_a_scripts_pcall_and_coroutines);
          RUN(pcall_and_xpcall_catch_what_is_an_error); RUN(generators_may_wait);
          RUN(a_scripts_coroutines_behave_as_ever); RUN(nobody_resumes_what_waits);
          RUN(a_user_itself_cannot_yield); RUN(a_wait_inside_c_is_refused_by_name_and_line);
          RUN(outside_of_users_nothing_waits); RUN(each_user_has_its_own_numbers);
          RUN(the_instance_is_kept_and_released); RUN(a_user_spawns_and_waits_for_the_end);
          RUN(what_is_spawned_is_the_user); RUN(a_kill_ends_what_a_user_spawned);
          RUN(a_graceful_stop_lets_what_was_spawned_finish);
          RUN(waits_between_tasks_alone_are_not_busy);
          RUN(what_is_left_at_a_users_end_goes_no_further);
          RUN(what_has_come_is_taken_also_where_nobody_goes_on); RUN(who_ends_spawns_undisturbed);)
