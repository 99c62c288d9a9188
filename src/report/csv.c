/* csv -- Locust's four files, and one of checks and metrics. */
// SPDX-License-Identifier: MIT
#include "report/csv.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

#define LOGGER "katydid.stats"
#define NAMES_A_SECOND 1000 /* so many rows may be written in each second of a run */

/* A file that is replaced whole. */
struct table {
    char *path;
    void (*add)(struct buf *out, const struct stats *s);
    bool has_failed; /* the last time; it has been said */
};

#define TABLES 4
#define METRICS 3 /* the one that is there only where there are checks or metrics */

struct csv {
    struct stats *stats;
    struct runner *runner;
    bool is_full;
    double start_s; /* wall time; 0 before the test */
    unsigned seconds_left;
    struct table tables[TABLES];
    char *history_path;
    struct growing_file *history; /* NULL where it has failed, or is closed */
    bool history_failed;
    uint64_t written_requests; /* by the last row of the history */
    struct buf text;           /* what is about to be written */
};

unsigned csv_interval_s(size_t n_entries)
{
    return 1 + (unsigned)(n_entries / NAMES_A_SECOND);
}

static double wall_s(const struct csv *c)
{
    return c->start_s + runner_run_time_s(c->runner);
}

/* What fails in the run may be mended before its end: only at the end it is certain what is missing. */
static void write_table(struct csv *c, struct table *t, bool is_last)
{
    struct err err = ERR_INIT;
    buf_clear(&c->text);
    t->add(&c->text, c->stats);
    bool failed = file_write(t->path, buf_slice(&c->text), &err) < 0;
    if (failed && is_last)
        log_error(LOGGER, "%s. It shows an earlier state, not the end of the run", err.text);
    else if (failed && !t->has_failed)
        log_error(LOGGER, "%s. It keeps its last state until it can be written again", err.text);
    t->has_failed = failed;
}

/* A file that an earlier run left, or this one began, would else tell of what isn't so. */
static bool is_wanted(const struct csv *c, size_t table)
{
    return table != METRICS || c->stats->metrics.last_s > 0 || file_exists(c->tables[table].path);
}

static void write_tables(struct csv *c, bool is_last)
{
    c->seconds_left = csv_interval_s(c->stats->n_entries + HASH_COUNT(c->stats->metrics.all));
    for (size_t i = 0; i < TABLES; i++) {
        if (is_wanted(c, i))
            write_table(c, &c->tables[i], is_last);
    }
}

static void append_history(struct csv *c)
{
    if (c->history == NULL)
        return;
    struct err err = ERR_INIT;
    double now_s = wall_s(c);
    buf_clear(&c->text);
    csv_add_history(&c->text, c->stats, runner_user_count(c->runner), c->is_full, now_s);
    c->written_requests = c->stats->total->requests;
    if (growing_file_append(c->history, buf_slice(&c->text), &err) == 0)
        return;
    struct buf since = BUF_INIT;
    text_add_utc(&since, now_s);
    log_error(LOGGER, "%s. It ends before %s", err.text, buf_cstr(&since));
    buf_release(&since);
    growing_file_close(c->history);
    c->history = NULL;
    c->history_failed = true;
}

static void on_test_start(void *self, const struct hook *what)
{
    struct csv *c = self;
    (void)what;
    c->start_s = c->stats->total->start_s;
    append_history(c);
    write_tables(c, false);
}

static void on_second(void *self, const struct hook *what)
{
    struct csv *c = self;
    (void)what;
    append_history(c);
    if (--c->seconds_left == 0)
        write_tables(c, false);
}

/* Every file is written once, so that a bad place is found before the run. */
static int open_files(struct csv *c, struct err *err)
{
    for (size_t i = 0; i < TABLES; i++) {
        if (!is_wanted(c, i))
            continue;
        buf_clear(&c->text);
        c->tables[i].add(&c->text, c->stats);
        if (file_make_parents(c->tables[i].path, err) < 0 ||
            file_write(c->tables[i].path, buf_slice(&c->text), err) < 0)
            return -1;
    }
    buf_clear(&c->text);
    csv_add_history_header(&c->text);
    c->history = growing_file_open(c->history_path, true, err);
    return c->history != NULL ? growing_file_append(c->history, buf_slice(&c->text), err) : -1;
}

struct csv *csv_new(const char *prefix, bool full_history, struct stats *s, struct runner *r,
                    struct hooks *hooks, struct err *err)
{
    struct csv *c = xcalloc(1, sizeof *c);
    c->stats = s;
    c->runner = r;
    c->is_full = full_history;
    c->seconds_left = 1;
    c->history_path = xasprintf("%s_stats_history.csv", prefix);
    c->tables[0] = (struct table){xasprintf("%s_stats.csv", prefix), csv_add_stats, false};
    c->tables[1] = (struct table){xasprintf("%s_failures.csv", prefix), csv_add_failures, false};
    c->tables[2] =
        (struct table){xasprintf("%s_exceptions.csv", prefix), csv_add_exceptions, false};
    c->tables[METRICS] =
        (struct table){xasprintf("%s_metrics.csv", prefix), csv_add_metrics, false};
    if (open_files(c, err) < 0) {
        csv_free(c);
        return NULL;
    }
    hooks_add(hooks, HOOK_TEST_START, on_test_start, c);
    hooks_add(hooks, HOOK_SECOND, on_second, c);
    return c;
}

bool csv_finish(struct csv *c)
{
    // The last second is seldom a whole one: what came in it is still missing in the history.
    if (c->start_s > 0 && c->stats->total->requests != c->written_requests)
        append_history(c);
    growing_file_close(c->history);
    c->history = NULL;
    write_tables(c, true);
    bool is_whole = !c->history_failed;
    for (size_t i = 0; i < TABLES; i++)
        is_whole = is_whole && !c->tables[i].has_failed;
    return is_whole;
}

void csv_free(struct csv *c)
{
    if (c == NULL)
        return;
    growing_file_close(c->history);
    for (size_t i = 0; i < TABLES; i++)
        free(c->tables[i].path);
    free(c->history_path);
    buf_release(&c->text);
    free(c);
}

static int write_file(const char *prefix, const char *name, struct buf *text, struct err *err)
{
    char *path = xasprintf("%s_%s.csv", prefix, name);
    int rc = file_make_parents(path, err);
    if (rc == 0)
        rc = file_write(path, buf_slice(text), err);
    free(path);
    buf_clear(text);
    return rc;
}

int csv_write(const char *prefix, const struct stats *s, struct err *err)
{
    static const struct {
        const char *name;
        void (*add)(struct buf *out, const struct stats *s);
    } tables[] = {{"stats", csv_add_stats},
                  {"failures", csv_add_failures},
                  {"exceptions", csv_add_exceptions},
                  {"metrics", csv_add_metrics}};
    struct buf text = BUF_INIT;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < TABLES; i++) {
        if (i == METRICS && s->metrics.last_s == 0)
            continue;
        tables[i].add(&text, s);
        rc = write_file(prefix, tables[i].name, &text, err);
    }
    csv_add_history_header(&text);
    for (size_t i = 0; i < s->history.n; i++)
        csv_add_history_sample(&text, &s->history.samples[i]);
    if (rc == 0)
        rc = write_file(prefix, "stats_history", &text, err);
    buf_release(&text);
    return rc;
}
