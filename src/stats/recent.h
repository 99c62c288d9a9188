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

#include "stats/histogram.h"

struct recent;

struct recent *recent_new(void);
void recent_free(struct recent *r);
void recent_clear(struct recent *r);

void recent_add(struct recent *r, struct histogram_time time); /* in the present second */
void recent_tick(struct recent *r);                            /* it is over */

/* Adds the times of the last ten seconds that are over to `into`. */
void recent_times(const struct recent *r, struct histogram *into);

#endif
