/*
 * curl_place -- the hosts whose addresses libcurl needs for a request: the server's, the proxy's, or
 * both, as it will ask for them.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_PLACE_H
#define HTTP_CURL_PLACE_H

#include "base/err.h"
#include "base/url.h"

#include <stddef.h>
#include <stdint.h>

#define CURL_PLACES_MAX 2

struct curl_place {
    char host[256]; /* ASCII, without brackets */
    uint16_t port;
};

/* How many; 0 with an error where a host name or the proxy's URL can't be read. proxy NULL: none. */
size_t curl_places_find(struct curl_place places[CURL_PLACES_MAX], const struct url *url,
                        const char *proxy, struct err *err);

/* Whether a proxy's URL can be used: -1 says what is wrong with it. */
int curl_place_check_proxy(const char *proxy, struct err *err) ERR_CHECKED;

#endif
