/* keys -- see keys.h. */
// SPDX-License-Identifier: MIT
#include "app/keys.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"

#define LOGGER "katydid.main"
#define MOST_AT_ONCE 64 /* keys that are looked at in a turn */

// A handler is given nothing but a number, so what it needs stands here.
static struct termios as_found;
static volatile sig_atomic_t is_changed;

static const int deadly[] = {SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
#define N_DEADLY (sizeof deadly / sizeof deadly[0])
static struct sigaction old_deadly[N_DEADLY], old_stop;

/* --- the terminal ---------------------------------------------------------------------------- */

/* Whether this process may use the terminal now: one in the background would be stopped for it. */
static bool is_ours(void)
{
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

bool keys_are_there(void)
{
    return isatty(STDIN_FILENO) && is_ours();
}

/* Each key at once, and none shown; signals' keys stay what they are. */
static bool change_terminal(void)
{
    struct termios changed;

    if (tcgetattr(STDIN_FILENO, &as_found) < 0)
        return false;
    changed = as_found;
    changed.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    changed.c_cc[VMIN] = 1;
    changed.c_cc[VTIME] = 0;
    is_changed = 1;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &changed) == 0)
        return true;
    is_changed = 0;
    return false;
}

void keys_restore(void)
{
    int saved = errno;

    if (is_changed && is_ours())
        tcsetattr(STDIN_FILENO, TCSANOW, &as_found);
    is_changed = 0;
    errno = saved;
}

/* --- signals --------------------------------------------------------------------------------- */

/* The handler has gone (SA_RESETHAND): the signal does what it does by default, once it is let. */
static void end(int number)
{
    keys_restore();
    raise(number);
}

/* Ctrl-Z. The terminal is taken up again a second after the process goes on, by on_second. */
static void stop(int number)
{
    struct sigaction mine;
    int saved = errno;

    keys_restore();
    sigaction(number, &old_stop, &mine);
    raise(number); // at once: SA_NODEFER
    sigaction(number, &mine, NULL);
    errno = saved;
}

/* Only what would be by default: whoever else wants to know of a signal (a sanitizer) still does. */
static void catch (int number, void (*handler)(int), int flags, struct sigaction *old)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    sigemptyset(&action.sa_mask);
    sigaction(number, NULL, old);
    if ((old->sa_flags & SA_SIGINFO) == 0 && old->sa_handler == SIG_DFL)
        sigaction(number, &action, NULL);
}

static void catch_all(void)
{
    for (size_t i = 0; i < N_DEADLY; i++)
        catch (deadly[i], end, (int)SA_RESETHAND, &old_deadly[i]);
    catch (SIGTSTP, stop, SA_RESTART | SA_NODEFER, &old_stop);
}

static void catch_none(void)
{
    for (size_t i = 0; i < N_DEADLY; i++)
        sigaction(deadly[i], &old_deadly[i], NULL);
    sigaction(SIGTSTP, &old_stop, NULL);
}

/* --- keys ------------------------------------------------------------------------------------ */

static size_t sum(size_t users, int by)
{
    if (by < 0 && users < (size_t)-by)
        return 0;
    return users + (size_t)by;
}

void keys_press(struct runner *runner, char key)
{
    int by = key == 'w' ? 1 : key == 'W' ? 10 : key == 's' ? -1 : key == 'S' ? -10 : 0;
    size_t users = runner_user_count(runner), target = runner_target(runner);

    if (by == 0)
        return;
    if (runner_config(runner)->has_shape)
        log_warning(LOGGER,
                    "The script's shape says how many users there are: keys change nothing");
    else if (runner_state(runner) == RUN_SPAWNING)
        log_warning(LOGGER, "Users are still on their way: their number can be changed after that");
    else if (runner_state(runner) == RUN_RUNNING)
        // Those that end already, and those that ended by themselves, count for nothing.
        runner_edit(runner, sum(users < target ? users : target, by), KEYS_RATE);
}

static void let_go(struct keys *k)
{
    if (io_is_started(&k->io))
        io_cancel(&k->io);
    keys_restore();
}

static void on_keys(void *self, int events)
{
    struct keys *k = self;
    char keys[MOST_AT_ONCE];
    int waiting = 0;
    ssize_t n = 0;

    (void)events;
    // Where there is nothing to read the terminal has gone, or somebody else took the key.
    if (is_ours() && ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 0)
        n = read(STDIN_FILENO, keys, sizeof keys);
    if (n <= 0) {
        let_go(k);
        return;
    }
    for (ssize_t i = 0; i < n; i++)
        keys_press(k->runner, keys[i]);
}

static void take_up(struct keys *k)
{
    if (is_ours() && change_terminal())
        io_start(k->loop, &k->io, STDIN_FILENO, IO_READ);
}

/* Into the background, or back from there. */
static void on_second(void *self, const struct hook *what)
{
    struct keys *k = self;

    (void)what;
    if (!is_ours() || !is_changed)
        let_go(k);
    if (!io_is_started(&k->io))
        take_up(k);
}

void keys_start(struct keys *k, struct loop *loop, struct hooks *hooks, struct runner *runner)
{
    memset(k, 0, sizeof *k);
    if (!keys_are_there())
        return;
    k->loop = loop;
    k->hooks = hooks;
    k->runner = runner;
    io_init(&k->io, on_keys, k);
    catch_all();
    take_up(k);
    hooks_add(hooks, HOOK_SECOND, on_second, k);
}

void keys_cancel(struct keys *k)
{
    if (k->loop == NULL)
        return;
    hooks_remove(k->hooks, HOOK_SECOND, on_second, k);
    let_go(k);
    catch_none();
    k->loop = NULL;
}
