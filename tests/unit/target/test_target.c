/* test_target -- delays and errors of the options, waiting, leaving, counting, ending. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "stage.h"

TEST(waits_exactly_as_long_as_asked)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/delay/50"), 200);
    CHECK_DOUBLE(rig_now_ms(&s.rig), 50, 0);
    CHECK_INT(stage_get(&s, "/delay/0.25"), 200);
    CHECK_DOUBLE(rig_now_ms(&s.rig), 50.25, 1e-9);
    json_t *counts = stage_counts(&s);
    json_t *times = json_object_get(stage_route(counts, "GET", "/delay/<ms>"), "times");
    CHECK_INT(stage_int(times, "count"), 2);
    CHECK_DOUBLE(json_number_value(json_object_get(times, "max")), 50, 1e-9);
    json_decref(counts);
    CHECK(stage_release(&s));
}

TEST(options_delay_every_route)
{
    struct stage s;
    struct target_options options = STAGE_OPTIONS;

    options.delay_min_ms = 10;
    options.delay_max_ms = 20;
    stage_init(&s, &options);
    for (int i = 0; i < 20; i++) {
        double before = rig_now_ms(&s.rig);
        CHECK_INT(stage_get(&s, i % 2 ? "/json" : "/delay/100"), 200);
        double took = rig_now_ms(&s.rig) - before - (i % 2 ? 0 : 100);
        CHECK(took >= 10 && took <= 20);
    }
    double before = rig_now_ms(&s.rig);
    CHECK_INT(stage_get(&s, "/_counts"), 200);
    CHECK_DOUBLE(rig_now_ms(&s.rig), before, 0);
    CHECK(stage_release(&s));
}

static int count_errors(uint64_t seed)
{
    struct stage s;
    struct target_options options = STAGE_OPTIONS;
    int errors = 0, bits = 0;

    options.error_rate = 0.5;
    options.seed = seed;
    stage_init(&s, &options);
    for (int i = 0; i < 20; i++) {
        bool failed = stage_get(&s, "/json") == 500;
        errors += failed;
        bits = 2 * bits + failed;
    }
    json_t *counts = stage_counts(&s);
    json_t *statuses = json_object_get(stage_route(counts, "GET", "/json"), "statuses");
    bool is_counted = stage_int(statuses, "500") == errors && errors > 0 && errors < 20;
    json_decref(counts);
    return stage_release(&s) && is_counted ? bits : -1;
}

TEST(errors_on_purpose_follow_the_seed)
{
    int first = count_errors(1);

    CHECK(first > 0);
    CHECK_INT(count_errors(1), first);
    CHECK(count_errors(2) != first);
}

TEST(who_leaves_is_not_answered)
{
    struct stage s;
    long long gone = 0;

    stage_init(&s, &STAGE_OPTIONS);
    int fd = rig_connect(target_port(s.target));
    rig_send(&s.rig, fd, STR("GET /stall/30 HTTP/1.1\r\nHost: x\r\n\r\n"));
    for (int i = 0; i < 5; i++)
        loop_turn(s.rig.loop, false);
    close(fd);
    // Asking turns the loop without need of the clock.
    for (int i = 0; i < 100 && gone == 0; i++) {
        json_t *counts = stage_counts(&s);
        gone = stage_int(counts, "gone");
        CHECK_INT(stage_int(counts, "answered"), 0);
        CHECK_INT(stage_int(counts, "waiting") + gone, stage_int(counts, "received"));
        json_decref(counts);
    }
    CHECK_INT(gone, 1);
    CHECK(rig_now_ms(&s.rig) < 30000);
    CHECK(stage_release(&s));
}

TEST(ends_with_requests_waiting)
{
    struct stage s;
    int fds[20];

    stage_init(&s, &STAGE_OPTIONS);
    for (int i = 0; i < 20; i++) {
        fds[i] = rig_connect(target_port(s.target));
        rig_send(&s.rig, fds[i],
                 i % 2 ? STR("GET /stall/9 HTTP/1.1\r\nHost: x\r\n\r\n")
                       : STR("GET /delay/50 HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    for (int i = 0; i < 5; i++)
        loop_turn(s.rig.loop, false);
    CHECK(stage_release(&s));
    for (int i = 0; i < 20; i++)
        close(fds[i]);
}

TEST(counts_each_path_and_forgets_on_request)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    stage_get(&s, "/items/7?x=%20y");
    stage_get(&s, "/drop");
    stage_ask(&s, "POST /echo", "", "hello");
    stage_ask(&s, "HEAD /bytes/100", "", "");
    stage_get(&s, "/_counts?reset=2");
    CHECK_INT(s.status, 400);
    stage_get(&s, "/_counts?reset=1");
    json_t *counts = json_loads(s.body, 0, NULL);
    json_t *paths = json_object_get(counts, "paths");
    CHECK_INT(json_object_size(paths), 4);
    CHECK_INT(stage_int(json_object_get(paths, "GET /items/7?x=%20y"), "200"), 1);
    CHECK_INT(stage_int(json_object_get(paths, "GET /drop"), "0"), 1);
    CHECK_INT(stage_int(counts, "bytes_in"), 5);
    CHECK_INT(stage_int(stage_route(counts, "HEAD", "/bytes/<n>"), "bytes_out"), 0);
    json_decref(counts);

    counts = stage_counts(&s);
    CHECK_INT(stage_int(counts, "count"), 0);
    CHECK_INT(json_object_size(json_object_get(counts, "paths")), 0);
    json_decref(counts);
    CHECK(stage_release(&s));
}

TEST_MAIN(RUN(waits_exactly_as_long_as_asked); RUN(options_delay_every_route);
          RUN(errors_on_purpose_follow_the_seed); RUN(who_leaves_is_not_answered);
          RUN(ends_with_requests_waiting); RUN(counts_each_path_and_forgets_on_request);)
