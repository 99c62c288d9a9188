/*
 * json_reader -- JSON text as Lua's values.
 *
 * Read straight into Lua's stack, with no tree between. What is accepted, what is refused and in
 * which words are jansson's (tests/fuzz/fuzz_json.c holds one against the other): RFC 8259, UTF-8
 * alone, escaped surrogates in pairs alone, the last of equal names wins, no NUL in a name, no number
 * beyond a double, at most JSON_READ_DEPTH_LIMIT values one in the other.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_JSON_READER_H
#define SCRIPT_JSON_READER_H

#include "base/err.h"
#include "base/str.h"

#include <lua.h>

#define JSON_READ_DEPTH_LIMIT 2048

/* Pushes the value of the whole text. Objects are tables; arrays are tables with the metatable
 * JSON_ARRAY_TYPE (script/json_writer.h); null is the light userdata NULL; numbers are doubles. -1:
 * nothing is pushed, and err is "not JSON at line L, column C: what near 'token' (in 'the first 60
 * bytes')", columns being characters. The text need not end with NUL. [-0, +1, m] */
int json_read(lua_State *L, struct str text, struct err *err) ERR_CHECKED;

#endif
