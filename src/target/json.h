/* json -- jansson with foreign bytes: text that isn't UTF-8 shows "?" where it is not. */
// SPDX-License-Identifier: MIT
#ifndef TARGET_JSON_H
#define TARGET_JSON_H

#include "base/buf.h"
#include "base/str.h"

#include <jansson.h>

/* The caller owns it. */
json_t *json_text(struct str text);
/* Adds a member; takes the value. One of the same name is replaced. */
void json_add(json_t *object, struct str name, json_t *value);
json_t *json_member(const json_t *object, struct str name); /* borrowed; NULL: absent */
/* Adds the value as text, with a line feed. */
void json_add_text(struct buf *out, const json_t *value);

#endif
