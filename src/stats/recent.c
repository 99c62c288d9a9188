/* recent -- the response times of the last ten seconds. */
// SPDX-License-Identifier: MIT
#include "stats/recent.h"

#include "base/mem.h"

#include <stdlib.h>

#define LIST_LIMIT 512 /* times of a second that are kept one by one */

struct recent *recent_new(void)
{
    struct recent *r = xcalloc(1, sizeof *r);
    r->present = r->seconds;
    return r;
}

static void second_clear(struct recent_second *second)
{
    second->n = 0;
    histogram_clear(&second->many);
}

void recent_clear(struct recent *r)
{
    for (size_t i = 0; i < RECENT_SECONDS; i++)
        second_clear(&r->seconds[i]);
}

void recent_free(struct recent *r)
{
    if (r == NULL)
        return;
    recent_clear(r);
    for (size_t i = 0; i < RECENT_SECONDS; i++)
        free(r->seconds[i].list);
    free(r);
}

static void add_list(const struct recent_second *second, struct histogram *into)
{
    for (size_t i = 0; i < second->n; i++)
        histogram_add(into, second->list[i]);
}

void recent_add_beyond(struct recent *r, struct histogram_time time)
{
    struct recent_second *second = r->present;
    if (second->many.count == 0 && second->capacity < LIST_LIMIT) {
        second->capacity = second->capacity > 0 ? second->capacity * 2 : 8;
        second->list = xreallocarray(second->list, second->capacity, sizeof second->list[0]);
        second->list[second->n++] = time.ms;
        return;
    }
    add_list(second, &second->many);
    second->n = 0;
    histogram_add_time(&second->many, time);
}

void recent_tick(struct recent *r)
{
    r->present = r->present + 1 < r->seconds + RECENT_SECONDS ? r->present + 1 : r->seconds;
    second_clear(r->present);
}

void recent_times(const struct recent *r, struct histogram *into)
{
    for (size_t i = 0; i < RECENT_SECONDS; i++) {
        if (&r->seconds[i] == r->present)
            continue;
        add_list(&r->seconds[i], into);
        histogram_merge(into, &r->seconds[i].many);
    }
}
