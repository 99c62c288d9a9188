/* failures -- what failed, and how often. */
// SPDX-License-Identifier: MIT
#include "stats/failures.h"

#include "base/mem.h"
#include "stats/label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void failures_init(struct failures *f)
{
    memset(f, 0, sizeof *f);
    buf_init(&f->key, 0);
}

void failures_clear(struct failures *f)
{
    struct failure *failure, *next;
    HASH_ITER (hh, f->all, failure, next) {
        HASH_DEL(f->all, failure);
        free(failure->key);
        free(failure->place);
        free(failure);
    }
    f->n = 0;
}

void failures_release(struct failures *f)
{
    failures_clear(f);
    buf_release(&f->key);
}

static struct failure *look_up(struct failures *f, struct str method, struct str name,
                               struct str text)
{
    buf_clear(&f->key);
    buf_add_str(&f->key, method);
    buf_add_char(&f->key, '\0');
    buf_add_str(&f->key, name);
    buf_add_char(&f->key, '\0');
    label_add(&f->key, text, FAILURES_TEXT_LIMIT, STR("..."));
    struct failure *found;
    HASH_FIND(hh, f->all, f->key.p, f->key.n, found);
    return found;
}

/* The one that was looked for last. */
static struct failure *make(struct failures *f, double now_s)
{
    struct failure *failure = xcalloc(1, sizeof *failure);
    failure->key = xmemdup0(f->key.p, f->key.n);
    failure->key_n = f->key.n;
    failure->method = failure->key;
    failure->name = failure->method + strlen(failure->method) + 1;
    failure->text = failure->name + strlen(failure->name) + 1;
    failure->first_s = now_s;
    HASH_ADD_KEYPTR(hh, f->all, failure->key, failure->key_n, failure);
    f->n++;
    return failure;
}

/* Its own, or that of all beyond the limit. */
static struct failure *find(struct failures *f, struct str method, struct str name, struct str text)
{
    struct failure *failure = look_up(f, method, name, text);
    if (failure == NULL && f->n >= FAILURES_LIMIT)
        failure = look_up(f, method, name, STR(FAILURES_OTHER));
    return failure;
}

void failures_add_many(struct failures *f, struct str method, struct str name, struct str text,
                       uint64_t count, double first_s, double last_s)
{
    struct failure *failure = find(f, method, name, text);
    if (failure == NULL)
        failure = make(f, first_s);
    failure->count += count;
    failure->first_s = fmin(failure->first_s, first_s);
    failure->last_s = fmax(failure->last_s, last_s);
}

void failures_add(struct failures *f, struct str method, struct str name, struct str text,
                  double now_s)
{
    failures_add_many(f, method, name, text, 1, now_s, now_s);
}

void failures_set_place(struct failures *f, struct str method, struct str name, struct str text,
                        struct str place)
{
    struct failure *failure = find(f, method, name, text);
    if (failure != NULL && failure->place == NULL && place.n > 0)
        failure->place = str_dup(place);
}
