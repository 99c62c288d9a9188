/* judge -- see judge.h. */
// SPDX-License-Identifier: MIT
#include "app/judge.h"

#include "app/run_options.h"
#include "base/log.h"

#define LOGGER "katydid.main"

int judge_add_options(struct thresholds *all, const struct options *o, struct err *err)
{
    size_t n;
    const char *const *texts = options_list(o, OPT_THRESHOLD, &n);

    for (size_t i = 0; i < n; i++) {
        if (thresholds_add(all, str_of(texts[i]), err) < 0) {
            err_prefix(err, "--threshold");
            return -1;
        }
    }
    return 0;
}

void judge_watch(struct thresholds *all, const struct options *o, struct hooks *hooks,
                 const struct stats *stats, const struct usage *usage, struct runner *runner)
{
    thresholds_watch(all, &(struct thresholds_watch){.hooks = hooks,
                                                     .stats = stats,
                                                     .usage = usage,
                                                     .runner = runner,
                                                     .allow_saturated =
                                                         options_flag(o, OPT_ALLOW_SATURATED)});
}

bool judge_is_cut_short(const struct runner *runner)
{
    const struct run_config *config = runner_config(runner);

    return runner_why(runner) == RUN_END_SIGNAL &&
           (config->run_time_s > 0 || config->iterations > 0 || config->has_shape);
}

static void tell(const struct threshold_row *rows, size_t n)
{
    size_t n_crossed = judge_count(rows, n, THRESHOLD_CROSSED);
    size_t n_not_judged = judge_count(rows, n, THRESHOLD_NOT_JUDGED);

    if (n_crossed > 0)
        log_error(LOGGER, "%zu of %zu threshold%s crossed", n_crossed, n,
                  n == 1           ? " was"
                  : n_crossed == 1 ? "s was"
                                   : "s were");
    if (n_not_judged > 0)
        log_error(LOGGER, "%zu of %zu threshold%s could not be judged", n_not_judged, n,
                  n == 1 ? "" : "s");
}

struct threshold_row *judge_run(const struct thresholds *all, const struct options *o,
                                const struct runner *runner, const struct usage *usage,
                                const struct stats *stats)
{
    if (all == NULL)
        return NULL;
    struct threshold_doubts doubts = {
        .lag_ms = usage_lag_ms(usage),
        .allow_saturated = options_flag(o, OPT_ALLOW_SATURATED),
        .no_descriptors = usage->no_descriptors,
        .no_ports = usage->no_ports,
        .is_cut_short = judge_is_cut_short(runner),
    };
    struct threshold_row *rows = thresholds_judge(all, stats, &doubts, true);

    tell(rows, thresholds_count(all));
    return rows;
}

size_t judge_count(const struct threshold_row *rows, size_t n, enum threshold_verdict verdict)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += rows[i].verdict == verdict;
    return count;
}
