/* buf -- bytes that grow, up to a limit. */
// SPDX-License-Identifier: MIT
#include "base/buf.h"

#include "base/err.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

void buf_init(struct buf *b, size_t limit)
{
    *b = (struct buf){.limit = limit};
}

void buf_release(struct buf *b)
{
    free(b->p);
    buf_init(b, b->limit);
}

void buf_clear(struct buf *b)
{
    b->overflowed = false;
    buf_truncate(b, 0);
}

void buf_truncate(struct buf *b, size_t n)
{
    if (n > b->n || b->p == NULL)
        return;
    b->n = n;
    b->p[n] = '\0';
}

/* The same where there is no room yet. */
static __attribute__((noinline)) bool grow(struct buf *b, size_t more)
{
    if (b->overflowed)
        return false;
    if (b->limit > 0 && more > b->limit - b->n) {
        b->overflowed = true;
        return false;
    }
    if (more > PTRDIFF_MAX - b->n - 1)
        BUG("out of memory");
    size_t capacity = b->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : b->capacity + b->capacity;
    if (b->limit > 0 && b->limit < SIZE_MAX && capacity > b->limit + 1)
        capacity = b->limit + 1;
    if (capacity < b->n + more + 1)
        capacity = b->n + more + 1;
    b->p = xrealloc(b->p, capacity);
    b->capacity = capacity;
    return true;
}

/* Whether `more` bytes may be added; if so, there is room for them and a NUL. What there is room for is
 * within the limit. */
static inline bool make_room(struct buf *b, size_t more)
{
    return (more < b->capacity - b->n && !b->overflowed) || grow(b, more);
}

void buf_reserve(struct buf *b, size_t more)
{
    // Room is no content: what would be too much is refused when it comes, not now.
    if (b->limit > 0 && more > b->limit - b->n)
        more = b->limit - b->n;
    if (make_room(b, more))
        b->p[b->n] = '\0';
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (!make_room(b, n))
        return;
    if (n > 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_add_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void buf_add_cstr(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_add_many(struct buf *b, char c, size_t n)
{
    if (!make_room(b, n))
        return;
    memset(b->p + b->n, c, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_addf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_addv(b, format, args);
    va_end(args);
}

void buf_addv(struct buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0)
        BUG("a format that can't be printed");
    if (make_room(b, (size_t)n)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

struct str buf_slice(const struct buf *b)
{
    return b->p == NULL ? STR_EMPTY : str_make(b->p, b->n);
}

const char *buf_cstr(const struct buf *b)
{
    return b->p == NULL ? "" : b->p;
}

char *buf_detach(struct buf *b)
{
    char *text = b->p == NULL ? xstrdup("") : b->p;
    buf_init(b, b->limit);
    return text;
}
