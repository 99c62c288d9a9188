/*
 * target -- the practice server: routes of known delay, size, status and fault, which counts what
 * it served. For learning, and the known truth of the tests.
 */
// SPDX-License-Identifier: MIT
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

#include "base/err.h"
#include "loop/loop.h"

#include <stdint.h>

struct target;

struct target_options {
    const char *bind;                  /* "127.0.0.1" */
    uint16_t port;                     /* 0: any free one */
    double delay_min_ms, delay_max_ms; /* of every route besides its own; uniform */
    double error_rate;                 /* 0..1: so many answers are 500 instead */
    uint64_t seed;
    unsigned connections; /* at once; 15000 */
};

struct target *target_new(struct loop *loop, const struct target_options *options, struct err *err);
void target_free(struct target *t);
uint16_t target_port(const struct target *t);

#endif
