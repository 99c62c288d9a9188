/* curl_body -- a body that libcurl reads while it sends it. */
// SPDX-License-Identifier: MIT
#include "http/curl_body.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

static size_t read_some(char *into, size_t size, size_t n, void *self)
{
    struct curl_body *b = self;
    struct err err = ERR_INIT;
    ptrdiff_t got = http_body_read(b->source, into, size * n, &err);
    if (got >= 0)
        return (size_t)got;
    free(b->why);
    b->why = xstrdup(err.text);
    return CURL_READFUNC_ABORT;
}

/* libcurl goes back to the beginning alone: to send it on another connection. */
static int seek(void *self, curl_off_t offset, int origin)
{
    struct curl_body *b = self;
    if (offset != 0 || origin != SEEK_SET)
        return CURL_SEEKFUNC_CANTSEEK;
    http_body_rewind(b->source);
    return CURL_SEEKFUNC_OK;
}

void curl_body_set(struct curl_body *b, CURL *easy, struct http_body *source)
{
    bool reads = source != NULL, has_read = b->source != NULL;
    free(b->why);
    b->why = NULL;
    b->source = source;
    if (reads)
        http_body_rewind(source);
    if (reads == has_read)
        return;
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, reads ? read_some : (curl_read_callback)NULL);
    curl_easy_setopt(easy, CURLOPT_READDATA, reads ? b : NULL);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, reads ? seek : (curl_seek_callback)NULL);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, reads ? b : NULL);
}

void curl_body_release(struct curl_body *b)
{
    free(b->why);
    *b = (struct curl_body){.source = NULL};
}
