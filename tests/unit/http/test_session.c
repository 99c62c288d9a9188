/* test_session -- what one user keeps, made when it is first needed. */
// SPDX-License-Identifier: MIT
#include "http/session.h"

#include "../check.h"
#include "fake_transport.h"

TEST(makes_what_is_asked_for)
{
    struct fake_transport transport;
    fake_transport_init(&transport, NULL, NULL, 0);
    struct http_session *s = http_session_new(&transport.base);
    CHECK(s->cookies == NULL && s->headers == NULL && s->own == NULL);
    CHECK(sizeof(*s) <= 4 * sizeof(void *));
    CHECK(http_session_cookies(s) == http_session_cookies(s));
    CHECK(http_session_headers(s) == http_session_headers(s));
    http_headers_set(http_session_headers(s), STR("X"), STR("1"));
    CHECK(http_headers_has(s->headers, STR("x")));
    cookies_set(s->cookies, STR("a"), STR("1"), STR(""), STR(""));
    s->own = &transport;
    http_session_free(s);
    CHECK_INT(transport.closed, 1);
    http_session_free(NULL);
}

TEST_MAIN(RUN(makes_what_is_asked_for);)
