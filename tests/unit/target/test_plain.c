/* test_plain -- routes whose delay, size, status or fault stands in the request. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "stage.h"

TEST(status)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/status/418"), 418);
    CHECK_TEXT(s.body, "{\"status\": 418}\n");
    CHECK_INT(stage_get(&s, "/status/599"), 599);
    CHECK_INT(stage_get(&s, "/status/204"), 204);
    CHECK_TEXT(s.body, "");
    CHECK_INT(stage_get(&s, "/status/304"), 304);
    CHECK_TEXT(s.body, "");
    CHECK(stage_release(&s));
}

TEST(bytes)
{
    const size_t sizes[] = {0, 1, 63, 64, 65, 65536, 65537, 1000000};
    struct stage s;
    char path[40];

    stage_init(&s, &STAGE_OPTIONS);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(path, sizeof path, "/bytes/%zu", sizes[i]);
        CHECK_INT(stage_get(&s, path), 200);
        CHECK_INT(strlen(s.body), sizes[i]);
        CHECK_INT(strtoul(stage_header(&s, "Content-Length"), NULL, 10), sizes[i]);
        for (size_t at = 64; at < sizes[i]; at++)
            CHECK_INT(s.body[at], s.body[at - 64]);
    }
    json_t *counts = stage_counts(&s);
    CHECK_INT(stage_int(counts, "bytes_out"), 1 + 63 + 64 + 65 + 65536 + 65537 + 1000000);
    json_decref(counts);
    CHECK(stage_release(&s));
}

TEST(chunked)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/chunked/2"), 200);
    CHECK_TEXT(s.body, "6\r\nchunk\n\r\n6\r\nchunk\n\r\n0\r\n\r\n");
    CHECK_INT(stage_get(&s, "/chunked/0"), 200);
    CHECK_TEXT(s.body, "0\r\n\r\n");
    CHECK(stage_release(&s));
}

#define EVENT "27\r\nevent: tick\ndata: {\"name\": \"katydid\"}\n\n\r\n"

TEST(events)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/events/3?every=250"), 200);
    CHECK_TEXT(s.body, EVENT EVENT EVENT "0\r\n\r\n");
    CHECK_TEXT(stage_header(&s, "Content-Type"), "text/event-stream");
    CHECK_DOUBLE(rig_now_ms(&s.rig), 500, 0);
    CHECK_INT(stage_get(&s, "/events/2?every=0"), 200);
    CHECK_TEXT(s.body, EVENT EVENT "0\r\n\r\n");
    CHECK_INT(stage_get(&s, "/events/0"), 200);
    CHECK_TEXT(s.body, "0\r\n\r\n");
    CHECK_DOUBLE(rig_now_ms(&s.rig), 500, 0);
    CHECK_INT(stage_get(&s, "/events/1?every=soon"), 400);
    CHECK(stage_release(&s));
}

TEST(drop_and_stall)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/drop"), 0);
    CHECK_TEXT(s.answer, "");
    CHECK_INT(stage_get(&s, "/stall/2.5"), 200);
    CHECK_DOUBLE(rig_now_ms(&s.rig), 2500, 0);
    CHECK_TEXT(s.body, "{\"delay_ms\": 2500}\n");
    CHECK(stage_release(&s));
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorted delays that the path draws; false: one of them was not kept. */
static bool draw(const char *path, double *delays, size_t n)
{
    struct stage s;
    bool is_kept = true;

    stage_init(&s, &STAGE_OPTIONS);
    for (size_t i = 0; i < n; i++) {
        double before = rig_now_ms(&s.rig);
        stage_get(&s, path);
        delays[i] = rig_now_ms(&s.rig) - before;
        json_t *body = json_loads(s.body, 0, NULL);
        is_kept = is_kept && fabs(json_number_value(json_object_get(body, "delay_ms")) -
                                  delays[i]) < 0.001 * delays[i];
        json_decref(body);
    }
    qsort(delays, n, sizeof *delays, compare);
    return stage_release(&s) && is_kept;
}

TEST(uniform)
{
    double delays[200];

    CHECK(draw("/uniform?min=100&max=200", delays, 200));
    CHECK(delays[0] >= 100 && delays[199] <= 200);
    CHECK_DOUBLE(delays[100], 150, 15); // five times its standard error, and the seed is fixed
}

TEST(lognormal)
{
    double delays[200];

    CHECK(draw("/lognormal?median=100&sigma=0.5", delays, 200));
    CHECK_DOUBLE(delays[100], 100, 20);
    CHECK_DOUBLE(log(delays[168] / delays[100]), 0.5, 0.2); // one sigma: 84 %
    CHECK_DOUBLE(log(delays[32] / delays[100]), -0.5, 0.2);
}

TEST(redirect)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/redirect/2"), 302);
    CHECK_TEXT(stage_header(&s, "Location"), "/redirect/1");
    CHECK_INT(stage_get(&s, "/redirect/0"), 200);
    CHECK_TEXT(s.body, "{\"redirects\": \"done\"}\n");
    CHECK_INT(stage_ask(&s, "PUT /redirect/2?status=307&to=/echo", "", "x"), 307);
    CHECK_TEXT(stage_header(&s, "Location"), "/redirect/1?status=307&to=/echo");
    CHECK_INT(stage_get(&s, "/redirect/1?to=http%3A//h/"), 302);
    CHECK_TEXT(stage_header(&s, "Location"), "http://h/");
    CHECK_INT(stage_get(&s, "/redirect/1?status=304"), 400);
    CHECK_INT(stage_get(&s, "/redirect/1?to=/a%0d%0aX:y"), 400);
    CHECK(stage_release(&s));
}

TEST(json)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/json"), 200);
    CHECK_TEXT(stage_header(&s, "Content-Type"), "application/json");
    CHECK_TEXT(s.body,
               "{\"name\": \"katydid\", \"list\": [1, 2, 3], \"nested\": {\"ok\": true}}\n");
    CHECK(stage_release(&s));
}

TEST_MAIN(RUN(status); RUN(bytes); RUN(chunked); RUN(events); RUN(drop_and_stall); RUN(uniform);
          RUN(lognormal); RUN(redirect); RUN(json);)
