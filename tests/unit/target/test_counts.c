/* test_counts -- what was served, counted by route, status, path and time. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include <jansson.h>

#include "target/counts.h"

static const char delay[] = "/delay/<ms>";

static void serve(struct counts *c, const char *method, const char *target, int status, double ms)
{
    counts_receive(c);
    counts_add(c, &(struct served){
                      .method = str_of(method),
                      .pattern = str_of(delay),
                      .target = str_of(target),
                      .status = status,
                      .bytes_in = 3,
                      .bytes_out = 10,
                      .took_ns = s_to_ns(ms / 1000),
                  });
}

static json_t *read_counts(const struct counts *c)
{
    struct buf text = BUF_INIT;

    counts_add_json(c, (struct counts_now){.open = 4, .accepted = 9}, &text);
    json_t *all = json_loadb(text.p, text.n, 0, NULL);
    buf_release(&text);
    return all;
}

static long long number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

TEST(counts_by_route_status_and_path)
{
    struct clock clock;
    clock_init_virtual(&clock, NS_PER_S, 0);
    struct counts *c = counts_new(&clock);

    serve(c, "GET", "/delay/1", 200, 1);
    serve(c, "GET", "/delay/1", 200, 1);
    serve(c, "GET", "/delay/x", 400, 0.1);
    serve(c, "POST", "/delay/1", 200, 1);
    serve(c, "GET", "/delay/1", 0, 1);
    serve(c, "GET", "/delay/1", -1, 1);
    counts_receive(c);
    clock_advance_to(&clock, 3 * NS_PER_S);

    json_t *all = read_counts(c);
    CHECK_DOUBLE(json_real_value(json_object_get(all, "seconds")), 2, 1e-9);
    CHECK_INT(number(all, "received"), 7);
    CHECK_INT(number(all, "waiting"), 1);
    CHECK_INT(number(all, "count"), 6);
    CHECK_INT(number(all, "answered"), 4);
    CHECK_INT(number(all, "dropped"), 1);
    CHECK_INT(number(all, "gone"), 1);
    CHECK_INT(number(all, "bytes_in"), 18);
    CHECK_INT(number(all, "bytes_out"), 40);
    CHECK_INT(number(json_object_get(all, "connections"), "open"), 4);
    CHECK_INT(number(json_object_get(all, "connections"), "accepted"), 9);

    json_t *routes = json_object_get(all, "routes"), *paths = json_object_get(all, "paths");
    CHECK_INT(json_array_size(routes), 2);
    json_t *get = json_array_get(routes, 0); // the one that was asked for last
    CHECK_TEXT(json_string_value(json_object_get(get, "pattern")), delay);
    CHECK_TEXT(json_string_value(json_object_get(get, "method")), "GET");
    CHECK_INT(number(get, "count"), 5);
    CHECK_INT(number(get, "gone"), 1);
    CHECK_INT(number(json_object_get(get, "statuses"), "200"), 2);
    CHECK_INT(number(json_object_get(get, "statuses"), "400"), 1);
    CHECK_INT(number(json_object_get(get, "statuses"), "0"), 1);
    CHECK_INT(json_object_size(paths), 3);
    CHECK_INT(number(json_object_get(paths, "GET /delay/1"), "200"), 2);
    CHECK_INT(number(json_object_get(paths, "GET /delay/1"), "0"), 1);
    CHECK_INT(number(json_object_get(paths, "POST /delay/1"), "200"), 1);
    json_decref(all);
    counts_free(c);
}

TEST(times_are_those_of_answers)
{
    struct clock clock;
    clock_init_virtual(&clock, NS_PER_S, 0);
    struct counts *c = counts_new(&clock);

    for (int i = 1; i <= 100; i++)
        serve(c, "GET", "/delay/1", 200, i);
    serve(c, "GET", "/delay/1", 0, 5000);
    serve(c, "GET", "/delay/1", -1, 5000);
    json_t *all = read_counts(c);
    json_t *times = json_object_get(json_array_get(json_object_get(all, "routes"), 0), "times");
    CHECK_INT(number(times, "count"), 100);
    CHECK_DOUBLE(json_number_value(json_object_get(times, "mean")), 50.5, 1e-9);
    CHECK_DOUBLE(json_number_value(json_object_get(times, "p50")), 50, 0.05);
    CHECK_DOUBLE(json_number_value(json_object_get(times, "p95")), 95, 0.1);
    CHECK_DOUBLE(json_number_value(json_object_get(times, "max")), 100, 1e-9);
    json_t *slots = json_object_get(times, "slots");
    CHECK_INT(json_array_size(slots), 100);
    CHECK_DOUBLE(json_number_value(json_array_get(json_array_get(slots, 0), 0)), 1, 0.001);
    CHECK_INT(json_integer_value(json_array_get(json_array_get(slots, 0), 1)), 1);
    json_decref(all);
    counts_free(c);
}

TEST(keeps_ten_thousand_paths)
{
    struct clock clock;
    clock_init_virtual(&clock, NS_PER_S, 0);
    struct counts *c = counts_new(&clock);
    char path[40];

    for (int i = 0; i < 10005; i++) {
        snprintf(path, sizeof path, "/delay/1?%d", i);
        serve(c, "GET", path, 200, 1);
    }
    serve(c, "GET", "/delay/1?0", 200, 1);
    json_t *all = read_counts(c);
    CHECK_INT(json_object_size(json_object_get(all, "paths")), 10000);
    CHECK_INT(number(all, "paths_left_out"), 5);
    CHECK_INT(number(json_object_get(json_object_get(all, "paths"), "GET /delay/1?0"), "200"), 2);
    CHECK_INT(number(all, "answered"), 10006);
    json_decref(all);
    counts_free(c);
}

TEST(reset_leaves_what_waits)
{
    struct clock clock;
    clock_init_virtual(&clock, NS_PER_S, 0);
    struct counts *c = counts_new(&clock);

    serve(c, "GET", "/delay/1", 200, 1);
    counts_receive(c);
    counts_reset(c, 7);
    json_t *all = read_counts(c);
    CHECK_INT(number(all, "received"), 1);
    CHECK_INT(number(all, "waiting"), 1);
    CHECK_INT(number(all, "count"), 0);
    CHECK_INT(json_array_size(json_object_get(all, "routes")), 0);
    CHECK_INT(json_object_size(json_object_get(all, "paths")), 0);
    CHECK_INT(number(json_object_get(all, "connections"), "accepted"), 2);
    json_decref(all);
    counts_free(c);
}

TEST_MAIN(RUN(counts_by_route_status_and_path); RUN(times_are_those_of_answers);
          RUN(keeps_ten_thousand_paths); RUN(reset_leaves_what_waits);)
