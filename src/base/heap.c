/* heap -- memory of many small blocks, in which those of one size lie side by side. */
// SPDX-License-Identifier: MIT
#include "base/heap.h"

#include "base/apart.h"
#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STEP 16 /* bytes between two sizes */
#define CLASSES (HEAP_LARGEST / STEP + 1)
#define HUGE ((size_t)2 << 20) /* bytes of a huge page */
#define SMALL_ARENAS 2         /* so many are mapped as usual: a small run stays small */
#define LARGEST_ARENA ((size_t)64 << 20)
#define SMALLEST_CHUNK ((size_t)4 << 10)
#define LARGEST_CHUNK ((size_t)256 << 10)
#define SHARE \
    8 /* a chunk is such a part of what its class has, and an arena of what the heap has */

/* All blocks of one size. */
struct class
{
    void *freed;    /* list, by the blocks' first words: the last that was freed comes first */
    char *at, *end; /* what is left of its newest chunk */
    size_t taken;   /* bytes of all its chunks */
};

struct arena {
    struct arena *next;
    char *begin;
    size_t size;
};

struct heap {
    struct class classes[CLASSES]; /* by size / STEP, rounded up */
    char *at, *end;                /* what is left of the newest arena */
    struct arena *arenas;
    size_t n_arenas, mapped;
};

struct heap *heap_new(void)
{
    return xcalloc(1, sizeof(struct heap));
}

void heap_free(struct heap *h)
{
    if (h == NULL)
        return;
    while (h->arenas != NULL) {
        struct arena *arena = h->arenas;
        h->arenas = arena->next;
        munmap(arena->begin, arena->size);
        free(arena);
    }
    free(h);
}

static size_t clamp(size_t n, size_t least, size_t most)
{
    return n < least ? least : n > most ? most : n;
}

/* Memory of `size` bytes that begins at a multiple of HUGE. */
static char *map_aligned(size_t size)
{
    char *p = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        BUG("out of memory");
    size_t before = -(uintptr_t)p % HUGE;
    if (before > 0)
        munmap(p, before);
    munmap(p + before + size, HUGE - before);
    return p + before;
}

static void add_arena(struct heap *h)
{
    struct arena *arena = xmalloc(sizeof *arena);
    size_t wanted = (h->mapped / SHARE + HUGE - 1) / HUGE * HUGE;
    *arena = (struct arena){.next = h->arenas, .size = clamp(wanted, HUGE, LARGEST_ARENA)};
    arena->begin = map_aligned(arena->size);
    if (h->n_arenas >= SMALL_ARENAS)
        madvise(arena->begin, arena->size, MADV_HUGEPAGE); // a wish: all works without
    h->arenas = arena;
    h->n_arenas++;
    h->mapped += arena->size;
    h->at = arena->begin;
    h->end = arena->begin + arena->size;
}

/* The first block of a new chunk. */
static void *begin_chunk(struct heap *h, struct class *class, size_t size)
{
    if (size % MEM_LINE == 0)
        h->at +=
            -(uintptr_t)h->at % MEM_LINE; // so that a block lies in no more lines than it has to
    if (h->at > h->end || (size_t)(h->end - h->at) < size)
        add_arena(h);
    size_t wanted = clamp(class->taken / SHARE, SMALLEST_CHUNK, LARGEST_CHUNK);
    size_t left = (size_t)(h->end - h->at);
    size_t n = (wanted < left ? wanted : left) / size;
    char *p = h->at;
    h->at += n * size;
    class->taken += n * size;
    class->at = p + size;
    class->end = h->at;
    return p;
}

/* A block that was never given out. */
static void *take_new(struct heap *h, size_t number)
{
    struct class *class = &h->classes[number];
    if (class->at == class->end)
        return begin_chunk(h, class, number * STEP);
    void *p = class->at;
    class->at += number * STEP;
    return p;
}

static inline void *take(struct heap *h, size_t number)
{
    struct class *class = &h->classes[number];
    void *p = class->freed;
    if (p == NULL)
        return take_new(h, number);
    memcpy(&class->freed, p, sizeof(void *));
    __builtin_prefetch(class->freed, 1); // whose first word is read next, and was long unused
    return p;
}

static inline void give(struct heap *h, void *p, size_t number)
{
    struct class *class = &h->classes[number];
    memcpy(p, &class->freed, sizeof(void *));
    class->freed = p;
}

/* Whether it is one of ours; else it is malloc's. */
static inline bool is_small(size_t size)
{
#ifdef KATYDID_ASAN
    return size == SIZE_MAX;
#else
    return size <= HEAP_LARGEST;
#endif
}

static inline size_t class_of(size_t size)
{
    return (size + STEP - 1) / STEP;
}

static inline void *new_block(struct heap *h, size_t size)
{
    return is_small(size) ? take(h, class_of(size)) : xmalloc(size);
}

static inline void free_block(struct heap *h, void *p, size_t size)
{
    if (is_small(size))
        give(h, p, class_of(size));
    else
        free(p);
}

static APART void *move(struct heap *h, void *p, size_t old_size, size_t size)
{
    if (is_small(old_size) && is_small(size) && class_of(old_size) == class_of(size))
        return p;
    if (!is_small(old_size) && !is_small(size))
        return xrealloc(p, size);
    void *to = new_block(h, size);
    memcpy(to, p, old_size < size ? old_size : size);
    free_block(h, p, old_size);
    return to;
}

void *heap_resize(void *self, void *p, size_t old_size, size_t size)
{
    if (p == NULL)
        return size > 0 ? new_block(self, size) : NULL;
    if (size > 0)
        return move(self, p, old_size, size);
    free_block(self, p, old_size);
    return NULL;
}
