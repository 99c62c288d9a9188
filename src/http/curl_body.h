/* curl_body -- a body that libcurl reads while it sends it. */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_BODY_H
#define HTTP_CURL_BODY_H

#include "http/body.h"

#include <stdbool.h>

#include <curl/curl.h>

/* Embedded in the handle's owner. */
struct curl_body {
    struct http_body *source; /* NULL: none */
    char *why;                /* that it can't be read; owned; NULL: it can */
};

/* The easy handle, which is set to send a body, reads it from `source` (borrowed until the next call); NULL: it
 * reads none, and what it was told before is forgotten. Only a change costs something. */
void curl_body_set(struct curl_body *b, CURL *easy, struct http_body *source);
void curl_body_release(struct curl_body *b);

#endif
