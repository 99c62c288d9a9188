/* test_shop -- items, login, cart, orders. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "stage.h"

TEST(items)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/items/7"), 200);
    CHECK_TEXT(s.body, "{\"id\": 7, \"name\": \"grey lamp\", \"price\": 59.95, \"stock\": 41}\n");
    CHECK_INT(stage_get(&s, "/items/1000"), 200);
    CHECK_INT(stage_get(&s, "/items/1001"), 404);
    CHECK_TEXT(s.body, "{\"error\": \"no item 1001\"}\n");
    CHECK_INT(stage_get(&s, "/items/0"), 404);
    CHECK_INT(stage_get(&s, "/items/x"), 400);
    CHECK_INT(stage_get(&s, "/items?page=50"), 200);
    json_t *page = json_loads(s.body, 0, NULL);
    json_t *items = json_object_get(page, "items");
    CHECK_INT(stage_int(page, "total"), 1000);
    CHECK_INT(json_array_size(items), 20);
    CHECK_INT(stage_int(json_array_get(items, 19), "id"), 1000);
    json_decref(page);
    CHECK(stage_release(&s));
}

TEST(search)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/search?q=RED+lad"), 200);
    CHECK_TEXT(s.body, "{\"q\": \"RED lad\", \"items\": "
                       "[{\"id\": 941, \"name\": \"red ladder\", \"price\": 17.95}]}\n");
    CHECK_INT(stage_get(&s, "/search?q=unicorn"), 200);
    CHECK_TEXT(s.body, "{\"q\": \"unicorn\", \"items\": []}\n");
    CHECK_INT(stage_get(&s, "/search"), 200);
    json_t *all = json_loads(s.body, 0, NULL);
    CHECK_INT(json_array_size(json_object_get(all, "items")), 20);
    json_decref(all);
    CHECK(stage_release(&s));
}

/* The Cookie line for the session that the last answer set. */
static const char *session_line(const struct stage *s)
{
    static char line[200];
    const char *cookie = stage_header(s, "Set-Cookie");

    snprintf(line, sizeof line, "Cookie: %.*s\r\n", (int)strcspn(cookie, ";"), cookie);
    return line;
}

TEST(login)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, "POST /login", "", "{\"user\":\"ada\",\"password\":\"x\"}"), 200);
    CHECK_TEXT(s.body, "{\"user\": \"ada\"}\n");
    CHECK(strncmp(stage_header(&s, "Set-Cookie"), "session=", 8) == 0);
    CHECK_INT(stage_ask(&s, "POST /login", "", "{\"user\":\"ada\",\"password\":\"wrong\"}"), 401);
    CHECK_INT(stage_ask(&s, "POST /login", "", "{\"user\":\"ada\",\"password\":\"\"}"), 401);
    CHECK_INT(stage_ask(&s, "POST /login", "", "{\"user\":\"ada\"}"), 401);
    CHECK_INT(stage_ask(&s, "POST /login", "", "{\"user\":7,\"password\":\"x\"}"), 401);
    CHECK(strstr(s.answer, "Set-Cookie") == NULL);
    CHECK(stage_release(&s));
}

TEST(cart_and_orders)
{
    struct stage s;
    char session[200];

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/cart"), 200);
    CHECK_TEXT(s.body, "{\"items\": [], \"count\": 0}\n");
    CHECK_INT(stage_ask(&s, "POST /cart", "", "{\"item\":7,\"quantity\":2}"), 201);
    CHECK_TEXT(s.body, "{\"items\": [{\"item\": 7, \"quantity\": 2}], \"count\": 2}\n");
    snprintf(session, sizeof session, "%s", session_line(&s));

    CHECK_INT(stage_ask(&s, "POST /orders", session, ""), 401); // known, but not logged in
    CHECK_INT(stage_ask(&s, "POST /login", session, "{\"user\":\"a\",\"password\":\"x\"}"), 200);
    CHECK(strstr(s.answer, "Set-Cookie") == NULL);
    CHECK_INT(stage_ask(&s, "POST /cart", session, "{\"item\":7}"), 201);
    CHECK_INT(stage_ask(&s, "POST /cart", session, "{\"item\":8}"), 201);
    CHECK_INT(stage_ask(&s, "GET /cart", session, ""), 200);
    CHECK_TEXT(s.body, "{\"items\": [{\"item\": 7, \"quantity\": 3}, {\"item\": 8, "
                       "\"quantity\": 1}], \"count\": 4}\n");
    CHECK_INT(stage_ask(&s, "POST /orders", session, ""), 201);
    CHECK_TEXT(s.body, "{\"id\": 1, \"count\": 4}\n");
    CHECK_INT(stage_ask(&s, "POST /orders", session, ""), 400);
    CHECK_TEXT(s.body, "{\"error\": \"the cart is empty\"}\n");
    CHECK_INT(stage_ask(&s, "POST /orders", session, "{\"item\":9}"), 201);
    CHECK_TEXT(s.body, "{\"id\": 2, \"count\": 1}\n");
    CHECK_INT(stage_ask(&s, "POST /orders", session, "{\"quantity\":9}"), 400);
    CHECK_INT(stage_ask(&s, "POST /orders", "Cookie: session=x\r\n", "{\"item\":9}"), 401);
    CHECK(stage_release(&s));
}

TEST(a_cart_has_a_limit)
{
    struct stage s;
    char session[200], body[40];

    stage_init(&s, &STAGE_OPTIONS);
    stage_ask(&s, "POST /cart", "", "{\"item\":1}");
    snprintf(session, sizeof session, "%s", session_line(&s));
    for (int i = 2; i <= 50; i++) {
        snprintf(body, sizeof body, "{\"item\":%d}", i);
        CHECK_INT(stage_ask(&s, "POST /cart", session, body), 201);
    }
    CHECK_INT(stage_ask(&s, "POST /cart", session, "{\"item\":51}"), 400);
    CHECK_INT(stage_ask(&s, "POST /cart", session, "{\"item\":50,\"quantity\":100}"), 201);
    CHECK(strstr(s.body, "{\"item\": 50, \"quantity\": 100}") != NULL);
    CHECK(stage_release(&s));
}

TEST_MAIN(RUN(items); RUN(search); RUN(login); RUN(cart_and_orders); RUN(a_cart_has_a_limit);)
