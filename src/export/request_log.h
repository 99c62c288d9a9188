/*
 * request_log -- each request of a run as a line of a file (`--log-requests`): JSON or CSV, by its name.
 *
 * The fields are those of Locust's request event, with the status and who made it. Lines are collected
 * for a second at most, or until there are many, and appended whole: so the file is whole up to the last
 * second even where the process is killed. A disk that is full costs this file alone; it is said, and
 * nothing more is written to it.
 */
// SPDX-License-Identifier: MIT
#ifndef EXPORT_REQUEST_LOG_H
#define EXPORT_REQUEST_LOG_H

#include "base/err.h"
#include "loop/loop.h"
#include "run/hooks.h"

struct request_log;

/* Whether the name says how: .jsonl, .ndjson and .json are JSON lines, .csv is CSV; and whether the file
 * can be written. */
int request_log_check(const char *path, struct err *err) ERR_CHECKED;

/* Begins the file anew, and listens from now on. Loop and hooks are borrowed for its life. NULL: it can't
 * be opened. */
struct request_log *request_log_new(const char *path, struct loop *loop, struct hooks *hooks,
                                    struct err *err);
/* Writes what is left; nothing is written afterwards. NULL is fine. */
void request_log_finish(struct request_log *log);
void request_log_free(struct request_log *log); /* NULL is fine */

#endif
