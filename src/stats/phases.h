/*
 * phases -- of what the time of an answer was made: name, connection, TLS, waiting, receiving.
 *
 * Kept only where something asks for it. A kept connection needs no name, no connection and no TLS, so
 * of these it is told how often they were needed.
 */
// SPDX-License-Identifier: MIT
#ifndef STATS_PHASES_H
#define STATS_PHASES_H

#include <stdint.h>

enum phase { PHASE_DNS, PHASE_CONNECT, PHASE_TLS, PHASE_WAIT, PHASE_RECEIVE, PHASES };

struct phase_times {
    uint64_t count; /* requests in which it took any time */
    double sum_ms, max_ms;
};

/* All zero: of no request. */
struct phases {
    uint64_t requests;
    struct phase_times of[PHASES];
};

/* One request: how long each of its phases took, in ms; 0: it had none. */
void phases_add(struct phases *p, const double ms[PHASES]);
void phases_merge(struct phases *into, const struct phases *from);

/* Of all requests, those without it too: so the averages of all phases are that of the answers. */
double phases_average(const struct phases *p, enum phase which);

const char *phase_name(enum phase which); /* "dns", "connect", ...; borrowed for ever */

#endif
