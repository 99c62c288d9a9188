/* options_rows -- a small table of options, one of each kind, and what was read of it. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_OPTIONS_ROWS_H
#define TESTS_OPTIONS_ROWS_H

#include "app/options.h"
#include "app/options_arguments.h"

#include "../check.h"

enum { VERBOSE, HOST, USERS, RATE, TIME, LEVEL, TAGS, FILES, RULES, SETUP, TAIL, LAST, N };

static const char *const levels[] = {"DEBUG", "INFO"};
static const struct option table[N] = {
    [VERBOSE] = {.name = "verbose", .letter = 'v'},
    [HOST] = {.name = "host", .letter = 'H', .type = OPTION_TEXT, .value = "URL"},
    [USERS] = {.name = "users",
               .letter = 'u',
               .type = OPTION_INT,
               .value = "N",
               .preset = "1",
               .min = -5,
               .max = 100},
    [RATE] = {.name = "spawn-rate",
              .letter = 'r',
              .type = OPTION_NUMBER,
              .value = "RATE",
              .max = 10,
              .above_min = true},
    [TIME] = {.name = "run-time", .letter = 't', .type = OPTION_TIMESPAN, .value = "TIME"},
    [LEVEL] = {.name = "loglevel",
               .type = OPTION_CHOICE,
               .value = "LEVEL",
               .choices = levels,
               .n_choices = 2},
    [TAGS] = {.name = "tags", .letter = 'T', .type = OPTION_WORDS, .value = "TAG..."},
    [FILES] = {.name = "files", .letter = 'f', .type = OPTION_LIST, .value = "FILE[,FILE...]"},
    [RULES] = {.name = "rules", .type = OPTION_TEXTS, .value = "RULE"},
    [SETUP] = {.name = "setup", .type = OPTION_WORDS, .is_json = true, .value = "JSON..."},
    [TAIL] = {.name = "tail", .letter = 'l', .here_only = true},
    [LAST] = {.name = "last", .letter = 'h', .here_only = true, .ends_arguments = true},
};

static struct options o;
static struct err err;

/* Reads these arguments anew; 0 or -1. */
static int read_arguments(const char *const *argv)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    if (o.table != NULL)
        options_release(&o);
    err_clear(&err);
    options_init(&o, table, N);
    return options_read_arguments(&o, argc, (char *const *)argv, &err);
}
#define READ(...) read_arguments((const char *const[]){__VA_ARGS__, NULL})

static const char *joined(size_t which)
{
    static char text[256];
    size_t n;
    const char *const *list = options_list(&o, which, &n);

    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "|" : "", list[i]);
    return text;
}

#endif
