/*
 * ramp -- when the changes of a ramp are due: user i at i / spawn rate seconds after its start.
 *
 * A ramp goes in Locust's steps of max(1, floor(rate)) users; the changes of a step are spread
 * evenly over its time, so that a rate of 1,000 a second is a user each millisecond. All times are
 * counted from the start, so nothing drifts. Pure: knows neither clock nor users.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_RAMP_H
#define RUN_RAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in its owner. */
struct ramp {
    uint64_t start_ns;
    double rate;
    size_t batch;             /* changes of a full step */
    uint64_t steps;           /* that were begun */
    size_t n_changes, n_made; /* of the present step */
};

void ramp_start(struct ramp *r, uint64_t now_ns, double rate);
/* Begins the next step. With more changes than a batch, because users that ended by themselves are
 * replaced, they are closer together; with fewer, the rest of its time is empty. */
void ramp_begin_step(struct ramp *r, size_t n_changes);
/* One more change of the present step was made. */
void ramp_count_change(struct ramp *r);
bool ramp_step_is_over(const struct ramp *r); /* also before the first */

/* When the next change is due: of the present step, or the first of the next, where it is over. */
uint64_t ramp_due_ns(const struct ramp *r);

#endif
