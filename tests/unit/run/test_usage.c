/* test_usage -- the lag at a moment, the longest pieces, and when a test is doubted. */
// SPDX-License-Identifier: MIT
#include "run/usage.h"

#include "../check.h"

#include "base/buf.h"
#include "base/log.h"
#include "loop/timer.h"

#include <unistd.h>

struct bench {
    struct clock clock;
    struct loop *loop;
    struct hooks *hooks;
    struct usage usage;
};

static struct buf heard = BUF_INIT;

static void keep_line(void *self, struct str line)
{
    (void)self;
    buf_add_str(&heard, line);
    buf_add_char(&heard, '\n');
}

static size_t seven_users(void *self)
{
    (void)self;
    return 7;
}

static void bench_open(struct bench *b)
{
    buf_clear(&heard);
    log_set_sink(keep_line, NULL);
    clock_init_virtual(&b->clock, NS_PER_S, 1700000000.0);
    b->loop = loop_new(&b->clock);
    b->hooks = hooks_new();
    usage_init(&b->usage, b->loop, b->hooks);
    usage_set_count(&b->usage, seven_users, NULL);
}

static void bench_close(struct bench *b)
{
    usage_release(&b->usage);
    hooks_free(b->hooks);
    loop_free(b->loop);
    log_set_sink(NULL, NULL);
}

static void go_on(struct bench *b, double ms)
{
    clock_advance_to(&b->clock, clock_now_ns(&b->clock) + s_to_ns(ms / 1000));
}

/* A turn that worked, and then waited: time goes on by both. */
static void turn(struct bench *b, double worked_ms, double waited_ms, double late_ms)
{
    go_on(b, worked_ms + waited_ms + late_ms);
    usage_add_turn(&b->usage, &(struct loop_times){.worked_ns = s_to_ns(worked_ms / 1000),
                                                   .waited_ns = s_to_ns(waited_ms / 1000),
                                                   .late_ns = s_to_ns(late_ms / 1000)});
}

static void start(struct bench *b)
{
    hooks_fire_kind(b->hooks, HOOK_TEST_START);
}

/* The end; what was said of it. */
static const char *stop(struct bench *b)
{
    hooks_fire_kind(b->hooks, HOOK_TEST_STOPPING);
    usage_tell(&b->usage);
    return buf_cstr(&heard);
}

TEST(moments_are_counted_not_turns)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    for (int i = 0; i < 900; i++) // nine tenths of the turns have a tenth of the time
        turn(&b, 0.1, 0, 0);
    for (int i = 0; i < 90; i++)
        turn(&b, 0, 1, 0);
    for (int i = 0; i < 10; i++)
        turn(&b, 81, 0, 0);
    CHECK_INT(b.usage.lag.count, 990 * 1000);
    CHECK_DOUBLE(histogram_percentile(&b.usage.lag, 0.09), 0, 1e-9);
    CHECK_DOUBLE(histogram_percentile(&b.usage.lag, 0.18), 0.1, 1e-9);
    CHECK_DOUBLE(histogram_percentile(&b.usage.lag, 0.5), 81, 0.1);
    CHECK_DOUBLE(b.usage.lag.max_ms, 81, 1e-9);
    CHECK_DOUBLE(usage_held_share(&b.usage), 810.0 / 990, 1e-9);
    CHECK(usage_lag_is_high(&b.usage));
    bench_close(&b);
}

TEST(a_late_timer_is_lag)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    turn(&b, 1, 10, 20);
    CHECK_DOUBLE(b.usage.lag.max_ms, 20, 1e-9);
    CHECK_INT(b.usage.held_ns, 20 * NS_PER_MS);
    CHECK_INT(b.usage.lag.count, 31000);
    bench_close(&b);
}

TEST(peaks_say_when_and_with_how_many)
{
    struct bench b;
    bench_open(&b);
    go_on(&b, 5000);
    start(&b);
    turn(&b, 3, 997, 0);
    turn(&b, 12, 1988, 0);
    usage_add_pause(&b.usage, 4 * NS_PER_MS);
    turn(&b, 11, 0, 0);
    usage_add_pause(&b.usage, 3 * NS_PER_MS);
    CHECK_INT(b.usage.lag_peak.ns, 12 * NS_PER_MS);
    CHECK_DOUBLE(b.usage.lag_peak.at_s, 3, 1e-9);
    CHECK_INT(b.usage.lag_peak.users, 7);
    CHECK_INT(b.usage.pause_peak.ns, 4 * NS_PER_MS);
    CHECK_DOUBLE(b.usage.pause_peak.at_s, 3, 1e-9);
    CHECK_INT(b.usage.pause_peak.users, 7);
    bench_close(&b);
}

TEST(a_healthy_test_is_not_talked_of)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    turn(&b, 150, 0, 0); // less than 0.2 s in all
    for (int i = 0; i < 1000; i++)
        turn(&b, 5, 1, 0); // at the limit, not over it
    usage_add_pause(&b.usage, 5 * NS_PER_MS);
    CHECK_TEXT(stop(&b), "");
    bench_close(&b);
}

TEST(a_hundredth_of_the_time_is_too_much)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    turn(&b, 150, 0, 0);
    turn(&b, 150, 29700, 0); // one hundredth
    CHECK(!usage_lag_is_high(&b.usage));
    turn(&b, 6, 0, 0);
    CHECK(usage_lag_is_high(&b.usage));
    const char *said = stop(&b);
    CHECK(strstr(said,
                 "/WARNING/katydid.usage: Response times are partly our own: for 1.0% of the test "
                 "the loop was busy for more than 5 ms in one piece, and answers waited; the "
                 "longest piece took 150 ms (after 0s, with 7 users). This process used ") != NULL);
    CHECK(strstr(said,
                 "% of a core. So something else took the time: other programs on this machine, "
                 "or a script that blocks (io.read, os.execute)\n") != NULL);
    CHECK(strstr(said, "collector") == NULL);
    bench_close(&b);
}

TEST(work_of_our_own_has_another_remedy)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    turn(&b, 300, 0, 0);
    hooks_fire_kind(b.hooks, HOOK_TEST_STOPPING);
    b.usage.cpu_ns = 297 * NS_PER_MS;
    usage_tell(&b.usage);
    CHECK(strstr(buf_cstr(&heard),
                 "This process used 99% of a core. Give it fewer users (-u) or longer "
                 "waits; or start several, each with a part of the users, on a core "
                 "of its own\n") != NULL);
    bench_close(&b);
}

/* A script that ran on for a second of ten. */
TEST(work_in_one_piece_is_our_own_too)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    turn(&b, 1000, 0, 0);
    for (int i = 0; i < 1000; i++)
        turn(&b, 1, 8, 0);
    hooks_fire_kind(b.hooks, HOOK_TEST_STOPPING);
    b.usage.cpu_ns = 1900 * NS_PER_MS;
    CHECK(usage_held_is_ours(&b.usage));
    usage_tell(&b.usage);
    CHECK(
        strstr(buf_cstr(&heard),
               "This process used 19% of a core. In those pieces that was a whole one: the script "
               "computes for long without a wait (k.sleep(0) gives other users their turn), or "
               "many users have theirs at once\n") != NULL);
    b.usage.cpu_ns = 1700 * NS_PER_MS; // the short pieces may have used 1000 of these
    CHECK(!usage_held_is_ours(&b.usage));
    b.usage.cpu_ns = 900 * NS_PER_MS;
    CHECK(!usage_held_is_ours(&b.usage));
    bench_close(&b);
}

TEST(a_long_pause_is_told)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    turn(&b, 1, 71999, 0);
    usage_add_pause(&b.usage, 7240 * NS_PER_US);
    const char *said = stop(&b);
    CHECK(strstr(said,
                 "/WARNING/katydid.usage: Lua's garbage collector held all users up for 7.2 ms "
                 "(after 1m 12s, with 7 users): it visits all users of a process in one piece. "
                 "Start several processes, each with a part of the users (-u)\n") != NULL);
    CHECK(strstr(said, "Response times") == NULL);
    bench_close(&b);
}

TEST(figures_are_told_to_who_asks)
{
    struct bench b;
    bench_open(&b);
    log_set_level(LOG_DEBUG);
    usage_tell(&b.usage);
    CHECK_TEXT(buf_cstr(&heard), "");
    start(&b);
    turn(&b, 2, 98, 0);
    usage_add_pause(&b.usage, 1500 * NS_PER_US);
    const char *said = stop(&b);
    log_set_level(LOG_INFO);
    CHECK(
        strstr(said,
               "/DEBUG/katydid.usage: Lag: p99 2.000 ms, longest 2.000 ms; longest pause of Lua's "
               "collector 1.500 ms; ") != NULL);
    bench_close(&b);
}

TEST(only_the_test_counts)
{
    struct bench b;
    bench_open(&b);
    usage_add_pause(&b.usage, NS_PER_S);
    start(&b);
    turn(&b, 900, 100, 0);
    usage_add_pause(&b.usage, NS_PER_S);
    hooks_fire_kind(b.hooks, HOOK_STATS_EMPTIED);
    CHECK_INT(b.usage.lag.count, 0);
    turn(&b, 1, 999, 0);
    hooks_fire_kind(b.hooks, HOOK_TEST_STOPPING);
    go_on(&b, 10000);
    usage_add_pause(&b.usage, NS_PER_S);
    CHECK_DOUBLE(usage_run_s(&b.usage), 1, 1e-9);
    CHECK_TEXT(stop(&b), "");
    CHECK_DOUBLE(usage_run_s(&b.usage), 1, 1e-9);
    bench_close(&b);
}

static void work_30_ms(void *self)
{
    go_on(self, 30);
}

TEST(the_loop_tells_its_turns)
{
    struct bench b;
    bench_open(&b);
    struct timer timer;
    timer_init(&timer, work_30_ms, &b);
    start(&b);
    timer_start(b.loop, &timer, 70 * NS_PER_MS);
    loop_run(b.loop);
    loop_turn(b.loop, false);
    CHECK_DOUBLE(b.usage.lag.max_ms, 30, 1e-9);
    CHECK_INT(b.usage.lag.count, 100000);
    CHECK_TEXT(stop(&b), "");
    bench_close(&b);
    buf_release(&heard);
}

TEST(the_line_that_held_it_up_longest)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    usage_note_place(&b.usage, "shop.lua:12");
    turn(&b, 60, 900, 0);
    turn(&b, 50, 900, 0); // shorter, and of nobody
    usage_note_place(&b.usage, "shop.lua:7");
    turn(&b, 90, 900, 0);
    turn(&b, 80, 900, 0);
    const char *said = stop(&b);
    CHECK(strstr(said, "the longest piece took 90 ms (after ") != NULL);
    CHECK(strstr(said, ", with 7 users, at shop.lua:7). ") != NULL);
    bench_close(&b);
}

static void seconds(struct bench *b, int n, double cpu_s)
{
    for (int i = 0; i < n; i++) {
        go_on(b, 1000);
        usage_add_second(&b->usage, 1, cpu_s);
    }
}

TEST(a_core_that_is_busy)
{
    struct bench b;
    bench_open(&b);
    start(&b);
    seconds(&b, 10, 0.5);
    seconds(&b, 4, 1); // not long enough
    seconds(&b, 1, 0.9);
    seconds(&b, 5, 0.96);
    seconds(&b, 1, 0.1);
    seconds(&b, 7, 1);
    CHECK_INT(b.usage.busy.times, 2);
    CHECK_DOUBLE(b.usage.busy.all_s, 12, 1e-9);
    const char *said = stop(&b);
    CHECK(strstr(said,
                 "WARNING/katydid.usage: A core was busy: this process used over 95% of one "
                 "from 21s to 28s of the test, 2 times for 5 s or more, 12s in all.") != NULL);
    start(&b);
    CHECK_INT(b.usage.busy.times, 0);
    seconds(&b, 4, 1);
    buf_clear(&heard);
    CHECK(strstr(stop(&b), "A core was busy") == NULL);
    bench_close(&b);
}

TEST(descriptors_that_are_left)
{
    struct bench b;
    bench_open(&b);
    usage_set_descriptors(&b.usage, 1000);
    start(&b);
    usage_add_descriptors(&b.usage, 949);
    CHECK_INT(heard.n, 0);
    usage_add_descriptors(&b.usage, 950);
    usage_add_descriptors(&b.usage, 990);
    usage_add_descriptors(&b.usage, 10);
    CHECK(strstr(buf_cstr(&heard),
                 "WARNING/katydid.usage: Of the 1000 files that this process may "
                 "open, connections among them, 50 are left (ulimit -n)\n") != NULL);
    CHECK_INT(str_index(str_of(buf_cstr(&heard)), '\n'), heard.n - 1);
    CHECK_INT(b.usage.most_descriptors, 990);
    start(&b);
    CHECK_INT(b.usage.most_descriptors, 0);
    bench_close(&b);
}

/* Once a second it is looked how many are open. */
TEST(descriptors_are_looked_at)
{
    struct bench b;
    bench_open(&b);
    usage_set_descriptors(&b.usage, 100000);
    start(&b);
    go_on(&b, 1000);
    hooks_fire_kind(b.hooks, HOOK_SECOND);
    uint64_t before = b.usage.most_descriptors;
    CHECK(before >= 3);
    int fds[2];
    CHECK_INT(pipe(fds), 0);
    go_on(&b, 1000);
    hooks_fire_kind(b.hooks, HOOK_SECOND);
    CHECK(b.usage.most_descriptors > before);
    close(fds[0]);
    close(fds[1]);
    bench_close(&b);
}

TEST_MAIN(RUN(moments_are_counted_not_turns); RUN(a_late_timer_is_lag);
          RUN(peaks_say_when_and_with_how_many); RUN(a_healthy_test_is_not_talked_of);
          RUN(a_hundredth_of_the_time_is_too_much); RUN(work_of_our_own_has_another_remedy);
          RUN(work_in_one_piece_is_our_own_too); RUN(a_long_pause_is_told);
          RUN(figures_are_told_to_who_asks); RUN(only_the_test_counts);
          RUN(the_loop_tells_its_turns); RUN(the_line_that_held_it_up_longest);
          RUN(a_core_that_is_busy); RUN(descriptors_that_are_left); RUN(descriptors_are_looked_at);)
