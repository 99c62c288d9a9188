/* test_l_json -- JSON there and back. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "state.h"

#define JSON "local json = require 'katydid.core'.json local null, array = json.null, json.array\n"

/* The text of an expression's value, or of its error. */
static const char *tell(struct state *s, const char *expression)
{
    static char text[4000];
    lua_settop(s->L, 0);
    lua_pushliteral(s->L, JSON "say(tostring(");
    lua_pushstring(s->L, expression);
    lua_pushliteral(s->L, "))");
    lua_concat(s->L, 3);
    char *why = state_do(s, lua_tostring(s->L, 1));
    snprintf(text, sizeof text, "%s", why != NULL ? why : state_said(s));
    free(why);
    return text;
}

TEST(scalars_are_written)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(tell(&s, "json.encode(true) .. json.encode(false) .. json.encode(null)"),
               "truefalsenull");
    CHECK_TEXT(tell(&s, "json.encode(3)"), "3");
    CHECK_TEXT(tell(&s, "json.encode(-0)"), "0");
    CHECK_TEXT(tell(&s, "json.encode(0.1)"), "0.1");
    CHECK_TEXT(tell(&s, "json.encode(1/3)"), "0.3333333333333333");
    CHECK_TEXT(tell(&s, "json.encode(2^53)"), "9007199254740992");
    CHECK_TEXT(tell(&s, "json.encode(-2^53)"), "-9007199254740992");
    CHECK_TEXT(tell(&s, "json.encode(1e300)"), "1e+300");
    CHECK_TEXT(tell(&s, "json.encode('a\"b\\\\c\\n\\1\\127 é/')"),
               "\"a\\\"b\\\\c\\n\\u0001\177 é/\"");
    CHECK_TEXT(tell(&s, "json.encode('a\\0b')"), "\"a\\u0000b\"");
    CHECK(state_close(&s));
}

TEST(tables_are_lists_or_objects)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(tell(&s, "json.encode({})"), "{}");
    CHECK_TEXT(tell(&s, "json.encode(array{})"), "[]");
    CHECK_TEXT(tell(&s, "json.encode(array())"), "[]");
    CHECK_TEXT(tell(&s, "json.encode({ 1, 'two', { 3 } })"), "[1, \"two\", [3]]");
    CHECK_TEXT(tell(&s, "json.encode({ 1, null, 3 })"), "[1, null, 3]");
    CHECK_TEXT(tell(&s, "json.encode({ b = 1, a = { c = array{} } })"),
               "{\"a\": {\"c\": []}, \"b\": 1}");
    CHECK_TEXT(tell(&s, "json.encode({ a = { 1, {} }, b = {} }, 2)"),
               "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {}\n}");
    CHECK(state_close(&s));
}

TEST(names_are_written_in_order)
{
    struct state s;
    state_open(&s, 1);
    // More of them than are kept without memory of their own.
    CHECK_TEXT(
        tell(&s,
             "(function() local t = {} for i = 10, 59 do t['k' .. i] = i end\n"
             "local text, at = json.encode(t), 0\n"
             "for i = 10, 59 do at = assert(text:find('\"k' .. i .. '\": ' .. i, at, true)) end\n"
             "return #text end)()"),
        "550");
    CHECK(state_close(&s));
}

TEST(what_cannot_be_written_is_named_with_its_place)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(tell(&s, "json.encode({ a = { 1, print } })"),
               "a function can't be written as JSON (at .a[2])");
    CHECK_TEXT(tell(&s, "json.encode(0/0)"), "not-a-number can't be written as JSON");
    CHECK_TEXT(tell(&s, "json.encode({ -1/0 })"),
               "an infinite number can't be written as JSON (at [1])");
    CHECK_TEXT(tell(&s, "json.encode({ 1, x = 2 })"),
               "a table that is a list and has names too can't be written as JSON");
    CHECK_TEXT(tell(&s, "json.encode({ [1] = 1, [3] = 3 })"),
               "a list with holes (json.null can fill them) can't be written as JSON");
    CHECK_TEXT(tell(&s, "json.encode({ [0.5] = 1 })"),
               "a table whose keys are neither names nor 1, 2, 3, … can't be written as JSON");
    CHECK_TEXT(tell(&s, "json.encode({ [true] = 1 })"),
               "a table whose keys are neither names nor 1, 2, 3, … can't be written as JSON");
    CHECK_TEXT(tell(&s, "json.encode(array{ x = 1 })"),
               "an array that has names can't be written as JSON");
    CHECK_TEXT(tell(&s, "json.encode({ t = '\\255' })"),
               "a string that is not valid UTF-8 can't be written as JSON (at .t)");
    CHECK_TEXT(tell(&s, "json.encode('\\237\\160\\128')"),
               "a string that is not valid UTF-8 can't be written as JSON");
    CHECK(strstr(tell(&s, "(function() local t = {} t.t = t return json.encode(t) end)()"),
                 "nested more than 1000 levels deep") != NULL);
    CHECK(strstr(tell(&s, "json.encode()"), "value expected") != NULL);
    CHECK(state_close(&s));
}

TEST(texts_are_read)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(tell(&s, "json.decode(' 12.5 ') + 0.5"), "13");
    CHECK_TEXT(tell(&s, "json.decode('\"\\\\u00e9\\\\u0000x\"') == 'é\\0x'"), "true");
    CHECK_TEXT(tell(&s, "json.decode('{\"a\": null}').a == null"), "true");
    CHECK_TEXT(tell(&s, "json.decode('123456789012345678901234567890')"), "1.2345678901235e+29");
    CHECK_TEXT(tell(&s, "json.decode('[1, [2, {\"x\": [3]}]]')[2][2].x[1]"), "3");
    CHECK_TEXT(tell(&s,
                    "json.encode(json.decode('{\"b\": [], \"a\": {}, \"c\": [1, 2.5, \"x\"]}'))"),
               "{\"a\": {}, \"b\": [], \"c\": [1, 2.5, \"x\"]}");
    CHECK(state_close(&s));
}

TEST(what_is_no_json_is_shown_in_part)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(tell(&s, "json.decode('<html>')"),
               "not JSON at line 1, column 1: invalid token near '<' (in '<html>')");
    CHECK_TEXT(tell(&s, "json.decode('')"),
               "not JSON at line 1, column 0: unexpected token near end "
               "of file (in '')");
    CHECK_TEXT(tell(&s, "json.decode('{\\n \"a\" 1}')"),
               "not JSON at line 2, column 6: ':' expected near '1' (in '{\\n \"a\" 1}')");
    CHECK(strstr(tell(&s, "json.decode('[1] 2')"), "end of file expected") != NULL);
    // Sixty bytes, and no half of the character that begins there.
    CHECK(strstr(tell(&s, "json.decode(('x'):rep(59) .. 'ééé')"),
                 "(in 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')") != NULL);
    CHECK(strstr(tell(&s, "json.decode(('['):rep(5000))"), "not JSON at line 1") != NULL);
    CHECK(state_close(&s));
}

TEST(marking_wants_a_plain_table)
{
    struct state s;
    state_open(&s, 1);
    CHECK_TEXT(tell(&s, "(function() local t = { 1 } return array(array(t)) == t end)()"), "true");
    CHECK(strstr(tell(&s, "array(setmetatable({}, {}))"),
                 "a table with a metatable can't be marked") != NULL);
    CHECK(strstr(tell(&s, "array 'x'"), "table expected, got string") != NULL);
    CHECK(state_close(&s));
}

TEST_MAIN(RUN(scalars_are_written); RUN(tables_are_lists_or_objects);
          RUN(names_are_written_in_order); RUN(what_cannot_be_written_is_named_with_its_place);
          RUN(texts_are_read); RUN(what_is_no_json_is_shown_in_part);
          RUN(marking_wants_a_plain_table);)
