/*
 * keys -- w, W, s and S on the terminal while a run goes on: a user more, ten more, one less, ten less.
 *
 * Only where standard input is a terminal, and only while this process has it: put into the background
 * (Ctrl-Z, bg) it lets go of it, and takes it up again when it comes back. The terminal hands on each
 * key at once and shows none meanwhile; however the process ends, it is left as it was found: by
 * keys_cancel, by keys_restore from a handler that ends the process, and, where a signal would end or
 * stop it by default (SIGQUIT, SIGABRT, SIGSEGV, SIGTSTP, ...), by handlers of its own. One at a time in
 * a process.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_KEYS_H
#define APP_KEYS_H

#include "loop/io.h"
#include "loop/loop.h"
#include "run/hooks.h"
#include "run/runner.h"

#include <stdbool.h>

#define KEYS_RATE 100.0 /* users a second, as Locust's */

/* Embedded in its owner. */
struct keys {
    struct loop *loop; /* private, all; NULL: not started */
    struct hooks *hooks;
    struct runner *runner;
    struct io io;
};

/* Whether there is a terminal to take keys from. */
bool keys_are_there(void);

/* Takes keys from now on, where there are any; all are borrowed until keys_cancel. */
void keys_start(struct keys *k, struct loop *loop, struct hooks *hooks, struct runner *runner);
/* The terminal as it was; nothing where it wasn't started. */
void keys_cancel(struct keys *k);

/* The terminal as it was, for a handler that ends the process (async-signal-safe). */
void keys_restore(void);

/* What one key does. */
void keys_press(struct runner *runner, char key);

#endif
