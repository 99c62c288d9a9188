/* test_json -- Locust's list: its fields, its buckets. */
// SPDX-License-Identifier: MIT
#include "report/json.h"

#include "report.h"

#include <jansson.h>

TEST(buckets_round_half_to_even_by_size)
{
    static const double examples[][2] = {
        {0, 0},         {0.4, 0},       {0.5, 0},
        {1.5, 2},       {2.5, 2},       {99.4, 99},
        {99.5, 100},    {100, 100},     {104.9, 100},
        {105, 100},     {115, 120},     {125, 120},
        {147, 150},     {999.9, 1000},  {1050, 1000},
        {1150, 1200},   {3432, 3400},   {58760, 59000},
        {10500, 10000}, {11500, 12000}, {3600000, 3600000},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        CHECK_DOUBLE(json_bucket(examples[i][0]), examples[i][1], 0);
    CHECK_DOUBLE(json_bucket(nextafter(105, 200)), 110, 0);
    CHECK_DOUBLE(json_bucket(nextafter(115, 0)), 110, 0);
}

TEST(buckets_ascend_with_the_slots)
{
    double last = 0;
    for (size_t slot = 0; slot < HISTOGRAM_SLOTS; slot++) {
        double bucket = json_bucket(histogram_slot_mid_ms(slot));
        CHECK(bucket >= last);
        last = bucket;
    }
}

static json_t *parsed(const struct stats *s)
{
    struct buf out = BUF_INIT;
    json_add_stats(&out, s);
    json_t *list = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
    buf_release(&out);
    return list;
}

/* What the recording says of its first entry, written again, is the recording's own text. */
TEST(an_entry_is_written_as_locust_writes_it)
{
    struct buf theirs = BUF_INIT, ours = BUF_INIT;
    recording(&theirs, FIXTURES "json/stats_out.json");
    static const double ms[] = {9.147031999873434, 0.869620000003124, 1.1, 2.1, 2.2};
    double sum = 0;
    struct stats *s = stats_new(1795187227.849526, false);
    struct entry *e = stats_entry(s, STR("GET"), STR("/fast (fixed)"), 1795187227.849526);
    for (int i = 0; i < 5; i++) {
        stats_log(s, e, true, ms[i], 3, STR_EMPTY, 1795187227.9 + i);
        sum += ms[i];
    }
    stats_log(s, e, true, 17.013232999943284 - sum, 3, STR_EMPTY, 1795187232.8621926);
    json_add_stats(&ours, s);
    // Two samples of the first slots are counted as 1, three as 2; there they stand in the order
    // of their coming, here by size.
    const char *theirs_times = strstr(buf_cstr(&theirs), "\"response_times\"");
    const char *ours_times = strstr(buf_cstr(&ours), "\"response_times\"");
    size_t n = (size_t)(theirs_times - buf_cstr(&theirs));
    CHECK_INT(ours_times - buf_cstr(&ours), n);
    // The sum of floats differs in its last digits by their order.
    const char *total = "\"total_response_time\": 17.01323299994328";
    CHECK(strstr(buf_cstr(&ours), total) != NULL && strstr(buf_cstr(&theirs), total) != NULL);
    size_t to_total =
        (size_t)(strstr(buf_cstr(&theirs), "\"total_response_time\"") - buf_cstr(&theirs));
    CHECK(memcmp(buf_cstr(&ours), buf_cstr(&theirs), to_total) == 0);
    CHECK(str_starts(str_of(ours_times), STR("\"response_times\": {\n"
                                             "            \"1\": 2,\n"
                                             "            \"2\": 3,\n"
                                             "            \"9\": 1\n"
                                             "        },\n")));
    const char *theirs_seconds = strstr(theirs_times, "\"num_reqs_per_sec\"");
    const char *ours_seconds = strstr(ours_times, "\"num_reqs_per_sec\"");
    size_t to_end = (size_t)(strstr(theirs_seconds, "\n    }") - theirs_seconds);
    CHECK(memcmp(ours_seconds, theirs_seconds, to_end) == 0);
    stats_free(s);
    buf_release(&theirs);
    buf_release(&ours);
}

TEST(the_fields_are_locusts_in_its_order)
{
    struct buf theirs = BUF_INIT;
    recording(&theirs, FIXTURES "json/stats_out.json");
    json_t *expected = json_loadb(theirs.p, theirs.n, 0, NULL);
    struct stats *s = stats_new(100, false);
    log_one(s, "GET", "/", 5, NULL, 101);
    json_t *list = parsed(s);
    void *a = json_object_iter(json_array_get(list, 0));
    void *b = json_object_iter(json_array_get(expected, 0));
    while (a != NULL && b != NULL) {
        CHECK_TEXT(json_object_iter_key(a), json_object_iter_key(b));
        CHECK_INT(json_typeof(json_object_iter_value(a)), json_typeof(json_object_iter_value(b)));
        a = json_object_iter_next(json_array_get(list, 0), a);
        b = json_object_iter_next(json_array_get(expected, 0), b);
    }
    CHECK(a == NULL && b == NULL);
    json_decref(list);
    json_decref(expected);
    stats_free(s);
    buf_release(&theirs);
}

TEST(all_that_was_counted_is_in_it)
{
    struct stats *s = stats_new(100, false);
    for (int i = 0; i < 5000; i++)
        log_one(s, "GET", "/", i * 7.3, i % 10 == 0 ? "x" : NULL, 101 + i % 60);
    stats_log(s, s->entries, false, 0, 0, STR_EMPTY, 200);
    json_t *list = parsed(s), *e = json_array_get(list, 0), *value;
    const char *key;
    int64_t buckets = 0, requests = 0, failures = 0;
    json_object_foreach (json_object_get(e, "response_times"), key, value) {
        double bucket = strtod(key, NULL);
        CHECK_DOUBLE(json_bucket(bucket), bucket, 0);
        buckets += json_integer_value(value);
    }
    json_object_foreach (json_object_get(e, "num_reqs_per_sec"), key, value)
        requests += json_integer_value(value);
    json_object_foreach (json_object_get(e, "num_fail_per_sec"), key, value)
        failures += json_integer_value(value);
    CHECK_INT(buckets, 5000);
    CHECK_INT(requests, 5001);
    CHECK_INT(failures, 500);
    CHECK_INT(json_integer_value(json_object_get(e, "num_requests")), 5001);
    CHECK_INT(json_integer_value(json_object_get(e, "num_none_requests")), 1);
    CHECK_INT(json_integer_value(json_object_get(e, "num_failures")), 500);
    CHECK_INT(json_integer_value(json_object_get(e, "total_content_length")), 50000);
    CHECK_INT(s->entries->requests, 5001); // writing it resets nothing
    json_decref(list);
    stats_free(s);
}

TEST(entries_stand_in_the_order_of_their_coming)
{
    struct stats *s = stats_new(100, false);
    log_one(s, "GET", "/z", 5, NULL, 101);
    stats_entry(s, STR("GET"), STR("/never"), 101);
    log_one(s, "GET", "/a", 5, NULL, 101);
    json_t *list = parsed(s);
    CHECK_INT(json_array_size(list), 2);
    CHECK_TEXT(json_string_value(json_object_get(json_array_get(list, 0), "name")), "/z");
    CHECK_TEXT(json_string_value(json_object_get(json_array_get(list, 1), "name")), "/a");
    json_decref(list);
    stats_free(s);
}

TEST(without_times_there_is_no_minimum)
{
    struct stats *s = stats_new(100, false);
    struct entry *e = stats_entry(s, STR("GET"), STR("/"), 100);
    entry_log_failure(e, 101);
    struct buf out = BUF_INIT;
    json_add_stats(&out, s);
    CHECK(has_line(buf_cstr(&out), "        \"last_request_timestamp\": null,"));
    CHECK(has_line(buf_cstr(&out), "        \"total_response_time\": 0,"));
    CHECK(has_line(buf_cstr(&out), "        \"max_response_time\": 0,"));
    CHECK(has_line(buf_cstr(&out), "        \"min_response_time\": null,"));
    CHECK(has_line(buf_cstr(&out), "        \"response_times\": {},"));
    buf_release(&out);
    stats_free(s);
}

TEST(nothing_is_an_empty_list)
{
    struct stats *s = stats_new(100, false);
    struct buf out = BUF_INIT;
    json_add_stats(&out, s);
    CHECK_TEXT(buf_cstr(&out), "[]\n");
    buf_release(&out);
    stats_free(s);
}

TEST(requests_in_flight_come_last)
{
    struct stats *s = stats_new(100, false);
    log_one(s, "GET", "/", 5, NULL, 101);
    s->in_flight_at_end = 3;
    json_t *list = parsed(s);
    CHECK_INT(json_array_size(list), 2);
    json_t *entry = json_array_get(list, 0), *last = json_array_get(list, 1);
    CHECK(json_object_get(entry, "in_flight_at_end") == NULL);
    CHECK_INT(json_integer_value(json_object_get(last, "in_flight_at_end")), 3);
    // A reader of Locust's list finds the same fields in each of its elements.
    CHECK_INT(json_object_size(last), json_object_size(entry) + 1);
    CHECK_TEXT(json_string_value(json_object_get(last, "name")), JSON_IN_FLIGHT_NAME);
    CHECK_INT(json_integer_value(json_object_get(last, "num_requests")), 0);
    json_decref(list);
    stats_free(s);
}

TEST(any_name_makes_valid_json)
{
    struct stats *s = stats_new(100, false);
    stats_log(s, stats_entry(s, STR("G\"T"), STR("/\xff\0\x1f\\ \xc3\xa9\xf0\x9f\x98\x80"), 100),
              true, 1, 1, STR_EMPTY, 101);
    json_t *list = parsed(s), *e = json_array_get(list, 0);
    CHECK_TEXT(json_string_value(json_object_get(e, "method")), "G\"T");
    CHECK_TEXT(json_string_value(json_object_get(e, "name")),
               "/\\xff\\x00\x1f\\ \xc3\xa9\xf0\x9f\x98\x80");
    json_decref(list);
    stats_free(s);
}

TEST_MAIN(RUN(buckets_round_half_to_even_by_size); RUN(buckets_ascend_with_the_slots);
          RUN(an_entry_is_written_as_locust_writes_it); RUN(the_fields_are_locusts_in_its_order);
          RUN(all_that_was_counted_is_in_it); RUN(entries_stand_in_the_order_of_their_coming);
          RUN(without_times_there_is_no_minimum); RUN(nothing_is_an_empty_list);
          RUN(requests_in_flight_come_last); RUN(any_name_makes_valid_json);)
