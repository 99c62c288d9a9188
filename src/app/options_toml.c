/* options_toml -- see options_toml.h. */
// SPDX-License-Identifier: MIT
#include "app/options_toml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "app/options_file.h"
#include "base/buf.h"
#include "base/mem.h"

#define DEEPEST 32 /* parts of a key; arrays and tables within each other */

/* A key with its dots, and the tables around it: "tool", "katydid", "users". */
struct path {
    char *parts[DEEPEST];
    size_t n;
};

struct reader {
    struct options *o;
    enum option_rank rank;
    struct str rest; /* what isn't read yet */
    unsigned line;
    struct path table; /* of the last header */
    bool *seen;        /* for each option */
    bool has_table;    /* [tool.katydid] was there */
};

static void path_cut(struct path *path, size_t n)
{
    while (path->n > n)
        free(path->parts[--path->n]);
}

static bool path_is_ours(const struct path *path)
{
    return path->n >= 2 && strcmp(path->parts[0], "tool") == 0 &&
           strcmp(path->parts[1], "katydid") == 0;
}

/* --- characters ---------------------------------------------------------------------------- */

static char peek(const struct reader *r)
{
    return r->rest.n > 0 ? r->rest.p[0] : '\0';
}

static void skip(struct reader *r, size_t n)
{
    for (size_t i = 0; i < n && i < r->rest.n; i++)
        r->line += r->rest.p[i] == '\n';
    r->rest = str_slice(r->rest, n, r->rest.n);
}

static bool take(struct reader *r, struct str what)
{
    if (!str_starts(r->rest, what))
        return false;
    skip(r, what.n);
    return true;
}

static void skip_blanks(struct reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || str_starts(r->rest, STR("\r\n")))
        skip(r, 1);
}

static void skip_remark(struct reader *r)
{
    skip_blanks(r);
    if (peek(r) == '#')
        skip(r, str_index(r->rest, '\n'));
}

/* Blanks, remarks and ends of lines. */
static void skip_lines(struct reader *r)
{
    skip_remark(r);
    while (take(r, STR("\n")))
        skip_remark(r);
}

/* The rest of the line, for messages. */
static struct str shown(const struct reader *r)
{
    return str_trim(str_slice(r->rest, 0, str_index(r->rest, '\n')));
}

static int expect_end_of_line(struct reader *r, struct err *err)
{
    skip_remark(r);
    if (r->rest.n > 0 && peek(r) != '\n')
        return err_set(err, "expected the end of the line behind the value"); // a secret, maybe
    return 0;
}

/* --- strings ------------------------------------------------------------------------------- */

static void add_utf8(struct buf *out, unsigned long c)
{
    if (c < 0x80) {
        buf_add_char(out, (char)c);
    } else if (c < 0x800) {
        buf_add_char(out, (char)(0xc0 | c >> 6));
        buf_add_char(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_add_char(out, (char)(0xe0 | c >> 12));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_add_char(out, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_add_char(out, (char)(0xf0 | c >> 18));
        buf_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_add_char(out, (char)(0x80 | (c & 0x3f)));
    }
}

/* \u and \U, with their digits behind. */
static int add_code_point(struct reader *r, struct buf *out, size_t digits, struct err *err)
{
    unsigned long c = 0;

    for (size_t i = 0; i < digits; i++) {
        if (!isxdigit((unsigned char)peek(r)))
            return err_set(err, "expected %zu hexadecimal digits in an escape", digits);
        c = c * 16 + (unsigned long)(isdigit((unsigned char)peek(r)) ? peek(r) - '0'
                                                                     : (peek(r) | 32) - 'a' + 10);
        skip(r, 1);
    }
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return err_set(err, "an escape stands for no character that a text may hold");
    add_utf8(out, c);
    return 0;
}

/* What stands behind a backslash. */
static int add_escape(struct reader *r, struct buf *out, bool is_long, struct err *err)
{
    static const char letters[] = "btnfr\"\\", meant[] = "\b\t\n\f\r\"\\";
    char c = peek(r);
    const char *found = c != '\0' ? strchr(letters, c) : NULL;

    if (is_long && (c == '\n' || c == ' ' || c == '\t' || c == '\r')) {
        struct str line = str_slice(r->rest, 0, str_index(r->rest, '\n'));
        if (str_trim(line).n > 0)
            return err_set(err, "expected the end of the line behind a backslash and a blank");
        while (isspace((unsigned char)peek(r)))
            skip(r, 1);
        return 0;
    }
    skip(r, 1);
    if (c == 'u' || c == 'U')
        return add_code_point(r, out, c == 'u' ? 4 : 8, err);
    if (found == NULL)
        return err_set(err, "unknown escape \\%c in a string", c);
    buf_add_char(out, meant[found - letters]);
    return 0;
}

/* A string of any of the four kinds, whose quote is next. */
static int read_string(struct reader *r, struct buf *out, struct err *err)
{
    unsigned begin = r->line;
    bool is_literal = peek(r) == '\'';
    struct str three = is_literal ? STR("'''") : STR("\"\"\"");
    bool is_long = take(r, three);
    struct str end = is_long ? three : str_slice(three, 0, 1);

    if (!is_long)
        skip(r, 1);
    else if (!take(r, STR("\n")))
        take(r, STR("\r\n"));
    while (r->rest.n > 0 && (is_long || peek(r) != '\n')) {
        // Up to two quotes may stand before the three that end it.
        if (str_starts(r->rest, end) && (!is_long || r->rest.n == 3 || r->rest.p[3] != end.p[0])) {
            skip(r, end.n);
            return 0;
        }
        if (!is_literal && take(r, STR("\\"))) {
            if (add_escape(r, out, is_long, err) < 0)
                return -1;
            continue;
        }
        buf_add_char(out, peek(r));
        skip(r, 1);
    }
    return err_set(err, "the string that begins in line %u isn't closed", begin);
}

/* --- keys ---------------------------------------------------------------------------------- */

static bool is_bare(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* One part of a key, to the end of the path. */
static int read_key_part(struct reader *r, struct path *path, struct err *err)
{
    struct buf part = BUF_INIT;
    size_t n = 0;

    if (path->n == DEEPEST)
        return err_set(err, "a key has more than %d parts", DEEPEST);
    if (peek(r) == '"' || peek(r) == '\'') {
        if (read_string(r, &part, err) < 0) {
            buf_release(&part);
            return -1;
        }
    } else {
        while (n < r->rest.n && is_bare(r->rest.p[n]))
            n++;
        if (n == 0)
            return err_set(err, "expected `key = value`, got: %.*s", STR_ARG(shown(r)));
        buf_add(&part, r->rest.p, n);
        skip(r, n);
    }
    path->parts[path->n++] = buf_detach(&part);
    skip_blanks(r);
    return 0;
}

static int read_key(struct reader *r, struct path *path, struct err *err)
{
    do {
        skip_blanks(r);
        if (read_key_part(r, path, err) < 0)
            return -1;
    } while (take(r, STR(".")));
    return 0;
}

/* --- values -------------------------------------------------------------------------------- */

static json_t *read_value(struct reader *r, unsigned depth, struct err *err);

static json_t *fail(json_t *made)
{
    json_decref(made);
    return NULL;
}

static json_t *read_array(struct reader *r, unsigned depth, struct err *err)
{
    json_t *array = json_array();

    skip(r, 1);
    skip_lines(r);
    while (!take(r, STR("]"))) {
        json_t *item = read_value(r, depth + 1, err);
        if (item == NULL)
            return fail(array);
        json_array_append_new(array, item);
        skip_lines(r);
        if (!take(r, STR(",")) && peek(r) != ']') {
            err_set(err, "expected ',' or ']' in an array, got: %.*s", STR_ARG(shown(r)));
            return fail(array);
        }
        skip_lines(r);
    }
    return array;
}

/* { key = value, ... }: nested by dotted keys too; only what stands directly in it is of interest. */
static json_t *read_inline_table(struct reader *r, unsigned depth, struct err *err)
{
    json_t *table = json_object();

    skip(r, 1);
    skip_blanks(r);
    while (!take(r, STR("}"))) {
        struct path key = {.n = 0};
        json_t *value = NULL;
        if (read_key(r, &key, err) == 0) {
            if (take(r, STR("=")))
                value = read_value(r, depth + 1, err);
            else
                err_set(err, "expected '=' behind the key %s", key.parts[0]);
        }
        if (value != NULL && key.n > 1) { // a table within it
            json_decref(value);
            value = json_object();
        }
        if (value != NULL)
            json_object_set_new_nocheck(table, key.parts[0], value);
        path_cut(&key, 0);
        if (value == NULL)
            return fail(table);
        skip_blanks(r);
        if (!take(r, STR(",")) && peek(r) != '}') {
            err_set(err, "expected ',' or '}' in a table, got: %.*s", STR_ARG(shown(r)));
            return fail(table);
        }
        skip_blanks(r);
    }
    return table;
}

/* A number as options read it: decimal, without plus and underscores. NULL: it is none. */
static json_t *number_of(struct str word)
{
    struct buf text = BUF_INIT;
    json_t *number = NULL;
    char *end;

    for (size_t i = word.p[0] == '+'; i < word.n; i++)
        if (word.p[i] != '_')
            buf_add_char(&text, word.p[i]);
    const char *p = buf_cstr(&text);
    if (p[0] == '0' && p[1] != '\0' && strchr("xob", p[1]) != NULL) {
        long long value = strtoll(p + 2, &end, p[1] == 'x' ? 16 : p[1] == 'o' ? 8 : 2);
        if (p[2] != '\0' && *end == '\0')
            number = json_sprintf("%lld", value);
    } else if (p[0] != '\0') {
        (void)strtod(p, &end);
        number = *end == '\0' ? json_string_nocheck(p) : NULL;
    }
    buf_release(&text);
    return number;
}

/* true, false, a number, a date (null). */
static json_t *read_word(struct reader *r, struct err *err)
{
    size_t n = 0;
    json_t *number;

    while (n < r->rest.n && (is_bare(r->rest.p[n]) || r->rest.p[n] == '+' || r->rest.p[n] == '.' ||
                             r->rest.p[n] == ':'))
        n++;
    struct str word = str_slice(r->rest, 0, n);
    if (n == 0) {
        err_set(err, "expected a value, got: %.*s", STR_ARG(shown(r)));
        return NULL;
    }
    skip(r, n);
    if (str_equal(word, STR("true")) || str_equal(word, STR("false")))
        return json_stringn_nocheck(word.p, word.n);
    number = number_of(word);
    if (number != NULL)
        return number;
    if (n >= 8 && isdigit((unsigned char)word.p[0]) && (word.p[4] == '-' || word.p[2] == ':')) {
        if (n == 10 && str_starts(r->rest, STR(" ")) && r->rest.n > 1 &&
            isdigit((unsigned char)r->rest.p[1])) { // "1979-05-27 07:32:00"
            skip(r, 1);
            return read_word(r, err);
        }
        return json_null();
    }
    err_set(err, "expected a value: texts stand in quotes"); // the word may be a secret
    return NULL;
}

/* Scalars become texts, as Locust makes them; NULL: error. */
static json_t *read_value(struct reader *r, unsigned depth, struct err *err)
{
    struct buf text = BUF_INIT;
    json_t *value = NULL;

    skip_blanks(r);
    if (depth == DEEPEST) {
        err_set(err, "arrays and tables are nested deeper than %d", DEEPEST);
        return NULL;
    }
    if (peek(r) == '[')
        return read_array(r, depth, err);
    if (peek(r) == '{')
        return read_inline_table(r, depth, err);
    if (peek(r) != '"' && peek(r) != '\'')
        return read_word(r, err);
    if (read_string(r, &text, err) == 0) {
        value = json_stringn(buf_slice(&text).p, buf_slice(&text).n);
        if (value == NULL)
            err_set(err, "a string isn't UTF-8");
    }
    buf_release(&text);
    return value;
}

/* --- options ------------------------------------------------------------------------------- */

static int set_option(struct reader *r, const char *key, const json_t *value, struct err *err)
{
    struct buf expected = BUF_INIT;
    size_t which;
    char *text;
    int rc;

    if (options_file_find(r->o, str_of(key), &which, err) < 0)
        return -1;
    if (which == SIZE_MAX)
        return 0;
    if (r->seen[which])
        return err_set(err, "%s: it has a value already", key);
    r->seen[which] = true;
    if (json_is_string(value))
        return options_set(r->o, which, r->rank, key,
                           str_make(json_string_value(value), json_string_length(value)), err);
    // Of an array of tables it is too late to write JSON: their numbers have become texts.
    const json_t *first = json_is_array(value) ? json_array_get(value, 0) : value;
    if (json_is_array(value) && !json_is_object(first)) {
        text = json_dumps(value, JSON_COMPACT);
        rc = options_set_any(r->o, which, r->rank, key, str_of(text), err);
        free(text);
        return rc;
    }
    options_add_expected(&expected, &r->o->table[which]);
    err_set(err, "%s: expected %s, got a %s", key, buf_cstr(&expected),
            json_is_object(first) ? "table" : "date");
    buf_release(&expected);
    return -1;
}

/* A value at its whole path: tool.katydid.KEY is an option, and tool.katydid may be one table. */
static int take_value(struct reader *r, const struct path *path, json_t *value, struct err *err)
{
    const char *key;
    json_t *item;

    if (!path_is_ours(path))
        return 0;
    r->has_table = true;
    if (path->n == 3)
        return set_option(r, path->parts[2], value, err);
    if (path->n > 3)
        return err_set(err, "%s: the table [tool.katydid] holds no further tables", path->parts[2]);
    if (!json_is_object(value))
        return err_set(err, "tool.katydid: expected a table of options");
    json_object_foreach (value, key, item)
        if (set_option(r, key, item, err) < 0)
            return -1;
    return 0;
}

/* "[tool.katydid]". */
static int read_header(struct reader *r, struct err *err)
{
    bool is_list = take(r, STR("[["));

    if (!is_list)
        skip(r, 1);
    path_cut(&r->table, 0);
    if (read_key(r, &r->table, err) < 0)
        return -1;
    if (!take(r, is_list ? STR("]]") : STR("]")))
        return err_set(err, "the header of a table isn't closed");
    if (!path_is_ours(&r->table))
        return 0;
    if (r->table.n > 2)
        return err_set(err, "%s: the table [tool.katydid] holds no further tables",
                       r->table.parts[2]);
    if (is_list)
        return err_set(err, "[[tool.katydid]]: expected one table, [tool.katydid]");
    r->has_table = true;
    return 0;
}

static int read_pair(struct reader *r, struct err *err)
{
    size_t depth = r->table.n;
    json_t *value;
    int rc = -1;

    if (read_key(r, &r->table, err) == 0) {
        if (!take(r, STR("=")))
            err_set(err, "expected '=' behind the key %s", r->table.parts[r->table.n - 1]);
        else if ((value = read_value(r, 0, err)) != NULL) {
            rc = take_value(r, &r->table, value, err);
            json_decref(value);
        }
    }
    path_cut(&r->table, depth);
    return rc;
}

int options_toml_read_text(struct options *o, struct str text, const char *path,
                           enum option_rank rank, struct err *err)
{
    struct reader r = {.o = o, .rank = rank, .rest = text, .line = 1};
    unsigned line = 1;
    int rc = 0;

    r.seen = xcalloc(o->n, sizeof *r.seen);
    take(&r, STR("\xef\xbb\xbf"));
    skip_lines(&r);
    while (rc == 0 && r.rest.n > 0) {
        line = r.line;
        rc = peek(&r) == '[' ? read_header(&r, err) : read_pair(&r, err);
        if (rc == 0)
            rc = expect_end_of_line(&r, err);
        skip_lines(&r);
    }
    if (rc < 0)
        err_prefix(err, "%s:%u", path, line);
    else if (!r.has_table)
        rc = err_set(err, "%s: there is no table [tool.katydid]", path);
    path_cut(&r.table, 0);
    free(r.seen);
    return rc;
}
