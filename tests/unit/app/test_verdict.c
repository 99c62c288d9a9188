/* test_verdict -- the table of exit codes, and which of its rows counts first. */
// SPDX-License-Identifier: MIT
#include "app/verdict.h"

#include "../check.h"

/* A run that ended as planned. */
static struct verdict good(void)
{
    return (struct verdict){.why = RUN_END_RUN_TIME, .requests = 10, .code_on_error = 1};
}

static int code_of(struct verdict v, const char **reason)
{
    return verdict_exit_code(&v, reason);
}

TEST(a_good_end)
{
    const char *reason;
    struct verdict v = good();

    CHECK_INT(code_of(v, &reason), 0);
    CHECK(reason == NULL);
    v.why = RUN_END_SIGNAL;
    CHECK_INT(code_of(v, &reason), 0);
}

TEST(failures_and_exceptions)
{
    const char *reason;
    struct verdict v = good();

    v.has_failures = true;
    CHECK_INT(code_of(v, &reason), 1);
    CHECK(reason == NULL);
    v.code_on_error = 7;
    CHECK_INT(code_of(v, &reason), 7);
    v.code_on_error = 0;
    CHECK_INT(code_of(v, &reason), 0);
    v.has_failures = false;
    v.has_exceptions = true;
    v.code_on_error = 9;
    CHECK_INT(code_of(v, &reason), 9);
}

TEST(listeners_that_threw)
{
    const char *reason;
    struct verdict v = good();

    v.listener_errors = 2;
    CHECK_INT(code_of(v, &reason), 1);
    CHECK_TEXT(reason, "A listener of an event failed");
    v.code_on_error = 0;
    CHECK_INT(code_of(v, &reason), 0);
    CHECK(reason == NULL);
    v.code_on_error = 5;
    v.has_failures = true;
    CHECK_INT(code_of(v, &reason), 5);
    CHECK(reason == NULL);
}

TEST(the_script_comes_first)
{
    const char *reason;
    struct verdict v = good();

    v.script_decided = true;
    v.has_failures = true;
    v.why = RUN_END_SPAWN_ERROR;
    v.requests = 0;
    CHECK_INT(code_of(v, &reason), 0);
    v.script_code = 42;
    CHECK_INT(code_of(v, &reason), 42);
    v.script_code = -1;
    CHECK_INT(code_of(v, &reason), 255);
    v.script_code = 256;
    CHECK_INT(code_of(v, &reason), 255);
    v.script_code = 258;
    CHECK_INT(code_of(v, &reason), 2);
}

TEST(thresholds_judge_failed_requests)
{
    const char *reason;
    struct verdict v = good();

    v.n_thresholds = 2;
    v.has_failures = true;
    CHECK_INT(code_of(v, &reason), 0);
    v.has_code_on_error = true;
    v.code_on_error = 7;
    CHECK_INT(code_of(v, &reason), 7);
    v.has_code_on_error = false;
    v.code_on_error = 1;
    v.has_exceptions = true;
    CHECK_INT(code_of(v, &reason), 1);
    v.judges_exceptions = true;
    CHECK_INT(code_of(v, &reason), 0);
    v.listener_errors = 1;
    CHECK_INT(code_of(v, &reason), 1);
    v.listener_errors = 0;
    v.requests = 0;
    CHECK_INT(code_of(v, &reason), 1);
}

TEST(the_order_of_codes)
{
    const char *reason;
    struct verdict v = good();

    v.n_thresholds = 3;
    v.has_exceptions = v.has_failures = true;
    v.n_not_judged = 1;
    CHECK_INT(code_of(v, &reason), 4);
    v.n_crossed = 1;
    CHECK_INT(code_of(v, &reason), 3);
    CHECK(reason == NULL);
    v.has_code_on_error = true;
    v.code_on_error = 9;
    CHECK_INT(code_of(v, &reason), 3);
    v.why = RUN_END_THRESHOLD;
    CHECK_INT(code_of(v, &reason), 3);
    v.why = RUN_END_SPAWN_ERROR;
    CHECK_INT(code_of(v, &reason), 3);
    v.requests = 0;
    CHECK_INT(code_of(v, &reason), 2);
    v.script_decided = true;
    v.script_code = 77;
    CHECK_INT(code_of(v, &reason), 77);
}

TEST(nothing_requested)
{
    const char *reason;
    struct verdict v = good();

    v.requests = 0;
    v.code_on_error = 0;
    CHECK_INT(code_of(v, &reason), 1);
    CHECK_TEXT(reason, "Nothing was requested or measured");
    v.in_flight = 3;
    CHECK_INT(code_of(v, &reason), 1);
    CHECK_TEXT(reason, "No request was answered before the end");
    v.measured = true;
    CHECK_INT(code_of(v, &reason), 0);
    CHECK(reason == NULL);
}

TEST(what_broke_the_run)
{
    const char *reason;
    struct verdict v = good();

    v.why = RUN_END_SHAPE_ERROR;
    CHECK_INT(code_of(v, &reason), 1);
    v.code_on_error = 0;
    v.has_exceptions = true;
    CHECK_INT(code_of(v, &reason), 1);
    CHECK(reason == NULL);
    v.why = RUN_END_SPAWN_ERROR;
    CHECK_INT(code_of(v, &reason), 1);
    v.requests = 0;
    CHECK_INT(code_of(v, &reason), 2);
}

TEST_MAIN(RUN(a_good_end); RUN(failures_and_exceptions); RUN(listeners_that_threw);
          RUN(the_script_comes_first); RUN(thresholds_judge_failed_requests);
          RUN(the_order_of_codes); RUN(nothing_requested); RUN(what_broke_the_run);)
