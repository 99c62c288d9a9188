/*
 * sampler -- snapshots of a run that goes on, made in slices between the turns of its loop.
 *
 * However many names there are, a slice is over after SAMPLER_SLICE_NS or SAMPLER_SLICE_ROWS rows, and
 * then all others have their turn. Nothing is done until somebody asks.
 */
// SPDX-License-Identifier: MIT
#ifndef EXPORT_SAMPLER_H
#define EXPORT_SAMPLER_H

#include "loop/loop.h"
#include "report/snapshot.h"
#include "run/runner.h"
#include "run/usage.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

#define SAMPLER_SLICE_NS (NS_PER_MS / 2)
#define SAMPLER_SLICE_ROWS 100

/* A run as live outputs see it. All borrowed for their lives. */
struct live_run {
    struct loop *loop;
    struct hooks *hooks;
    const struct stats *stats;
    const struct runner *runner;
    const struct usage *usage;
    uint64_t seed;
    const char *profile; /* NULL: none */
};

/* Embedded in its owner. */
struct sampler {
    const struct live_run *run;
    struct snapshot_maker maker;
    struct deferred slice;
    void (*done)(void *self, struct snapshot *s);
    void *self;
};

/* `done` is given each snapshot, which it holds from then on, from the loop and never before
 * sampler_start returned. */
void sampler_init(struct sampler *s, const struct live_run *run,
                  void (*done)(void *self, struct snapshot *s), void *self);
/* Asks for one; nothing more where one is being made. */
void sampler_start(struct sampler *s);
void sampler_cancel(struct sampler *s); /* nothing where none is being made */
/* One at once, however long it takes: for the end. The caller holds it. */
struct snapshot *sampler_take(const struct sampler *s);

#endif
