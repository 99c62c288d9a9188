/* test_request_memory -- requests that are used again. */
// SPDX-License-Identifier: MIT
#include "http/request_memory.h"

#include "../check.h"

#define MANY 3000

TEST(is_empty_each_time)
{
    struct transport t = {.spare_requests = NULL};
    struct http_session s = {.transport = &t};
    for (int i = 0; i < 3; i++) {
        struct http_request *r = request_take(&t);
        CHECK(r->response == NULL && !r->is_done && r->transfer == NULL);
        CHECK_INT(r->url.n + r->fragment.n + r->location.n + r->broken_text.n, 0);
        CHECK_INT(r->hop_headers.n + r->own_cookies.n, 0);
        r->session = &s;
        r->is_done = true;
        buf_add_cstr(&r->url, "http://h/");
        http_headers_add(&r->own_cookies, STR("a"), STR("b"));
        if (i != 1) { // somebody took it
            r->response = response_take(&t);
            CHECK_INT(r->response->body.n + r->response->status, 0);
            r->response->status = 200;
            buf_add_cstr(&r->response->body, "body");
        }
        request_give(r);
    }
    http_requests_release(&t);
    CHECK(t.spare_requests == NULL && t.spare_responses == NULL);
}

TEST(keeps_some)
{
    static struct http_request *r[MANY];
    struct transport t = {.spare_requests = NULL};
    struct http_session s = {.transport = &t};
    for (int i = 0; i < MANY; i++) {
        r[i] = request_take(&t);
        r[i]->session = &s;
        r[i]->response = response_take(&t);
    }
    for (int i = 0; i < MANY; i++)
        request_give(r[i]);
    CHECK(t.n_spare_requests < MANY && t.n_spare_responses < MANY);
    http_requests_release(&t);
    CHECK_INT(t.n_spare_requests, 0);
}

TEST_MAIN(RUN(is_empty_each_time); RUN(keeps_some);)
