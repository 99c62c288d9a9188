/* test_rng -- random numbers that can be had again. */
// SPDX-License-Identifier: MIT
#include "base/rng.h"

#include "../check.h"

TEST(xoshiro_gives_the_known_sequence)
{
    // From the state 1, 2, 3, 4, as other implementations publish it.
    static const uint64_t known[] = {
        11520u, 0u, 1509978240u, 1215971899390074240u, 1216172134540287360u, 607988272756665600u,
    };
    struct rng r = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        CHECK(rng_u64(&r) == known[i]);
}

TEST(seed_and_stream_fill_the_state)
{
    // Computed by another implementation of splitmix64, in Python.
    static const struct {
        uint64_t seed, stream, s[4], first;
    } known[] = {
        {0,
         0,
         {0x238275bc38fcbe91, 0xf89a2566b5822c54, 0x47200e1d9780fa44, 0xe710dc7a64e2470a},
         0x8c4986f3f0e565d5},
        {42,
         0,
         {0x6310bf04d8207f46, 0xebdb7216a4ffed50, 0x15471cce9858769b, 0x9a7e5c0b8be62326},
         0xc986fd807e5b8ab5},
        {42,
         1,
         {0x93be8420bb55b94c, 0x1ad53e778ef35117, 0x5f84818bb2511a21, 0x817f892d0a65fdcd},
         0xbdfd821062a087db},
        {9007199254740991,
         7,
         {0x146ab199485117a6, 0x85a09cb4f7a3f9f4, 0xff70f65e84c6a5da, 0x28d61a10cca7a54e},
         0x9dc5e7c3e977f4be},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct rng r;
        rng_init(&r, known[i].seed, known[i].stream);
        CHECK(memcmp(r.s, known[i].s, sizeof(r.s)) == 0);
        CHECK(rng_u64(&r) == known[i].first);
    }
}

TEST(doubles_are_53_bits_below_one)
{
    struct rng r;
    rng_init(&r, 42, 0);
    CHECK_DOUBLE(rng_double(&r), 0.7872160376267471, 0);
    CHECK_DOUBLE(rng_double(&r), 0.8767381957601059, 0);
    CHECK_DOUBLE(rng_double(&r), 0.4473593280409831, 0);
    double sum = 0;
    for (int i = 0; i < 100000; i++) {
        double x = rng_double(&r);
        CHECK(x >= 0 && x < 1);
        sum += x;
    }
    CHECK_DOUBLE(sum / 100000, 0.5, 0.005);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

TEST(streams_share_nothing)
{
    enum { STREAMS = 1000, DRAWS = 10 };
    static uint64_t drawn[STREAMS * DRAWS];
    for (size_t stream = 0; stream < STREAMS; stream++) {
        struct rng r;
        rng_init(&r, 7, stream);
        for (size_t i = 0; i < DRAWS; i++)
            drawn[stream * DRAWS + i] = rng_u64(&r);
    }
    qsort(drawn, STREAMS * DRAWS, sizeof(drawn[0]), compare);
    for (size_t i = 1; i < STREAMS * DRAWS; i++)
        CHECK(drawn[i] != drawn[i - 1]);
}

TEST(below_is_even)
{
    struct rng r;
    int counts[6] = {0};
    rng_init(&r, 3, 0);
    for (int i = 0; i < 60000; i++) {
        uint64_t x = rng_below(&r, 6);
        CHECK(x < 6);
        counts[x]++;
    }
    for (int i = 0; i < 6; i++)
        CHECK_DOUBLE(counts[i], 10000, 500);
    CHECK_INT(rng_below(&r, 1), 0);
    for (int i = 0; i < 1000; i++)
        CHECK(rng_below(&r, UINT64_MAX / 2 + 2) <= UINT64_MAX / 2 + 1);
}

TEST(system_seeds_are_small_and_differ)
{
    uint64_t a = rng_system_seed(), b = rng_system_seed();
    CHECK(a < UINT64_C(1) << 53);
    CHECK(b < UINT64_C(1) << 53);
    CHECK(a != b);
}

TEST_MAIN(RUN(xoshiro_gives_the_known_sequence); RUN(seed_and_stream_fill_the_state);
          RUN(doubles_are_53_bits_below_one); RUN(streams_share_nothing); RUN(below_is_even);
          RUN(system_seeds_are_small_and_differ);)
