/* compare -- runs that never were, for the tests of comparisons. */
// SPDX-License-Identifier: MIT
#ifndef TESTS_COMPARE_H
#define TESTS_COMPARE_H

#include "base/rng.h"
#include "report/compare.h"
#include "stats/slots.h"

#include "../check.h"

#define COMPARE_START 1000.0

struct scene {
    size_t names, slots;
    double requests;  /* of a name in a slot */
    double median_ms; /* of the first name; of the others 10 ms more each */
    double noise,
        lag; /* of slots: the logarithm's standard deviation, and the correlation of neighbours */
    double slower; /* by this factor is the first name */
    double fail_ratio;
    double users; /* 0: 10 */
};

static inline double gauss(struct rng *r)
{
    double u = 1 - rng_double(r), v = rng_double(r);
    return sqrt(-2 * log(u)) * cos(2 * acos(-1) * v);
}

/* A run of it. Each slot is a little slower or faster than others, with all its names. */
static inline struct result *act(const struct scene *s, struct rng *r)
{
    struct result *result = result_new();
    struct stats *stats = stats_new(COMPARE_START, false);
    double level = s->noise * gauss(r), now_s = COMPARE_START;
    stats->slots = slots_new(COMPARE_START, SLOTS_LIMIT);
    for (size_t slot = 0; slot < s->slots; slot++) {
        for (size_t i = 0; i < s->names; i++) {
            char name[32];
            snprintf(name, sizeof name, "/%zu", i);
            struct entry *e = stats_entry(stats, STR("GET"), str_of(name), now_s);
            double median =
                (s->median_ms + 10.0 * (double)i) * (i == 0 && s->slower > 0 ? s->slower : 1);
            double n = s->requests * exp(-level / 3) + sqrt(s->requests) / 3 * gauss(r);
            for (int j = 0; j < (int)(n + 0.5); j++)
                stats_log(stats, e, true, median * exp(level + 0.4 * gauss(r)), 10,
                          str_of(rng_double(r) < s->fail_ratio ? "refused" : NULL), now_s + 5);
        }
        now_s += 10;
        slots_tick(stats->slots, stats->entries, s->users > 0 ? (uint64_t)s->users : 10, now_s);
        while (slots_work(stats->slots))
            continue;
        level = s->lag * level + sqrt(1 - s->lag * s->lag) * s->noise * gauss(r);
    }
    slots_finish(stats->slots, stats->entries, 0, now_s);
    result->stats = stats;
    result->owns_stats = true;
    result->started_s = COMPARE_START;
    result->ended_s = now_s;
    return result;
}

/* One run of each scene, the last the new one. The caller frees the comparison, then the runs. */
static inline struct comparison *act_and_compare(const struct scene *scenes, size_t n,
                                                 struct rng *r,
                                                 const struct compare_settings *settings,
                                                 struct result **runs)
{
    for (size_t i = 0; i < n; i++)
        runs[i] = act(&scenes[i], r);
    return compare_results((const struct result *const *)runs, n - 1, runs[n - 1], settings);
}

static inline void free_all(struct comparison *c, struct result **runs, size_t n)
{
    comparison_free(c);
    for (size_t i = 0; i < n; i++)
        result_free(runs[i]);
}

#define COMPARE_DEFAULTS \
    ((struct compare_settings){.tolerance = 0.05, .failures_tolerance = 0.001, .seed = 1})

#endif
