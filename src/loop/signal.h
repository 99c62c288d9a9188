/* signal -- a signal that arrives as an event of the loop. */
// SPDX-License-Identifier: MIT
#ifndef LOOP_SIGNAL_H
#define LOOP_SIGNAL_H

#include "loop/loop.h"

#include <ev.h>

struct signal_watch {
    void (*caught)(void *self, int number);
    void *self;
    struct loop *loop; /* private, from here */
    ev_signal watcher;
};

void signal_watch_init(struct signal_watch *w, void (*caught)(void *self, int number), void *self);
/* Does not keep loop_run alive by itself. */
void signal_watch_start(struct loop *loop, struct signal_watch *w, int number);
void signal_watch_cancel(struct signal_watch *w);

#endif
