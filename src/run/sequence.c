/* sequence -- who is next, so that the shares stay as near to the weights as they can be. */
// SPDX-License-Identifier: MIT
#include "run/sequence.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

struct candidate {
    size_t index;
    double weight;
    double x;   /* the weight, and one more for each pick */
    double key; /* what a pick would change in the divergence: the smallest is next */
};

struct sequence {
    size_t n;
    struct candidate candidates[];
};

static double key_of(const struct candidate *c)
{
    // In this order of operations, so that ties fall as they do in Locust.
    return c->weight * log2(c->x / (c->x + 1.0));
}

struct sequence *sequence_new(const double *weights, size_t n)
{
    struct sequence *s = xmalloc(sizeof(*s) + n * sizeof(s->candidates[0]));

    s->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(weights[i] > 0))
            continue;
        struct candidate *c = &s->candidates[s->n++];
        *c = (struct candidate){.index = i, .weight = weights[i], .x = weights[i]};
        c->key = key_of(c);
    }
    return s;
}

void sequence_free(struct sequence *s)
{
    free(s);
}

static bool comes_before(const struct candidate *a, const struct candidate *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    if (a->x != b->x)
        return a->x < b->x;
    if (a->weight != b->weight)
        return a->weight < b->weight;
    return a->index < b->index;
}

size_t sequence_next(struct sequence *s)
{
    if (s->n == 0)
        return SIZE_MAX;

    struct candidate *first = &s->candidates[0];
    for (size_t i = 1; i < s->n; i++) {
        if (comes_before(&s->candidates[i], first))
            first = &s->candidates[i];
    }
    first->x += 1.0;
    first->key = key_of(first);
    return first->index;
}
