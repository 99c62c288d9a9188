/* request_memory -- what http/request has of a request, and how its memory is used again. */
// SPDX-License-Identifier: MIT
#include "http/request_memory.h"

#include "base/mem.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SPARES 1024

struct http_request *request_take(struct transport *t)
{
    struct http_request *r = t->spare_requests;
    if (r == NULL) {
        r = xcalloc(1, sizeof *r);
    } else {
        t->spare_requests = r->next_spare;
        t->n_spare_requests--;
    }
    return r;
}

struct http_response *response_take(struct transport *t)
{
    struct http_response *r = t->spare_responses;
    if (r == NULL)
        return http_response_new();
    t->spare_responses = r->next_spare;
    t->n_spare_responses--;
    return r;
}

static void give_response(struct transport *t, struct http_response *r)
{
    if (r == NULL || !mem_keeps(t->n_spare_responses, SPARES)) {
        http_response_free(r);
        return;
    }
    http_response_clear(r);
    r->next_spare = t->spare_responses;
    t->spare_responses = r;
    t->n_spare_responses++;
}

static void release_request(struct http_request *r)
{
    http_headers_release(&r->first_headers);
    http_headers_release(&r->hop_headers);
    http_headers_release(&r->own_cookies);
    buf_release(&r->url);
    buf_release(&r->fragment);
    buf_release(&r->long_method);
    buf_release(&r->location);
    buf_release(&r->broken_text);
    free(r);
}

/* What holds nothing isn't touched: each line of memory costs, a little each time. */
static void clear(struct buf *b)
{
    if (b->n > 0 || b->overflowed)
        buf_clear(b);
}

void request_give(struct http_request *r)
{
    struct transport *t = r->session->transport;
    give_response(t, r->response);
    if (!mem_keeps(t->n_spare_requests, SPARES)) {
        release_request(r);
        return;
    }
    if (r->first_headers.n > 0)
        http_headers_clear(&r->first_headers);
    if (r->hop_headers.n > 0)
        http_headers_clear(&r->hop_headers);
    if (r->own_cookies.n > 0)
        http_headers_clear(&r->own_cookies);
    clear(&r->url);
    clear(&r->fragment);
    clear(&r->location);
    clear(&r->broken_text);
    size_t first = offsetof(struct http_request, response);
    memset((char *)r + first, 0, sizeof *r - first);
    r->next_spare = t->spare_requests;
    t->spare_requests = r;
    t->n_spare_requests++;
}

void http_requests_release(struct transport *t)
{
    while (t->spare_requests != NULL) {
        struct http_request *r = t->spare_requests;
        t->spare_requests = r->next_spare;
        release_request(r);
    }
    while (t->spare_responses != NULL) {
        struct http_response *r = t->spare_responses;
        t->spare_responses = r->next_spare;
        http_response_free(r);
    }
    t->n_spare_requests = t->n_spare_responses = 0;
}
