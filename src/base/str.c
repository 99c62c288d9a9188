/* str -- a borrowed piece of text. */
// SPDX-License-Identifier: MIT
#include "base/str.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_of(const char *s)
{
    return s == NULL ? STR_EMPTY : str_make(s, strlen(s));
}

bool str_equal_folded(struct str a, struct str b)
{
    if (a.n == 0 || memcmp(a.p, b.p, a.n) == 0)
        return true;
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] != b.p[i] && lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return true;
}

int str_compare(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_equal(str_make(s.p, prefix.n), prefix);
}

bool str_starts_nocase(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_equal_nocase(str_make(s.p, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_equal(str_slice(s, s.n - suffix.n, s.n), suffix);
}

bool str_contains(struct str s, struct str part)
{
    return part.n == 0 || (s.n >= part.n && memmem(s.p, s.n, part.p, part.n) != NULL);
}

bool str_is_empty(struct str s)
{
    return s.n == 0;
}

/* Whether one of eight bytes is below 14: each of those that no line holds is. Bits of Twiddling Hacks,
 * "Determine if a word has a byte less than n" (S. E. Anderson). */
static bool has_control(const char *p)
{
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t eight;
    memcpy(&eight, p, sizeof eight);
    return ((eight - ones * 14) & ~eight & (ones * 128)) != 0;
}

bool str_is_line(struct str s)
{
    size_t i = 0;
    while (i + 8 <= s.n && !has_control(s.p + i))
        i += 8;
    if (i > 0 && i + 8 > s.n && !has_control(s.p + s.n - 8))
        return true;
    for (; i < s.n; i++) {
        if (s.p[i] == '\0' || s.p[i] == '\r' || s.p[i] == '\n')
            return false;
    }
    return true;
}

size_t str_index(struct str s, char c)
{
    const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);
    return at == NULL ? s.n : (size_t)(at - s.p);
}

struct str str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from >= to)
        return str_make(s.n == 0 ? "" : s.p + (from < s.n ? from : s.n), 0);
    return str_make(s.p + from, to - from);
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str str_cut(struct str *rest, char c)
{
    size_t at = str_index(*rest, c);
    struct str head = str_slice(*rest, 0, at);
    *rest = str_slice(*rest, at + 1, rest->n);
    return head;
}

char *str_dup(struct str s)
{
    return xmemdup0(s.p, s.n);
}
