/* nearest -- the known name that a misspelt one was probably meant to be. */
// SPDX-License-Identifier: MIT
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

#define LONGEST 64
#define PREFIX_LETTERS 4

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t nearest_distance(struct str a, struct str b)
{
    if (a.n > LONGEST || b.n > LONGEST)
        return SIZE_MAX;
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.n; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = i;
        char c = lower(a.p[i - 1]);
        for (size_t j = 1; j <= b.n; j++) {
            char d = lower(b.p[j - 1]);
            row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + (c != d));
            if (i > 1 && j > 1 && c == lower(b.p[j - 2]) && d == lower(a.p[i - 2]))
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b.n];
}

const char *nearest_name(struct str name, const char *const *known, size_t n)
{
    const char *best = NULL, *extended = NULL;
    size_t fewest = SIZE_MAX, extensions = 0;
    for (size_t i = 0; i < n; i++) {
        struct str candidate = str_of(known[i]);
        size_t longer = name.n > candidate.n ? name.n : candidate.n;
        size_t edits = nearest_distance(name, candidate);
        size_t allowed = longer / 3 > 1 ? longer / 3 : 1;
        if (edits < fewest && edits <= allowed && (edits < longer || edits == 0)) {
            best = known[i];
            fewest = edits;
        }
        if (name.n >= PREFIX_LETTERS && str_starts_nocase(candidate, name)) {
            extended = known[i];
            extensions++;
        }
    }
    if (best != NULL)
        return best;
    return extensions == 1 ? extended : NULL;
}
