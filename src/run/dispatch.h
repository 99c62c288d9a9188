/*
 * dispatch -- which users on which worker next: Locust's dispatcher (locust/dispatch.py), pure.
 *
 * Classes are picked by a deterministic weighted sequence (run/sequence), fixed ones first; workers
 * in round-robin, the first worker of every host before the second of any; users leave in the
 * reverse order of their coming. Sequences go on over dispatches and begin anew only when the set of
 * allowed classes changes or workers come or go.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_DISPATCH_H
#define RUN_DISPATCH_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct dispatch_class {
    struct str name;    /* copied */
    double weight;      /* >= 0 */
    size_t fixed_count; /* > 0: exactly so many, and the weight counts for nothing */
};

struct dispatch;

/* Classes and workers are copied; there is at least one worker. The workers' ids decide their order;
 * what stands before the first `_` of an id is its host. */
struct dispatch *dispatch_new(const struct dispatch_class *classes, size_t n_classes,
                              const struct str *worker_ids, size_t n_workers);
void dispatch_free(struct dispatch *d);

/* A new target. allowed: the classes that may be added from now on, each of which must be known
 * (NULL: as before; at the beginning: all). A step is max(1, floor(spawn_rate)) users; spawn_rate > 0. */
void dispatch_start(struct dispatch *d, size_t target, double spawn_rate, const struct str *allowed,
                    size_t n_allowed);

/* The next step of the present dispatch: moves the books, and says by *pause_s how long to wait
 * before the next is asked for (0 for the last). False when there is none left. A target that is
 * reached already gives one step without a change; where nobody may be added, the last step ends
 * below the target. */
bool dispatch_step(struct dispatch *d, double *pause_s);

/* The books after the last step: how many users of a class a worker should have; of all. */
size_t dispatch_users(const struct dispatch *d, size_t worker, size_t class_index);
size_t dispatch_total(const struct dispatch *d);
size_t dispatch_class_total(const struct dispatch *d, size_t class_index);
/* The class of the user that the last step added or removed last; SIZE_MAX: it changed nothing. */
size_t dispatch_last_class(const struct dispatch *d);

/* In the dispatcher's own order: workers as assigned, classes by name. */
size_t dispatch_n_workers(const struct dispatch *d);
struct str dispatch_worker_id(const struct dispatch *d, size_t worker);
size_t dispatch_n_classes(const struct dispatch *d);
struct str dispatch_class_name(const struct dispatch *d, size_t class_index);
size_t dispatch_find_class(const struct dispatch *d, struct str name); /* SIZE_MAX: unknown */

/* Workers come and go: all users are placed anew, and dispatch_step tells that as a step of its own,
 * also when no dispatch is under way; whoever waits between two steps asks for it at once. The last
 * worker stays in the books until another comes. */
void dispatch_add_worker(struct dispatch *d, struct str id);
void dispatch_remove_worker(struct dispatch *d, struct str id);

#endif
