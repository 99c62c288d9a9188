/*
 * err -- why an expected thing failed.
 *
 * A function that can fail for reasons outside the program (a file, an option, a script, a peer)
 * returns -1 or NULL and fills the `struct err` that its caller gave as the last argument. The
 * first error wins: what failed first is what the user wants to read.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

struct err {
    char text[2048]; /* no full stop; empty: nothing failed */
};

#define ERR_INIT \
    {            \
        ""       \
    }

#define ERR_CHECKED __attribute__((warn_unused_result))

/* Sets the text unless one is set already (NULL is fine: nobody wants to know). Always returns -1,
 * so that `return err_set(err, ...)` reads as it means. */
int err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before a text that is set: a caller knows the place, a callee the cause. */
void err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool err_is_set(const struct err *err);
void err_clear(struct err *err);

/* A broken promise of our own code: says where, and aborts; also under NDEBUG. */
#define BUG(text) err_bug(__FILE__, __LINE__, text)
_Noreturn void err_bug(const char *file, int line, const char *text);

#endif
