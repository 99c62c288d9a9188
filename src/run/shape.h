/*
 * shape -- asks the load shape about once a second what it wants, and tells what is new.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_SHAPE_H
#define RUN_SHAPE_H

#include "base/err.h"
#include "loop/loop.h"
#include "run/dispatch.h"
#include "run/driver.h"

#include <stddef.h>

/* Called from the loop. */
struct shape_events {
    void (*changed)(void *self, const struct ramp_step *step); /* another step than the last */
    void (*over)(void *self);                                  /* the shape said so */
    void (*failed)(void *self, const struct err *err); /* it threw, or wants what can't be */
    void *self;
};

struct shape;

/* The driver has a tick. loop and classes are borrowed. */
struct shape *shape_new(struct loop *loop, struct driver driver,
                        const struct dispatch_class *classes, size_t n_classes,
                        struct shape_events events);
void shape_free(struct shape *s);

/* Asks at once, and then each second from the first time: a tick that takes longer delays the next,
 * and none is made up for. */
void shape_start(struct shape *s);
void shape_cancel(struct shape *s);

/* Whether a ramp can be made of it. */
int shape_check(const struct ramp_step *step, const struct dispatch_class *classes,
                size_t n_classes, struct err *err) ERR_CHECKED;

#endif
