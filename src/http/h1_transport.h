/*
 * h1_transport -- FastHttpUser's way: HTTP/1.1 on net/stream, and nothing that it does not need.
 *
 * A session has connections of its own, as separate people have: one, or as many as it sends requests
 * at once. One that the server has closed while it was idle is replaced, and seen before anything is
 * written to it. A request is sent again only where nothing of the first try can have left: a server
 * that may have served it is not asked twice, since then it would count two where we count one.
 *
 * In the steady state a request costs one look at the connection, one write and one read, no timer and
 * no memory but that of its answer's headers: the limits of a session's requests are kept by one timer
 * that is moved only when it fires, or to an earlier time.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_TRANSPORT_H
#define HTTP_H1_TRANSPORT_H

#include "http/transport.h"
#include "loop/loop.h"
#include "net/resolver.h"
#include "net/sources.h"

/* All is borrowed for its life; sources NULL: the system chooses where connections come from. All
 * sessions must end before it. */
struct transport *h1_transport_new(struct loop *loop, struct resolver *resolver,
                                   const struct sources *sources);

#endif
