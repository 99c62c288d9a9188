/*
 * buf -- bytes that grow, up to a limit.
 *
 * Always NUL-terminated behind the last byte once something was added. What buf_slice returns is
 * borrowed until the next change. Adding beyond the limit adds nothing and sets `overflowed`; from
 * then on nothing is added, so that what is there has no holes, until buf_clear. Without a limit (0)
 * the process ends when there is no memory.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *p;
    size_t n, capacity, limit;
    bool overflowed;
};

#define BUF_INIT             \
    {                        \
        NULL, 0, 0, 0, false \
    }

void buf_init(struct buf *b, size_t limit);
void buf_release(struct buf *b); /* empty again, and usable; the limit stays */
void buf_clear(struct buf *b);   /* empty, memory kept */
void buf_truncate(struct buf *b, size_t n);
void buf_reserve(struct buf *b, size_t more); /* room for `more` bytes without another allocation */

void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_add_cstr(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_add_many(struct buf *b, char c, size_t n);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_addv(struct buf *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

struct str buf_slice(const struct buf *b);
const char *buf_cstr(const struct buf *b); /* never NULL */
char *buf_detach(struct buf *b);           /* never NULL; the caller owns it; b is empty again */

#endif
