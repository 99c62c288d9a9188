/*
 * result_file -- all that is known of a run, as a file (`--result`): written, and read again.
 *
 * JSON; src/report/RESULT.md says what stands in it. What is read and written again is the same, byte
 * for byte; and every report made of a result that was read is the one that the run itself made.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_RESULT_FILE_H
#define REPORT_RESULT_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "report/result.h"

#define RESULT_FILE_SCHEMA 1           /* raised when a field means something else than before */
#define RESULT_FILE_LIMIT (256u << 20) /* bytes that are read at most */

void result_file_add(struct buf *out, const struct result *r);

/* The result owns its statistics. NULL, and what is wrong with which field, where the text is no
 * result, or one of a newer schema. */
struct result *result_file_parse(struct str text, struct err *err);
/* The same; errors name the file. */
struct result *result_file_read(const char *path, struct err *err);

#endif
