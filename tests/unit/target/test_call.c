/* test_call -- parameters that are wrong, and what is said about them. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "stage.h"

TEST(parameters_of_the_path)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/delay/x"), 400);
    CHECK_TEXT(s.body, "{\"error\": \"delay in milliseconds: expected a number from 0 to 3600000, "
                       "got 'x'\"}\n");
    CHECK_INT(stage_get(&s, "/delay/-1"), 400);
    CHECK_INT(stage_get(&s, "/delay/nan"), 400);
    CHECK_INT(stage_get(&s, "/bytes/1.5"), 400);
    CHECK_INT(stage_get(&s, "/bytes/100000001"), 400);
    CHECK_INT(stage_get(&s, "/status/99"), 400);
    CHECK_TEXT(s.body,
               "{\"error\": \"status: expected a whole number from 200 to 599, got '99'\"}\n");
    CHECK(stage_release(&s));
}

TEST(parameters_of_the_query)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/uniform?min=x"), 400);
    CHECK_TEXT(s.body, "{\"error\": \"min: expected a number from 0 to 60000, got 'x'\"}\n");
    CHECK_INT(stage_get(&s, "/uniform?min=5&max=4"), 400);
    CHECK_TEXT(s.body, "{\"error\": \"max: expected at least min\"}\n");
    CHECK_INT(stage_get(&s, "/items?page=51"), 400);
    CHECK(stage_release(&s));
}

TEST(bodies_that_are_no_objects)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, "POST /login", "", ""), 400);
    CHECK(strstr(s.body, "the body is not JSON: ") != NULL);
    CHECK_INT(stage_ask(&s, "POST /login", "", "[1]"), 400);
    CHECK_TEXT(s.body, "{\"error\": \"the body is not a JSON object\"}\n");
    CHECK(stage_release(&s));
}

TEST(whole_numbers_in_bodies)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, "POST /cart", "", "{}"), 400);
    CHECK_TEXT(s.body, "{\"error\": \"field 'item' is missing\"}\n");
    CHECK_INT(stage_ask(&s, "POST /cart", "", "{\"item\": \"7\"}"), 400);
    CHECK_TEXT(s.body, "{\"error\": \"field 'item' must be a whole number from 1 to 1000\"}\n");
    CHECK_INT(stage_ask(&s, "POST /cart", "", "{\"item\": 7.5}"), 400);
    CHECK_INT(stage_ask(&s, "POST /cart", "", "{\"item\": 7, \"quantity\": 101}"), 400);
    CHECK_INT(stage_ask(&s, "POST /cart", "", "{\"item\": 7.0, \"quantity\": 100}"), 201);
    CHECK(stage_release(&s));
}

TEST_MAIN(RUN(parameters_of_the_path); RUN(parameters_of_the_query);
          RUN(bodies_that_are_no_objects); RUN(whole_numbers_in_bodies);)
