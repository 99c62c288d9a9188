/* nearest -- the known name that a misspelt one was probably meant to be. */
// SPDX-License-Identifier: MIT
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "base/str.h"

#include <stddef.h>

/* Edits (insert, delete, replace, swap of neighbours; optimal string alignment) that make a of b,
 * letters compared in any case. Texts over 64 bytes: SIZE_MAX. */
size_t nearest_distance(struct str a, struct str b);

/* The one of `known` (borrowed) with the fewest edits, if those are at most a third of the longer
 * name's length (at least 1), or if `name` is a prefix of four or more letters of exactly one; else
 * NULL. Ties: the first. */
const char *nearest_name(struct str name, const char *const *known, size_t n);

#endif
