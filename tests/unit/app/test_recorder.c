/* test_recorder -- what hooks tell, found again in the statistics. */
// SPDX-License-Identifier: MIT
#include "app/recorder.h"

#include "../check.h"

struct house {
    struct clock clock;
    struct stats *stats;
    struct hooks *hooks;
    struct recorder recorder;
};

static void open_house(struct house *h)
{
    clock_init_virtual(&h->clock, 0, 1000);
    h->stats = stats_new(1000, false);
    h->hooks = hooks_new();
    recorder_init(&h->recorder, h->stats, &h->clock, h->hooks);
}

static void close_house(struct house *h)
{
    hooks_free(h->hooks);
    stats_free(h->stats);
}

static void request(struct house *h, struct str name, double ms, struct str failure)
{
    struct hook what = {.kind = HOOK_REQUEST};

    what.u.request.method = STR("GET");
    what.u.request.name = name;
    what.u.request.timed = ms >= 0;
    what.u.request.ms = ms;
    what.u.request.length = 10;
    what.u.request.failure = failure;
    hooks_fire(h->hooks, &what);
}

TEST(requests)
{
    struct house h;
    const struct entry *e;

    open_house(&h);
    request(&h, STR("/a"), 5, STR_EMPTY);
    clock_advance_to(&h.clock, 3 * NS_PER_S);
    request(&h, STR("/a"), 7, STR("it broke"));
    request(&h, STR("/b"), -1, STR_EMPTY);
    e = stats_find(h.stats, STR("GET"), STR("/a"));
    CHECK(e != NULL);
    CHECK_INT(e->requests, 2);
    CHECK_INT(e->failures, 1);
    CHECK_INT(e->content_length, 20);
    CHECK_DOUBLE(entry_average(e), 6, 0);
    CHECK_DOUBLE(e->last_s, 1003, 0);
    CHECK_INT(stats_find(h.stats, STR("GET"), STR("/b"))->untimed, 1);
    CHECK_INT(h.stats->total->requests, 3);
    CHECK_INT(h.stats->failures.n, 1);
    CHECK_INT(h.recorder.requests, 3);
    close_house(&h);
}

/* Some of everything: methods, names beyond the limit, times of every size, seconds that follow. */
static struct hook some_request(size_t i, char name[16])
{
    static const double ms[] = {1.5, 0, 0.0004, 1.75, 12, 3700000, 1.5, 90, 4.25, 1.625, 2};
    struct hook what = {.kind = HOOK_REQUEST};
    snprintf(name, 16, i % 3 != 0 ? "/items/%zu" : "/%zu", i % 7);
    what.u.request.method = i % 5 != 0 ? STR("GET") : STR("TRANSACTION");
    what.u.request.name = str_of(name);
    if (i % 19 == 7) { // what is beyond the limit, by its own name
        what.u.request.method = STR_EMPTY;
        what.u.request.name = STR(STATS_OTHER_NAME);
    }
    what.u.request.timed = i % 13 != 5;
    what.u.request.ms = ms[i % 11];
    what.u.request.length = i;
    what.u.request.at_s = 1000 + (double)i / 300;
    what.u.request.failure = i % 17 == 3 ? STR("it broke") : STR_EMPTY;
    return what;
}

static void check_same(const struct entry *got, const struct entry *expected)
{
    CHECK_INT(got->requests, expected->requests);
    CHECK_INT(got->untimed, expected->untimed);
    CHECK_INT(got->failures, expected->failures);
    CHECK_INT(got->content_length, expected->content_length);
    CHECK_DOUBLE(got->last_s, expected->last_s, 0);
    CHECK_INT(got->times.count, expected->times.count);
    CHECK_DOUBLE(got->times.sum_ms, expected->times.sum_ms, 0);
    CHECK_DOUBLE(got->times.min_ms, expected->times.min_ms, 0);
    CHECK_DOUBLE(got->times.max_ms, expected->times.max_ms, 0);
    for (double q = 0; q <= 1; q += 0.05)
        CHECK_DOUBLE(entry_percentile(got, q), entry_percentile(expected, q), 0);
    for (int64_t second = 999; second < 1020; second++) {
        CHECK_INT(window_at(&got->per_second, second), window_at(&expected->per_second, second));
        CHECK_INT(window_at(&got->failures_per_second, second),
                  window_at(&expected->failures_per_second, second));
    }
}

static void check_same_stats(const struct stats *got, const struct stats *expected)
{
    struct entry *e, *next;
    CHECK_INT(got->n_entries, expected->n_entries);
    CHECK_INT(got->names_left_out, expected->names_left_out);
    CHECK_INT(got->failures.n, expected->failures.n);
    HASH_ITER (hh, expected->entries, e, next) {
        const struct entry *same = stats_find(got, str_of(e->method), str_of(e->name));
        CHECK(same != NULL);
        if (same != NULL)
            check_same(same, e);
    }
    check_same(got->total, expected->total);
    CHECK_INT(got->history.n, expected->history.n);
    for (size_t i = 0; i < got->history.n; i++) {
        CHECK_DOUBLE(got->history.samples[i].p50_ms, expected->history.samples[i].p50_ms, 0);
        CHECK_DOUBLE(got->history.samples[i].p95_ms, expected->history.samples[i].p95_ms, 0);
        CHECK_DOUBLE(got->history.samples[i].rate, expected->history.samples[i].rate, 0);
    }
}

TEST(whatever_is_counted_quickly_is_counted_as_everything)
{
    struct house h;
    char name[16];
    open_house(&h);
    struct stats *expected = stats_new(1000, false);
    stats_limit_names(expected, 8);
    stats_limit_names(h.stats, 8);
    for (size_t i = 0; i < 5000; i++) {
        struct hook what = some_request(i, name);
        double now_s = what.u.request.at_s;
        hooks_fire(h.hooks, &what);
        stats_log(expected,
                  stats_entry(expected, what.u.request.method, what.u.request.name, now_s),
                  what.u.request.timed, what.u.request.ms, what.u.request.length,
                  what.u.request.failure, now_s);
        if (i % 300 == 299) {
            stats_tick(h.stats, 1, now_s);
            stats_tick(expected, 1, now_s);
        }
        if (i == 1000) {
            check_same_stats(h.stats, expected);
            stats_reset(h.stats, now_s);
            stats_reset(expected, now_s);
        }
    }
    check_same_stats(h.stats, expected);
    CHECK_INT(h.recorder.requests, 5000);
    stats_free(expected);
    close_house(&h);
}

TEST(a_reset_forgets_no_request)
{
    struct house h;

    open_house(&h);
    request(&h, STR("/a"), 5, STR_EMPTY);
    stats_reset(h.stats, 1001);
    CHECK_INT(h.stats->total->requests, 0);
    CHECK_INT(h.recorder.requests, 1);
    close_house(&h);
}

TEST(errors)
{
    struct house h;
    struct hook what = {.kind = HOOK_USER_ERROR};

    open_house(&h);
    what.u.error.message = STR("out of paper");
    what.u.error.traceback = STR("printer.lua:3");
    hooks_fire(h.hooks, &what);
    hooks_fire(h.hooks, &what);
    CHECK_INT(h.stats->exceptions.n, 1);
    CHECK_INT(h.stats->exceptions.all->count, 2);
    CHECK_TEXT(h.stats->exceptions.all->message, "out of paper");
    CHECK_TEXT(h.stats->exceptions.all->nodes, "local");
    close_house(&h);
}

TEST_MAIN(RUN(requests); RUN(whatever_is_counted_quickly_is_counted_as_everything);
          RUN(a_reset_forgets_no_request); RUN(errors);)
