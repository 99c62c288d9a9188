/*
 * clock -- what time it is: the machine's, or a test's.
 *
 * All times inside are uint64_t nanoseconds of a monotonic clock (`_ns`). Wall time is for display
 * and files alone: it is the monotonic time plus an offset that is taken once, so that a step of
 * the machine's clock in the middle of a run moves no figure.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_S 1000000000ull
#define NS_PER_MS 1000000ull
#define NS_PER_US 1000ull

struct clock {
    bool is_virtual;
    uint64_t virtual_ns;  /* the time, where is_virtual */
    double wall_offset_s; /* seconds since 1970 at monotonic 0 */
};

/* The machine's clock. */
void clock_init(struct clock *c);
/* A test's clock: stands at start_ns until clock_advance moves it. */
void clock_init_virtual(struct clock *c, uint64_t start_ns, double wall_s);

uint64_t clock_now_ns(const struct clock *c);
double clock_wall_s(const struct clock *c); /* seconds since 1970, now */
double clock_wall_at_s(const struct clock *c,
                       uint64_t at_ns);                 /* the same, of a time of this clock */
void clock_advance_to(struct clock *c, uint64_t at_ns); /* virtual only; never backwards */

/* The CPU time that this thread has used. */
uint64_t clock_cpu_ns(void);

static inline double ns_to_s(uint64_t ns)
{
    return (double)ns / 1e9;
}
static inline double ns_to_ms(uint64_t ns)
{
    return (double)ns / 1e6;
}
/* Negative and NaN give 0; what is too large gives UINT64_MAX / 2. */
uint64_t s_to_ns(double s);

#endif
