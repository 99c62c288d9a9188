/* json_text -- values as JSON writes them. */
// SPDX-License-Identifier: MIT
#include "report/json_text.h"

#include "base/text.h"
#include "base/unicode.h"

#include <math.h>

static void add_escaped(struct buf *out, uint32_t c)
{
    static const char *const names[] = {
        ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t"};
    if (c < sizeof names / sizeof names[0] && names[c] != NULL)
        buf_add_cstr(out, names[c]);
    else
        buf_addf(out, "\\u%04x", (unsigned)c);
}

void json_text_add_string(struct buf *out, struct str foreign)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < foreign.n;) {
        size_t from = i;
        uint32_t c = utf8_next(foreign, &i);
        if (c == UTF8_BAD)
            buf_addf(out, "\\\\x%02x", (unsigned)(unsigned char)foreign.p[from]);
        else if (c == 0)
            buf_add_cstr(out, "\\\\x00"); // which C strings can't hold
        else if (c == '"' || c == '\\')
            buf_addf(out, "\\%c", (char)c);
        else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
            add_escaped(out, c);
        else
            buf_add(out, foreign.p + from, i - from);
    }
    buf_add_char(out, '"');
}

void json_text_add_number(struct buf *out, double value)
{
    if (isfinite(value))
        text_add_double(out, value);
    else
        buf_add_cstr(out, "null");
}

static void add_array(struct buf *out, const json_t *array)
{
    size_t i;
    json_t *item;
    buf_add_char(out, '[');
    json_array_foreach (array, i, item) {
        if (i > 0)
            buf_add_char(out, ',');
        json_text_add_value(out, item);
    }
    buf_add_char(out, ']');
}

static void add_object(struct buf *out, const json_t *object)
{
    const char *name, *before = "";
    json_t *item;
    buf_add_char(out, '{');
    json_object_foreach ((json_t *)object, name, item) {
        buf_add_cstr(out, before);
        json_text_add_string(out, str_of(name));
        buf_add_char(out, ':');
        json_text_add_value(out, item);
        before = ",";
    }
    buf_add_char(out, '}');
}

void json_text_add_value(struct buf *out, const json_t *value)
{
    if (json_is_object(value))
        add_object(out, value);
    else if (json_is_array(value))
        add_array(out, value);
    else if (json_is_string(value))
        json_text_add_string(out, str_make(json_string_value(value), json_string_length(value)));
    else if (json_is_integer(value))
        buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        json_text_add_number(out, json_real_value(value));
    else
        buf_add_cstr(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
}
