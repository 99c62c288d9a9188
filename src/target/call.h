/*
 * call -- one request of the target while it is answered: what was asked, and the answer so far.
 *
 * Private to src/target. A route's function looks at the request, sets the answer and returns; the
 * target then sends it, after the delay. Where nothing is set, the answer is 200 without a body.
 */
// SPDX-License-Identifier: MIT
#ifndef TARGET_CALL_H
#define TARGET_CALL_H

#include "base/buf.h"
#include "base/rng.h"
#include "base/str.h"
#include "loop/timer.h"
#include "serve/server.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALL_ARGS 2
#define CALL_DELAY_MAX_MS 3600000.0

struct call {
    struct target *target;
    struct exchange_in *x;
    struct str pattern; /* of its route */
    struct str args[CALL_ARGS];
    size_t n_args;

    int status;
    struct buf body;
    struct str type;
    struct str (*headers)[2]; /* values are the call's own */
    size_t n_headers, headers_capacity;
    bool is_repeated; /* the body is sent over and over, `length` bytes of it */
    bool is_chunked;
    uint64_t length;
    double every_ms; /* of one that is chunked: between two chunks; 0: none waits */
    bool is_drop;    /* no answer */
    bool is_uncounted;
    double delay_ms;

    struct timer timer;
    struct call *prev, *next; /* those that wait; next also among the recycled ones */
};

/* The state that routes share. */
struct rng *call_rng(struct call *call);
struct shop *call_shop(struct call *call);

void call_json(struct call *call, int status, json_t *value); /* takes the value */
/* {"error": …} */
void call_error(struct call *call, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void call_text(struct call *call, struct str text);
/* The name is borrowed for ever, the value copied. */
void call_header(struct call *call, struct str name, struct str value);

/* A parameter as a number; -1: out of range, and the answer is a 400 that says so. Those of the
 * query may be absent: *value is left. */
int call_arg_double(struct call *call, size_t arg, const char *what, double min, double max,
                    double *value);
int call_arg_int(struct call *call, size_t arg, const char *what, int64_t min, int64_t max,
                 int64_t *value);
int call_query_double(struct call *call, const char *name, double min, double max, double *value);
int call_query_int(struct call *call, const char *name, int64_t min, int64_t max, int64_t *value);

/* The body as a JSON object, owned by the caller; NULL: it is none, and the answer is a 400. */
json_t *call_object(struct call *call);
/* A member of it that must be a whole number; -1 as above. Absent: the default, if it is not below
 * the minimum. */
int call_member_int(struct call *call, const json_t *object, const char *name, int64_t min,
                    int64_t max, int64_t absent, int64_t *value);

void call_clear(struct call *call);   /* nothing answered, nothing kept but memory */
void call_release(struct call *call); /* its memory */

#endif
