/*
 * json_writer -- Lua's values as JSON text.
 *
 * Written straight from the tables: jansson 2.14 shows 0.1 as 0.10000000000000001, and would want a
 * tree of its own for each body that a user sends. Names are written in the order of their bytes;
 * separators are Python's (", " and ": ").
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_JSON_WRITER_H
#define SCRIPT_JSON_WRITER_H

#include "base/buf.h"
#include "base/err.h"

#include <lua.h>

#define JSON_ARRAY_TYPE "katydid.array" /* the metatable of tables that json.array marked */
#define JSON_DEPTH_LIMIT 1000

/* Adds the value at `index` to out; null is the light userdata NULL. indent 0: on one line. The error
 * says what can't be JSON, and where in the value. [-0, +0, m] */
int json_write(lua_State *L, int index, int indent, struct buf *out, struct err *err) ERR_CHECKED;

#endif
