/*
 * str -- a borrowed piece of text: where it begins and how long it is.
 *
 * Not terminated by NUL and not owned. Whoever keeps one longer than the call copies it.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *p;
    size_t n;
};

/* Of a literal, of a C string (NULL gives the empty text), of p and n. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_EMPTY ((struct str){"", 0})
struct str str_of(const char *s);
static inline struct str str_make(const char *p, size_t n)
{
    return (struct str){p, n};
}

/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).n, (s).p

static inline bool str_equal(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
bool str_equal_folded(struct str a, struct str b); /* str_equal_nocase's, of equal lengths */
/* ASCII letters alone are folded. */
static inline bool str_equal_nocase(struct str a, struct str b)
{
    return a.n == b.n && str_equal_folded(a, b);
}
int str_compare(struct str a, struct str b); /* by bytes; <0, 0, >0 */
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_contains(struct str s, struct str part);
bool str_is_empty(struct str s);
bool str_is_line(struct str s); /* it holds no NUL, no line feed and no carriage return */

/* The index of the first c, or s.n. */
size_t str_index(struct str s, char c);
struct str str_slice(struct str s, size_t from, size_t to); /* both are brought within 0..n */
struct str str_trim(struct str s);                          /* without white space at both ends */

/* Cuts *rest at the first c: returns what stood before it and moves *rest behind it. Where there is
 * no c, returns all and leaves *rest empty. */
struct str str_cut(struct str *rest, char c);

/* A NUL-terminated copy, owned by the caller. */
char *str_dup(struct str s);

#endif
