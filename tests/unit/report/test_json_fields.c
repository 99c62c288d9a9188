/* test_json_fields -- fields by name and kind: what is wrong, and where. */
// SPDX-License-Identifier: MIT
#include "report/json_fields.h"

#include "../check.h"

static json_t *parse(const char *text)
{
    json_error_t why;
    return json_loads(text, 0, &why);
}

TEST(fields_of_the_right_kind)
{
    json_t *top =
        parse("{\"n\":3,\"x\":2.5,\"t\":\"a\",\"f\":true,\"o\":{},\"l\":[1,2],\"z\":null}");
    struct json_fields d = {.err = ERR_INIT};
    CHECK_INT(json_count_of(&d, top, "n"), 3);
    CHECK_DOUBLE(json_number_of(&d, top, "x"), 2.5, 0);
    CHECK_DOUBLE(json_amount_of(&d, top, "n"), 3, 0);
    CHECK(isnan(json_amount_or_none(&d, top, "z")));
    CHECK_TEXT(json_text_of(&d, top, "t"), "a");
    CHECK(json_flag_of(&d, top, "f"));
    CHECK(json_object_of(&d, top, "o") != NULL);
    CHECK_INT(json_array_size(json_list_of(&d, top, "l", 2)), 2);
    CHECK(json_is_row(&d, json_field_of(&d, top, "l"), 2));
    CHECK(!json_fields_failed(&d));
    json_decref(top);
}

TEST(the_first_mistake_is_told_with_its_place)
{
    json_t *top = parse("{\"l\":[1,2],\"n\":-1}");
    struct json_fields d = {.err = ERR_INIT};
    char before[JSON_PLACE];
    CHECK(!json_enter_item(&d, "list", 4, json_object_get(top, "n")));
    CHECK_TEXT(d.err.text, "list[4]: expected an object, got a number");
    err_clear(&d.err);
    CHECK(json_enter_item(&d, "list", 5, top));
    json_go_down(&d, "deep", before);
    CHECK_INT(json_count_of(&d, top, "m"), 0);
    json_go_up(&d, before);
    CHECK_TEXT(json_text_of(&d, top, "l"), "");
    CHECK_TEXT(d.err.text, "list[5].deep.m is missing");
    err_clear(&d.err);
    json_fields_leave(&d);
    CHECK(json_list_of(&d, top, "l", 1) != NULL);
    CHECK_TEXT(d.err.text, "l: expected at most 1 of them, got 2");
    err_clear(&d.err);
    CHECK_DOUBLE(json_amount_of(&d, top, "n"), 0, 0);
    CHECK_TEXT(d.err.text, "n: expected a number from 0 on, got -1");
    json_decref(top);
}

TEST_MAIN(RUN(fields_of_the_right_kind); RUN(the_first_mistake_is_told_with_its_place);)
