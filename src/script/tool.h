/*
 * tool -- the commands that are written in Lua: lua/katydid/tools.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_TOOL_H
#define SCRIPT_TOOL_H

#include "base/buf.h"
#include "base/err.h"
#include "script/vm.h"

#include <jansson.h>

/* Calls tools.NAME's FUNCTION with one table, the object `arguments` (borrowed; nulls are left out). It
 * returns a text, which is added to `out`, and a code, which is returned; -1: it threw. `phase` is what
 * goes on meanwhile, for who would wait ("while katydid checks"). */
int tool_call(struct vm *vm, const char *name, const char *function, const char *phase,
              const json_t *arguments, struct buf *out, struct err *err) ERR_CHECKED;

#endif
