/* test_heap -- blocks of one size side by side, and what becomes of them. */
// SPDX-License-Identifier: MIT
#include "base/heap.h"

#include "../check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool holds_only(const char *p, size_t n, char c)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != c)
            return false;
    return true;
}

TEST(nothing_is_nothing)
{
    struct heap *h = heap_new();
    CHECK(heap_resize(h, NULL, 5, 0) == NULL);
    heap_free(h);
    heap_free(NULL);
}

TEST(a_block_keeps_what_it_holds)
{
    static const size_t sizes[] = {1,      16,     17,   100, 48,   2048, 2049,
                                   100000, 200000, 2000, 8,   3000, 1};
    struct heap *h = heap_new();
    size_t n = 0;
    char *p = NULL;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t kept = n < sizes[i] ? n : sizes[i];
        p = heap_resize(h, p, n, sizes[i]);
        n = sizes[i];
        CHECK_INT((uintptr_t)p % 16, 0);
        CHECK(holds_only(p, kept, 'x'));
        memset(p, 'x', n);
    }
    CHECK(heap_resize(h, p, n, 0) == NULL);
    heap_free(h);
}

/* Many of all sizes, each filled to its last byte with a letter of its own. */
TEST(no_block_reaches_into_another)
{
    enum { BLOCKS = 20000 };
    struct heap *h = heap_new();
    char **blocks = calloc(BLOCKS, sizeof *blocks);
    size_t *sizes = calloc(BLOCKS, sizeof *sizes);
    bool all_hold = true;
    for (size_t i = 0; i < 3 * BLOCKS; i++) {
        size_t at = i * 7919 % BLOCKS, size = i * 31 % (HEAP_LARGEST + 40);
        char letter = (char)('a' + at % 26);
        if (blocks[at] != NULL)
            all_hold &= holds_only(blocks[at], sizes[at], letter);
        heap_resize(h, blocks[at], sizes[at], 0);
        blocks[at] = heap_resize(h, NULL, 0, size);
        sizes[at] = size;
        if (size > 0)
            memset(blocks[at], letter, size);
    }
    for (size_t at = 0; at < BLOCKS; at++) {
        if (blocks[at] != NULL)
            all_hold &= holds_only(blocks[at], sizes[at], (char)('a' + at % 26));
        heap_resize(h, blocks[at], sizes[at], 0);
    }
    CHECK(all_hold);
    free(sizes);
    free(blocks);
    heap_free(h);
}

/* Under AddressSanitizer all of it is malloc's. */
#ifdef KATYDID_ASAN
#define HAS_ORDER false
#else
#define HAS_ORDER true
#endif

TEST(blocks_of_one_size_lie_in_order)
{
    enum { BLOCKS = 10000 };
    struct heap *h = heap_new();
    char *last = heap_resize(h, NULL, 0, 100);
    size_t n_jumps = 0;
    for (size_t i = 0; i < BLOCKS; i++) {
        heap_resize(h, NULL, 0, 816); // of another size
        char *p = heap_resize(h, NULL, 0, 100);
        n_jumps += p != last + 112;
        last = p;
    }
    CHECK(n_jumps < BLOCKS / 100);
    heap_free(h);
}

/* So that none lies in more lines of the processor's caches than it has to. */
TEST(blocks_of_whole_lines_begin_with_one)
{
    struct heap *h = heap_new();
    size_t n_off = 0;
    for (size_t i = 0; i < 1000; i++) {
        heap_resize(h, NULL, 0, 48);
        n_off += (uintptr_t)heap_resize(h, NULL, 0, 64) % 64 != 0;
        heap_resize(h, NULL, 0, 816);
        n_off += (uintptr_t)heap_resize(h, NULL, 0, 192) % 64 != 0;
    }
    CHECK_INT(n_off, 0);
    heap_free(h);
}

TEST(what_was_freed_is_used_again)
{
    struct heap *h = heap_new();
    char *a = heap_resize(h, NULL, 0, 100), *b = heap_resize(h, NULL, 0, 100);
    heap_resize(h, a, 100, 0);
    heap_resize(h, b, 100, 0);
    CHECK(heap_resize(h, NULL, 0, 200) != a);
    CHECK(heap_resize(h, NULL, 0, 97) == b);
    CHECK(heap_resize(h, NULL, 0, 112) == a);
    heap_free(h);
}

TEST(a_size_that_is_rounded_alike_needs_no_move)
{
    struct heap *h = heap_new();
    char *p = heap_resize(h, NULL, 0, 33);
    CHECK(heap_resize(h, p, 33, 48) == p);
    CHECK(heap_resize(h, p, 48, 49) != p);
    heap_free(h);
}
TEST_MAIN(RUN(nothing_is_nothing); RUN(a_block_keeps_what_it_holds);
          RUN(no_block_reaches_into_another); if (HAS_ORDER) {
              RUN(blocks_of_one_size_lie_in_order);
              RUN(blocks_of_whole_lines_begin_with_one);
              RUN(what_was_freed_is_used_again);
              RUN(a_size_that_is_rounded_alike_needs_no_move);
          })
