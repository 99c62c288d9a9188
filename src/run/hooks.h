/*
 * hooks -- what happened, told to whoever listens: statistics, script and reports.
 *
 * Listeners run at once, in the order in which they were added (`quitting`: in reverse).
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_HOOKS_H
#define RUN_HOOKS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hook_kind {
    HOOK_INIT,              /* composed, before the run */
    HOOK_TEST_START,        /* a new test begins; statistics are empty, no user is there */
    HOOK_SPAWNING_COMPLETE, /* users: how many are wanted */
    HOOK_REQUEST,           /* request */
    HOOK_USER_ERROR,        /* error */
    HOOK_USER_ENDED,        /* user_class, why: told by the driver */
    HOOK_SECOND,            /* a second of the run is over */
    HOOK_TEST_STOPPING,
    HOOK_TEST_STOP,
    HOOK_RESET_STATS,   /* somebody asked for it: the statistics are about to be reset */
    HOOK_STATS_EMPTIED, /* they were, for whatever reason but a new test */
    HOOK_USAGE_MONITOR, /* usage */
    HOOK_CPU_WARNING,   /* usage */
    HOOK_QUITTING,
    HOOK_QUIT, /* exit_code */
    HOOK_KINDS
};

enum user_end {
    USER_STOPPED,
    USER_FINISHED,
    USER_FAILED
}; /* by the runner (whatever it did after it was asked), by itself, by an error */

/* What only some ask of a request: filled where somebody wants it. All may be empty. */
struct request_detail {
    int status;     /* 0: none came */
    struct str url; /* that was asked for, without a password */
    struct str user_class;
    uint64_t user_id;
    struct str place; /* of a failure: the script's line, "PATH:LINE" */
};

struct hook {
    enum hook_kind kind;
    union {
        size_t users;
        struct {
            struct str method, name;
            bool timed;
            double ms;
            uint64_t length;
            double at_s;          /* wall time at which it ended; 0: now */
            struct str failure;   /* empty: none */
            const double *phases; /* of stats/phases, ms; NULL: not known, or not asked for */
            const struct request_detail *detail; /* NULL: nobody asked */
        } request;
        struct {
            struct str message, traceback;
        } error;
        struct {
            struct str user_class;
            enum user_end why;
        } ended;
        struct {
            double cpu; /* percent of a core */
            uint64_t memory_bytes;
        } usage;
        int exit_code;
    } u;
};

struct hooks;

struct hooks *hooks_new(void);
void hooks_free(struct hooks *hooks);
void hooks_add(struct hooks *hooks, enum hook_kind kind,
               void (*listener)(void *self, const struct hook *what), void *self);
/* From now on it hears nothing, also when this is called while a hook is told. */
void hooks_remove(struct hooks *hooks, enum hook_kind kind,
                  void (*listener)(void *self, const struct hook *what), void *self);
void hooks_fire(struct hooks *hooks, const struct hook *what);
/* The ones that carry nothing. */
void hooks_fire_kind(struct hooks *hooks, enum hook_kind kind);

#endif
