/* output -- whole texts to a descriptor: what a command prints. */
// SPDX-License-Identifier: MIT
#ifndef APP_OUTPUT_H
#define APP_OUTPUT_H

#include "base/err.h"
#include "base/str.h"

/* Writes all of it, as it is; waits where the reader is slow. */
int output_write(int fd, struct str text, struct err *err) ERR_CHECKED;

#endif
