/*
 * sequence -- who is next, so that after any number of picks the shares are as near to the weights
 * as they can be: the pick that lowers the Kullback-Leibler divergence most.
 *
 * Pure and without chance: the same weights give the same picks, those of Locust (dispatch.py:
 * _kl_generator). It never ends, and is not rewound when users go.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_SEQUENCE_H
#define RUN_SEQUENCE_H

#include <stddef.h>

struct sequence;

/* One weight for each index; what isn't above 0 is never picked. */
struct sequence *sequence_new(const double *weights, size_t n);
void sequence_free(struct sequence *s);

/* The next index, or SIZE_MAX: nobody can be picked. */
size_t sequence_next(struct sequence *s);

#endif
