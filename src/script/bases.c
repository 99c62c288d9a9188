/* bases -- the base URLs of clients, each parsed once. */
// SPDX-License-Identifier: MIT
#include "script/bases.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <uthash.h>

#define BASES_MAX 1000

struct kept {
    struct exchange_base base; /* first */
    bool is_one;
    char *url;
    size_t n;
    UT_hash_handle hh;
};

struct bases {
    struct kept *all;
};

struct bases *bases_new(void)
{
    return xcalloc(1, sizeof(struct bases));
}

void bases_free(struct bases *b)
{
    struct kept *kept, *next;
    if (b == NULL)
        return;
    HASH_ITER (hh, b->all, kept, next) {
        HASH_DEL(b->all, kept);
        exchange_base_release(&kept->base);
        free(kept->url);
        free(kept);
    }
    free(b);
}

const struct exchange_base *bases_get(struct bases *b, struct str url)
{
    struct kept *kept;
    HASH_FIND(hh, b->all, url.p, url.n, kept);
    if (kept == NULL) {
        if (HASH_COUNT(b->all) >= BASES_MAX)
            return NULL;
        kept = xcalloc(1, sizeof *kept);
        kept->url = str_dup(url);
        kept->n = url.n;
        kept->is_one = exchange_base_init(&kept->base, url, NULL) == 0;
        HASH_ADD_KEYPTR(hh, b->all, kept->url, kept->n, kept);
    }
    return kept->is_one ? &kept->base : NULL;
}
