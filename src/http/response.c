/* response -- what came of a request: an answer, or a failure. */
// SPDX-License-Identifier: MIT
#include "http/response.h"

#include <stdlib.h>

void http_response_free(struct http_response *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->n_hops; i++) {
        free(r->hops[i].method);
        free(r->hops[i].url);
        http_headers_release(&r->hops[i].headers);
    }
    free(r->hops);
    free(r->failure_text);
    free(r->asked);
    free(r->answered);
    http_headers_release(&r->headers);
    http_headers_release(&r->request_headers);
    buf_release(&r->body);
    buf_release(&r->request_body);
    free(r);
}
