/* sampler -- snapshots of a run that goes on, made in slices between the turns of its loop. */
// SPDX-License-Identifier: MIT
#include "export/sampler.h"

#include "run/monitor.h"

static double wall_s(const struct sampler *s)
{
    return clock_wall_s(loop_clock(s->run->loop));
}

/* What only a run has: it is of the moment at which the snapshot became whole. */
static void add_run(const struct live_run *run, struct snapshot_run *to)
{
    struct monitor_reading process;

    monitor_read(&process);
    *to = (struct snapshot_run){
        .state = runner_state(run->runner),
        .users = runner_user_count(run->runner),
        .users_wanted = runner_target(run->runner),
        .lag_max_ms = ns_to_ms(run->usage->lag_peak.ns),
        .cpu_s = process.cpu_s,
        .memory_bytes = process.memory_bytes,
    };
    histogram_percentiles(&run->usage->lag, snapshot_lag_shares, SNAPSHOT_LAG_SHARES, to->lag_ms);
}

static void make_slice(void *self)
{
    struct sampler *s = self;
    struct clock *clock = loop_clock(s->run->loop);
    uint64_t end_ns = clock_now_ns(clock) + SAMPLER_SLICE_NS;

    for (int i = 0; i < SAMPLER_SLICE_ROWS && clock_now_ns(clock) <= end_ns; i++) {
        struct snapshot *whole = snapshot_step(&s->maker, wall_s(s));
        if (whole != NULL) {
            add_run(s->run, &whole->run);
            s->done(s->self, whole);
            return;
        }
    }
    deferred_start(s->run->loop, &s->slice);
}

void sampler_init(struct sampler *s, const struct live_run *run,
                  void (*done)(void *self, struct snapshot *s), void *self)
{
    *s = (struct sampler){.run = run, .done = done, .self = self};
    deferred_init(&s->slice, make_slice, s);
}

void sampler_start(struct sampler *s)
{
    if (snapshot_is_being_made(&s->maker))
        return;
    snapshot_begin(&s->maker, s->run->stats);
    deferred_start(s->run->loop, &s->slice);
}

void sampler_cancel(struct sampler *s)
{
    deferred_cancel(s->run->loop, &s->slice);
    snapshot_cancel(&s->maker);
}

struct snapshot *sampler_take(const struct sampler *s)
{
    struct snapshot *now = snapshot_take(s->run->stats, wall_s(s));

    add_run(s->run, &now->run);
    return now;
}
