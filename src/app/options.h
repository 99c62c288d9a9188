/*
 * options -- what a command can be told: a table of options, and what came for each.
 *
 * One row of a table is all there is to know of an option: its flags, its environment variable
 * (KATYDID_ and the name in capitals), its key in a file (the name), type, default, bounds and help.
 * Values come from several places; each place has a rank, and a value of a higher rank hides those
 * of lower ones, in whatever order they are read. What is hidden is not looked at.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTION_LARGEST_INT 9007199254740991.0 /* 2^53 - 1: what JSON readers and Lua keep exactly */
#define OPTION_HIDDEN "***"                   /* in the place of a secret */

enum option_type {
    OPTION_FLAG,     /* there or not; "--flag=false" takes back what a lower rank says */
    OPTION_TEXT,     /* as it is */
    OPTION_INT,      /* a whole number within min..max, of +-OPTION_LARGEST_INT at most */
    OPTION_NUMBER,   /* a number within min..max, or above min and up to max */
    OPTION_TIMESPAN, /* whole seconds: "90", "1h30m" */
    OPTION_CHOICE,   /* one of `choices`, in any case; kept as the table has it */
    OPTION_WORDS,    /* none, one or several, up to the next option */
    OPTION_LIST,     /* one or several, joined by commas */
    OPTION_TEXTS     /* one or several, each given by itself */
};

struct option {
    const char *name; /* "spawn-rate" */
    char letter;      /* 0: none */
    enum option_type type;
    const char *value;  /* what help shows for it: "RATE"; NULL for flags */
    const char *preset; /* the default, as one would write it; NULL: none */
    double min, max;    /* OPTION_INT, OPTION_NUMBER */
    bool above_min;     /* OPTION_NUMBER: min itself is out of range */
    const char *const *choices;
    size_t n_choices;
    bool is_json;      /* OPTION_WORDS: of a variable or a file, one word that may hold anything */
    bool here_only;    /* no variable, no key in a file */
    bool not_in_files; /* no key in a file */
    bool ends_arguments; /* what follows it on the command line isn't looked at */
    bool run_alone;      /* katydid debug hasn't it */
    bool debug_alone;    /* katydid run hasn't it */
    bool in_report;      /* katydid report has it too: what it asks for is made of a result */
    bool is_secret;      /* its value is shown nowhere */
    bool adds_up;        /* OPTION_TEXTS: those of all places count together */
    /* OPTION_TEXTS: whether it is one; NULL: whatever text is. */
    int (*check)(struct str value, struct err *err);
    const char *other_name; /* which it may be given by as well; NULL: none */
    const char *variable;   /* of the environment; NULL: KATYDID_ and the name in capitals */
    const char *group, *help;
};

enum option_rank {
    OPTION_UNSET,
    OPTION_PRESET,
    OPTION_HOME_FILE,
    OPTION_FOLDER_FILE,
    OPTION_NAMED_FILE,
    OPTION_ENVIRONMENT,
    OPTION_COMMAND_LINE,
    OPTION_SETTLED /* by the program itself */
};

struct option_value {
    enum option_rank rank;
    bool flag;
    int64_t integer; /* OPTION_INT, OPTION_TIMESPAN */
    double number;
    char *text;  /* OPTION_TEXT, OPTION_CHOICE; NULL: none */
    char **list; /* OPTION_WORDS, OPTION_LIST, OPTION_TEXTS */
    size_t n;
};

struct options {
    const struct option *table; /* borrowed */
    size_t n;
    struct option_value *values; /* one for each row */
    char **words;                /* of the command line: what is neither an option nor a value */
    size_t n_words;
    bool takes_prefixes; /* "--spawn" is --spawn-rate: for people, not for what is written down */
    bool passes_unknown; /* what is unknown is passed over, not refused: a script may know it */
    size_t n_unknown;    /* so much was */
    char **doubtful;     /* what stood behind unknown options: words, or their values */
    size_t n_doubtful;
};

/* All defaults, which must be right (else BUG). */
void options_init(struct options *o, const struct option *table, size_t n);
void options_release(struct options *o);

/* The variables, by `get` (getenv). An empty one counts as not set. */
int options_read_environment(struct options *o, char *(*get)(const char *name),
                             struct err *err) ERR_CHECKED;

/* One value as text. `where` stands before the error ("--users", "katydid.conf:3: users"). Lists of
 * one rank add up; a text for OPTION_WORDS is one word. */
int options_set(struct options *o, size_t which, enum option_rank rank, const char *where,
                struct str value, struct err *err) ERR_CHECKED;
/* The same of a text that may hold a whole list, as variables and files do: "[a, b]" (JSON, or split
 * at commas), or words between blanks or commas; of OPTION_TEXTS a list is JSON alone, and of what
 * is_json a list of strings alone. */
int options_set_any(struct options *o, size_t which, enum option_rank rank, const char *where,
                    struct str value, struct err *err) ERR_CHECKED;
/* One more item of a list, as it is. */
void options_add(struct options *o, size_t which, enum option_rank rank, const char *item);
/* A list is given, be it with no item at all: it hides those of lower ranks. */
void options_begin_list(struct options *o, size_t which, enum option_rank rank);
/* One more word, as if it stood on the command line; and one that stands behind an unknown option. */
void options_add_word(struct options *o, struct str word);
void options_add_doubtful(struct options *o, struct str word);
/* Whether the value of this option was given in a place of that rank or a higher one. */
bool options_is_hidden(const struct options *o, size_t which, enum option_rank rank);

/* The row of a long name (SIZE_MAX: none), and what was probably meant by one that is unknown: a
 * name that it begins, or the nearest; NULL where there is none. */
size_t options_find(const struct options *o, struct str name);
const char *options_nearest(const struct options *o, struct str name);
/* How many long names begin so; *which is the first of them (as it was, where there is none). */
size_t options_count_begun(const struct options *o, struct str begin, size_t *which);
/* "a whole number from 0 to 10": what the option expects. */
void options_add_expected(struct buf *out, const struct option *option);
/* "KATYDID_SPAWN_RATE", or the variable of its own. */
void options_add_variable(struct buf *out, const struct option *option);

/* Whether it was given by anybody (a default is no gift). */
bool options_is_given(const struct options *o, size_t which);
bool options_flag(const struct options *o, size_t which);
int64_t options_int(const struct options *o, size_t which);      /* 0 where there is none */
double options_number(const struct options *o, size_t which);    /* 0 where there is none */
const char *options_text(const struct options *o, size_t which); /* NULL where there is none */
const char *const *options_list(const struct options *o, size_t which, size_t *n);

/* All that have a value, by their names with underscores, as scripts see them: flags as booleans,
 * times in seconds, lists as arrays. The caller owns it. */
json_t *options_json(const struct options *o);

#endif
