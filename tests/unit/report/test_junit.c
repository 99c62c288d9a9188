/* test_junit -- cases, faults, and that nothing foreign becomes markup (tests/e2e has a parser read it). */
// SPDX-License-Identifier: MIT
#include "report/junit.h"

#include "ended.h"

static char *junit_of(const struct result *r)
{
    struct buf out = BUF_INIT;
    junit_add(&out, r);
    return buf_detach(&out);
}

TEST(a_good_run_is_one_case)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/", 12.34, "", ENDED_START_S);
    char *text = junit_of(r);
    CHECK(has_line(text, "    <testcase classname=\"shop\" name=\"the run\" time=\"60.000\"/>"));
    CHECK(strstr(text, " tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"60.000\" "
                       "timestamp=\"2026-11-20T15:07:07\" hostname=\"localhost\">") != NULL);
    CHECK(has_line(text, "      <property name=\"seed\" value=\"42\"/>"));
    CHECK(has_line(text, "      <property name=\"requests\" value=\"1\"/>"));
    CHECK(has_line(text, "      <property name=\"p95_ms\" value=\"12.34\"/>") ||
          has_line(text, "      <property name=\"p95_ms\" value=\"12.3\"/>"));
    free(text);
    result_free(r);
}

TEST(each_threshold_is_a_case)
{
    struct result *r = ended_result();
    ended_threshold(r, "p95 < 300ms", THRESHOLD_CROSSED, "412 ms", "from 12 s on");
    ended_threshold(r, "p99 of GET /a < 1s", THRESHOLD_NOT_JUDGED, NULL, "no request matched");
    ended_threshold(r, "fail_ratio < 1%", THRESHOLD_PASSED, "0%", "");
    r->exit_code = 3;
    char *text = junit_of(r);
    CHECK(
        has_line(text, "    <testcase classname=\"shop\" name=\"p95 &lt; 300ms\" time=\"0.000\">"));
    CHECK(has_line(text,
                   "      <failure type=\"crossed\" message=\"measured 412 ms: from 12 s on\">"
                   "measured 412 ms: from 12 s on</failure>"));
    CHECK(has_line(text, "      <error type=\"not judged\" message=\"no request matched\">"
                         "no request matched</error>"));
    CHECK(has_line(
        text, "    <testcase classname=\"shop\" name=\"fail_ratio &lt; 1%\" time=\"0.000\"/>"));
    CHECK(has_line(text, "    <testcase classname=\"shop\" name=\"the run\" time=\"60.000\"/>"));
    CHECK(strstr(text, " tests=\"4\" failures=\"1\" errors=\"1\"") != NULL);
    free(text);
    result_free(r);
}

TEST(what_no_threshold_says_the_run_says)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/", 1, "broke", ENDED_START_S);
    ended_threshold(r, "p95 < 300ms", THRESHOLD_PASSED, "1 ms", "");
    r->exit_code = 1;
    char *text = junit_of(r);
    CHECK(strstr(text, "<failure type=\"exit code 1\" message=\"1 of 1 request failed\">") != NULL);
    CHECK(strstr(text, "GET /: broke") != NULL);
    CHECK(strstr(text, " tests=\"2\" failures=\"1\" errors=\"0\"") != NULL);
    free(text);
    r->exit_code = 130;
    result_set_text(&r->end, "signal");
    text = junit_of(r);
    CHECK(strstr(text, "<error type=\"exit code 130\"") != NULL);
    CHECK(strstr(text, " tests=\"2\" failures=\"0\" errors=\"1\"") != NULL);
    free(text);
    result_free(r);
}

/* Only what we write ourselves begins with "<", and XML 1.0 has all characters. */
TEST(foreign_text_is_no_markup)
{
    struct result *r = ended_result();
    log_one(r->stats, HOSTILE, HOSTILE, 1, HOSTILE, ENDED_START_S);
    exceptions_add(&r->stats->exceptions, STR(HOSTILE), STR(HOSTILE), STR("local"));
    ended_threshold(r, HOSTILE, THRESHOLD_CROSSED, HOSTILE, HOSTILE);
    result_set_text(&r->profile, HOSTILE);
    result_add_script(r, HOSTILE, NULL, NULL);
    r->exit_code = 1;
    char *text = junit_of(r);
    CHECK(strstr(text, "</script>") == NULL);
    CHECK(strstr(text, "]]>") == NULL);
    CHECK(strstr(text, "<b>") == NULL);
    CHECK(strstr(text, "&lt;/script&gt;]]&gt;&amp;amp;") != NULL);
    for (const char *p = text; *p != '\0'; p++)
        CHECK((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t');
    free(text);
    result_free(r);
}

TEST_MAIN(RUN(a_good_run_is_one_case); RUN(each_threshold_is_a_case);
          RUN(what_no_threshold_says_the_run_says); RUN(foreign_text_is_no_markup);)
