/*
 * curl_sockets -- the descriptors that libcurl works with, and their watchers.
 *
 * libcurl ends its interest in a descriptor after each transfer and takes it up again with the next.
 * The watcher stays: only what is readable while nobody is interested (the server has closed) ends
 * it, until somebody is again, and the connection with it. So the descriptors must be opened and closed here, or a number would
 * be used again under a watcher.
 *
 * One that never got as far as to be read is closed by libcurl (7.88) without a word, before or after
 * its interest ends: such a one isn't watched any longer then, and its number may come again.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_SOCKETS_H
#define HTTP_CURL_SOCKETS_H

#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

struct curl_sockets;

/* `ready` is called with CURL_CSELECT_IN | CURL_CSELECT_OUT, and the owner that opened it. */
struct curl_sockets *curl_sockets_new(struct loop *loop,
                                      void (*ready)(void *self, curl_socket_t fd, int events,
                                                    void *owner),
                                      void *self);
void curl_sockets_free(struct curl_sockets *s);
/* Whether a request of this owner is held, so that its answer waits on a connection that libcurl has
 * no interest in. NULL, as at first: none ever is. */
void curl_sockets_set_held(struct curl_sockets *s, bool (*is_held)(const void *owner));

/* CURL_SOCKET_BAD with errno where there is none to be had. `may_speak`: the other side may say
 * something that libcurl wants to hear while nothing is asked, as with HTTP/2. */
curl_socket_t curl_sockets_open(struct curl_sockets *s, const struct curl_sockaddr *address,
                                bool may_speak, void *owner);
void curl_sockets_close(struct curl_sockets *s, curl_socket_t fd);
/* What CURLMOPT_SOCKETFUNCTION says: CURL_POLL_IN, _OUT, _INOUT, _REMOVE. */
void curl_sockets_watch(struct curl_sockets *s, curl_socket_t fd, int what);

/* Those that are open, as far as is known. */
size_t curl_sockets_count(const struct curl_sockets *s);

#endif
