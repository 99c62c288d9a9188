/* log -- lines for people. */
// SPDX-License-Identifier: MIT
#include "base/log.h"

#include "base/buf.h"
#include "base/nearest.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LEVELS 5

static const char *const level_names[LEVELS] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};

// Where lines go is a matter of the process, so these are the process's.
static enum log_level lowest = LOG_INFO;
static int file_fd = -1;
static struct {
    void (*before)(void *self);
    void (*after)(void *self);
    void *self;
} around;
static struct {
    void (*line)(void *self, struct str line);
    void *self;
} sink;

int log_level_parse(struct str s, enum log_level *level, struct err *err)
{
    for (int i = 0; i < LEVELS; i++) {
        if (str_equal_nocase(s, str_of(level_names[i]))) {
            *level = (enum log_level)i;
            return 0;
        }
    }
    struct buf got = BUF_INIT;
    text_add_visible(&got, str_slice(s, 0, 80), false);
    const char *near = nearest_name(s, level_names, LEVELS);
    err_set(err, "expected DEBUG, INFO, WARNING, ERROR or CRITICAL, got '%s'%s%s%s", buf_cstr(&got),
            near != NULL ? "; did you mean " : "", near != NULL ? near : "",
            near != NULL ? "?" : "");
    buf_release(&got);
    return -1;
}

void log_set_level(enum log_level level)
{
    lowest = level;
}

bool log_is_on(enum log_level level)
{
    return level >= lowest;
}

int log_open_file(const char *path, struct err *err)
{
    int fd = -1;
    if (path != NULL) {
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (fd < 0)
            return err_set(err, "%s: %s", path, strerror(errno));
    }
    log_close();
    file_fd = fd;
    return 0;
}

void log_close(void)
{
    if (file_fd >= 0)
        close(file_fd);
    file_fd = -1;
}

void log_set_around(void (*before)(void *self), void (*after)(void *self), void *self)
{
    around.before = before;
    around.after = after;
    around.self = self;
}

void log_set_sink(void (*line)(void *self, struct str line), void *self)
{
    sink.line = line;
    sink.self = self;
}

/* What can't be written is lost: there is nobody left to tell. */
static void write_all(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n > 0) {
            bytes = str_slice(bytes, (size_t)n, bytes.n);
        } else if (errno == EAGAIN) {
            // The terminal was made non-blocking by someone who shares it.
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

/* To the terminal, where a progress line may stand. */
static void write_around(int fd, struct str bytes)
{
    if (around.before != NULL)
        around.before(around.self);
    write_all(fd, bytes);
    if (around.after != NULL)
        around.after(around.self);
}

static void add_head(struct buf *line, enum log_level level, const char *logger)
{
    struct timespec now;
    struct tm local = {0};
    char host[HOST_NAME_MAX + 1] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &local);
    gethostname(host, sizeof(host) - 1);
    struct str name = str_of(host);
    name.n = str_index(name, '.');
    buf_addf(line, "[%04d-%02d-%02d %02d:%02d:%02d,%03d] %.*s/%s/%s: ", local.tm_year + 1900,
             local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec,
             (int)(now.tv_nsec / 1000000), STR_ARG(name), level_names[level], logger);
}

void log_text(enum log_level level, const char *logger, struct str message)
{
    if (!log_is_on(level))
        return;
    struct buf line = BUF_INIT, visible = BUF_INIT;
    add_head(&line, level, logger);
    text_add_visible(&visible, message, true);
    text_add_tame(&line, buf_slice(&visible));
    buf_release(&visible);
    if (sink.line != NULL) {
        sink.line(sink.self, buf_slice(&line));
    } else {
        buf_add_char(&line, '\n');
        if (file_fd >= 0)
            write_all(file_fd, buf_slice(&line));
        else
            write_around(STDERR_FILENO, buf_slice(&line));
    }
    buf_release(&line);
}

void log_line(enum log_level level, const char *logger, const char *format, ...)
{
    if (!log_is_on(level))
        return;
    struct buf message = BUF_INIT;
    va_list args;
    va_start(args, format);
    buf_addv(&message, format, args);
    va_end(args);
    log_text(level, logger, buf_slice(&message));
    buf_release(&message);
}

void log_print(struct str text, bool to_stderr)
{
    struct buf line = BUF_INIT;
    if (str_ends(text, STR("\n")))
        text.n--;
    text_add_visible(&line, text, true);
    if (sink.line != NULL) {
        sink.line(sink.self, buf_slice(&line));
    } else {
        buf_add_char(&line, '\n');
        fflush(to_stderr ? stderr : stdout);
        write_around(to_stderr ? STDERR_FILENO : STDOUT_FILENO, buf_slice(&line));
    }
    buf_release(&line);
}
