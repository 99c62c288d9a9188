/* options_file -- see options_file.h. */
// SPDX-License-Identifier: MIT
#include "app/options_file.h"

#include <ctype.h>
#include <stdint.h>

#include "app/options_toml.h"
#include "base/file.h"

static bool is_blank(char c)
{
    return isspace((unsigned char)c);
}

static struct str skip_blanks(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = str_slice(s, 1, s.n);
    return s;
}

/* The key, and *rest behind it. */
static struct str cut_key(struct str *rest)
{
    size_t from = 0, to;

    while (from < rest->n && rest->p[from] == '-')
        from++;
    to = from;
    while (to < rest->n && rest->p[to] != '=' && rest->p[to] != ':' && !is_blank(rest->p[to]))
        to++;
    struct str key = str_slice(*rest, from, to);
    *rest = str_slice(*rest, to, rest->n);
    return key;
}

/* Whether s begins a remark; blanks before it are the caller's matter. */
static bool is_remark(struct str s)
{
    return s.n > 0 && (s.p[0] == '#' || s.p[0] == ';');
}

/* Up to the first remark that stands behind a blank. */
static struct str without_remark(struct str s)
{
    for (size_t i = 1; i < s.n; i++)
        if (is_blank(s.p[i - 1]) && is_remark(str_slice(s, i, s.n)))
            return str_trim(str_slice(s, 0, i));
    return str_trim(s);
}

/* s begins with a quote: what stands up to the next one. -1: there is none, or no remark follows. */
static int cut_quoted(struct str s, struct str *value, struct err *err)
{
    struct str inner = str_slice(s, 1, s.n);
    size_t end = str_index(inner, s.p[0]);
    struct str behind;

    if (end == inner.n)
        return err_set(err, "the quote isn't closed");
    behind = skip_blanks(str_slice(inner, end + 1, inner.n));
    if (behind.n > 0 && !is_remark(behind))
        return err_set(err, "something stands behind the closing quote"); // part of a secret, maybe
    *value = str_slice(inner, 0, end);
    return 0;
}

/* A line's parts. value.p is NULL where no value was written, has_separator tells `key =` from `key`. */
struct line {
    struct str key, value;
    bool has_separator;
};

static int split_line(struct str text, struct line *line, struct err *err)
{
    struct str rest = text;

    line->key = cut_key(&rest);
    line->value = (struct str){NULL, 0};
    line->has_separator = false;
    if (line->key.n == 0)
        return err_set(err, "expected `key = value`, got: %.*s", STR_ARG(text));
    bool after_blank = rest.n > 0 && is_blank(rest.p[0]);
    rest = skip_blanks(rest);
    if (rest.n > 0 && (rest.p[0] == '=' || rest.p[0] == ':')) {
        line->has_separator = true;
        rest = str_slice(rest, 1, rest.n);
        after_blank = rest.n > 0 && is_blank(rest.p[0]);
        rest = skip_blanks(rest);
    }
    if (rest.n == 0 || (after_blank && is_remark(rest)))
        return 0;
    if (rest.p[0] == '"' || rest.p[0] == '\'')
        return cut_quoted(rest, &line->value, err);
    line->value = without_remark(rest);
    return 0;
}

int options_file_find(struct options *o, struct str key, size_t *which, struct err *err)
{
    const char *nearest;

    *which = options_find(o, key);
    if (*which == SIZE_MAX && o->passes_unknown) {
        o->n_unknown++;
        return 0;
    }
    if (*which == SIZE_MAX) {
        nearest = options_nearest(o, key);
        if (nearest != NULL)
            return err_set(err, "unknown key '%.*s' (did you mean '%s'?)", STR_ARG(key), nearest);
        return err_set(err, "unknown key '%.*s'", STR_ARG(key));
    }
    if (o->table[*which].here_only || o->table[*which].not_in_files)
        return err_set(err, "'%.*s' can't be set in a file", STR_ARG(key));
    return 0;
}

static int read_line(struct options *o, struct str text, enum option_rank rank, struct err *err)
{
    struct line line;
    size_t which;

    if (split_line(text, &line, err) < 0)
        return -1;
    if (options_file_find(o, line.key, &which, err) < 0)
        return -1;
    if (which == SIZE_MAX)
        return 0;
    const struct option *option = &o->table[which];
    if (line.value.p == NULL && line.has_separator)
        return 0;
    if (line.value.p == NULL && option->type != OPTION_FLAG)
        return err_set(err, "%s: its value is missing", option->name);
    return options_set_any(o, which, rank, option->name,
                           line.value.p == NULL ? STR("true") : line.value, err);
}

static bool counts(struct str line)
{
    return line.n > 0 && !is_remark(line) && line.p[0] != '[' && !str_starts(line, STR("---"));
}

int options_file_read_text(struct options *o, struct str text, const char *path,
                           enum option_rank rank, struct err *err)
{
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_slice(text, 3, text.n);
    for (unsigned number = 1; text.n > 0; number++) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (counts(line) && read_line(o, line, rank, err) < 0) {
            err_prefix(err, "%s:%u", path, number);
            return -1;
        }
    }
    return 0;
}

int options_file_read(struct options *o, const char *path, enum option_rank rank, struct err *err)
{
    struct buf text = BUF_INIT;
    int rc = file_read(path, &text, OPTIONS_FILE_LIMIT, err);

    if (rc == 0 && str_ends(str_of(path), STR(".toml")))
        rc = options_toml_read_text(o, buf_slice(&text), path, rank, err);
    else if (rc == 0)
        rc = options_file_read_text(o, buf_slice(&text), path, rank, err);
    buf_release(&text);
    return rc;
}
