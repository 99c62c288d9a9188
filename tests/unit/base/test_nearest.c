/* test_nearest -- what a misspelt name was probably meant to be. */
// SPDX-License-Identifier: MIT
#include "base/nearest.h"

#include "../check.h"

#include <stdint.h>

TEST(counts_edits)
{
    static const struct {
        const char *a, *b;
        size_t edits;
    } known[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"same", "same", 0},
        {"SAME", "same", 0},
        {"kitten", "sitting", 3},
        {"client", "cleint", 1}, // neighbours swapped
        {"timeout", "timout", 1},
        {"timeout", "timeoutt", 1},
        {"ca", "abc", 3}, // no edit between the letters that were swapped
        {"abcdef", "badcfe", 3},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        CHECK_INT(nearest_distance(str_of(known[i].a), str_of(known[i].b)), known[i].edits);
        CHECK_INT(nearest_distance(str_of(known[i].b), str_of(known[i].a)), known[i].edits);
    }
}

TEST(long_texts_are_not_compared)
{
    char text[66];
    memset(text, 'x', sizeof(text));
    CHECK_INT(nearest_distance(str_make(text, 64), str_make(text, 64)), 0);
    CHECK(nearest_distance(str_make(text, 65), STR("x")) == SIZE_MAX);
    CHECK(nearest_distance(STR("x"), str_make(text, 65)) == SIZE_MAX);
    const char *known[] = {"x"};
    CHECK(nearest_name(str_make(text, 65), known, 1) == NULL);
}

static const char *const options[] = {
    "headers", "params", "timeout", "allow_redirects", "max_redirects", "verify", "json",
};
#define NEAREST(name) nearest_name(STR(name), options, sizeof(options) / sizeof(options[0]))

TEST(finds_the_slip)
{
    CHECK_TEXT(NEAREST("header"), "headers");
    CHECK_TEXT(NEAREST("Time_out"), "timeout");
    CHECK_TEXT(NEAREST("tiemout"), "timeout");
    CHECK_TEXT(NEAREST("jsno"), "json");
    CHECK_TEXT(NEAREST("params"), "params");
    CHECK_TEXT(NEAREST("allow_redirect"), "allow_redirects");
}

TEST(finds_nothing_far_away)
{
    CHECK(NEAREST("cookies") == NULL);
    CHECK(NEAREST("") == NULL);
    CHECK(NEAREST("j") == NULL);
    CHECK(nearest_name(STR("a"), NULL, 0) == NULL);
    static const char *const letters[] = {"b"};
    CHECK(nearest_name(STR("a"), letters, 1) == NULL);
}

TEST(finds_the_one_with_this_prefix)
{
    CHECK_TEXT(NEAREST("allow"), "allow_redirects");
    CHECK_TEXT(NEAREST("MAX_"), "max_redirects");
    CHECK(NEAREST("max") == NULL); // three letters say too little
    static const char *const alike[] = {"csv_prefix", "csv_full_history"};
    CHECK(nearest_name(STR("csv_"), alike, 2) == NULL);
    CHECK_TEXT(nearest_name(STR("csv_f"), alike, 2), "csv_full_history");
}

TEST(first_of_equals)
{
    static const char *const equals[] = {"tast", "tack", "test"};
    CHECK_TEXT(nearest_name(STR("task"), equals, 3), "tast");
}

TEST_MAIN(RUN(counts_edits); RUN(long_texts_are_not_compared); RUN(finds_the_slip);
          RUN(finds_nothing_far_away); RUN(finds_the_one_with_this_prefix); RUN(first_of_equals);)
