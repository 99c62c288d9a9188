/*
 * curl_transport -- HttpUser's way: libcurl's multi interface on our loop.
 *
 * Each session has its own connection cache (CURLSH), as separate people have, and because searching
 * a shared one grows with the number of users. Names are resolved by net/resolver and handed over
 * (CURLOPT_RESOLVE). libcurl's redirects, cookie engine, decoding and proxy variables are off.
 *
 * A descriptor stays watched while its connection is idle: to end and begin the watch for each
 * request would cost a system call. The limits of a request are kept by one timer for each handle,
 * which is moved only when it fires.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_TRANSPORT_H
#define HTTP_CURL_TRANSPORT_H

#include "base/err.h"
#include "http/transport.h"
#include "loop/loop.h"
#include "net/resolver.h"
#include "net/sources.h"

/* All is borrowed for its life; sources NULL: the system chooses where connections come from. All
 * sessions must end before it. */
struct transport *curl_transport_new(struct loop *loop, struct resolver *resolver,
                                     const struct sources *sources, struct err *err);

/* "7.88.1", "OpenSSL/3.0.19": of the libraries that are loaded. */
const char *curl_transport_version(void);
const char *curl_transport_tls_version(void);

#endif
