/* clock -- what time it is: the machine's, or a test's. */
// SPDX-License-Identifier: MIT
#include "base/clock.h"

#include "base/err.h"

#include <time.h>

static uint64_t read_ns(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) < 0)
        BUG("the system has no such clock");
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void clock_init(struct clock *c)
{
    uint64_t wall_ns = read_ns(CLOCK_REALTIME);
    uint64_t now_ns = read_ns(CLOCK_MONOTONIC);
    *c = (struct clock){.wall_offset_s = ((double)wall_ns - (double)now_ns) / 1e9};
}

void clock_init_virtual(struct clock *c, uint64_t start_ns, double wall_s)
{
    *c = (struct clock){
        .is_virtual = true,
        .virtual_ns = start_ns,
        .wall_offset_s = wall_s - ns_to_s(start_ns),
    };
}

uint64_t clock_now_ns(const struct clock *c)
{
    return c->is_virtual ? c->virtual_ns : read_ns(CLOCK_MONOTONIC);
}

uint64_t clock_cpu_ns(void)
{
    return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

double clock_wall_s(const struct clock *c)
{
    return clock_wall_at_s(c, clock_now_ns(c));
}

double clock_wall_at_s(const struct clock *c, uint64_t at_ns)
{
    return c->wall_offset_s + ns_to_s(at_ns);
}

void clock_advance_to(struct clock *c, uint64_t at_ns)
{
    if (!c->is_virtual)
        BUG("the machine's clock can't be advanced");
    if (at_ns > c->virtual_ns)
        c->virtual_ns = at_ns;
}

uint64_t s_to_ns(double s)
{
    if (!(s > 0))
        return 0;
    if (s >= (double)(UINT64_MAX / 2) / 1e9)
        return UINT64_MAX / 2;
    return (uint64_t)(s * 1e9 + 0.5);
}
