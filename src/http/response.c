/* response -- what came of a request: an answer, or a failure. */
// SPDX-License-Identifier: MIT
#include "http/response.h"

#include "base/mem.h"
#include "http/request.h"

#include <stdlib.h>

#define KEPT_BYTES (16 * 1024) /* of a buffer, from one request to the next */

struct http_response *http_response_new(void)
{
    struct http_response *r = xcalloc(1, sizeof *r);
    buf_init(&r->body, HTTP_BODY_LIMIT);
    r->reason = r->url = r->request_method = r->request_url = r->request_target = "";
    r->request_headers = &r->own_request_headers;
    return r;
}

static void free_hops(struct http_response *r)
{
    for (size_t i = 0; i < r->n_hops; i++) {
        free(r->hops[i].method);
        free(r->hops[i].url);
        http_headers_release(&r->hops[i].headers);
    }
    free(r->hops);
    r->hops = NULL;
    r->n_hops = 0;
}

static void empty(struct buf *b)
{
    if (b->capacity > KEPT_BYTES)
        buf_release(b);
    else if (b->n > 0 || b->overflowed)
        buf_clear(b);
}

void http_response_clear(struct http_response *r)
{
    if (r->hops != NULL)
        free_hops(r);
    free(r->failure_text);
    r->failure_text = NULL;
    r->failure = HTTP_OK;
    r->status = 0;
    r->length = 0;
    r->has_request_body = false;
    r->timings = (struct transfer_timings){0};
    r->reason = r->url = r->request_method = r->request_url = r->request_target = "";
    if (r->headers.n > 0)
        http_headers_clear(&r->headers);
    if (r->own_request_headers.n > 0)
        http_headers_clear(&r->own_request_headers);
    r->request_headers = &r->own_request_headers;
    empty(&r->body);
    empty(&r->request_body);
    empty(&r->asked);
    empty(&r->answered);
}

void http_response_free(struct http_response *r)
{
    if (r == NULL)
        return;
    free_hops(r);
    free(r->failure_text);
    http_headers_release(&r->headers);
    http_headers_release(&r->own_request_headers);
    buf_release(&r->body);
    buf_release(&r->request_body);
    buf_release(&r->asked);
    buf_release(&r->answered);
    free(r);
}
