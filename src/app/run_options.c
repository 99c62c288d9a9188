/* run_options -- see run_options.h. */
// SPDX-License-Identifier: MIT
#include "app/run_options.h"

#include <stdlib.h>
#include <string.h>

#include "app/options_arguments.h"
#include "app/options_file.h"
#include "base/file.h"
#include "base/mem.h"
#include "run/threshold_text.h"

static const char *const levels[] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};

static const char *const github_when[] = {"auto", "on", "off"};

#define COMMON "Options"
#define LOOK "Looking at a script (nothing is sent)"
#define CLASSES "User classes"
#define TAGS "Tags"
#define REPORTS "Statistics and reports"
#define LIVE "Live outputs"
#define THRESHOLDS "Thresholds"
#define LOGS "Log"

const struct option run_options[RUN_OPTIONS] = {
    [OPT_HELP] = {.name = "help",
                  .in_report = true,
                  .letter = 'h',
                  .here_only = true,
                  .ends_arguments = true,
                  .group = COMMON,
                  .help = "show this help"},
    [OPT_VERSION] = {.name = "version",
                     .letter = 'V',
                     .here_only = true,
                     .ends_arguments = true,
                     .group = COMMON,
                     .help = "show the versions of katydid and its libraries"},
    [OPT_LOCUSTFILE] = {.name = "locustfile",
                        .letter = 'f',
                        .type = OPTION_LIST,
                        .value = "FILE[,FILE...]",
                        .group = COMMON,
                        .help =
                            "scripts or folders of scripts, beside those named as words; without "
                            "any, " SCRIPT_DEFAULT " is run"},
    [OPT_CONFIG] = {.name = "config",
                    .type = OPTION_TEXT,
                    .value = "FILE",
                    .not_in_files = true,
                    .group = COMMON,
                    .help = "read options from this file too, ahead of ./katydid.conf and "
                            "~/.katydid.conf; of a file *.toml, from [tool.katydid]"},
    [OPT_HOST] = {.name = "host",
                  .letter = 'H',
                  .type = OPTION_TEXT,
                  .value = "URL",
                  .group = COMMON,
                  .help = "send requests there, whatever host the user classes name "
                          "(http://127.0.0.1:8080)"},
    [OPT_BIND] = {.name = "bind",
                  .type = OPTION_LIST,
                  .value = "ADDRESS[,ADDRESS...]",
                  .group = COMMON,
                  .help = "connect from these addresses of this machine, one user after the other "
                          "from the next; IPv4 and IPv6 each for servers of its kind"},
    [OPT_RESOLVE] = {.name = "resolve",
                     .type = OPTION_TEXTS,
                     .value = "HOST:PORT:ADDRESS[,ADDRESS...]",
                     .group = COMMON,
                     .help = "connect to these addresses for this host and port, whatever name "
                             "servers say; HOST may be *; may be given several times"},
    [OPT_USERS] = {.run_alone = true,
                   .name = "users",
                   .letter = 'u',
                   .type = OPTION_INT,
                   .value = "N",
                   .preset = "1",
                   .max = 10e6,
                   .group = COMMON,
                   .help = "how many users at the same time"},
    [OPT_SPAWN_RATE] = {.run_alone = true,
                        .name = "spawn-rate",
                        .letter = 'r',
                        .type = OPTION_NUMBER,
                        .value = "RATE",
                        .preset = "1",
                        .max = 1e6,
                        .above_min = true,
                        .group = COMMON,
                        .help = "users started a second"},
    [OPT_RUN_TIME] = {.run_alone = true,
                      .name = "run-time",
                      .letter = 't',
                      .type = OPTION_TIMESPAN,
                      .value = "TIME",
                      .group = COMMON,
                      .help = "end after this time: 90, 90s, 5m, 1h30m; 0 is without end"},
    [OPT_ITERATIONS] = {.name = "iterations",
                        .type = OPTION_INT,
                        .value = "N",
                        .min = 1,
                        .max = OPTION_LARGEST_INT,
                        .group = COMMON,
                        .help = "end after so many runs of tasks, of all users together"},
    [OPT_HEADLESS] = {.run_alone = true,
                      .name = "headless",
                      .group = COMMON,
                      .help = "run at once, without a web page; needed for a run"},
    [OPT_STOP_TIMEOUT] = {.name = "stop-timeout",
                          .letter = 's',
                          .type = OPTION_TIMESPAN,
                          .value = "TIME",
                          .preset = "0",
                          .group = COMMON,
                          .help = "how long users may take to end their task when the run ends; 0 "
                                  "ends them at once"},
    [OPT_SEED] = {.name = "seed",
                  .type = OPTION_INT,
                  .value = "N",
                  .max = OPTION_LARGEST_INT,
                  .group = COMMON,
                  .help = "begin all random numbers there: each user does the same again; without "
                          "it the system gives one, which is printed"},
    [OPT_PROFILE] = {.run_alone = true,
                     .name = "profile",
                     .type = OPTION_TEXT,
                     .value = "TEXT",
                     .group = COMMON,
                     .help = "a label for this run, shown in its log and with its statistics"},
    [OPT_LIST] = {.run_alone = true,
                  .name = "list",
                  .letter = 'l',
                  .group = LOOK,
                  .help = "show the user classes, and end"},
    [OPT_SHOW_TASK_RATIO] = {.run_alone = true,
                             .name = "show-task-ratio",
                             .group = LOOK,
                             .help = "show the shares of classes and tasks, and end"},
    [OPT_SHOW_TASK_RATIO_JSON] = {.run_alone = true,
                                  .name = "show-task-ratio-json",
                                  .group = LOOK,
                                  .help = "the same as JSON"},
    [OPT_CONFIG_USERS] = {.name = "config-users",
                          .type = OPTION_WORDS,
                          .is_json = true,
                          .value = "JSON|FILE.json...",
                          .group = CLASSES,
                          .help =
                              "set attributes of user classes: {\"user_class_name\": \"Shopper\", "
                              "\"weight\": 3, \"tasks\": [\"browse\"]}, a list of these, or a file "
                              "with either"},
    [OPT_EQUAL_WEIGHTS] = {.run_alone = true,
                           .name = "equal-weights",
                           .group = CLASSES,
                           .help = "give all user classes the same weight, and all tasks in each, "
                                   "those of its task sets too"},
    [OPT_TAGS] = {.name = "tags",
                  .letter = 'T',
                  .type = OPTION_WORDS,
                  .value = "TAG...",
                  .group = TAGS,
                  .help = "run only the tasks that have one of these; all words up to the "
                          "next option are tags"},
    [OPT_EXCLUDE_TAGS] = {.name = "exclude-tags",
                          .letter = 'E',
                          .type = OPTION_WORDS,
                          .value = "TAG...",
                          .group = TAGS,
                          .help = "leave out the tasks that have one of these"},
    [OPT_PRINT_STATS] = {.run_alone = true,
                         .name = "print-stats",
                         .group = REPORTS,
                         .help = "print the table of statistics every two seconds"},
    [OPT_ONLY_SUMMARY] = {.run_alone = true,
                          .name = "only-summary",
                          .group = REPORTS,
                          .help = "print nothing of the statistics before the end"},
    [OPT_RESET_STATS] = {.run_alone = true,
                         .name = "reset-stats",
                         .group = REPORTS,
                         .help = "begin the statistics anew when all users are there"},
    [OPT_MAX_NAMES] = {.run_alone = true,
                       .name = "max-names",
                       .type = OPTION_INT,
                       .value = "N",
                       .preset = "1000",
                       .min = 1,
                       .max = 1000000,
                       .group = REPORTS,
                       .help = "names in the statistics; requests (and checks, and metrics) with "
                               "further ones are counted together, as \"(other)\""},
    [OPT_CSV] = {.run_alone = true,
                 .in_report = true,
                 .name = "csv",
                 .type = OPTION_TEXT,
                 .value = "PREFIX",
                 .group = REPORTS,
                 .help = "write PREFIX_stats.csv, PREFIX_stats_history.csv, PREFIX_failures.csv, "
                         "PREFIX_exceptions.csv and, of checks and metrics, PREFIX_metrics.csv; "
                         "folders are made"},
    [OPT_CSV_FULL_HISTORY] = {.run_alone = true,
                              .name = "csv-full-history",
                              .group = REPORTS,
                              .help = "each second of each entry in the history, not of the total "
                                      "alone; needs --csv"},
    [OPT_JSON] = {.run_alone = true,
                  .in_report = true,
                  .name = "json",
                  .group = REPORTS,
                  .help = "print the final statistics as JSON, and everything else to standard "
                          "error"},
    [OPT_JSON_FILE] = {.run_alone = true,
                       .in_report = true,
                       .name = "json-file",
                       .type = OPTION_TEXT,
                       .value = "NAME",
                       .group = REPORTS,
                       .help = "write the final statistics as JSON to NAME.json"},
    [OPT_HTML] = {.run_alone = true,
                  .in_report = true,
                  .name = "html",
                  .type = OPTION_TEXT,
                  .value = "FILE",
                  .group = REPORTS,
                  .help = "write the final report as one page, which opens without a network"},
    [OPT_HTML_SCRIPT] = {.run_alone = true,
                         .name = "html-script",
                         .group = REPORTS,
                         .help = "put the scripts' text into the page, and into --result's file; "
                                 "without it their names and hashes stand there"},
    [OPT_JUNIT] = {.run_alone = true,
                   .in_report = true,
                   .name = "junit",
                   .type = OPTION_TEXT,
                   .value = "FILE",
                   .group = REPORTS,
                   .help = "write a case for each threshold, and one for the run, as JUnit's XML"},
    [OPT_RESULT] = {.run_alone = true,
                    .in_report = true,
                    .name = "result",
                    .type = OPTION_TEXT,
                    .value = "FILE",
                    .group = REPORTS,
                    .help = "write all that is known of the run to FILE, as JSON: katydid report "
                            "makes any other report of it"},
    [OPT_MARKDOWN] = {.run_alone = true,
                      .in_report = true,
                      .name = "markdown",
                      .type = OPTION_TEXT,
                      .value = "FILE",
                      .group = REPORTS,
                      .help = "write a summary for a merge request or a job page, as Markdown"},
    [OPT_LOAD_PERFORMANCE] =
        {.run_alone = true,
         .in_report = true,
         .name = "load-performance",
         .type = OPTION_TEXT,
         .value = "FILE",
         .group = REPORTS,
         .help = "write what GitLab compares as a load_performance report, in the shape of k6"},
    [OPT_OPENMETRICS] =
        {.run_alone = true,
         .in_report = true,
         .name = "openmetrics",
         .type = OPTION_TEXT,
         .value = "FILE",
         .group = REPORTS,
         .help =
             "write the final figures as OpenMetrics text: what GitLab shows as a metrics report"},
    [OPT_GITHUB] = {.run_alone = true,
                    .in_report = true,
                    .name = "github",
                    .type = OPTION_CHOICE,
                    .value = "WHEN",
                    .preset = "auto",
                    .choices = github_when,
                    .n_choices = sizeof github_when / sizeof github_when[0],
                    .group = REPORTS,
                    .help = "print annotations for GitHub, and add the summary to "
                            "$GITHUB_STEP_SUMMARY: on, off, or auto, where GITHUB_ACTIONS is true"},
    [OPT_HDR] = {.run_alone = true,
                 .in_report = true,
                 .name = "hdr",
                 .type = OPTION_TEXT,
                 .value = "FILE",
                 .group = REPORTS,
                 .help = "write the histograms of each name for each ten seconds as a log of "
                         "HdrHistogram's (V2, compressed; microseconds)"},
    [OPT_HGRM] = {.run_alone = true,
                  .in_report = true,
                  .name = "hgrm",
                  .type = OPTION_TEXT,
                  .value = "PREFIX",
                  .group = REPORTS,
                  .help = "write percentiles for HdrHistogram's plotter: PREFIX_total.hgrm, and "
                          "PREFIX_METHOD_NAME.hgrm of each name (milliseconds)"},
    [OPT_EXIT_CODE_ON_ERROR] = {.in_report = true,
                                .name = "exit-code-on-error",
                                .type = OPTION_INT,
                                .value = "CODE",
                                .preset = "1",
                                .max = 255,
                                .group = REPORTS,
                                .help = "the exit code where requests failed or the script threw"},
    [OPT_PROMETHEUS] = {.run_alone = true,
                        .name = "prometheus",
                        .type = OPTION_TEXT,
                        .value = "[HOST:]PORT",
                        .group = LIVE,
                        .help =
                            "let Prometheus fetch the figures at http://HOST:PORT/metrics while "
                            "the run goes on; without HOST from this machine alone"},
    [OPT_LOG_REQUESTS] = {.run_alone = true,
                          .name = "log-requests",
                          .type = OPTION_TEXT,
                          .value = "FILE",
                          .group = LIVE,
                          .help = "write each request as a line: as JSON to FILE.jsonl (.ndjson, "
                                  ".json), as CSV to FILE.csv"},
    [OPT_THRESHOLD] = {.run_alone = true,
                       .in_report = true,
                       .name = "threshold",
                       .other_name = "thresholds",
                       .type = OPTION_TEXTS,
                       .adds_up = true,
                       .check = threshold_check,
                       .value = "'METRIC [of NAME] OP VALUE [for TIME] [abort]'",
                       .group = THRESHOLDS,
                       .help =
                           "what the run is to hold, such as 'p95 of GET /items < 300ms', "
                           "'fail_ratio < 1% for 10s abort' or k6's 'GET /items: p(95)<300'; may "
                           "be given several times, and adds to those of files and scripts"},
    [OPT_ALLOW_SATURATED] = {.run_alone = true,
                             .in_report = true,
                             .name = "allow-saturated",
                             .group = THRESHOLDS,
                             .help = "judge response times also where katydid was too busy itself "
                                     "for them to be the server's alone"},
    [OPT_OTLP] = {.run_alone = true,
                  .name = "otlp",
                  .type = OPTION_TEXT,
                  .value = "URL",
                  .group = LIVE,
                  .help =
                      "send the figures there by OpenTelemetry's protocol (HTTP, JSON) while the "
                      "run goes on; without a path to /v1/metrics; OTEL_EXPORTER_OTLP_HEADERS, "
                      "OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES count"},
    [OPT_OTLP_INTERVAL] = {.run_alone = true,
                           .name = "otlp-interval",
                           .type = OPTION_TIMESPAN,
                           .value = "TIME",
                           .preset = "10",
                           .group = LIVE,
                           .help = "how often --otlp sends"},
    [OPT_LOGLEVEL] = {.name = "loglevel",
                      .letter = 'L',
                      .type = OPTION_CHOICE,
                      .value = "LEVEL",
                      .preset = "INFO",
                      .choices = levels,
                      .n_choices = sizeof levels / sizeof levels[0],
                      .group = LOGS,
                      .help = "DEBUG, INFO, WARNING, ERROR or CRITICAL"},
    [OPT_LOGFILE] = {.name = "logfile",
                     .type = OPTION_TEXT,
                     .value = "FILE",
                     .group = LOGS,
                     .help = "append log lines to this file instead of standard error"},
    [OPT_SHOW_SECRETS] = {.name = "show-secrets",
                          .here_only = true,
                          .debug_alone = true,
                          .group = LOGS,
                          .help = "show passwords, tokens and cookies too"},
};

static bool is_script(const char *word)
{
    return str_ends(str_of(word), STR(".lua")) || strchr(word, '/') != NULL || file_is_folder(word);
}

/* Scripts move from the words to OPT_LOCUSTFILE. */
static void sort_words(struct options *o)
{
    size_t kept = 0;

    for (size_t i = 0; i < o->n_words; i++) {
        char *word = o->words[i];
        if (!is_script(word)) {
            o->words[kept++] = word;
            continue;
        }
        options_add(o, OPT_LOCUSTFILE, OPTION_COMMAND_LINE, word);
        free(word);
    }
    o->n_words = kept;
}

/* The user classes where the command line names none: between blanks, as Locust has them. */
static void read_user_classes(struct options *o, const char *names)
{
    struct str rest = str_of(names);

    while (rest.n > 0) {
        size_t end = strcspn(rest.p, " \t\n");
        if (end > 0)
            options_add_word(o, str_slice(rest, 0, end));
        rest = str_slice(rest, end < rest.n ? end + 1 : rest.n, rest.n);
    }
}

/* Where no script was named, one behind an unknown option is it: `katydid --quick shop.lua`. */
static void take_doubtful_scripts(struct options *o)
{
    size_t n;

    options_list(o, OPT_LOCUSTFILE, &n);
    for (size_t i = 0; n == 0 && i < o->n_doubtful; i++)
        if (is_script(o->doubtful[i]))
            options_add(o, OPT_LOCUSTFILE, OPTION_COMMAND_LINE, o->doubtful[i]);
}

static int read_files(struct options *o, const char *home, struct err *err)
{
    const char *named = options_text(o, OPT_CONFIG);
    char *in_home = home != NULL ? xasprintf("%s/.katydid.conf", home) : NULL;
    int rc = 0;

    if (in_home != NULL && file_exists(in_home))
        rc = options_file_read(o, in_home, OPTION_HOME_FILE, err);
    if (rc == 0 && file_exists("katydid.conf"))
        rc = options_file_read(o, "katydid.conf", OPTION_FOLDER_FILE, err);
    if (rc == 0 && named != NULL)
        rc = options_file_read(o, named, OPTION_NAMED_FILE, err);
    free(in_home);
    return rc;
}

int run_options_read(struct options *o, const struct run_line *line, struct err *err)
{
    char *(*get)(const char *name) = line->get;
    size_t n;

    o->takes_prefixes = line->takes_prefixes;
    if (options_read_arguments(o, line->argc, line->argv, err) < 0)
        return -1;
    sort_words(o);
    take_doubtful_scripts(o);
    if (options_flag(o, OPT_HELP) || options_flag(o, OPT_VERSION))
        return 0;
    if (o->n_words == 0 && get("KATYDID_USER_CLASSES") != NULL)
        read_user_classes(o, get("KATYDID_USER_CLASSES"));
    if (options_read_environment(o, get, err) < 0 || read_files(o, get("HOME"), err) < 0)
        return -1;
    options_list(o, OPT_LOCUSTFILE, &n);
    if (n == 0 && file_exists(SCRIPT_DEFAULT))
        options_add(o, OPT_LOCUSTFILE, OPTION_PRESET, SCRIPT_DEFAULT);
    return 0;
}

int run_options_check_scripts(const struct options *first, const struct options *second,
                              struct err *err)
{
    size_t n_first, n_second, i = 0;
    const char *const *a = options_list(first, OPT_LOCUSTFILE, &n_first);
    const char *const *b = options_list(second, OPT_LOCUSTFILE, &n_second);

    while (i < n_first && i < n_second && strcmp(a[i], b[i]) == 0)
        i++;
    if (i == n_first && i == n_second)
        return 0;
    return err_set(err, "'%s' stands behind an option that a script adds: name the scripts first",
                   i < n_second ? b[i] : a[i]);
}

bool run_options_only_look(const struct options *o)
{
    return options_flag(o, OPT_LIST) || options_flag(o, OPT_SHOW_TASK_RATIO) ||
           options_flag(o, OPT_SHOW_TASK_RATIO_JSON);
}

int run_options_check_command(const struct options *o, bool is_debug, struct err *err)
{
    for (size_t i = 0; i < o->n; i++) {
        if (o->values[i].rank != OPTION_COMMAND_LINE)
            continue;
        if (is_debug && o->table[i].run_alone)
            return err_set(err, "katydid debug takes no --%s: it runs one user", o->table[i].name);
        if (!is_debug && o->table[i].debug_alone)
            return err_set(err, "--%s is for katydid debug", o->table[i].name);
    }
    if (is_debug && o->n_words > 1)
        return err_set(err, "katydid debug runs one user: expected one class, got '%s' and '%s'",
                       o->words[0], o->words[1]);
    return 0;
}

int run_options_check_script(const struct options *o, struct err *err)
{
    size_t n;

    options_list(o, OPT_LOCUSTFILE, &n);
    if (n > 0)
        return 0;
    return err_set(err, "no script was named, and there is no " SCRIPT_DEFAULT
                        " here (katydid SCRIPT.lua --headless; katydid --help says more)");
}

int run_options_check(const struct options *o, struct err *err)
{
    if (run_options_check_script(o, err) < 0)
        return -1;
    if (options_flag(o, OPT_CSV_FULL_HISTORY) && options_text(o, OPT_CSV) == NULL)
        return err_set(err, "--csv-full-history needs --csv PREFIX");
    if (options_flag(o, OPT_HTML_SCRIPT) && options_text(o, OPT_HTML) == NULL &&
        options_text(o, OPT_RESULT) == NULL)
        return err_set(err, "--html-script needs --html FILE or --result FILE");
    if (!options_flag(o, OPT_HEADLESS) && !run_options_only_look(o))
        return err_set(err, "there is no web page yet: a run needs --headless");
    return 0;
}

const char **run_options_taken(size_t *n)
{
    static char letters[RUN_OPTIONS][2];
    const char **names = xcalloc(2 * (size_t)RUN_OPTIONS, sizeof *names);

    *n = 0;
    for (size_t i = 0; i < RUN_OPTIONS; i++) {
        names[(*n)++] = run_options[i].name;
        letters[i][0] = run_options[i].letter;
        if (letters[i][0] != '\0')
            names[(*n)++] = letters[i];
    }
    return names;
}

json_t *run_options_parsed(const struct options *o)
{
    json_t *all = options_json(o);
    json_t *classes = json_array();

    for (size_t i = 0; i < o->n_words; i++)
        json_array_append_new(classes, json_stringn_nocheck(o->words[i], strlen(o->words[i])));
    json_object_set_new(all, "user_classes", classes);
    return all;
}
