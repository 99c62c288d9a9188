/* signal -- a signal that arrives as an event of the loop. */
// SPDX-License-Identifier: MIT
#include "loop/signal.h"

#include "base/err.h"

static void happened(struct ev_loop *ev, ev_signal *watcher, int events)
{
    struct signal_watch *w = watcher->data;
    (void)ev;
    (void)events;
    w->caught(w->self, watcher->signum);
}

void signal_watch_init(struct signal_watch *w, void (*caught)(void *self, int number), void *self)
{
    *w = (struct signal_watch){.caught = caught, .self = self};
    ev_init(&w->watcher, happened);
    w->watcher.data = w;
}

void signal_watch_start(struct loop *loop, struct signal_watch *w, int number)
{
    if (w->loop != NULL)
        BUG("signal_watch_start of one that is started");
    w->loop = loop;
    ev_signal_set(&w->watcher, number);
    ev_signal_start(loop_ev(loop), &w->watcher);
    loop_count_signal(loop, +1);
}

void signal_watch_cancel(struct signal_watch *w)
{
    if (w->loop == NULL)
        return;
    ev_signal_stop(loop_ev(w->loop), &w->watcher);
    loop_count_signal(w->loop, -1);
    w->loop = NULL;
}
