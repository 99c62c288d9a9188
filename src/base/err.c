/* err -- why an expected thing failed. */
// SPDX-License-Identifier: MIT
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int err_set(struct err *err, const char *format, ...)
{
    if (err == NULL || err_is_set(err))
        return -1;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return -1;
}

void err_prefix(struct err *err, const char *format, ...)
{
    if (err == NULL || !err_is_set(err))
        return;
    struct err cause = *err;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    size_t n = strlen(err->text);
    snprintf(err->text + n, sizeof(err->text) - n, ": %s", cause.text);
}

bool err_is_set(const struct err *err)
{
    return err->text[0] != '\0';
}

void err_clear(struct err *err)
{
    err->text[0] = '\0';
}

_Noreturn void err_bug(const char *file, int line, const char *text)
{
    fprintf(stderr, "katydid: %s:%d: %s\n", file, line, text);
    abort();
}
