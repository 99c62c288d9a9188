/*
 * file -- whole files: read with a limit; write whole or not at all.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

/* Adds the file's bytes to `out`; more than `limit` of them is an error. Errors name the path. */
int file_read(const char *path, struct buf *out, size_t limit, struct err *err) ERR_CHECKED;

/* Writes beside the target under a temporary name, then renames: a reader sees the old file or the
 * new, and a full disk leaves the old one. What is no ordinary file (/dev/stdout) is written to. */
int file_write(const char *path, struct str content, struct err *err) ERR_CHECKED;

/* Makes the folders above `path` (not `path` itself). */
int file_make_parents(const char *path, struct err *err) ERR_CHECKED;

/* Whether `path` can be written: makes its parents, and opens it for appending (made if absent, and
 * removed again if so). */
int file_check_writable(const char *path, struct err *err) ERR_CHECKED;

bool file_exists(const char *path); /* of any kind */
bool file_is_folder(const char *path);

/* A file that grows: whole lines are appended, each call is one write(2). */
struct growing_file;
struct growing_file *growing_file_open(const char *path, bool truncate, struct err *err);
/* On failure nothing of them stands in the file. */
int growing_file_append(struct growing_file *f, struct str lines, struct err *err) ERR_CHECKED;
void growing_file_close(struct growing_file *f); /* NULL is fine */

#endif
