/*
 * json_reader -- JSON text as Lua's values.
 *
 * One pass; strings without escapes are pushed as they stand in the text. The members of a table wait
 * on Lua's stack until it is whole, so that it is made once and in its size; only where there are more
 * of them than HELD_MAX, or deep inside, it grows member by member.
 *
 * Where something is refused, the place and the token are looked for anew: refusing may be slow.
 */
// SPDX-License-Identifier: MIT
#include "script/json_reader.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/unicode.h"
#include "script/json_number.h"
#include "script/json_writer.h"

#define SHOWN_BYTES 60       /* of the text, in a message */
#define SHOWN_TOKEN_BYTES 20 /* a longer token is not shown */
#define HELD_MAX 32          /* values that wait on the stack for their table */
#define HELD_DEPTH 16        /* where tables are nested deeper, nothing waits */
#define SLOTS 8              /* of the stack, for one value, its name and what fills a table */
#define SCRATCH 512          /* bytes: of a longer string with escapes the copy is Lua's */

struct reader {
    lua_State *L;
    const char *begin, *at, *end;
    const char *token; /* where that begins which is refused */
    int array_type;    /* the stack's place for the metatable of arrays */
    bool has_array_type;
    struct err *err;
};

static int read_value(struct reader *r, int depth);

/* --- refusing ---------------------------------------------------------------------------------- */

/* The first bytes of the text, without half a character at their end. */
static struct str first_bytes(const struct reader *r)
{
    size_t all = (size_t)(r->end - r->begin), n = all < SHOWN_BYTES ? all : SHOWN_BYTES;
    while (n > 0 && n < all && ((unsigned char)r->begin[n] & 0xc0) == 0x80)
        n--;
    return str_make(r->begin, n);
}

static void find_place(const struct reader *r, const char *at, int *line, int *column)
{
    *line = 1;
    *column = 0;
    for (const char *p = r->begin; p < at; p++) {
        if (*p == '\n') {
            ++*line;
            *column = 0;
        } else if (((unsigned char)*p & 0xc0) != 0x80) {
            ++*column;
        }
    }
}

/* What is wrong with the token that ends at `at`. Always -1. */
__attribute__((format(printf, 3, 4))) static int refuse(struct reader *r, const char *at,
                                                        const char *format, ...)
{
    int line, column;
    char what[80];
    struct str token = str_make(r->token, (size_t)(at - r->token));
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    find_place(r, at, &line, &column);
    if (token.n > 0 && token.n <= SHOWN_TOKEN_BYTES) {
        buf_add_cstr(&text, " near '");
        text_add_visible(&text, token, false);
        buf_add_char(&text, '\'');
    } else if (token.n == 0 && at == r->end) {
        buf_add_cstr(&text, " near end of file");
    }
    buf_add_cstr(&text, " (in '");
    text_add_visible(&text, first_bytes(r), false);
    buf_add_cstr(&text, "')");
    err_set(r->err, "not JSON at line %d, column %d: %s%s", line, column, what, buf_cstr(&text));
    buf_release(&text);
    return -1;
}

/* --- strings ----------------------------------------------------------------------------------- */

/* What a byte of a string asks for. */
enum { PLAIN, QUOTE, ESCAPE, CONTROL, WIDE };

static const unsigned char kinds[256] = {
    [0 ... 0x1f] = CONTROL, ['"'] = QUOTE, ['\\'] = ESCAPE, [0x80 ... 0xff] = WIDE};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind the character that begins at p; NULL: there is none. */
static const char *skip_wide(const struct reader *r, const char *p)
{
    size_t i = 0;
    return utf8_next(str_make(p, (size_t)(r->end - p)), &i) != UTF8_BAD ? p + i : NULL;
}

static int refuse_byte(struct reader *r, const char *p)
{
    return refuse(r, p, "unable to decode byte 0x%x", (unsigned char)*p);
}

/* As refuse, of a token that ends where the next character is none of it: that must be one. */
static int refuse_before(struct reader *r, const char *at, const char *what)
{
    if (at < r->end && skip_wide(r, at) == NULL)
        return refuse_byte(r, at);
    return refuse(r, at, "%s", what);
}

/* Behind the escape at p; NULL: it is none, and *bad says from where on. */
static const char *skip_escape(const struct reader *r, const char *p, const char **bad)
{
    *bad = ++p;
    if (p == r->end)
        return NULL;
    if (*p != 'u')
        return *p != '\0' && strchr("\"\\/bfnrt", *p) != NULL ? p + 1 : NULL;
    for (int i = 0; i < 4; i++) {
        *bad = ++p;
        if (p == r->end || hex_value(*p) < 0)
            return NULL;
    }
    return p + 1;
}

static void refuse_escape(struct reader *r, const char *bad)
{
    const char *behind = bad < r->end ? skip_wide(r, bad) : bad;
    if (behind == NULL)
        refuse_byte(r, bad);
    else
        refuse(r, behind, "invalid escape");
}

/* The string at `at`: where its end quote is, and whether escapes are to be resolved. NULL: refused. */
static const char *find_quote(struct reader *r, bool *has_escapes)
{
    const char *p = r->at + 1, *bad;
    *has_escapes = false;
    r->token = r->at;
    for (;;) {
        while (p < r->end && kinds[(unsigned char)*p] == PLAIN)
            p++;
        if (p == r->end) {
            refuse(r, p, "premature end of input");
            return NULL;
        }
        const char *from = p;
        switch (kinds[(unsigned char)*p]) {
        case QUOTE:
            return p;
        case CONTROL:
            if (*p == '\n')
                refuse(r, p, "unexpected newline");
            else
                refuse(r, p, "control character 0x%x", (unsigned char)*p);
            return NULL;
        case ESCAPE:
            *has_escapes = true;
            p = skip_escape(r, p, &bad);
            if (p == NULL) {
                refuse_escape(r, bad);
                return NULL;
            }
            break;
        default:
            p = skip_wide(r, p);
            if (p == NULL) {
                refuse_byte(r, from);
                return NULL;
            }
            break;
        }
    }
}

static unsigned read_hex(const char *p)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (unsigned)hex_value(p[i]);
    return value;
}

static char *put_utf8(char *out, unsigned c)
{
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *out++ = (char)(0xe0 | c >> 12);
        } else {
            *out++ = (char)(0xf0 | c >> 18);
            *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (c & 0x3f));
    return out;
}

/* The escape \uXXXX at *p, with the one behind it where they are a pair: *p behind it. UTF8_BAD:
 * refused, a surrogate alone. `close` is the string's end quote. */
static uint32_t take_unicode(struct reader *r, const char **p, const char *close)
{
    uint32_t first = read_hex(*p + 2), second;
    *p += 6;
    if (first < 0xd800 || first > 0xdfff)
        return first;
    if (first > 0xdbff || (*p)[0] != '\\' || (*p)[1] != 'u') {
        refuse(r, close + 1, "invalid Unicode '\\u%04X'", first);
        return UTF8_BAD;
    }
    second = read_hex(*p + 2);
    *p += 6;
    if (second < 0xdc00 || second > 0xdfff) {
        refuse(r, close + 1, "invalid Unicode '\\u%04X\\u%04X'", first, second);
        return UTF8_BAD;
    }
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

/* What the string from p to its end quote means, written to `out`, which has room for as many bytes:
 * where that ends; NULL: refused. */
static char *resolve(struct reader *r, const char *p, const char *close, char *out, bool *has_nul)
{
    static const char names[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    *has_nul = false;
    while (p < close) {
        if (*p != '\\') {
            *out++ = *p++;
        } else if (p[1] == 'u') {
            uint32_t c = take_unicode(r, &p, close);
            if (c == UTF8_BAD)
                return NULL;
            *has_nul |= c == 0;
            out = put_utf8(out, c);
        } else {
            const char *name = strchr(names, p[1]);
            *out++ = name != NULL ? meanings[name - names] : p[1];
            p += 2;
        }
    }
    return out;
}

static int push_resolved(struct reader *r, const char *from, const char *close, bool is_name)
{
    char few[SCRATCH], *out = few, *end;
    size_t n = (size_t)(close - from);
    few[0] = '\0';
    bool has_nul;
    if (n > sizeof few)
        out = lua_newuserdata(r->L, n);
    end = resolve(r, from, close, out, &has_nul);
    if (end == NULL)
        return -1;
    if (is_name && has_nul)
        return refuse(r, close + 1, "NUL byte in object key not supported");
    lua_pushlstring(r->L, out, (size_t)(end - out));
    if (out != few)
        lua_remove(r->L, -2);
    return 0;
}

static int read_string(struct reader *r, bool is_name)
{
    bool has_escapes;
    const char *from = r->at + 1, *close = find_quote(r, &has_escapes);
    if (close == NULL)
        return -1;
    r->at = close + 1;
    if (has_escapes)
        return push_resolved(r, from, close, is_name);
    lua_pushlstring(r->L, from, (size_t)(close - from));
    return 0;
}

/* --- numbers and words ------------------------------------------------------------------------- */

static int read_number(struct reader *r)
{
    double value;
    size_t n;
    const char *wrong = json_number_read(str_make(r->at, (size_t)(r->end - r->at)), &n, &value);
    r->token = r->at;
    r->at += n;
    if (wrong != NULL)
        return refuse_before(r, r->at, wrong);
    lua_pushnumber(r->L, value);
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *skip_letters(const struct reader *r, const char *p)
{
    while (p < r->end && is_letter(*p))
        p++;
    return p;
}

static int read_word(struct reader *r)
{
    struct str word = str_make(r->at, (size_t)(skip_letters(r, r->at) - r->at));
    if (str_equal(word, STR("true"))) {
        lua_pushboolean(r->L, 1);
    } else if (str_equal(word, STR("false"))) {
        lua_pushboolean(r->L, 0);
    } else if (str_equal(word, STR("null"))) {
        lua_pushlightuserdata(r->L, NULL);
    } else {
        r->token = r->at;
        return refuse_before(r, word.p + word.n, "invalid token");
    }
    r->at += word.n;
    return 0;
}

/* --- what may not stand here ------------------------------------------------------------------- */

/* The next token is not what was expected. Where it is none at all, that is told instead. */
static int refuse_token(struct reader *r, const char *what)
{
    const char *from = r->at, *end;
    r->token = from;
    if (from == r->end)
        return refuse(r, from, "%s", what);
    if (*from == '"')
        return read_string(r, false) < 0 ? -1 : refuse(r, r->at, "%s", what);
    if (*from == '-' || is_digit(*from)) {
        double value;
        size_t n;
        const char *wrong = json_number_read(str_make(from, (size_t)(r->end - from)), &n, &value);
        return refuse_before(r, from + n, wrong == json_number_overflows ? wrong : what);
    }
    if (is_letter(*from))
        return refuse_before(r, skip_letters(r, from), what);
    end = skip_wide(r, from);
    return end != NULL ? refuse(r, end, "%s", what) : refuse_byte(r, from);
}

/* --- tables ------------------------------------------------------------------------------------ */

static void skip_blanks(struct reader *r)
{
    const char *p = r->at;
    while (p < r->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    r->at = p;
}

/* The next byte that is no blank; NUL at the end, where no token begins either. */
static char peek(struct reader *r)
{
    skip_blanks(r);
    return r->at < r->end ? *r->at : '\0';
}

/* A table that is being read. Until it `is_made`, what it gets waits above `base` on the stack. */
struct table {
    int base, n, held_max;
    bool is_made;
};

static struct table begin_table(struct reader *r, int depth)
{
    return (struct table){.base = lua_gettop(r->L), .held_max = depth <= HELD_DEPTH ? HELD_MAX : 0};
}

/* All arrays of a text have their metatable from one place of the stack, where the first puts it. */
static void mark_array(struct reader *r)
{
    if (!r->has_array_type) {
        luaL_getmetatable(r->L, JSON_ARRAY_TYPE);
        lua_replace(r->L, r->array_type);
        r->has_array_type = true;
    }
    lua_pushvalue(r->L, r->array_type);
    lua_setmetatable(r->L, -2);
}

/* The items on the stack become a table with room for `n`. */
static void make_array(struct reader *r, struct table *t, int n)
{
    lua_createtable(r->L, n, 0);
    mark_array(r);
    lua_insert(r->L, t->base + 1);
    for (int i = t->n; i > 0; i--)
        lua_rawseti(r->L, t->base + 1, i);
    t->is_made = true;
}

/* The item on top of the stack. */
static void add_item(struct reader *r, struct table *t)
{
    t->n++;
    if (t->is_made)
        lua_rawseti(r->L, t->base + 1, t->n);
    else if (t->n >= t->held_max)
        make_array(r, t, 2 * t->n);
}

static int read_array(struct reader *r, int depth)
{
    struct table t = begin_table(r, depth);
    r->at++;
    if (peek(r) == ']') {
        r->at++;
        make_array(r, &t, 0);
        return 0;
    }
    for (;;) {
        if (peek(r), r->at == r->end)
            return refuse_token(r, "']' expected");
        if (read_value(r, depth + 1) < 0)
            return -1;
        add_item(r, &t);
        char c = peek(r);
        if (c != ',' && c != ']')
            return refuse_token(r, "']' expected");
        r->at++;
        if (c == ']')
            break;
    }
    if (!t.is_made)
        make_array(r, &t, t.n);
    return 0;
}

/* The names and values on the stack, of which the last may be for the first time, become a table. */
static void make_object(struct reader *r, struct table *t, int n)
{
    lua_createtable(r->L, 0, n);
    lua_insert(r->L, t->base + 1);
    for (int i = 0; i < t->n; i++) {
        lua_pushvalue(r->L, t->base + 2 + 2 * i);
        lua_pushvalue(r->L, t->base + 3 + 2 * i);
        lua_rawset(r->L, t->base + 1);
    }
    lua_settop(r->L, t->base + 1);
    t->is_made = true;
}

/* The name and the value on top of the stack. */
static void add_member(struct reader *r, struct table *t)
{
    t->n++;
    if (t->is_made)
        lua_rawset(r->L, t->base + 1);
    else if (2 * t->n >= t->held_max)
        make_object(r, t, 2 * t->n);
}

static int read_member(struct reader *r, int depth)
{
    if (peek(r) != '"')
        return refuse_token(r, "string or '}' expected");
    if (read_string(r, true) < 0)
        return -1;
    if (peek(r) != ':')
        return refuse_token(r, "':' expected");
    r->at++;
    return read_value(r, depth + 1);
}

static int read_object(struct reader *r, int depth)
{
    struct table t = begin_table(r, depth);
    r->at++;
    if (peek(r) == '}') {
        r->at++;
        lua_createtable(r->L, 0, 0);
        return 0;
    }
    for (;;) {
        if (read_member(r, depth) < 0)
            return -1;
        add_member(r, &t);
        char c = peek(r);
        if (c != ',' && c != '}')
            return refuse_token(r, "'}' expected");
        r->at++;
        if (c == '}')
            break;
    }
    if (!t.is_made)
        make_object(r, &t, t.n);
    return 0;
}

/* The value that comes next, `depth` being 1 for the outermost. */
static int read_value(struct reader *r, int depth)
{
    char c = peek(r);
    if (depth > JSON_READ_DEPTH_LIMIT || !lua_checkstack(r->L, SLOTS))
        return refuse_token(r, "maximum parsing depth reached");
    switch (c) {
    case '"':
        return read_string(r, false);
    case '{':
        return read_object(r, depth);
    case '[':
        return read_array(r, depth);
    case '-':
    case '0' ... '9':
        return read_number(r);
    case '}':
    case ']':
    case ',':
    case ':':
        return refuse_token(r, "unexpected token");
    default:
        if (is_letter(c))
            return read_word(r);
        return refuse_token(r, r->at == r->end ? "unexpected token" : "invalid token");
    }
}

int json_read(lua_State *L, struct str text, struct err *err)
{
    struct reader r = {
        .L = L, .begin = text.p, .at = text.p, .end = text.p + text.n, .token = text.p, .err = err};
    int top = lua_gettop(L);
    lua_pushnil(L);
    r.array_type = top + 1;
    int rc = read_value(&r, 1);
    if (rc == 0 && (peek(&r), r.at < r.end))
        rc = refuse_token(&r, "end of file expected");
    if (rc < 0) {
        lua_settop(L, top);
        return -1;
    }
    lua_remove(L, r.array_type);
    return 0;
}
