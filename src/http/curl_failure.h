/*
 * curl_failure -- what libcurl's codes and error texts mean, in the words of http/failure.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_FAILURE_H
#define HTTP_CURL_FAILURE_H

#include "base/buf.h"
#include "http/failure.h"
#include "http/transport.h"

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

/* How a transfer ended. */
struct curl_outcome {
    CURLcode code;
    const char *text;      /* of CURLOPT_ERRORBUFFER; "": none */
    int os_errno;          /* CURLINFO_OS_ERRNO; of an earlier transfer, where this one met none */
    int open_errno;        /* of our own socket(2); 0: none failed */
    const char *no_source; /* why no address could be tried; NULL: one was */
    bool was_sent;         /* the connection stood */
    bool was_retried;      /* libcurl would have sent it once more, and we refused */
    bool has_proxy;        /* whose connection it was */
    bool has_head;         /* of an answer */
    uint64_t received;     /* bytes of the body */
    int64_t expected;      /* in all; -1: not known */
    double connect_s, elapsed_s; /* the limit (0: none), and how long it took */
    const struct http_settings
        *settings; /* whose files could not be used, perhaps; NULL: not known */
};

/* Adds the text to `out`; HTTP_OK adds none. */
enum http_failure curl_failure_add(struct buf *out, const struct curl_outcome *o);

#endif
