/* recorder -- see recorder.h. */
// SPDX-License-Identifier: MIT
#include "app/recorder.h"

#include "base/apart.h"

#define NODE STR("local") /* the name of this process in the list of exceptions, as Locust has it */

static APART void record(struct recorder *r, const struct hook *what)
{
    double at_s = what->u.request.at_s;
    double now_s = at_s != 0 ? at_s : clock_wall_s(r->clock);
    struct entry *e = stats_entry(r->stats, what->u.request.method, what->u.request.name, now_s);

    stats_log(r->stats, e, what->u.request.timed, what->u.request.ms, what->u.request.length,
              what->u.request.failure, now_s);
    if (what->u.request.phases != NULL) {
        entry_log_phases(e, what->u.request.phases);
        entry_log_phases(r->stats->total, what->u.request.phases);
    }
    if (what->u.request.detail != NULL && what->u.request.detail->place.n > 0)
        failures_set_place(&r->stats->failures, str_of(e->method), str_of(e->name),
                           what->u.request.failure, what->u.request.detail->place);
}

static bool is_plain(const struct hook *what)
{
    return what->u.request.timed && what->u.request.at_s > 0 && what->u.request.failure.n == 0 &&
           what->u.request.phases == NULL && what->u.request.detail == NULL;
}

static void on_request(void *self, const struct hook *what)
{
    struct recorder *r = self;

    r->requests++;
    if (!is_plain(what) ||
        !stats_log_quickly(r->stats, what->u.request.method, what->u.request.name,
                           what->u.request.ms, what->u.request.length, what->u.request.at_s))
        record(r, what);
}

static void on_error(void *self, const struct hook *what)
{
    struct recorder *r = self;

    exceptions_add(&r->stats->exceptions, what->u.error.message, what->u.error.traceback, NODE);
}

void recorder_init(struct recorder *r, struct stats *stats, const struct clock *clock,
                   struct hooks *hooks)
{
    *r = (struct recorder){.stats = stats, .clock = clock};
    hooks_add(hooks, HOOK_REQUEST, on_request, r);
    hooks_add(hooks, HOOK_USER_ERROR, on_error, r);
}
