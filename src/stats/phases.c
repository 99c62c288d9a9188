/* phases -- of what the time of an answer was made. */
// SPDX-License-Identifier: MIT
#include "stats/phases.h"

#include <math.h>
#include <stddef.h>

void phases_add(struct phases *p, const double ms[PHASES])
{
    p->requests++;
    for (size_t i = 0; i < PHASES; i++) {
        if (!(ms[i] > 0))
            continue;
        p->of[i].count++;
        p->of[i].sum_ms += ms[i];
        p->of[i].max_ms = fmax(p->of[i].max_ms, ms[i]);
    }
}

void phases_merge(struct phases *into, const struct phases *from)
{
    into->requests += from->requests;
    for (size_t i = 0; i < PHASES; i++) {
        into->of[i].count += from->of[i].count;
        into->of[i].sum_ms += from->of[i].sum_ms;
        into->of[i].max_ms = fmax(into->of[i].max_ms, from->of[i].max_ms);
    }
}

double phases_average(const struct phases *p, enum phase which)
{
    return p->requests > 0 ? p->of[which].sum_ms / (double)p->requests : 0;
}

const char *phase_name(enum phase which)
{
    static const char *const names[PHASES] = {"dns", "connect", "tls", "wait", "receive"};

    return names[which];
}
