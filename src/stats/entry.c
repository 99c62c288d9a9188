/* entry -- one method and name. */
// SPDX-License-Identifier: MIT
#include "stats/entry.h"

#include "base/mem.h"
#include "stats/recent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct entry *entry_new(struct str method, struct str name, double now_s, bool keep_recent)
{
    struct entry *e = xcalloc(1, sizeof *e);
    e->key_n = method.n + 1 + name.n;
    e->method_n = method.n;
    e->name_n = name.n;
    e->key = xcalloc(e->key_n + 1, 1);
    e->method = e->key;
    e->name = e->key + method.n + 1;
    memcpy(e->method, method.p, method.n);
    memcpy(e->name, name.p, name.n);
    e->is_transaction = str_equal(method, STR(ENTRY_TRANSACTION));
    e->start_s = e->counted_from_s = now_s;
    if (keep_recent)
        e->recent = recent_new();
    return e;
}

void entry_free(struct entry *e)
{
    if (e == NULL)
        return;
    histogram_release(&e->times);
    window_release(&e->per_second);
    window_release(&e->failures_per_second);
    recent_free(e->recent);
    free(e->phases);
    free(e->key);
    free(e);
}

void entry_reset(struct entry *e, double now_s)
{
    e->requests = e->untimed = e->failures = e->content_length = 0;
    e->start_s = e->counted_from_s = now_s;
    e->last_s = 0;
    histogram_clear(&e->times);
    window_clear(&e->per_second);
    window_clear(&e->failures_per_second);
    if (e->recent != NULL)
        recent_clear(e->recent);
    if (e->phases != NULL)
        *e->phases = (struct phases){0};
}

/* Wall times are positive: the cast rounds down, and costs less than floor(3). */
static int64_t whole_second(double now_s)
{
    return (int64_t)now_s;
}

void entry_log(struct entry *e, bool timed, double ms, uint64_t length, double now_s)
{
    e->requests++;
    e->content_length += length;
    e->last_s = now_s;
    window_add(&e->per_second, whole_second(now_s), 1);
    if (!timed) {
        e->untimed++;
        return;
    }
    struct histogram_time time = histogram_time(ms);
    histogram_add_time(&e->times, time);
    if (e->recent != NULL)
        recent_add(e->recent, time);
}

static inline bool has_room(const struct entry *e, struct histogram_time time, int64_t second)
{
    return window_has(&e->per_second, second) && histogram_has_room(&e->times, time);
}

/* Where there is room. */
static inline void log_quickly(struct entry *e, struct histogram_time time, uint64_t length,
                               int64_t second, double now_s)
{
    e->per_second.counts[second - e->per_second.first_s]++;
    e->requests++;
    e->content_length += length;
    e->last_s = now_s;
    histogram_count(&e->times, time);
}

bool entry_log_quickly(struct entry *e, struct entry *total, double ms, uint64_t length,
                       double now_s)
{
    struct histogram_time time;
    int64_t second = whole_second(now_s);
    if (e->recent != NULL || !histogram_find(ms, &time) || !has_room(e, time, second) ||
        !has_room(total, time, second) || !recent_add_quickly(total->recent, time))
        return false;
    log_quickly(e, time, length, second, now_s);
    log_quickly(total, time, length, second, now_s);
    return true;
}

void entry_log_failure(struct entry *e, double now_s)
{
    e->failures++;
    window_add(&e->failures_per_second, whole_second(now_s), 1);
}

static struct phases *phases_of(struct entry *e)
{
    if (e->phases == NULL)
        e->phases = xcalloc(1, sizeof *e->phases);
    return e->phases;
}

void entry_log_phases(struct entry *e, const double ms[PHASES])
{
    phases_add(phases_of(e), ms);
}

void entry_merge(struct entry *into, const struct entry *from)
{
    into->requests += from->requests;
    into->untimed += from->untimed;
    into->failures += from->failures;
    into->content_length += from->content_length;
    into->start_s = fmin(into->start_s, from->start_s);
    into->counted_from_s = fmin(into->counted_from_s, from->counted_from_s);
    into->last_s = fmax(into->last_s, from->last_s);
    histogram_merge(&into->times, &from->times);
    window_merge(&into->per_second, &from->per_second);
    window_merge(&into->failures_per_second, &from->failures_per_second);
    if (from->phases != NULL)
        phases_merge(phases_of(into), from->phases);
}

double entry_average(const struct entry *e)
{
    return histogram_average(&e->times);
}

double entry_median(const struct entry *e)
{
    return histogram_percentile(&e->times, 0.5);
}

double entry_percentile(const struct entry *e, double q)
{
    return histogram_percentile(&e->times, q);
}

double entry_average_length(const struct entry *e)
{
    return e->requests > 0 ? (double)e->content_length / (double)e->requests : 0;
}

double entry_fail_ratio(const struct entry *e)
{
    if (e->requests == 0)
        return e->failures > 0 ? 1 : 0;
    return (double)e->failures / (double)e->requests;
}

double entry_current_rate(const struct entry *e, double now_s)
{
    return window_rate(&e->per_second, e->counted_from_s, now_s);
}

double entry_current_failure_rate(const struct entry *e, double now_s)
{
    return window_rate(&e->failures_per_second, e->counted_from_s, now_s);
}

void entry_current_times(const struct entry *e, struct histogram *into)
{
    if (e->recent != NULL)
        recent_times(e->recent, into);
}

void entry_tick(struct entry *e)
{
    if (e->recent != NULL)
        recent_tick(e->recent);
}
