/*
 * thread -- a loop in a thread of its own, for a server that is to cost the loop of the users nothing.
 *
 * Between the two loops there is a mailbox: a function and what it is called with, run in the thread
 * in the order in which they were posted. What both see otherwise must never change, or have a lock.
 * The thread gives way to others that want the processor, and gets no signal.
 */
// SPDX-License-Identifier: MIT
#ifndef SERVE_THREAD_H
#define SERVE_THREAD_H

#include "base/err.h"
#include "loop/loop.h"

struct serve_thread;

/* Its loop is made, and stands still: whoever made it may start things on it until serve_thread_start.
 * NULL: the system has no descriptor left for it. */
struct serve_thread *serve_thread_new(struct err *err);
/* The loop turns from now on, in the thread; nothing of it may be touched from outside any more. */
int serve_thread_start(struct serve_thread *t, struct err *err) ERR_CHECKED;
/* Ends the thread once it has run what was posted; the loop stands still, and is the caller's again.
 * Nothing where it was not started. */
void serve_thread_stop(struct serve_thread *t);
/* Nothing may be left on its loop, and it stands still. NULL is fine. */
void serve_thread_free(struct serve_thread *t);

struct loop *serve_thread_loop(struct serve_thread *t);
/* From any thread: `run` is called with `self` in this one, soon; not at all once it was stopped. */
void serve_thread_post(struct serve_thread *t, void (*run)(void *self), void *self);

#endif
