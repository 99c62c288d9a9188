/* h1_heads -- the last heads that were read. */
// SPDX-License-Identifier: MIT
#include "http/h1_heads.h"

#include <string.h>

#define MISSES_MAX 64 /* in a row: these heads seem to be different each time */
#define KEPT_THEN 32  /* of so many, one is kept all the same */

static bool is_it(const struct h1_kept_head *k, struct str in)
{
    return k->n > 0 && k->n <= in.n && memcmp(k->bytes, in.p, k->n) == 0;
}

/* The one that was last is the likeliest. */
static struct h1_kept_head *find(struct h1_heads *heads, struct str in)
{
    for (size_t i = 0; i < H1_HEADS_KEPT; i++) {
        size_t at = (heads->last + H1_HEADS_KEPT - i) % H1_HEADS_KEPT;
        if (is_it(&heads->kept[at], in)) {
            heads->last = at;
            return &heads->kept[at];
        }
    }
    return NULL;
}

const struct h1_head *h1_heads_find(struct h1_heads *heads, struct str in, size_t *n,
                                    struct http_headers *headers)
{
    const struct h1_kept_head *k = find(heads, in);
    if (k == NULL) {
        heads->misses++;
        return NULL;
    }
    heads->misses = 0;
    *n = k->n;
    http_headers_add_rows(headers, k->rows, k->head.n_headers);
    return &k->head;
}

void h1_heads_keep(struct h1_heads *heads, struct str bytes, const struct h1_head *head,
                   const struct http_headers *headers)
{
    bool is_unlike = heads->misses > MISSES_MAX && heads->misses % KEPT_THEN != 0;
    if (is_unlike || bytes.n > H1_HEAD_BYTES_MAX || headers->n > H1_HEAD_ROWS_MAX)
        return;
    heads->last = (heads->last + 1) % H1_HEADS_KEPT;
    struct h1_kept_head *k = &heads->kept[heads->last];
    k->n = bytes.n;
    k->head = *head;
    memcpy(k->bytes, bytes.p, bytes.n);
    if (headers->n > 0) // else there may be no memory to copy from
        memcpy(k->rows, headers->all, headers->n * sizeof headers->all[0]);
}
