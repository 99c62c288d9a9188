/*
 * options_file -- katydid.conf: options as lines of a file, as Locust reads its own.
 *
 * `key = value`, `key: value`, `key value` or `--key value`; a key alone is a flag that is set. Blank
 * lines and lines that begin with #, ;, [ or --- count for nothing. A value may stand in quotes;
 * without them " #" and " ;" begin a remark, and no value at all counts as not set. [a, b] is a list.
 */
// SPDX-License-Identifier: MIT
#ifndef APP_OPTIONS_FILE_H
#define APP_OPTIONS_FILE_H

#include "app/options.h"
#include "base/err.h"
#include "base/str.h"

#include <stddef.h>

#define OPTIONS_FILE_LIMIT (1024 * 1024) /* bytes */

/* Reads the file at `path`, as TOML (options_toml) where its name ends in .toml; errors say
 * PATH:LINE. An unknown key is one. */
int options_file_read(struct options *o, const char *path, enum option_rank rank,
                      struct err *err) ERR_CHECKED;

/* The same of a text; `path` is for the errors alone. */
int options_file_read_text(struct options *o, struct str text, const char *path,
                           enum option_rank rank, struct err *err) ERR_CHECKED;

/* The row of a key that may stand in a file; else an error, with the nearest one. SIZE_MAX where what
 * is unknown is passed over. */
int options_file_find(struct options *o, struct str key, size_t *which,
                      struct err *err) ERR_CHECKED;

#endif
