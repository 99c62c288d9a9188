/* test_page_facts -- the page's verdict, and what it says of the run. */
// SPDX-License-Identifier: MIT
#include "report/page_facts.h"

#include "page.h"

/* The value of a row of a group; "(none)" where there is no such row. */
static const char *fact(json_t *data, const char *group, const char *name)
{
    json_t *about = json_object_get(data, "about");

    for (size_t i = 0; i < json_array_size(about); i++) {
        json_t *g = json_array_get(about, i), *rows = json_object_get(g, "rows");
        for (size_t k = 0; k < json_array_size(rows); k++) {
            json_t *row = json_array_get(rows, k);
            if (strcmp(page_text_at(g, "title"), group) == 0 &&
                strcmp(page_text_at(row, "0"), name) == 0)
                return page_text_at(row, "1");
        }
    }
    return "(none)";
}

static json_t *facts(const struct result *r)
{
    json_t *data = json_object();

    page_facts_add(data, r);
    return data;
}

TEST(a_verdict_is_that_of_the_other_reports)
{
    static const struct {
        int code;
        const char *outcome, *title;
    } cases[] = {
        {0, "passed", "passed"}, {1, "failed", "failed"},       {4, "failed", "failed"},
        {7, "failed", "failed"}, {130, "broken", "broken off"},
    };
    struct result *r = page_run();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        r->exit_code = cases[i].code;
        json_t *data = facts(r);
        CHECK_TEXT(page_text_at(data, "verdict.outcome"), cases[i].outcome);
        CHECK_TEXT(page_text_at(data, "verdict.title"), cases[i].title);
        CHECK_DOUBLE(page_number_at(data, "verdict.code"), cases[i].code, 0);
        CHECK(strncmp(page_text_at(data, "verdict.reason"), "1 of 200 requests failed", 24) == 0);
        json_decref(data);
    }
    result_free(r);
}

TEST(notes)
{
    struct result *r = page_run();

    r->stats->in_flight_at_end = 2;
    result_add_note(r, "Seeds differ.");
    json_t *data = facts(r);
    CHECK_TEXT(page_text_at(data, "notes.0"), "Seeds differ.");
    CHECK_TEXT(page_text_at(data, "notes.1"),
               "2 requests were in flight at the end, and are counted nowhere");
    json_decref(data);
    result_free(r);
}

TEST(what_ran)
{
    struct result *r = page_run();

    result_add_script(r, "other.lua", NULL, NULL);
    json_object_set_new(r->options, "users", json_integer(3));
    json_object_set_new(r->options, "tags", json_array());
    json_object_set_new(r->options, "spawn_rate", json_real(3));
    json_object_set_new(r->options, "exclude_tags", json_pack("[ss]", "a", "b"));
    json_object_set_new(r->options, "headless", json_true());
    json_t *data = facts(r);
    CHECK_TEXT(page_text_at(data, "title"), "shop+other");
    CHECK_DOUBLE(page_number_at(data, "run.users"), 3, 0);
    CHECK_DOUBLE(page_number_at(data, "run.seconds"), 2, 0);
    CHECK_TEXT(fact(data, "The run", "Script"), "flows/shop.lua");
    CHECK_TEXT(fact(data, "The run", "Seed"), "7");
    CHECK_TEXT(fact(data, "The run", "Started"), "1970-01-01T00:16:40Z");
    CHECK_TEXT(fact(data, "The run", "Profile"), "(none)");
    CHECK_TEXT(fact(data, "The run", "Runs"), "(none)");
    CHECK_TEXT(fact(data, "Options", "--users"), "3");
    CHECK_TEXT(fact(data, "Options", "--headless"), "yes");
    CHECK_TEXT(fact(data, "Options", "--tags"), "(none)");
    CHECK_TEXT(fact(data, "Options", "--spawn-rate"), "3");
    CHECK_TEXT(fact(data, "Options", "--exclude-tags"), "a, b");
    json_decref(data);

    r->n_runs = 3;
    data = facts(r);
    CHECK_TEXT(fact(data, "The run", "Runs"), "3, merged");
    CHECK_TEXT(fact(data, "The run", "Seed"), "(none)");
    json_decref(data);
    result_free(r);
}

TEST(the_generator_is_shown)
{
    struct result *r = page_run();

    r->usage.run_s = 10;
    r->usage.is_doubtful = true;
    r->usage.cpu_share = 0.256;
    r->usage.lag_peak_ms = 12.4;
    r->usage.lag_peak_at_s = 3.25;
    histogram_add_many(&r->usage.lag, 0.5, 1000);
    json_t *data = facts(r);
    CHECK_TEXT(fact(data, "The load generator", "CPU"), "25.6% of one core");
    CHECK(strncmp(page_text_at(data, "doubt"), "Katydid itself was busy", 23) == 0);
    CHECK_TEXT(fact(data, "The load generator", "Loop's lag, 99%"), "0.50 ms");
    CHECK_TEXT(fact(data, "The load generator", "Loop's lag, longest"),
               "12 ms, 3.2 s into the run");
    json_decref(data);
    result_free(r);
}

TEST_MAIN(RUN(a_verdict_is_that_of_the_other_reports); RUN(notes); RUN(what_ran);
          RUN(the_generator_is_shown);)
