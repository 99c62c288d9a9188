/*
 * json_fields -- fields of JSON that is read: by name, of the kind that is expected.
 *
 * The first thing that is wrong is what is told, and where it stands: "entries[3].times.slots: ...".
 * After it all go on, with 0, "" and NULL for what isn't there, so that a reader asks once, at its
 * end, whether all was well. `name` is "" where the place itself is meant.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_JSON_FIELDS_H
#define REPORT_JSON_FIELDS_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_PLACE 96
#define JSON_LARGEST ((uint64_t)1 << 53) /* what every reader of JSON keeps exactly */

struct json_fields {
    struct err err;
    char where[JSON_PLACE]; /* "entries[3].times"; "": at the top */
    size_t memory_left;     /* bytes; for readers of what takes more memory than text */
};

bool json_fields_failed(const struct json_fields *d);
/* `format` goes on where the name ends: ": expected ...". */
void json_fields_complain(struct json_fields *d, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "expected a text, got a list". */
void json_refuse(struct json_fields *d, const char *name, const char *expected, const json_t *got);
const char *json_kind(const json_t *value); /* "a list" */

/* The place: of an item of a list, which must be an object (false: nothing is to be read); back to the
 * top; of a field within, and back to `before`. */
bool json_enter_item(struct json_fields *d, const char *list, size_t i, const json_t *item);
void json_fields_leave(struct json_fields *d);
void json_go_down(struct json_fields *d, const char *name, char before[JSON_PLACE]);
void json_go_up(struct json_fields *d, const char before[JSON_PLACE]);

/* A value as what it is to be; NULL has been complained of already. */
uint64_t json_as_count(struct json_fields *d, const char *name, const json_t *value, uint64_t max);
double json_as_number(struct json_fields *d, const char *name, const json_t *value);
double json_as_amount(struct json_fields *d, const char *name, const json_t *value); /* not < 0 */
const char *json_as_text(struct json_fields *d, const char *name, const json_t *value);

/* Fields of an object, which must be there. Texts and values are borrowed from it. */
const json_t *json_field_of(struct json_fields *d, const json_t *object, const char *name);
uint64_t json_count_of(struct json_fields *d, const json_t *object, const char *name);
double json_number_of(struct json_fields *d, const json_t *object, const char *name);
double json_amount_of(struct json_fields *d, const json_t *object, const char *name);
double json_amount_or_none(struct json_fields *d, const json_t *object,
                           const char *name); /* NAN for null */
const char *json_text_of(struct json_fields *d, const json_t *object, const char *name);
bool json_flag_of(struct json_fields *d, const json_t *object, const char *name);
const json_t *json_object_of(struct json_fields *d, const json_t *object, const char *name);
const json_t *json_list_of(struct json_fields *d, const json_t *object, const char *name,
                           size_t limit);

/* Whether it is a list of exactly so many items, and all was well so far. */
bool json_is_row(struct json_fields *d, const json_t *item, size_t n);

#endif
