/* test_pacer -- cycles end, bytes stay bounded, growth is no reason to collect over and over. */
// SPDX-License-Identifier: MIT
#include "script/pacer.h"

#include "../check.h"

#include <lauxlib.h>
#include <lualib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "script/lx.h"

#define LIVE_KB 4096 /* of the working sets here */

struct bench {
    struct clock clock;
    lua_State *L;
    struct pacer pacer;
    size_t peak_kb;
};

static void bench_open(struct bench *b)
{
    *b = (struct bench){.L = lx_new_state()};
    clock_init_virtual(&b->clock, NS_PER_S, 0);
    luaL_openlibs(b->L);
    pacer_init(&b->pacer, b->L, &b->clock);
}

static void bench_close(struct bench *b)
{
    lx_close_state(b->L);
}

static size_t in_use_kb(struct bench *b)
{
    return (size_t)lua_gc(b->L, LUA_GCCOUNT, 0);
}

/* What stands for a resume: a chunk, then the pacer's turn. */
static void resume(struct bench *b, const char *source)
{
    if (luaL_dostring(b->L, source) != 0)
        BUG(lua_tostring(b->L, -1));
    if (in_use_kb(b) > b->peak_kb)
        b->peak_kb = in_use_kb(b);
    pacer_step(&b->pacer);
}

static void resume_often(struct bench *b, size_t n, const char *source)
{
    for (size_t i = 0; i < n; i++)
        resume(b, source);
}

/* Tables that stay: some 4 MB in small pieces. */
static void make_working_set(struct bench *b)
{
    resume(b, "kept = {}");
    resume_often(b, 240, "for _ = 1, 100 do kept[#kept + 1] = { {} } end");
}

TEST(bytes_stay_bounded_while_garbage_is_made)
{
    struct bench b;
    bench_open(&b);
    make_working_set(&b);
    b.peak_kb = 0;
    uint64_t before = b.pacer.cycles;
    resume_often(&b, 20000, "for i = 1, 20 do junk = { i, i } end"); // some 40 MB
    CHECK(b.pacer.cycles - before >= 4);
    CHECK(b.peak_kb < (LIVE_KB + PACER_REST_KB) * 5 / 4);
    CHECK_INT(lua_gettop(b.L), 0);
    bench_close(&b);
}

TEST(a_cycle_outruns_what_is_allocated)
{
    struct bench b;
    bench_open(&b);
    make_working_set(&b);
    while (!b.pacer.is_collecting)
        resume(&b, "for i = 1, 20 do junk = { i, i } end");
    size_t begun_kb = in_use_kb(&b);
    uint64_t cycles = b.pacer.cycles;
    b.peak_kb = 0;
    while (b.pacer.cycles == cycles)
        resume(&b, "for i = 1, 20 do junk = { i, i } end");
    CHECK(b.peak_kb < begun_kb + begun_kb / 4);
    bench_close(&b);
}

TEST(there_is_a_rest_between_cycles)
{
    struct bench b;
    bench_open(&b);
    make_working_set(&b);
    uint64_t cycles = b.pacer.cycles;
    while (b.pacer.cycles == cycles)
        resume(&b, "junk = { {} }");
    size_t live_kb = in_use_kb(&b);
    uint64_t slices = b.pacer.slices;
    while (in_use_kb(&b) < live_kb + PACER_REST_KB - 64)
        resume(&b, "junk = { {} }");
    CHECK_INT(b.pacer.slices, slices);
    bench_close(&b);
}

/* Dead responses lengthen the one phase that can't be cut into slices. */
TEST(where_much_is_alive_a_rest_is_half_of_it)
{
    struct bench b;
    bench_open(&b);
    resume(&b, "kept = {}");
    resume_often(&b, 10000, "for _ = 1, 24 do kept[#kept + 1] = { {} } end");
    uint64_t cycles = b.pacer.cycles;
    while (b.pacer.cycles == cycles)
        resume(&b, "junk = { {} }");
    size_t live_kb = in_use_kb(&b);
    CHECK(live_kb > 2 * PACER_REST_KB + 1024);
    while (!b.pacer.is_collecting)
        resume(&b, "junk = { {} }");
    CHECK(in_use_kb(&b) >= live_kb * 3 / 2);
    CHECK(in_use_kb(&b) < live_kb * 3 / 2 + 64);
    bench_close(&b);
}

TEST(growth_alone_collects_seldom)
{
    struct bench b;
    bench_open(&b);
    resume(&b, "kept = {}");
    resume_often(&b, 10000, "for _ = 1, 20 do kept[#kept + 1] = { {} } end"); // some 20 MB
    CHECK(in_use_kb(&b) > 16 * 1024);
    CHECK(b.pacer.cycles <= 6);
    bench_close(&b);
}

TEST(a_resume_that_never_ends_is_collected_too)
{
    struct bench b;
    bench_open(&b);
    // 1 GB of garbage in one piece
    resume(&b, "local s = string.rep('x', 100000) for i = 1, 10000 do most = math.max(most or 0,\n"
               "collectgarbage 'count') local t = s .. i end");
    CHECK_INT(b.pacer.cycles, 0);
    lua_getglobal(b.L, "most");
    CHECK(lua_tonumber(b.L, -1) < 4 * PACER_NET_KB);
    lua_pop(b.L, 1);
    // and what comes later is paced again
    resume_often(&b, 20000, "for i = 1, 20 do junk = { i, i } end");
    CHECK(b.pacer.cycles >= 4);
    CHECK(in_use_kb(&b) < 3 * PACER_REST_KB);
    bench_close(&b);
}

TEST(large_data_of_one_resume_is_live_afterwards)
{
    struct bench b;
    bench_open(&b);
    // above the net while it is made: the own pause is in force then
    resume(&b, "kept = {} for i = 1, 400 do kept[i] = string.rep('x', 100000) .. i end");
    resume(&b, "for i = 1, 10000 do local t = string.rep('y', 10000) .. i end");
    size_t goal_kb = b.pacer.goal_kb;
    resume_often(&b, 30000, "for i = 1, 200 do junk = { i, i } end");
    CHECK(b.pacer.cycles >= 1);
    CHECK(b.pacer.goal_kb > goal_kb);
    CHECK(in_use_kb(&b) < 160 * 1024);
    bench_close(&b);
}

TEST(scripts_may_collect_too)
{
    struct bench b;
    bench_open(&b);
    make_working_set(&b);
    resume(&b, "collectgarbage 'stop' collectgarbage('setstepmul', 1)");
    b.peak_kb = 0;
    resume_often(&b, 20000, "for i = 1, 20 do junk = { i, i } end collectgarbage 'stop'");
    CHECK(b.peak_kb < (LIVE_KB + PACER_REST_KB) * 5 / 4);
    resume_often(&b, 10, "collectgarbage()");
    CHECK(in_use_kb(&b) < 2 * LIVE_KB);
    bench_close(&b);
}

TEST(what_a_script_collected_brings_the_next_cycle_nearer)
{
    struct bench b;
    bench_open(&b);
    resume(&b, "kept = {} for i = 1, 200000 do kept[i] = { i } end");
    resume_often(&b, 20000, "junk = { {} }");
    CHECK(b.pacer.goal_kb > 2 * PACER_REST_KB);
    while (b.pacer.is_collecting)
        resume(&b, "junk = { {} }");
    resume(&b, "kept = nil collectgarbage() collectgarbage()");
    CHECK(b.pacer.goal_kb <= in_use_kb(&b) + PACER_REST_KB);
    uint64_t cycles = b.pacer.cycles;
    b.peak_kb = 0;
    while (b.pacer.cycles == cycles)
        resume(&b, "junk = { {} }");
    CHECK(b.peak_kb < 5 * PACER_REST_KB / 4);
    bench_close(&b);
}

static struct buf heard = BUF_INIT;

static void keep_line(void *self, struct str line)
{
    (void)self;
    buf_clear(&heard);
    buf_add_str(&heard, line);
}

TEST(a_finalizer_may_throw)
{
    struct bench b;
    bench_open(&b);
    log_set_sink(keep_line, NULL);
    resume(&b, "local p = newproxy(true) getmetatable(p).__gc = function() error('lost', 0) end");
    resume_often(&b, 10000, "for i = 1, 20 do junk = { i, i } end");
    log_set_sink(NULL, NULL);
    CHECK(strstr(buf_cstr(&heard), "Error in a finalizer (__gc): lost") != NULL);
    CHECK(b.pacer.cycles > 1);
    CHECK_INT(lua_gettop(b.L), 0);
    buf_release(&heard);
    bench_close(&b);
}

TEST(a_slice_ends_with_its_time)
{
    struct bench b;
    bench_open(&b);
    make_working_set(&b);
    clock_init(&b.clock); // the machine's: time goes on within a slice
    b.pacer.goal_kb = b.pacer.next_kb = 0;
    b.pacer.is_collecting = true;
    b.pacer.seen_kb = 0; // as if all of it had just been allocated
    uint64_t cycles = b.pacer.cycles, slices = b.pacer.slices;
    while (b.pacer.cycles == cycles)
        pacer_step(&b.pacer);
    CHECK(b.pacer.slices - slices > 1);
    bench_close(&b);
}

TEST(pauses_are_told)
{
    struct bench b;
    bench_open(&b);
    struct loop *loop = loop_new(&b.clock);
    struct hooks *hooks = hooks_new();
    struct usage usage;
    usage_init(&usage, loop, hooks);
    b.pacer.usage = &usage;
    hooks_fire_kind(hooks, HOOK_TEST_START);
    resume_often(&b, 20, "for i = 1, 20 do junk = { i, i } end");
    CHECK_INT(usage.pause_peak.ns, 0);
    while (b.pacer.cycles == 0)
        resume(&b, "for i = 1, 20 do junk = { i, i } end");
    CHECK(usage.pause_peak.ns > 0);
    usage_release(&usage);
    hooks_free(hooks);
    loop_free(loop);
    bench_close(&b);
}

TEST(stress_collects_at_each_step)
{
    struct bench b;
    setenv("KATYDID_DEV_GC", "stress", 1);
    bench_open(&b);
    unsetenv("KATYDID_DEV_GC");
    resume(&b, "weak = setmetatable({ {} }, { __mode = 'v' })");
    resume(&b, "gone = weak[1] == nil");
    lua_getglobal(b.L, "gone");
    CHECK(lua_toboolean(b.L, -1));
    bench_close(&b);
}

TEST_MAIN(RUN(bytes_stay_bounded_while_garbage_is_made); RUN(a_cycle_outruns_what_is_allocated);
          RUN(there_is_a_rest_between_cycles); RUN(where_much_is_alive_a_rest_is_half_of_it);
          RUN(growth_alone_collects_seldom); RUN(a_resume_that_never_ends_is_collected_too);
          RUN(large_data_of_one_resume_is_live_afterwards); RUN(scripts_may_collect_too);
          RUN(what_a_script_collected_brings_the_next_cycle_nearer); RUN(a_finalizer_may_throw);
          RUN(a_slice_ends_with_its_time); RUN(pauses_are_told); RUN(stress_collects_at_each_step);)
