/* test_result_parse -- files that are no results: each is refused by one clear message. */
// SPDX-License-Identifier: MIT
#include "report/result_file.h"

#include "result.h"

/* The whole file, with the first `part` in it replaced. */
static char *changed(const char *text, const char *part, const char *by)
{
    const char *at = strstr(text, part);
    if (at == NULL) {
        fprintf(stderr, "not in the file: %s\n", part);
        exit(1);
    }
    return xasprintf("%.*s%s%s", (int)(at - text), text, by, at + strlen(part));
}

TEST(what_is_wrong_and_where)
{
    static const char *const cases[][3] = {
        {"\"katydid_result\":1", "\"katydid_result\":2",
         "written in schema 2, and katydid " KATYDID_VERSION
         " reads schema 1: a newer katydid is needed"},
        {"\"katydid_result\":1", "\"katydid\":1",
         "no result of katydid: \"katydid_result\" is missing"},
        {"\"katydid_result\":1", "\"katydid_result\":\"1\"",
         "katydid_result: expected a whole number, got a text"},
        {"\"version\":\"0.1.0\"", "\"version\":0.1", "version: expected a text, got a number"},
        {"\"exit_code\":1,", "", "exit_code is missing"},
        {"\"exit_code\":1,", "\"exit_code\":256,",
         "exit_code: expected a whole number from 0 to 255, got 256"},
        {"\"seed\":7", "\"seed\":-7",
         "seed: expected a whole number from 0 to 9007199254740992, got -7"},
        {"\"libraries\":{", "\"libraries\":[],\"x\":{",
         "libraries: expected an object, got a list"},
        {"{\"path\":\"a.lua\"", "3,{\"path\":\"a.lua\"",
         "scripts[0]: expected an object, got a number"},
        {"\"path\":\"b.lua\"", "\"path\":null", "scripts[1].path: expected a text, got null"},
        {"\"cores\":2", "\"cores\":2.5",
         "machines[0].cores: expected a whole number, got a number"},
        {"\"a note\"", "1", "notes[0]: expected a text, got a number"},
        {"\"verdict\":\"crossed\"", "\"verdict\":\"failed\"",
         "thresholds[0].verdict: expected \"passed\", \"crossed\" or \"not judged\""},
        {"\"seconds\":25.25", "\"seconds\":-1",
         "usage.seconds: expected a number from 0 on, got -1"},
        {"\"count\":25002000", "\"count\":25002001",
         "usage.lag.count is 25002001, but the slots hold 25002000"},
        {"2000x2000\"", "2000x2001\"", "usage.lag.count is 25002000, but the slots hold 25002001"},
        {"\"slots\":\"0x25000000 ", "\"slots\":\"x25000000 ",
         "usage.lag.slots: expected numbers as \"3 1x4\", got something else at character 1"},
        {"\"name\":\"/1\"", "\"name\":\"/0\"", "entries[1].name: there is such an entry already"},
        {"\"untimed\":1", "\"untimed\":2",
         "total.requests is 1001, but there are 1000 with and 2 without a time"},
        {"\"min_ms\":0.0", "\"min_ms\":0.5", "usage.lag.min_ms does not fit the slots"},
        {"\"per_second\":{\"from\":1795187621,\"counts\":\"",
         "\"per_second\":{\"from\":1795187621,\"counts\":\"0x99999999999 ",
         "total.per_second.counts: expected at most"},
        {"\"text\":\"re\\\"fused\\n\"", "\"text\":[]",
         "failures[0].text: expected a text, got a list"},
        {"\"nodes\":\"local\"", "\"nodes\":\"local\",\"count\":1", "not JSON at line "},
        {"\"kind\":\"check\"", "\"kind\":\"cheque\"",
         "metrics[0].kind: expected check, counter, gauge, trend or rate"},
        {"\"kind\":\"rate\",\"name\":\"hit\"", "\"kind\":\"check\",\"name\":\"ok\"",
         "metrics[1].name: there is such a metric already"},
        {"\"passes\":1", "\"passes\":2",
         "metrics[0].passes: expected a whole number from 0 to 1, got 2"},
        {"\"users\":10,\"entries\":[[0,", "\"users\":10,\"entries\":[[99,",
         "slots.slots[0].entries[0]: expected a whole number from 0 to 4, got 99"},
        {"\"users\":10,\"entries\":[[0,", "\"users\":10,\"entries\":[[1,",
         "slots.slots[0].entries[1]: entries must ascend"},
        {"\"users\":10,\"entries\":[[0,", "\"users\":10,\"entries\":[[",
         "slots.slots[0].entries[0]: expected a list of 7"},
        {"{\"from\":10.0", "{\"from\":9.0", "slots.slots[1].from: slots must follow one another"},
        {"\"history\":[\n[", "\"history\":[\n[1,", "history[0]: expected a list of 9"},
    };
    struct result *r = made_result(RESULT_START, 7);
    char *text = file_of(r);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = ERR_INIT;
        char *bad = changed(text, cases[i][0], cases[i][1]);
        struct result *taken = result_file_parse(str_of(bad), &err);
        free(bad);
        if (taken != NULL)
            CHECK_FAIL("taken: %s", cases[i][1]);
        if (!str_starts(str_of(err.text), str_of(cases[i][2])))
            CHECK_FAIL("%s gives\n  '%s', expected\n  '%s'", cases[i][1], err.text, cases[i][2]);
    }
    free(text);
    result_free(r);
}

TEST(what_is_no_object_at_all)
{
    static const char *const cases[][2] = {
        {"", "not JSON at line 1, column 0: '[' or '{' expected near end of file"},
        {"[]", "no result of katydid: expected an object, got a list"},
        {"{}", "no result of katydid: \"katydid_result\" is missing"},
        {"{\"katydid_result\":1}", "version is missing"},
        {"{\"a\":1,\"a\":2}", "not JSON at line 1, column 10: duplicate object key near '\"a\"'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = ERR_INIT;
        CHECK(result_file_parse(str_of(cases[i][0]), &err) == NULL);
        CHECK_TEXT(err.text, cases[i][1]);
    }
}

TEST(unknown_fields_are_left_alone)
{
    struct result *r = made_result(RESULT_START, 7);
    char *text = file_of(r);
    char *more = changed(text, "\"profile\"", "\"weather\":{\"is\":[1]},\n\"profile\"");
    struct err err = ERR_INIT;
    struct result *again = result_file_parse(str_of(more), &err);
    CHECK_TEXT(err.text, "");
    char *second = file_of(again);
    CHECK_TEXT(second, text);
    free(text);
    free(more);
    free(second);
    result_free(r);
    result_free(again);
}

TEST(none_of_its_beginnings_is_one)
{
    struct result *r = made_result(RESULT_START, 7);
    char *text = file_of(r);
    size_t n = strlen(text);
    for (size_t i = 0; i + 2 < n; i += 97)
        if (result_file_parse(str_make(text, i), NULL) != NULL)
            CHECK_FAIL("%zu bytes are taken", i);
    free(text);
    result_free(r);
}

TEST_MAIN(RUN(what_is_wrong_and_where); RUN(what_is_no_object_at_all);
          RUN(unknown_fields_are_left_alone); RUN(none_of_its_beginnings_is_one);)
