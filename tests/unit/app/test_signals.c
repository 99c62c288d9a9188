/* test_signals -- the first signal as an event, the second at once. */
// SPDX-License-Identifier: MIT
#include "app/signals.h"

#include <sys/wait.h>
#include <unistd.h>

#include "../check.h"

struct seen {
    struct loop *loop;
    int number;
};

static void caught(void *self, int number)
{
    struct seen *seen = self;

    seen->number = number;
    loop_stop(seen->loop);
}

static void check_first(int number)
{
    struct clock clock;
    struct err err = ERR_INIT;
    struct signals signals;
    struct seen seen = {.number = 0};

    clock_init(&clock);
    seen.loop = loop_new(&clock);
    CHECK_INT(signals_start(seen.loop, &signals, caught, &seen, &err), 0);
    raise(number);
    CHECK_INT(seen.number, 0);
    loop_run(seen.loop);
    CHECK_INT(seen.number, number);
    signals_leave_loop(&signals);
    CHECK(loop_is_idle(seen.loop));
    signals_cancel(&signals);
    loop_free(seen.loop);
}

TEST(the_first_is_an_event)
{
    check_first(SIGINT);
    check_first(SIGTERM);
    check_first(SIGHUP);
}

TEST(one_that_the_loop_never_saw_is_told_when_it_is_left)
{
    struct clock clock;
    struct err err = ERR_INIT;
    struct signals signals;
    struct seen seen = {.number = 0};

    clock_init(&clock);
    seen.loop = loop_new(&clock);
    CHECK_INT(signals_start(seen.loop, &signals, caught, &seen, &err), 0);
    raise(SIGTERM);
    signals_leave_loop(&signals);
    CHECK_INT(seen.number, SIGTERM);
    seen.number = 0;
    signals_leave_loop(&signals);
    CHECK_INT(seen.number, 0);
    signals_cancel(&signals);
    loop_free(seen.loop);
}

TEST(one_that_nobody_waits_for_any_more_is_not_told)
{
    struct clock clock;
    struct err err = ERR_INIT;
    struct signals signals;
    struct seen seen = {.number = 0};

    clock_init(&clock);
    seen.loop = loop_new(&clock);
    CHECK_INT(signals_start(seen.loop, &signals, caught, &seen, &err), 0);
    raise(SIGINT);
    signals_cancel(&signals);
    CHECK_INT(seen.number, 0);
    loop_free(seen.loop);
}

/* As nohup(1) has it. */
TEST(a_hangup_that_was_ignored_still_is)
{
    struct clock clock;
    struct err err = ERR_INIT;
    struct signals signals;
    struct seen seen = {.number = 0};

    clock_init(&clock);
    seen.loop = loop_new(&clock);
    signal(SIGHUP, SIG_IGN);
    CHECK_INT(signals_start(seen.loop, &signals, caught, &seen, &err), 0);
    raise(SIGHUP);
    loop_turn(seen.loop, false);
    CHECK_INT(seen.number, 0);
    signals_cancel(&signals);
    signal(SIGHUP, SIG_DFL);
    loop_free(seen.loop);
}

/* A process that gets both signals while it never turns its loop; its exit status. */
static int status_of_two(int first, int second)
{
    struct clock clock;
    struct err err = ERR_INIT;
    struct signals signals;
    struct seen seen = {.number = 0};
    int status;
    pid_t child = fork();

    if (child == 0) {
        close(STDERR_FILENO);
        clock_init(&clock);
        seen.loop = loop_new(&clock);
        if (signals_start(seen.loop, &signals, caught, &seen, &err) == 0) {
            raise(first);
            raise(second);
        }
        _exit(99);
    }
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

TEST(the_second_ends_the_process_at_once)
{
    fflush(stdout);
    CHECK_INT(status_of_two(SIGINT, SIGINT), 130);
    CHECK_INT(status_of_two(SIGTERM, SIGTERM), 143);
    CHECK_INT(status_of_two(SIGINT, SIGTERM), 143);
    CHECK_INT(status_of_two(SIGHUP, SIGTERM), 143);
}

TEST(a_second_hangup_is_nothing)
{
    fflush(stdout);
    CHECK_INT(status_of_two(SIGHUP, SIGHUP), 99);
    CHECK_INT(status_of_two(SIGTERM, SIGHUP), 99);
}

TEST(names)
{
    CHECK_TEXT(signals_name(SIGINT), "SIGINT");
    CHECK_TEXT(signals_name(SIGTERM), "SIGTERM");
    CHECK_TEXT(signals_name(SIGHUP), "SIGHUP");
}

TEST_MAIN(RUN(the_first_is_an_event); RUN(one_that_the_loop_never_saw_is_told_when_it_is_left);
          RUN(one_that_nobody_waits_for_any_more_is_not_told);
          RUN(a_hangup_that_was_ignored_still_is); RUN(a_second_hangup_is_nothing);
          RUN(the_second_ends_the_process_at_once); RUN(names);)
