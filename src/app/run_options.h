/*
 * run_options -- what a run can be told: the table of its options, and where they are read from.
 *
 * The command line wins over the environment, that over the files (--config's, ./katydid.conf,
 * ~/.katydid.conf), those over the script.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_RUN_OPTIONS_H
#define APP_RUN_OPTIONS_H

#include "app/options.h"
#include "base/err.h"

#include <jansson.h>

/* The rows of the table; OPT_LOCUSTFILE holds all scripts, however they were named. */
enum run_option {
    OPT_HELP,
    OPT_VERSION,
    OPT_LOCUSTFILE,
    OPT_CONFIG,
    OPT_HOST,
    OPT_BIND,
    OPT_RESOLVE,
    OPT_USERS,
    OPT_SPAWN_RATE,
    OPT_RUN_TIME,
    OPT_ITERATIONS,
    OPT_HEADLESS,
    OPT_STOP_TIMEOUT,
    OPT_SEED,
    OPT_PROFILE,
    OPT_LIST,
    OPT_SHOW_TASK_RATIO,
    OPT_SHOW_TASK_RATIO_JSON,
    OPT_CONFIG_USERS,
    OPT_EQUAL_WEIGHTS,
    OPT_TAGS,
    OPT_EXCLUDE_TAGS,
    OPT_PRINT_STATS,
    OPT_ONLY_SUMMARY,
    OPT_RESET_STATS,
    OPT_MAX_NAMES,
    OPT_CSV,
    OPT_CSV_FULL_HISTORY,
    OPT_JSON,
    OPT_JSON_FILE,
    OPT_HTML,
    OPT_HTML_SCRIPT,
    OPT_JUNIT,
    OPT_RESULT,
    OPT_HDR,
    OPT_HGRM,
    OPT_MARKDOWN,
    OPT_LOAD_PERFORMANCE,
    OPT_OPENMETRICS,
    OPT_GITHUB,
    OPT_EXIT_CODE_ON_ERROR,
    OPT_PROMETHEUS,
    OPT_OTLP,
    OPT_OTLP_INTERVAL,
    OPT_LOG_REQUESTS,
    OPT_THRESHOLD,
    OPT_ALLOW_SATURATED,
    OPT_LOGLEVEL,
    OPT_LOGFILE,
    OPT_SHOW_SECRETS,
    RUN_OPTIONS
};

extern const struct option run_options[RUN_OPTIONS];

/* The script that is run where none is named. */
#define SCRIPT_DEFAULT "locustfile.lua"

/* Where options come from. All borrowed. */
struct run_line {
    int argc;
    char *const *argv;              /* without the program's name and the command */
    char *(*get)(const char *name); /* getenv */
    bool takes_prefixes;            /* a person typed it */
    bool is_debug; /* katydid debug: one user, some options less, and one of its own */
};

/*
 * Reads the command line, then environment and files, into options that were initialised with the
 * table above, or with one that begins with it. Scripts among the words move to OPT_LOCUSTFILE; the
 * words that are left are user classes, or else those of KATYDID_USER_CLASSES are. Where --help or
 * --version was asked for, neither environment nor files are read.
 *
 * Scripts may add options, so a run reads twice: first with `passes_unknown`, to learn which scripts
 * there are and how they are to be loaded; then, when their options are in the table, all of it.
 */
int run_options_read(struct options *o, const struct run_line *line, struct err *err) ERR_CHECKED;

/* Whether both readings found the same scripts: a word behind an option of a script may be its value. */
int run_options_check_scripts(const struct options *first, const struct options *second,
                              struct err *err) ERR_CHECKED;

/* Whether the command line has nothing but what its command takes, run or debug. */
int run_options_check_command(const struct options *o, bool is_debug, struct err *err) ERR_CHECKED;

/* Whether there is a script. */
int run_options_check_script(const struct options *o, struct err *err) ERR_CHECKED;

/* Whether these options can be followed: what needs what, and that there is a script. */
int run_options_check(const struct options *o, struct err *err) ERR_CHECKED;

/* Whether it is for a look only (--list, --show-task-ratio...): nothing is sent. */
bool run_options_only_look(const struct options *o);

/* The long names and letters that no script may take, and how many. The caller frees the list alone. */
const char **run_options_taken(size_t *n);

/* environment.parsed_options: the options, and the classes that were named. The caller owns it. */
json_t *run_options_parsed(const struct options *o);

#endif
