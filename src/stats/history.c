/* history -- one sample a second. */
// SPDX-License-Identifier: MIT
#include "stats/history.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void history_init(struct history *h)
{
    memset(h, 0, sizeof *h);
}

void history_release(struct history *h)
{
    free(h->samples);
    memset(h, 0, sizeof *h);
}

void history_clear(struct history *h)
{
    h->n = 0;
}

void history_add(struct history *h, const struct history_sample *sample)
{
    if (h->n == h->capacity) {
        h->capacity = h->capacity > 0 ? h->capacity * 2 : 64;
        h->samples = xreallocarray(h->samples, h->capacity, sizeof h->samples[0]);
    }
    h->samples[h->n++] = *sample;
}

const struct history_sample *history_last(const struct history *h)
{
    return h->n > 0 ? &h->samples[h->n - 1] : NULL;
}
