/*
 * dispatch -- which users on which worker next.
 *
 * The books are a stack of (worker, class), newest on top, and a count of each pair. "dispatch.py"
 * in remarks is Locust's.
 */
// SPDX-License-Identifier: MIT
#include "run/dispatch.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "run/sequence.h"

struct worker {
    char *id;
    size_t number_in_host;
    size_t *users; /* by class */
};

struct placed {
    uint32_t worker, class_index;
};

struct dispatch {
    struct dispatch_class *classes; /* by name; the names are ours */
    bool *allowed;
    size_t *class_totals;
    size_t n_classes;

    struct worker *workers; /* in the order of assignment */
    size_t n_workers, next_worker;
    bool last_has_left; /* the only worker is gone, but for the books */

    struct placed *stack;
    size_t total, capacity;

    struct sequence *weighted, *fixed;
    size_t fixed_left; /* picks of `fixed` that are still to be made */
    bool look_at_fixed;

    size_t target, batch;
    double pause_s;
    bool is_over, has_stepped, has_moved; /* has_moved: users were placed anew */
    size_t last_class;
};

// --- who -----------------------------------------------------------------------------------------

static void restart_weighted(struct dispatch *d)
{
    double *weights = xcalloc(d->n_classes, sizeof(*weights));

    for (size_t i = 0; i < d->n_classes; i++) {
        if (d->allowed[i] && d->classes[i].fixed_count == 0)
            weights[i] = d->classes[i].weight;
    }
    sequence_free(d->weighted);
    d->weighted = sequence_new(weights, d->n_classes);
    d->fixed_left = 0;
    free(weights);
}

static void restart_fixed(struct dispatch *d)
{
    double *missing = xcalloc(d->n_classes, sizeof(*missing));

    d->fixed_left = 0;
    for (size_t i = 0; i < d->n_classes; i++) {
        size_t wanted = d->classes[i].fixed_count;
        if (!d->allowed[i] || wanted <= d->class_totals[i])
            continue;
        missing[i] = (double)(wanted - d->class_totals[i]);
        d->fixed_left += wanted - d->class_totals[i];
    }
    sequence_free(d->fixed);
    d->fixed = sequence_new(missing, d->n_classes);
    free(missing);
}

static size_t next_class(struct dispatch *d)
{
    // As in dispatch.py, what is missing of the fixed classes is looked at after something was
    // removed, and not before the picks of the last look are all made.
    if (d->fixed_left == 0 && d->look_at_fixed) {
        d->look_at_fixed = false;
        restart_fixed(d);
    }
    if (d->fixed_left > 0) {
        d->fixed_left--;
        return sequence_next(d->fixed);
    }
    return sequence_next(d->weighted);
}

// --- the books -----------------------------------------------------------------------------------

/* False: nobody may be added. */
static bool add_user(struct dispatch *d)
{
    size_t c = next_class(d);
    if (c == SIZE_MAX)
        return false;

    size_t w = d->next_worker;
    d->next_worker = (w + 1) % d->n_workers;
    if (d->total == d->capacity) {
        d->capacity = d->capacity > 0 ? 2 * d->capacity : 64;
        d->stack = xreallocarray(d->stack, d->capacity, sizeof(*d->stack));
    }
    d->stack[d->total++] = (struct placed){(uint32_t)w, (uint32_t)c};
    d->workers[w].users[c]++;
    d->class_totals[c]++;
    d->last_class = c;
    return true;
}

static void remove_user(struct dispatch *d)
{
    struct placed newest = d->stack[--d->total];

    d->workers[newest.worker].users[newest.class_index]--;
    d->class_totals[newest.class_index]--;
    d->look_at_fixed = true;
    d->last_class = newest.class_index;
}

/* Places as many users as there are on the workers of now, as if they had just come. */
static void place_anew(struct dispatch *d)
{
    size_t wanted = d->total;

    d->total = 0;
    d->next_worker = 0;
    memset(d->class_totals, 0, d->n_classes * sizeof(*d->class_totals));
    for (size_t w = 0; w < d->n_workers; w++)
        memset(d->workers[w].users, 0, d->n_classes * sizeof(size_t));
    restart_weighted(d);
    d->look_at_fixed = true;
    while (d->total < wanted && add_user(d))
        continue;
    d->has_moved = true;
}

// --- workers -------------------------------------------------------------------------------------

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct worker *)a)->id, ((const struct worker *)b)->id);
}

static int by_number_in_host(const void *a, const void *b)
{
    const struct worker *v = a, *w = b;

    if (v->number_in_host != w->number_in_host)
        return v->number_in_host < w->number_in_host ? -1 : 1;
    return by_id(a, b);
}

static size_t host_length(const char *id)
{
    return strcspn(id, "_");
}

static bool is_same_host(const char *a, const char *b)
{
    size_t n = host_length(a);

    return n == host_length(b) && memcmp(a, b, n) == 0;
}

static void sort_workers(struct dispatch *d)
{
    qsort(d->workers, d->n_workers, sizeof(*d->workers), by_id);
    for (size_t i = 0; i < d->n_workers; i++) {
        struct worker *w = &d->workers[i];
        w->number_in_host = 0;
        for (size_t j = 0; j < i; j++)
            w->number_in_host += is_same_host(d->workers[j].id, w->id);
    }
    qsort(d->workers, d->n_workers, sizeof(*d->workers), by_number_in_host);
}

static void append_worker(struct dispatch *d, struct str id)
{
    d->workers = xreallocarray(d->workers, d->n_workers + 1, sizeof(*d->workers));
    d->workers[d->n_workers++] = (struct worker){
        .id = str_dup(id),
        .users = xcalloc(d->n_classes, sizeof(size_t)),
    };
}

static void drop_worker(struct dispatch *d, size_t index)
{
    free(d->workers[index].id);
    free(d->workers[index].users);
    d->n_workers--;
    memmove(&d->workers[index], &d->workers[index + 1],
            (d->n_workers - index) * sizeof(*d->workers));
}

void dispatch_add_worker(struct dispatch *d, struct str id)
{
    if (d->last_has_left)
        drop_worker(d, 0);
    d->last_has_left = false;
    append_worker(d, id);
    sort_workers(d);
    place_anew(d);
}

void dispatch_remove_worker(struct dispatch *d, struct str id)
{
    size_t i = 0;

    while (i < d->n_workers && !str_equal(str_of(d->workers[i].id), id))
        i++;
    if (i == d->n_workers)
        return;
    if (d->n_workers == 1) {
        d->last_has_left = true;
        return;
    }
    // The others keep their order: only a newcomer has it made anew (dispatch.py: remove_worker).
    drop_worker(d, i);
    place_anew(d);
}

// --- life ----------------------------------------------------------------------------------------

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct dispatch_class *)a)->name,
                       ((const struct dispatch_class *)b)->name);
}

struct dispatch *dispatch_new(const struct dispatch_class *classes, size_t n_classes,
                              const struct str *worker_ids, size_t n_workers)
{
    struct dispatch *d = xcalloc(1, sizeof(*d));

    assert(n_workers > 0);
    d->n_classes = n_classes;
    d->classes = xcalloc(n_classes, sizeof(*d->classes));
    d->allowed = xcalloc(n_classes, sizeof(*d->allowed));
    d->class_totals = xcalloc(n_classes, sizeof(*d->class_totals));
    for (size_t i = 0; i < n_classes; i++) {
        d->classes[i] = classes[i];
        d->classes[i].name = str_make(str_dup(classes[i].name), classes[i].name.n);
        d->allowed[i] = true;
    }
    qsort(d->classes, n_classes, sizeof(*d->classes), by_name);
    for (size_t i = 0; i < n_workers; i++)
        append_worker(d, worker_ids[i]);
    sort_workers(d);
    restart_weighted(d);
    d->look_at_fixed = true;
    d->is_over = true;
    d->last_class = SIZE_MAX;
    return d;
}

void dispatch_free(struct dispatch *d)
{
    if (d == NULL)
        return;
    while (d->n_workers > 0)
        drop_worker(d, d->n_workers - 1);
    for (size_t i = 0; i < d->n_classes; i++)
        free((char *)d->classes[i].name.p);
    sequence_free(d->weighted);
    sequence_free(d->fixed);
    free(d->workers);
    free(d->classes);
    free(d->allowed);
    free(d->class_totals);
    free(d->stack);
    free(d);
}

// --- dispatches ----------------------------------------------------------------------------------

static void allow(struct dispatch *d, const struct str *names, size_t n)
{
    bool *allowed = xcalloc(d->n_classes, sizeof(*allowed));

    for (size_t i = 0; i < n; i++) {
        size_t c = dispatch_find_class(d, names[i]);
        if (c == SIZE_MAX)
            BUG("a class that isn't known");
        allowed[c] = true;
    }
    bool is_new = memcmp(allowed, d->allowed, d->n_classes * sizeof(*allowed)) != 0;
    free(d->allowed);
    d->allowed = allowed;
    // Fixed classes are not looked at here: those that weren't allowed before come only after
    // something was removed (dispatch.py: new_dispatch).
    if (is_new)
        restart_weighted(d);
}

void dispatch_start(struct dispatch *d, size_t target, double spawn_rate, const struct str *allowed,
                    size_t n_allowed)
{
    assert(spawn_rate > 0);
    if (allowed != NULL)
        allow(d, allowed, n_allowed);
    double batch = fmax(1, floor(spawn_rate));
    d->target = target;
    d->batch = batch < (double)UINT32_MAX ? (size_t)batch : UINT32_MAX;
    d->pause_s = batch / spawn_rate;
    d->is_over = d->has_stepped = false;
}

/* Where it stands after a step, or before the first. */
static double pause_after(struct dispatch *d)
{
    if (d->total == d->target)
        d->is_over = true;
    return d->is_over || !d->has_stepped ? 0 : d->pause_s;
}

bool dispatch_step(struct dispatch *d, double *pause_s)
{
    d->last_class = SIZE_MAX;
    if (d->has_moved) {
        d->has_moved = false;
        *pause_s = pause_after(d);
        return true;
    }
    *pause_s = 0;
    if (d->is_over)
        return false;

    d->has_stepped = true;
    for (size_t i = 0; i < d->batch && d->total != d->target; i++) {
        if (d->total > d->target) {
            remove_user(d);
        } else if (!add_user(d)) {
            d->is_over = true;
            break;
        }
    }
    *pause_s = pause_after(d);
    return true;
}

size_t dispatch_users(const struct dispatch *d, size_t worker, size_t class_index)
{
    assert(worker < d->n_workers && class_index < d->n_classes);
    return d->workers[worker].users[class_index];
}

size_t dispatch_total(const struct dispatch *d)
{
    return d->total;
}

size_t dispatch_class_total(const struct dispatch *d, size_t class_index)
{
    assert(class_index < d->n_classes);
    return d->class_totals[class_index];
}

size_t dispatch_last_class(const struct dispatch *d)
{
    return d->last_class;
}

size_t dispatch_n_workers(const struct dispatch *d)
{
    return d->n_workers;
}

struct str dispatch_worker_id(const struct dispatch *d, size_t worker)
{
    assert(worker < d->n_workers);
    return str_of(d->workers[worker].id);
}

size_t dispatch_n_classes(const struct dispatch *d)
{
    return d->n_classes;
}

struct str dispatch_class_name(const struct dispatch *d, size_t class_index)
{
    assert(class_index < d->n_classes);
    return d->classes[class_index].name;
}

size_t dispatch_find_class(const struct dispatch *d, struct str name)
{
    for (size_t i = 0; i < d->n_classes; i++) {
        if (str_equal(d->classes[i].name, name))
            return i;
    }
    return SIZE_MAX;
}
