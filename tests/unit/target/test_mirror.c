/* test_mirror -- routes that show what was sent. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "stage.h"

TEST(echo)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, "POST /echo?a=1&b=x+y&a=2", "X-A: 1\r\nX-A: 2\r\n", "caf\xe9"), 200);
    CHECK_TEXT(s.body, "{\"method\": \"POST\", \"path\": \"/echo\", "
                       "\"target\": \"/echo?a=1&b=x+y&a=2\", "
                       "\"query\": {\"a\": \"1, 2\", \"b\": \"x y\"}, "
                       "\"headers\": {\"Host\": \"target\", \"Connection\": \"close\", "
                       "\"X-A\": \"1, 2\", \"Content-Length\": \"4\"}, \"body\": \"caf?\"}\n");
    CHECK(stage_release(&s));
}

TEST(headers)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/headers"), 200);
    CHECK_TEXT(s.body, "{\"headers\": {\"Host\": \"target\", \"Connection\": \"close\"}}\n");
    CHECK(stage_release(&s));
}

TEST(ip)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_get(&s, "/ip"), 200);
    CHECK_TEXT(s.body, "{\"origin\": \"127.0.0.1\"}\n");
    CHECK(stage_release(&s));
}

TEST(cookies)
{
    struct stage s;

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, "GET /cookies", "Cookie: a=1; b=2\r\n", ""), 200);
    CHECK_TEXT(s.body, "{\"cookies\": {\"a\": \"1\", \"b\": \"2\"}}\n");
    CHECK_INT(stage_get(&s, "/cookies/set?a=1&b=2"), 302);
    CHECK(strstr(s.answer, "\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Path=/\r\n") != NULL);
    CHECK_TEXT(stage_header(&s, "Location"), "/cookies");
    CHECK_INT(stage_get(&s, "/cookies/set?a=1%0d%0aX:y"), 400);
    CHECK(strstr(s.answer, "Set-Cookie") == NULL);
    CHECK_INT(stage_get(&s, "/cookies/set?ok=1&b=x;y"), 400);
    CHECK(stage_release(&s));
}

TEST(basic_auth)
{
    struct stage s;
    const char right[] = "Authorization: Basic YWRhOnNlY3JldA==\r\n"; // ada:secret

    stage_init(&s, &STAGE_OPTIONS);
    CHECK_INT(stage_ask(&s, "GET /basic-auth/ada/secret", right, ""), 200);
    CHECK_TEXT(s.body, "{\"authenticated\": true, \"user\": \"ada\"}\n");
    CHECK_INT(stage_ask(&s, "GET /basic-auth/ada/other", right, ""), 401);
    CHECK_INT(stage_ask(&s, "GET /basic-auth/ada/secret", "Authorization: Basic ?\r\n", ""), 401);
    CHECK_INT(stage_ask(&s, "GET /basic-auth/ada/secret", "Authorization: Bearer x\r\n", ""), 401);
    CHECK_INT(stage_get(&s, "/basic-auth/ada/secret"), 401);
    CHECK_TEXT(stage_header(&s, "WWW-Authenticate"), "Basic realm=\"target\"");
    CHECK(stage_release(&s));
}

TEST_MAIN(RUN(echo); RUN(headers); RUN(ip); RUN(cookies); RUN(basic_auth);)
