/* test_exposition -- which format is wanted, and what stands in each. */
// SPDX-License-Identifier: MIT
#include "export/exposition.h"

#include "../report/report.h"

#define START_S 1000

TEST(openmetrics_is_for_those_who_ask_for_it)
{
    static const struct {
        const char *accept;
        enum exposition format;
    } cases[] = {
        {"", EXPOSITION_CLASSIC},
        {"*/*", EXPOSITION_CLASSIC},
        {"text/plain", EXPOSITION_CLASSIC},
        {"application/openmetrics-text", EXPOSITION_OPENMETRICS},
        {"Application/OpenMetrics-Text ; Version=1.0.0 ; charset=utf-8", EXPOSITION_OPENMETRICS},
        {"application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5",
         EXPOSITION_CLASSIC},
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", // Prometheus 2.42
         EXPOSITION_OPENMETRICS},
        {"application/openmetrics-text;q=0.3, text/plain;q=0.4", EXPOSITION_CLASSIC},
        {"application/openmetrics-text;q=0", EXPOSITION_CLASSIC},
        {",;=,q;q=q,;;", EXPOSITION_CLASSIC},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (exposition_wanted(str_of(cases[i].accept)) != cases[i].format)
            CHECK_FAIL("wrong of '%s'", cases[i].accept);
    }
}

TEST(types_are_of_the_length_they_say)
{
    for (int i = 0; i < EXPOSITIONS; i++)
        CHECK_INT(strlen(exposition_type((enum exposition)i).p),
                  exposition_type((enum exposition)i).n);
}

static char *text_of(enum exposition format)
{
    struct stats *s = stats_new(START_S, false);
    struct buf out = BUF_INIT;
    log_one(s, "GET", "/b", 1.23, "broke \"down\"\n", START_S + 1);
    struct snapshot *now = snapshot_take(s, START_S + 1);
    now->run = (struct snapshot_run){.state = RUN_RUNNING,
                                     .users = 3,
                                     .users_wanted = 5,
                                     .lag_ms = {0.5, 1, 2},
                                     .lag_max_ms = 4,
                                     .cpu_s = 1.5,
                                     .memory_bytes = 4096};
    exposition_add(&out, format, now,
                   &(struct exposition_run){.version = "1.2", .profile = "night", .seed = 42});
    snapshot_release(now);
    stats_free(s);
    return buf_detach(&out);
}

TEST(a_run_has_more_than_its_statistics)
{
    char *text = text_of(EXPOSITION_OPENMETRICS);
    CHECK(has_line(text, "katydid_requests_total{method=\"GET\",name=\"/b\"} 1"));
    CHECK(has_line(text, "katydid_errors_total{method=\"GET\",name=\"/b\","
                         "error=\"broke \\\"down\\\"\\n\"} 1"));
    CHECK(has_line(text, "katydid_users 3"));
    CHECK(has_line(text, "katydid_users_wanted 5"));
    CHECK(has_line(text, "katydid_test_state{state=\"running\"} 1"));
    CHECK(has_line(text, "katydid_test_state{state=\"ready\"} 0"));
    CHECK(has_line(text, "katydid_test_start_timestamp_seconds 1000"));
    CHECK(has_line(text, "katydid_loop_lag_seconds{quantile=\"0.99\"} 0.002"));
    CHECK(has_line(text, "katydid_loop_lag_seconds{quantile=\"1.0\"} 0.004"));
    CHECK(has_line(text, "process_cpu_seconds_total 1.5"));
    CHECK(has_line(text, "process_resident_memory_bytes 4096"));
    CHECK(has_line(text, "# TYPE katydid_build info"));
    CHECK(has_line(text, "katydid_build_info{version=\"1.2\"} 1"));
    CHECK(has_line(text, "katydid_run_info{seed=\"42\",profile=\"night\"} 1"));
    CHECK(str_ends(str_of(text), STR("\n# EOF\n")));
    free(text);
}

TEST(the_older_format_names_families_as_their_samples)
{
    char *text = text_of(EXPOSITION_CLASSIC);
    CHECK(has_line(text, "# TYPE katydid_requests_total counter"));
    CHECK(has_line(text, "# HELP katydid_requests_total Requests, failed ones included."));
    CHECK(has_line(text, "# TYPE katydid_response_time_seconds histogram"));
    CHECK(has_line(text, "# TYPE katydid_build_info gauge"));
    CHECK(has_line(text, "# HELP katydid_build_info The program."));
    CHECK(has_line(text, "katydid_requests_total{method=\"GET\",name=\"/b\"} 1"));
    CHECK(strstr(text, "# UNIT") == NULL);
    CHECK(strstr(text, "# EOF") == NULL);
    free(text);
}

/* The next line that is a sample; empty: there is none. */
static struct str next_sample(struct str *text)
{
    while (text->n > 0) {
        struct str line = str_cut(text, '\n');
        if (line.p[0] != '#')
            return line;
    }
    return STR_EMPTY;
}

TEST(both_formats_have_the_same_samples)
{
    char *new = text_of(EXPOSITION_OPENMETRICS), *old = text_of(EXPOSITION_CLASSIC);
    struct str a = str_of(new), b = str_of(old), x, y;
    size_t n = 0;
    do {
        x = next_sample(&a);
        y = next_sample(&b);
        CHECK(str_equal(x, y));
        n++;
    } while (x.n > 0);
    CHECK(n > 30);
    free(new);
    free(old);
}

TEST_MAIN(RUN(openmetrics_is_for_those_who_ask_for_it); RUN(types_are_of_the_length_they_say);
          RUN(a_run_has_more_than_its_statistics);
          RUN(the_older_format_names_families_as_their_samples);
          RUN(both_formats_have_the_same_samples);)
