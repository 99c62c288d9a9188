/* mem -- memory that is there, or the process ends. */
// SPDX-License-Identifier: MIT
#include "base/mem.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_end(void *p)
{
    if (p == NULL)
        BUG("out of memory");
    return p;
}

void *xmalloc(size_t n)
{
    return or_end(malloc(n > 0 ? n : 1));
}

void *xcalloc(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    return or_end(calloc(count, size));
}

void *xcalloc_lines(size_t n)
{
    size_t whole = (n + MEM_LINE - 1) / MEM_LINE * MEM_LINE;
    return memset(or_end(aligned_alloc(MEM_LINE, whole)), 0, n);
}

void *xrealloc(void *p, size_t n)
{
    return or_end(realloc(p, n > 0 ? n : 1));
}

void *xreallocarray(void *p, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        BUG("out of memory");
    return xrealloc(p, count * size);
}

char *xstrdup(const char *s)
{
    return xmemdup0(s, strlen(s));
}

char *xmemdup0(const void *p, size_t n)
{
    char *copy = xmalloc(n + 1);
    if (n > 0)
        memcpy(copy, p, n);
    copy[n] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    return or_end(n < 0 ? NULL : text);
}

void freelist_init(struct freelist *list, size_t size, size_t limit)
{
    *list = (struct freelist){
        .size = size < sizeof(void *) ? sizeof(void *) : size,
        .limit = limit,
    };
}

void freelist_release(struct freelist *list)
{
    while (list->head != NULL) {
        void *object = list->head;
        memcpy(&list->head, object, sizeof(void *));
        free(object);
    }
    list->kept = 0;
}

void *freelist_take(struct freelist *list)
{
    void *object = list->head;
    if (object == NULL)
        return xmalloc(list->size);
    memcpy(&list->head, object, sizeof(void *));
    list->kept--;
    return object;
}

void freelist_give(struct freelist *list, void *object)
{
    if (object == NULL)
        return;
#ifdef KATYDID_ASAN
    // Nothing is recycled, so that the sanitizer sees each use of what was given back.
    (void)list;
    free(object);
#else
    if (list->limit > 0 && list->kept >= list->limit) {
        free(object);
        return;
    }
    memcpy(object, &list->head, sizeof(void *));
    list->head = object;
    list->kept++;
#endif
}
