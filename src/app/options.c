/* options -- see options.h. */
// SPDX-License-Identifier: MIT
#include "app/options.h"

#include <ctype.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"

static void list_add(char ***list, size_t *n, char *text)
{
    *list = xreallocarray(*list, *n + 1, sizeof **list);
    (*list)[(*n)++] = text;
}

static void list_release(char ***list, size_t *n)
{
    for (size_t i = 0; i < *n; i++)
        free((*list)[i]);
    free(*list);
    *list = NULL;
    *n = 0;
}

void options_init(struct options *o, const struct option *table, size_t n)
{
    struct err err = ERR_INIT;

    memset(o, 0, sizeof *o);
    o->table = table;
    o->n = n;
    o->values = xcalloc(n, sizeof *o->values);
    for (size_t i = 0; i < n; i++) {
        if (table[i].preset != NULL &&
            options_set(o, i, OPTION_PRESET, table[i].name, str_of(table[i].preset), &err) < 0)
            BUG("a default that is out of its own bounds");
    }
}

void options_release(struct options *o)
{
    for (size_t i = 0; i < o->n; i++) {
        free(o->values[i].text);
        list_release(&o->values[i].list, &o->values[i].n);
    }
    free(o->values);
    list_release(&o->words, &o->n_words);
    list_release(&o->doubtful, &o->n_doubtful);
    memset(o, 0, sizeof *o);
}

void options_add_expected(struct buf *out, const struct option *option)
{
    switch (option->type) {
    case OPTION_FLAG:
        buf_add_cstr(out, "true or false");
        break;
    case OPTION_INT:
        buf_add_cstr(out, "a whole number");
        if (option->max < OPTION_LARGEST_INT || option->min > -OPTION_LARGEST_INT)
            buf_addf(out, " from %.0f to %.0f", option->min, option->max);
        break;
    case OPTION_NUMBER:
        buf_add_cstr(out, "a number");
        if (option->max < DBL_MAX || option->min > -DBL_MAX)
            buf_addf(out, option->above_min ? " above %g, at most %g" : " from %g to %g",
                     option->min, option->max);
        break;
    case OPTION_TIMESPAN:
        buf_add_cstr(out, "a time in whole units, such as 90, 90s, 5m or 1h30m");
        break;
    case OPTION_CHOICE:
        for (size_t i = 0; i < option->n_choices; i++)
            buf_addf(out, "%s%s",
                     i == 0                      ? "one of "
                     : i + 1 < option->n_choices ? ", "
                                                 : " or ",
                     option->choices[i]);
        break;
    case OPTION_TEXT:
    case OPTION_WORDS:
    case OPTION_LIST:
    case OPTION_TEXTS:
        buf_addf(out, "%s", option->value);
        break;
    }
}

static int refuse(const struct option *option, const char *where, struct str value, struct err *err)
{
    struct buf expected = BUF_INIT;

    options_add_expected(&expected, option);
    if (option->is_secret)
        value = STR(OPTION_HIDDEN);
    err_set(err, "%s: expected %s, got '%.*s'", where, buf_cstr(&expected), STR_ARG(value));
    buf_release(&expected);
    return -1;
}

static int set_number(struct option_value *v, const struct option *option, struct str text)
{
    if (text_parse_double(text, option->min, option->max, &v->number, NULL) < 0)
        return -1;
    return option->above_min && v->number <= option->min ? -1 : 0;
}

static int set_choice(struct option_value *v, const struct option *option, struct str text)
{
    for (size_t i = 0; i < option->n_choices; i++) {
        if (str_equal_nocase(text, str_of(option->choices[i]))) {
            free(v->text);
            v->text = xstrdup(option->choices[i]);
            return 0;
        }
    }
    return -1;
}

/* "a.lua, b.lua". */
static int set_list(struct option_value *v, struct str text)
{
    while (text.n > 0) {
        struct str name = str_trim(str_cut(&text, ','));
        if (name.n == 0)
            return -1;
        list_add(&v->list, &v->n, str_dup(name));
    }
    return 0;
}

static int set_value(struct option_value *v, const struct option *option, struct str text)
{
    switch (option->type) {
    case OPTION_FLAG:
        return text_parse_bool(text, &v->flag, NULL);
    case OPTION_INT:
        return text_parse_int(text, (int64_t)option->min, (int64_t)option->max, &v->integer, NULL);
    case OPTION_NUMBER:
        return set_number(v, option, text);
    case OPTION_TIMESPAN:
        return text_parse_timespan(text, &v->integer, NULL);
    case OPTION_CHOICE:
        return set_choice(v, option, text);
    case OPTION_TEXT:
        free(v->text);
        v->text = str_dup(text);
        return 0;
    case OPTION_WORDS:
    case OPTION_TEXTS:
        list_add(&v->list, &v->n, str_dup(text));
        return 0;
    case OPTION_LIST:
        return set_list(v, text);
    }
    return -1;
}

/* The value that this rank may write to; NULL where a higher one has written. */
static struct option_value *claim(struct options *o, size_t which, enum option_rank rank)
{
    struct option_value *v = &o->values[which];

    if (o->table[which].adds_up) {
        v->rank = rank > v->rank ? rank : v->rank;
        return v;
    }
    if (rank < v->rank)
        return NULL;
    if (rank > v->rank)
        list_release(&v->list, &v->n);
    v->rank = rank;
    return v;
}

int options_set(struct options *o, size_t which, enum option_rank rank, const char *where,
                struct str value, struct err *err)
{
    struct option_value *v = claim(o, which, rank);

    if (v == NULL)
        return 0;
    if (memchr(value.p, '\0', value.n) != NULL)
        return err_set(err, "%s: the value holds a zero byte", where);
    if (o->table[which].check != NULL && o->table[which].check(value, err) < 0) {
        err_prefix(err, "%s", where);
        return -1;
    }
    if (set_value(v, &o->table[which], value) < 0)
        return refuse(&o->table[which], where, value, err);
    return 0;
}

/* The strings of a JSON array, which it takes. */
static int add_array(struct options *o, size_t which, enum option_rank rank, const char *where,
                     struct str text, json_t *list, struct err *err)
{
    json_t *item;
    size_t i;
    int rc = 0;

    json_array_foreach (list, i, item) {
        if (!json_is_string(item))
            rc = refuse(&o->table[which], where, text, err);
        else if (rc == 0)
            rc = options_set(o, which, rank, where,
                             str_make(json_string_value(item), json_string_length(item)), err);
    }
    json_decref(list);
    return rc;
}

/* What stands in "[...]": JSON, or else words split at commas, with or without quotes. */
static int add_bracketed(struct options *o, size_t which, enum option_rank rank, const char *where,
                         struct str text, struct err *err)
{
    json_t *list = json_loadb(text.p, text.n, 0, NULL);
    struct str rest = str_slice(text, 1, text.n - 1);
    int rc = 0;

    if (list != NULL)
        return add_array(o, which, rank, where, text, list, err);
    while (rc == 0 && rest.n > 0) {
        struct str word = str_trim(str_cut(&rest, ','));
        if (word.n >= 2 && (word.p[0] == '"' || word.p[0] == '\'') &&
            word.p[word.n - 1] == word.p[0])
            word = str_slice(word, 1, word.n - 1);
        if (word.n > 0)
            rc = options_set(o, which, rank, where, word, err);
    }
    return rc;
}

/* One text, which may hold commas, blanks and brackets of its own, or a JSON array of several. */
static int set_texts(struct options *o, size_t which, enum option_rank rank, const char *where,
                     struct str text, struct err *err)
{
    json_t *list = json_loadb(text.p, text.n, 0, NULL);
    const json_t *first = json_array_get(list, 0);
    bool is_value = o->table[which].is_json && first != NULL && !json_is_string(first);

    if (json_is_array(list) && !is_value && claim(o, which, rank) != NULL)
        return add_array(o, which, rank, where, text, list, err);
    json_decref(list);
    return options_set(o, which, rank, where, text, err);
}

static bool is_separator(char c)
{
    return c == ',' || isspace((unsigned char)c);
}

int options_set_any(struct options *o, size_t which, enum option_rank rank, const char *where,
                    struct str value, struct err *err)
{
    enum option_type type = o->table[which].type;
    bool is_list = value.n >= 2 && value.p[0] == '[' && value.p[value.n - 1] == ']';

    if (type == OPTION_TEXTS || o->table[which].is_json)
        return set_texts(o, which, rank, where, value, err);
    if (type != OPTION_WORDS && type != OPTION_LIST) {
        if (is_list && !options_is_hidden(o, which, rank))
            return err_set(err, "%s: takes one value, got the list %.*s", where,
                           STR_ARG(o->table[which].is_secret ? STR(OPTION_HIDDEN) : value));
        return options_set(o, which, rank, where, value, err);
    }
    if (claim(o, which, rank) == NULL)
        return 0;
    if (is_list)
        return add_bracketed(o, which, rank, where, value, err);
    if (type == OPTION_LIST)
        return options_set(o, which, rank, where, value, err);
    for (size_t i = 0; i < value.n;) {
        size_t end = i;
        while (end < value.n && !is_separator(value.p[end]))
            end++;
        if (end > i && options_set(o, which, rank, where, str_slice(value, i, end), err) < 0)
            return -1;
        i = end + 1;
    }
    return 0;
}

void options_add(struct options *o, size_t which, enum option_rank rank, const char *item)
{
    struct option_value *v = claim(o, which, rank);

    if (v != NULL)
        list_add(&v->list, &v->n, xstrdup(item));
}

void options_begin_list(struct options *o, size_t which, enum option_rank rank)
{
    claim(o, which, rank);
}

void options_add_word(struct options *o, struct str word)
{
    list_add(&o->words, &o->n_words, str_dup(word));
}

void options_add_doubtful(struct options *o, struct str word)
{
    list_add(&o->doubtful, &o->n_doubtful, str_dup(word));
}

bool options_is_hidden(const struct options *o, size_t which, enum option_rank rank)
{
    return o->values[which].rank > rank;
}

size_t options_find(const struct options *o, struct str name)
{
    for (size_t i = 0; i < o->n; i++)
        if (str_equal(name, str_of(o->table[i].name)) ||
            (o->table[i].other_name != NULL && str_equal(name, str_of(o->table[i].other_name))))
            return i;
    return SIZE_MAX;
}

size_t options_count_begun(const struct options *o, struct str begin, size_t *which)
{
    size_t n = 0;

    for (size_t i = o->n; begin.n > 0 && i-- > 0;) {
        if (str_starts(str_of(o->table[i].name), begin)) {
            *which = i;
            n++;
        }
    }
    return n;
}

const char *options_nearest(const struct options *o, struct str name)
{
    const char **names = xcalloc(o->n, sizeof *names);
    const char *nearest;
    size_t begun;

    for (size_t i = 0; i < o->n; i++)
        names[i] = o->table[i].name;
    if (options_count_begun(o, name, &begun) == 1)
        nearest = names[begun];
    else
        nearest = nearest_name(name, names, o->n);
    free(names);
    return nearest;
}

void options_add_variable(struct buf *out, const struct option *option)
{
    if (option->variable != NULL) {
        buf_add_cstr(out, option->variable);
        return;
    }
    buf_add_cstr(out, "KATYDID_");
    for (const char *p = option->name; *p != '\0'; p++)
        buf_add_char(out, *p == '-' ? '_' : (char)toupper((unsigned char)*p));
}

int options_read_environment(struct options *o, char *(*get)(const char *name), struct err *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < o->n; i++) {
        struct buf variable = BUF_INIT;
        if (o->table[i].here_only)
            continue;
        options_add_variable(&variable, &o->table[i]);
        const char *value = get(buf_cstr(&variable));
        if (value != NULL && value[0] != '\0')
            rc = options_set_any(o, i, OPTION_ENVIRONMENT, buf_cstr(&variable), str_of(value), err);
        buf_release(&variable);
    }
    return rc;
}

bool options_is_given(const struct options *o, size_t which)
{
    return o->values[which].rank > OPTION_PRESET;
}

bool options_flag(const struct options *o, size_t which)
{
    return o->values[which].flag;
}

int64_t options_int(const struct options *o, size_t which)
{
    return o->values[which].integer;
}

double options_number(const struct options *o, size_t which)
{
    return o->values[which].number;
}

const char *options_text(const struct options *o, size_t which)
{
    return o->values[which].text;
}

const char *const *options_list(const struct options *o, size_t which, size_t *n)
{
    *n = o->values[which].n;
    return (const char *const *)o->values[which].list;
}

static json_t *value_json(const struct option *option, const struct option_value *v)
{
    json_t *list;

    switch (option->type) {
    case OPTION_FLAG:
        return json_boolean(v->flag);
    case OPTION_INT:
    case OPTION_TIMESPAN:
        return json_integer(v->integer);
    case OPTION_NUMBER:
        return json_real(v->number);
    case OPTION_TEXT:
    case OPTION_CHOICE:
        return json_stringn_nocheck(v->text, strlen(v->text));
    case OPTION_WORDS:
    case OPTION_LIST:
    case OPTION_TEXTS:
        list = json_array();
        for (size_t i = 0; i < v->n; i++)
            json_array_append_new(list, json_stringn_nocheck(v->list[i], strlen(v->list[i])));
        return list;
    }
    return NULL;
}

json_t *options_json(const struct options *o)
{
    json_t *all = json_object();

    for (size_t i = 0; i < o->n; i++) {
        const struct option *option = &o->table[i];
        char *name;
        bool is_unset = o->values[i].rank == OPTION_UNSET && option->type != OPTION_FLAG;
        if (option->ends_arguments || option->debug_alone || is_unset)
            continue;
        name = xstrdup(option->name);
        for (char *p = name; *p != '\0'; p++)
            *p = *p == '-' ? '_' : *p;
        json_object_set_new(all, name, value_json(option, &o->values[i]));
        free(name);
    }
    return all;
}
