/*
 * exceptions -- what scripts threw, by traceback, how often and on which node.
 *
 * One row a traceback (file and line), as in Locust: the first message stays. At most
 * EXCEPTIONS_LIMIT rows; further ones are counted in one, whose message is EXCEPTIONS_OTHER.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_EXCEPTIONS_H
#define STATS_EXCEPTIONS_H

#include "base/buf.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#define EXCEPTIONS_LIMIT 500
#define EXCEPTIONS_OTHER "(other exceptions: there were too many different ones)"
#define EXCEPTIONS_TEXT_LIMIT 16384 /* bytes of message and of traceback; longer ones are cut */

struct exception {
    char *message, *traceback;
    char *nodes; /* names joined with ", ", in order of first occurrence */
    uint64_t count;
    UT_hash_handle hh; /* private; by traceback, else message */
};

/* Embedded in its owner. */
struct exceptions {
    struct exception *all; /* in order of first occurrence: HASH_ITER(hh, ...) */
    size_t n;
    uint64_t total;
    struct buf key; /* private: what is looked for */
};

void exceptions_init(struct exceptions *x);
void exceptions_release(struct exceptions *x);
void exceptions_clear(struct exceptions *x);
void exceptions_add(struct exceptions *x, struct str message, struct str traceback,
                    struct str node);
/* The same so often, on these nodes: names joined as in struct exception. */
void exceptions_add_many(struct exceptions *x, struct str message, struct str traceback,
                         struct str nodes, uint64_t count);

#endif
