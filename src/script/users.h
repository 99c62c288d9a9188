/*
 * users -- the users that run, by class: how they are made, and how they end.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_USERS_H
#define SCRIPT_USERS_H

#include "base/err.h"
#include "run/dispatch.h"
#include "script/vm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct users;

struct users *users_new(struct vm *vm);
/* No user may be left. */
void users_free(struct users *u);

/* Whose users these are; borrowed, and known by their place from then on. No user may be left. */
void users_set_classes(struct users *u, const struct dispatch_class *classes, size_t n);

/* Makes one of a class and starts it. Told by HOOK_USER_ENDED when it is over. */
int users_spawn(struct users *u, size_t of, struct err *err) ERR_CHECKED;
/* As driver.stop; the newest first. */
size_t users_stop(struct users *u, size_t of, size_t n, double grace_s);

size_t users_count(const struct users *u);

/* Whose task it is: the user's class (borrowed as long as the classes are) and number, from 1 on. False:
 * nobody's. */
bool users_who(const struct task *t, struct str *user_class, uint64_t *id);

#endif
