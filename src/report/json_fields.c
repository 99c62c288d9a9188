/* json_fields -- see json_fields.h. */
// SPDX-License-Identifier: MIT
#include "report/json_fields.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool json_fields_failed(const struct json_fields *d)
{
    return err_is_set(&d->err);
}

void json_fields_complain(struct json_fields *d, const char *name, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    err_set(&d->err, "%s%s%s%s", d->where, d->where[0] != '\0' && name[0] != '\0' ? "." : "", name,
            text);
}

const char *json_kind(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_NULL:
        return "null";
    default:
        return "true or false";
    }
}

/* NULL where it isn't there. */
const json_t *json_field_of(struct json_fields *d, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL)
        json_fields_complain(d, name, " is missing");
    return value;
}

void json_refuse(struct json_fields *d, const char *name, const char *expected, const json_t *got)
{
    json_fields_complain(d, name, ": expected %s, got %s", expected, json_kind(got));
}

uint64_t json_as_count(struct json_fields *d, const char *name, const json_t *value, uint64_t max)
{
    if (value == NULL)
        return 0;
    if (!json_is_integer(value)) {
        json_refuse(d, name, "a whole number", value);
        return 0;
    }
    json_int_t number = json_integer_value(value);
    if (number >= 0 && (uint64_t)number <= max)
        return (uint64_t)number;
    json_fields_complain(d, name,
                         ": expected a whole number from 0 to %" PRIu64
                         ", got %" JSON_INTEGER_FORMAT,
                         max, number);
    return 0;
}

double json_as_number(struct json_fields *d, const char *name, const json_t *value)
{
    if (value != NULL && !json_is_number(value))
        json_refuse(d, name, "a number", value);
    return json_is_number(value) ? json_number_value(value) : 0;
}

/* A time or an amount. */
double json_as_amount(struct json_fields *d, const char *name, const json_t *value)
{
    double number = json_as_number(d, name, value);
    if (number < 0)
        json_fields_complain(d, name, ": expected a number from 0 on, got %g", number);
    return fmax(number, 0);
}

const char *json_as_text(struct json_fields *d, const char *name, const json_t *value)
{
    if (value != NULL && !json_is_string(value))
        json_refuse(d, name, "a text", value);
    return json_is_string(value) ? json_string_value(value) : "";
}

uint64_t json_count_of(struct json_fields *d, const json_t *object, const char *name)
{
    return json_as_count(d, name, json_field_of(d, object, name), JSON_LARGEST);
}

double json_number_of(struct json_fields *d, const json_t *object, const char *name)
{
    return json_as_number(d, name, json_field_of(d, object, name));
}

double json_amount_of(struct json_fields *d, const json_t *object, const char *name)
{
    return json_as_amount(d, name, json_field_of(d, object, name));
}

/* NAN for null. */
double json_amount_or_none(struct json_fields *d, const json_t *object, const char *name)
{
    const json_t *value = json_field_of(d, object, name);
    return json_is_null(value) ? NAN : json_as_amount(d, name, value);
}

const char *json_text_of(struct json_fields *d, const json_t *object, const char *name)
{
    return json_as_text(d, name, json_field_of(d, object, name));
}

bool json_flag_of(struct json_fields *d, const json_t *object, const char *name)
{
    const json_t *value = json_field_of(d, object, name);
    if (value != NULL && !json_is_boolean(value))
        json_refuse(d, name, "true or false", value);
    return json_is_true(value);
}

/* NULL where there is none. */
const json_t *json_object_of(struct json_fields *d, const json_t *object, const char *name)
{
    const json_t *value = json_field_of(d, object, name);
    if (value != NULL && !json_is_object(value))
        json_refuse(d, name, "an object", value);
    return json_is_object(value) ? value : NULL;
}

const json_t *json_list_of(struct json_fields *d, const json_t *object, const char *name,
                           size_t limit)
{
    const json_t *value = json_field_of(d, object, name);
    if (value != NULL && !json_is_array(value))
        json_refuse(d, name, "a list", value);
    if (json_array_size(value) > limit)
        json_fields_complain(d, name, ": expected at most %zu of them, got %zu", limit,
                             json_array_size(value));
    return json_is_array(value) ? value : NULL;
}

/* The item of a list, which must be an object; from here on it is what errors name. */
bool json_enter_item(struct json_fields *d, const char *list, size_t i, const json_t *item)
{
    d->where[0] = '\0';
    if (!json_is_object(item)) {
        snprintf(d->where, sizeof d->where, "%s[%zu]", list, i);
        json_refuse(d, "", "an object", item);
    }
    snprintf(d->where, sizeof d->where, "%s[%zu]", list, i);
    return !json_fields_failed(d);
}

void json_fields_leave(struct json_fields *d)
{
    d->where[0] = '\0';
}

/* Goes into a field of what is read; `before` keeps where that was. */
void json_go_down(struct json_fields *d, const char *name, char before[JSON_PLACE])
{
    size_t n = strlen(d->where);
    memcpy(before, d->where, sizeof d->where);
    snprintf(d->where + n, sizeof d->where - n, "%s%s", n > 0 ? "." : "", name);
}

void json_go_up(struct json_fields *d, const char before[JSON_PLACE])
{
    memcpy(d->where, before, sizeof d->where);
}

/* A list of exactly so many items. */
bool json_is_row(struct json_fields *d, const json_t *item, size_t n)
{
    if (json_is_array(item) && json_array_size(item) == n)
        return !json_fields_failed(d);
    json_fields_complain(d, "", ": expected a list of %zu", n);
    return false;
}
