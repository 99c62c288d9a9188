/* request_log -- each request of a run as a line of a file. */
// SPDX-License-Identifier: MIT
#include "export/request_log.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "loop/timer.h"
#include "report/json_text.h"

#define LOGGER "katydid.main"
#define FLUSH_NS NS_PER_S
#define FLUSH_BYTES (256 << 10)

enum format { FORMAT_UNKNOWN, FORMAT_JSON, FORMAT_CSV };

struct request_log {
    struct loop *loop;
    struct hooks *hooks;
    enum format format;
    struct growing_file *file; /* NULL: it has failed, or is closed */
    struct buf lines, text;    /* not yet written; a field that is made */
    struct timer flush;        /* started while there are lines */
};

static enum format format_of(struct str path)
{
    if (str_ends(path, STR(".csv")))
        return FORMAT_CSV;
    if (str_ends(path, STR(".jsonl")) || str_ends(path, STR(".ndjson")) ||
        str_ends(path, STR(".json")))
        return FORMAT_JSON;
    return FORMAT_UNKNOWN;
}

int request_log_check(const char *path, struct err *err)
{
    if (format_of(str_of(path)) == FORMAT_UNKNOWN)
        return err_set(err, "expected a name that ends in .jsonl, .ndjson, .json or .csv, got '%s'",
                       path);
    return file_check_writable(path, err);
}

/* "2026-11-21T18:02:49.123456Z" */
static void add_time(struct buf *out, double wall_s)
{
    int64_t us = llround(wall_s * 1e6);
    time_t at = us / 1000000;
    struct tm utc;

    gmtime_r(&at, &utc);
    buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", utc.tm_year + 1900, utc.tm_mon + 1,
             utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, (int)(us % 1000000));
}

static void add_json(struct request_log *log, const struct hook *what, double start_s)
{
    static const struct request_detail none = {.status = 0};
    const struct request_detail *d =
        what->u.request.detail != NULL ? what->u.request.detail : &none;
    struct buf *out = &log->lines;

    buf_add_cstr(out, "{\"time\":\"");
    add_time(out, start_s);
    buf_add_cstr(out, "\",\"request_type\":");
    json_text_add_string(out, what->u.request.method);
    buf_add_cstr(out, ",\"name\":");
    json_text_add_string(out, what->u.request.name);
    buf_add_cstr(out, ",\"url\":");
    json_text_add_string(out, d->url);
    buf_addf(out, ",\"status\":%d", d->status);
    if (what->u.request.timed)
        buf_addf(out, ",\"response_time\":%.3f", what->u.request.ms);
    else
        buf_add_cstr(out, ",\"response_time\":null");
    buf_addf(out, ",\"response_length\":%" PRIu64 ",\"exception\":", what->u.request.length);
    if (what->u.request.failure.n > 0)
        json_text_add_string(out, what->u.request.failure);
    else
        buf_add_cstr(out, "null");
    buf_add_cstr(out, ",\"user\":");
    json_text_add_string(out, d->user_class);
    buf_addf(out, ",\"user_id\":%" PRIu64 "}\n", d->user_id);
}

/* Made visible, so that a row is a line. */
static void add_csv_field(struct request_log *log, struct str foreign)
{
    buf_clear(&log->text);
    text_add_visible(&log->text, foreign, false);
    text_add_csv(&log->lines, buf_slice(&log->text));
    buf_add_char(&log->lines, ',');
}

static void add_csv(struct request_log *log, const struct hook *what, double start_s)
{
    static const struct request_detail none = {.status = 0};
    const struct request_detail *d =
        what->u.request.detail != NULL ? what->u.request.detail : &none;
    struct buf *out = &log->lines;

    add_time(out, start_s);
    buf_add_char(out, ',');
    add_csv_field(log, what->u.request.method);
    add_csv_field(log, what->u.request.name);
    add_csv_field(log, d->url);
    buf_addf(out, "%d,", d->status);
    if (what->u.request.timed)
        buf_addf(out, "%.3f", what->u.request.ms);
    buf_addf(out, ",%" PRIu64 ",", what->u.request.length);
    add_csv_field(log, what->u.request.failure);
    add_csv_field(log, d->user_class);
    buf_addf(out, "%" PRIu64 "\r\n", d->user_id);
}

static void on_request(void *self, const struct hook *what);

static void close_file(struct request_log *log)
{
    if (log->file == NULL)
        return;
    timer_cancel(log->loop, &log->flush);
    hooks_remove(log->hooks, HOOK_REQUEST, on_request, log);
    growing_file_close(log->file);
    log->file = NULL;
}

static void write_lines(struct request_log *log)
{
    struct err err = ERR_INIT;
    struct buf at = BUF_INIT;

    if (log->file == NULL || log->lines.n == 0)
        return;
    int rc = growing_file_append(log->file, buf_slice(&log->lines), &err);
    buf_clear(&log->lines);
    if (rc == 0)
        return;
    text_add_utc(&at, clock_wall_s(loop_clock(log->loop)));
    log_error(LOGGER, "--log-requests: %s. It ends before %s", err.text, buf_cstr(&at));
    buf_release(&at);
    close_file(log);
}

static void flush_is_due(void *self)
{
    write_lines(self);
}

static void on_request(void *self, const struct hook *what)
{
    struct request_log *log = self;
    double end_s =
        what->u.request.at_s != 0 ? what->u.request.at_s : clock_wall_s(loop_clock(log->loop));
    double start_s = end_s - (what->u.request.timed ? what->u.request.ms / 1e3 : 0);

    if (log->format == FORMAT_CSV)
        add_csv(log, what, start_s);
    else
        add_json(log, what, start_s);
    if (log->lines.n >= FLUSH_BYTES)
        write_lines(log);
    else if (!timer_is_started(&log->flush))
        timer_start(log->loop, &log->flush, FLUSH_NS);
}

struct request_log *request_log_new(const char *path, struct loop *loop, struct hooks *hooks,
                                    struct err *err)
{
    struct growing_file *file;

    if (request_log_check(path, err) < 0)
        return NULL;
    file = growing_file_open(path, true, err);
    if (file == NULL)
        return NULL;
    struct request_log *log = xcalloc(1, sizeof *log);
    log->loop = loop;
    log->hooks = hooks;
    log->format = format_of(str_of(path));
    log->file = file;
    timer_init(&log->flush, flush_is_due, log);
    if (log->format == FORMAT_CSV)
        buf_add_cstr(&log->lines, "time,request_type,name,url,status,response_time,"
                                  "response_length,exception,user,user_id\r\n");
    hooks_add(hooks, HOOK_REQUEST, on_request, log);
    return log;
}

void request_log_finish(struct request_log *log)
{
    if (log == NULL)
        return;
    write_lines(log);
    close_file(log);
}

void request_log_free(struct request_log *log)
{
    if (log == NULL)
        return;
    close_file(log);
    buf_release(&log->lines);
    buf_release(&log->text);
    free(log);
}
