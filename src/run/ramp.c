/* ramp -- when the changes of a ramp are due. */
// SPDX-License-Identifier: MIT
#include "run/ramp.h"

#include <assert.h>
#include <math.h>

#include "base/clock.h"

void ramp_start(struct ramp *r, uint64_t now_ns, double rate)
{
    assert(rate > 0);
    double batch = fmin(fmax(1, floor(rate)), UINT32_MAX);
    *r = (struct ramp){.start_ns = now_ns, .rate = rate, .batch = (size_t)batch};
}

void ramp_begin_step(struct ramp *r, size_t n_changes)
{
    assert(ramp_step_is_over(r));
    r->steps++;
    r->n_changes = n_changes;
    r->n_made = 0;
}

void ramp_count_change(struct ramp *r)
{
    assert(!ramp_step_is_over(r));
    r->n_made++;
}

bool ramp_step_is_over(const struct ramp *r)
{
    return r->n_made == r->n_changes;
}

uint64_t ramp_due_ns(const struct ramp *r)
{
    uint64_t full_steps = r->steps;
    double within = 0; // the present step, in users at the spawn rate

    if (!ramp_step_is_over(r)) {
        full_steps--;
        within = (double)r->n_made;
        if (r->n_changes > r->batch)
            within *= (double)r->batch / (double)r->n_changes;
    }
    return r->start_ns + s_to_ns(((double)full_steps * (double)r->batch + within) / r->rate);
}
