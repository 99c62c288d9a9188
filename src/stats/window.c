/* window -- how many there were in each second. */
// SPDX-License-Identifier: MIT
#include "stats/window.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EARLIER_S 3600              /* how far before the first second one may come */
#define LATER_S (366ll * 24 * 3600) /* how far after the last */

void window_init(struct window *w)
{
    memset(w, 0, sizeof *w);
}

void window_release(struct window *w)
{
    free(w->counts);
    memset(w, 0, sizeof *w);
}

void window_clear(struct window *w)
{
    window_release(w);
}

static void make_room(struct window *w, size_t n)
{
    if (n <= w->capacity)
        return;
    size_t capacity = w->capacity > 0 ? w->capacity : 16;
    while (capacity < n)
        capacity *= 2;
    w->counts = xreallocarray(w->counts, capacity, sizeof w->counts[0]);
    w->capacity = capacity;
}

/* The place of a second, which is made if need be; NULL where it is too far off. */
static uint32_t *place(struct window *w, int64_t second)
{
    if (w->n == 0)
        w->first_s = second;
    int64_t last_s = w->first_s + (int64_t)w->n - 1;
    if (second < w->first_s) {
        if (w->first_s - second > EARLIER_S)
            return NULL;
        size_t more = (size_t)(w->first_s - second);
        make_room(w, w->n + more);
        memmove(w->counts + more, w->counts, w->n * sizeof w->counts[0]);
        memset(w->counts, 0, more * sizeof w->counts[0]);
        w->n += more;
        w->first_s = second;
    } else if (second > last_s) {
        if (second - last_s > LATER_S)
            return NULL;
        size_t more = (size_t)(second - last_s);
        make_room(w, w->n + more);
        memset(w->counts + w->n, 0, more * sizeof w->counts[0]);
        w->n += more;
    }
    return &w->counts[second - w->first_s];
}

void window_add_beyond(struct window *w, int64_t second, uint32_t count)
{
    uint32_t *at = place(w, second);
    if (at != NULL)
        *at += count;
}

void window_merge(struct window *into, const struct window *from)
{
    for (size_t i = 0; i < from->n; i++) {
        if (from->counts[i] != 0)
            window_add(into, from->first_s + (int64_t)i, from->counts[i]);
    }
}

uint32_t window_at(const struct window *w, int64_t second)
{
    if (second < w->first_s || second - w->first_s >= (int64_t)w->n)
        return 0;
    return w->counts[second - w->first_s];
}

double window_rate(const struct window *w, double start_s, double now_s)
{
    double to = floor(now_s);
    double from = fmax(to - WINDOW_S, start_s);
    if (!(to - from >= 1))
        return 0;
    uint64_t sum = 0;
    for (int64_t second = (int64_t)floor(from); second < (int64_t)to; second++)
        sum += window_at(w, second);
    return (double)sum / (to - from);
}
