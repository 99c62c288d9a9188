/*
 * live -- the outputs that show a run while it goes on, as its options ask: --prometheus, --otlp,
 * --log-requests.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_LIVE_H
#define APP_LIVE_H

#include "app/options.h"
#include "base/err.h"
#include "export/sampler.h"
#include "net/resolver.h"
#include "script/vm.h"

struct live;

/* What they are made of; borrowed for their life, but for the struct itself. */
struct live_parts {
    const struct options *options;
    struct live_run run;
    struct resolver *resolver;
    char *(*get)(const char *name); /* getenv */
};

/* Has the script's side gather what of requests only some of them ask for: --log-requests, and the lines
 * of failures for --github. */
int live_gather(const struct options *o, struct vm *vm, struct err *err) ERR_CHECKED;

/* Whether the options can be followed, as far as can be told before a script is loaded. */
int live_check(const struct options *o, char *(*get)(const char *name),
               struct err *err) ERR_CHECKED;

/* What the options ask for. NULL: it can't be had. */
struct live *live_new(const struct live_parts *parts, struct err *err);
/* The run is over, and its loop still turns: `then` is called from the loop when it may stop. */
void live_finish(struct live *live, void (*then)(void *self), void *self);
/* The loop turns no more. */
void live_rest(struct live *live);
void live_free(struct live *live); /* NULL is fine */

#endif
