/* test_json_text -- values as JSON writes them. */
// SPDX-License-Identifier: MIT
#include "report/json_text.h"

#include "../check.h"

static const char *string_of(struct buf *out, const char *text, size_t n)
{
    buf_clear(out);
    json_text_add_string(out, str_make(text, n));
    return buf_cstr(out);
}

TEST(a_string_of_any_bytes_is_one_that_reads_back)
{
    struct buf out = BUF_INIT;
    CHECK_TEXT(string_of(&out, "plain", 5), "\"plain\"");
    CHECK_TEXT(string_of(&out, "a\"b\\c\n\t\x01\x1b[m", 11),
               "\"a\\\"b\\\\c\\n\\t\\u0001\\u001b[m\"");
    CHECK_TEXT(string_of(&out,
                         "gr\xc3\xbc\xff"
                         "x\0y",
                         8),
               "\"gr\xc3\xbc\\\\xffx\\\\x00y\"");
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    json_error_t why;
    json_t *value = json_loads(string_of(&out, bytes, sizeof bytes), JSON_DECODE_ANY, &why);
    CHECK(json_is_string(value));
    struct buf again = BUF_INIT;
    json_text_add_value(&again, value);
    CHECK_TEXT(buf_cstr(&again), buf_cstr(&out));
    json_decref(value);
    buf_release(&out);
    buf_release(&again);
}

TEST(numbers_are_short_and_exact)
{
    struct buf out = BUF_INIT;
    json_text_add_number(&out, 0.1);
    buf_add_char(&out, ' ');
    json_text_add_number(&out, 12);
    buf_add_char(&out, ' ');
    json_text_add_number(&out, 1763746000.1234567);
    buf_add_char(&out, ' ');
    json_text_add_number(&out, NAN);
    CHECK_TEXT(buf_cstr(&out), "0.1 12.0 1763746000.1234567 null");
    buf_release(&out);
}

TEST(whole_values)
{
    const char *text = "{\"b\":[1,2.5,true,false,null,[],{}],\"a\":\"x\\ny\",\"c\":-3}";
    json_error_t why;
    json_t *value = json_loads(text, 0, &why);
    struct buf out = BUF_INIT;
    json_text_add_value(&out, value);
    CHECK_TEXT(buf_cstr(&out), text);
    buf_clear(&out);
    json_text_add_value(&out, NULL);
    CHECK_TEXT(buf_cstr(&out), "null");
    json_decref(value);
    buf_release(&out);
}

TEST_MAIN(RUN(a_string_of_any_bytes_is_one_that_reads_back); RUN(numbers_are_short_and_exact);
          RUN(whole_values);)
