/*
 * headers -- names and values in order, names in any case.
 *
 * A header's text stands in the block as "Name: value" with a NUL behind it, so that a transport can
 * hand it on as it is. What `set` and `remove` leave behind stays in the block until it is cleared, or
 * has become the larger part.
 */
// SPDX-License-Identifier: MIT
#include "http/headers.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define HOLES_FROM 4096 /* bytes, before anybody looks for holes */

void http_headers_init(struct http_headers *h)
{
    *h = (struct http_headers){.bytes = BUF_INIT};
}

void http_headers_release(struct http_headers *h)
{
    buf_release(&h->bytes);
    free(h->all);
    http_headers_init(h);
}

void http_headers_clear(struct http_headers *h)
{
    buf_clear(&h->bytes);
    h->n = 0;
}

void http_headers_reserve(struct http_headers *h, size_t n, size_t bytes)
{
    if (h->n + n > h->capacity) {
        h->capacity = h->n + n;
        h->all = xreallocarray(h->all, h->capacity, sizeof *h->all);
    }
    buf_reserve(&h->bytes, bytes + n * sizeof ": ");
}

static bool is_inside(const struct http_headers *h, struct str s)
{
    return h->bytes.p != NULL && s.p >= h->bytes.p && s.p < h->bytes.p + h->bytes.n;
}

static char *put(char *p, struct str s)
{
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    return p + s.n;
}

/* Writes the line at the block's end; `at` may be any slot. */
static void write_line(struct http_headers *h, struct http_header_at *at, struct str name,
                       struct str value)
{
    size_t n = name.n + value.n + sizeof ": ";
    if (h->bytes.n + n >= UINT32_MAX)
        BUG("headers of 4 GB");
    if (h->bytes.capacity - h->bytes.n <= n) {
        size_t name_inside = is_inside(h, name) ? (size_t)(name.p - h->bytes.p) : SIZE_MAX;
        size_t value_inside = is_inside(h, value) ? (size_t)(value.p - h->bytes.p) : SIZE_MAX;
        buf_reserve(&h->bytes, n);
        if (name_inside != SIZE_MAX)
            name.p = h->bytes.p + name_inside;
        if (value_inside != SIZE_MAX)
            value.p = h->bytes.p + value_inside;
    }
    uint32_t begin = (uint32_t)h->bytes.n;
    char *p = put(h->bytes.p + begin, name);
    p = put(p, STR(": "));
    p = put(p, value);
    p[0] = p[1] = '\0'; // the line's end, and the block's
    h->bytes.n += n;
    *at = (struct http_header_at){.name = begin,
                                  .name_n = (uint32_t)name.n,
                                  .value = begin + (uint32_t)name.n + 2,
                                  .value_n = (uint32_t)value.n};
}

static void make_room(struct http_headers *h)
{
    if (h->n < h->capacity)
        return;
    h->capacity = h->capacity == 0 ? 8 : h->capacity * 2;
    h->all = xreallocarray(h->all, h->capacity, sizeof *h->all);
}

void http_headers_add(struct http_headers *h, struct str name, struct str value)
{
    make_room(h);
    write_line(h, &h->all[h->n], name, value);
    h->n++;
}

void http_headers_add_row(struct http_headers *h, struct http_header_at row)
{
    make_room(h);
    h->all[h->n++] = row;
}

void http_headers_add_rows(struct http_headers *h, const struct http_header_at *rows, size_t n)
{
    if (h->capacity < h->n + n)
        http_headers_reserve(h, n, 0);
    if (n > 0)
        memcpy(h->all + h->n, rows, n * sizeof *rows);
    h->n += n;
}

void http_headers_set_block(struct http_headers *h, struct str block)
{
    buf_clear(&h->bytes);
    buf_add_str(&h->bytes, block);
    for (size_t i = 0; i < h->n; i++)
        h->bytes.p[h->all[i].value + h->all[i].value_n] = '\0';
}

static size_t find(const struct http_headers *h, struct str name, size_t from)
{
    size_t i = from;
    while (i < h->n && !str_equal_nocase(http_headers_name(h, i), name))
        i++;
    return i;
}

static void remove_from(struct http_headers *h, struct str name, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < h->n; i++) {
        if (!str_equal_nocase(http_headers_name(h, i), name))
            h->all[kept++] = h->all[i];
    }
    h->n = kept;
}

/* What no header uses any more goes, where it is more than half. */
static void close_holes(struct http_headers *h)
{
    size_t used = 0;
    for (size_t i = 0; i < h->n; i++)
        used += h->all[i].name_n + h->all[i].value_n + sizeof ": ";
    if (used > h->bytes.n / 2)
        return;
    struct http_headers tight = {.n = 0};
    http_headers_reserve(&tight, h->n, used);
    for (size_t i = 0; i < h->n; i++)
        http_headers_add(&tight, http_headers_name(h, i), http_headers_value(h, i));
    http_headers_move(h, &tight);
}

void http_headers_set(struct http_headers *h, struct str name, struct str value)
{
    size_t i = find(h, name, 0);
    if (i == h->n) {
        http_headers_add(h, name, value);
        return;
    }
    remove_from(h, name, i + 1);
    write_line(h, &h->all[i], name, value);
    if (h->bytes.n > HOLES_FROM)
        close_holes(h);
}

void http_headers_remove(struct http_headers *h, struct str name)
{
    remove_from(h, name, 0);
}

void http_headers_fold(struct http_headers *h, struct str more)
{
    if (h->n == 0 || more.n == 0)
        return;
    struct http_header_at *at = &h->all[h->n - 1];
    if (h->bytes.n + more.n + 2 >= UINT32_MAX)
        BUG("headers of 4 GB");
    if (at->value + at->value_n + sizeof "" != h->bytes.n) // another's line stands behind it
        write_line(h, at, http_headers_name(h, h->n - 1), http_headers_value(h, h->n - 1));
    buf_truncate(&h->bytes, at->value + at->value_n);
    if (at->value_n > 0)
        buf_add_char(&h->bytes, ' ');
    buf_add_str(&h->bytes, more);
    at->value_n = (uint32_t)(h->bytes.n - at->value);
    buf_add_char(&h->bytes, '\0');
}

void http_headers_copy(struct http_headers *to, const struct http_headers *from)
{
    http_headers_clear(to);
    if (from->n == 0)
        return;
    http_headers_reserve(to, from->n, from->bytes.n);
    memcpy(to->all, from->all, from->n * sizeof *from->all);
    to->n = from->n;
    buf_add_str(&to->bytes, buf_slice(&from->bytes));
}

void http_headers_swap(struct http_headers *a, struct http_headers *b)
{
    struct http_headers c = *a;
    *a = *b;
    *b = c;
}

void http_headers_move(struct http_headers *to, struct http_headers *from)
{
    http_headers_release(to);
    *to = *from;
    http_headers_init(from);
}

bool http_headers_get(const struct http_headers *h, struct str name, struct str *value)
{
    size_t i = find(h, name, 0);
    if (i == h->n)
        return false;
    *value = http_headers_value(h, i);
    return true;
}

bool http_headers_has(const struct http_headers *h, struct str name)
{
    return find(h, name, 0) < h->n;
}

struct str http_headers_name(const struct http_headers *h, size_t i)
{
    return str_make(h->bytes.p + h->all[i].name, h->all[i].name_n);
}

struct str http_headers_value(const struct http_headers *h, size_t i)
{
    return str_make(h->bytes.p + h->all[i].value, h->all[i].value_n);
}

const char *http_headers_line(const struct http_headers *h, size_t i)
{
    return h->bytes.p + h->all[i].name;
}

/* RFC 9110 5.6.2. */
static bool is_token(unsigned char c)
{
    static const bool token[256] = {
        ['!'] = true,         ['#'] = true,         ['$'] = true, ['%'] = true, ['&'] = true,
        ['\''] = true,        ['*'] = true,         ['+'] = true, ['-'] = true, ['.'] = true,
        ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['^'] = true, ['_'] = true, ['`'] = true,
        ['a' ... 'z'] = true, ['|'] = true,         ['~'] = true,
    };
    return token[c];
}

int http_header_check(struct str name, struct str value, struct err *err)
{
    if (name.n == 0)
        return err_set(err, "a header's name is empty");
    for (size_t i = 0; i < name.n; i++) {
        if (is_token((unsigned char)name.p[i]))
            continue;
        struct buf shown = BUF_INIT;
        text_add_python_repr(&shown, str_slice(name, 0, 60));
        err_set(err,
                "a header's name holds a character that may not stand there: %s (letters, digits "
                "and - _ . may)",
                buf_cstr(&shown));
        buf_release(&shown);
        return -1;
    }
    if (str_is_line(value))
        return 0;
    size_t nul = str_index(value, '\0'), end = str_index(value, '\n'),
           back = str_index(value, '\r');
    return err_set(err, "the value of header %.*s holds a %s", STR_ARG(name),
                   nul < end && nul < back ? "NUL" : "line break");
}
