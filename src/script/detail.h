/*
 * detail -- what only some ask of a request: its status and URL, who made it, and the script's line.
 *
 * Nothing of it is gathered unless a run wants it: for --log-requests of each request, for annotations
 * the line of those that failed.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_DETAIL_H
#define SCRIPT_DETAIL_H

#include "run/hooks.h"
#include "script/vm.h"

#include <stdbool.h>

struct detail;
struct packed;

/* From now on: all of each request, the places of failures. Looks up how our own chunks are named. */
int detail_want(struct vm *vm, bool all, bool places, struct err *err) ERR_CHECKED;
void detail_free(struct detail *d); /* NULL is fine */

/* What is wanted of a request of this task (NULL: of nobody's); `r` NULL: one that a script tells of. NULL:
 * nothing is. Borrowed until the next call. */
const struct request_detail *detail_of(struct vm *vm, const struct task *t, const struct packed *r,
                                       bool failed);

#endif
