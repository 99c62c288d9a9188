/*
 * mem -- memory that is there, or the process ends.
 *
 * A load tester without memory has no valid numbers, so running out is not an error to handle.
 * Sizes that come from outside have limits where they are read, not here.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

#define MEM_LINE 64 /* bytes that a processor's cache has in one place */

void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
/* n bytes, zero, that begin where a line of the processor's caches does. */
void *xcalloc_lines(size_t n) __attribute__((malloc, returns_nonnull));
/* Room for `count` things of `size` bytes; a product that overflows ends the process. */
void *xreallocarray(void *p, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
/* A copy of n bytes with a NUL behind it. */
char *xmemdup0(const void *p, size_t n) __attribute__((malloc, returns_nonnull));
/* As asprintf(3); the caller owns the result. */
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

/* Whether what is over is kept to be used again, where `n` are kept already and `limit` may be. Under
 * AddressSanitizer nothing is, so that a use of what is over is found. */
static inline bool mem_keeps(size_t n, size_t limit)
{
#ifdef KATYDID_ASAN
    return n < limit && false;
#else
    return n < limit;
#endif
}

/*
 * A list of recycled objects of one size. `freelist_take` returns one that was given back, or new
 * memory; its content is undefined. Keeps at most `limit` (0: all); under AddressSanitizer none, so
 * that a use of what was given back is found.
 */
struct freelist {
    void *head;
    size_t size, kept, limit;
};
void freelist_init(struct freelist *list, size_t size, size_t limit);
void freelist_release(struct freelist *list);
void *freelist_take(struct freelist *list);
void freelist_give(struct freelist *list, void *object);

#endif
