/*
 * recent -- the response times of the last ten seconds, second by second.
 *
 * Knows no clock: whoever owns it says when a second is over. A second's times stand in a short
 * list; where there are many of them they all go into a histogram of that second, so that neither the
 * list nor a look at the ten seconds grows with the number of requests.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_RECENT_H
#define STATS_RECENT_H

#include "base/apart.h"
#include "stats/histogram.h"
#include "stats/window.h"

#define RECENT_SECONDS (WINDOW_S + 1) /* those that are over, and the present one */

struct recent_second {
    double *list;
    size_t n, capacity;
    struct histogram many; /* all of them, once the list was full: it is empty then */
};

/* Known here for recent_add alone. */
struct recent {
    struct recent_second *present; /* one of them */
    struct recent_second seconds[RECENT_SECONDS];
};

struct recent *recent_new(void);
void recent_free(struct recent *r);
void recent_clear(struct recent *r);

static inline void recent_add(struct recent *r,
                              struct histogram_time time); /* in the present second */
/* The same where nothing has to be made for it. False: something has, and nothing was added. */
static inline bool recent_add_quickly(struct recent *r, struct histogram_time time);
void recent_tick(struct recent *r); /* it is over */

/* Adds the times of the last ten seconds that are over to `into`. */
void recent_times(const struct recent *r, struct histogram *into);

SELDOM void recent_add_beyond(struct recent *r, struct histogram_time time); /* recent_add's */

static inline bool recent_add_quickly(struct recent *r, struct histogram_time time)
{
    struct recent_second *second = r->present;
    if (second->many.count == 0) {
        if (second->n == second->capacity)
            return false;
        second->list[second->n++] = time.ms;
        return true;
    }
    if (!histogram_has_room(&second->many, time))
        return false;
    histogram_count(&second->many, time);
    return true;
}

static inline void recent_add(struct recent *r, struct histogram_time time)
{
    if (!recent_add_quickly(r, time))
        recent_add_beyond(r, time);
}

#endif
