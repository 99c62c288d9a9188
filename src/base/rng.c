/* rng -- random numbers that can be had again. */
// SPDX-License-Identifier: MIT
#include "base/rng.h"

#include "base/err.h"

#include <sys/random.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

void rng_init(struct rng *r, uint64_t seed, uint64_t stream)
{
    // Seed and stream are each hashed: neighbouring streams must not start at neighbouring places
    // of one splitmix64 sequence, where they would share words of their states.
    uint64_t state = seed;
    state = splitmix64(&state) ^ stream;
    state = splitmix64(&state);
    for (int i = 0; i < 4; i++)
        r->s[i] = splitmix64(&state);
}

uint64_t rng_u64(struct rng *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double rng_double(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
    if (n == 0)
        BUG("rng_below(0)");
    // Lemire, "Fast random integer generation in an interval" (2019).
    unsigned __int128 product = (unsigned __int128)rng_u64(r) * n;
    if ((uint64_t)product < n) {
        uint64_t threshold = -n % n;
        while ((uint64_t)product < threshold)
            product = (unsigned __int128)rng_u64(r) * n;
    }
    return (uint64_t)(product >> 64);
}

uint64_t rng_system_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
        BUG("the system gives no random bytes");
    return seed >> 11;
}
