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

TEST_MAIN(RUN(requests); RUN(a_reset_forgets_no_request); RUN(errors);)
