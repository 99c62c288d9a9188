/* options_arguments -- see options_arguments.h. */
// SPDX-License-Identifier: MIT
#include "app/options_arguments.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

/* "-5" is a number and no option; "-" is a word. */
static bool looks_like_option(const char *argument)
{
    return argument[0] == '-' && argument[1] != '\0' && !isdigit((unsigned char)argument[1]) &&
           argument[1] != '.';
}

/* A command line while it is read. */
struct reading {
    struct options *o;
    int argc;
    char *const *argv;
    int at;    /* the next argument */
    bool over; /* an option that ends it was there */
};

static int missing_value(const struct option *option, const char *where, struct err *err)
{
    struct buf expected = BUF_INIT;

    options_add_expected(&expected, option);
    err_set(err, "%s: its value is missing (expected %s)", where, buf_cstr(&expected));
    buf_release(&expected);
    return -1;
}

/* An option was met; attached is what came with it ("--users=5", "-u5"), p NULL where nothing did. */
static int take_option(struct reading *r, size_t which, struct str attached, struct err *err)
{
    const struct option *option = &r->o->table[which];
    char *where = xasprintf("--%s", option->name);
    int rc = -1;

    if (option->ends_arguments)
        r->over = true;
    if (attached.p != NULL) {
        rc = options_set(r->o, which, OPTION_COMMAND_LINE, where, attached, err);
    } else if (option->type == OPTION_FLAG) {
        rc = options_set(r->o, which, OPTION_COMMAND_LINE, where, STR("true"), err);
    } else if (option->type == OPTION_WORDS) {
        options_begin_list(r->o, which, OPTION_COMMAND_LINE);
        rc = 0;
        while (rc == 0 && r->at < r->argc && !looks_like_option(r->argv[r->at]))
            rc =
                options_set(r->o, which, OPTION_COMMAND_LINE, where, str_of(r->argv[r->at++]), err);
    } else if (r->at >= r->argc || looks_like_option(r->argv[r->at])) {
        rc = missing_value(option, where, err);
    } else {
        rc = options_set(r->o, which, OPTION_COMMAND_LINE, where, str_of(r->argv[r->at++]), err);
    }
    free(where);
    return rc;
}

/* It is refused, or passed over: then what follows may be its value. */
static int unknown_option(struct reading *r, struct str shown, struct str name, bool has_value,
                          struct err *err)
{
    struct options *o = r->o;
    const char *nearest;

    if (o->passes_unknown) {
        o->n_unknown++;
        if (!has_value && r->at < r->argc && !looks_like_option(r->argv[r->at]))
            options_add_doubtful(o, str_of(r->argv[r->at++]));
        return 0;
    }
    nearest = options_nearest(o, name);
    if (nearest != NULL)
        return err_set(err, "unknown option %.*s (did you mean --%s?)", STR_ARG(shown), nearest);
    return err_set(err, "unknown option %.*s", STR_ARG(shown));
}

/* "--show" begins several. */
static int ambiguous_option(const struct options *o, struct str shown, struct str name,
                            struct err *err)
{
    struct buf all = BUF_INIT;

    for (size_t i = 0; i < o->n; i++)
        if (str_starts(str_of(o->table[i].name), name))
            buf_addf(&all, "%s--%s", all.n > 0 ? ", " : "", o->table[i].name);
    err_set(err, "%.*s begins several options: %s", STR_ARG(shown), buf_cstr(&all));
    buf_release(&all);
    return -1;
}

static int take_long(struct reading *r, const char *argument, struct err *err)
{
    struct str rest = str_of(argument + 2), value = {NULL, 0};
    bool has_value = str_index(rest, '=') < rest.n;
    struct str name = str_cut(&rest, '=');
    size_t which = options_find(r->o, name);

    if (has_value)
        value = rest;
    if (which == SIZE_MAX && r->o->takes_prefixes) {
        size_t n_begun = options_count_begun(r->o, name, &which);
        if (n_begun > 1)
            which = SIZE_MAX;
        if (n_begun > 1 && !r->o->passes_unknown)
            return ambiguous_option(r->o, str_make(argument, name.n + 2), name, err);
    }
    if (which == SIZE_MAX)
        return unknown_option(r, str_make(argument, name.n + 2), name, has_value, err);
    return take_option(r, which, value, err);
}

static size_t find_letter(const struct options *o, char letter)
{
    for (size_t i = 0; i < o->n; i++)
        if (letter != '\0' && o->table[i].letter == letter)
            return i;
    return SIZE_MAX;
}

/* "-u5", or several flags behind one dash. */
static int take_letters(struct reading *r, const char *argument, struct err *err)
{
    struct str whole = str_of(argument);

    if (whole.n > 2 && options_find(r->o, str_slice(whole, 1, str_index(whole, '='))) != SIZE_MAX)
        return unknown_option(r, whole, str_slice(whole, 1, str_index(whole, '=')), false, err);
    for (size_t i = 1; i < whole.n && !r->over; i++) {
        size_t which = find_letter(r->o, whole.p[i]);
        struct str attached = {NULL, 0};
        if (which == SIZE_MAX && (i == 1 || r->o->passes_unknown))
            return unknown_option(r, whole, str_slice(whole, 1, whole.n), i + 1 < whole.n, err);
        if (which == SIZE_MAX)
            return err_set(err, "unknown option -%c in %s", whole.p[i], argument);
        if (r->o->table[which].type != OPTION_FLAG && i + 1 < whole.n) {
            attached = str_slice(whole, i + 1, whole.n);
            i = whole.n;
        }
        if (take_option(r, which, attached, err) < 0)
            return -1;
    }
    return 0;
}

int options_read_arguments(struct options *o, int argc, char *const *argv, struct err *err)
{
    struct reading r = {.o = o, .argc = argc, .argv = argv};
    bool words_only = false;

    while (r.at < argc && !r.over) {
        const char *argument = argv[r.at++];
        int rc = 0;
        if (words_only || !looks_like_option(argument))
            options_add_word(o, str_of(argument));
        else if (strcmp(argument, "--") == 0)
            words_only = true;
        else if (argument[1] == '-')
            rc = take_long(&r, argument, err);
        else
            rc = take_letters(&r, argument, err);
        if (rc < 0)
            return -1;
    }
    return 0;
}
