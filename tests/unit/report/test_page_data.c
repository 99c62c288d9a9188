/* test_page_data -- what the page draws: its figures are those of the other reports. */
// SPDX-License-Identifier: MIT
#include "report/page_data.h"

#include "page.h"

#include "report/view.h"

TEST(entries_have_the_figures_of_view)
{
    struct result *r = page_run();
    json_t *data = page_data(r);
    double values[VIEW_PERCENTILES];

    view_percentile_values(&r->stats->total->times, values);
    CHECK_INT(json_array_size(page_at(data, "entries")), 2);
    CHECK_TEXT(page_text_at(data, "entries.1.name"), "/b");
    CHECK_TEXT(page_text_at(data, "total.name"), "Aggregated");
    CHECK_DOUBLE(page_number_at(data, "total.requests"), 200, 0);
    CHECK_DOUBLE(page_number_at(data, "total.failures"), 1, 0);
    CHECK_DOUBLE(page_number_at(data, "total.failed"), 0.5, 0);
    CHECK_DOUBLE(page_number_at(data, "total.min"), 0.38, 1e-12);
    CHECK_DOUBLE(page_number_at(data, "total.max"), 75, 0);
    CHECK_INT(json_array_size(page_at(data, "total.percentiles")), VIEW_PERCENTILES);
    CHECK_DOUBLE(page_number_at(data, "total.percentiles.0"), rint(values[0]), 0);
    CHECK_TEXT(page_text_at(data, "percentiles.5"), "95%");
    json_decref(data);
    result_free(r);
}

/* The curve ends with the longest, and goes through what the table shows. */
TEST(spread_is_a_curve_through_the_percentiles)
{
    struct result *r = page_run();
    json_t *data = page_data(r);
    json_t *curve = page_at(data, "total.spread"), *shares = page_at(data, "shares");
    size_t n = json_array_size(curve), found = 0;
    double last = 0;

    CHECK(n > 30 && n == json_array_size(shares) + 1);
    for (size_t i = 0; i < n; i++) {
        double ms = json_number_value(json_array_get(curve, i));
        CHECK(ms >= last);
        last = ms;
        if (i + 1 < n && json_number_value(json_array_get(shares, i)) == 0.5) {
            found++;
            CHECK_DOUBLE(ms, page_number_at(data, "total.percentiles.0"), 0);
        }
    }
    CHECK_INT(found, 1);
    CHECK_DOUBLE(last, page_number_at(data, "total.max"), 0);
    json_decref(data);
    result_free(r);
}

/* No peak is lost, and a rate stays what it was on average. */
TEST(a_long_history_is_thinned)
{
    struct result *r = page_run();

    history_clear(&r->stats->history);
    for (int i = 0; i < 3 * PAGE_SAMPLES; i++) {
        struct history_sample s = {.at_s = STARTED + i,
                                   .users = i == 4 ? 99 : 5,
                                   .rate = i % 3,
                                   .p95_ms = i == 5 ? 70 : 0};
        history_add(&r->stats->history, &s);
    }
    json_t *data = page_data(r);
    CHECK_INT(json_array_size(page_at(data, "history.at")), PAGE_SAMPLES);
    CHECK_DOUBLE(page_number_at(data, "history.step"), 3, 0);
    CHECK_DOUBLE(page_number_at(data, "history.at.1"), 5, 0);
    CHECK_DOUBLE(page_number_at(data, "history.rate.1"), 1, 0);
    CHECK_DOUBLE(page_number_at(data, "history.users.1"), 99, 0);
    CHECK_DOUBLE(page_number_at(data, "history.p95.1"), 70, 0);
    CHECK(json_is_null(page_at(data, "history.p95.0")));
    json_decref(data);
    result_free(r);
}

TEST(an_empty_run_is_shown)
{
    struct result *r = result_new();

    r->stats = stats_new(STARTED, false);
    r->owns_stats = true;
    json_t *data = page_data(r);
    CHECK_INT(json_array_size(page_at(data, "entries")), 0);
    CHECK_INT(json_array_size(page_at(data, "total.percentiles")), 0);
    CHECK_INT(json_array_size(page_at(data, "history.at")), 0);
    json_decref(data);
    result_free(r);
}

TEST(failures_exceptions_and_thresholds)
{
    struct result *r = page_run();
    struct threshold_row row = {.text = (char *)"p95 < 1ms",
                                .verdict = THRESHOLD_CROSSED,
                                .has_value = true,
                                .value = 71.6,
                                .unit = (char *)"ms",
                                .shown = (char *)"72 ms",
                                .reason = (char *)""};

    exceptions_add(&r->stats->exceptions, STR("boom"), STR("at a.lua:1"), STR("local"));
    r->thresholds = &row;
    r->n_thresholds = 1;
    json_t *data = page_data(r);
    CHECK_TEXT(page_text_at(data, "failures.0.text"), "HTTPError('500')");
    CHECK_DOUBLE(page_number_at(data, "failures.0.count"), 1, 0);
    CHECK_TEXT(page_text_at(data, "exceptions.0.traceback"), "at a.lua:1");
    CHECK_TEXT(page_text_at(data, "thresholds.0.verdict"), "crossed");
    CHECK_TEXT(page_text_at(data, "thresholds.0.value"), "72 ms");
    r->thresholds = NULL;
    r->n_thresholds = 0;
    json_decref(data);
    result_free(r);
}

TEST(phases_are_averages_of_all_requests)
{
    struct result *r = page_run();
    struct entry *e = stats_find(r->stats, STR("GET"), STR("/a"));
    static const double first[PHASES] = {1, 2, 0, 8, 1}, kept[PHASES] = {0, 0, 0, 4, 1};

    entry_log_phases(e, first);
    entry_log_phases(e, kept);
    json_t *data = page_data(r);
    CHECK_DOUBLE(page_number_at(data, "entries.0.phases.connections"), 1, 0);
    CHECK_DOUBLE(page_number_at(data, "entries.0.phases.average.1"), 1, 0);
    CHECK_DOUBLE(page_number_at(data, "entries.0.phases.average.3"), 6, 0);
    CHECK_DOUBLE(page_number_at(data, "entries.0.phases.max.3"), 8, 0);
    CHECK(json_is_null(page_at(data, "entries.1.phases")));
    json_decref(data);
    result_free(r);
}

/* A script's text stands there where it was asked for. */
TEST(scripts_with_a_text)
{
    struct result *r = page_run();
    json_t *data = page_data(r);

    CHECK_INT(json_array_size(page_at(data, "scripts")), 0);
    json_decref(data);
    result_add_script(r, "b.lua", "00ff", "return 1 -- \xff");
    data = page_data(r);
    CHECK_INT(json_array_size(page_at(data, "scripts")), 1);
    CHECK_TEXT(page_text_at(data, "scripts.0.path"), "b.lua");
    CHECK_TEXT(page_text_at(data, "scripts.0.text"), "return 1 -- \\xff");
    json_decref(data);
    result_free(r);
}

TEST_MAIN(RUN(entries_have_the_figures_of_view); RUN(spread_is_a_curve_through_the_percentiles);
          RUN(a_long_history_is_thinned); RUN(an_empty_run_is_shown);
          RUN(failures_exceptions_and_thresholds); RUN(phases_are_averages_of_all_requests);
          RUN(scripts_with_a_text);)
