/* test_response -- a response is freed with all that it holds (the sanitizer looks on). */
// SPDX-License-Identifier: MIT
#include "http/response.h"

#include "base/mem.h"

#include "../check.h"

static void fill(struct http_response *r)
{
    r->failure_text = xstrdup("text");
    r->status = 200;
    r->has_request_body = true;
    buf_add_cstr(&r->asked, "GET");
    buf_add_cstr(&r->answered, "OK");
    r->request_method = r->asked.p;
    r->reason = r->answered.p;
    buf_add_cstr(&r->body, "body");
    buf_add_cstr(&r->request_body, "body");
    http_headers_add(&r->headers, STR("A"), STR("b"));
    http_headers_add(&r->own_request_headers, STR("A"), STR("b"));
    r->hops = xcalloc(2, sizeof *r->hops);
    r->n_hops = 2;
    for (size_t i = 0; i < 2; i++) {
        r->hops[i].method = xstrdup("GET");
        r->hops[i].url = xstrdup("http://h.org/");
        http_headers_add(&r->hops[i].headers, STR("Location"), STR("/"));
    }
}

TEST(frees_all)
{
    struct http_response *r = http_response_new();
    fill(r);
    CHECK_TEXT(r->reason, "OK");
    http_response_free(r);
    http_response_free(NULL);
}

TEST(is_used_again)
{
    struct http_response *r = http_response_new();
    for (int i = 0; i < 2; i++) {
        CHECK(r->failure_text == NULL);
        CHECK_INT(r->status, 0);
        CHECK(!r->has_request_body);
        CHECK_TEXT(r->reason, "");
        CHECK_TEXT(r->request_method, "");
        CHECK_INT(r->body.n + r->request_body.n + r->n_hops, 0);
        CHECK_INT(r->headers.n, 0);
        CHECK_INT(r->request_headers->n, 0);
        fill(r);
        CHECK_INT(r->request_headers->n, 1);
        http_response_clear(r);
    }
    CHECK(r->body.capacity > 0); // the memory stayed
    buf_add_many(&r->body, 'x', 1 << 20);
    http_response_clear(r);
    CHECK_INT(r->body.capacity, 0); // but that of an unusual one
    http_response_free(r);
}

TEST_MAIN(RUN(frees_all); RUN(is_used_again);)
