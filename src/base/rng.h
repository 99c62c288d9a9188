/*
 * rng -- random numbers that can be had again: xoshiro256** (Blackman and Vigna, 2018), its state
 * filled by splitmix64 from a seed and the number of a stream.
 *
 * Each user draws from a stream of its own, so that what one does depends on nobody else.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

void rng_init(struct rng *r, uint64_t seed, uint64_t stream);
uint64_t rng_u64(struct rng *r);
double rng_double(struct rng *r);              /* [0, 1), 53 bits */
uint64_t rng_below(struct rng *r, uint64_t n); /* 0 .. n-1 without bias; n > 0 */

/* A seed from the system, below 2^53 so that every JSON reader and Lua keep it exactly. */
uint64_t rng_system_seed(void);

#endif
