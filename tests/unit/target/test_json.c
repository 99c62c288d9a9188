/* test_json -- foreign bytes in JSON. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "target/json.h"

static struct buf dump(json_t *value)
{
    struct buf out = BUF_INIT;

    json_add_text(&out, value);
    json_decref(value);
    return out;
}

TEST(keeps_utf8_and_replaces_what_is_none)
{
    struct buf text = dump(json_text(STR("caf\xc3\xa9")));
    CHECK_TEXT(buf_cstr(&text), "\"caf\\u00E9\"\n");
    buf_release(&text);
    text = dump(json_text(STR("caf\xe9")));
    CHECK_TEXT(buf_cstr(&text), "\"caf?\"\n");
    buf_release(&text);
    text = dump(json_text(STR("a\0b")));
    CHECK_TEXT(buf_cstr(&text), "\"a\\u0000b\"\n");
    buf_release(&text);
}

TEST(members_have_any_name)
{
    json_t *object = json_object();

    json_add(object, STR("a\xff"), json_integer(1));
    json_add(object, STR("a\xff"), json_integer(2));
    CHECK_INT(json_integer_value(json_member(object, STR("a\xff"))), 2);
    CHECK(json_member(object, STR("b")) == NULL);
    struct buf text = dump(object);
    CHECK_TEXT(buf_cstr(&text), "{\"a?\": 2}\n");
    buf_release(&text);
}

TEST_MAIN(RUN(keeps_utf8_and_replaces_what_is_none); RUN(members_have_any_name);)
