/* recent -- the response times of the last ten seconds. */
// SPDX-License-Identifier: MIT
#include "stats/recent.h"

#include "base/seldom.h"
#include "base/mem.h"
#include "stats/window.h"

#include <stdlib.h>

#define SECONDS (WINDOW_S + 1) /* those that are over, and the present one */
#define LIST_LIMIT 512         /* times of a second that are kept one by one */

struct second {
    double *list;
    size_t n, capacity;
    struct histogram many; /* all of them, once the list was full: it is empty then */
};

struct recent {
    struct second *present; /* one of them */
    struct second seconds[SECONDS];
};

struct recent *recent_new(void)
{
    struct recent *r = xcalloc(1, sizeof *r);
    r->present = r->seconds;
    return r;
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

/* In a list that is full. */
static SELDOM void add_beyond(struct second *second, struct histogram_time time)
{
    if (second->capacity < LIST_LIMIT) {
        second->capacity = second->capacity > 0 ? second->capacity * 2 : 8;
        second->list = xreallocarray(second->list, second->capacity, sizeof second->list[0]);
        second->list[second->n++] = time.ms;
        return;
    }
    add_list(second, &second->many);
    second->n = 0;
    histogram_add_time(&second->many, time);
}

void recent_add(struct recent *r, struct histogram_time time)
{
    struct second *second = r->present;
    if (second->many.count > 0)
        histogram_add_time(&second->many, time);
    else if (second->n < second->capacity)
        second->list[second->n++] = time.ms;
    else
        add_beyond(second, time);
}

void recent_tick(struct recent *r)
{
    r->present = r->present + 1 < r->seconds + SECONDS ? r->present + 1 : r->seconds;
    second_clear(r->present);
}

void recent_times(const struct recent *r, struct histogram *into)
{
    for (size_t i = 0; i < SECONDS; i++) {
        if (&r->seconds[i] == r->present)
            continue;
        add_list(&r->seconds[i], into);
        histogram_merge(into, &r->seconds[i].many);
    }
}
