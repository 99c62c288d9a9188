/* test_table -- tables that fit, and text that is folded. */
// SPDX-License-Identifier: MIT
#include "report/table.h"

#include "../check.h"

static const struct table_column columns[] = {
    {"Name", "", 12, .keep = 10, .is_left = true},
    {"Verdict", " ", 8, .is_left = true},
    {"Least", " |", 7, .rank = 2},
    {"Most", " ", 7, .rank = 1},
    {"All", " | ", 7, .rank = 0},
};

static const char *print(struct buf *out, const struct table *t, unsigned width)
{
    struct style style = {.columns = width};
    buf_clear(out);
    table_print(out, t, &style);
    return buf_cstr(out);
}

static struct table *two_rows(void)
{
    struct table *t = table_new(columns, 5);
    table_add(t, STYLE_NONE, STR("\xe5\x95\x86\xe5\x93\x81/\xe5\x95\x86\xe5\x93\x81")); // 9 columns
    table_add(t, STYLE_GOOD, STR("good"));
    table_addf(t, STYLE_NONE, "%d", 1);
    table_addf(t, STYLE_NONE, "%d", 22);
    table_addf(t, STYLE_NONE, "%d", 333);
    table_add(t, STYLE_NONE, STR("o\xcc\x88\x1b[2J")); // a mark, and an attempt
    table_rule(t);
    return t;
}

TEST(columns_shrink_and_then_go)
{
    struct buf out = BUF_INIT;
    struct table *t = two_rows();
    CHECK_TEXT(print(&out, t, 0), "Name         Verdict  |  Least    Most |     All\n"
                                  "------------|---------|-------|--------|--------\n"
                                  "\xe5\x95\x86"
                                  "\xe5\x93\x81"
                                  "/\xe5\x95\x86"
                                  "\xe5\x93\x81"
                                  "    good     |      1      22 |     333\n"
                                  "o\xcc\x88"
                                  "\\x1b[2J              |                |\n"
                                  "------------|---------|-------|--------|--------\n");
    CHECK_TEXT(print(&out, t, 80), "Name         Verdict  |  Least    Most |     All\n"
                                   "------------|---------|-------|--------|--------\n"
                                   "\xe5\x95\x86"
                                   "\xe5\x93\x81"
                                   "/\xe5\x95\x86"
                                   "\xe5\x93\x81"
                                   "    good     |      1      22 |     333\n"
                                   "o\xcc\x88"
                                   "\\x1b[2J              |                |\n"
                                   "------------|---------|-------|--------|--------\n");
    CHECK_TEXT(print(&out, t, 40), "Name      Verdict  |  Least  Most |  All\n"
                                   "---------|---------|-------|------|-----\n"
                                   "\xe5\x95\x86"
                                   "\xe5\x93\x81"
                                   "/\xe5\x95\x86"
                                   "\xe5\x93\x81"
                                   " good     |      1    22 |  333\n"
                                   "o\xcc\x88"
                                   "\\x1b[2J           |              |\n"
                                   "---------|---------|-------|------|-----\n");
    CHECK_TEXT(print(&out, t, 32), "Name      Verdict  | Most |  All\n"
                                   "---------|---------|------|-----\n"
                                   "\xe5\x95\x86"
                                   "\xe5\x93\x81"
                                   "/\xe5\x95\x86"
                                   "\xe5\x93\x81"
                                   " good     |   22 |  333\n"
                                   "o\xcc\x88"
                                   "\\x1b[2J           |      |\n"
                                   "---------|---------|------|-----\n"
                                   "No room for Least\n");
    CHECK_TEXT(print(&out, t, 27), "Name      Verdict  |    All\n"
                                   "---------|---------|-------\n"
                                   "\xe5\x95\x86"
                                   "\xe5\x93\x81"
                                   "/\xe5\x95\x86"
                                   "\xe5\x93\x81"
                                   " good     |    333\n"
                                   "o\xcc\x88"
                                   "\\x1b[2J           |\n"
                                   "---------|---------|-------\n"
                                   "No room for Least, Most\n");
    CHECK_TEXT(print(&out, t, 1), "Name     Verdict | All\n"
                                  "--------|--------|----\n"
                                  "\xe5\x95\x86"
                                  "...\xe5\x93\x81"
                                  "  good    | 333\n"
                                  "o\xcc\x88"
                                  "\\x1b[2J         |\n"
                                  "--------|--------|----\n"
                                  "No room for Least, Most\n");
    table_free(t);
    buf_release(&out);
}

TEST(a_table_without_rows_has_its_headers)
{
    struct buf out = BUF_INIT;
    struct table *t = table_new(columns, 5);
    CHECK_TEXT(print(&out, t, 0), "Name         Verdict  |  Least    Most |     All\n"
                                  "------------|---------|-------|--------|--------\n");
    table_free(t);
    table_free(NULL);
    buf_release(&out);
}

TEST(marks_stay_on_their_letters)
{
    static const struct table_column one[] = {{"N", "", 80, .keep = 9, .is_left = true}};
    struct buf out = BUF_INIT;
    struct table *t = table_new(one, 1);
    // "a" to "i" and "j", each under an accent
    for (char c = 'a'; c <= 'j'; c++)
        buf_addf(&out, "%c\xcc\x81", c);
    table_add(t, STYLE_NONE, buf_slice(&out));
    struct buf shown = BUF_INIT;
    CHECK_TEXT(print(&shown, t, 9), "N\n"
                                    "---------\n"
                                    "a\xcc\x81"
                                    "b\xcc\x81"
                                    "c\xcc\x81"
                                    "...h\xcc\x81"
                                    "i\xcc\x81"
                                    "j\xcc\x81"
                                    "\n");
    table_free(t);
    buf_release(&out);
    buf_release(&shown);
}

static const char *fold(struct buf *out, const char *text, unsigned width, unsigned at,
                        unsigned indent)
{
    struct style style = {.columns = width};
    buf_clear(out);
    table_add_folded(out, &style, str_of(text), at, indent);
    return buf_cstr(out);
}

TEST(text_is_folded_between_words)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(fold(&out, "one two three four", 0, 0, 0), "one two three four");
    CHECK_TEXT(fold(&out, "one two three four", 18, 0, 2), "one two three four");
    CHECK_TEXT(fold(&out, "one two three four", 17, 0, 2), "one two three\n  four");
    CHECK_TEXT(fold(&out, "one two three four", 17, 5, 2), "one two\n  three four");
    CHECK_TEXT(fold(&out, "onetwothreefourfive", 14, 0, 2), "onetwothreefou\n  rfive");
    CHECK_TEXT(fold(&out, "one two three four", 17, 9, 2), "one two three four"); // too little
    CHECK_TEXT(fold(&out, "a\nb\x1b", 40, 0, 0), "a\\nb\\x1b");
    CHECK_TEXT(fold(&out, "", 40, 0, 0), "");
    buf_release(&out);
}

TEST_MAIN(RUN(columns_shrink_and_then_go); RUN(a_table_without_rows_has_its_headers);
          RUN(marks_stay_on_their_letters); RUN(text_is_folded_between_words);)
