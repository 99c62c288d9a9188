/* json -- jansson with foreign bytes. */
// SPDX-License-Identifier: MIT
#include "target/json.h"

json_t *json_text(struct str text)
{
    json_t *value = json_stringn(text.p, text.n);

    if (value != NULL)
        return value;
    struct buf plain = BUF_INIT;
    for (size_t i = 0; i < text.n; i++)
        buf_add_char(&plain, (unsigned char)text.p[i] < 0x80 ? text.p[i] : '?');
    value = json_stringn(plain.p, plain.n);
    buf_release(&plain);
    return value;
}

void json_add(json_t *object, struct str name, json_t *value)
{
    json_t *text = json_text(name);

    json_object_setn_new(object, json_string_value(text), json_string_length(text), value);
    json_decref(text);
}

json_t *json_member(const json_t *object, struct str name)
{
    json_t *text = json_text(name);
    json_t *value = json_object_getn(object, json_string_value(text), json_string_length(text));

    json_decref(text);
    return value;
}

static int add_bytes(const char *bytes, size_t n, void *self)
{
    buf_add(self, bytes, n);
    return 0;
}

void json_add_text(struct buf *out, const json_t *value)
{
    json_dump_callback(value, add_bytes, out,
                       JSON_ENSURE_ASCII | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    buf_add_char(out, '\n');
}
