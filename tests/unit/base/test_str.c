/* test_str -- borrowed pieces of text. */
// SPDX-License-Identifier: MIT
#include "base/str.h"

#include "../check.h"

static const struct str nothing = {NULL, 0};

TEST(made_of_text)
{
    CHECK_STR(str_of("katydid"), "katydid");
    CHECK_STR(str_of(NULL), "");
    CHECK_STR(STR("two"), "two");
    CHECK_STR(STR_EMPTY, "");
    CHECK(str_is_empty(STR("")));
    CHECK(str_is_empty(nothing));
    CHECK(!str_is_empty(STR(" ")));
}

TEST(compares_by_bytes)
{
    CHECK(str_equal(STR("ab"), STR("ab")));
    CHECK(!str_equal(STR("ab"), STR("aB")));
    CHECK(!str_equal(STR("ab"), STR("abc")));
    CHECK(str_equal(nothing, STR("")));
    CHECK(str_compare(STR("a"), STR("b")) < 0);
    CHECK(str_compare(STR("b"), STR("ab")) > 0);
    CHECK(str_compare(STR("a"), STR("ab")) < 0);
    CHECK(str_compare(STR("\xff"), STR("a")) > 0);
    CHECK_INT(str_compare(STR("ab"), STR("ab")), 0);
    CHECK_INT(str_compare(nothing, STR("")), 0);
}

TEST(folds_ascii_alone)
{
    CHECK(str_equal_nocase(STR("Content-Type"), STR("cONTENT-tYPE")));
    CHECK(!str_equal_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
    CHECK(!str_equal_nocase(STR("["), STR("{")));
    CHECK(!str_equal_nocase(STR("@"), STR("`")));
}

TEST(begins_ends_holds)
{
    CHECK(str_starts(STR("http://x"), STR("http:")));
    CHECK(!str_starts(STR("htt"), STR("http")));
    CHECK(str_starts(STR("x"), STR("")));
    CHECK(str_starts_nocase(STR("HTTP://x"), STR("http:")));
    CHECK(!str_starts_nocase(STR("HTT"), STR("http")));
    CHECK(str_ends(STR("shop.lua"), STR(".lua")));
    CHECK(!str_ends(STR("lua"), STR(".lua")));
    CHECK(str_contains(STR("shop.lua"), STR("p.l")));
    CHECK(!str_contains(STR("shop.lua"), STR("pl")));
    CHECK(str_contains(nothing, STR("")));
    CHECK(!str_contains(nothing, STR("a")));
}

TEST(knows_what_is_one_line)
{
    char text[] = "a line, with a tab\t and \xc3\xa4, of some length";
    CHECK(str_is_line(STR_EMPTY));
    CHECK(str_is_line(nothing));
    for (size_t n = 0; n < sizeof text; n++)
        CHECK(str_is_line(str_make(text, n)));
    for (size_t i = 0; i < sizeof text - 1; i++) {
        for (int k = 0; k < 3; k++) {
            char kept = text[i];
            text[i] = "\0\r\n"[k];
            CHECK(!str_is_line(str_make(text, sizeof text - 1)));
            CHECK(str_is_line(str_make(text, i)));
            text[i] = kept;
        }
    }
}

TEST(finds_and_slices)
{
    struct str s = STR("abcabc");
    CHECK_INT(str_index(s, 'c'), 2);
    CHECK_INT(str_index(s, 'x'), 6);
    CHECK_INT(str_index(nothing, 'x'), 0);
    CHECK_STR(str_slice(s, 1, 3), "bc");
    CHECK_STR(str_slice(s, 4, 99), "bc");
    CHECK_STR(str_slice(s, 5, 2), "");
    CHECK_STR(str_slice(s, 77, 99), "");
    CHECK_STR(str_slice(nothing, 1, 2), "");
}

TEST(trims)
{
    CHECK_STR(str_trim(STR(" \t\r\n a b \v\f")), "a b");
    CHECK_STR(str_trim(STR("   ")), "");
    CHECK_INT(str_trim(nothing).n, 0);
}

TEST(cuts_piece_after_piece)
{
    struct str rest = STR("a,,bc,");
    CHECK_STR(str_cut(&rest, ','), "a");
    CHECK_STR(str_cut(&rest, ','), "");
    CHECK_STR(str_cut(&rest, ','), "bc");
    CHECK_STR(rest, "");
    rest = STR("whole");
    CHECK_STR(str_cut(&rest, ','), "whole");
    CHECK_STR(rest, "");
    CHECK_STR(str_cut(&rest, ','), "");
}

TEST(copies_end_with_nul)
{
    char *copy = str_dup(str_slice(STR("abc"), 0, 2));
    CHECK_TEXT(copy, "ab");
    free(copy);
}

TEST_MAIN(RUN(made_of_text); RUN(compares_by_bytes); RUN(folds_ascii_alone); RUN(begins_ends_holds);
          RUN(knows_what_is_one_line); RUN(finds_and_slices); RUN(trims);
          RUN(cuts_piece_after_piece); RUN(copies_end_with_nul);)
