/*
 * log -- lines for people: `[YYYY-MM-DD HH:MM:SS,mmm] HOST/LEVEL/LOGGER: message`, as Locust has them.
 *
 * To standard error, or to a file. The message is made visible (text_add_visible, lines kept), so
 * that what a server sent can't steer a terminal, and tame (text_add_tame), so that it commands no CI
 * system. The only module with state of its own: where a
 * line goes is a matter of the process.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_CRITICAL };

/* Any case. */
int log_level_parse(struct str s, enum log_level *level, struct err *err) ERR_CHECKED;
void log_set_level(enum log_level level);
bool log_is_on(enum log_level level);

/* Appends to this file instead of standard error (NULL: standard error again). */
int log_open_file(const char *path, struct err *err) ERR_CHECKED;
void log_close(void);

/* Called around each line that goes to the terminal (standard error; standard output too, from
 * log_print), so that a progress line can make room and come back. Both may be NULL. */
void log_set_around(void (*before)(void *self), void (*after)(void *self), void *self);

/* Where lines go in tests, without their line feed, instead of a descriptor; NULL: as before. */
void log_set_sink(void (*line)(void *self, struct str line), void *self);

/* `logger` is a dotted name ("katydid.runners"). */
void log_line(enum log_level level, const char *logger, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void log_text(enum log_level level, const char *logger, struct str message);

#define log_debug(logger, ...)                        \
    do {                                              \
        if (log_is_on(LOG_DEBUG))                     \
            log_line(LOG_DEBUG, logger, __VA_ARGS__); \
    } while (0)
#define log_info(logger, ...) log_line(LOG_INFO, logger, __VA_ARGS__)
#define log_warning(logger, ...) log_line(LOG_WARNING, logger, __VA_ARGS__)
#define log_error(logger, ...) log_line(LOG_ERROR, logger, __VA_ARGS__)

/* A whole text above the progress line, as it is (made visible, lines kept; a line feed at its end
 * where it has none): what scripts print. To standard output, or to standard error where
 * `to_stderr`. */
void log_print(struct str text, bool to_stderr);

#endif
