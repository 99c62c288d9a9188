/* script_options -- see script_options.h. */
// SPDX-License-Identifier: MIT
#include "app/script_options.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "app/run_options.h"
#include "base/mem.h"

#define GROUP "Options of the script"

struct script_options {
    json_t *rows; /* the texts of the table lie in it */
    struct option *table;
    size_t n;
};

static enum option_type type_named(const char *name)
{
    static const struct {
        const char *name;
        enum option_type type;
    } types[] = {{"boolean", OPTION_FLAG},  {"string", OPTION_TEXT},   {"integer", OPTION_INT},
                 {"number", OPTION_NUMBER}, {"choice", OPTION_CHOICE}, {"strings", OPTION_TEXTS}};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    BUG("a script's option of a type that there isn't");
}

/* NULL where it isn't there. */
static const char *text_of(const json_t *row, const char *field)
{
    return json_string_value(json_object_get(row, field));
}

static bool flag_of(const json_t *row, const char *field)
{
    return json_is_true(json_object_get(row, field));
}

static struct option read_row(const json_t *row)
{
    const json_t *choices = json_object_get(row, "choices");
    const char *letter = text_of(row, "letter");
    struct option option = {
        .name = text_of(row, "name"),
        .letter = letter != NULL ? letter[0] : '\0',
        .type = type_named(text_of(row, "type")),
        .value = text_of(row, "value"),
        .preset = text_of(row, "preset"),
        .is_secret = flag_of(row, "is_secret"),
        .variable = text_of(row, "variable"),
        .group = GROUP,
        .help = text_of(row, "help"),
    };

    option.max = option.type == OPTION_NUMBER ? DBL_MAX : OPTION_LARGEST_INT;
    option.min = -option.max;
    if (option.type == OPTION_CHOICE) {
        option.n_choices = json_array_size(choices);
        const char **texts = xcalloc(option.n_choices, sizeof *texts);
        for (size_t i = 0; i < option.n_choices; i++)
            texts[i] = json_string_value(json_array_get(choices, i));
        option.choices = texts;
    }
    return option;
}

struct script_options *script_options_new(json_t *rows)
{
    struct script_options *s = xcalloc(1, sizeof *s);

    s->rows = rows;
    s->n = RUN_OPTIONS + json_array_size(rows);
    s->table = xcalloc(s->n, sizeof *s->table);
    memcpy(s->table, run_options, sizeof run_options);
    for (size_t i = RUN_OPTIONS; i < s->n; i++)
        s->table[i] = read_row(json_array_get(rows, i - RUN_OPTIONS));
    return s;
}

void script_options_free(struct script_options *s)
{
    if (s == NULL)
        return;
    for (size_t i = RUN_OPTIONS; i < s->n; i++)
        free((void *)s->table[i].choices);
    free(s->table);
    json_decref(s->rows);
    free(s);
}

const struct option *script_options_table(const struct script_options *s, size_t *n)
{
    *n = s->n;
    return s->table;
}

int script_options_check(const struct script_options *s, const struct options *o, struct err *err)
{
    for (size_t i = RUN_OPTIONS; i < s->n; i++) {
        if (options_is_given(o, i) ||
            !flag_of(json_array_get(s->rows, i - RUN_OPTIONS), "is_required"))
            continue;
        struct buf variable = BUF_INIT;
        options_add_variable(&variable, &s->table[i]);
        err_set(
            err,
            "--%s is missing: the script needs it (or %s, or a line '%s = ...' in katydid.conf)",
            s->table[i].name, buf_cstr(&variable), s->table[i].name);
        buf_release(&variable);
        return -1;
    }
    return 0;
}
