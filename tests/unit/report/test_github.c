/* test_github -- annotations: places, severities, their number, and foreign text. */
// SPDX-License-Identifier: MIT
#include "report/github.h"

#include "ended.h"

static char *annotations_of(const struct result *r, const char *root, const char *here)
{
    struct buf out = BUF_INIT;
    github_add_annotations(&out, r, root, here);
    return buf_detach(&out);
}

static size_t lines_in(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

TEST(nothing_is_told_of_a_good_run)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/", 1, "", ENDED_START_S);
    ended_threshold(r, "p95 < 1s", THRESHOLD_PASSED, "1 ms", "");
    char *text = annotations_of(r, "", "");
    CHECK_TEXT(text, "");
    free(text);
    result_free(r);
}

TEST(thresholds_point_at_the_script)
{
    struct result *r = ended_result();
    ended_threshold(r, "p95 < 300ms", THRESHOLD_CROSSED, "412 ms", "from 12 s on");
    ended_threshold(r, "p99 < 1s", THRESHOLD_NOT_JUDGED, NULL, "50 of 100 samples");
    r->exit_code = 3;
    char *text = annotations_of(r, "", "");
    CHECK_TEXT(text, "::error file=scenarios/shop.lua,title=Threshold crossed::"
                     "p95 < 300ms: measured 412 ms (from 12 s on)\n"
                     "::warning file=scenarios/shop.lua,title=Threshold not judged::"
                     "p99 < 1s (50 of 100 samples)\n");
    free(text);
    // Where that is what fails the run, it is an error.
    r->thresholds[0].verdict = THRESHOLD_PASSED;
    r->exit_code = 4;
    text = annotations_of(r, "", "");
    CHECK_TEXT(text, "::error file=scenarios/shop.lua,title=Threshold not judged::"
                     "p99 < 1s (50 of 100 samples)\n");
    free(text);
    result_free(r);
}

TEST(failures_and_exceptions_point_at_lines)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/a", 1, "broke", ENDED_START_S);
    failures_set_place(&r->stats->failures, STR("GET"), STR("/a"), STR("broke"),
                       STR("./scenarios/shop.lua:12"));
    exceptions_add(&r->stats->exceptions, STR("scenarios/lib.lua:3: no"),
                   STR("stack traceback:\n\t[C]: in function 'error'\n"
                       "\tscenarios/lib.lua:3: in function <x>"),
                   STR("local"));
    exceptions_add(&r->stats->exceptions, STR("no line"),
                   STR("stack traceback:\n\tlua/katydid/co.lua:1: in\n"
                       "\t/repo/scenarios/deep.lua:7: in function <x>"),
                   STR("local"));
    r->exit_code = 1;
    char *text = annotations_of(r, "/repo/", "/repo/");
    CHECK(strstr(text, "::error file=scenarios/lib.lua,line=3,title=Exception in the script "
                       "(1 time)::scenarios/lib.lua:3: no%0Astack traceback:") != NULL);
    CHECK(strstr(text, "::error file=scenarios/deep.lua,line=7,") != NULL);
    CHECK(has_line(text, "::error file=scenarios/shop.lua,line=12,title=Failed requests (1 time)"
                         "::GET /a: broke"));
    free(text);
    // Below the checkout, paths are its own all the same.
    text = annotations_of(r, "/repo/", "/repo/load/");
    CHECK(strstr(text, "::error file=load/scenarios/shop.lua,line=12,") != NULL);
    free(text);
    result_free(r);
}

TEST(what_did_not_fail_the_run_is_a_warning)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/a", 1, "broke", ENDED_START_S);
    ended_threshold(r, "fail_ratio < 100%", THRESHOLD_PASSED, "1%", "");
    char *text = annotations_of(r, "", "");
    CHECK_TEXT(text, "::warning file=scenarios/shop.lua,title=Failed requests (1 time)::"
                     "GET /a: broke\n");
    free(text);
    result_free(r);
}

TEST(ten_are_written_at_most)
{
    struct result *r = ended_result();
    char failure[16];
    for (int i = 0; i < 30; i++) {
        snprintf(failure, sizeof failure, "no %d", i);
        log_one(r->stats, "GET", "/a", 1, failure, ENDED_START_S);
    }
    ended_threshold(r, "p99 < 1s", THRESHOLD_NOT_JUDGED, NULL, "");
    r->exit_code = 1;
    char *text = annotations_of(r, "", "");
    CHECK_INT(lines_in(text), GITHUB_ANNOTATIONS);
    CHECK(strstr(text, "::warning") == NULL);
    free(text);
    result_free(r);
}

TEST(a_bare_exit_code_has_its_reason)
{
    struct result *r = ended_result();
    r->exit_code = 1;
    result_set_text(&r->exit_reason, "Nothing was requested or measured");
    char *text = annotations_of(r, "", "");
    CHECK_TEXT(text, "::error file=scenarios/shop.lua,title=Exit code 1::"
                     "Nothing was requested or measured\n");
    free(text);
    result_free(r);
}

TEST(foreign_text_begins_no_line)
{
    struct result *r = ended_result();
    log_one(r->stats, HOSTILE, HOSTILE, 1, HOSTILE, ENDED_START_S);
    exceptions_add(&r->stats->exceptions, STR(HOSTILE), STR(HOSTILE), STR("local"));
    ended_threshold(r, HOSTILE, THRESHOLD_CROSSED, HOSTILE, HOSTILE);
    r->exit_code = 1;
    char *text = annotations_of(r, "", "");
    CHECK_INT(lines_in(text), 3);
    struct str rest = str_of(text);
    while (rest.n > 0) {
        struct str line = str_cut(&rest, '\n');
        CHECK(str_starts(line, STR("::error file=scenarios/shop.lua,title=")));
        CHECK(!str_contains(line, STR("\x1b")) && !str_contains(line, STR("\r")));
    }
    free(text);
    result_free(r);
}

TEST(what_could_not_start_is_told)
{
    struct buf out = BUF_INIT;
    github_add_error(&out, STR("a.lua:12: no\n::x::"), "/repo/", "/repo/load/");
    CHECK_STR(buf_slice(&out), "::error file=load/a.lua,line=12,title=The run could not start::"
                               "a.lua:12: no%0A::x::\n");
    buf_clear(&out);
    github_add_error(&out, STR("--users: expected a number"), "", "");
    CHECK_STR(buf_slice(&out),
              "::error title=The run could not start::--users: expected a number\n");
    buf_release(&out);
}

TEST_MAIN(RUN(what_could_not_start_is_told); RUN(nothing_is_told_of_a_good_run);
          RUN(thresholds_point_at_the_script); RUN(failures_and_exceptions_point_at_lines);
          RUN(what_did_not_fail_the_run_is_a_warning); RUN(ten_are_written_at_most);
          RUN(a_bare_exit_code_has_its_reason); RUN(foreign_text_begins_no_line);)
