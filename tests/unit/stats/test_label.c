/* test_label -- foreign text brought into shape. */
// SPDX-License-Identifier: MIT
#include "stats/label.h"

#include "../check.h"

static const char *label(struct buf *out, struct str text, size_t limit, struct str mark)
{
    buf_clear(out);
    label_add(out, text, limit, mark);
    return buf_cstr(out);
}

TEST(what_fits_stays_as_it_is)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(label(&out, STR("/caf\xc3\xa9\n\xff"), 8, STR("...")), "/caf\xc3\xa9\n\xff");
    CHECK_TEXT(label(&out, STR_EMPTY, 8, STR("...")), "");
    CHECK_TEXT(label(&out, (struct str){NULL, 0}, 8, STR("...")), "");
    buf_release(&out);
}

TEST(a_nul_becomes_visible)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(label(&out, STR("\0a\0\0b\0"), 100, STR_EMPTY), "\\x00a\\x00\\x00b\\x00");
    buf_release(&out);
}

TEST(a_cut_is_marked_and_splits_no_character)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(label(&out, STR("abcdefgh"), 7, STR("...")), "abcd...");
    CHECK_TEXT(label(&out, STR("abcdefgh"), 7, STR_EMPTY), "abcdefg");
    CHECK_TEXT(label(&out,
                     STR("abc\xc3\xa9"
                         "fgh"),
                     7, STR("...")),
               "abc...");
    CHECK_TEXT(label(&out,
                     STR("a\xf0\x9f\x98\x80"
                         "fgh"),
                     7, STR("...")),
               "a...");
    CHECK_TEXT(label(&out, STR("\x80\x80\x80\x80\x80\x80\x80\x80"), 7, STR("...")), "\x80...");
    buf_release(&out);
}

TEST_MAIN(RUN(what_fits_stays_as_it_is); RUN(a_nul_becomes_visible);
          RUN(a_cut_is_marked_and_splits_no_character);)
