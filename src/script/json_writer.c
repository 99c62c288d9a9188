/* json_writer -- Lua's values as JSON text. */
// SPDX-License-Identifier: MIT
#include "script/json_writer.h"

#include <lauxlib.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/unicode.h"

#define KEYS_INLINE 16
#define WHOLE_LIMIT 0x1p53 /* whole doubles up to here are integers exactly */

/* Where in the value we are: for messages. */
struct place {
    const struct place *above;
    struct str name; /* of a member */
    size_t item;     /* in a list, from 1; 0: a member */
};

struct writer {
    lua_State *L;
    struct buf *out;
    struct err *err;
    int indent;
};

static int write_value(struct writer *w, const struct place *at, int depth);

static void add_place(struct buf *text, const struct place *at)
{
    if (at == NULL)
        return;
    add_place(text, at->above);
    if (at->item > 0)
        buf_addf(text, "[%zu]", at->item);
    else
        buf_addf(text, ".%.*s", STR_ARG(at->name));
}

/* "WHAT can't be written as JSON (at .items[3])" */
static int refuse(struct writer *w, const struct place *at, const char *what)
{
    struct buf place = BUF_INIT;
    add_place(&place, at);
    if (place.n > 0)
        err_set(w->err, "%s can't be written as JSON (at %s)", what, buf_cstr(&place));
    else
        err_set(w->err, "%s can't be written as JSON", what);
    buf_release(&place);
    return -1;
}

static void add_escaped(struct buf *out, unsigned char c)
{
    static const char letters[] = "\b\f\n\r\t", names[] = "bfnrt";
    for (size_t i = 0; i < sizeof letters - 1; i++) {
        if (c == (unsigned char)letters[i]) {
            buf_add_char(out, '\\');
            buf_add_char(out, names[i]);
            return;
        }
    }
    if (c == '"' || c == '\\') {
        buf_add_char(out, '\\');
        buf_add_char(out, (char)c);
    } else {
        buf_addf(out, "\\u%04x", c);
    }
}

static int write_string(struct writer *w, struct str s, const struct place *at)
{
    size_t from = 0; // not yet written
    buf_add_char(w->out, '"');
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x80) {
            if (utf8_next(s, &i) == UTF8_BAD)
                return refuse(w, at, "a string that is not valid UTF-8");
            continue;
        }
        if (c < 0x20 || c == '"' || c == '\\') {
            buf_add(w->out, s.p + from, i - from);
            add_escaped(w->out, c);
            from = i + 1;
        }
        i++;
    }
    buf_add(w->out, s.p + from, s.n - from);
    buf_add_char(w->out, '"');
    return 0;
}

static int write_number(struct writer *w, double d, const struct place *at)
{
    if (isnan(d) || isinf(d))
        return refuse(w, at, isnan(d) ? "not-a-number" : "an infinite number");
    if (d == floor(d) && fabs(d) <= WHOLE_LIMIT)
        buf_addf(w->out, "%" PRId64, (int64_t)d);
    else
        text_add_double(w->out, d);
    return 0;
}

static void new_line(struct writer *w, int depth)
{
    if (w->indent == 0)
        return;
    buf_add_char(w->out, '\n');
    buf_add_many(w->out, ' ', (size_t)(w->indent * depth));
}

static void separate(struct writer *w, bool first, int depth)
{
    if (!first)
        buf_add_cstr(w->out, w->indent == 0 ? ", " : ",");
    new_line(w, depth);
}

/* --- tables -------------------------------------------------------------------------------- */

struct members {
    struct str *keys; /* borrowed from the table's own keys */
    size_t n, capacity;
    struct str inline_keys[KEYS_INLINE];
};

static void members_add(struct members *m, struct str key)
{
    if (m->n == m->capacity) {
        m->capacity *= 2;
        bool is_inline = m->keys == m->inline_keys;
        struct str *grown = xreallocarray(is_inline ? NULL : m->keys, m->capacity, sizeof *grown);
        for (size_t i = 0; is_inline && i < m->n; i++)
            grown[i] = m->keys[i];
        m->keys = grown;
    }
    m->keys[m->n++] = key;
}

static void members_release(struct members *m)
{
    if (m->keys != m->inline_keys)
        free(m->keys);
}

static int compare_keys(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static bool is_marked_array(lua_State *L)
{
    if (!lua_getmetatable(L, -1))
        return false;
    luaL_getmetatable(L, JSON_ARRAY_TYPE);
    bool marked = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return marked;
}

/* The table's members by name, the number of its items; what is neither list nor object is refused. */
static int survey(struct writer *w, const struct place *at, struct members *m, size_t *n_items)
{
    lua_State *L = w->L;
    double highest = 0;
    *n_items = 0;
    lua_pushnil(L);
    while (lua_next(L, -2) != 0) {
        lua_pop(L, 1); // the key stays
        if (lua_type(L, -1) == LUA_TSTRING) {
            size_t n;
            const char *p = lua_tolstring(L, -1, &n);
            members_add(m, str_make(p, n));
            continue;
        }
        double key = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
        if (!(key >= 1) || key != floor(key)) {
            lua_pop(L, 1);
            return refuse(w, at, "a table whose keys are neither names nor 1, 2, 3, …");
        }
        highest = key > highest ? key : highest;
        (*n_items)++;
    }
    if (*n_items > 0 && m->n > 0)
        return refuse(w, at, "a table that is a list and has names too");
    if ((double)*n_items != highest)
        return refuse(w, at, "a list with holes (json.null can fill them)");
    if (m->n > 0 && is_marked_array(L))
        return refuse(w, at, "an array that has names");
    return 0;
}

static int write_list(struct writer *w, const struct place *above, size_t n, int depth)
{
    buf_add_char(w->out, '[');
    for (size_t i = 1; i <= n; i++) {
        struct place at = {above, STR_EMPTY, i};
        separate(w, i == 1, depth + 1);
        lua_rawgeti(w->L, -1, (int)i);
        int rc = write_value(w, &at, depth + 1);
        lua_pop(w->L, 1);
        if (rc < 0)
            return -1;
    }
    if (n > 0)
        new_line(w, depth);
    buf_add_char(w->out, ']');
    return 0;
}

static int write_object(struct writer *w, const struct place *above, struct members *m, int depth)
{
    qsort(m->keys, m->n, sizeof *m->keys, compare_keys);
    buf_add_char(w->out, '{');
    for (size_t i = 0; i < m->n; i++) {
        struct place at = {above, m->keys[i], 0};
        separate(w, i == 0, depth + 1);
        if (write_string(w, m->keys[i], &at) < 0)
            return -1;
        buf_add_cstr(w->out, ": ");
        lua_pushlstring(w->L, m->keys[i].p, m->keys[i].n);
        lua_rawget(w->L, -2);
        int rc = write_value(w, &at, depth + 1);
        lua_pop(w->L, 1);
        if (rc < 0)
            return -1;
    }
    if (m->n > 0)
        new_line(w, depth);
    buf_add_char(w->out, '}');
    return 0;
}

static int write_table(struct writer *w, const struct place *at, int depth)
{
    if (depth >= JSON_DEPTH_LIMIT || !lua_checkstack(w->L, 6)) {
        err_set(w->err,
                "a table nested more than %d levels deep can't be written as JSON (does it hold "
                "itself?)",
                JSON_DEPTH_LIMIT);
        return -1;
    }
    struct members m = {.n = 0, .capacity = KEYS_INLINE};
    m.keys = m.inline_keys;
    size_t n_items;
    int rc = survey(w, at, &m, &n_items);
    if (rc == 0 && (n_items > 0 || is_marked_array(w->L)))
        rc = write_list(w, at, n_items, depth);
    else if (rc == 0)
        rc = write_object(w, at, &m, depth);
    members_release(&m);
    return rc;
}

/* Of the value on top of the stack. */
static int write_value(struct writer *w, const struct place *at, int depth)
{
    lua_State *L = w->L;
    size_t n;
    const char *p;
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        p = lua_tolstring(L, -1, &n);
        return write_string(w, str_make(p, n), at);
    case LUA_TNUMBER:
        return write_number(w, lua_tonumber(L, -1), at);
    case LUA_TBOOLEAN:
        buf_add_cstr(w->out, lua_toboolean(L, -1) ? "true" : "false");
        return 0;
    case LUA_TTABLE:
        return write_table(w, at, depth);
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, -1) != NULL)
            break;
        buf_add_cstr(w->out, "null");
        return 0;
    default:
        break;
    }
    char what[64];
    snprintf(what, sizeof what, "a %s", luaL_typename(L, -1));
    return refuse(w, at, what);
}

int json_write(lua_State *L, int index, int indent, struct buf *out, struct err *err)
{
    struct writer w = {L, out, err, indent};
    lua_pushvalue(L, index);
    int rc = write_value(&w, NULL, 0);
    lua_pop(L, 1);
    return rc;
}
