/* test_response -- a response is freed with all that it holds (the sanitizer looks on). */
// SPDX-License-Identifier: MIT
#include "http/response.h"

#include "base/mem.h"

#include "../check.h"

TEST(frees_all)
{
    struct http_response *r = xcalloc(1, sizeof *r);
    r->failure_text = xstrdup("text");
    r->asked = xstrdup("GET");
    r->answered = xstrdup("OK");
    r->request_method = r->asked;
    r->reason = r->answered;
    buf_add_cstr(&r->body, "body");
    buf_add_cstr(&r->request_body, "body");
    http_headers_add(&r->headers, STR("A"), STR("b"));
    http_headers_add(&r->request_headers, STR("A"), STR("b"));
    r->hops = xcalloc(2, sizeof *r->hops);
    r->n_hops = 2;
    for (size_t i = 0; i < 2; i++) {
        r->hops[i].method = xstrdup("GET");
        r->hops[i].url = xstrdup("http://h.org/");
        http_headers_add(&r->hops[i].headers, STR("Location"), STR("/"));
    }
    CHECK_TEXT(r->reason, "OK");
    http_response_free(r);
    http_response_free(NULL);
}

TEST_MAIN(RUN(frees_all);)
