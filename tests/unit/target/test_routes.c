/* test_routes -- which path is answered by what, and what is answered where nothing fits. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "stage.h"

TEST(parameters_fill_one_step_of_a_path)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/items/7"), 200);
    CHECK_INT(stage_get(&s, "/items/"), 404);
    CHECK_INT(stage_get(&s, "/items/7/8"), 404);
    CHECK_INT(stage_get(&s, "/item"), 404);
    CHECK_INT(stage_get(&s, "/itemsx"), 404);
    CHECK_INT(stage_get(&s, "/items?page=1"), 200);
    CHECK_INT(stage_get(&s, "/nix"), 404);
    CHECK_TEXT(s.body, "{\"error\": \"no such path; GET / lists what there is\"}\n");
    json_t *counts = stage_counts(&s);
    CHECK_INT(stage_int(stage_route(counts, "GET", "(unknown)"), "count"), 5);
    json_decref(counts);
    CHECK(stage_release(&s));
}

TEST(refuses_methods_and_says_which_are_right)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, "DELETE /cart", "", ""), 405);
    CHECK_TEXT(stage_header(&s, "Allow"), "GET, HEAD, POST");
    CHECK_TEXT(s.body, "{\"error\": \"DELETE is not allowed here\"}\n");
    CHECK_INT(stage_ask(&s, "GET /login", "", ""), 405);
    CHECK_TEXT(stage_header(&s, "Allow"), "POST");
    CHECK_INT(stage_ask(&s, "PATCH /delay/0", "", ""), 200);
    CHECK_INT(stage_ask(&s, "HEAD /items", "", ""), 200);
    CHECK_TEXT(s.body, "");
    CHECK(stage_release(&s));
}

TEST(lists_every_route)
{
    struct stage s;
    struct buf table = BUF_INIT;

    stage_init(&s, &STAGE_OPTIONS);
    target_add_routes(&table);
    CHECK_INT(stage_get(&s, "/"), 200);
    CHECK_TEXT(s.body, buf_cstr(&table));
    CHECK(strstr(s.body, "/api/films/title/<title>") != NULL);
    CHECK(strstr(s.body, "/_counts") != NULL);
    buf_release(&table);
    CHECK(stage_release(&s));
}

TEST_MAIN(RUN(parameters_fill_one_step_of_a_path); RUN(refuses_methods_and_says_which_are_right);
          RUN(lists_every_route);)
