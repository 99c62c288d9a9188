/*
 * curl_queue -- whether a Unix socket takes nobody at the moment, which libcurl can't tell.
 *
 * Its queue is full where a server is slow to accept. A blocking connect waits then; libcurl fails,
 * with the errno of whatever failed before.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_QUEUE_H
#define HTTP_CURL_QUEUE_H

#include "base/clock.h"
#include "http/curl_handle.h"

#include <stdbool.h>

#define CURL_QUEUE_WAIT_MIN_NS NS_PER_MS /* before it is tried again; then twice as long */
#define CURL_QUEUE_WAIT_MAX_NS (100 * NS_PER_MS)

/* Of a transfer that ended with this code: whether it should be tried again a little later. Asks the
 * socket by connecting once more; where that fails too, the handle has the errno. */
bool curl_queue_is_full(struct curl_handle *h, CURLcode code);

#endif
