/* test_outcome -- how runs ended, in a word and a line. */
// SPDX-License-Identifier: MIT
#include "report/outcome.h"

#include "ended.h"

static char *reason_of(const struct result *r)
{
    struct buf out = BUF_INIT;
    outcome_add_reason(&out, r);
    return buf_detach(&out);
}

#define CHECK_REASON(r, expected)                  \
    do {                                           \
        char *reason = reason_of(r);               \
        bool same = strcmp(reason, expected) == 0; \
        if (!same)                                 \
            printf("%s\n", reason);                \
        free(reason);                              \
        CHECK(same);                               \
    } while (0)

TEST(what_went_well_passed)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/", 1, "", ENDED_START_S);
    CHECK_TEXT(outcome_name(outcome_of(r)), "passed");
    CHECK_REASON(r, "1 request, none failed");
    ended_threshold(r, "p95 < 300ms", THRESHOLD_PASSED, "1 ms", "");
    CHECK_REASON(r, "1 of 1 threshold passed");
    CHECK(!outcome_is_of_thresholds(r));
    result_free(r);
}

TEST(failures_and_exceptions_are_counted)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/", 1, "no", ENDED_START_S);
    log_one(r->stats, "GET", "/", 1, "", ENDED_START_S);
    exceptions_add(&r->stats->exceptions, STR("a"), STR("b"), STR("local"));
    r->exit_code = 1;
    CHECK_INT(outcome_of(r), OUTCOME_FAILED);
    CHECK_REASON(r, "1 of 2 requests failed, 1 exception in scripts");
    result_free(r);
}

TEST(thresholds_decide)
{
    struct result *r = ended_result();
    ended_threshold(r, "p95 < 300ms", THRESHOLD_CROSSED, "412 ms", "");
    ended_threshold(r, "p99 < 300ms", THRESHOLD_NOT_JUDGED, NULL, "too few");
    ended_threshold(r, "p50 < 300ms", THRESHOLD_PASSED, "2 ms", "");
    r->exit_code = 3;
    CHECK_INT(outcome_of(r), OUTCOME_FAILED);
    CHECK(outcome_is_of_thresholds(r));
    CHECK_REASON(r, "1 of 3 thresholds crossed, 1 of 3 thresholds not judged");
    CHECK_INT(outcome_count(r, THRESHOLD_CROSSED), 1);
    r->exit_code = 4;
    CHECK_INT(outcome_of(r), OUTCOME_NOT_JUDGED);
    result_free(r);
}

/* --exit-code-on-error 3 is no threshold's code. */
TEST(a_code_without_its_threshold_is_a_failure)
{
    struct result *r = ended_result();
    r->exit_code = 3;
    CHECK_INT(outcome_of(r), OUTCOME_FAILED);
    CHECK(!outcome_is_of_thresholds(r));
    r->exit_code = 4;
    CHECK_INT(outcome_of(r), OUTCOME_FAILED);
    result_free(r);
}

TEST(signals_break_off)
{
    struct result *r = ended_result();
    result_set_text(&r->end, "signal");
    result_set_text(&r->exit_reason, "Nothing was requested or measured");
    r->exit_code = 130;
    CHECK_INT(outcome_of(r), OUTCOME_BROKEN);
    CHECK_REASON(r, "Nothing was requested or measured, ended by: signal");
    result_free(r);
}

TEST(titles_are_names_of_scripts)
{
    struct result *r = ended_result();
    struct buf out = BUF_INIT;
    outcome_add_title(&out, r);
    CHECK_STR(buf_slice(&out), "shop");
    result_add_script(r, "flows/", NULL, NULL);
    result_add_script(r, "login.lua", NULL, NULL);
    buf_clear(&out);
    outcome_add_title(&out, r);
    CHECK_STR(buf_slice(&out), "shop+flows/+login");
    buf_release(&out);
    result_free(r);
    r = result_new();
    outcome_add_title(&out, r);
    CHECK_STR(buf_slice(&out), "katydid");
    buf_release(&out);
    result_free(r);
}

TEST_MAIN(RUN(what_went_well_passed); RUN(failures_and_exceptions_are_counted);
          RUN(thresholds_decide); RUN(a_code_without_its_threshold_is_a_failure);
          RUN(signals_break_off); RUN(titles_are_names_of_scripts);)
