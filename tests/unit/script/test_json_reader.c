/* test_json_reader -- JSON as Lua's values, and why a text is none. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "script/json_reader.h"
#include "script/json_writer.h"

/* What was read, written again, or why it was not; the text ends without a NUL. */
static const char *read_bytes(struct str given)
{
    static char said[3000];
    lua_State *L = luaL_newstate();
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    char *text = malloc(given.n + 1);
    memcpy(text, given.p, given.n);
    char *exact = realloc(text, given.n + (given.n == 0));
    luaL_newmetatable(L, JSON_ARRAY_TYPE);
    int top = lua_gettop(L), rc = json_read(L, str_make(exact, given.n), &err);
    if (lua_gettop(L) != top + (rc == 0))
        err_set(&err, "the stack is not as it was");
    else if (rc == 0 && json_write(L, -1, 0, &out, &err) < 0)
        buf_clear(&out);
    snprintf(said, sizeof said, "%s", err_is_set(&err) ? err.text : buf_cstr(&out));
    free(exact);
    buf_release(&out);
    lua_close(L);
    return said;
}

static const char *read_text(const char *text)
{
    return read_bytes(str_of(text));
}

/* The beginning and the end of a text, each `n` times, and something between. */
static const char *read_nested(const char *open, const char *inner, const char *close, size_t n)
{
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < n; i++)
        buf_add_cstr(&text, open);
    buf_add_cstr(&text, inner);
    for (size_t i = 0; i < n; i++)
        buf_add_cstr(&text, close);
    const char *said = read_bytes(buf_slice(&text));
    buf_release(&text);
    return said;
}

TEST(values_are_read)
{
    CHECK_TEXT(read_text(" 12.5 "), "12.5");
    CHECK_TEXT(read_text("true"), "true");
    CHECK_TEXT(read_text("[false,null]"), "[false, null]");
    CHECK_TEXT(read_text("\"\""), "\"\"");
    CHECK_TEXT(read_text("{}"), "{}");
    CHECK_TEXT(read_text("[ ]"), "[]");
    CHECK_TEXT(read_text("\t{\r\n\"b\" : [1 , {}, []] ,\"a\":\"x\"}\n"),
               "{\"a\": \"x\", \"b\": [1, {}, []]}");
}

TEST(the_last_of_equal_names_wins)
{
    CHECK_TEXT(read_text("{\"a\": 1, \"b\": 2, \"a\": 3}"), "{\"a\": 3, \"b\": 2}");
    CHECK_TEXT(read_text("{\"a\": 1, \"\\u0061\": null}"), "{\"a\": null}");
}

TEST(escapes_are_resolved)
{
    CHECK_TEXT(read_text("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    CHECK_TEXT(read_text("\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\""), "\"Aé€😀\"");
    CHECK_TEXT(read_text("\"a\\u0000b\""), "\"a\\u0000b\"");
    CHECK_TEXT(read_text("\"é€😀\""), "\"é€😀\"");
}

TEST(a_long_string_with_escapes_is_read)
{
    struct buf text = BUF_INIT, expected = BUF_INIT;
    buf_add_cstr(&text, "[\"");
    buf_add_cstr(&expected, "[\"");
    for (int i = 0; i < 500; i++) {
        buf_add_cstr(&text, "\\u0061\\n");
        buf_add_cstr(&expected, "a\\n");
    }
    buf_add_cstr(&text, "\"]");
    buf_add_cstr(&expected, "\"]");
    CHECK_TEXT(read_bytes(buf_slice(&text)), buf_cstr(&expected));
    buf_release(&text);
    buf_release(&expected);
}

/* Around the number of values that wait for their table. */
TEST(tables_of_any_size_are_read)
{
    for (int n = 1; n < 80; n++) {
        struct buf list = BUF_INIT, object = BUF_INIT;
        for (int i = 0; i < n; i++) {
            buf_addf(&list, "%s%d", i == 0 ? "[" : ", ", i);
            buf_addf(&object, "%s\"k%02d\": %d", i == 0 ? "{" : ", ", i, i);
        }
        buf_add_char(&list, ']');
        buf_add_char(&object, '}');
        CHECK_TEXT(read_bytes(buf_slice(&list)), buf_cstr(&list));
        CHECK_TEXT(read_bytes(buf_slice(&object)), buf_cstr(&object));
        buf_release(&list);
        buf_release(&object);
    }
}

TEST(nesting_has_a_limit)
{
    CHECK_TEXT(read_nested("[", "7", "]", 3), "[[[7]]]");
    CHECK(strstr(read_nested("{\"a\":[", "7", "]}", 40), "[{\"a\": [7]}]}]") != NULL);
    CHECK(strstr(read_nested("[", "1", "]", JSON_READ_DEPTH_LIMIT - 1), "not JSON") == NULL);
    CHECK(strstr(read_nested("{\"a\":", "1", "}", JSON_READ_DEPTH_LIMIT - 1), "not JSON") == NULL);
    CHECK(strstr(read_nested("[1,2,3,", "1", "]", JSON_READ_DEPTH_LIMIT - 1), "not JSON") == NULL);
    CHECK_TEXT(read_nested("[", "1", "]", JSON_READ_DEPTH_LIMIT),
               "not JSON at line 1, column 2049: maximum parsing depth reached near '1' (in '"
               "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[')");
    CHECK(strstr(read_nested("{\"a\":", "", "", 1000000), "maximum parsing depth reached") != NULL);
}

TEST(a_refusal_says_what_where_and_near_what)
{
    CHECK_TEXT(read_text(""),
               "not JSON at line 1, column 0: unexpected token near end of file (in '')");
    CHECK_TEXT(read_text("<p>"), "not JSON at line 1, column 1: invalid token near '<' (in '<p>')");
    CHECK_TEXT(read_text("[1,\n é 2]"),
               "not JSON at line 2, column 2: invalid token near 'é' (in '[1,\\n é 2]')");
    CHECK_TEXT(read_text("[1,]"),
               "not JSON at line 1, column 4: unexpected token near ']' (in '[1,]')");
    CHECK_TEXT(read_text("[1"),
               "not JSON at line 1, column 2: ']' expected near end of file (in '[1')");
    CHECK_TEXT(read_text("[1 2.5]"),
               "not JSON at line 1, column 6: ']' expected near '2.5' (in '[1 2.5]')");
    CHECK_TEXT(read_text("{\"a\" 1}"),
               "not JSON at line 1, column 6: ':' expected near '1' (in '{\"a\" 1}')");
    CHECK_TEXT(read_text("{\"a\":1,}"),
               "not JSON at line 1, column 8: string or '}' expected near '}' "
               "(in '{\"a\":1,}')");
    CHECK_TEXT(read_text("{\"a\":1 true"),
               "not JSON at line 1, column 11: '}' expected near 'true' (in '{\"a\":1 true')");
    CHECK_TEXT(read_text("{\"a\":}"),
               "not JSON at line 1, column 6: unexpected token near '}' (in '{\"a\":}')");
    CHECK_TEXT(read_text("null x"),
               "not JSON at line 1, column 6: end of file expected near 'x' (in 'null x')");
    CHECK_TEXT(read_text("nil"),
               "not JSON at line 1, column 3: invalid token near 'nil' (in 'nil')");
    CHECK_TEXT(read_text("1e400"),
               "not JSON at line 1, column 5: real number overflow near '1e400' (in '1e400')");
    // A long token is not shown.
    CHECK_TEXT(read_text("nullnullnullnullnullnull"),
               "not JSON at line 1, column 24: invalid token "
               "(in 'nullnullnullnullnullnull')");
}

TEST(strings_are_strict)
{
    CHECK_TEXT(read_text("\"abc"),
               "not JSON at line 1, column 4: premature end of input near '\"abc' (in '\"abc')");
    CHECK_TEXT(read_text("\"a\nb\""),
               "not JSON at line 1, column 2: unexpected newline near '\"a' (in '\"a\\nb\"')");
    CHECK_TEXT(read_text("\"a\x01\""),
               "not JSON at line 1, column 2: control character 0x1 near '\"a' (in '\"a\\x01\"')");
    CHECK_TEXT(read_text("\"\\x\""),
               "not JSON at line 1, column 3: invalid escape near '\"\\x' (in '\"\\x\"')");
    CHECK_TEXT(read_text("\"\\u00g0\""),
               "not JSON at line 1, column 6: invalid escape near '\"\\u00g' (in '\"\\u00g0\"')");
    CHECK_TEXT(read_text("\"\\ud800\""),
               "not JSON at line 1, column 8: invalid Unicode '\\uD800' near '\"\\ud800\"' "
               "(in '\"\\ud800\"')");
    CHECK_TEXT(read_text("\"\\ud800\\u0041\""),
               "not JSON at line 1, column 14: invalid Unicode '\\uD800\\u0041' near "
               "'\"\\ud800\\u0041\"' (in '\"\\ud800\\u0041\"')");
    CHECK_TEXT(read_text("\"\\udc00\""),
               "not JSON at line 1, column 8: invalid Unicode '\\uDC00' near '\"\\udc00\"' "
               "(in '\"\\udc00\"')");
    CHECK_TEXT(read_text("\"\xff\""),
               "not JSON at line 1, column 1: unable to decode byte 0xff near "
               "'\"' (in '\"\\xff\"')");
    CHECK_TEXT(read_text("\"\xed\xa0\x80\""),
               "not JSON at line 1, column 1: unable to decode byte 0xed near '\"' "
               "(in '\"\\xed\\xa0\\x80\"')");
    CHECK_TEXT(read_text("\"\xc0\x80\""),
               "not JSON at line 1, column 1: unable to decode byte 0xc0 near '\"' "
               "(in '\"\\xc0\\x80\"')");
    CHECK_TEXT(read_text("{\"a\\u0000\": 1}"),
               "not JSON at line 1, column 10: NUL byte in object key not supported near "
               "'\"a\\u0000\"' (in '{\"a\\u0000\": 1}')");
}

/* Found by fuzzing: jansson passes over such a NUL. */
TEST(nul_is_no_blank)
{
    CHECK_TEXT(read_bytes(STR("[1\0]")),
               "not JSON at line 1, column 3: ']' expected near '\\x00' (in '[1\\x00]')");
    CHECK(strstr(read_bytes(STR("[1]\0")), "end of file expected") != NULL);
}

/* Found by fuzzing: what is no character is told, also where an escape's name should stand. */
TEST(a_byte_that_is_no_character_comes_first)
{
    CHECK(strstr(read_text("\"\\\xb1\""), "column 2: unable to decode byte 0xb1") != NULL);
    CHECK(strstr(read_text("-\xff"), "column 1: unable to decode byte 0xff") != NULL);
    CHECK(strstr(read_text("tru\xff"), "column 3: unable to decode byte 0xff") != NULL);
}

TEST_MAIN(RUN(values_are_read); RUN(the_last_of_equal_names_wins); RUN(escapes_are_resolved);
          RUN(a_long_string_with_escapes_is_read); RUN(tables_of_any_size_are_read);
          RUN(nesting_has_a_limit); RUN(a_refusal_says_what_where_and_near_what);
          RUN(strings_are_strict); RUN(nul_is_no_blank);
          RUN(a_byte_that_is_no_character_comes_first);)
