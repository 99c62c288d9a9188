/*
 * curl_address -- where a handle's request goes: its URL, and the Unix socket that takes the place of
 * host and port.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_ADDRESS_H
#define HTTP_CURL_ADDRESS_H

#include "base/buf.h"
#include "http/transport.h"

#include <curl/curl.h>

/* Embedded in its owner, all zero at first. */
struct curl_address {
    CURLU *url;
    struct buf text;   /* that it holds */
    char *socket_path; /* CURLOPT_UNIX_SOCKET_PATH; NULL: none */
};

void curl_address_release(
    struct curl_address *a); /* the handle must not be used any more, or reset */

/* Sets the handle, as far as it is set otherwise. NULL, or why libcurl refuses the URL. */
const char *curl_address_set(struct curl_address *a, CURL *easy, const struct transfer_spec *spec);

#endif
