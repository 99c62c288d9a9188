/* reports -- see reports.h. */
// SPDX-License-Identifier: MIT
#include "app/reports.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/annotate.h"
#include "app/output.h"
#include "app/run_options.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "loop/signal.h"
#include "report/console.h"
#include "report/csv.h"
#include "report/hdr.h"
#include "report/hgrm.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/load_performance.h"
#include "report/markdown.h"
#include "report/openmetrics.h"
#include "report/progress.h"
#include "report/result_file.h"
#include "report/threshold_table.h"

#define LOGGER "katydid.main"
#define TABLE_INTERVAL 2 /* seconds, as Locust's */

struct reports {
    const struct options *options;
    const struct clock *clock;
    struct stats *stats;
    int tables_fd; /* where tables go */
    unsigned seconds;
    bool is_over;              /* the final table comes instead of the periodic one */
    struct csv *csv;           /* NULL: none */
    struct progress *progress; /* NULL: none */
    struct signal_watch resized;
};

/* Files that are made of a result alone. */
static const struct {
    enum run_option option;
    const char *what;                                          /* "The WHAT is missing" */
    void (*add)(struct buf *out, const struct result *result); /* NULL: it is several files */
    int (*write)(const char *prefix, const struct result *result, struct err *err);
} files[] = {
    {OPT_HTML, "HTML report", html_add, NULL},
    {OPT_JUNIT, "JUnit file", junit_add, NULL},
    {OPT_RESULT, "result file", result_file_add, NULL},
    {OPT_HDR, "HdrHistogram log", hdr_add_log, NULL},
    {OPT_HGRM, "file of percentiles", NULL, hgrm_write},
    {OPT_MARKDOWN, "Markdown file", markdown_add, NULL},
    {OPT_LOAD_PERFORMANCE, "load-performance file", load_performance_add, NULL},
    {OPT_OPENMETRICS, "OpenMetrics file", openmetrics_add_result, NULL},
};
#define FILES (sizeof files / sizeof files[0])

static int tables_fd(const struct options *o)
{
    return options_flag(o, OPT_JSON) ? STDERR_FILENO : STDOUT_FILENO;
}

bool reports_want_slots(const struct options *o)
{
    return options_text(o, OPT_RESULT) != NULL || options_text(o, OPT_HTML) != NULL ||
           options_text(o, OPT_HDR) != NULL;
}

/* "NAME.json", of a NAME that may have it already; the caller owns it. NULL: not asked for. */
static char *json_path(const struct options *o)
{
    const char *name = options_text(o, OPT_JSON_FILE);

    if (name == NULL)
        return NULL;
    return str_ends(str_of(name), STR(".json")) ? xstrdup(name) : xasprintf("%s.json", name);
}

static int check_place(const char *option, char *path, struct err *err)
{
    int rc = 0;

    if (path != NULL && file_check_writable(path, err) < 0) {
        err_prefix(err, "%s", option);
        rc = -1;
    }
    free(path);
    return rc;
}

static int check_files(const struct options *o, struct err *err)
{
    for (size_t i = 0; i < FILES; i++) {
        const char *path = options_text(o, files[i].option);
        if (path != NULL && file_check_writable(path, err) < 0) {
            err_prefix(err, "--%s", o->table[files[i].option].name);
            return -1;
        }
    }
    return 0;
}

int reports_check(const struct options *o, struct err *err)
{
    const char *prefix = options_text(o, OPT_CSV);
    char *csv_path = prefix != NULL ? xasprintf("%s_stats.csv", prefix) : NULL;

    if (check_place("--csv", csv_path, err) < 0)
        return -1;
    if (check_place("--json-file", json_path(o), err) < 0)
        return -1;
    return check_files(o, err);
}

static void print_table(struct reports *r)
{
    struct buf table = BUF_INIT, tame = BUF_INIT;
    struct style style = style_of(r->tables_fd);

    style.has_colours = false; // the log makes them visible
    console_add_stats(&table, r->stats, &style, true, clock_wall_s(r->clock));
    buf_add_char(&table, '\n');
    text_add_tame(&tame, buf_slice(&table));
    log_print(buf_slice(&tame), r->tables_fd == STDERR_FILENO);
    buf_release(&tame);
    buf_release(&table);
}

static void on_test_start(void *self, const struct hook *what)
{
    struct reports *r = self;

    (void)what;
    r->seconds = 0;
    r->is_over = false;
    print_table(r);
}

static void on_second(void *self, const struct hook *what)
{
    struct reports *r = self;

    (void)what;
    if (!r->is_over && ++r->seconds % TABLE_INTERVAL == 0)
        print_table(r);
}

static void on_test_stop(void *self, const struct hook *what)
{
    struct reports *r = self;

    (void)what;
    r->is_over = true;
}

static void on_resized(void *self, int number)
{
    struct reports *r = self;

    (void)number;
    progress_resized(r->progress);
}

struct reports *reports_new(const struct options *o, const struct clock *clock, struct stats *stats,
                            struct runner *runner, struct hooks *hooks, struct err *err)
{
    struct reports *r = xcalloc(1, sizeof *r);
    const char *prefix = options_text(o, OPT_CSV);
    bool is_quiet = options_flag(o, OPT_ONLY_SUMMARY);

    r->options = o;
    r->clock = clock;
    r->stats = stats;
    r->tables_fd = tables_fd(o);
    signal_watch_init(&r->resized, on_resized, r);
    if (prefix != NULL) {
        r->csv = csv_new(prefix, options_flag(o, OPT_CSV_FULL_HISTORY), stats, runner, hooks, err);
        if (r->csv == NULL) {
            err_prefix(err, "--csv");
            free(r);
            return NULL;
        }
    }
    if (!is_quiet)
        r->progress = progress_new(stats, runner, hooks, STDERR_FILENO);
    if (!is_quiet && options_flag(o, OPT_PRINT_STATS)) {
        hooks_add(hooks, HOOK_TEST_START, on_test_start, r);
        hooks_add(hooks, HOOK_SECOND, on_second, r);
        hooks_add(hooks, HOOK_TEST_STOP, on_test_stop, r);
    }
    return r;
}

void reports_follow_terminal(struct reports *r, struct loop *loop)
{
    if (r->progress != NULL)
        signal_watch_start(loop, &r->resized, SIGWINCH);
}

static void end_progress(struct reports *r)
{
    if (r->progress == NULL)
        return;
    signal_watch_cancel(&r->resized);
    progress_free(r->progress);
    r->progress = NULL;
}

static void write_tables(const struct options *o, const struct result *result)
{
    struct buf text = BUF_INIT, tame = BUF_INIT;
    struct err err = ERR_INIT;
    int fd = tables_fd(o);
    struct style style = style_of(fd);

    console_add_summary(&text, result->stats, &style, result->ended_s);
    threshold_table_add(&text, result->thresholds, result->n_thresholds, &style);
    if (result->n_runs > 1)
        buf_addf(&text, "Merged of %u results\n", result->n_runs);
    else
        buf_addf(&text,
                 "Seed %" PRIu64 " (--seed %" PRIu64 " draws the same random numbers again)\n",
                 result->seed, result->seed);
    if (*result->profile != '\0') {
        buf_add_cstr(&text, "Profile ");
        text_add_visible(&text, str_of(result->profile), true);
        buf_add_char(&text, '\n');
    }
    text_add_tame(&tame, buf_slice(&text));
    if (output_write(fd, buf_slice(&tame), &err) < 0)
        log_error(LOGGER, "The tables are incomplete: %s", err.text);
    buf_release(&tame);
    buf_release(&text);
}

static void write_json(const struct options *o, const struct result *result)
{
    struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    char *path = json_path(o);
    bool wants_output = options_flag(o, OPT_JSON);

    if (path != NULL || wants_output)
        json_add_stats(&text, result->stats);
    if (wants_output && output_write(STDOUT_FILENO, buf_slice(&text), &err) < 0)
        log_error(LOGGER, "The JSON is incomplete: %s", err.text);
    err_clear(&err);
    if (path != NULL && file_write(path, buf_slice(&text), &err) < 0)
        log_error(LOGGER, "The JSON file is missing: %s", err.text);
    free(path);
    buf_release(&text);
}

static int write_file(size_t i, const char *path, const struct result *result, struct err *err)
{
    return files[i].add != NULL ? result_write(path, result, files[i].add, err)
                                : files[i].write(path, result, err);
}

static void write_files(const struct options *o, const struct result *result)
{
    for (size_t i = 0; i < FILES; i++) {
        const char *path = options_text(o, files[i].option);
        struct err err = ERR_INIT;
        if (path != NULL && write_file(i, path, result, &err) < 0)
            log_error(LOGGER, "The %s is missing: %s", files[i].what, err.text);
    }
}

void reports_write(const struct options *o, const struct result *result)
{
    write_tables(o, result);
    write_json(o, result);
    write_files(o, result);
    if (annotate_is_on(o, getenv))
        annotate(result, tables_fd(o), getenv);
}

void reports_finish(struct reports *r, const struct result *result)
{
    end_progress(r);
    if (r->csv != NULL)
        csv_finish(r->csv);
    reports_write(r->options, result);
}

void reports_free(struct reports *r)
{
    if (r == NULL)
        return;
    end_progress(r);
    if (r->csv != NULL)
        csv_free(r->csv);
    free(r);
}
