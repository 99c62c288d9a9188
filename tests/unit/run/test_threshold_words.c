/* test_threshold_words -- words and quotes. */
// SPDX-License-Identifier: MIT
#include "run/threshold_words.h"

#include "../check.h"

TEST(words_are_cut)
{
    struct str rest = STR("  a \tbc  d ");

    CHECK_STR(threshold_cut_word(&rest), "a");
    CHECK_STR(threshold_cut_word(&rest), "bc");
    CHECK_STR(rest, "d");
    CHECK_STR(threshold_cut_word(&rest), "d");
    CHECK_STR(threshold_cut_word(&rest), "");
}

TEST(quotes)
{
    CHECK_INT(threshold_quoted_length(STR("\"a\" b")), 3);
    CHECK_INT(threshold_quoted_length(STR("\"a\"\"b\"")), 6);
    CHECK_INT(threshold_quoted_length(STR("\"a")), 0);
    CHECK_INT(threshold_quoted_length(STR("\"a\"\"")), 0);
    CHECK(threshold_opens_quote(STR("\"a"), 0));
    CHECK(threshold_opens_quote(STR("a \"b"), 2));
    CHECK(!threshold_opens_quote(STR("a\"b"), 1));
}

TEST(names)
{
    struct err err = ERR_INIT;
    char *name = threshold_read_name(STR("\"a \"\"b\"\"\""), &err);

    CHECK_TEXT(name, "a \"b\"");
    free(name);
    name = threshold_read_name(STR("a b"), &err);
    CHECK_TEXT(name, "a b");
    free(name);
    CHECK(threshold_read_name(STR("\"\""), &err) == NULL);
    CHECK_TEXT(err.text, "expected a name between the quotes");
}

TEST(refusals)
{
    struct err err = ERR_INIT;

    CHECK_INT(threshold_refuse("this", STR(""), &err), -1);
    CHECK_TEXT(err.text, "expected this, got nothing");
    err_clear(&err);
    CHECK_INT(threshold_refuse_name("word", STR("x\n"), "y", "!", &err), -1);
    CHECK_TEXT(err.text, "unknown word 'x\\n' (did you mean 'y'?)!");
}

TEST_MAIN(RUN(words_are_cut); RUN(quotes); RUN(names); RUN(refusals);)
