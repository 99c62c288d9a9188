/*
 * heap -- memory of many small blocks, in which those of one size lie side by side.
 *
 * For whoever goes through all of them again and again, as Lua's collector does: with blocks of one size
 * in the order in which they were made, the processor fetches the next ones ahead. So each size has chunks
 * of its own, cut from large arenas, which the system is asked to map as huge pages; a block that was freed
 * is the next of its size to be given out again. Sizes must be told when something is freed, and so a
 * block takes no more than its size, rounded up to 16 bytes.
 *
 *     arena     | 48 48 48 48 | 816  816  816  816 | 384 384 384 | 48 48 48 48 48 48 48 48 | not used yet
 *     chunk       ^^^^^^^^^^^ the larger, the more blocks of its size there are
 *
 * Memory of an arena goes back to the system with the heap alone. Blocks above HEAP_LARGEST are malloc's;
 * under AddressSanitizer all are, so that it sees what becomes of each.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stddef.h>

#define HEAP_LARGEST 2048 /* bytes */

struct heap;

struct heap *heap_new(void);
/* Whatever lies in its arenas is gone; what is larger has to be freed before. NULL: nothing happens. */
void heap_free(struct heap *h);

/* A block of `size` bytes, aligned to 16 (to 64 where that divides its size), that begins with what `p` held; p was given by this heap for
 * `old_size` bytes, or is NULL (old_size is of no meaning then). size 0: p is freed, and NULL is returned.
 * Memory that runs out ends the process. It is a lua_Alloc, `self` is the heap. */
void *heap_resize(void *self, void *p, size_t old_size, size_t size);

#endif
