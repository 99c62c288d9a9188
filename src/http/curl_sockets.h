/*
 * curl_sockets -- the descriptors that libcurl works with, and their watchers.
 *
 * libcurl ends its interest in a descriptor after each transfer and takes it up again with the next.
 * The watcher stays: only what is readable while nobody is interested (the server has closed) ends
 * it, until somebody is again. So the descriptors must be opened and closed here, or a number would
 * be used again under a watcher.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_SOCKETS_H
#define HTTP_CURL_SOCKETS_H

#include "loop/loop.h"

#include <stddef.h>

#include <curl/curl.h>

struct curl_sockets;

/* `ready` is called with CURL_CSELECT_IN | CURL_CSELECT_OUT, and the owner that opened it. */
struct curl_sockets *curl_sockets_new(struct loop *loop,
                                      void (*ready)(void *self, curl_socket_t fd, int events,
                                                    void *owner),
                                      void *self);
void curl_sockets_free(struct curl_sockets *s); /* all must be closed */

/* CURL_SOCKET_BAD with errno where there is none to be had. *count is the owner's number of open ones,
 * which is kept right whoever closes them: libcurl 7.88 closes one that still connects by itself, and
 * says only that it isn't interested in it any more. */
curl_socket_t curl_sockets_open(struct curl_sockets *s, const struct curl_sockaddr *address,
                                void *owner, size_t *count);
void curl_sockets_close(struct curl_sockets *s, curl_socket_t fd);
/* What CURLMOPT_SOCKETFUNCTION says: CURL_POLL_IN, _OUT, _INOUT, _REMOVE. */
void curl_sockets_watch(struct curl_sockets *s, curl_socket_t fd, int what);

size_t curl_sockets_count(const struct curl_sockets *s);

#endif
