/* test_unicode -- UTF-8, and a few properties of characters. */
// SPDX-License-Identifier: MIT
#include "base/unicode.h"

#include "../check.h"

/* Decodes the first character; *n is its length. */
static uint32_t first(const char *text, size_t length, size_t *n)
{
    *n = 0;
    return utf8_next(str_make(text, length), n);
}

TEST(decodes)
{
    static const struct {
        const char *text;
        uint32_t c;
        size_t n;
    } known[] = {
        {"a", 'a', 1},
        {"\x7f", 0x7f, 1},
        {"\xc2\x80", 0x80, 2},
        {"\xdf\xbf", 0x7ff, 2},
        {"\xe0\xa0\x80", 0x800, 3},
        {"\xed\x9f\xbf", 0xd7ff, 3},
        {"\xee\x80\x80", 0xe000, 3},
        {"\xef\xbf\xbf", 0xffff, 3},
        {"\xf0\x90\x80\x80", 0x10000, 4},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t n;
        CHECK_INT(first(known[i].text, strlen(known[i].text), &n), known[i].c);
        CHECK_INT(n, known[i].n);
    }
}

TEST(refuses_byte_by_byte)
{
    static const char *const bad[] = {
        "\x80",             // a byte that follows, alone
        "\xc0\x80",         // overlong
        "\xc1\xbf",         // overlong
        "\xe0\x9f\xbf",     // overlong
        "\xf0\x8f\xbf\xbf", // overlong
        "\xed\xa0\x80",     // a surrogate
        "\xf4\x90\x80\x80", // above the last code point
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3",
        "\xe2\x82",
        "\xf0\x9f\x98",
        "\xc3(",
        "\xe2\x82(",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        size_t n;
        CHECK(first(bad[i], strlen(bad[i]), &n) == UTF8_BAD);
        CHECK_INT(n, 1);
    }
}

TEST(reads_on_from_where_it_was)
{
    struct str s = STR("a\xc3\xa9\xff"
                       "b");
    size_t i = 0;
    CHECK_INT(utf8_next(s, &i), 'a');
    CHECK_INT(utf8_next(s, &i), 0xe9);
    CHECK(utf8_next(s, &i) == UTF8_BAD);
    CHECK_INT(utf8_next(s, &i), 'b');
    CHECK_INT(i, s.n);
}

TEST(widths)
{
    CHECK_INT(unicode_width('a'), 1);
    CHECK_INT(unicode_width(0xe9), 1);
    CHECK_INT(unicode_width(0xad), 1);
    CHECK_INT(unicode_width(0x300), 0);
    CHECK_INT(unicode_width(0x36f), 0);
    CHECK_INT(unicode_width(0x370), 1);
    CHECK_INT(unicode_width(0x200b), 0);
    CHECK_INT(unicode_width(0x20ac), 1);
    CHECK_INT(unicode_width(0x1100), 2);
    CHECK_INT(unicode_width(0x1160), 0);
    CHECK_INT(unicode_width(0x4e2d), 2);
    CHECK_INT(unicode_width(0xac00), 2);
    CHECK_INT(unicode_width(0xff21), 2);
    CHECK_INT(unicode_width(0xff71), 1);
    CHECK_INT(unicode_width(0x1f600), 2);
    CHECK_INT(unicode_width(0x20000), 2);
    CHECK_INT(unicode_width(0xe0100), 0);
}

TEST(printable)
{
    static const uint32_t yes[] = {' ', 'a', '~', 0xa1, 0xe9, 0x4e2d, 0x1f600, 0xfffd};
    static const uint32_t no[] = {0,      '\n',   0x7f,   0x80,   0xa0,   0xad,    0x378,   0x2028,
                                  0x202e, 0x3000, 0xd800, 0xe000, 0xfffe, 0xe0001, 0x10ffff};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        CHECK(unicode_is_printable(yes[i]));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        CHECK(!unicode_is_printable(no[i]));
}

TEST_MAIN(RUN(decodes); RUN(refuses_byte_by_byte); RUN(reads_on_from_where_it_was); RUN(widths);
          RUN(printable);)
