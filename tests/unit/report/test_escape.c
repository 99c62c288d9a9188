/* test_escape -- foreign text stays text. */
// SPDX-License-Identifier: MIT
#include "report/escape.h"

#include "ended.h"

#define CHECK_ADDS(call, expected)                \
    do {                                          \
        struct buf made = BUF_INIT, *out = &made; \
        call;                                     \
        CHECK_STR(buf_slice(out), expected);      \
        buf_release(out);                         \
    } while (0)

TEST(xml)
{
    CHECK_ADDS(escape_add_xml(out, STR("a<b>&\"'\n\tc\x01\x1b\xff")),
               "a&lt;b&gt;&amp;&quot;'\n\tc\\x01\\x1b\\xff");
    CHECK_ADDS(escape_add_xml_attribute(out, STR("a\nb\"")), "a\\nb&quot;");
    CHECK_ADDS(escape_add_xml(out, STR("\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd\xf0\x9f\x98\x80")),
               "\\u{FFFE}\\u{FFFF}\xef\xbf\xbd\xf0\x9f\x98\x80");
}

TEST(markdown_has_no_markup_left)
{
    CHECK_ADDS(escape_add_markdown(out, STR("/items/[id]?a=1"), 100), "/items/\\[id\\]?a\\=1");
    CHECK_ADDS(escape_add_markdown(out, STR("a|b`c`\n</td>&"), 100),
               "a\\|b\\`c\\`\\\\n&#60;/td&#62;&#38;");
    CHECK_ADDS(escape_add_markdown(out, STR("@all see http://x and WWW.x.y: 1.5"), 100),
               "&#64;all see http&#58;//x and WWW&#46;x.y: 1.5");
}

TEST(markdown_is_cut_between_characters)
{
    CHECK_ADDS(escape_add_markdown(out, STR("12345678"), 8), "12345678");
    CHECK_ADDS(escape_add_markdown(out, STR("123456789"), 8), "12345...");
    CHECK_ADDS(escape_add_markdown(out, STR("1234\xc3\xa9xyz"), 8), "1234...");
}

TEST(commands)
{
    CHECK_ADDS(escape_add_command(out, STR("100% a\nb\rc, d: e")), "100%25 a%0Ab\\rc, d: e");
    CHECK_ADDS(escape_add_command_property(out, STR("50%: a,b\nc")), "50%25%3A a%2Cb\\nc");
}

TEST_MAIN(RUN(xml); RUN(markdown_has_no_markup_left); RUN(markdown_is_cut_between_characters);
          RUN(commands);)
