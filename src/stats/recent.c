/* recent -- the response times of the last ten seconds. */
// SPDX-License-Identifier: MIT
#include "stats/recent.h"

#include "base/mem.h"
#include "stats/window.h"

#include <stdlib.h>

#define SECONDS (WINDOW_S + 1) /* those that are over, and the present one */
#define LIST_LIMIT 512         /* times of a second that are kept one by one */

struct second {
    double *list;
    size_t n, capacity;
    struct histogram many; /* what was in the list when it was full */
};

struct recent {
    struct second seconds[SECONDS];
    size_t present;
};

struct recent *recent_new(void)
{
    return xcalloc(1, sizeof(struct recent));
}

static void second_clear(struct second *second)
{
    second->n = 0;
    histogram_clear(&second->many);
}

void recent_clear(struct recent *r)
{
    for (size_t i = 0; i < SECONDS; i++)
        second_clear(&r->seconds[i]);
}

void recent_free(struct recent *r)
{
    if (r == NULL)
        return;
    recent_clear(r);
    for (size_t i = 0; i < SECONDS; i++)
        free(r->seconds[i].list);
    free(r);
}

static void add_list(const struct second *second, struct histogram *into)
{
    for (size_t i = 0; i < second->n; i++)
        histogram_add(into, second->list[i]);
}

static void make_room(struct second *second)
{
    if (second->n < second->capacity)
        return;
    if (second->capacity < LIST_LIMIT) {
        second->capacity = second->capacity > 0 ? second->capacity * 2 : 8;
        second->list = xreallocarray(second->list, second->capacity, sizeof second->list[0]);
        return;
    }
    add_list(second, &second->many);
    second->n = 0;
}

void recent_add(struct recent *r, double ms)
{
    struct second *second = &r->seconds[r->present];
    make_room(second);
    second->list[second->n++] = ms;
}

void recent_tick(struct recent *r)
{
    r->present = (r->present + 1) % SECONDS;
    second_clear(&r->seconds[r->present]);
}

void recent_times(const struct recent *r, struct histogram *into)
{
    for (size_t i = 0; i < SECONDS; i++) {
        if (i == r->present)
            continue;
        add_list(&r->seconds[i], into);
        histogram_merge(into, &r->seconds[i].many);
    }
}
