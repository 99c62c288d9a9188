/* test_loop -- turns, what is put off, and when a loop ends. */
// SPDX-License-Identifier: MIT
#include "loop/loop.h"

#include "base/buf.h"
#include "loop/io.h"
#include "loop/timer.h"

#include "../check.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct buf trace = BUF_INIT;

struct job {
    struct deferred deferred;
    struct loop *loop;
    char name;
    struct job *starts, *cancels;
    int again; /* how often it puts itself off */
    bool is_late;
};

static void put_off(struct loop *loop, struct job *j)
{
    if (j->is_late)
        deferred_start_late(loop, &j->deferred);
    else
        deferred_start(loop, &j->deferred);
}

static void run(void *self)
{
    struct job *j = self;
    buf_add_char(&trace, j->name);
    if (j->again-- > 0)
        put_off(j->loop, j);
    if (j->starts != NULL)
        put_off(j->loop, j->starts);
    if (j->cancels != NULL)
        deferred_cancel(j->loop, &j->cancels->deferred);
}

static void job_init(struct job *j, struct loop *loop, char name)
{
    *j = (struct job){.loop = loop, .name = name};
    deferred_init(&j->deferred, run, j);
}

static struct loop *loop_under(struct clock *clock)
{
    buf_clear(&trace);
    clock_init_virtual(clock, 0, 0);
    return loop_new(clock);
}

TEST(empty_loop_ends_at_once)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    CHECK(loop_is_idle(loop));
    CHECK(!loop_turn(loop, true));
    loop_run(loop);
    CHECK(loop_clock(loop) == &clock);
    loop_free(loop);
    loop_free(NULL);
    clock_init(&clock);
    loop = loop_new(&clock);
    loop_run(loop);
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(put_off_runs_in_order_once)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a, b, c;
    job_init(&a, loop, 'a');
    job_init(&b, loop, 'b');
    job_init(&c, loop, 'c');
    deferred_start(loop, &b.deferred);
    deferred_start(loop, &a.deferred);
    deferred_start(loop, &c.deferred);
    deferred_start(loop, &b.deferred); // stays where it is
    CHECK(!loop_is_idle(loop));
    CHECK(!loop_turn(loop, true));
    CHECK_TEXT(buf_cstr(&trace), "bac");
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(put_off_from_there_runs_next_turn)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a, b;
    job_init(&a, loop, 'a');
    job_init(&b, loop, 'b');
    a.again = 1;
    a.starts = &b;
    deferred_start(loop, &a.deferred);
    CHECK(loop_turn(loop, true));
    CHECK_TEXT(buf_cstr(&trace), "a");
    a.starts = NULL;
    CHECK(!loop_turn(loop, true));
    CHECK_TEXT(buf_cstr(&trace), "aab");
    loop_free(loop);
}

TEST(late_ones_run_behind_all_others_of_their_turn)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a, b, late;
    job_init(&a, loop, 'a');
    job_init(&b, loop, 'b');
    job_init(&late, loop, 'l');
    late.is_late = true;
    late.again = 1; // from a late one: the next turn
    a.starts = &late;
    put_off(loop, &late);
    put_off(loop, &a);
    put_off(loop, &b);
    CHECK(loop_turn(loop, true));
    CHECK_TEXT(buf_cstr(&trace), "abl");
    CHECK(!loop_turn(loop, true));
    CHECK_TEXT(buf_cstr(&trace), "abll");
    put_off(loop, &late);
    deferred_cancel(loop, &late.deferred);
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(put_off_can_be_cancelled)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a, b, c;
    job_init(&a, loop, 'a');
    job_init(&b, loop, 'b');
    job_init(&c, loop, 'c');
    deferred_cancel(loop, &a.deferred); // nothing where it isn't started
    deferred_start(loop, &c.deferred);
    deferred_start(loop, &a.deferred);
    deferred_start(loop, &b.deferred);
    deferred_cancel(loop, &c.deferred);
    a.cancels = &b; // while it is being run with b behind it
    loop_run(loop);
    CHECK_TEXT(buf_cstr(&trace), "a");
    b.cancels = &b; // itself, while it runs
    deferred_start(loop, &b.deferred);
    loop_run(loop);
    CHECK_TEXT(buf_cstr(&trace), "ab");
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(one_that_ran_can_wait_again_before_others_ran)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a, b;
    job_init(&a, loop, 'a');
    job_init(&b, loop, 'b');
    b.starts = &a; // which has run in this turn already
    deferred_start(loop, &a.deferred);
    deferred_start(loop, &b.deferred);
    CHECK(loop_turn(loop, true));
    CHECK_TEXT(buf_cstr(&trace), "ab");
    loop_run(loop);
    CHECK_TEXT(buf_cstr(&trace), "aba");
    loop_free(loop);
}

struct source {
    struct loop *loop;
    struct io io;
    struct timer timer;
    struct job *job;
};

static void readable(void *self, int events)
{
    struct source *s = self;
    (void)events;
    buf_add_char(&trace, 'i');
    io_cancel(&s->io);
    deferred_start(s->loop, &s->job->deferred);
}

static void due(void *self)
{
    struct source *s = self;
    buf_add_char(&trace, 't');
    deferred_start(s->loop, &s->job->deferred);
}

TEST(a_turn_is_ready_then_due_then_put_off)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a, b;
    int ends[2];
    CHECK(pipe(ends) == 0);
    CHECK(write(ends[1], "x", 1) == 1);
    job_init(&a, loop, 'a');
    job_init(&b, loop, 'b');
    struct source s = {.loop = loop, .job = &b};
    io_init(&s.io, readable, &s);
    timer_init(&s.timer, due, &s);
    deferred_start(loop, &a.deferred);
    timer_start(loop, &s.timer, 0);
    io_start(loop, &s.io, ends[0], IO_READ);
    CHECK(!loop_turn(loop, true));
    CHECK_TEXT(buf_cstr(&trace), "itab");
    close(ends[0]);
    close(ends[1]);
    CHECK(loop_is_idle(loop));
    loop_free(loop);
}

TEST(virtual_clock_stands_while_something_is_at_hand)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a;
    int ends[2];
    CHECK(pipe(ends) == 0);
    CHECK(write(ends[1], "x", 1) == 1);
    job_init(&a, loop, 'a');
    struct source s = {.loop = loop, .job = &a};
    io_init(&s.io, readable, &s);
    timer_init(&s.timer, due, &s);
    timer_start(loop, &s.timer, 100);
    a.again = 1;
    deferred_start(loop, &a.deferred);
    CHECK(loop_turn(loop, true)); // put off
    CHECK(loop_turn(loop, true)); // put off again
    CHECK_INT(clock_now_ns(&clock), 0);
    io_start(loop, &s.io, ends[0], IO_READ);
    CHECK(loop_turn(loop, true)); // ready, and puts off
    CHECK_INT(clock_now_ns(&clock), 0);
    CHECK(loop_turn(loop, false)); // would have to wait
    CHECK_INT(clock_now_ns(&clock), 0);
    CHECK(loop_turn(loop, true) == false);
    CHECK_INT(clock_now_ns(&clock), 100);
    CHECK_TEXT(buf_cstr(&trace), "aaiata");
    close(ends[0]);
    close(ends[1]);
    loop_free(loop);
}

static void stop(void *self)
{
    loop_stop(self);
}

TEST(stops_after_the_turn)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a;
    struct deferred stopper;
    job_init(&a, loop, 'a');
    a.again = 1000;
    deferred_init(&stopper, stop, loop);
    deferred_start(loop, &stopper);
    deferred_start(loop, &a.deferred);
    loop_run(loop);
    CHECK_TEXT(buf_cstr(&trace), "a"); // the turn went to its end
    deferred_start(loop, &stopper);
    loop_run(loop);
    CHECK_TEXT(buf_cstr(&trace), "aa"); // runs again, until stopped again
    loop_stop(loop);
    loop_run(loop);
    CHECK_TEXT(buf_cstr(&trace), "aa"); // a stop before it is not lost
    a.again = 0;
    loop_run(loop);
    CHECK_TEXT(buf_cstr(&trace), "aaa");
    loop_free(loop);
}

static void look(void *self)
{
    struct job *j = self;
    struct clock *clock = loop_clock(j->loop);
    uint64_t before_ns = loop_now_ns(j->loop);
    clock_advance_to(clock, clock_now_ns(clock) + 50);
    buf_addf(&trace, "%d%d;", (int)before_ns, (int)loop_now_ns(j->loop));
}

TEST(time_stands_in_a_turn)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct job a;
    job_init(&a, loop, 'a');
    deferred_init(&a.deferred, look, &a);
    deferred_start(loop, &a.deferred);
    CHECK_INT(loop_now_ns(loop), 0);
    loop_turn(loop, false);
    CHECK_TEXT(buf_cstr(&trace), "00;");
    CHECK_INT(loop_now_ns(loop), 50); // between turns, the clock's
    loop_free(loop);
}

static void turn(void *self)
{
    loop_turn(self, false);
}

struct watched {
    struct loop *loop;
    struct loop_times sum;
    int turns;
};

static void add_times(void *self, const struct loop_times *times)
{
    struct watched *w = self;
    w->turns++;
    w->sum.worked_ns += times->worked_ns;
    w->sum.waited_ns += times->waited_ns;
    w->sum.late_ns += times->late_ns;
}

static void work_50_ns(void *self)
{
    struct watched *w = self;
    struct clock *clock = loop_clock(w->loop);
    clock_advance_to(clock, clock_now_ns(clock) + 50);
}

TEST(a_watch_hears_what_became_of_the_time)
{
    struct clock clock;
    struct watched w = {.loop = loop_under(&clock)};
    struct timer first, second;
    timer_init(&first, work_50_ns, &w);
    timer_init(&second, work_50_ns, &w);
    clock_advance_to(&clock, 1000); // before it is watched
    loop_watch(w.loop, add_times, &w);
    timer_start(w.loop, &first, 100);
    timer_start(w.loop, &second, 120); // due while the first one works
    loop_run(w.loop);
    CHECK_INT(w.turns, 2);
    CHECK_INT(w.sum.waited_ns, 100);
    CHECK_INT(w.sum.worked_ns, 50);
    loop_turn(w.loop, false); // the next turn tells the last one's work
    CHECK_INT(w.sum.worked_ns, 100);
    CHECK_INT(w.sum.late_ns, 0);
    loop_watch(w.loop, NULL, NULL);
    loop_turn(w.loop, false);
    CHECK_INT(w.turns, 3);
    loop_free(w.loop);
}

TEST(a_late_timer_is_told_by_the_machines_clock)
{
    struct clock clock;
    clock_init(&clock);
    struct watched w = {.loop = loop_new(&clock)};
    struct timer timer;
    timer_init(&timer, (void (*)(void *))loop_stop, w.loop);
    uint64_t before_ns = clock_now_ns(&clock);
    loop_watch(w.loop, add_times, &w);
    timer_start(w.loop, &timer, 2 * NS_PER_MS);
    loop_run(w.loop);
    uint64_t all_ns = w.sum.worked_ns + w.sum.waited_ns + w.sum.late_ns;
    CHECK(w.sum.waited_ns <= 2 * NS_PER_MS);
    CHECK(all_ns >= 2 * NS_PER_MS);
    CHECK(all_ns <= clock_now_ns(&clock) - before_ns);
    loop_free(w.loop);
}

TEST(a_turn_inside_a_turn_is_a_bug)
{
    struct clock clock;
    struct loop *loop = loop_under(&clock);
    struct deferred d;
    int status;
    deferred_init(&d, turn, loop);
    deferred_start(loop, &d);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        fclose(stderr);
        loop_turn(loop, false);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    deferred_cancel(loop, &d);
    loop_free(loop);
}

TEST(two_loops_know_nothing_of_each_other)
{
    struct clock first_clock, second_clock;
    struct loop *first = loop_under(&first_clock), *second = loop_under(&second_clock);
    struct job a, b;
    job_init(&a, first, 'a');
    job_init(&b, second, 'b');
    deferred_start(first, &a.deferred);
    deferred_start(second, &b.deferred);
    loop_run(second);
    CHECK_TEXT(buf_cstr(&trace), "b");
    loop_run(first);
    CHECK_TEXT(buf_cstr(&trace), "ba");
    loop_free(first);
    loop_free(second);
}

TEST(no_descriptors_no_loop)
{
    struct clock clock;
    struct rlimit limit, none;
    CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
    clock_init(&clock);
    for (rlim_t n = 3; n < 7; n++) {
        none = (struct rlimit){.rlim_cur = n, .rlim_max = limit.rlim_max};
        setrlimit(RLIMIT_NOFILE, &none);
        struct loop *loop = loop_new(&clock);
        setrlimit(RLIMIT_NOFILE, &limit);
        CHECK(loop != NULL || n < 6);
        CHECK(loop == NULL || n > 3);
        loop_free(loop);
    }
}

TEST_MAIN(RUN(empty_loop_ends_at_once); RUN(put_off_runs_in_order_once);
          RUN(put_off_from_there_runs_next_turn);
          RUN(late_ones_run_behind_all_others_of_their_turn); RUN(put_off_can_be_cancelled);
          RUN(one_that_ran_can_wait_again_before_others_ran);
          RUN(a_turn_is_ready_then_due_then_put_off);
          RUN(virtual_clock_stands_while_something_is_at_hand); RUN(stops_after_the_turn);
          RUN(time_stands_in_a_turn); RUN(a_watch_hears_what_became_of_the_time);
          RUN(a_late_timer_is_told_by_the_machines_clock); RUN(a_turn_inside_a_turn_is_a_bug);
          RUN(two_loops_know_nothing_of_each_other); RUN(no_descriptors_no_loop);
          buf_release(&trace);)
