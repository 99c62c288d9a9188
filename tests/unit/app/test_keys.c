/* test_keys -- the terminal while keys are taken, and afterwards. What keys do is in tests/cli/keys.t. */
// SPDX-License-Identifier: MIT
#include "app/keys.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../check.h"

static struct termios state_of(int fd)
{
    struct termios state;

    memset(&state, 0, sizeof state);
    tcgetattr(fd, &state);
    return state;
}

static bool is_cooked(int fd)
{
    return (state_of(fd).c_lflag & (ICANON | ECHO)) == (ICANON | ECHO);
}

/* In a process whose terminal the other side of `terminal` is: takes keys, and ends as is wanted. */
static void child(int terminal, int number)
{
    struct clock clock;
    struct loop *loop;
    struct hooks *hooks = hooks_new();
    struct keys keys;
    int side;

    setsid();
    side = open(ptsname(terminal), O_RDWR);
    ioctl(side, TIOCSCTTY, 0);
    dup2(side, STDIN_FILENO);
    clock_init(&clock);
    loop = loop_new(&clock);
    if (!keys_are_there() || !is_cooked(STDIN_FILENO))
        _exit(90);
    keys_start(&keys, loop, hooks, NULL);
    if (is_cooked(STDIN_FILENO))
        _exit(91);
    if (number > 0) {
        raise(number);
        _exit(92);
    }
    if (number < 0) {
        keys_restore();
        _exit(0);
    }
    keys_cancel(&keys);
    if (!is_cooked(STDIN_FILENO) || !loop_is_idle(loop))
        _exit(93);
    keys_cancel(&keys);
    hooks_free(hooks);
    loop_free(loop);
    _exit(0);
}

/* How that ends: its exit status, or minus the number of the signal. */
static int run_child(int number)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY), status = 0;
    bool was_restored;
    pid_t pid;

    if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0)
        return 99;
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        child(terminal, number);
    if (waitpid(pid, &status, 0) != pid)
        return 98;
    was_restored = is_cooked(terminal);
    close(terminal);
    if (!was_restored)
        return 97;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(the_terminal_is_as_it_was)
{
    CHECK_INT(run_child(0), 0);
    CHECK_INT(run_child(-1), 0);
}

TEST(also_where_a_signal_ends_the_process)
{
    CHECK_INT(run_child(SIGQUIT), -SIGQUIT);
#ifndef KATYDID_ASAN // whose own handlers are left alone
    CHECK_INT(run_child(SIGABRT), -SIGABRT);
    CHECK_INT(run_child(SIGSEGV), -SIGSEGV);
#endif
}

TEST(without_a_terminal_nothing_is_taken)
{
    struct clock clock;
    struct hooks *hooks = hooks_new();
    struct keys keys;
    int before = dup(STDIN_FILENO), nothing = open("/dev/null", O_RDONLY);

    clock_init(&clock);
    struct loop *loop = loop_new(&clock);
    dup2(nothing, STDIN_FILENO);
    CHECK(!keys_are_there());
    keys_start(&keys, loop, hooks, NULL);
    CHECK(loop_is_idle(loop));
    hooks_fire_kind(hooks, HOOK_SECOND);
    keys_cancel(&keys);
    dup2(before, STDIN_FILENO);
    close(before);
    close(nothing);
    hooks_free(hooks);
    loop_free(loop);
}

TEST_MAIN(RUN(the_terminal_is_as_it_was); RUN(also_where_a_signal_ends_the_process);
          RUN(without_a_terminal_nothing_is_taken);)
