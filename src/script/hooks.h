/*
 * hooks -- run's hooks told to k.events, except `request` and `user_error`, which the Lua half fires
 * itself where they happen, with the fields that only it knows.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_HOOKS_H
#define SCRIPT_HOOKS_H

#include "run/hooks.h"
#include "script/vm.h"

/* Listens from now on; both are borrowed until the vm ends. */
void script_hooks_install(struct vm *vm, struct hooks *hooks);

#endif
