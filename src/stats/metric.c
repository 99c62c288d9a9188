/* metric -- what a script counts by name besides requests. */
// SPDX-License-Identifier: MIT
#include "stats/metric.h"

#include "base/log.h"
#include "base/mem.h"
#include "stats/label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOGGER "katydid.stats"

/* The first letter of a key: checks, all other kinds, and those beyond the cap (with their kind). */
#define KEY_CHECK 'c'
#define KEY_CUSTOM 'm'
#define KEY_OTHER 'o'

static const char *const kind_names[METRIC_KINDS] = {"check", "counter", "gauge", "trend", "rate"};

const char *metric_kind_name(enum metric_kind kind)
{
    return kind_names[kind];
}

int metric_kind_of(struct str name)
{
    for (int i = 0; i < METRIC_KINDS; i++)
        if (str_equal(name, str_of(kind_names[i])))
            return i;
    return -1;
}

void metrics_init(struct metrics *m, size_t limit)
{
    *m = (struct metrics){.limit = limit};
    buf_init(&m->key, 0);
}

static void drop(struct metrics *m, struct metric *of)
{
    HASH_DEL(m->all, of);
    metric_free(of);
}

void metrics_release(struct metrics *m)
{
    struct metric *of, *next;
    HASH_ITER (hh, m->all, of, next)
        drop(m, of);
    buf_release(&m->key);
    m->n_checks = m->n_custom = 0;
}

static void empty(struct metric *of)
{
    of->count = of->passes = 0;
    of->sum = of->min = of->max = of->last = of->last_s = 0;
    if (of->spread != NULL)
        spread_clear(of->spread);
}

void metrics_reset(struct metrics *m)
{
    struct metric *of, *next;
    HASH_ITER (hh, m->all, of, next)
        empty(of);
    m->left_out = 0;
    m->last_s = 0;
}

void metrics_clear(struct metrics *m)
{
    struct metric *of, *next;
    HASH_ITER (hh, m->all, of, next) {
        if (of->kind == METRIC_CHECK)
            drop(m, of);
    }
    m->n_checks = 0;
    m->generation++;
    metrics_reset(m);
}

/* --- by name ------------------------------------------------------------------------------- */

static void add_key(struct buf *key, bool is_check, struct str name)
{
    buf_add_char(key, is_check ? KEY_CHECK : KEY_CUSTOM);
    label_add(key, name, METRIC_NAME_LIMIT, STR_EMPTY);
}

static struct metric *find(const struct metrics *m, const struct buf *key)
{
    struct metric *found;
    HASH_FIND(hh, m->all, key->p, key->n, found);
    return found;
}

static struct metric *find_by_name(const struct metrics *m, bool is_check, struct str name)
{
    struct buf key = BUF_INIT;
    add_key(&key, is_check, name);
    struct metric *found = find(m, &key);
    buf_release(&key);
    return found;
}

struct metric *metrics_find(const struct metrics *m, struct str name)
{
    return find_by_name(m, false, name);
}

struct metric *metrics_find_check(const struct metrics *m, struct str name)
{
    return find_by_name(m, true, name);
}

/* A metric of the key that was looked for last, whose name begins at `name_at` in it. */
static struct metric *make(struct metrics *m, enum metric_kind kind, size_t name_at)
{
    struct metric *of = xcalloc(1, sizeof *of);
    of->kind = kind;
    of->key = xmemdup0(m->key.p, m->key.n);
    of->key_n = m->key.n;
    of->name = of->key + name_at;
    if (kind == METRIC_TREND)
        of->spread = xcalloc(1, sizeof *of->spread);
    HASH_ADD_KEYPTR(hh, m->all, of->key, of->key_n, of);
    return of;
}

struct metric *metrics_other(struct metrics *m, enum metric_kind kind)
{
    buf_clear(&m->key);
    buf_addf(&m->key, "%c%d%s", KEY_OTHER, (int)kind, METRIC_OTHER_NAME);
    struct metric *of = find(m, &m->key);
    if (of != NULL)
        return of;
    of = make(m, kind, 2);
    of->is_other = true;
    return of;
}

static struct metric *begin_other(struct metrics *m, enum metric_kind kind)
{
    size_t n = HASH_COUNT(m->all);
    struct metric *of = metrics_other(m, kind);
    if (HASH_COUNT(m->all) == n)
        return of;
    log_warning(
        LOGGER,
        "There are more than %zu names of %s: those of further %ss are counted together, as "
        "\"" METRIC_OTHER_NAME "\". Give them names without an id in it, or raise --max-names",
        m->limit, kind == METRIC_CHECK ? "checks" : "metrics", metric_kind_name(kind));
    return of;
}

struct metric *metrics_get(struct metrics *m, enum metric_kind kind, struct str name)
{
    bool is_check = kind == METRIC_CHECK;
    buf_clear(&m->key);
    add_key(&m->key, is_check, name);
    struct metric *of = find(m, &m->key);
    if (of != NULL)
        return of->kind == kind ? of : NULL;
    size_t *n = is_check ? &m->n_checks : &m->n_custom;
    if (*n >= m->limit)
        return begin_other(m, kind);
    ++*n;
    return make(m, kind, 1);
}

/* --- values -------------------------------------------------------------------------------- */

static void count(struct metrics *m, struct metric *of, double now_s)
{
    of->count++;
    of->last_s = m->last_s = now_s;
    m->added++;
    if (of->is_other)
        m->left_out++;
}

void metric_add(struct metrics *m, struct metric *of, double value, double now_s)
{
    if (of->count == 0 || value < of->min)
        of->min = value;
    if (of->count == 0 || value > of->max)
        of->max = value;
    of->last = value;
    of->sum += value;
    if (of->spread != NULL)
        spread_add(of->spread, value);
    count(m, of, now_s);
}

void metric_add_bool(struct metrics *m, struct metric *of, bool value, double now_s)
{
    of->passes += value;
    count(m, of, now_s);
}

/* --- several ------------------------------------------------------------------------------- */

static void merge(struct metric *into, const struct metric *from)
{
    if (from->count == 0)
        return;
    into->min = into->count > 0 ? fmin(into->min, from->min) : from->min;
    into->max = into->count > 0 ? fmax(into->max, from->max) : from->max;
    if (from->last_s >= into->last_s) {
        into->last = from->last;
        into->last_s = from->last_s;
    }
    into->count += from->count;
    into->passes += from->passes;
    into->sum += from->sum;
    if (into->spread != NULL && from->spread != NULL)
        spread_merge(into->spread, from->spread);
}

int metrics_merge(struct metrics *into, const struct metrics *from, struct err *err)
{
    struct metric *of, *next;
    HASH_ITER (hh, from->all, of, next) {
        const struct metric *same = find_by_name(into, of->kind == METRIC_CHECK, str_of(of->name));
        if (!of->is_other && same != NULL && same->kind != of->kind)
            return err_set(err, "the metric '%s' is a %s in one and a %s in the other", of->name,
                           metric_kind_name(same->kind), metric_kind_name(of->kind));
    }
    HASH_ITER (hh, from->all, of, next) {
        struct metric *to = of->is_other ? metrics_other(into, of->kind)
                                         : metrics_get(into, of->kind, str_of(of->name));
        merge(to, of);
        if (to->is_other)
            into->left_out += of->count;
    }
    into->last_s = fmax(into->last_s, from->last_s);
    return 0;
}

struct metric *metric_copy(const struct metric *of)
{
    struct metric *copy = xcalloc(1, sizeof *copy);
    copy->kind = of->kind;
    copy->key = xmemdup0(of->key, of->key_n);
    copy->key_n = of->key_n;
    copy->name = copy->key + (of->name - of->key);
    copy->is_other = of->is_other;
    if (of->spread != NULL)
        copy->spread = xcalloc(1, sizeof *copy->spread);
    merge(copy, of);
    return copy;
}

void metric_free(struct metric *copy)
{
    if (copy == NULL)
        return;
    if (copy->spread != NULL)
        spread_release(copy->spread);
    free(copy->spread);
    free(copy->key);
    free(copy);
}

void metric_subtract(struct metric *from, const struct metric *what)
{
    from->count -= what->count < from->count ? what->count : from->count;
    from->passes -= what->passes < from->passes ? what->passes : from->passes;
    from->sum = from->count > 0 ? from->sum - what->sum : 0;
    if (from->spread == NULL || what->spread == NULL)
        return;
    spread_subtract(from->spread, what->spread);
    from->min = from->spread->min;
    from->max = from->spread->max;
}

/* --- what is read of one ------------------------------------------------------------------- */

uint64_t metric_fails(const struct metric *of)
{
    return of->count - of->passes;
}

double metric_ratio(const struct metric *of)
{
    return of->count > 0 ? (double)of->passes / (double)of->count : 0;
}

double metric_average(const struct metric *of)
{
    return of->count > 0 ? of->sum / (double)of->count : 0;
}

double metric_percentile(const struct metric *of, double q)
{
    return of->spread != NULL ? spread_percentile(of->spread, q) : 0;
}

void metric_percentiles(const struct metric *of, const double *q, size_t n, double *values)
{
    for (size_t i = 0; i < n; i++)
        values[i] = 0;
    if (of->spread != NULL)
        spread_percentiles(of->spread, q, n, values);
}

double metric_per_second(const struct metric *of, double seconds)
{
    if (!(seconds > 0))
        return 0;
    return (of->kind == METRIC_COUNTER ? of->sum : (double)of->count) / seconds;
}

void metrics_checks(const struct metrics *m, uint64_t *count, uint64_t *passes)
{
    struct metric *of, *next;
    *count = *passes = 0;
    HASH_ITER (hh, m->all, of, next) {
        if (of->kind != METRIC_CHECK)
            continue;
        *count += of->count;
        *passes += of->passes;
    }
}

static int by_kind_and_name(const void *a, const void *b)
{
    const struct metric *x = *(struct metric *const *)a, *y = *(struct metric *const *)b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    // The one of several names stands last.
    if (x->is_other != y->is_other)
        return x->is_other ? 1 : -1;
    return strcmp(x->name, y->name);
}

struct metric **metrics_sorted(const struct metrics *m, size_t *n)
{
    struct metric **sorted = xreallocarray(NULL, HASH_COUNT(m->all) + 1, sizeof *sorted);
    struct metric *of, *next;
    *n = 0;
    HASH_ITER (hh, m->all, of, next) {
        if (of->count > 0)
            sorted[(*n)++] = of;
    }
    qsort(sorted, *n, sizeof *sorted, by_kind_and_name);
    return sorted;
}
