/*
 * curl_head -- the head of an answer, made of the lines that libcurl hands on.
 *
 * libcurl takes much that can be read in two ways. It is refused here, in the words of h1_parser, so
 * that both transports take the same answers.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_HEAD_H
#define HTTP_CURL_HEAD_H

#include "base/buf.h"
#include "base/str.h"
#include "http/failure.h"
#include "http/headers.h"

#include <stdbool.h>
#include <stddef.h>

/* Zeroed: it may begin. */
struct curl_head {
    int status; /* of the final answer, or of the last interim one */
    struct buf reason;
    struct http_headers headers; /* may be moved out once they are whole */
    size_t bytes;                /* so far, interim answers' and trailers' too */
    bool is_whole;               /* the final answer's head has come: what comes now are trailers */
    enum http_failure failure;   /* why it was refused; HTTP_OK: it wasn't */
    struct buf text;             /* of the failure */

    /* private */
    bool is_inside, may_be_http2;
};

/* For the next answer. May it be one of HTTP/2? */
void curl_head_begin(struct curl_head *h, bool may_be_http2);
void curl_head_release(struct curl_head *h);

/* A line as it came, with its end. False: it is refused, as `failure` and `text` say. */
bool curl_head_add(struct curl_head *h, struct str line);

#endif
