/*
 * failures -- what failed, by method, name and text, and how often.
 *
 * At most FAILURES_LIMIT different ones are kept (a text that holds an id would otherwise fill the
 * memory); those beyond it are counted together, by method and name, under the text FAILURES_OTHER.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_FAILURES_H
#define STATS_FAILURES_H

#include "base/buf.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#define FAILURES_LIMIT 2000
#define FAILURES_OTHER "(other failures: there were too many different texts)"
#define FAILURES_TEXT_LIMIT 2048 /* bytes; longer texts are cut, with "..." */

struct failure {
    char *method, *name, *text;
    uint64_t count;
    double first_s, last_s; /* wall time */
    char *place; /* "PATH:LINE" of the script that made the first request; NULL: not known */
    /* private */
    char *key; /* method, NUL, name, NUL, text, NUL: the three lie in it */
    size_t key_n;
    UT_hash_handle hh;
};

/* Embedded in its owner. */
struct failures {
    struct failure *all; /* a uthash table, in order of first occurrence: HASH_ITER(hh, ...) */
    size_t n;
    struct buf key; /* private: the one that is looked for */
};

void failures_init(struct failures *f);
void failures_release(struct failures *f);
void failures_clear(struct failures *f);
/* Method and name are those of an entry: without a NUL. */
void failures_add(struct failures *f, struct str method, struct str name, struct str text,
                  double now_s);
/* The same so often, from the first time to the last. */
void failures_add_many(struct failures *f, struct str method, struct str name, struct str text,
                       uint64_t count, double first_s, double last_s);

/* Where the script stood when a failure came that has been added: kept of the first one. */
void failures_set_place(struct failures *f, struct str method, struct str name, struct str text,
                        struct str place);

#endif
