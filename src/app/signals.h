/*
 * signals -- SIGINT, SIGTERM and SIGHUP of a run: the first ends it in good order, a second one at
 * once.
 *
 * The first arrives as an event of the loop. The second ends the process in the handler itself, with
 * 128 + its number, so that a script which never gives the loop its turn can be ended too. SIGHUP,
 * by which a terminal takes leave, is only ever a first, and none where it was ignored before. One at
 * a time in a process.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_SIGNALS_H
#define APP_SIGNALS_H

#include "base/err.h"
#include "loop/io.h"
#include "loop/loop.h"

#include <signal.h>
#include <stdbool.h>

/* Embedded in its owner. */
struct signals {
    void (*first)(void *self, int number);
    void *self;
    struct io io; /* private, from here */
    int fd;       /* what the handler writes to */
    struct sigaction old_int, old_term, old_hup;
};

int signals_start(struct loop *loop, struct signals *s, void (*first)(void *self, int number),
                  void *self, struct err *err) ERR_CHECKED;
/* Lets go of the loop, when that has ended. A first signal that came too late for it is told now; a
 * second one still ends the process. */
void signals_leave_loop(struct signals *s);
/* As it was before signals_start. */
void signals_cancel(struct signals *s);

/* Whether the first has come; from any thread, and from handlers. */
bool signals_came(void);

/* "SIGINT", "SIGTERM", "SIGHUP". */
const char *signals_name(int number);

#endif
